package acceptance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/controldb"

	"github.com/xuri/excelize/v2"
)

// releaseView is a release as the API tells it.
type releaseView struct {
	List, State, Standing string
	Number, Revision      int64
	Counts                struct{ Held, Added, Changed, Removed int }
	Decision              struct{ Number, Signer string }
	Altered               bool
	Files                 []struct {
		Kind, Name, SHA256 string
		Size               int64
	}
}

type releaseEntry struct {
	Subject, Name, Change, Reason string
	Owner                         string `json:"owner"`
	OwnerName                     string `json:"owner_name"`
	Frequency                     string
	Held                          bool
}

func findRelease(t *testing.T, c *harness.Person, at string) releaseView {
	t.Helper()
	var v releaseView
	ok(t, c.Get(at), http.StatusOK).Into(t, &v)
	return v
}

func entriesOf(t *testing.T, c *harness.Person, at string, q url.Values) []releaseEntry {
	t.Helper()
	var got struct{ Entries []releaseEntry }
	ok(t, c.Get(at+"/entries?"+q.Encode()), http.StatusOK).Into(t, &got)
	return got.Entries
}

func subjects(all []releaseEntry) string {
	var out []string
	for _, e := range all {
		out = append(out, strings.TrimPrefix(e.Subject, owner+"/"))
	}
	return strings.Join(out, " ")
}

// columnsOf gives a dataset a part of the fields, so that no two are sources of the same content.
func columnsOf(n int, more func(about m)) func(about, schema m) {
	return func(about, schema m) {
		schema["fields"] = fields[:n]
		if more != nil {
			more(about)
		}
	}
}

const (
	catalogue1 = "/api/v1/releases/catalogue/1"
	catalogue2 = "/api/v1/releases/catalogue/2"
	tomorrow   = 25 * time.Hour
)

func TestDieu07Release(t *testing.T) {
	p := newProvince(t, harness.Options{Move: true})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, callerSystem, "Cơ sở dữ liệu ngành giáo dục", consumer)
	p.approveDataset(t, "ho-ngheo", nil)
	p.approveDataset(t, "diem-mo", columnsOf(8, func(about m) { about["scope"] = "open" }))
	t.Run("R6.3d the draft is generated from what is classified as shared or open", func(t *testing.T) { generated(t, p) })
	t.Run("R7.5a from the register over the consultation and the submission to a decision that takes effect by itself", func(t *testing.T) { issuing(t, p) })
	t.Run("R7.1 an issued release is viewed, searched, compared and exported exactly as issued", func(t *testing.T) { asIssued(t, p) })
	t.Run("R6.3d the next draft shows what was added, changed and removed", func(t *testing.T) { differences(t, p) })
	t.Run("R8.1 the list of systems is issued the same way, each version with its export", func(t *testing.T) { systemsList(t, p) })
	t.Run("R7.1 a release changed past the platform is found, shown and gives no right", func(t *testing.T) { changedPast(t, p) })
}

func generated(t *testing.T, p *province) {
	refused(t, p.ownerSteward.Post("/api/v1/releases/catalogue", m{}), http.StatusForbidden, "access.permission_missing")
	at := harness.DraftList(t, harness.Catalogue, p.appraiser)
	if got := subjects(entriesOf(t, p.appraiser, at, nil)); at != catalogue1 || got != "diem-mo ho-ngheo" {
		t.Fatalf("the draft of the catalogue at %s holds %q", at, got)
	}
	open := harness.DraftList(t, harness.OpenData, p.appraiser)
	if got := subjects(entriesOf(t, p.appraiser, open, nil)); got != "diem-mo" {
		t.Fatalf("the draft of the open list holds %q", got)
	}
	refused(t, p.ownerSteward.Get(at), http.StatusNotFound, "release.not_found")
	refused(t, p.appraiser.Post("/api/v1/releases/catalogue", m{}), http.StatusConflict, "release.draft_exists")
}

