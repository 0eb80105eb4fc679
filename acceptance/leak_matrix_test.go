package acceptance

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

const (
	onlineView   = "/api/v1/datasets/" + online + "/view"
	onlineExport = "/api/v1/datasets/" + online + "/export"
	updater      = "mot-cua-ho-ngheo"
	outsiders    = "H38.11" // Sở Văn hóa, Thể thao và Du lịch, without any right
)

// holder has a right of one level, as a person on screen or as a system at the exchange.
type holder struct {
	who     *harness.Person // nil: a system
	x       *harness.Client // the exchange: with the system's token, or with a person's session
	subject m
	purpose string
}

func person(t *testing.T, p *province, who *harness.Person, role string) holder {
	x := harness.NewClient(t, p.Exchange).With("Authorization", "Bearer "+who.Token()).With("Lienthong-Purpose", "QLNN").With("Lienthong-Case", caseRef)
	return holder{who, x, m{"type": "user", "id": who.ID, "agency": who.Agency, "roles": []string{role}}, "QLNN"}
}

// levels is a world in which every level that can be given is held, all on one dataset that has a published file and its
// owner's service, and each for the rows of Y Tý (02701) alone.
func levels(t *testing.T) (*province, *source, map[string]holder) {
	t.Helper()
	p, s := providedBy(t, harness.Options{Move: true})
	if d := deliver(t, p.ownerSteward, online, file(24)); d.State != "published" {
		t.Fatalf("the file: %+v", d)
	}
	h := map[string]holder{}
	n, sc := peopleNeed("view", "analyst")
	n["dataset"] = online
	p.forPeople(t, true, n, sc)
	h["VIEW"] = person(t, p, p.officer(t, "phan.tich.gd", consumer, "analyst"), "analyst")

	q := *p // another agency goes the same way for its people
	q.consumerSteward = p.admin.Hire(t, "dau.moi.yt", "Lý Đầu Mối", foreign, nil, "steward")
	q.consumerHead = p.admin.Hire(t, "thu.truong.yt", "Phàn Thủ Trưởng", foreign, nil, "agency_head")
	n, sc = peopleNeed("use", "analyst")
	n["dataset"] = online
	q.forPeople(t, true, n, sc)
	h["USE"] = person(t, p, p.officer(t, "phan.tich.yt", foreign, "analyst"), "analyst")

	system := func(id, agency string, c *connection) holder {
		return holder{nil, c.client(t), m{"type": "system", "id": id, "agency": agency}, purpose}
	}
	h["USE system"] = system(callerSystem, consumer, p.live(t, askOnline))
	h["UPDATE system"] = system(updater, owner, p.updates(t))
	h["own"] = person(t, p, p.officer(t, "tra.cuu.nn", owner, "lookup_officer"), "lookup_officer")
	h["none"] = person(t, p, p.officer(t, "phan.tich.vh", outsiders, "analyst"), "analyst")
	return p, s, h
}

// updates gives the owner's other system the right to update, by the process that every right goes through.
func (p *province) updates(t *testing.T) *connection {
	t.Helper()
	p.registerSystem(t, updater, "Phần mềm cập nhật hộ nghèo", owner)
	second := p.admin.Hire(t, "thu.truong.hai.nn", "Vàng Thủ Trưởng", owner, nil, "agency_head")
	asked := []string{"ma_ho", "chu_ho", "ma_xa", "so_tien"}
	n, sc := need(), scope()
	maps.Copy(n, m{
		"dataset": online, "system": updater, "level": "update", "fields": asked, "operations": []string{"PUT /ho/{ma_ho}"}, "test_subjects": []string{"H00002"},
		"test_body": `{"so_tien":1600000}`,
	})
	maps.Copy(sc, m{"levels": []string{"update"}, "operations": n["operations"], "columns": []m{{"name": "ma_ho"}, {"name": "chu_ho"}, {"name": "ma_xa"}, {"name": "so_tien"}}})
	var made struct{ ID string }
	ok(t, p.ownerSteward.Post("/api/v1/connections/requests", n), http.StatusCreated).Into(t, &made)
	c := &connection{ID: made.ID, p: p}
	c.must(t, p.ownerSteward, "submit", m{"attest": true})
	c.approve(t, sc, asked)
	c.provisionFor(t, p.ownerSteward, updater)
	c.test(t)
	c.must(t, p.engineer, "confirm", m{"party": "operator"})
	c.must(t, p.ownerHead, "confirm", m{"party": "owner"})
	c.must(t, second, "confirm", m{"party": "requester"})
	return c
}

