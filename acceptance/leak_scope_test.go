package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// What lies outside a grant's rows and columns cannot be told from counts, order, pages, texts, tags, names of files,
// pages of the register or explanations (section 6.4).
func TestScopeLeaksNothing(t *testing.T) {
	p := withData(t, harness.Options{}, 60) // 30 households of each of two communes
	ours := p.live(t, nil)                  // six fields, of commune 02701
	theirs := p.liveFor(t, foreign, otherSystem, func(_, s m) {
		s["rows"] = []m{{"column": "ma_xa", "in": []string{"02683"}}}
		s["columns"] = []m{{"name": "ma_ho"}, {"name": "ma_xa"}, {"name": "so_tien"}}
	})
	a, b := ours.client(t), theirs.client(t)
	analyst := p.officer(t, "phan.tich.gd", consumer, "analyst")
	t.Run("R21.4c pages and cursors count what is granted, and no more", func(t *testing.T) { pagesCount(t, a) })
	t.Run("R21.4c the order is that of what is granted", func(t *testing.T) { ordered(t, a) })
	t.Run("R21.4c a hidden field and one that does not exist are refused alike, in every place", func(t *testing.T) { hiddenFields(t, a) })
	t.Run("R21.4c hidden rows and rows that do not exist are answered alike", func(t *testing.T) { hiddenRows(t, a) })
	t.Run("R21.4c two grants on one dataset share neither tag nor cursor nor answer", func(t *testing.T) { twoGrants(t, a, b) })
	t.Run("R21.4c the shape that is told is that of the granted fields", func(t *testing.T) {
		text := string(ok(t, a.Get("/data/"+households+"/schema"), http.StatusOK).Body)
		for _, hidden := range []string{"ngay_sinh", "gioi_tinh", "so_nguoi", `"dan_toc"`} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s is told of: %s", hidden, text)
			}
		}
	})
	t.Run("R21.4c pages about the data hold none of it", func(t *testing.T) { pagesAbout(t, p, p.consumerSteward, analyst) })
	t.Run("R21.4d who has no right learns why on the page, and no more than that", func(t *testing.T) { withoutGrant(t, p, b) })
	t.Run("R21.4d a refusal for want of a second factor says what had passed before", func(t *testing.T) { lateRefusal(t, p) })
}

// liveFor is live for the system of another agency.
func (p *province) liveFor(t *testing.T, agency, system string, change func(need, scope m)) *connection {
	t.Helper()
	q := *p
	q.consumerSteward = p.admin.Hire(t, "dau.moi.yt", "Lý Đầu Mối", agency, nil, "steward")
	q.consumerHead = p.admin.Hire(t, "thu.truong.yt", "Phàn Thủ Trưởng", agency, nil, "agency_head")
	s := scope()
	c := q.request(t, func(n m) { n["system"] = system; change(n, s) })
	c.approve(t, s, need()["fields"].([]string))
	c.provisionFor(t, q.consumerSteward, system)
	c.test(t)
	c.accept(t)
	return c
}

// pagesCount reads everything in pages of ten: three full ones, the last without a cursor, and nothing that counts.
func pagesCount(t *testing.T, c *harness.Client) {
	at, sizes := recordsPath+"?limit=10", []int{}
	for next := ""; len(sizes) < 10; {
		a := c.Get(at + next)
		got := readPage(t, a)
		sizes = append(sizes, len(got.Records))
		var members map[string]json.RawMessage
		a.Into(t, &members)
		for name := range members {
			if !slices.Contains([]string{"dataset", "version", "data_time", "records", "next"}, name) {
				t.Errorf("the page also says %q", name)
			}
		}
		for name := range a.Header {
			if strings.Contains(strings.ToLower(name), "total") || strings.Contains(strings.ToLower(name), "count") {
				t.Errorf("header %s", name)
			}
		}
		if got.Next == "" {
			break
		}
		if cursor := got.Next; strings.Contains(cursor, "H000") || strings.Contains(cursor, "02683") {
			t.Errorf("the cursor says where it stands: %s", cursor)
		}
		next = "&cursor=" + got.Next
	}
	if !slices.Equal(sizes, []int{10, 10, 10}) {
		t.Errorf("pages of %v records, want three of ten and no cursor for more", sizes)
	}
}

func ordered(t *testing.T, c *harness.Client) {
	var order []string
	for _, r := range readPage(t, c.Get(recordsPath+"?limit=25")).Records {
		order = append(order, r["ma_ho"].(string))
	}
	if !slices.IsSorted(order) {
		t.Errorf("not in the order of the granted key: %v", order)
	}
	for _, by := range []string{"ngay_sinh", "dan_toc", "so_dinh_danh", "khong_co"} { // to sort is to compare values
		if a := c.Get(recordsPath + "?sort=" + by); a.Status < 400 {
			t.Errorf("sorted by %s: %s", by, a)
		}
	}
}

var callID = regexp.MustCompile(`[0-9A-Z]{26}`)

