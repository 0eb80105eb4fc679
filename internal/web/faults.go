package web

import "lienthong/internal/kit/i18n"

// Messages are the sentences of the shell.
var Messages = i18n.Messages{
	"web.home":            {Vi: "Trang chủ", En: "Home"},
	"web.group_data":      {Vi: "Dữ liệu", En: "Data"},
	"web.group_share":     {Vi: "Kết nối, chia sẻ", En: "Connection and sharing"},
	"web.group_supervise": {Vi: "Giám sát", En: "Supervision"},
	"web.group_admin":     {Vi: "Quản trị", En: "Administration"},

	"web.past_now":       {Vi: "Hiện tại", En: "Now"},
	"web.past_history":   {Vi: "Lịch sử", En: "History"},
	"web.past_title":     {Vi: "Lịch sử thay đổi", En: "History of changes"},
	"web.past_none":      {Vi: "Chưa có thay đổi nào được ghi", En: "No change has been recorded"},
	"web.past_none_text": {Vi: "Mỗi lần thay đổi sẽ hiện ở đây cùng người thực hiện, thời gian và nội dung trước, sau.", En: "Each change will stand here with who made it, when, and what was before and after."},
	"web.past_reason":    {Vi: "Lý do: {0}", En: "Reason: {0}"},
	"web.past_same":      {Vi: "Nội dung khai báo không đổi.", En: "What is registered stayed as it was."},
	"web.past_rest":      {Vi: "Xem thêm {0} nội dung đã đổi", En: "{0} more changed members"},
	"web.past_more":      {Vi: "Còn {0} nội dung khác đã đổi; xem trạng thái tại ngày này để biết đầy đủ.", En: "{0} other members changed; see the state as of this day."},
	"web.past_members":   {Vi: "Nội dung đã đổi: {0}", En: "What changed: {0}"},
	"web.past_member":    {Vi: "Nội dung", En: "Member"},
	"web.past_value":     {Vi: "Giá trị", En: "Value"},
	"web.past_before":    {Vi: "Trước", En: "Before"},
	"web.past_after":     {Vi: "Sau", En: "After"},
	"web.past_true":      {Vi: "Có", En: "Yes"},
	"web.past_false":     {Vi: "Không", En: "No"},
	"web.past_hidden":    {Vi: "(không hiển thị, dấu đối chiếu {0})", En: "(not shown, mark {0})"},
	"web.past_cut":       {Vi: "Hiển thị {0} trong {1} nội dung; lấy đầy đủ qua API.", En: "{0} of {1} members are shown; the API gives all."},
	"web.as_of":          {Vi: "Xem trạng thái tại ngày", En: "State as of"},
	"web.as_of_hint":     {Vi: "Trạng thái vào cuối ngày được chọn.", En: "The state at the end of that day."},
	"web.as_of_show":     {Vi: "Xem trạng thái", En: "Show the state"},
	"web.as_of_title":    {Vi: "Trạng thái đã qua", En: "Past state"},
	"web.as_of_banner":   {Vi: "Trạng thái tại {0}", En: "State as of {0}"},
	"web.as_of_text": {
		Vi: "Đây là nội dung được dựng lại từ lịch sử, không phải nội dung đang áp dụng và không thao tác được. Bản ghi số {0}, ghi lúc {1} bởi {2}.",
		En: "This is rebuilt from the history; it is not what is in force, and nothing can be done here. Version {0}, recorded at {1} by {2}.",
	},
	"web.as_of_form": {
		Vi: "Không đọc được thời điểm “{0}”. Hãy ghi ngày theo dạng 2026-04-30, hoặc thời điểm theo dạng 2026-04-30T08:00:00+07:00.",
		En: "“{0}” is no date. Write a day as 2026-04-30 or a moment as 2026-04-30T08:00:00+07:00.",
	},
	"web.as_of_future": {
		Vi: "Ngày đã chọn ở tương lai nên chưa có trạng thái nào. Hãy chọn hôm nay hoặc một ngày trước đó.",
		En: "The date lies in the future, so there is no state yet. Choose today or an earlier day.",
	},

	"web.no_page": {
		Vi: "Không có trang nào ở địa chỉ này. Địa chỉ có thể đã gõ sai hoặc nội dung đã được chuyển đi.",
		En: "There is no page at this address. It may be mistyped, or the content has moved.",
	},
	"web.host_unknown": {
		Vi: "Trang quản trị không phục vụ tại tên máy chủ này. Hãy mở địa chỉ chính thức ({0}); nếu tên này là đúng, người quản trị máy chủ thêm tên vào console.hosts.",
		En: "The console does not answer at this host name. Open its official address ({0}); if the name is right, the server's administrator adds it to console.hosts.",
	},
	"web.method_not_allowed": {
		Vi: "Địa chỉ này không nhận thao tác vừa gửi. Hãy mở lại trang và thực hiện từ nút bấm trên trang.",
		En: "This address does not take what was sent. Open the page again and use the button on it.",
	},
	"web.cross_site": {
		Vi: "Yêu cầu bị từ chối vì được gửi từ trang khác, không phải từ hệ thống này. Hãy mở trực tiếp trang của hệ thống rồi thực hiện lại.",
		En: "The request was refused because it came from another site. Open this system's own page and do it again.",
	},
	"web.body_too_large": {
		Vi: "Dữ liệu gửi lên vượt quá {0}. Hãy giảm dung lượng hoặc chia thành nhiều lần gửi.",
		En: "What was sent is larger than {0}. Make it smaller or send it in parts.",
	},
	"web.form_unreadable": {
		Vi: "Không đọc được biểu mẫu vừa gửi, có thể do đường truyền bị ngắt. Hãy tải lại trang và gửi lại.",
		En: "The form could not be read; the connection may have broken. Reload the page and send it again.",
	},
	"web.address_no_text": {
		Vi: "Địa chỉ chứa ký tự không đọc được (không phải UTF-8). Hãy mở lại trang từ thực đơn hoặc gõ lại từ khóa tìm kiếm.",
		En: "The address holds characters that cannot be read (no UTF-8). Open the page from the menu again, or type the words to search for again.",
	},
	"web.nul_character": {
		Vi: "Nội dung gửi lên chứa ký tự NUL (U+0000) không nhìn thấy được, thường do tệp hoặc phần mềm nguồn bị lỗi. Hãy xóa ký tự này, hoặc nhập lại bằng tay, rồi gửi lại.",
		En: "What was sent holds the invisible character NUL (U+0000), mostly from a damaged file or source program. Remove it, or type the text again, and send it again.",
	},
	"web.not_a_number": {
		Vi: "Nội dung này phải là một số nguyên, ví dụ 1500.",
		En: "This must be a whole number, for example 1500.",
	},

	"web.next_internal":  {Vi: "Thử lại sau ít phút. Nếu lỗi còn tiếp diễn, gửi mã tham chiếu bên dưới cho đơn vị vận hành; không cần chụp màn hình.", En: "Try again in a few minutes. If it fails again, send the reference below to the operator; no screenshot is needed."},
	"web.next_denied":    {Vi: "Nếu công việc của bạn cần quyền này, liên hệ quản trị viên của cơ quan và nêu rõ quyền cần có ở bên dưới.", En: "If your work needs this, ask your agency's administrator and name the permission below."},
	"web.next_not_found": {Vi: "Kiểm tra lại địa chỉ, hoặc tìm nội dung từ danh mục chức năng.", En: "Check the address, or find the content through the menu."},
	"web.next_method":    {Vi: "Quay lại trang trước và thực hiện bằng nút bấm trên trang đó.", En: "Go back and use the button on that page."},
	"web.next_conflict":  {Vi: "Có thể người khác vừa thay đổi nội dung này. Quay lại, xem trạng thái mới nhất rồi quyết định bước tiếp theo.", En: "Someone else may just have changed this. Go back, see the latest state, then decide what to do."},
	"web.next_invalid":   {Vi: "Quay lại trang trước, sửa nội dung được nêu rồi gửi lại.", En: "Go back, correct what is named and send it again."},
	"web.next_too_large": {Vi: "Giảm dung lượng tệp hoặc chia nhỏ, rồi gửi lại.", En: "Make the file smaller or split it, then send it again."},
	"web.next_wait":      {Vi: "Chờ ít phút rồi thử lại. Dữ liệu đã lưu trước đó không bị ảnh hưởng.", En: "Wait a few minutes and try again. What was saved before is not affected."},

	"api.invalid": {
		Vi: "Yêu cầu có nội dung không đúng mô tả của giao diện. Hãy đối chiếu từng mục trong “errors” với tài liệu tại /api.",
		En: "The request does not match the description of the interface. Compare each item of “errors” with the documentation at /api.",
	},
	"api.media_type": {
		Vi: "Giao diện chỉ nhận nội dung kiểu application/json. Hãy đặt tiêu đề Content-Type và gửi lại.",
		En: "The interface takes application/json only. Set Content-Type and send again.",
	},
	"api.not_acceptable": {
		Vi: "Giao diện chỉ trả lời bằng application/json. Hãy đặt tiêu đề Accept và gửi lại.",
		En: "The interface answers application/json only. Set Accept and send again.",
	},
	"api.title": {Vi: "Giao diện lập trình", En: "Programming interface"},
	"api.lead":  {Vi: "Các thao tác mà hệ thống khác có thể gọi. Mô tả đầy đủ cho máy đọc theo chuẩn OpenAPI 3.1.", En: "What other systems may call. The full description for machines follows OpenAPI 3.1."},
	"api.spec":  {Vi: "Tải mô tả OpenAPI", En: "Download the OpenAPI description"},
	"api.none":  {Vi: "Chưa có thao tác nào", En: "There is no operation yet"},

	// The names of roles; the key is RoleKey.
	"web.role_op_admin":     {Vi: "Quản trị nền tảng", En: "Platform administrator"},
	"web.role_op_appraiser": {Vi: "Cán bộ thẩm định", En: "Appraiser"},
	"web.role_op_approver":  {Vi: "Người phê duyệt", En: "Approver"},
	"web.role_op_engineer":  {Vi: "Kỹ sư vận hành", En: "Operations engineer"},
	"web.role_op_security":  {Vi: "Cán bộ an toàn thông tin", En: "Security officer"},
	"web.role_op_quality":   {Vi: "Cán bộ chất lượng dữ liệu", En: "Data quality officer"},
	"web.role_op_portal":    {Vi: "Quản trị cổng dữ liệu mở", En: "Open data portal administrator"},

	"web.role_agency_head":      {Vi: "Lãnh đạo cơ quan", En: "Head of agency"},
	"web.role_steward":          {Vi: "Đầu mối quản lý dữ liệu", En: "Data steward"},
	"web.role_deputy_steward":   {Vi: "Đầu mối dự phòng", En: "Deputy data steward"},
	"web.role_agency_admin":     {Vi: "Quản trị tài khoản của cơ quan", En: "Agency account administrator"},
	"web.role_analyst":          {Vi: "Cán bộ phân tích", En: "Analyst"},
	"web.role_lookup_officer":   {Vi: "Cán bộ tra cứu", En: "Look-up officer"},
	"web.role_privacy_officer":  {Vi: "Cán bộ bảo vệ dữ liệu cá nhân", En: "Personal data protection officer"},
	"web.role_commune_officer":  {Vi: "Cán bộ cấp xã", En: "Commune officer"},
	"web.role_open_data_editor": {Vi: "Người chuẩn bị dữ liệu mở", En: "Open data editor"},
	"web.role_legal_reviewer":   {Vi: "Người rà soát pháp lý", En: "Legal reviewer"},

	"web.role_leader":             {Vi: "Lãnh đạo tỉnh", En: "Provincial leader"},
	"web.role_auditor":            {Vi: "Cán bộ kiểm tra, giám sát", En: "Auditor"},
	"web.role_system_account":     {Vi: "Tài khoản hệ thống", En: "System account"},
	"web.role_vendor":             {Vi: "Đơn vị cung cấp hệ thống", En: "System vendor"},
	"web.role_opendata_developer": {Vi: "Nhà phát triển dữ liệu mở", En: "Open data developer"},
	"web.role_system_job":         {Vi: "Tác vụ tự động", En: "Background job"},
}
