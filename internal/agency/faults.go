package agency

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes and labels.
var Messages = i18n.Messages{
	"agency.not_found":         {Vi: "Không tìm thấy đơn vị {0}.", En: "Agency {0} does not exist."},
	"agency.code_form":         {Vi: "Mã đơn vị “{0}” không đúng. Mã gồm các nhóm chữ số và chữ in hoa cách nhau bằng dấu chấm, ví dụ H38.02 (QĐ 20/2020/QĐ-TTg).", En: "Code “{0}” is not valid: groups of digits and capital letters separated by dots, as H38.02."},
	"agency.code_taken":        {Vi: "Mã {0} đã được dùng. Mã đơn vị không được cấp lại.", En: "Code {0} is taken; codes are never given again."},
	"agency.name_length":       {Vi: "Tên đơn vị phải từ 3 đến 200 ký tự.", En: "The name must have 3 to 200 characters."},
	"agency.name_lookalike":    {Vi: "Tên đơn vị có ký tự dễ nhầm hoặc ký tự ẩn. Hãy gõ lại bằng bàn phím tiếng Việt.", En: "The name holds look-alike or hidden characters. Type it again."},
	"agency.name_taken":        {Vi: "Đã có đơn vị “{0}” cùng loại, cùng cấp trên và cùng thời gian (mã {1}).", En: "There is already “{0}” of this kind, parent and time (code {1})."},
	"agency.kind_unknown":      {Vi: "Loại đơn vị “{0}” không có trong Điều 2. Từ 1/7/2025 không còn cấp huyện.", En: "Kind “{0}” is none of Điều 2; since 1/7/2025 there are no districts."},
	"agency.parent_missing":    {Vi: "Đơn vị sự nghiệp phải thuộc một sở, ngành hoặc xã, phường.", En: "A service unit belongs to a department or commune."},
	"agency.parent_unknown":    {Vi: "Không có đơn vị cấp trên {0}.", En: "There is no parent agency {0}."},
	"agency.parent_kind":       {Vi: "Đơn vị {0} không thể là cấp trên của đơn vị này.", En: "Agency {0} cannot be the parent of this one."},
	"agency.parent_cycle":      {Vi: "Đơn vị {0} tự thuộc về chính mình qua các cấp trên. Hãy chọn cấp trên khác.", En: "Agency {0} would belong to itself. Choose another parent."},
	"agency.commune_parent":    {Vi: "UBND xã, phường trực thuộc tỉnh, không có cấp trên trong danh mục này.", En: "A commune belongs to the province directly and has no parent here."},
	"agency.sponsor_missing":   {Vi: "Tổ chức bên ngoài phải có đơn vị bảo lãnh, ngày kết thúc và cam kết bảo mật.", En: "An external party needs a sponsor, an end date and a confidentiality commitment."},
	"agency.validity":          {Vi: "Ngày bắt đầu phải có và trước ngày kết thúc (dạng 31/12/2026 hoặc 2026-12-31).", En: "The first day is missing or not before the last (as 2026-12-31)."},
	"agency.date_form":         {Vi: "Ngày “{0}” không đọc được. Hãy viết 31/12/2026 hoặc 2026-12-31.", En: "Date “{0}” cannot be read. Write 2026-12-31."},
	"agency.import_header":     {Vi: "Dòng tiêu đề phải có các cột: {0}. Tệp còn thiếu: {1}.", En: "The header needs the columns {0}; missing: {1}."},
	"agency.import_unreadable": {Vi: "Không đọc được tệp CSV tại dòng {0}. Hãy lưu lại tệp ở dạng CSV UTF-8.", En: "The CSV cannot be read at line {0}. Save it as CSV UTF-8."},
	"agency.import_twice":      {Vi: "Mã {0} xuất hiện hai lần trong tệp.", En: "Code {0} stands twice in the file."},
	"agency.import_large":      {Vi: "Tệp lớn hơn {0} MB. Hãy chia nhỏ tệp rồi nhập lại.", En: "The file is larger than {0} MB. Split it and import again."},
	"agency.import_empty":      {Vi: "Tệp không có dòng dữ liệu nào.", En: "The file holds no rows."},
	"agency.import_rows":       {Vi: "Có {0} dòng sai nên chưa nhập dòng nào. Hãy sửa các dòng được liệt kê rồi nhập lại.", En: "{0} rows are wrong, so nothing was imported. Correct the listed rows and import again."},
	"agency.in_use":            {Vi: "Đơn vị {0} còn {1} nên chưa kết thúc được. Hãy chấm dứt hoặc chuyển giao trước.", En: "Agency {0} still has {1} and cannot end. End or transfer them first."},
	"agency.no_active_steward": {Vi: "Đơn vị {0} chưa có đầu mối dữ liệu đang hiệu lực nên chưa gửi được. Hãy cập nhật quyết định phân công đầu mối (Điều 20.6).", En: "Agency {0} has no active data steward. Record the designation first (Điều 20.6)."},
	"agency.steward_invalid":   {Vi: "Hãy ghi tên đầu mối, số quyết định phân công và thời hạn hợp lệ.", En: "Give the steward's name, the decision and a valid period."},
	"agency.steward_not_found": {Vi: "Không tìm thấy phân công đầu mối này.", En: "This designation does not exist."},

	"agency.kind.department":       {Vi: "Sở, ban, ngành", En: "Provincial department"},
	"agency.kind.commune":          {Vi: "UBND xã, phường", En: "Commune"},
	"agency.kind.service_unit":     {Vi: "Đơn vị sự nghiệp công lập", En: "Public service unit"},
	"agency.kind.central_vertical": {Vi: "Cơ quan trung ương theo ngành dọc", En: "Central vertical agency"},
	"agency.kind.other":            {Vi: "Cơ quan, tổ chức khác", En: "Other body"},
	"agency.kind.external":         {Vi: "Tổ chức bên ngoài", En: "External party"},
}