// cell is what one holder gets: the code of the decision asked beforehand, and of the fact; empty is allowed. A fact of
// "-" stands where the holder has no way at all to try.
type cell struct{ decision, fact string }

// action is a row of the matrix: how it is asked, and how it is tried.
type action struct {
	name string
	ask  m
	try  func(h holder) harness.Answer
	want map[string]cell
}

const (
	noRole, noLevel, noGrant = "access.permission_missing", "access.level_required", "access.grant_missing"
	noToken, never           = "exchange.token_invalid", "access.action_forbidden"
)

// actions are the rows of section 6.4 that name an action.
func actions() []action {
	onScreen := func(h holder) harness.Answer {
		return h.who.Post(onlineView, lookUp("so_dinh_danh", heldID))
	}
	toFile := func(h holder) harness.Answer { return h.who.Post(onlineExport, m{"purpose": "QLNN", "case": viewCase}) }
	byAPI := func(h holder) harness.Answer { return h.x.Get("/data/" + online + "/records?limit=5") }
	atSource := func(h holder) harness.Answer {
		return h.x.Do(http.MethodPut, onlinePath+"/ho/H00002", m{"so_tien": 1700000})
	}
	inCopy := func(h holder) harness.Answer {
		return h.x.Do(http.MethodPut, "/data/"+online+"/records", m{"so_tien": 1700000})
	}
	return []action{
		{"R21.3a screen, single record", m{"action": "view_record", "match": []string{"so_dinh_danh"}}, onScreen, map[string]cell{
			"VIEW": {}, "USE": {}, "own": {}, "none": {noGrant, noGrant}, "USE system": {noRole, "-"}, "UPDATE system": {noRole, "-"},
		}},
		{"R21.3b list or bulk by API", m{"action": "list_records"}, byAPI, map[string]cell{
			"VIEW": {noLevel, noToken}, "USE": {"", noToken}, "own": {noRole, noToken}, "none": {noGrant, noToken}, "USE system": {}, "UPDATE system": {noLevel, noLevel},
		}},
		{"R21.3b export as a file", m{"action": "export_file"}, toFile, map[string]cell{
			"VIEW": {noLevel, noLevel}, "USE": {}, "own": {noRole, noRole}, "none": {noGrant, noGrant}, "USE system": {noRole, "-"}, "UPDATE system": {noRole, "-"},
		}},
		{"R21.3c change at the source", m{"action": "update_source", "service": "PUT /ho/{ma_ho}"}, atSource, map[string]cell{
			"VIEW": {noRole, noToken}, "USE": {noRole, noToken}, "own": {noRole, noToken}, "none": {noRole, noToken}, "USE system": {noLevel, noLevel}, "UPDATE system": {},
		}},
		{"R21.3c change the warehouse copy", m{"action": "change_copy"}, inCopy, map[string]cell{
			"VIEW": {never, noToken}, "USE": {never, noToken}, "own": {never, noToken}, "none": {never, noToken}, "USE system": {never, never}, "UPDATE system": {never, never},
		}},
		{"R21.3d give another agency access", m{"action": "share_onward", "recipient": outsiders}, nil, map[string]cell{
			"VIEW": {noRole, "-"}, "USE": {noRole, "-"}, "own": {noRole, "-"}, "none": {noRole, "-"}, "USE system": {noRole, "-"}, "UPDATE system": {noRole, "-"},
		}},
	}
}

