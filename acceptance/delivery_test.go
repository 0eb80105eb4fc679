package acceptance

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// wrongCell is one rejected value of a delivery.
type wrongCell struct {
	Line                       int64
	Field, Value, Rule, Detail string
}

func wrongCells(t *testing.T, who *harness.Person, id string) []wrongCell {
	t.Helper()
	var got struct{ Errors []wrongCell }
	ok(t, who.Get("/api/v1/ingest/deliveries/"+id+"/errors?limit=999"), http.StatusOK).Into(t, &got)
	for _, e := range got.Errors {
		if !vietnamese(e.Detail) {
			t.Errorf("line %d: no Vietnamese sentence: %q", e.Line, e.Detail)
		}
	}
	return got.Errors
}

// with is the file with lines replaced: by number, the header being line 1.
func with(text string, lines map[int]string) string {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for n, line := range lines {
		all[n-1] = line
	}
	return strings.Join(all, "\n") + "\n"
}

// Files from their owner into the warehouse: what is taken, what is refused, and that nothing is repaired silently
// (Điều 11.3, 13, 15).
func TestDeliveries(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	t.Run("R13.4 only the official source system delivers", func(t *testing.T) {
		p.registerSystem(t, "he-thong-phu", "Hệ thống phụ của Sở Nông nghiệp", owner)
		refused(t, send(p.ownerSteward, households, file(60), url.Values{"system": {"he-thong-phu"}}), http.StatusForbidden, "ingest.not_official_source")
		refused(t, send(p.consumerSteward, households, file(60), nil), http.StatusForbidden, "ingest.not_official_source")
		page := string(ok(t, p.ownerSteward.Get("/catalog/"+households), http.StatusOK).Body)
		page += string(ok(t, p.ownerSteward.Get("/catalog/"+households+"?tab=quality"), http.StatusOK).Body)
		for _, want := range []string{sourceSystem, "ản sao tích hợp, cập nhật lúc"} {
			if !strings.Contains(page, want) {
				t.Errorf("the profile lacks %q", want)
			}
		}
	})
	t.Run("R1.4 a file with a stamp is refused, nothing of it stays, an incident is opened", func(t *testing.T) { stampedFile(t, p) })
	t.Run("a file that does not come whole, or not as text, is refused", func(t *testing.T) { brokenFiles(t, p) })
	t.Run("R11.3a identifiers that a spreadsheet shortened are flagged and never padded", func(t *testing.T) { shortened(t, p) })
	t.Run("R11.3c commune codes are checked by the list in force on the record's day", func(t *testing.T) { communes(t, p) })
	t.Run("R11.3b business numbers are checked by their check digit", func(t *testing.T) { businesses(t, p) })
	t.Run("the same key twice, and a number beyond 2^53", func(t *testing.T) { keysAndNumbers(t, p) })
	t.Run("R15.4b a version tells where each record comes from", func(t *testing.T) { lineage(t, p) })
	t.Run("R1.2a each delivery leaves a run with its counts", func(t *testing.T) { runs(t, p) })
}

func stampedFile(t *testing.T, p *province) {
	before := len(incidents(t, p, "state_secret"))
	const marker = "Lũng Mật Bài 7731"
	stamped := "TỐI MẬT\n" + with(file(30), map[int]string{2: strings.Replace(household(1, "02701"), "Giàng A Thử B", marker, 1)})
	refused(t, send(p.ownerSteward, households, stamped, nil), http.StatusUnprocessableEntity, "ingest.secret_marking")
	if found := incidents(t, p, "state_secret"); len(found) != before+1 || found[0].Severity != "critical" {
		t.Fatalf("incidents: %+v", found)
	}
	if held := everywhere(t, p.Dir, marker); len(held) > 0 {
		t.Fatalf("content of the stamped file stays in %v", held)
	}
	refused(t, send(p.ownerSteward, households, file(30), url.Values{"declaration": {""}}), http.StatusUnprocessableEntity, "ingest.declaration_missing")
	clean := with(file(60), map[int]string{2: strings.Replace(household(1, "02701"), "Giàng A Thử B", "Đỗ Bảo Mật", 1)})
	if d := deliver(t, p.ownerSteward, households, clean); d.State != "published" {
		t.Fatalf("a person called Bảo Mật: %+v", d)
	}
}

