package exchangeweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/trace"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of the exchange.
type Pages struct {
	shell    *web.Shell
	exchange *exchange.Service
	log      *audit.Log
	clock    clock.Clock
	agency   func(ctx context.Context, code string) string
	number   func(ctx context.Context, connection string) string
	purposes func(ctx context.Context) map[string]string // names by code; nil shows codes
	datasets func(ctx context.Context) map[string]string
	traces   *trace.Log // nil keeps none
}

// New builds the pages. agency names an agency by its code, number a connection by its id.
func New(shell *web.Shell, s *exchange.Service, log *audit.Log, c clock.Clock, agency, number func(ctx context.Context, id string) string) *Pages {
	return &Pages{shell: shell, exchange: s, log: log, clock: c, agency: agency, number: number}
}

// Naming gives the pages the names of purposes and datasets by their codes.
func (p *Pages) Naming(purposes, datasets func(ctx context.Context) map[string]string) *Pages {
	p.purposes, p.datasets = purposes, datasets
	return p
}

// Tracing gives the pages the memory of where the time of calls went.
func (p *Pages) Tracing(traces *trace.Log) *Pages {
	p.traces = traces
	return p
}

// named is the name of a code with the code beneath it, or the code alone.
func named(ctx context.Context, names func(context.Context) map[string]string) func(code string) (name, under string) {
	var known map[string]string
	if names != nil {
		known = names(ctx)
	}
	return func(code string) (string, string) {
		if name := known[code]; name != "" {
			return name, code
		}
		return code, ""
	}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/exchange", access.CatalogRead, p.showMonitor).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "exchange.monitor", Icon: ui.IconMonitor, Order: 50}),
		web.Get("/exchange/calls", access.CatalogRead, p.listCalls),
		web.Get("/exchange/calls/{id}", access.CatalogRead, p.showCall),
		web.Get("/exchange/slow", access.ExchangeRead, p.listSlow),
		web.Get("/exchange/services", access.ExchangeRead, p.listServices).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "exchange.services", Icon: ui.IconApi, Order: 60}),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "exchange-counts", Method: http.MethodGet, Path: "/exchange/counts", Permission: access.CatalogRead, Tag: "exchange",
		Summary: "Calls, refusals, records, persons and latency per connection and day"}, p.opCounts)
	web.Op(api, web.OpSpec{ID: "exchange-call", Method: http.MethodGet, Path: "/exchange/calls/{id}", Permission: access.CatalogRead, Tag: "exchange",
		Summary: "Decision and outcome of one call, by its X-Request-Id"}, p.opCall)
	web.Op(api, web.OpSpec{ID: "exchange-list-services", Method: http.MethodGet, Path: "/exchange/services", Permission: access.ExchangeRead, Tag: "exchange",
		Summary: "Registered services of providers"}, p.opServices)
	web.Op(api, web.OpSpec{ID: "exchange-find-service", Method: http.MethodGet, Path: "/exchange/services/{owner}/{system}/{name}", Permission: access.ExchangeRead, Tag: "exchange",
		Summary: "One registered service of a provider, its newest version"}, p.opService)
	web.Op(api, web.OpSpec{ID: "exchange-register-service", Method: http.MethodPost, Path: "/exchange/services", Permission: access.ConnectionSetUp, Tag: "exchange",
		Summary: "Register a provider's service, or its next version"}, p.opRegister)
	web.Op(api, web.OpSpec{ID: "exchange-service-status", Method: http.MethodPost, Path: "/exchange/services/{owner}/{system}/{name}/status", Permission: access.ConnectionSuspend, Tag: "exchange",
		Summary: "Suspend or resume a provider's service"}, p.opStatus)
}

