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
}
