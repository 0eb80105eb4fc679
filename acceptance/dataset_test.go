package acceptance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

const (
	households   = "H38.05/ho-ngheo" // the dataset of most tests
	sourceSystem = "csdl-ho-ngheo"   // its official source
	callerSystem = "csdl-giao-duc"   // of the consumer
	otherSystem  = "csdl-y-te"       // of the foreign agency
)

// person fields of the dataset, in the order of its files.
var fields = []m{
	{"name": "ma_ho", "element": "ma_ho", "key": true, "required": true},
	{"name": "chu_ho", "element": "ho_ten", "required": true},
	{"name": "so_dinh_danh", "element": "so_dinh_danh_ca_nhan", "required": true, "person_identifier": true},
	{"name": "gioi_tinh", "element": "gioi_tinh"},
	{"name": "ngay_sinh", "element": "ngay_sinh"},
	{"name": "dan_toc", "element": "dan_toc"},
	{"name": "ma_xa", "element": "ma_xa", "required": true},
	{"name": "so_nguoi", "element": "so_thanh_vien"},
	{"name": "so_tien", "element": "so_tien"},
}

// registerSystem adds an information system with an approved security level.
func (p *province) registerSystem(t *testing.T, id, name, agency string) {
	t.Helper()
	a := p.engineer.Post("/api/v1/systems", m{"id": id, "name": name, "owner": agency, "category": "sector", "layer": "source", "contact": "Phòng Kỹ thuật"})
	ok(t, a, http.StatusCreated)
	approveLevel(t, p.engineer, p.security, id, 3)
}

// registration is complete; a test changes what it is about.
func registration(slug string) m {
	return m{
		"slug": slug, "name": "Danh sách hộ nghèo, hộ cận nghèo (" + slug + ")", "description": "Danh sách hộ nghèo, hộ cận nghèo theo kết quả rà soát hằng năm, do cấp xã lập và cập nhật.",
		"sharing": m{"everyone": true, "fields": names(fields), "purposes": []string{"DVC-TTHC", "QLNN"}, "levels": []string{"use", "view"}},
		"method":  "api", "frequency": "monthly", "formats": []string{"CSV", "JSON"}, "legal_basis": "Nghị định 07/2021/NĐ-CP", "form": "table",
		"nature": "specialised", "scope": "shared", "class": "sensitive_personal", "official_system": sourceSystem,
	}
}

func names(fields []m) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f["name"].(string)
	}
	return out
}

// registerDataset takes a dataset of the owner from draft to the issued catalogue.
func (p *province) registerDataset(t *testing.T, slug string, change func(about m, schema m)) {
	t.Helper()
	p.approveDataset(t, slug, change)
	harness.IssueList(t, harness.Catalogue, p.appraiser, p.approver)
}

// approveDataset takes a dataset of the owner from draft to where the next release of the catalogue collects it.
func (p *province) approveDataset(t *testing.T, slug string, change func(about m, schema m)) {
	t.Helper()
	about := registration(slug)
	schema := m{"fields": fields, "persons": []m{{"id": "so_dinh_danh", "sex": "gioi_tinh", "birth": "ngay_sinh"}}}
	if change != nil {
		change(about, schema)
	}
	about["sharing"].(m)["fields"] = names(schema["fields"].([]m))
	at := "/api/v1/datasets/" + owner + "/" + slug
	st := p.ownerSteward
	ok(t, st.Post("/api/v1/datasets", about), http.StatusCreated)
	ok(t, st.Post(at+"/schema", schema), http.StatusCreated)
	ok(t, st.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 7 Quy chế, phiếu rà soát 03"}), http.StatusOK)
	ok(t, p.approver.Post(at+"/approve", nil), http.StatusOK)
	p.registerProcessing(t, owner+"/"+slug)
}

// household is row n of the files of this package, of a commune.
func household(n int, commune string) string {
	return fmt.Sprintf("H%05d,Giàng A Thử %c,9990%02d%06d,1,%02d/%02d/19%02d,%s,%s,%d,%d", n, 'A'+rune(n%26), 60+n%40, n, 1+n%28, 1+n%12, 60+n%40, []string{"01", "02", "08"}[n%3], commune, 1+n%9, 1500000+n)
}

const headerLine = "ma_ho,chu_ho,so_dinh_danh,gioi_tinh,ngay_sinh,dan_toc,ma_xa,so_nguoi,so_tien"

// file of households: rows of Bát Xát (02683) and Y Tý (02701) in turn.
func file(rows int) string {
	var b strings.Builder
	b.WriteString(headerLine + "\n")
	for n := 1; n <= rows; n++ {
		b.WriteString(household(n, []string{"02683", "02701"}[n%2]) + "\n")
	}
	return b.String()
}

// delivery as the API tells it.
type delivery struct {
	ID, State, Dataset string
	Counts             struct{ Read, Accepted, Rejected, Duplicates int64 }
	Rules              map[string]int64
	Refusal            struct{ Code string }
	Detail             string `json:"refusal_detail"`
	Version            int64
}

// send delivers a file as a person, and gives the answer as it comes.
func send(who *harness.Person, dataset, body string, more url.Values) harness.Answer {
	sum := sha256.Sum256([]byte(body))
	q := url.Values{
		"dataset": {dataset}, "system": {sourceSystem}, "file_name": {"hộ nghèo.csv"}, "data_time": {time.Now().UTC().Format(time.RFC3339)},
		"declaration": {"not-secret"}, "sha256": {hex.EncodeToString(sum[:])},
	}
	for k, v := range more {
		q[k] = v
	}
	return who.With("Content-Type", "text/csv").Post("/api/v1/ingest/deliveries?"+q.Encode(), body)
}

// deliver sends a file and waits until it is checked.
func deliver(t *testing.T, who *harness.Person, dataset, body string) delivery {
	t.Helper()
	a := send(who, dataset, body, nil)
	if a.Status >= 300 {
		t.Fatalf("deliver: %s", a)
	}
	var d delivery
	a.Into(t, &d)
	return wait(t, who, d.ID)
}

// wait until a delivery is neither received nor being checked.
func wait(t *testing.T, who *harness.Person, id string) delivery {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var got struct{ Delivery delivery }
		ok(t, who.Get("/api/v1/ingest/deliveries/"+id), http.StatusOK).Into(t, &got)
		d := got.Delivery
		if d.State != "received" && d.State != "checking" {
			return d
		}
		if time.Now().After(until) {
			t.Fatalf("delivery %s is still %s", id, d.State)
		}
	}
}

// withData is a province with systems, a dataset in the catalogue, and a published file.
func withData(t *testing.T, o harness.Options, rows int) *province {
	t.Helper()
	p := newProvince(t, o)
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, callerSystem, "Cơ sở dữ liệu ngành giáo dục", consumer)
	p.registerSystem(t, otherSystem, "Hệ thống thông tin y tế", foreign)
	p.registerDataset(t, "ho-ngheo", nil)
	if d := deliver(t, p.ownerSteward, households, file(rows)); d.State != "published" || d.Counts.Accepted != int64(rows) {
		t.Fatalf("the first file: %+v", d)
	}
	return p
}
