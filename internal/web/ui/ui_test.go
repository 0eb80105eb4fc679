package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/i18n"

	"github.com/a-h/templ"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func has(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(html, p) {
			t.Errorf("%q is missing in %s", p, html)
		}
	}
}

func TestTextsAreShownAsText(t *testing.T) { // T52
	const bad = `<img src=x onerror=alert(1)>`
	for name, c := range map[string]templ.Component{
		"head": PageHead(Head{Title: bad, Lead: bad, Eyebrow: bad, State: &State{Label: bad}}), "cell": Text(bad), "two": Two(bad, bad), "mono": Mono(bad),
		"table": Table(TableProps{Caption: bad, Columns: []Column{{Label: bad}}, Rows: []Row{Cells(Text(bad))}}),
		"empty": EmptyState(Empty{Title: bad, Text: bad}), "alert": Alert(Note{Title: bad, Text: bad}), "pairs": KeyValue(Pair{Name: bad, Text: bad}),
		"steps": Stepper(bad, []Step{{Label: bad, Who: bad, Note: bad}}), "time": Timeline(bad, []Event{{What: bad, Who: bad, Detail: bad}}),
		"bars": Bars(bad, []Bar{{Label: bad, Value: 1, Text: bad}}), "map": Map(MapProps{Title: bad, Areas: []MapArea{{Name: bad, Text: bad}}}),
		"input": Input(Field{Name: "a", Label: bad, Value: bad, Hint: bad, Error: bad}), "area": Textarea(Field{Name: "a", Value: bad}),
		"select": Select(Choice{Field: Field{Name: "a"}, Options: []Option{{Value: bad, Label: bad}}}), "secret": Secret(bad, bad),
		"proof": VerificationState(Proof{Text: bad, Root: bad, FirstBad: bad}), "failure": ErrorPage(Failure{Title: bad, Text: bad, Code: bad, Reference: bad}),
	} {
		if strings.Contains(render(t, c), "<img") {
			t.Errorf("%s lets markup through", name)
		}
	}
}

func TestAddressesThatRunScriptAreCutOff(t *testing.T) {
	for name, c := range map[string]templ.Component{
		"link": Link("x", "javascript:alert(1)"), "button": Button(Action{Label: "x", Path: "javascript:alert(1)"}),
		"form": Button(Action{Label: "x", Path: "javascript:alert(1)", Post: true}), "event": Timeline("x", []Event{{What: "x", Path: "javascript:alert(1)"}}),
	} {
		if strings.Contains(render(t, c), "javascript:") {
			t.Errorf("%s runs script", name)
		}
	}
}

func TestStateIsToldByWordAndIcon(t *testing.T) {
	signs := map[string]bool{}
	for _, tone := range []Tone{Neutral, Info, Good, Warn, Bad} {
		html := render(t, Badge(State{Label: "Chờ duyệt", Tone: tone}))
		has(t, html, "<svg", "Chờ duyệt")
		signs[html[strings.Index(html, "<svg"):strings.Index(html, "</svg>")]] = true
	}
	if len(signs) != 5 {
		t.Errorf("%d different icons for 5 tones", len(signs))
	}
}

func TestFieldSaysItsError(t *testing.T) {
	html := render(t, Input(Field{Name: "code", Label: "Mã", Hint: "Gợi ý", Error: "Mã đã dùng", Required: true}))
	has(t, html, `for="f-code"`, `id="f-code"`, `aria-describedby="f-code-hint f-code-error"`, `aria-invalid="true"`, `id="f-code-error"`, "Mã đã dùng", "bắt buộc")
	if html := render(t, Input(Field{Name: "code", Label: "Mã"})); strings.Contains(html, "aria-") && strings.Contains(html, "aria-invalid") {
		t.Error("a right field is marked wrong")
	}
	has(t, render(t, ErrorSummary(FormErrors{Items: []FieldError{{Field: "code", Text: "Mã đã dùng"}}})), `href="#f-code"`, `role="alert"`)
	if render(t, ErrorSummary(FormErrors{})) != "" {
		t.Error("a form that was not sent shows errors")
	}
}

func TestTableWithoutRowsSaysWhy(t *testing.T) {
	html := render(t, Table(TableProps{Caption: "Danh mục", Columns: []Column{{Label: "Tên"}}, Empty: Empty{Title: "Chưa có tập dữ liệu", Action: &Action{Label: "Đăng ký", Path: "/catalog/new"}}}))
	has(t, html, "Chưa có tập dữ liệu", `href="/catalog/new"`)
	if strings.Contains(html, "<table") {
		t.Error("an empty table is drawn")
	}
	html = render(t, Table(TableProps{Caption: "Danh mục", Columns: []Column{{Label: "Tên", SortPath: "?sort=name", Sorted: SortedUp}}, Rows: []Row{Cells(Text("Hộ"))}}))
	has(t, html, "<caption", "Danh mục", `aria-sort="ascending"`, `data-label="Tên"`, `href="?sort=name"`)
}

func TestStepShowsWhoWhenAndDeadline(t *testing.T) {
	when := time.Date(2026, 2, 28, 17, 30, 0, 0, time.UTC) // 1 March in Viet Nam
	html := render(t, Stepper("Tiến trình", []Step{{Label: "Thẩm định", State: StepDone, Who: "Nguyễn Thị Mẫu", When: when}, {Label: "Phê duyệt", State: StepCurrent, Due: when, Overdue: true}}))
	has(t, html, "Nguyễn Thị Mẫu", "01/03/2026 00:30", "Quá hạn", `aria-current="step"`, "Đã xong")
}

func TestWordsFollowTheLanguage(t *testing.T) {
	var b strings.Builder
	if err := Pager(PageLinks{Next: "?after=1"}).Render(i18n.WithLang(context.Background(), i18n.En), &b); err != nil {
		t.Fatal(err)
	}
	has(t, b.String(), "Next page")
	has(t, render(t, Pager(PageLinks{Next: "?after=1"})), "Trang sau")
}

func TestProgressStaysWithinItsBounds(t *testing.T) {
	for m, want := range map[Meter]int64{{Value: 5, Max: 10}: 50, {Value: 20, Max: 10}: 100, {Value: -1, Max: 10}: 0, {Value: 1}: 0} {
		if got := m.percent(); got != want {
			t.Errorf("%+v: %d, want %d", m, got, want)
		}
	}
}
