package taskweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/task"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of the inbox.
type Pages struct {
	shell  *web.Shell
	task   *task.Service
	agency func(ctx context.Context, code string) string
}

// New builds the pages. agency names an agency by its code; without it the code is shown.
func New(shell *web.Shell, s *task.Service, agency func(ctx context.Context, code string) string) *Pages {
	if agency == nil {
		agency = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell, s, agency}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/tasks", access.SignedIn, p.listTasks).InMenu(web.Nav{Group: web.GroupHome, LabelKey: "task.inbox", Icon: ui.IconInbox, Order: 10}),
		web.Get("/tasks/notices", access.SignedIn, p.listNotices).InMenu(web.Nav{Group: web.GroupHome, LabelKey: "task.notices", Icon: ui.IconDeadline, Order: 20}),
		web.Post("/tasks/notices/read", access.SignedIn, p.markRead),
		web.Get("/tasks/mail", access.SignedIn, p.showMail),
		web.Post("/tasks/mail", access.SignedIn, p.changeMail),
		web.Post("/tasks/mail/address", access.SignedIn, p.askMailAddress),
		web.Post("/tasks/mail/confirm", access.SignedIn, p.confirmMailAddress),
		web.Post("/tasks/mail/forget", access.SignedIn, p.forgetMailAddress),
		web.Get("/tasks/mailing", access.SettingsRead, p.showMailing).InMenu(web.Nav{Group: web.GroupAdmin, LabelKey: "task.mailing", Icon: ui.IconInbox, Order: 65}),
		web.Post("/tasks/mailing/try", access.SettingsRead, p.tryMail),
		web.Post("/tasks/mailing/retry", access.SettingsChange, p.retryMail),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "task-list", Method: http.MethodGet, Path: "/tasks", Permission: access.SignedIn, Tag: "task",
		Summary: "Tasks of the caller's agency, the longest overdue first; the operator's of all agencies"}, p.opList)
	web.Op(api, web.OpSpec{ID: "task-counts", Method: http.MethodGet, Path: "/tasks/counts", Permission: access.SignedIn, Tag: "task",
		Summary: "How many tasks are open, due today and overdue, and how many notices are unread"}, p.opCounts)
	web.Op(api, web.OpSpec{ID: "task-list-notices", Method: http.MethodGet, Path: "/tasks/notices", Permission: access.SignedIn, Tag: "task",
		Summary: "What the caller was told of deadlines, newest first"}, p.opNotices)
	web.Op(api, web.OpSpec{ID: "task-mark-read", Method: http.MethodPost, Path: "/tasks/notices/read", Permission: access.SignedIn, Tag: "task",
		Summary: "Mark one notice as read by the caller, or all when none is named"}, p.opMarkRead)
	p.mailOperations(api)
}

// mailOperations of the JSON API.
func (p *Pages) mailOperations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "task-find-mail", Method: http.MethodGet, Path: "/tasks/mail", Permission: access.SignedIn, Tag: "task",
		Summary: "How the caller is told by mail"}, p.opMail)
	web.Op(api, web.OpSpec{ID: "task-change-mail", Method: http.MethodPut, Path: "/tasks/mail", Permission: access.SignedIn, Tag: "task",
		Summary: "Choose how and when mail comes; what is critical comes at once unless mail is off"}, p.opChangeMail)
	web.Op(api, web.OpSpec{ID: "task-ask-mail-address", Method: http.MethodPost, Path: "/tasks/mail/address", Permission: access.SignedIn, Tag: "task",
		Summary: "Send a code to an address; it counts when the code has come back"}, p.opAskMail)
	web.Op(api, web.OpSpec{ID: "task-confirm-mail-address", Method: http.MethodPost, Path: "/tasks/mail/confirm", Permission: access.SignedIn, Tag: "task",
		Summary: "Give the code back and receive mail from now on"}, p.opConfirmMail)
	web.Op(api, web.OpSpec{ID: "task-forget-mail-address", Method: http.MethodPost, Path: "/tasks/mail/forget", Permission: access.SignedIn, Tag: "task",
		Summary: "Remove the caller's address and end mail to it"}, p.opForgetMail)
	web.Op(api, web.OpSpec{ID: "task-mailing", Method: http.MethodGet, Path: "/tasks/mailing", Permission: access.SettingsRead, Tag: "task",
		Summary: "How mail goes on the platform"}, p.opMailing)
	web.Op(api, web.OpSpec{ID: "task-try-mail", Method: http.MethodPost, Path: "/tasks/mailing/try", Permission: access.SettingsRead, Tag: "task",
		Summary: "Send the caller a message, to see that mail works"}, p.opTryMail)
	web.Op(api, web.OpSpec{ID: "task-retry-mail", Method: http.MethodPost, Path: "/tasks/mailing/retry", Permission: access.SettingsChange, Tag: "task",
		Summary: "Take up again what failed within the last week"}, p.opRetryMail)
}

