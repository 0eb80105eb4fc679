// Package homeweb is the first page: what the platform is for whoever has not signed in, what waits and how things
// stand for whoever has.
//
// Owns: the page /.
// Does not own: any figure; app gives each as a function.
//
// Start reading at Pages.show.
package homeweb

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Waiting is one task of the actor's agency.
type Waiting struct {
	Title   string
	Agency  string // whose task it is
	Path    string
	Due     time.Time
	Overdue bool
}

// Request is a connection request on its way.
type Request struct {
	Number, Path string
	Dataset      string
	Agency       string
	State        ui.State
}

// Figures are what the page shows to whoever has signed in; a figure of which the actor may not know is negative.
type Figures struct {
	TasksOpen, TasksLate    int64
	RequestsWaiting         int64
	CallsToday, DeniedToday int64
	Datasets                int64
	IncidentsOpen           int64
	Tasks                   []Waiting
	Requests                []Request // the newest
	Connections             []ui.Bar  // today's calls of each connection, most first
	Closed                  string    // why the platform serves nothing now; empty while it does
}

// Pages of the beginning.
type Pages struct {
	shell   *web.Shell
	figures func(ctx context.Context) (Figures, error)
}

// New builds the page.
func New(shell *web.Shell, figures func(ctx context.Context) (Figures, error)) *Pages {
	return &Pages{shell, figures}
}

// Routes of the page.
func (p *Pages) Routes() []web.Route {
	return []web.Route{web.Get("/{$}", access.Public, p.show).InMenu(web.Nav{Group: web.GroupHome, LabelKey: "home.menu", Icon: ui.IconHome, Order: 1})}
}

// Operations: the page has none of its own.
func (p *Pages) Operations(*web.API) {}

// Messages are the words of the page.
var Messages = i18n.Messages{
	"home.menu":          {Vi: "Tổng quan", En: "Overview"},
	"home.title":         {Vi: "Dữ liệu đi đúng người, đúng mục đích", En: "Data to the right people for the right purpose"},
	"home.lead":          {Vi: "Nền tảng kết nối, chia sẻ dữ liệu giữa các cơ quan nhà nước trong tỉnh: mỗi lượt truy cập được kiểm tra quyền, mục đích và để lại bằng chứng.", En: "The platform on which the province's agencies connect and share data: every access is checked for right and purpose and leaves evidence."},
	"home.hello":         {Vi: "Chào {0}", En: "Welcome, {0}"},
	"home.hello_lead":    {Vi: "Việc đang chờ và tình hình chia sẻ dữ liệu của đơn vị.", En: "What waits for you and how your agency's data is shared."},
	"home.sign_in":       {Vi: "Đăng nhập", En: "Sign in"},
	"home.terms":         {Vi: "Thuật ngữ của Quy chế", En: "Terms of the regulation"},
	"home.api":           {Vi: "Tài liệu API", En: "API description"},
	"home.share":         {Vi: "Chia sẻ đúng thẩm quyền", En: "Shared by right"},
	"home.share_text":    {Vi: "Cơ quan đăng ký nhu cầu, được thẩm định, kiểm thử và nghiệm thu theo Điều 12 trước khi hệ thống được gọi chính thức.", En: "An agency registers its need and passes appraisal, test and acceptance (Điều 12) before its system may call."},
	"home.source":        {Vi: "Một nguồn chính thức", En: "One official source"},
	"home.source_text":   {Vi: "Dữ liệu vào Kho từ hệ thống nguồn của chủ quản, được kiểm tra từng dòng; bản sao không bao giờ sửa được.", En: "Data enters the warehouse from its owner's system, checked row by row; a copy can never be edited."},
	"home.evidence":      {Vi: "Bằng chứng kiểm chứng được", En: "Evidence that can be checked"},
	"home.evidence_text": {Vi: "Nhật ký có cây băm và mốc đã ký: sửa, xóa hay cắt bớt một bản ghi đều bị phát hiện.", En: "The log has a hash tree and signed checkpoints: a changed, removed or cut record is found."},
	"home.tasks":         {Vi: "Việc đang chờ", En: "Open tasks"},
	"home.tasks_late":    {Vi: "{0} việc quá hạn", En: "{0} overdue"},
	"home.requests":      {Vi: "Yêu cầu kết nối chờ đơn vị", En: "Requests that wait for you"},
	"home.calls":         {Vi: "Lượt gọi hôm nay", En: "Calls today"},
	"home.denied":        {Vi: "{0} lượt bị từ chối", En: "{0} refused"},
	"home.datasets":      {Vi: "Tập dữ liệu tỉnh đang chia sẻ", En: "Datasets shared in the province"},
	"home.connections":   {Vi: "Lượt gọi hôm nay", En: "Calls today"},
	"home.recent":        {Vi: "Yêu cầu kết nối mới nhất", En: "Newest connection requests"},
	"home.col_request":   {Vi: "Yêu cầu", En: "Request"},
	"home.col_agency":    {Vi: "Đơn vị đăng ký", En: "Requester"},
	"home.col_state":     {Vi: "Trạng thái", En: "State"},
	"home.no_requests":   {Vi: "Chưa có yêu cầu kết nối nào", En: "There is no connection request yet"},
	"home.incidents":     {Vi: "Sự cố chưa đóng", En: "Open incidents"},
	"home.inbox":         {Vi: "Việc cần làm", En: "To do"},
	"home.inbox_all":     {Vi: "Xem tất cả", En: "Show all"},
	"home.nothing":       {Vi: "Không có việc nào đang chờ", En: "Nothing waits for you"},
	"home.nothing_text":  {Vi: "Khi một bước cần đơn vị xử lý, việc sẽ hiện ở đây cùng thời hạn.", En: "When a step needs your agency it appears here with its deadline."},
	"home.col_task":      {Vi: "Việc", En: "Task"},
	"home.col_due":       {Vi: "Thời hạn", En: "Due"},
	"home.late":          {Vi: "Quá hạn", En: "Overdue"},
	"home.closed":        {Vi: "Nền tảng đang tạm ngừng cung cấp dữ liệu", En: "The platform serves no data just now"},
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	t, who := p.shell.T(r), access.ActorOf(r.Context())
	if who.Type != access.User {
		return p.shell.Render(w, r, web.Page{Title: t("home.menu"), Body: welcomePage(t)})
	}
	f, err := p.figures(r.Context())
	if err != nil {
		return err
	}
	v := overview{T: t, Head: ui.Head{Title: t("home.hello", who.Name), Lead: t("home.hello_lead")}, Closed: f.Closed, Tiles: tiles(t, f), Table: todo(t, f.Tasks),
		Connections: f.Connections, ShowRequests: f.RequestsWaiting >= 0, Requests: requests(t, f.Requests)}
	return p.shell.Render(w, r, web.Page{Title: t("home.menu"), Body: overviewPage(v)})
}