func brokenFiles(t *testing.T, p *province) {
	whole := file(40)
	refused(t, send(p.ownerSteward, households, whole[:len(whole)/2], url.Values{"sha256": {strings.Repeat("ab", 32)}}), http.StatusUnprocessableEntity, "ingest.wrong_sha256")
	for name, x := range map[string]struct{ body, code string }{
		"legacy encoding":    {headerLine + "\nH00001,V\xf5 V\xe3n T\xeb,999060000001,1,01/01/1960,01,02701,3,1\n", "ingest.not_utf8"},
		"half a spreadsheet": {"PK\x03\x04 xl/workbook.xml", "ingest.archive_damaged"},
		"nothing":            {"", "ingest.empty"},
		"only a header":      {headerLine + "\n", "ingest.no_rows"},
		"another header":     {strings.Replace(file(5), "so_tien", "so_tien_vnd", 1), "ingest.wrong_header"},
		"an open quote":      {file(5) + "\"H99,", "ingest.unterminated_quote"},
		"a column too often": {strings.Replace(file(5), "so_nguoi,so_tien", "so_nguoi,so_nguoi", 1), "ingest.duplicate_header"},
	} {
		a := send(p.ownerSteward, households, x.body, nil)
		code := a.Code()
		if a.Status < 300 {
			var d delivery
			a.Into(t, &d)
			d = wait(t, p.ownerSteward, d.ID)
			if d.State == "published" {
				t.Errorf("%s was published", name)
			}
			if code = d.Refusal.Code; !vietnamese(d.Detail) {
				t.Errorf("%s: %q", name, d.Detail)
			}
		}
		if !strings.HasPrefix(code, x.code) {
			t.Errorf("%s: want %s, got %s %s", name, x.code, code, a)
		}
	}
}

func shortened(t *testing.T, p *province) {
	row := func(n int, id string) string {
		return strings.Replace(household(n, "02701"), fmt.Sprintf("9990%02d%06d", 60+n%40, n), id, 1)
	}
	d := deliver(t, p.ownerSteward, households, with(file(100), map[int]string{
		2: row(1, "99061000001"), 3: row(2, "123456789"), 4: row(3, "9.99063E+11"), 5: row(4, "999260000004"),
	}))
	if d.State != "published" || d.Counts.Rejected != 4 || d.Counts.Accepted != 96 {
		t.Fatalf("%+v", d)
	}
	want := []string{"dictionary.lost_leading_zero", "dictionary.old_identity_card", "dictionary.scientific_notation", "dictionary.birth_year_contradicts_id"}
	var rules []string
	for _, e := range wrongCells(t, p.ownerSteward, d.ID) {
		rules = append(rules, e.Rule)
		if e.Rule == want[0] && e.Value != "99061000001" {
			t.Errorf("the value was changed to %q", e.Value)
		}
	}
	for _, rule := range want {
		if !slices.Contains(rules, rule) {
			t.Errorf("%s is not among %v", rule, rules)
		}
	}
	text, _ := io.ReadAll(strings.NewReader(string(ok(t, p.ownerSteward.Get("/api/v1/ingest/deliveries/"+d.ID+"/errors.csv"), http.StatusOK).Body)))
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 5 {
		t.Fatalf("the list of errors as a file: %v %v", rows, err)
	}
	refused(t, p.consumerSteward.Get("/api/v1/ingest/deliveries/"+d.ID+"/errors"), http.StatusNotFound, "ingest.not_found")
}

func communes(t *testing.T, p *province) {
	p.registerDataset(t, "theo-xa", func(about, schema m) {
		about["class"] = "normal"
		schema["persons"] = nil
		schema["date_field"] = "ngay_cap"
		schema["fields"] = []m{
			{"name": "so_giay_to", "element": "so_giay_to", "key": true, "required": true, "class": "internal"},
			{"name": "ma_xa", "element": "ma_xa", "required": true}, {"name": "ngay_cap", "element": "ngay_cap", "required": true},
		}
		about["class"] = "internal"
	})
	head := "so_giay_to,ma_xa,ngay_cap\n"
	var good strings.Builder
	for i := range 98 {
		fmt.Fprintf(&good, "G%03d,%s,%s\n", i, []string{"02701", "02683"}[i%2], []string{"15/08/2025", "20/06/2025"}[i%2])
	}
	// 02635 ended with the mergers of 1/7/2025, 99999 never was.
	d := deliver(t, p.ownerSteward, owner+"/theo-xa", head+good.String()+"X1,02635,15/08/2025\nX2,99999,15/08/2025\n")
	if d.State != "published" || d.Counts.Rejected != 2 || d.Counts.Accepted != 98 {
		t.Fatalf("%+v: %v", d, wrongCells(t, p.ownerSteward, d.ID))
	}
	for _, e := range wrongCells(t, p.ownerSteward, d.ID) {
		if e.Field != "ma_xa" || e.Line < 100 {
			t.Errorf("%+v", e)
		}
	}
	d = deliver(t, p.ownerSteward, owner+"/theo-xa", head+good.String()+"X1,02635,15/06/2025\n")
	if d.State != "published" || d.Counts.Accepted != 99 {
		t.Fatalf("the code that was in force on that day: %+v: %v", d, wrongCells(t, p.ownerSteward, d.ID))
	}
}