// Messages are the words of the pages.
var Messages = i18n.Messages{
	"exchange.monitor":        {Vi: "Giám sát lượt gọi", En: "Call monitor"},
	"exchange.monitor_lead":   {Vi: "Lượt gọi qua nền tảng chia sẻ dữ liệu trong 7 ngày gần nhất, lấy từ nhật ký truy cập.", En: "Calls through the exchange in the last 7 days, counted from the access log."},
	"exchange.calls":          {Vi: "Lượt gọi", En: "Calls"},
	"exchange.calls_today":    {Vi: "Lượt gọi hôm nay", En: "Calls today"},
	"exchange.denied_today":   {Vi: "Bị từ chối hôm nay", En: "Refused today"},
	"exchange.records_today":  {Vi: "Bản ghi đã cung cấp hôm nay", En: "Records served today"},
	"exchange.p95_today":      {Vi: "Thời gian đáp ứng p95 (mili giây)", En: "Response time p95 (ms)"},
	"exchange.by_day":         {Vi: "Lượt gọi theo ngày", En: "Calls per day"},
	"exchange.by_connection":  {Vi: "Theo kết nối, hôm nay", En: "By connection, today"},
	"exchange.col_conn":       {Vi: "Kết nối", En: "Connection"},
	"exchange.col_calls":      {Vi: "Lượt gọi", En: "Calls"},
	"exchange.col_denied":     {Vi: "Từ chối", En: "Refused"},
	"exchange.col_failed":     {Vi: "Lỗi", En: "Failed"},
	"exchange.col_records":    {Vi: "Bản ghi", En: "Records"},
	"exchange.col_persons":    {Vi: "Người", En: "Persons"},
	"exchange.col_p50":        {Vi: "p50 (ms)", En: "p50 (ms)"},
	"exchange.col_p95":        {Vi: "p95 (ms)", En: "p95 (ms)"},
	"exchange.no_calls":       {Vi: "Chưa có lượt gọi nào", En: "No calls yet"},
	"exchange.no_calls_text":  {Vi: "Lượt gọi xuất hiện tại đây ngay sau khi một kết nối được nghiệm thu và hệ thống bắt đầu gọi.", En: "Calls appear here as soon as a connection is accepted and its system begins to call."},
	"exchange.unbound":        {Vi: "Không gắn với kết nối", En: "Without a connection"},
	"exchange.recent":         {Vi: "Lượt gọi gần đây", En: "Recent calls"},
	"exchange.see_calls":      {Vi: "Xem từng lượt gọi", En: "Show single calls"},
	"exchange.find_call":      {Vi: "Tìm theo mã lượt gọi (X-Request-Id)", En: "Find by call id (X-Request-Id)"},
	"exchange.find":           {Vi: "Tìm", En: "Find"},
	"exchange.call":           {Vi: "Lượt gọi", En: "Call"},
	"exchange.call_not_yours": {Vi: "Không tìm thấy lượt gọi này trong phạm vi của đơn vị. Hãy kiểm tra lại mã lượt gọi (X-Request-Id).", En: "This call is not among those of your agency. Check the call id (X-Request-Id)."},
	"exchange.when":           {Vi: "Thời điểm", En: "Time"},
	"exchange.who":            {Vi: "Hệ thống gọi", En: "Calling system"},
	"exchange.operation":      {Vi: "Thao tác", En: "Operation"},
	"exchange.dataset":        {Vi: "Tập dữ liệu", En: "Dataset"},
	"exchange.purpose":        {Vi: "Mục đích, mã hồ sơ", En: "Purpose, case"},
	"exchange.fields":         {Vi: "Trường đã cung cấp", En: "Fields served"},
	"exchange.decision":       {Vi: "Quyết định", En: "Decision"},
	"exchange.why":            {Vi: "Vì sao", En: "Why"},
	"exchange.outcome":        {Vi: "Kết quả", En: "Outcome"},
	"exchange.allowed":        {Vi: "Được phép", En: "Allowed"},
	"exchange.refused":        {Vi: "Bị từ chối", En: "Refused"},
	"exchange.outcome_text":   {Vi: "Trạng thái {0}, {1} bản ghi, {2} người, {3} byte, {4} ms", En: "Status {0}, {1} records, {2} persons, {3} bytes, {4} ms"},
	"exchange.under_way":      {Vi: "Đang thực hiện", En: "Under way"},
	"exchange.seq":            {Vi: "Số thứ tự trong nhật ký", En: "Number in the log"},
	"exchange.leaf":           {Vi: "Giá trị băm của bản ghi", En: "Hash of the record"},
	"exchange.services":       {Vi: "Dịch vụ của bên cung cấp", En: "Providers' services"},
	"exchange.services_lead":  {Vi: "Các dịch vụ của hệ thống nguồn được gọi qua nền tảng. Chỉ thao tác đã khai báo mới gọi được.", En: "Services of source systems called through the platform. Only declared operations exist."},
	"exchange.no_services":    {Vi: "Chưa đăng ký dịch vụ nào", En: "No service is registered"},
	"exchange.col_service":    {Vi: "Dịch vụ", En: "Service"},
	"exchange.col_version":    {Vi: "Phiên bản", En: "Version"},
	"exchange.col_ops":        {Vi: "Thao tác", En: "Operations"},
	"exchange.asked":          {Vi: "hỏi theo: {0}", En: "asked by: {0}"},
	"exchange.col_state":      {Vi: "Trạng thái", En: "State"},
	"exchange.active":         {Vi: "Đang phục vụ", En: "Active"},
	"exchange.suspended":      {Vi: "Tạm dừng", En: "Suspended"},
	"exchange.more":           {Vi: "Cũ hơn", En: "Older"},
	"exchange.steps":          {Vi: "Thời gian từng bước", En: "Time of each step"},
	"exchange.steps_lead":     {Vi: "Giữ trong bộ nhớ của máy chủ một thời gian để tổ vận hành tìm chỗ chậm; bằng chứng là bản ghi nhật ký ở trên.", En: "Kept in the server's memory for a while so that operators find what is slow; the evidence is the record above."},
	"exchange.steps_gone":     {Vi: "Thời gian từng bước của lượt gọi này không còn trong bộ nhớ.", En: "The times of this call's steps are no longer in memory."},
	"exchange.step":           {Vi: "Bước", En: "Step"},
	"exchange.took":           {Vi: "Thời gian (ms)", En: "Time (ms)"},
	"exchange.took_all":       {Vi: "Cả lượt gọi", En: "The whole call"},
	"exchange.trace_id":       {Vi: "Mã truy vết (W3C)", En: "Trace id (W3C)"},
	"exchange.step.read":      {Vi: "Đọc yêu cầu", En: "Read the request"},
	"exchange.step.token":     {Vi: "Kiểm tra mã truy cập", En: "Check the token"},
	"exchange.step.decide":    {Vi: "Quyết định quyền", En: "Decide"},
	"exchange.step.evidence":  {Vi: "Ghi bằng chứng xuống đĩa", En: "Bring the evidence to the disk"},
	"exchange.step.warehouse": {Vi: "Đọc Kho dữ liệu", En: "Read the warehouse"},
	"exchange.step.provider":  {Vi: "Chờ bên cung cấp trả lời", En: "Wait for the provider"},
	"exchange.step.filter":    {Vi: "Nhận và lọc câu trả lời", En: "Receive and filter the answer"},
	"exchange.step.answer":    {Vi: "Soạn câu trả lời", En: "Write the answer"},
	"exchange.step.outcome":   {Vi: "Gửi và ghi kết quả", En: "Send, and note the outcome"},
	"exchange.slow":           {Vi: "Lượt gọi chậm", En: "Slow calls"},
	"exchange.slow_lead":      {Vi: "Các lượt gọi gần nhất mất từ {0} ms trở lên, từ khi máy chủ khởi động.", En: "The newest calls that took {0} ms or more, since the server started."},
	"exchange.no_slow":        {Vi: "Chưa có lượt gọi nào chậm", En: "No call was slow"},
	"exchange.slowest_step":   {Vi: "Bước lâu nhất", En: "Longest step"},
	"exchange.status":         {Vi: "Mã trả lời", En: "Status"},
}
