package task

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"task.state_unknown": {Vi: "Trạng thái “{0}” không có. Hãy chọn một trong các trạng thái: open, done, cancelled.", En: "There is no state “{0}”. Choose one of open, done, cancelled."},

	"task.state.open":      {Vi: "Đang chờ", En: "Waiting"},
	"task.state.done":      {Vi: "Đã xong", En: "Done"},
	"task.state.cancelled": {Vi: "Không cần nữa", En: "No longer needed"},

	"task.mail_mode_unknown":      {Vi: "Hãy chọn một trong các cách: không gửi, gửi ngay, gửi gộp mỗi ngày.", En: "Choose one of: no mail, as it comes, once a day."},
	"task.mail_hour_range":        {Vi: "Giờ phải là số từ 0 đến 23.", En: "The hour must be a number from 0 to 23."},
	"task.mail_digest_in_quiet":   {Vi: "Giờ gửi gộp nằm trong giờ không làm phiền. Hãy chọn giờ khác, hoặc thu hẹp giờ không làm phiền.", En: "The hour of the daily mail lies within the quiet hours. Choose another, or fewer quiet hours."},
	"task.mail_lang_unknown":      {Vi: "Ngôn ngữ của thư phải là vi hoặc en.", En: "The language of the mail must be vi or en."},
	"task.mail_address_form":      {Vi: "Địa chỉ thư điện tử chưa đúng, ví dụ: ten@coquan.gov.vn.", En: "The e-mail address is not right; an example: name@agency.gov.vn."},
	"task.mail_not_set_up":        {Vi: "Nền tảng chưa được cấu hình gửi thư. Thông báo vẫn hiện đầy đủ ở trang này; đơn vị vận hành có thể bật gửi thư bằng cấu hình mail.server.", En: "The platform has no mail server. Notices still appear here; the operator can set mail.server."},
	"task.mail_unreachable":       {Vi: "Máy chủ thư chưa nhận thư. Hãy thử lại sau ít phút; nếu vẫn không được, hãy báo đơn vị vận hành.", En: "The mail server did not take the message. Try again in a few minutes; then tell the operator."},
	"task.mail_unconfirmed":       {Vi: "Chưa có địa chỉ thư đã xác nhận. Hãy nhập địa chỉ, rồi nhập mã được gửi tới đó.", En: "No address is confirmed. Enter an address, then the code that is sent to it."},
	"task.mail_code_wrong":        {Vi: "Mã không đúng, còn {0} lần thử. Hãy xem lại thư mới nhất.", En: "The code is wrong, {0} tries are left. Look at the newest message."},
	"task.mail_code_over":         {Vi: "Mã đã hết hạn hoặc chưa được gửi. Hãy yêu cầu mã mới.", En: "The code has expired or was not sent. Ask for a new one."},
	"task.mail_code_tries":        {Vi: "Đã thử quá số lần cho phép với mã này. Hãy yêu cầu mã mới.", En: "Too many tries with this code. Ask for a new one."},
	"task.mail_too_many_codes":    {Vi: "Đã gửi 5 mã trong một giờ. Hãy thử lại sau một giờ.", En: "Five codes were sent within an hour. Try again in an hour."},
	"task.mail_changed_meanwhile": {Vi: "Lựa chọn này vừa được thay đổi ở nơi khác. Hãy xem lại rồi lưu.", En: "This choice was just changed elsewhere. Look again, then save."},

	"task.mail_code_subject": {Vi: "[{0}] Mã xác nhận địa chỉ thư", En: "[{0}] Code to confirm your address"},
	"task.mail_code_text":    {Vi: "Mã xác nhận: {0}\n\nMã có hiệu lực trong 30 phút. Nếu không phải bạn yêu cầu, hãy bỏ qua thư này.\n{1}\n", En: "Your code: {0}\n\nIt is valid for 30 minutes. If you did not ask for it, ignore this message.\n{1}\n"},
	"task.mail_try_subject":  {Vi: "[{0}] Thư thử", En: "[{0}] Test message"},
	"task.mail_try_text":     {Vi: "Nền tảng gửi được thư tới địa chỉ này.\n{0}\n", En: "The platform can send mail to this address.\n{0}\n"},
	"task.mail_new_task":     {Vi: "Việc mới", En: "New task"},
	"task.mail_due":          {Vi: "Hạn xử lý: {0}", En: "Deadline: {0}"},
	"task.mail_subject_many": {Vi: "{0} việc và thông báo", En: "{0} tasks and notices"},
	"task.mail_foot":         {Vi: "Thư tự động, xin không trả lời. Đổi cách nhận thư tại {0}", En: "This is an automatic message, please do not answer. Change what you receive at {0}"},
}