func businesses(t *testing.T, p *province) {
	p.registerDataset(t, "doanh-nghiep", func(about, schema m) {
		about["class"] = "normal"
		schema["persons"] = nil
		schema["fields"] = []m{
			{"name": "ma_so", "element": "ma_so_doanh_nghiep", "key": true, "required": true}, {"name": "ten", "element": "ten_doanh_nghiep", "required": true},
		}
	})
	var b strings.Builder
	b.WriteString("ma_so,ten\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%s,Công ty Thử nghiệm %d\n", business(5300100000+i*100), i)
	}
	first := business(5300100000)
	wrong := first[:9] + string('0'+(first[9]-'0'+1)%10)
	d := deliver(t, p.ownerSteward, owner+"/doanh-nghiep", b.String()+first+"-001,Chi nhánh Thử nghiệm\n"+wrong+",Sai số kiểm tra\n"+first+"001,Thiếu gạch nối\n")
	if d.State != "published" || d.Counts.Accepted != 61 || d.Counts.Rejected != 2 {
		t.Fatalf("%+v: %v", d, wrongCells(t, p.ownerSteward, d.ID))
	}
	rules := map[string]string{}
	for _, e := range wrongCells(t, p.ownerSteward, d.ID) {
		rules[e.Value] = e.Rule
	}
	if rules[wrong] != "dictionary.business_check_digit" || rules[first+"001"] != "dictionary.business_id_dash" {
		t.Fatalf("%v", rules)
	}
}

// business is the first number from n on whose check digit exists, with it.
func business(n int) string {
	for ; ; n++ {
		s := fmt.Sprintf("%010d", n)
		sum := 0
		for i, w := range []int{31, 29, 23, 19, 17, 13, 7, 5, 3} {
			sum += w * int(s[i]-'0')
		}
		if 10-sum%11 == int(s[9]-'0') && 10-sum%11 != 10 {
			return s
		}
	}
}

func keysAndNumbers(t *testing.T, p *province) {
	big := strings.TrimSuffix(household(1, "02701"), "1500001") + "9007199254740993"
	twice := strings.Replace(household(2, "02683"), "H00002", "H00004", 1)
	d := deliver(t, p.ownerSteward, households, with(file(100), map[int]string{2: big, 3: twice, 7: household(5, "02701")}))
	if d.State != "published" || d.Counts.Duplicates != 1 || d.Counts.Rejected != 2 || d.Counts.Read != d.Counts.Accepted+d.Counts.Rejected+d.Counts.Duplicates {
		t.Fatalf("%+v: %v", d, wrongCells(t, p.ownerSteward, d.ID))
	}
	c := p.live(t, nil).client(t)
	got := readPage(t, c.Post("/data/"+households+"/lookup", m{"key": m{"ma_ho": "H00001"}}))
	if got.Records[0]["so_tien"] != "9007199254740993" {
		t.Fatalf("a number beyond 2^53 came as %v", got.Records[0]["so_tien"])
	}
	refused(t, c.Post("/data/"+households+"/lookup", m{"key": m{"ma_ho": "H00004"}}), http.StatusNotFound, "exchange.record_not_found")
}