// The acceptance matrix of the permission model (section 6.4): every level that can be held against every action, each
// cell asked beforehand and tried in fact.
func TestLevelMatrix(t *testing.T) {
	p, s, all := levels(t)
	asked := func(h holder, more m) (code string) {
		q := m{"dataset": online, "subject": h.subject, "purpose": h.purpose}
		maps.Copy(q, more)
		_, _, code = verdictOf(t, p, q)
		return code
	}
	for _, row := range actions() {
		t.Run(row.name, func(t *testing.T) {
			if len(row.want) != len(all) {
				t.Fatalf("%d cells for %d holders", len(row.want), len(all))
			}
			for name, want := range row.want {
				h := all[name]
				if code := asked(h, row.ask); code != want.decision {
					t.Errorf("%s: the decision says %q, want %q", name, code, want.decision)
				}
				if want.fact == "-" {
					continue
				}
				a := row.try(h)
				if code := a.Code(); code != want.fact || (a.Status == http.StatusOK) != (want.fact == "") {
					t.Errorf("%s: in fact %s, want %q", name, a, want.fact)
				}
				if want.fact != "" && strings.Contains(a.String(), "Giàng A Thử") {
					t.Errorf("%s: a refusal with data: %s", name, a)
				}
			}
		})
	}
	t.Run("R21.3d no right to pass on comes from a right to read", func(t *testing.T) {
		steward := person(t, p, p.ownerSteward, "steward") // of the owner, whose own right is to look
		if code := asked(steward, m{"action": "share_onward", "recipient": outsiders}); code != noLevel {
			t.Errorf("the decision says %q", code)
		}
	})
	t.Run("R21.2b the wrong purpose", func(t *testing.T) { wrongPurpose(t, all, asked) })
	t.Run("R21.4c another commune's rows", func(t *testing.T) { otherRows(t, s, all) })
	t.Run("R27.3 an unmasked value without a reason", func(t *testing.T) { withoutReason(t, all) })
	t.Run("R21.4c an expired right", func(t *testing.T) { afterItsEnd(t, p, all, asked) })
}

func wrongPurpose(t *testing.T, all map[string]holder, asked func(holder, m) string) {
	const mismatch = "access.purpose_mismatch"
	for name, act := range map[string]string{"VIEW": "view_record", "USE": "export_file", "own": "view_record", "USE system": "list_records", "UPDATE system": "update_source"} {
		if code := asked(all[name], m{"action": act, "service": map[string]string{"update_source": "PUT /ho/{ma_ho}"}[act], "purpose": "CDDH"}); code != mismatch {
			t.Errorf("%s: the decision says %q", name, code)
		}
	}
	ask := lookUp("so_dinh_danh", heldID)
	ask["purpose"] = "CDDH"
	for _, name := range []string{"VIEW", "USE", "own"} {
		refused(t, all[name].who.Post(onlineView, ask), http.StatusForbidden, mismatch)
	}
	refused(t, all["USE"].who.Post(onlineExport, m{"purpose": "CDDH", "case": viewCase}), http.StatusForbidden, mismatch)
	refused(t, all["USE system"].x.With("Lienthong-Purpose", "CDDH").Get("/data/"+online+"/records"), http.StatusForbidden, mismatch)
	refused(t, all["USE system"].x.With("Lienthong-Purpose", "CDDH").Get(onlinePath+"/ho/H00001"), http.StatusForbidden, mismatch)
	refused(t, all["UPDATE system"].x.With("Lienthong-Purpose", "CDDH").Do(http.MethodPut, onlinePath+"/ho/H00002", m{"so_tien": 1}), http.StatusForbidden, mismatch)
}

