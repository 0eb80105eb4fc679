package privacyweb

import "lienthong/internal/kit/i18n"

// paperWords are the words of the papers, which are written in Vietnamese.
var paperWords = i18n.Messages{
	"privacy.paper_entry":            {Vi: "Phiếu đăng ký", En: "Entry"},
	"privacy.paper_entry_summary":    {Vi: "Xử lý dữ liệu cá nhân của tập dữ liệu {0}", En: "Processing of personal data of {0}"},
	"privacy.paper_ground":           {Vi: "Căn cứ Điều 27 {0};", En: "Under Điều 27 of {0};"},
	"privacy.paper_standing":         {Vi: "Tình trạng của mục trong Sổ đăng ký xử lý dữ liệu cá nhân: {0}.", En: "Standing in the register: {0}."},
	"privacy.paper_about":            {Vi: "I. Tập dữ liệu", En: "I. Dataset"},
	"privacy.paper_content":          {Vi: "II. Nội dung đăng ký", En: "II. Content"},
	"privacy.paper_fields":           {Vi: "III. Trường dữ liệu cá nhân", En: "III. Personal fields"},
	"privacy.paper_no":               {Vi: "STT", En: "No."},
	"privacy.paper_member":           {Vi: "Mục", En: "Member"},
	"privacy.paper_value":            {Vi: "Nội dung", En: "Content"},
	"privacy.paper_confirmer":        {Vi: "Người xác nhận", En: "Confirmed by"},
	"privacy.paper_confirmed":        {Vi: "Đã xác nhận trên nền tảng {0}", En: "Confirmed on the platform {0}"},
	"privacy.paper_head":             {Vi: "Thủ trưởng cơ quan", En: "Head of the agency"},
	"privacy.paper_operator":         {Vi: "Cơ quan vận hành nền tảng", En: "Operator of the platform"},
	"privacy.paper_archive":          {Vi: "Lưu: VT", En: "Archive"},
	"privacy.paper_file":             {Vi: "Mục đăng ký xử lý DLCN {0}", En: "Processing entry {0}"},
	"privacy.paper_register":         {Vi: "Sổ đăng ký", En: "Register"},
	"privacy.paper_register_summary": {Vi: "Xử lý dữ liệu cá nhân của {0}", En: "Processing of personal data of {0}"},
	"privacy.paper_register_text":    {Vi: "Cơ quan có {0} tập dữ liệu chứa dữ liệu cá nhân, trong đó {1} tập có mục đầy đủ, đang hiệu lực tại thời điểm {2}. Nội dung từng mục tại Phụ lục.", En: "The agency has {0} datasets with personal data, {1} of them with an entry in force as of {2}. Their content stands in the annex."},
	"privacy.paper_annex":            {Vi: "Nội dung các mục đăng ký", En: "Content of the entries"},
	"privacy.register_file":          {Vi: "Sổ đăng ký xử lý DLCN {0}", En: "Register of processing {0}"},
	"privacy.sheet_name":             {Vi: "Sổ đăng ký xử lý DLCN", En: "Register"},
	"privacy.sheet_subtitle":         {Vi: "{0}, tại thời điểm {1}", En: "{0}, as of {1}"},
}
