package auditweb

import (
	"context"
	"net/http"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/witness"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of the access log.
type Pages struct {
	shell  *web.Shell
	log    *audit.Log
	clock  clock.Clock
	agency func(ctx context.Context, code string) string

	purposes func(ctx context.Context) map[string]string // names by code; nil shows codes
	datasets func(ctx context.Context) map[string]string

	witness *witness.Witness // nil when we cosign no other logs

	mu   sync.Mutex
	last *checked
}

// checked is the newest verification of this run.
type checked struct {
	at     time.Time
	report journal.Report
}

// New builds the pages. agency names an agency by its code.
func New(shell *web.Shell, log *audit.Log, c clock.Clock, agency func(ctx context.Context, code string) string) *Pages {
	return &Pages{shell: shell, log: log, clock: c, agency: agency}
}

// Naming gives the pages the names of purposes and datasets by their codes.
func (p *Pages) Naming(purposes, datasets func(ctx context.Context) map[string]string) *Pages {
	p.purposes, p.datasets = purposes, datasets
	return p
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return append(p.witnessRoutes(),
		web.Get("/audit", access.AuditVerify, p.showLog).InMenu(web.Nav{Group: web.GroupSupervise, LabelKey: "audit.menu", Icon: ui.IconAudit, Order: 20}),
		web.Post("/audit/search", access.AuditRead, p.searchLog),
		web.Post("/audit/trace", access.AuditRead, p.traceExchange),
		web.Post("/audit/verify", access.AuditVerify, p.verifyLog).Slowly(),
		web.Get("/audit/log/checkpoint", access.Public, p.showCheckpoint),
		web.Get("/audit/log/tile/{level}/{path...}", access.Public, p.showTile),
		web.Get("/audit/log/tile/entries/{path...}", access.AuditRead, p.showEntries),
	)
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "audit-search", Method: http.MethodPost, Path: "/audit/search", Permission: access.AuditRead, Tag: "audit",
		Summary: "Search the access log; the reading itself is recorded with its reason"}, p.opSearch)
	web.Op(api, web.OpSpec{ID: "audit-trace", Method: http.MethodPost, Path: "/audit/trace", Permission: access.AuditRead, Tag: "audit",
		Summary: "All records of one exchange, recorded like a search"}, p.opTrace)
	web.Op(api, web.OpSpec{ID: "audit-verify", Method: http.MethodPost, Path: "/audit/verify", Permission: access.AuditVerify, Tag: "audit",
		Summary: "Verify the whole log against its signed checkpoints"}, p.opVerify)
	web.Op(api, web.OpSpec{ID: "audit-checkpoint", Method: http.MethodGet, Path: "/audit/checkpoint", Permission: access.Public, Tag: "audit",
		Summary: "The newest signed checkpoint and the public key, for anyone who wants to keep them; they hold no data"}, p.opCheckpoint)
	web.Op(api, web.OpSpec{ID: "audit-prove", Method: http.MethodGet, Path: "/audit/records/{seq}/proof", Permission: access.AuditVerify, Tag: "audit",
		Summary: "Proof that a record is in the signed log: its hash, path and checkpoint, without the record"}, p.opProve)
	web.Op(api, web.OpSpec{ID: "audit-read-record", Method: http.MethodPost, Path: "/audit/records/{seq}/read", Permission: access.AuditRead, Tag: "audit",
		Summary: "One record with its proof; the reading itself is recorded with its reason"}, p.opReadRecord)
}