// otherRows: what lies in another commune is answered like what does not exist, and is not changed.
func otherRows(t *testing.T, s *source, all map[string]holder) {
	same := func(a, b harness.Answer) {
		t.Helper()
		if a.Status != b.Status || a.Code() != b.Code() || detail(t, a) != detail(t, b) {
			t.Errorf("%s is told from %s", a, b)
		}
	}
	for _, name := range []string{"VIEW", "USE"} {
		who := all[name].who
		outside := refused(t, who.Post(onlineView, lookUp("so_dinh_danh", "999064000004")), http.StatusNotFound, "flow.record_not_found")
		absent := refused(t, who.Post(onlineView, lookUp("so_dinh_danh", "999064999999")), http.StatusNotFound, "flow.record_not_found")
		if outside.Detail != absent.Detail {
			t.Errorf("%s: %q is not %q", name, outside.Detail, absent.Detail)
		}
	}
	file := string(ok(t, all["USE"].who.Post(onlineExport, m{"purpose": "QLNN", "case": viewCase}), http.StatusOK).Body)
	if strings.Contains(file, "02683") || !strings.Contains(file, "02701") {
		t.Errorf("the file holds another commune: %s", file)
	}
	x := all["USE system"].x
	for _, r := range readPage(t, x.Get("/data/"+online+"/records?limit=25")).Records {
		if r["ma_xa"] != "02701" {
			t.Errorf("beyond the rows: %v", r)
		}
	}
	same(x.Post("/data/"+online+"/lookup", m{"key": m{"ma_ho": "H00004"}}), x.Post("/data/"+online+"/lookup", m{"key": m{"ma_ho": "H99999"}}))
	refused(t, x.Get(onlinePath+"/ho/H00003"), http.StatusNotFound, "exchange.record_not_found")
	same(x.Get(onlinePath+"/ho/H00003"), x.Get(onlinePath+"/ho/H99999"))
	before := s.value("H00003", "so_tien")
	a := all["UPDATE system"].x.Do(http.MethodPut, onlinePath+"/ho/H00003", m{"so_tien": 1999999})
	if a.Status == http.StatusOK || s.value("H00003", "so_tien") != before {
		t.Errorf("a record of another commune was changed: %s, now %v", a, s.value("H00003", "so_tien"))
	}
	same(a, all["UPDATE system"].x.Do(http.MethodPut, onlinePath+"/ho/H99999", m{"so_tien": 1999999}))
}

func detail(t *testing.T, a harness.Answer) string {
	t.Helper()
	var x struct{ Detail string }
	a.Into(t, &x)
	return x.Detail
}

func withoutReason(t *testing.T, all map[string]holder) {
	for _, name := range []string{"VIEW", "USE", "own"} {
		ask := lookUp("so_dinh_danh", heldID)
		ask["unmask"] = []string{"so_dinh_danh"}
		a := all[name].who.Post(onlineView, ask)
		refused(t, a, http.StatusForbidden, "access.unmask_reason_missing")
		if strings.Contains(a.String(), heldID) {
			t.Errorf("%s: the value is shown: %s", name, a)
		}
		ask["reason"] = viewReason // with a reason the same question is answered: the refusal was for the reason alone
		ok(t, all[name].who.Post(onlineView, ask), http.StatusOK)
	}
	for _, query := range []string{"?unmask=so_dinh_danh", "?so_dinh_danh.unmask=1"} { // the exchange has no way to ask
		if a := all["USE system"].x.Get("/data/" + online + "/records" + query); a.Status < 400 {
			t.Errorf("%s: %s", query, a)
		}
	}
}

func afterItsEnd(t *testing.T, p *province, all map[string]holder, asked func(holder, m) string) {
	late := p.Now().AddDate(1, 0, 0)
	for name, act := range map[string]string{"VIEW": "view_record", "USE": "export_file", "USE system": "list_records", "UPDATE system": "update_source"} {
		if code := asked(all[name], m{"action": act, "service": map[string]string{"update_source": "PUT /ho/{ma_ho}"}[act], "at": late.UTC().Format(time.RFC3339)}); code != "access.grant_expired" {
			t.Errorf("%s: the decision says %q", name, code)
		}
	}
	p.Shift(345 * 24 * time.Hour)
	for _, name := range []string{"VIEW", "USE"} {
		all[name].who.SignIn()
		a := all[name].who.Post(onlineView, lookUp("so_dinh_danh", heldID))
		if code := a.Code(); a.Status != http.StatusForbidden || code != "access.grant_expired" && code != "access.grant_ended" {
			t.Errorf("%s: %s", name, a)
		}
	}
	for _, name := range []string{"USE system", "UPDATE system"} {
		if a := all[name].x.Get("/data/" + online + "/records"); a.Status != http.StatusUnauthorized && a.Status != http.StatusForbidden {
			t.Errorf("%s: %s", name, a)
		}
	}
}