// plain is an answer without the id of its call and the names that the caller itself has written.
func plain(a harness.Answer, own ...string) string {
	text := callID.ReplaceAllString(string(a.Body), "ID")
	for _, name := range own {
		text = strings.ReplaceAll(text, name, "NAME")
	}
	return fmt.Sprint(a.Status, " ", text)
}

func hiddenFields(t *testing.T, c *harness.Client) {
	for _, way := range []string{"?fields=%s", "?%s=1", "?%s.gt=1", "?%s.in=1,2", "?fields=ma_ho&%s=1", "?limit=1&%s.prefix=1"} {
		hidden, absent := c.Get(recordsPath+fmt.Sprintf(way, "ngay_sinh")), c.Get(recordsPath+fmt.Sprintf(way, "khong_co_that"))
		if hidden.Status < 400 || plain(hidden, "ngay_sinh") != plain(absent, "khong_co_that") {
			t.Errorf("%s: %s\nbut %s", way, hidden, absent)
		}
	}
	lookup := func(name string) harness.Answer {
		return c.Post("/data/"+households+"/lookup", m{"key": m{name: "1"}})
	}
	if hidden, absent := lookup("gioi_tinh"), lookup("khong_co_that"); hidden.Status < 400 || plain(hidden, "gioi_tinh") != plain(absent, "khong_co_that") {
		t.Errorf("looked up: %s\nbut %s", hidden, absent)
	}
	// A value behind a mask is no filter either: who could ask for it could find it out.
	for _, query := range []string{"?dan_toc=01", "?la_dan_toc_thieu_so=true", "?so_dinh_danh.prefix=999"} {
		if a := c.Get(recordsPath + query); a.Status < 400 {
			t.Errorf("%s: %s", query, a)
		}
	}
}

func hiddenRows(t *testing.T, c *harness.Client) {
	// Commune 02683 has 30 households, 09999 none; H00004 lies in the first, H99999 nowhere.
	for _, pair := range [][2]string{{"ma_xa=02683", "ma_xa=09999"}, {"ma_ho=H00004", "ma_ho=H99999"}, {"ma_ho.in=H00004,H00006", "ma_ho.in=H99998,H99999"}} {
		hidden, absent := c.Get(recordsPath+"?"+pair[0]), c.Get(recordsPath+"?"+pair[1])
		if hidden.Status != http.StatusOK || plain(hidden) != plain(absent) {
			t.Errorf("%s: %s\n%s: %s", pair[0], hidden, pair[1], absent)
		}
	}
	lookup := func(key string) harness.Answer {
		return c.Post("/data/"+households+"/lookup", m{"key": m{"ma_ho": key}})
	}
	if hidden, absent := lookup("H00004"), lookup("H99999"); plain(hidden) != plain(absent) {
		t.Errorf("looked up: %s\nbut %s", hidden, absent)
	}
}

func twoGrants(t *testing.T, a, b *harness.Client) {
	const query = recordsPath + "?limit=5"
	one, two := a.Get(query), b.Get(query)
	first, second := readPage(t, one), readPage(t, two)
	if one.Header.Get("Etag") == "" || one.Header.Get("Etag") == two.Header.Get("Etag") {
		t.Errorf("tags %q and %q", one.Header.Get("Etag"), two.Header.Get("Etag"))
	}
	if got := a.With("If-None-Match", one.Header.Get("Etag")).Get(query); got.Status != http.StatusNotModified {
		t.Errorf("one's own tag: %s", got)
	}
	ok(t, b.With("If-None-Match", one.Header.Get("Etag")).Get(query), http.StatusOK)
	if kept := one.Header.Get("Cache-Control"); !strings.Contains(kept, "private") {
		t.Errorf("a cache between may keep the answer: %q", kept)
	}
	refused(t, b.Get(query+"&cursor="+first.Next), http.StatusBadRequest, "exchange.cursor_invalid")
	for _, r := range second.Records {
		if r["ma_xa"] != "02683" || len(r) != 3 {
			t.Errorf("beyond the second grant: %v", r)
		}
	}
	for _, r := range first.Records {
		if r["ma_xa"] != "02701" {
			t.Errorf("beyond the first grant: %v", r)
		}
	}
}