func tiles(t ui.T, f Figures) []ui.Tile {
	var out []ui.Tile
	add := func(n int64, tile ui.Tile) {
		if n >= 0 {
			tile.Value = i18n.Number(n)
			out = append(out, tile)
		}
	}
	tasks := ui.Tile{Label: t("home.tasks"), Icon: ui.IconInbox, Path: "/tasks"}
	if f.TasksLate > 0 {
		tasks.Note, tasks.Tone = t("home.tasks_late", f.TasksLate), ui.Warn
	}
	add(f.TasksOpen, tasks)
	add(f.RequestsWaiting, ui.Tile{Label: t("home.requests"), Icon: ui.IconConnection, Path: "/connections?show=waiting"})
	calls := ui.Tile{Label: t("home.calls"), Icon: ui.IconCall, Path: "/exchange"}
	if f.DeniedToday > 0 {
		calls.Note = t("home.denied", i18n.Number(f.DeniedToday))
	}
	add(f.CallsToday, calls)
	add(f.Datasets, ui.Tile{Label: t("home.datasets"), Icon: ui.IconDataset, Path: "/catalog"})
	incidents := ui.Tile{Label: t("home.incidents"), Icon: ui.IconIncident, Path: "/incident"}
	if f.IncidentsOpen > 0 {
		incidents.Tone = ui.Warn
	}
	add(f.IncidentsOpen, incidents)
	return out
}

func todo(t ui.T, list []Waiting) ui.TableProps {
	table := ui.TableProps{
		Caption: t("home.inbox"), Columns: []ui.Column{{Label: t("home.col_task")}, {Label: t("home.col_due")}},
		Empty: ui.Empty{Icon: ui.IconDone, Title: t("home.nothing"), Text: t("home.nothing_text")},
	}
	for _, w := range list {
		due := ui.Day(w.Due)
		if w.Overdue {
			due = ui.Stack(ui.Day(w.Due), ui.Badge(ui.State{Label: t("home.late"), Tone: ui.Warn}))
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.LinkTwo(w.Title, w.Path, w.Agency), due}})
	}
	return table
}

func requests(t ui.T, list []Request) ui.TableProps {
	table := ui.TableProps{
		Caption: t("home.recent"), Columns: []ui.Column{{Label: t("home.col_request")}, {Label: t("home.col_agency")}, {Label: t("home.col_state")}},
		Empty: ui.Empty{Icon: ui.IconConnection, Title: t("home.no_requests")},
	}
	for _, r := range list {
		table.Rows = append(table.Rows, ui.Cells(ui.LinkTwo(r.Dataset, r.Path, r.Number), ui.Text(r.Agency), ui.Badge(r.State)))
	}
	return table
}