func issuing(t *testing.T, p *province) {
	deadline := harness.Day(p.Now().AddDate(0, 0, 7))
	refused(t, p.appraiser.Post(catalogue1+"/consult", m{"deadline": harness.Day(p.Now().AddDate(0, 0, -1))}), http.StatusUnprocessableEntity, "release.deadline_past")
	ok(t, p.appraiser.Post(catalogue1+"/consult", m{"deadline": deadline}), http.StatusOK)
	var inbox struct{ Tasks []struct{ Kind, Path string } }
	ok(t, p.consumerSteward.Get("/api/v1/tasks?state=open"), http.StatusOK).Into(t, &inbox)
	if len(inbox.Tasks) != 1 || inbox.Tasks[0].Kind != "release.consultation" || inbox.Tasks[0].Path != "/release/catalogue/1/opinion" {
		t.Fatalf("the inbox of an agency that is asked: %+v", inbox.Tasks)
	}
	var said struct{ ID string }
	ok(t, p.consumerSteward.Post(catalogue1+"/comments", m{"subject": households, "text": "Đề nghị cập nhật hằng tuần để đối chiếu chế độ bán trú"}), http.StatusOK).Into(t, &said)
	ok(t, p.ownerSteward.Post(catalogue1+"/agree", m{}), http.StatusNoContent)
	inbox.Tasks = nil
	ok(t, p.consumerSteward.Get("/api/v1/tasks?state=open"), http.StatusOK).Into(t, &inbox)
	if len(inbox.Tasks) != 0 {
		t.Fatalf("the task of an agency that has answered stays: %+v", inbox.Tasks)
	}
	refused(t, p.appraiser.Post(catalogue1+"/close", m{}), http.StatusConflict, "release.consultation_runs")
	ok(t, p.appraiser.Post(catalogue1+"/close", m{"reason": "Đã họp thống nhất"}), http.StatusOK)
	refused(t, p.consumerSteward.Post(catalogue1+"/agree", m{}), http.StatusConflict, "release.consultation_over")
	refused(t, p.approver.Post(catalogue1+"/approve", m{}), http.StatusConflict, "release.comments_open")
	refused(t, p.appraiser.Post(catalogue1+"/comments/"+said.ID+"/answer", m{"verdict": "rejected"}), http.StatusUnprocessableEntity, "release.answer_missing")
	ok(t, p.appraiser.Post(catalogue1+"/comments/"+said.ID+"/answer", m{"verdict": "rejected", "answer": "Danh sách rà soát hằng năm"}), http.StatusOK)
	refused(t, p.appraiser.Post(catalogue1+"/approve", m{}), http.StatusForbidden, "access.permission_missing")
	ok(t, p.approver.Post(catalogue1+"/approve", m{}), http.StatusOK)
	submission(t, p)
	decided(t, p)
}

// submission: the papers open, have the layout of NĐ 30/2020, and their annexes hold exactly the entries.
func submission(t *testing.T, p *province) {
	refused(t, p.ownerSteward.Get(catalogue1+"/files/memo"), http.StatusNotFound, "release.file_not_found")
	memo := readDocx(t, ok(t, p.appraiser.Get(catalogue1+"/files/memo"), http.StatusOK).Body)
	memo.text = strings.Join(strings.Fields(memo.text), " ") // a title is broken into lines of one length
	memo.laidOut(t, "TỜ TRÌNH", "Về việc ban hành Danh mục dữ liệu dùng chung của tỉnh Lào Cai (lần 1)", "1 cơ quan nhất trí, 1 cơ quan có ý kiến", "Đề nghị cập nhật hằng tuần", "Danh sách rà soát hằng năm")
	draft := readDocx(t, ok(t, p.appraiser.Get(catalogue1+"/files/draft_decision"), http.StatusOK).Body)
	draft.text = strings.Join(strings.Fields(draft.text), " ")
	for _, want := range []string{"ỦY BAN NHÂN DÂN", "QUYẾT ĐỊNH", "Ban hành Danh mục dữ liệu dùng chung của tỉnh Lào Cai", "CHỦ TỊCH", "/QĐ-UBND"} {
		if !strings.Contains(draft.text, want) {
			t.Errorf("the draft decision does not say %q", want)
		}
	}
	if !strings.Contains(draft.parts["word/document.xml"], `<w:pgMar w:top="1133" w:right="850" w:bottom="1133" w:left="1700"`) {
		t.Error("the draft decision has other margins")
	}
	entries := entriesOf(t, p.appraiser, catalogue1, nil)
	if rows := tableRows(draft); len(rows) != len(entries) {
		t.Fatalf("the annex has %d rows for %d entries", len(rows), len(entries))
	} else {
		for i, e := range entries {
			if !strings.Contains(rows[i], e.Subject) || !strings.Contains(rows[i], e.Name) || !strings.Contains(rows[i], e.OwnerName) {
				t.Errorf("row %d of the annex does not say %s: %s", i+1, e.Subject, rows[i])
			}
		}
	}
	sheetHolds(t, ok(t, p.appraiser.Get(catalogue1+"/files/annex_xlsx"), http.StatusOK).Body, entries)
}