// pagesAbout: profile, register, warehouse, monitor and search tell of the data and hold none of its values.
func pagesAbout(t *testing.T, p *province, people ...*harness.Person) {
	values := []string{"Giàng A Thử", "9990", heldHouse, "H00004", "1500004"}
	for _, path := range []string{
		"/catalog/" + households, "/api/v1/datasets/" + households, "/api/v1/datasets/" + households + "/profile", "/api/v1/datasets/" + households + "/fields",
		"/warehouse", "/warehouse/" + households, "/warehouse/" + households + "/1", "/api/v1/datasets/" + households + "/versions/1",
		"/catalog?q=" + heldHouse, "/api/v1/datasets?q=" + heldHouse, "/exchange", "/exchange/calls", "/api/v1/exchange/counts", "/", "/tasks",
		"/warehouse/view", "/access/grants", "/access/decisions", "/connections",
	} {
		for _, who := range people {
			a := who.Get(path)
			if a.Status >= 500 || a.Status == http.StatusNotFound {
				t.Errorf("%s for %s: %d", path, who.Username, a.Status)
			}
			for _, value := range values {
				if text := strings.ReplaceAll(a.String(), "q="+heldHouse, ""); value != heldHouse && strings.Contains(text, value) {
					t.Errorf("%s shows %s to %s", path, value, who.Username)
				}
			}
		}
	}
	// Numbers of the exchange are of the own agency alone.
	other := p.admin.Hire(t, "dau.moi.vh", "Bàn Đầu Mối", outsiders, nil, "steward")
	var counts struct{ Counts []any }
	ok(t, other.Get("/api/v1/exchange/counts"), http.StatusOK).Into(t, &counts)
	if len(counts.Counts) != 0 {
		t.Errorf("an agency without a connection sees calls: %v", counts.Counts)
	}
}

// withoutGrant: a system asks for data on which it has nothing. Its own agency reads why on the page: the check of the
// grant, and that there was none; a dataset that exists is told from none that does by nothing.
func withoutGrant(t *testing.T, p *province, x *harness.Client) {
	steward := p.admin.Hire(t, "dau.moi.yt.hai", "Tẩn Đầu Mối", foreign, nil, "steward")
	about := registration("ho-so-noi-bo") // a draft that nobody else may see
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	type told struct {
		Allowed                     bool
		Check, Code, Owner, Dataset string
		Grant                       *struct{ Number string }
		Checks                      []struct{ Check, State string }
	}
	var seen []told
	var pages []string
	for _, dataset := range []string{owner + "/ho-so-noi-bo", owner + "/khong-co-that"} {
		a := x.Get("/data/" + dataset + "/records")
		p.denied(t, a, http.StatusForbidden, "access.grant_missing", "GRANT")
		id := a.Header.Get("X-Request-Id")
		var got told
		ok(t, steward.Get("/api/v1/authz/decisions/"+id), http.StatusOK).Into(t, &got)
		if got.Allowed || got.Check != "GRANT" || got.Grant != nil || len(got.Checks) != 9 || got.Checks[2].State != "failed" || got.Checks[1].State != "passed" || got.Checks[3].State != "not_asked" {
			t.Errorf("%s: %+v", dataset, got)
		}
		seen = append(seen, got)
		page := string(ok(t, steward.Get("/access/decisions?id="+id), http.StatusOK).Body)
		for _, says := range []string{"bị từ chối ở bước kiểm tra", "Không có quyền nào"} {
			if !strings.Contains(page, says) {
				t.Errorf("%s: the page does not say %q", dataset, says)
			}
		}
		pages = append(pages, page)
		for _, path := range []string{"/exchange/calls/" + id, "/api/v1/exchange/calls/" + id, "/exchange/calls"} {
			text := string(ok(t, steward.Get(path), http.StatusOK).Body)
			for _, name := range []string{dataset, "ho-so-noi-bo", owner + "\""} {
				if strings.Contains(text, name) {
					t.Errorf("%s tells of %s", path, name)
				}
			}
		}
		refused(t, p.consumerSteward.Get("/api/v1/authz/decisions/"+id), http.StatusNotFound, "access.decision_not_found")
	}
	if seen[0].Owner != seen[1].Owner || seen[0].Dataset != seen[1].Dataset {
		t.Errorf("what exists is told: %+v, and of what does not %+v", seen[0], seen[1])
	}
	if !strings.Contains(pages[0], "Không nêu, vì bên truy cập không có quyền nào") || strings.Contains(pages[0], "ho-so-noi-bo") {
		t.Error("the page tells which dataset it was")
	}
	refused(t, steward.Get("/api/v1/authz/decisions/khong-co-that"), http.StatusNotFound, "access.decision_not_found")
}

// lateRefusal: the second factor is a demand of the right to look at data of persons, asked after purpose and time.
func lateRefusal(t *testing.T, p *province) {
	officer := p.admin.Hire(t, "tra.cuu.nn", "Vàng Tra Cứu", owner, nil, "lookup_officer")
	a := officer.Post(viewPath, lookUp("so_dinh_danh", heldID))
	p.denied(t, a, http.StatusForbidden, "access.strong_auth_required", "AUTHN")
	var got struct {
		Check  string
		Checks []struct{ Check, State string }
	}
	ok(t, p.ownerSteward.Get("/api/v1/authz/decisions/"+a.Header.Get("X-Request-Id")), http.StatusOK).Into(t, &got)
	want := "AUTHN failed, ROLE passed, GRANT passed, LEVEL passed, PURPOSE passed, SCOPE passed, TIME passed, QUOTA not_asked, STATE not_asked"
	var parts []string
	for _, c := range got.Checks {
		parts = append(parts, c.Check+" "+c.State)
	}
	if line := strings.Join(parts, ", "); line != want {
		t.Errorf("%s\nwant %s", line, want)
	}
}