// Messages are the words of the pages.
var Messages = i18n.Messages{
	"task.inbox":           {Vi: "Việc của đơn vị", En: "Tasks of the agency"},
	"task.inbox_lead":      {Vi: "Các bước đang chờ đơn vị xử lý, việc quá hạn xếp trước. Hạn tính theo ngày làm việc.", En: "The steps that wait for the agency, overdue ones first. Deadlines count working days."},
	"task.inbox_lead_all":  {Vi: "Các bước đang chờ xử lý của mọi đơn vị, việc quá hạn xếp trước. Hạn tính theo ngày làm việc.", En: "The steps that wait for any agency, overdue ones first. Deadlines count working days."},
	"task.notices":         {Vi: "Thông báo", En: "Notices"},
	"task.notices_lead":    {Vi: "Nhắc việc khi đã qua nửa thời hạn, khi đến hạn và khi quá hạn, cùng những tin mà đơn vị cần biết.", En: "Reminders when half of the time is used, on the day of the deadline and when it has passed, and what the agency should know."},
	"task.told":            {Vi: "Để biết", En: "For information"},
	"task.told_critical":   {Vi: "Quan trọng", En: "Important"},
	"task.tabs":            {Vi: "Lọc việc", En: "Which tasks"},
	"task.tab_open":        {Vi: "Đang chờ", En: "Waiting"},
	"task.tab_mine":        {Vi: "Của tôi", En: "Mine"},
	"task.tab_done":        {Vi: "Đã xong", En: "Done"},
	"task.tile_open":       {Vi: "Đang chờ xử lý", En: "Waiting"},
	"task.tile_today":      {Vi: "Đến hạn hôm nay", En: "Due today"},
	"task.tile_overdue":    {Vi: "Quá hạn", En: "Overdue"},
	"task.tile_unread":     {Vi: "Thông báo chưa đọc", En: "Unread notices"},
	"task.col_task":        {Vi: "Việc cần làm", En: "Task"},
	"task.col_due":         {Vi: "Hạn xử lý", En: "Deadline"},
	"task.col_opened":      {Vi: "Giao lúc", En: "Opened"},
	"task.col_state":       {Vi: "Tình trạng", En: "State"},
	"task.col_notice":      {Vi: "Nội dung", En: "Notice"},
	"task.col_sent":        {Vi: "Gửi lúc", En: "Sent"},
	"task.empty":           {Vi: "Không có việc nào đang chờ", En: "Nothing is waiting"},
	"task.empty_text":      {Vi: "Khi một bước của quy trình đến lượt đơn vị, việc cần làm sẽ xuất hiện ở đây cùng thời hạn.", En: "When it is the agency's turn in a process, the task appears here with its deadline."},
	"task.empty_done":      {Vi: "Chưa có việc nào hoàn thành", En: "Nothing is done yet"},
	"task.empty_done_text": {Vi: "Việc đã xử lý xong được giữ lại ở đây để tra cứu.", En: "What was done is kept here."},
	"task.no_notice":       {Vi: "Không có thông báo nào", En: "There is no notice"},
	"task.no_notice_text":  {Vi: "Hệ thống báo khi một việc của đơn vị đã qua nửa thời hạn, đến hạn hoặc quá hạn, và khi có tin mà đơn vị cần biết.", En: "You are told when half of a task's time is used, when it is due, when it is overdue, and of what the agency should know."},
	"task.mark_all":        {Vi: "Đánh dấu đã đọc tất cả", En: "Mark all as read"},
	"task.mark_one":        {Vi: "Đã đọc", En: "Mark as read"},
	"task.read":            {Vi: "Đã đọc", En: "Read"},
	"task.unread":          {Vi: "Chưa đọc", En: "Unread"},
	"task.ended":           {Vi: "Việc đã kết thúc", En: "The task has ended"},
	"task.escalated":       {Vi: "Đã báo cơ quan quản lý, vận hành", En: "Told to the platform operator"},

	"task.no_deadline":   {Vi: "Không có thời hạn", En: "No deadline"},
	"task.days_left":     {Vi: "Còn {0} ngày làm việc", En: "{0} working days left"},
	"task.left":          {Vi: "Còn trong hạn", En: "In time"},
	"task.today":         {Vi: "Đến hạn hôm nay", En: "Due today"},
	"task.days_late":     {Vi: "Quá hạn {0} ngày làm việc", En: "{0} working days overdue"},
	"task.late":          {Vi: "Quá hạn", En: "Overdue"},
	"task.stage.half":    {Vi: "Đã qua nửa thời hạn", En: "Half of the time is used"},
	"task.stage.due":     {Vi: "Đến hạn trong ngày", En: "Due on this day"},
	"task.stage.overdue": {Vi: "Đã quá hạn", En: "Overdue"},

	"task.mail":                        {Vi: "Nhận thông báo qua thư điện tử", En: "Notices by e-mail"},
	"task.mail_open":                   {Vi: "Nhận qua thư điện tử", En: "By e-mail"},
	"task.mail_lead":                   {Vi: "Thông báo luôn hiện trên nền tảng. Thư điện tử là tùy chọn của mỗi người và không chứa dữ liệu: muốn xem nội dung phải đăng nhập.", En: "Notices always appear on the platform. E-mail is each person's own choice and carries no data: what there is to see stands behind the sign-in."},
	"task.mail_off_title":              {Vi: "Chưa bật gửi thư", En: "Mail is not set up"},
	"task.mail_refused_title":          {Vi: "Máy chủ thư từ chối địa chỉ này", En: "The mail server refuses this address"},
	"task.mail_refused":                {Vi: "Thư gần nhất không tới được. Hãy kiểm tra hộp thư, hoặc nhập lại địa chỉ bên dưới.", En: "The last message could not be delivered. Check the mailbox, or enter an address again below."},
	"task.mail_where":                  {Vi: "Địa chỉ nhận thư", En: "Where mail goes"},
	"task.mail_confirmed":              {Vi: "đã xác nhận", En: "confirmed"},
	"task.mail_none":                   {Vi: "Chưa có địa chỉ. Nhập địa chỉ thư công vụ; hệ thống gửi một mã tới đó để xác nhận.", En: "There is no address. Enter your office address; a code is sent to it."},
	"task.mail_address":                {Vi: "Địa chỉ thư điện tử", En: "E-mail address"},
	"task.mail_address_hint":           {Vi: "Nên dùng thư công vụ của cơ quan.", En: "Use the address that your agency gave you."},
	"task.mail_send_code":              {Vi: "Gửi mã xác nhận", En: "Send a code"},
	"task.mail_code":                   {Vi: "Mã xác nhận", En: "Code"},
	"task.mail_code_hint":              {Vi: "Sáu chữ số trong thư vừa gửi tới {0}; có hiệu lực 30 phút.", En: "The six digits sent to {0}; valid for 30 minutes."},
	"task.mail_confirm":                {Vi: "Xác nhận địa chỉ", En: "Confirm"},
	"task.mail_forget":                 {Vi: "Bỏ địa chỉ này", En: "Remove this address"},
	"task.mail_how":                    {Vi: "Cách nhận thư", En: "How mail comes"},
	"task.mail_save":                   {Vi: "Lưu cách nhận thư", En: "Save"},
	"task.mail_mode":                   {Vi: "Gửi thư khi nào", En: "When to send"},
	"task.mail_mode.each":              {Vi: "Gửi ngay", En: "As it comes"},
	"task.mail_mode.digest":            {Vi: "Gửi gộp mỗi ngày một thư", En: "Once a day"},
	"task.mail_mode.off":               {Vi: "Không gửi thư", En: "No mail"},
	"task.mail_mode_hint.each":         {Vi: "Trong vòng vài phút, trừ giờ không làm phiền.", En: "Within minutes, outside the quiet hours."},
	"task.mail_mode_hint.digest":       {Vi: "Mọi việc và thông báo mới trong một thư, vào giờ chọn bên dưới.", En: "All new tasks and notices in one message, at the hour below."},
	"task.mail_mode_hint.off":          {Vi: "Chỉ xem trên nền tảng.", En: "On the platform only."},
	"task.mail_digest_hour":            {Vi: "Giờ gửi gộp", En: "Hour of the daily mail"},
	"task.mail_quiet":                  {Vi: "Giờ không làm phiền", En: "Quiet hours"},
	"task.mail_quiet_hint":             {Vi: "Trong khoảng này chỉ gửi thông báo quan trọng; phần còn lại gửi khi hết khoảng. Hai giờ bằng nhau là không có giờ không làm phiền.", En: "Only what is important is sent within them, the rest afterwards. Two equal hours mean none."},
	"task.mail_quiet_from":             {Vi: "Từ", En: "From"},
	"task.mail_quiet_to":               {Vi: "Đến", En: "To"},
	"task.mail_lang":                   {Vi: "Ngôn ngữ của thư", En: "Language"},
	"task.mailing":                     {Vi: "Gửi thư thông báo", En: "Mailing of notices"},
	"task.mailing_lead":                {Vi: "Tình hình gửi thư của nền tảng. Thông báo trong nền tảng không phụ thuộc vào thư.", En: "How mail goes. Notices on the platform do not depend on it."},
	"task.mailing_waiting":             {Vi: "Đang chờ gửi", En: "Waiting"},
	"task.mailing_oldest":              {Vi: "lâu nhất từ {0}", En: "oldest from {0}"},
	"task.mailing_sent":                {Vi: "Đã gửi trong 24 giờ", En: "Sent within 24 hours"},
	"task.mailing_last":                {Vi: "gần nhất lúc {0}", En: "last at {0}"},
	"task.mailing_failed":              {Vi: "Không gửi được trong 24 giờ", En: "Failed within 24 hours"},
	"task.mailing_off":                 {Vi: "Đặt mail.server và mail.from trong tệp cấu hình rồi khởi động lại; xem mục Gửi thư trong tài liệu vận hành.", En: "Set mail.server and mail.from in the configuration and start again; see the operator's guide."},
	"task.mailing_problem":             {Vi: "Lần gửi gần đây gặp lỗi", En: "There was a problem lately"},
	"task.mailing_problem.refused":     {Vi: "Máy chủ thư từ chối một địa chỉ nhận. Người nhận thấy cảnh báo ở trang của mình.", En: "The mail server refused a recipient, who is told on their own page."},
	"task.mailing_problem.unreachable": {Vi: "Không nối được tới máy chủ thư, hoặc máy chủ đang bận. Nền tảng tự thử lại, cách nhau từ 1 phút đến 12 giờ.", En: "The mail server could not be reached or is busy. The platform tries again, after 1 minute up to 12 hours."},
	"task.mailing_try":                 {Vi: "Gửi thư thử cho tôi", En: "Send me a test message"},
	"task.mailing_retry":               {Vi: "Gửi lại thư lỗi", En: "Try failed mail again"},
	"task.mailing_tried":               {Vi: "Đã gửi thư thử", En: "The test message was sent"},
	"task.mailing_tried_text":          {Vi: "Máy chủ thư đã nhận thư. Hãy xem hộp thư đã xác nhận của bạn.", En: "The mail server took it. Look into your confirmed mailbox."},
	"task.mailing_not_tried":           {Vi: "Chưa gửi được thư thử", En: "The test message was not sent"},
}