var (
	tableRow = regexp.MustCompile(`(?s)<w:tr>.*?</w:tr>`)
	tagOf    = regexp.MustCompile(`<[^>]+>`)
)

// tableRows are the rows of the last table of a paper without its titles.
func tableRows(d docx) []string {
	body := d.parts["word/document.xml"]
	body = body[strings.LastIndex(body, "<w:tbl>"):]
	var out []string
	for _, row := range tableRow.FindAllString(body, -1)[1:] {
		out = append(out, tagOf.ReplaceAllString(row, " "))
	}
	return out
}

// sheetHolds compares a workbook with the entries, row by row.
func sheetHolds(t *testing.T, raw []byte, entries []releaseEntry) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("no workbook: %v", err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetList()[0])
	if err != nil {
		t.Fatal(err)
	}
	var found int
	for _, row := range rows {
		if len(row) > 3 && found < len(entries) && row[1] == entries[found].Subject && row[2] == entries[found].Name && row[3] == entries[found].OwnerName {
			found++
		}
	}
	if found != len(entries) {
		t.Errorf("the workbook holds %d of %d entries: %v", found, len(entries), rows)
	}
}

// decided: a decision of tomorrow lists nothing today, and everything from its day on without anybody doing anything.
func decided(t *testing.T, p *province) {
	refused(t, p.approver.Post(catalogue1+"/decision", harness.DecisionOf(p.Now(), p.Now())), http.StatusForbidden, "release.own_approval")
	wrong := harness.DecisionOf(p.Now(), p.Now().AddDate(0, 0, -1))
	wrong["number"], wrong["signer"] = "số 5", ""
	problem := refused(t, p.appraiser.Post(catalogue1+"/decision", wrong), http.StatusUnprocessableEntity, "input.several")
	if len(problem.Errors) != 3 {
		t.Fatalf("not all mistakes are told: %+v", problem.Errors)
	}
	issued := harness.RecordDecision(t, catalogue1, p.appraiser, p.Now(), p.Now().AddDate(0, 0, 1))
	if v := findRelease(t, p.consumerSteward, catalogue1); v.Standing != "coming" || v.Decision.Number != issued.Decision {
		t.Fatalf("before its day: %+v", v)
	}
	state := func() string {
		var d struct{ State, Release string }
		ok(t, p.consumerSteward.Get("/api/v1/datasets/"+households), http.StatusOK).Into(t, &d)
		return d.State + " " + strings.Split(d.Release, " ")[0]
	}
	if got := state(); got != "approved " || listed(t, p, "catalogue", households) != "" {
		t.Fatalf("before its day the dataset is %s", got)
	}
	p.later(t, tomorrow)
	if got := listed(t, p, "catalogue", households); got != issued.Decision {
		t.Fatalf("on its day the dataset is listed by %q", got)
	}
	soon(t, "the dataset's step", func() bool { return state() == "in_catalogue "+issued.Decision })
	refused(t, p.appraiser.Post(catalogue1+"/discard", m{"reason": "thử"}), http.StatusConflict, "release.wrong_state")
	refused(t, p.appraiser.Post(catalogue1+"/leave-out", m{"subject": households, "reason": "thử"}), http.StatusConflict, "release.not_editable")
}

// listed is the decision by which the list in force holds a subject; empty when it does not.
func listed(t *testing.T, p *province, list, subject string) string {
	t.Helper()
	var got struct {
		Listed  bool
		Listing struct{ Decision string }
	}
	ok(t, p.consumerSteward.Get("/api/v1/releases/"+list+"/in-force?"+url.Values{"subject": {subject}}.Encode()), http.StatusOK).Into(t, &got)
	return got.Listing.Decision
}

// later moves the clock; everybody signs in again.
func (p *province) later(t *testing.T, by time.Duration) {
	t.Helper()
	p.Shift(by)
	for _, who := range []*harness.Person{p.admin, p.appraiser, p.approver, p.engineer, p.second, p.security, p.ownerSteward, p.ownerHead, p.consumerSteward, p.consumerHead} {
		who.SignIn()
	}
}

// files reads the exports of a release and holds each against its digest.
func files(t *testing.T, p *province, at string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, f := range findRelease(t, p.consumerSteward, at).Files {
		a := ok(t, p.consumerSteward.Get(at+"/files/"+f.Kind), http.StatusOK)
		sum := sha256.Sum256(a.Body)
		if hex.EncodeToString(sum[:]) != f.SHA256 || a.Header.Get("ETag") != `"`+f.SHA256+`"` {
			t.Errorf("%s does not have its digest", f.Kind)
		}
		out[f.Kind] = a.Body
	}
	return out
}

