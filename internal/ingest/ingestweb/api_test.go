package ingestweb

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// stream is a delivery as a system sends it.
func stream(who person, system, key, body string, change ...string) call {
	sum := sha256.Sum256([]byte(body))
	q := url.Values{"dataset": {string(households)}, "data_time": {"2026-03-01T00:00:00Z"}, "file_name": {"ho-ngheo.csv"}, "declaration": {"not-secret"}, "sha256": {hex.EncodeToString(sum[:])}}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return call{method: "POST", path: deliveriesPath + "?" + q.Encode(), who: who, system: system, key: key, kind: "text/csv", body: strings.NewReader(body)}
}

type answer struct {
	ID, State, Code string
	Counts          map[string]int64
	Detail          string `json:"refusal_detail"`
	Errors          []struct{ Field, Code string }
}

func (s *site) answer(t *testing.T, status int, c call) answer {
	t.Helper()
	var a answer
	if err := json.Unmarshal([]byte(s.want(t, status, c)), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSystemDelivers(t *testing.T) {
	s := newSite(t)
	s.register(t)
	file := header + "H1,Giàng Thị Mẩy,999190000123\nH2,Vàng A Sử,12345\nH3,Lý A Páo,999090000124\n"
	s.want(t, http.StatusUnauthorized, stream(nobody, "", "", file))
	s.want(t, http.StatusForbidden, stream(analyst, "", "", file))
	if a := s.answer(t, http.StatusForbidden, stream(source, "sys-04", "", file)); a.Code != "ingest.not_official_source" { // R13.4
		t.Errorf("another system: %+v", a)
	}
	if a := s.answer(t, http.StatusForbidden, stream(source, "sys-04", "", file, "system", "sys-05")); a.Code != "ingest.not_official_source" {
		t.Errorf("a system in the name of another: %+v", a)
	}
	if a := s.answer(t, http.StatusUnprocessableEntity, stream(source, "sys-05", "", file, "declaration", "")); a.Code != "ingest.declaration_missing" || len(a.Errors) != 1 || a.Errors[0].Field != "declaration" {
		t.Errorf("without the declaration: %+v", a)
	}
	if a := s.answer(t, http.StatusUnprocessableEntity, stream(source, "sys-05", "", file, "sha256", strings.Repeat("0", 64))); a.Code != "ingest.wrong_sha256" {
		t.Errorf("another sum: %+v", a)
	}
	s.answer(t, http.StatusUnprocessableEntity, stream(source, "sys-05", "", file, "data_time", "soon"))
	wrong := stream(source, "sys-05", "", file)
	wrong.kind = "text/html"
	if a := s.answer(t, http.StatusBadRequest, wrong); a.Code != "ingest.media_type" {
		t.Errorf("another kind: %+v", a)
	}
	if a := s.answer(t, http.StatusUnprocessableEntity, stream(source, "sys-05", "", "ma_ho,TỐI MẬT\n")); a.Code != "ingest.secret_marking" || s.Incidents.Count() != 1 { // R1.4
		t.Errorf("stamped: %+v", a)
	}

	w := s.do(stream(source, "sys-05", "k-1", file))
	var first answer
	if err := json.Unmarshal(w.Body.Bytes(), &first); err != nil || w.Code != http.StatusAccepted || first.State != "received" || w.Header().Get("Location") != deliveriesPath+"/"+first.ID {
		t.Fatalf("%d %v %+v %v", w.Code, w.Header(), first, err)
	}
	if a := s.answer(t, http.StatusOK, stream(source, "sys-05", "k-1", file)); a.ID != first.ID { // replay with the same key changes nothing
		t.Errorf("replay: %+v", a)
	}
	s.answer(t, http.StatusConflict, stream(source, "sys-05", "k-1", file+"H4,Lò Thị Ay,999190000125\n"))
	if a := s.answer(t, http.StatusCreated, stream(source, "sys-05", "", "a\x00b\n")); a.State != "rejected" || !strings.Contains(a.Detail, "NUL") {
		t.Errorf("refused at once: %+v", a)
	}

	s.check(t, "/ingest/"+first.ID)
	one := deliveriesPath + "/" + first.ID
	system := func(path string) call { c := get(path, source); c.system = "sys-05"; return c }
	s.want(t, 200, system(one), `"state":"published"`, `"read":3`, `"accepted":2`, `"rejected":1`, `"outcome":"passed_rows"`)
	if body := s.want(t, 200, system(one+"/errors"), `"line":3`, "dictionary.personal_id_length", "•••"); strings.Contains(body, "12345") {
		t.Error("a system sees the values of rejected rows")
	}
	s.want(t, 200, get(one+"/errors?limit=1", steward), "12345", "phải có 12 chữ số")
	s.want(t, 200, get(one+"/errors.csv", steward), "12345")
	s.want(t, 200, system(deliveriesPath+"?dataset="+string(households)), first.ID, `"state":"rejected"`)
	s.want(t, http.StatusNotFound, get(one, stranger)) // as if it were not there
	s.want(t, http.StatusNotFound, get(deliveriesPath+"/unknown", steward))
}

func TestDecisionsByOperation(t *testing.T) {
	s := newSite(t)
	s.register(t)
	a := s.answer(t, http.StatusAccepted, stream(source, "sys-05", "", header+"H1,Giàng Thị Mẩy,999190000123\nH2,Vàng A Sử,1\nH3,Lý A Páo,2\n"))
	s.check(t, "/ingest/"+a.ID)
	decide := func(verb string, who person, reason string) call {
		return call{method: "POST", path: deliveriesPath + "/" + a.ID + "/" + verb, who: who, kind: "application/json", body: strings.NewReader(`{"reason":"` + reason + `"}`)}
	}
	s.want(t, http.StatusForbidden, decide("release", steward, "Đã đối chiếu hồ sơ"))
	s.want(t, http.StatusUnprocessableEntity, decide("release", engineer, "ngắn"))
	s.want(t, http.StatusNotFound, decide("withdraw", stranger, "Sẽ giao nộp lại tệp"))
	if got := s.answer(t, 200, decide("withdraw", steward, "Sẽ giao nộp lại tệp")); got.State != "rejected" {
		t.Errorf("withdrawn: %+v", got)
	}
	s.want(t, http.StatusConflict, decide("release", engineer, "Đã đối chiếu hồ sơ"))
	if got := s.answer(t, 200, decide("purge", security, "Nội dung không được phép nạp")); got.State != "purged" {
		t.Errorf("purged: %+v", got)
	}
}