// Messages are the words of the pages.
var Messages = i18n.Messages{
	"audit.menu":              {Vi: "Nhật ký truy cập", En: "Access log"},
	"audit.title":             {Vi: "Nhật ký truy cập, khai thác", En: "Access log"},
	"audit.lead":              {Vi: "Mỗi lượt truy cập, dù được phép hay bị từ chối, để lại bản ghi không sửa, không xóa được. Việc xem nhật ký cũng được ghi lại.", En: "Every access, allowed or refused, leaves a record that cannot be changed or removed. Reading the log is recorded too."},
	"audit.search":            {Vi: "Tra cứu nhật ký", En: "Search the log"},
	"audit.search_lead":       {Vi: "Ghi lý do trước khi xem. Số định danh chỉ dùng để tính giá trị băm có khóa, không được lưu.", En: "State a reason before you look. An identifier is only used to compute its keyed hash and is not kept."},
	"audit.reason":            {Vi: "Lý do tra cứu", En: "Reason"},
	"audit.reason_hint":       {Vi: "Ví dụ: kiểm tra theo kế hoạch số 12/KH-TTr", En: "For example: inspection plan 12/KH-TTr"},
	"audit.dataset":           {Vi: "Mã tập dữ liệu", En: "Dataset code"},
	"audit.actor":             {Vi: "Tài khoản hoặc mã hệ thống", En: "Account or system id"},
	"audit.agency":            {Vi: "Mã đơn vị khai thác", En: "Code of the consuming agency"},
	"audit.purpose":           {Vi: "Mã mục đích", En: "Purpose code"},
	"audit.request":           {Vi: "Mã lượt gọi", En: "Call id"},
	"audit.person":            {Vi: "Số định danh của người được tra cứu", En: "Identifier of the person who was looked up"},
	"audit.from":              {Vi: "Từ ngày", En: "From"},
	"audit.to":                {Vi: "Đến hết ngày", En: "To"},
	"audit.result":            {Vi: "Kết quả", En: "Result"},
	"audit.result.allow":      {Vi: "Được phép", En: "Allowed"},
	"audit.result.deny":       {Vi: "Bị từ chối", En: "Refused"},
	"audit.result.change":     {Vi: "Thay đổi", En: "Change"},
	"audit.find":              {Vi: "Xem nhật ký", En: "Show records"},
	"audit.records":           {Vi: "Bản ghi", En: "Records"},
	"audit.more":              {Vi: "Xem bản ghi cũ hơn", En: "Show older records"},
	"audit.none":              {Vi: "Không có bản ghi nào phù hợp", En: "No record matches"},
	"audit.none_text":         {Vi: "Thử bỏ bớt điều kiện hoặc mở rộng khoảng thời gian.", En: "Leave out a condition or widen the period."},
	"audit.col_time":          {Vi: "Thời điểm", En: "Time"},
	"audit.col_event":         {Vi: "Sự kiện", En: "Event"},
	"audit.col_who":           {Vi: "Ai", En: "Who"},
	"audit.col_what":          {Vi: "Dữ liệu", En: "What"},
	"audit.col_purpose":       {Vi: "Mục đích", En: "Purpose"},
	"audit.col_result":        {Vi: "Kết quả", En: "Result"},
	"audit.col_trace":         {Vi: "Truy vết", En: "Trace"},
	"audit.trace":             {Vi: "Truy vết lượt gọi", En: "Trace of a call"},
	"audit.trace_open":        {Vi: "Truy vết", En: "Trace"},
	"audit.trace_steps":       {Vi: "Các bản ghi của lượt gọi", En: "Records of the call"},
	"audit.decision":          {Vi: "Quyết định: {0}", En: "Decision: {0}"},
	"audit.outcome":           {Vi: "Kết thúc: trạng thái {0}, {1} bản ghi, {2} người, {3} mili giây", En: "Outcome: status {0}, {1} records, {2} persons, {3} ms"},
	"audit.seq":               {Vi: "Bản ghi số {0}", En: "Record {0}"},
	"audit.verify":            {Vi: "Kiểm tra toàn bộ nhật ký", En: "Verify the whole log"},
	"audit.state_none":        {Vi: "Chưa kiểm tra kể từ khi máy chủ khởi động. Việc kiểm tra đọc lại mọi bản ghi và so với các mốc đã ký.", En: "Not verified since the server started. A verification reads every record and compares it with the signed checkpoints."},
	"audit.state_good":        {Vi: "Mọi bản ghi còn nguyên vẹn và đúng thứ tự: {0} bản ghi, trong đó {1} đã có mốc ký.", En: "Every record is whole and in order: {0} records, {1} of them signed."},
	"audit.state_bad":         {Vi: "Nhật ký đã bị thay đổi. Hãy giữ nguyên máy chủ, báo cáo sự cố và đối chiếu với mốc đã giữ ở nơi khác.", En: "The log was changed. Leave the server as it is, report an incident and compare with a checkpoint kept elsewhere."},
	"audit.keys":              {Vi: "Khóa công khai và mốc đã ký", En: "Public key and signed checkpoint"},
	"audit.keys_lead":         {Vi: "Giữ khóa này và định kỳ giữ thêm mốc đã ký ở cơ quan khác: việc xóa đuôi hay quay lui nhật ký sẽ bị phát hiện.", En: "Keep this key, and now and then a signed checkpoint at another agency: a cut tail or a roll-back is then found."},
	"audit.public_key":        {Vi: "Khóa công khai", En: "Public key"},
	"audit.checkpoint":        {Vi: "Mốc đã ký mới nhất", En: "Newest signed checkpoint"},
	"audit.witnesses":         {Vi: "Chứng nhận của bên thứ ba", En: "Witnesses"},
	"audit.witnesses_lead":    {Vi: "Cơ quan khác ký xác nhận mốc của nhật ký này. Nếu nhật ký bị quay lui hay rẽ nhánh, họ sẽ từ chối và cảnh báo hiện ở đây.", En: "Other agencies cosign the checkpoints of this log. If it is rolled back or forked they refuse, and the alarm shows here."},
	"audit.witness_of":        {Vi: "Bên chứng nhận {0}", En: "Witness {0}"},
	"audit.witness_key":       {Vi: "Khóa chứng nhận của nền tảng này", En: "Cosigning key of this platform"},
	"audit.witness_for":       {Vi: "Nhật ký được chứng nhận: {0}", En: "Log that is cosigned: {0}"},
	"audit.witness_none":      {Vi: "Chưa có mốc nào được chứng nhận.", En: "No checkpoint cosigned yet."},
	"audit.witness_cosigned":  {Vi: "Đã chứng nhận {0} bản ghi, lúc {1}.", En: "{0} records cosigned, at {1}."},
	"audit.witness_problem":   {Vi: "Lần gần nhất không được chứng nhận: {0}.", En: "The last try brought no cosignature: {0}."},
	"audit.archives":          {Vi: "Gói lưu trữ của khoảng thời gian này", En: "Archives of this period"},
	"audit.archives_lead":     {Vi: "Bản ghi hết thời gian lưu trực tuyến đã chuyển vào gói lưu trữ có ký số. Giá trị băm vẫn ở trong nhật ký.", En: "Records whose time online is over have left for signed archives. Their hashes are still in the log."},
	"audit.archive_of":        {Vi: "Từ {0} đến {1}", En: "From {0} to {1}"},
	"audit.archive_records":   {Vi: "Bản ghi số {0} đến {1}", En: "Records {0} to {1}"},
	"audit.archive_here":      {Vi: "Thư mục lưu trữ {0}", En: "Archive folder {0}"},
	"audit.archive_elsewhere": {Vi: "Gói lưu trữ {0} được giữ ở nơi khác", En: "Archive {0} is kept elsewhere"},
	"audit.archive_purged":    {Vi: "Đã xóa khi hết thời hạn lưu trữ, lúc {0}", En: "Removed at the end of its time, at {0}"},
	"audit.alarm_title":       {Vi: "Cảnh báo về nhật ký", En: "Alarm about the log"},
	"audit.closed_title":      {Vi: "Nhật ký đang không ghi được", En: "The log cannot be written"},
}
