package incidentweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/incident"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of the register of incidents.
type Pages struct {
	shell    *web.Shell
	incident *incident.Service
	clock    clock.Clock
	agency   func(ctx context.Context, code string) string
}

// New builds the pages. agency names an agency by its code; without it the code is shown.
func New(shell *web.Shell, s *incident.Service, c clock.Clock, agency func(ctx context.Context, code string) string) *Pages {
	if agency == nil {
		agency = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell, s, c, agency}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/incident", access.IncidentRead, p.listIncidents).InMenu(web.Nav{Group: web.GroupSupervise, LabelKey: "incident.register", Icon: ui.IconIncident, Order: 40}),
		web.Get("/incident/{id}", access.IncidentRead, p.showIncident),
		web.Post("/incident/{id}/step", access.IncidentHandle, p.stepIncident),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "incident-list", Method: http.MethodGet, Path: "/incident", Permission: access.IncidentRead, Tag: "incident",
		Summary: "Incidents, newest first"}, p.opList)
	web.Op(api, web.OpSpec{ID: "incident-find", Method: http.MethodGet, Path: "/incident/{id}", Permission: access.IncidentRead, Tag: "incident",
		Summary: "One incident with its steps, its deadlines and the steps that can follow"}, p.opFind)
	web.Op(api, web.OpSpec{ID: "incident-step", Method: http.MethodPost, Path: "/incident/{id}/step", Permission: access.IncidentHandle, Tag: "incident",
		Summary: "Move an incident on, saying what was done"}, p.opStep)
}

// Messages are the words of the pages.
var Messages = i18n.Messages{
	"incident.register":       {Vi: "Sự cố", En: "Incidents"},
	"incident.register_lead":  {Vi: "Sự cố từ lúc phát hiện đến khi đóng. Thời hạn tính từ lúc phát hiện và không dừng lại.", En: "Incidents from detection to closure. The clock starts at detection and does not stop."},
	"incident.filter":         {Vi: "Lọc", En: "Filter"},
	"incident.filter_kind":    {Vi: "Loại sự cố", En: "Kind"},
	"incident.filter_state":   {Vi: "Trạng thái", En: "State"},
	"incident.col_incident":   {Vi: "Sự cố", En: "Incident"},
	"incident.col_kind":       {Vi: "Loại", En: "Kind"},
	"incident.col_severity":   {Vi: "Mức độ", En: "Severity"},
	"incident.col_state":      {Vi: "Trạng thái", En: "State"},
	"incident.col_agency":     {Vi: "Đơn vị liên quan", En: "Agency concerned"},
	"incident.col_detected":   {Vi: "Phát hiện lúc", En: "Detected"},
	"incident.col_deadline":   {Vi: "Thời hạn gần nhất", En: "Nearest deadline"},
	"incident.empty":          {Vi: "Chưa ghi nhận sự cố nào", En: "No incident is recorded"},
	"incident.empty_text":     {Vi: "Sự cố do hệ thống phát hiện hoặc do đơn vị báo sẽ xuất hiện ở đây ngay khi được ghi nhận.", En: "What the platform detects or an agency reports appears here at once."},
	"incident.none_match":     {Vi: "Không có sự cố phù hợp điều kiện lọc", En: "No incident matches the filter"},
	"incident.show_all":       {Vi: "Bỏ điều kiện lọc", En: "Clear the filter"},
	"incident.whole_platform": {Vi: "Toàn nền tảng", En: "The whole platform"},

	"incident.facts":         {Vi: "Thông tin sự cố", En: "Facts"},
	"incident.source":        {Vi: "Nguồn phát hiện", En: "Detected by"},
	"incident.changed":       {Vi: "Cập nhật lúc", En: "Last step"},
	"incident.deadlines":     {Vi: "Thời hạn", En: "Deadlines"},
	"incident.triage_by":     {Vi: "Phân loại trước", En: "Triage by"},
	"incident.triage_done":   {Vi: "Đã phân loại", En: "Triaged"},
	"incident.notice_by":     {Vi: "Thông báo vi phạm dữ liệu cá nhân trước", En: "Notify the personal data breach by"},
	"incident.notice_help":   {Vi: "72 giờ liên tục kể từ lúc phát hiện, tính cả ngày nghỉ.", En: "72 consecutive hours from detection, days off included."},
	"incident.left":          {Vi: "Còn {0}", En: "{0} left"},
	"incident.late":          {Vi: "Quá hạn {0}", En: "{0} overdue"},
	"incident.no_calendar":   {Vi: "Chưa có lịch làm việc của năm", En: "No calendar of the year"},
	"incident.no_deadline":   {Vi: "Không còn thời hạn", En: "No deadline left"},
	"incident.minutes":       {Vi: "{0} phút", En: "{0} min"},
	"incident.hours":         {Vi: "{0} giờ {1} phút", En: "{0} h {1} min"},
	"incident.days":          {Vi: "{0} ngày {1} giờ", En: "{0} d {1} h"},
	"incident.history":       {Vi: "Diễn biến xử lý", En: "Steps"},
	"incident.again":         {Vi: "Phát hiện lại", En: "Detected again"},
	"incident.by_platform":   {Vi: "Hệ thống", En: "The platform"},
	"incident.next":          {Vi: "Ghi bước tiếp theo", En: "Record the next step"},
	"incident.next_lead":     {Vi: "Bước đã ghi được lưu làm căn cứ và không sửa, xóa được.", En: "A recorded step is kept as evidence and cannot be changed or removed."},
	"incident.to":            {Vi: "Chuyển sang", En: "Move to"},
	"incident.comment":       {Vi: "Nội dung xử lý", En: "What was done"},
	"incident.comment_hint":  {Vi: "Ít nhất 10 ký tự. Không ghi họ tên, số định danh hay dữ liệu cá nhân khác.", En: "At least 10 characters. No names, identification numbers or other personal data."},
	"incident.save":          {Vi: "Ghi bước", En: "Record"},
	"incident.to_missing":    {Vi: "Hãy chọn bước tiếp theo.", En: "Choose the next step."},
	"incident.only_read":     {Vi: "Bạn chỉ có quyền xem", En: "You may only look"},
	"incident.only_read_why": {Vi: "Bước xử lý do bộ phận an toàn thông tin của cơ quan quản lý, vận hành ghi.", En: "Steps are recorded by the operator's security officers."},
	"incident.over":          {Vi: "Sự cố đã kết thúc", En: "The incident has ended"},
	"incident.over_why":      {Vi: "Không còn bước nào phải ghi. Nếu tái diễn, hệ thống mở sự cố mới.", En: "Nothing is left to record. If it happens again, a new incident is opened."},

	"incident.ref.dataset":    {Vi: "Tập dữ liệu", En: "Dataset"},
	"incident.ref.delivery":   {Vi: "Lượt nạp", En: "Delivery"},
	"incident.ref.connection": {Vi: "Kết nối", En: "Connection"},
	"incident.ref.system":     {Vi: "Hệ thống thông tin", En: "Information system"},
	"incident.ref.grant":      {Vi: "Quyền", En: "Grant"},
	"incident.ref.request":    {Vi: "Lượt gọi", En: "Call"},
	"incident.ref.sha256":     {Vi: "Giá trị băm của tệp", En: "Hash of the file"},
}