func asIssued(t *testing.T, p *province) {
	entries := entriesOf(t, p.consumerSteward, catalogue1, nil)
	got := files(t, p, catalogue1)
	if string(got["decision"]) != harness.SignedPDF {
		t.Error("the signed decision is not the file that was attached")
	}
	sheetHolds(t, got["xlsx"], entries)
	if rows := tableRows(readDocx(t, got["docx"])); len(rows) != len(entries) || !strings.Contains(rows[1], households) {
		t.Errorf("the printed list: %v", rows)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(got["csv"], []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil || len(rows) != len(entries)+1 || rows[2][1] != households {
		t.Errorf("the table: %v %v", rows, err)
	}
	var machine struct {
		Decision struct{ Number string }
		Entries  []struct {
			Subject string
			Sharing struct{ Fields []string }
		}
	}
	if err := json.Unmarshal(got["json"], &machine); err != nil || len(machine.Entries) != len(entries) || len(machine.Entries[1].Sharing.Fields) != len(fields) {
		t.Errorf("for machines: %s %v", got["json"], err)
	}
	for query, want := range map[string]string{"ho ngheo": "diem-mo ho-ngheo", "hộ nghèo": "diem-mo ho-ngheo", "Hộ Ngheo (HO-NGHEO)": "ho-ngheo", "khong-co": ""} {
		if found := subjects(entriesOf(t, p.consumerSteward, catalogue1, url.Values{"q": {query}})); found != want {
			t.Errorf("%q finds %q, not %q", query, found, want)
		}
	}
	var current struct{ Release releaseView }
	ok(t, p.consumerSteward.Get("/api/v1/catalogue?release=1"), http.StatusOK).Into(t, &current)
	if current.Release.Number != 1 || current.Release.Standing != "in_force" {
		t.Errorf("the catalogue: %+v", current.Release)
	}
	page := string(ok(t, p.consumerSteward.Get("/release/catalogue"), http.StatusOK).Body)
	for _, want := range []string{"Danh mục dữ liệu dùng chung", current.Release.Decision.Number, "Chủ tịch UBND tỉnh Nguyễn Văn Thử", "/release/catalogue/1/files/docx"} {
		if !strings.Contains(page, want) {
			t.Errorf("the screen does not say %q", want)
		}
	}
	kept, file := filepath.Join(t.TempDir(), "session.json"), filepath.Join(t.TempDir(), "danh-muc.xlsx")
	if out, code := harness.CLI(t, harness.Password+"\n", "sign-in", "--server", p.Console, "--username", p.consumerSteward.Username, "--session", kept); code != 0 {
		t.Fatalf("sign in at a terminal: %s", out)
	}
	if out, code := harness.CLI(t, "", "releases", "export", "catalogue", "1", "xlsx", "--out", file, "--session", kept); code != 0 {
		t.Fatalf("export at a terminal: %s", out)
	}
	if written, err := os.ReadFile(file); err != nil || !bytes.Equal(written, got["xlsx"]) {
		t.Errorf("the terminal gets other bytes: %v", err)
	}
	if out, code := harness.CLI(t, "", "releases", "open", "catalogue", "--session", kept); code == 0 || !strings.Contains(out, "access.permission_missing") {
		t.Errorf("a steward drafts at a terminal: %d %s", code, out)
	}
	outside := harness.NewClient(t, p.Console)
	refused(t, outside.Get(catalogue1), http.StatusUnauthorized, "access.sign_in_required")
}

func differences(t *testing.T, p *province) {
	before := files(t, p, catalogue1)
	p.approveDataset(t, "bo-sung", columnsOf(6, nil))
	ok(t, p.approver.Post("/api/v1/datasets/"+owner+"/diem-mo/retire", m{"reason": "Gộp vào tập khác"}), http.StatusOK)
	at := harness.DraftList(t, harness.Catalogue, p.appraiser)
	v := findRelease(t, p.appraiser, at)
	if at != catalogue2 || v.Counts.Held != 2 || v.Counts.Added != 1 || v.Counts.Removed != 1 {
		t.Fatalf("the second draft: %+v", v.Counts)
	}
	for change, want := range map[string]string{"added": "bo-sung", "removed": "diem-mo", "same": "ho-ngheo"} {
		if got := subjects(entriesOf(t, p.appraiser, at, url.Values{"change": {change}})); got != want {
			t.Errorf("%s: %q, not %q", change, got, want)
		}
	}
	page := string(ok(t, p.appraiser.Get("/release/catalogue/2?change=removed"), http.StatusOK).Body)
	if !strings.Contains(page, "Đưa ra") || !strings.Contains(page, "diem-mo") {
		t.Error("the screen of the draft does not show what is removed")
	}
	harness.Consulted(t, at, p.appraiser)
	ok(t, p.approver.Post(at+"/approve", m{}), http.StatusOK)
	harness.RecordDecision(t, at, p.appraiser, p.Now(), p.Now())
	if listed(t, p, "catalogue", owner+"/diem-mo") != "" || listed(t, p, "catalogue", owner+"/bo-sung") == "" {
		t.Error("the second release does not decide what is listed")
	}
	if v := findRelease(t, p.consumerSteward, catalogue1); v.Standing != "superseded" {
		t.Errorf("the first release is %s", v.Standing)
	}
	for kind, body := range files(t, p, catalogue1) {
		if !bytes.Equal(body, before[kind]) {
			t.Errorf("%s of the superseded release is not what it was", kind)
		}
	}
	var compared struct {
		Differences []struct{ Subject, Change string }
	}
	ok(t, p.consumerSteward.Get(catalogue2+"/compare?with=1"), http.StatusOK).Into(t, &compared)
	if len(compared.Differences) != 2 {
		t.Errorf("compared: %+v", compared.Differences)
	}
}

func systemsList(t *testing.T, p *province) {
	harness.IssueList(t, harness.Systems, p.appraiser, p.approver)
	first := files(t, p, "/api/v1/releases/systems/1")
	p.registerSystem(t, otherSystem, "Hệ thống thông tin y tế", foreign)
	if listed(t, p, "systems", otherSystem) != "" {
		t.Fatal("a system is listed before a decision lists it")
	}
	second := harness.IssueList(t, harness.Systems, p.appraiser, p.approver)
	if got := listed(t, p, "systems", otherSystem); got != second.Decision {
		t.Fatalf("listed by %q", got)
	}
	after := files(t, p, "/api/v1/releases/systems/1")
	for kind := range first {
		if !bytes.Equal(first[kind], after[kind]) {
			t.Errorf("%s of the first version is not what it was", kind)
		}
	}
	if bytes.Contains(first["csv"], []byte(otherSystem)) || !bytes.Contains(files(t, p, "/api/v1/releases/systems/2")["csv"], []byte(otherSystem)) {
		t.Error("the versions do not differ in what was added")
	}
	page := string(ok(t, p.consumerSteward.Get("/release/systems"), http.StatusOK).Body)
	for _, want := range []string{"Danh mục hệ thống bắt buộc kết nối", second.Decision, "Hệ thống thông tin y tế", "Các cơ sở dữ liệu chuyên ngành của các sở, ban, ngành"} {
		if !strings.Contains(page, want) {
			t.Errorf("the screen does not say %q", want)
		}
	}
	refused(t, p.consumerSteward.Post("/api/v1/releases/systems", m{}), http.StatusForbidden, "access.permission_missing")
}

func changedPast(t *testing.T, p *province) {
	p.Stop()
	db, err := controldb.Open(context.Background(), "sqlite:"+filepath.Join(p.Dir, "control", "control.db"))
	if err != nil {
		t.Fatal(err)
	}
	const query = `UPDATE release_entry SET body = REPLACE(body, '"QLNN"', '"PTDB"') WHERE subject = ? AND release_id IN (SELECT id FROM release_release WHERE list = 'catalogue' AND number = 2)`
	if _, err := db.ExecContext(context.Background(), query, households); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	p.Run()
	if v := findRelease(t, p.consumerSteward, catalogue2); !v.Altered {
		t.Error("the change is not shown")
	}
	if v := findRelease(t, p.consumerSteward, catalogue1); v.Altered {
		t.Error("another release is called altered")
	}
	if listed(t, p, "catalogue", households) != "" {
		t.Error("an altered release lists")
	}
	refused(t, p.consumerSteward.Get(catalogue2+"/files/xlsx"), http.StatusConflict, "release.file_altered")
	if page := string(ok(t, p.consumerSteward.Get("/release/catalogue/2"), http.StatusOK).Body); !strings.Contains(page, "không còn đúng như khi ban hành") {
		t.Error("the screen does not say so")
	}
	if body := string(ok(t, p.security.Get("/api/v1/incident"), http.StatusOK).Body); !strings.Contains(body, "catalogue-2") {
		t.Error("no incident was opened")
	}
}
