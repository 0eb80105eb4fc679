package privacyweb

import (
	"maps"

	"lienthong/internal/kit/i18n"
)

// Messages are all words of the pages and papers.
var Messages = joined(pageWords, formWords, paperWords, pastWords())

func joined(all ...i18n.Messages) i18n.Messages {
	out := i18n.Messages{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

var pageWords = i18n.Messages{
	"privacy.register":         {Vi: "Sổ đăng ký xử lý DLCN", En: "Personal-data processing"},
	"privacy.register_lead":    {Vi: "Mỗi tập dữ liệu có dữ liệu cá nhân (DLCN) phải có một mục đầy đủ, đã được xác nhận trong sổ. Thiếu mục, dữ liệu không được cung cấp (Điều 27).", En: "Every dataset with personal data needs a complete, confirmed entry. Without it the data is not served (Điều 27)."},
	"privacy.register_docx":    {Vi: "Tải sổ (DOCX)", En: "Register (DOCX)"},
	"privacy.register_xlsx":    {Vi: "Tải sổ (XLSX)", En: "Register (XLSX)"},
	"privacy.search":           {Vi: "Tên hoặc mã tập dữ liệu", En: "Name or code of the dataset"},
	"privacy.search_submit":    {Vi: "Tìm", En: "Search"},
	"privacy.all":              {Vi: "Tất cả", En: "All"},
	"privacy.empty":            {Vi: "Chưa có tập dữ liệu nào có dữ liệu cá nhân", En: "No dataset holds personal data yet"},
	"privacy.empty_text":       {Vi: "Tập dữ liệu hiện ở đây ngay khi có trường được phân lớp dữ liệu cá nhân trong Danh mục.", En: "Datasets appear here as soon as one of their fields is classed as personal data."},
	"privacy.none_match":       {Vi: "Không có tập dữ liệu phù hợp điều kiện lọc", En: "No dataset matches the filter"},
	"privacy.show_all":         {Vi: "Bỏ điều kiện lọc", En: "Clear the filter"},
	"privacy.dataset":          {Vi: "Tập dữ liệu", En: "Dataset"},
	"privacy.owner":            {Vi: "Chủ quản dữ liệu", En: "Data owner"},
	"privacy.standing":         {Vi: "Tình trạng", En: "Standing"},
	"privacy.field":            {Vi: "Trường dữ liệu", En: "Field"},
	"privacy.category":         {Vi: "Loại", En: "Category"},
	"privacy.fields":           {Vi: "Trường dữ liệu cá nhân", En: "Personal fields"},
	"privacy.no_fields":        {Vi: "Chưa có cấu trúc trường", En: "No fields are described"},
	"privacy.no_fields_text":   {Vi: "Cả tập dữ liệu được phân lớp dữ liệu cá nhân.", En: "The dataset as a whole is classed as personal data."},
	"privacy.about":            {Vi: "Tập dữ liệu", En: "Dataset"},
	"privacy.entry_of":         {Vi: "Mục trong sổ", En: "Entry"},
	"privacy.in_force":         {Vi: "Nội dung đang hiệu lực", En: "In force"},
	"privacy.draft":            {Vi: "Nội dung đang soạn", En: "Draft"},
	"privacy.unfilled":         {Vi: "Chưa ghi", En: "Not stated"},
	"privacy.edit":             {Vi: "Sửa nội dung", En: "Edit"},
	"privacy.begin":            {Vi: "Lập mục", En: "Write the entry"},
	"privacy.entry_docx":       {Vi: "Tải mục này (DOCX)", En: "This entry (DOCX)"},
	"privacy.missing":          {Vi: "Còn thiếu", En: "Missing"},
	"privacy.missing_lead":     {Vi: "Điền đủ các nội dung sau để gửi xác nhận.", En: "Fill these in to send the entry."},
	"privacy.no_entry":         {Vi: "Chưa có mục trong sổ", En: "There is no entry yet"},
	"privacy.no_entry_text":    {Vi: "Đầu mối dữ liệu hoặc cán bộ bảo vệ dữ liệu cá nhân của chủ quản lập mục; thủ trưởng cơ quan hoặc cơ quan vận hành xác nhận.", En: "The owner's steward or privacy officer writes the entry; its head or the operator confirms it."},
	"privacy.not_needed_title": {Vi: "Không cần mục trong sổ", En: "No entry is needed"},
	"privacy.not_needed_text":  {Vi: "Tập dữ liệu này không có trường dữ liệu cá nhân.", En: "This dataset has no personal field."},
	"privacy.not_served":       {Vi: "Dữ liệu không được cung cấp", En: "The data is not served"},
	"privacy.ending":           {Vi: "Mục sắp hết hiệu lực", En: "The entry ends soon"},
	"privacy.returned":         {Vi: "Bị trả lại để bổ sung", En: "Returned for completion"},
	"privacy.withdrawn_by":     {Vi: "{0} thu hồi lúc {1}", En: "Withdrawn by {0} on {1}"},
	"privacy.written":          {Vi: "Lần {0}, soạn bởi {1}, {2}.", En: "Version {0}, written by {1}, {2}."},
	"privacy.sent_by":          {Vi: "{0} gửi xác nhận {1}.", En: "Sent by {0} on {1}."},
	"privacy.confirmed_by":     {Vi: "{0} xác nhận {1}.", En: "Confirmed by {0} on {1}."},
	"privacy.months":           {Vi: "{0} tháng", En: "{0} months"},
	"privacy.impact_file":      {Vi: "Hồ sơ số {0}, ngày {1}", En: "File {0} of {1}"},

	"privacy.standing.none":       {Vi: "Chưa có mục", En: "No entry"},
	"privacy.standing.draft":      {Vi: "Đang soạn", En: "Draft"},
	"privacy.standing.sent":       {Vi: "Chờ xác nhận", En: "Waits for confirmation"},
	"privacy.standing.withdrawn":  {Vi: "Đã thu hồi", En: "Withdrawn"},
	"privacy.standing.incomplete": {Vi: "Không còn đủ", En: "No longer complete"},
	"privacy.standing.expired":    {Vi: "Hết hiệu lực", En: "Expired"},
	"privacy.standing.ending":     {Vi: "Sắp hết hiệu lực", En: "Ends soon"},
	"privacy.standing.in_force":   {Vi: "Đang hiệu lực", En: "In force"},
	"privacy.standing.not_needed": {Vi: "Không cần mục", En: "Not needed"},

	"privacy.why.none":       {Vi: "Chưa có mục trong sổ. Hãy lập mục, gửi thủ trưởng cơ quan xác nhận.", En: "There is no entry. Write one and send it to the head of the agency."},
	"privacy.why.draft":      {Vi: "Mục đang soạn, chưa được xác nhận. Hãy điền đủ rồi gửi xác nhận.", En: "The entry is a draft. Complete it and send it."},
	"privacy.why.sent":       {Vi: "Mục đang chờ thủ trưởng cơ quan hoặc cơ quan vận hành xác nhận.", En: "The entry waits for the head of the agency or the operator."},
	"privacy.why.withdrawn":  {Vi: "Mục đã bị thu hồi. Muốn cung cấp lại, hãy sửa nội dung và gửi xác nhận.", En: "The entry was withdrawn. Change it and send it to serve the data again."},
	"privacy.why.incomplete": {Vi: "Tập dữ liệu có thêm loại dữ liệu cá nhân mà mục chưa nêu. Hãy bổ sung và gửi xác nhận.", En: "The dataset got a category of personal data that the entry does not name. Add it and send the entry."},
	"privacy.why.expired":    {Vi: "Mục đã quá ngày hết hiệu lực. Hãy rà soát, sửa ngày và gửi xác nhận.", En: "The entry is past its last day. Review it and send it."},
	"privacy.why.ending":     {Vi: "Quá ngày hết hiệu lực, dữ liệu sẽ ngừng cung cấp. Hãy rà soát, sửa ngày và gửi xác nhận trước ngày đó.", En: "After its last day the data is not served. Review the entry and send it before."},

	"privacy.do.send":            {Vi: "Gửi xác nhận", En: "Send"},
	"privacy.do.confirm":         {Vi: "Xác nhận", En: "Confirm"},
	"privacy.do.return":          {Vi: "Trả lại", En: "Return"},
	"privacy.do.withdraw":        {Vi: "Thu hồi", En: "Withdraw"},
	"privacy.step.send":          {Vi: "Gửi xác nhận", En: "Send for confirmation"},
	"privacy.step.send_lead":     {Vi: "Nội dung đã đủ. Sau khi gửi, thủ trưởng cơ quan hoặc cơ quan vận hành xác nhận.", En: "The content is complete. The head of the agency or the operator confirms it."},
	"privacy.step.confirm":       {Vi: "Xác nhận nội dung", En: "Confirm the content"},
	"privacy.step.confirm_lead":  {Vi: "Sau khi xác nhận, mục có hiệu lực ngay và dữ liệu được cung cấp theo quyền đã cấp.", En: "The entry is in force at once, and the data is served under its grants."},
	"privacy.step.return":        {Vi: "Trả lại để bổ sung", En: "Return for completion"},
	"privacy.step.return_lead":   {Vi: "Ghi rõ nội dung cần sửa để người soạn biết.", En: "Say what must be changed."},
	"privacy.step.withdraw":      {Vi: "Thu hồi mục", En: "Withdraw the entry"},
	"privacy.step.withdraw_lead": {Vi: "Dữ liệu ngừng cung cấp ngay trên mọi kênh cho đến khi có mục mới được xác nhận.", En: "The data is not served any more on any channel, until a new entry is confirmed."},
	"privacy.reason":             {Vi: "Lý do", En: "Reason"},
	"privacy.reason_hint":        {Vi: "Ít nhất 10 ký tự; không ghi dữ liệu của cá nhân.", En: "At least 10 characters, without data of persons."},

	"privacy.nothing_to_print": {Vi: "Tập dữ liệu “{0}” chưa có mục nào để tải. Hãy lập mục trước.", En: "Dataset “{0}” has no entry to download. Write one first."},
	"privacy.register_empty":   {Vi: "Đơn vị {0} chưa có tập dữ liệu nào có dữ liệu cá nhân nên sổ trống.", En: "Agency {0} has no dataset with personal data, so its register is empty."},
	"privacy.task_confirm":     {Vi: "Xác nhận mục xử lý DLCN của {0}", En: "Confirm the processing entry of {0}"},
	"privacy.task_complete":    {Vi: "Bổ sung mục xử lý DLCN của {0}", En: "Complete the processing entry of {0}"},
	"privacy.task_review":      {Vi: "Rà soát mục xử lý DLCN sắp hết hiệu lực của {0}", En: "Review the ending processing entry of {0}"},
}