func lineage(t *testing.T, p *province) {
	taken := time.Now().Add(-3 * time.Hour).UTC().Truncate(time.Second)
	a := send(p.ownerSteward, households, file(80), url.Values{"data_time": {taken.Format(time.RFC3339)}})
	var d delivery
	a.Into(t, &d)
	d = wait(t, p.ownerSteward, d.ID)
	if d.State != "held" || d.Refusal.Code != "ingest.older" { // newer data is in use
		t.Fatalf("%+v", d)
	}
	at := "/api/v1/ingest/deliveries/" + d.ID + "/release"
	refused(t, p.consumerSteward.Post(at, m{"reason": "Khôi phục số liệu gốc của tháng trước"}), http.StatusNotFound, "ingest.not_found")
	ok(t, p.ownerSteward.Post(at, m{"reason": "Khôi phục số liệu gốc của tháng trước"}), http.StatusOK)
	if d = wait(t, p.ownerSteward, d.ID); d.State != "published" {
		t.Fatalf("%+v", d)
	}
	var blocks struct {
		Quality struct {
			Current struct {
				Number     int64
				Rows       int64
				Provenance map[string]any
			}
		}
	}
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+households+"/profile"), http.StatusOK).Into(t, &blocks)
	v := blocks.Quality.Current
	if v.Rows != 80 || v.Number != d.Version {
		t.Fatalf("version %+v of delivery %+v", v, d)
	}
	found := fmt.Sprint(v.Provenance)
	for _, want := range []string{sourceSystem, owner, d.ID, taken.Format(time.RFC3339)} {
		if !strings.Contains(found, want) {
			t.Errorf("the provenance lacks %s: %v", want, v.Provenance)
		}
	}
	refused(t, send(p.ownerSteward, households, file(80), url.Values{"data_time": {"hôm qua"}}), http.StatusUnprocessableEntity, "ingest.data_time_form")
}

func runs(t *testing.T, p *province) {
	var got struct{ Deliveries []delivery }
	ok(t, p.engineer.Get("/api/v1/ingest/deliveries?dataset="+url.QueryEscape(households)), http.StatusOK).Into(t, &got)
	if len(got.Deliveries) < 5 {
		t.Fatalf("%d runs", len(got.Deliveries))
	}
	for _, d := range got.Deliveries {
		if n := d.Counts; n.Read != n.Accepted+n.Rejected+n.Duplicates {
			t.Errorf("run %s does not add up: %+v", d.ID, n)
		}
	}
	events := p.log(t, m{"dataset": households, "event": "ingest.*"})
	if len(events) == 0 {
		events = p.log(t, m{"dataset": households, "event": "data.load"})
	}
	if len(events) < 5 {
		t.Errorf("%d records of loads in the log", len(events))
	}
	refused(t, harness.NewClient(t, p.Console).Get("/api/v1/ingest/deliveries"), http.StatusUnauthorized, "access.sign_in_required")
}

// The command line: import, delivery with its checksum, list, as an official would at a terminal.
func TestCommandLine(t *testing.T) {
	p := withData(t, harness.Options{}, 10)
	kept := filepath.Join(t.TempDir(), "session.json")
	run := func(stdin string, args ...string) (string, int) {
		return harness.CLI(t, stdin, append(args, "--session", kept)...)
	}
	if out, code := run("", "agencies", "list"); code == 0 || !strings.Contains(out, "sign-in") {
		t.Fatalf("without a session: %d %s", code, out)
	}
	out, code := run(harness.Password+"\n", "sign-in", "--server", p.Console, "--username", p.ownerSteward.Username)
	if code != 0 || strings.Contains(out, harness.Password) {
		t.Fatalf("sign in: %d %s", code, out)
	}
	if out, code := run("", "agencies", "list", "khoa hoc"); code != 0 || !strings.Contains(out, "H38.02") {
		t.Fatalf("list: %d %s", code, out)
	}
	name := filepath.Join(t.TempDir(), "hộ nghèo tháng 11.csv")
	if err := os.WriteFile(name, []byte(file(70)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := run("", "deliver", households, name, "--system", sourceSystem); code == 0 || !strings.Contains(out, "not-secret") {
		t.Fatalf("without the declaration: %d %s", code, out)
	}
	out, code = run("", "deliver", households, name, "--system", sourceSystem, "--not-secret", "--key", "thang-11")
	if code != 0 || !strings.Contains(out, "rows in 70 = accepted 70 + rejected 0 + duplicates 0") || !strings.Contains(out, "version 2") {
		t.Fatalf("deliver: %d %s", code, out)
	}
	out, code = run("", "deliver", households, name, "--system", sourceSystem, "--not-secret", "--key", "thang-11")
	if code != 0 || !strings.Contains(out, "version 2") {
		t.Fatalf("the same key again changes nothing: %d %s", code, out)
	}
	if err := os.WriteFile(name, []byte("sai,cột\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := run("", "deliver", households, name, "--system", sourceSystem, "--not-secret"); code == 0 || !strings.Contains(out, "ingest.wrong_header") {
		t.Fatalf("a wrong file: %d %s", code, out)
	}
	if out, code := run("", "sign-out"); code != 0 {
		t.Fatalf("sign out: %d %s", code, out)
	}
	if out, code := run("", "agencies", "list"); code == 0 {
		t.Fatalf("after signing out: %d %s", code, out)
	}
}
