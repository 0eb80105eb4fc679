package acceptance

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"lienthong/acceptance/harness"
)

const requestsPath = "/api/v1/connections/requests"

// held is a request as its parties read it.
type held struct {
	Request struct {
		ID, Number, State, Agency, Owner string
		Offer                            *struct{ Note string }
		Advice                           struct {
			Method  string
			Departs bool
		} `json:"method_advice"`
		Approval struct {
			By       struct{ Name string }
			Narrower []struct{ What, Subject string }
		}
		InForce struct{ Version int64 } `json:"config_in_force"`
	}
	Lacking  []struct{ Field, Code string }
	Security []struct {
		What   string
		Blocks bool
	}
	Configs []struct {
		Version int64
		Routes  []struct{ Call, Upstream string }
		Output  []struct{ Name, Field, Mask string }
		Scope   struct {
			CallsPerDay    int64  `json:"calls_per_day"`
			CallsPerMinute int64  `json:"calls_per_minute"`
			To             string `json:"valid_to"`
		}
		Parameters struct {
			MaxP95 int64 `json:"max_p95_ms"`
		}
	}
}

func (c *connection) held(t *testing.T, who *harness.Person) held {
	t.Helper()
	var h held
	ok(t, who.Get(requestsPath+"/"+c.ID), http.StatusOK).Into(t, &h)
	return h
}

// draft registers a need without submitting it.
func (p *province) draft(t *testing.T, change func(need m)) *connection {
	t.Helper()
	n := need()
	change(n)
	var made struct{ ID string }
	ok(t, p.consumerSteward.Post(requestsPath, n), http.StatusCreated).Into(t, &made)
	return &connection{ID: made.ID, p: p}
}

// lacks submits a need that misses something and wants each code at its field.
func (p *province) lacks(t *testing.T, change func(need m), want ...string) {
	t.Helper()
	c := p.draft(t, change)
	a := c.step(p.consumerSteward, "submit", m{"attest": true})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("submitted: %s", a)
	}
	h := c.held(t, p.consumerSteward)
	lacking := h.Lacking
	for _, w := range want {
		field, code, _ := strings.Cut(w, " ")
		if !slices.ContainsFunc(lacking, func(l struct{ Field, Code string }) bool { return l.Field == field && l.Code == code }) || !strings.Contains(a.String(), code) {
			t.Errorf("%s is not named: %s, %+v", w, a, lacking)
		}
	}
	if h.Request.State != "draft" {
		t.Errorf("refused and yet %s", h.Request.State)
	}
}

func TestNeedIsRegistered(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	t.Run("R12.2a1 a draft, a copy, a number without gaps, an offer of the owner, the way back", func(t *testing.T) { p.registration(t) })
	t.Run("R12.2a2 a purpose of the list with its legal basis and procedures; free text alone is refused", func(t *testing.T) {
		p.lacks(t, func(n m) { n["purposes"] = []string{"vì đơn vị cần dữ liệu"} }, "purposes connection.purpose_unknown")
		p.lacks(t, func(n m) { n["legal_basis"], n["procedures"] = "theo yêu cầu", nil }, "legal_basis connection.legal_basis_required", "procedures connection.procedure_missing")
		p.lacks(t, func(n m) { n["procedures"] = []string{"hỗ trợ bán trú"} }, "procedures connection.procedure_invalid")
		p.request(t, func(n m) { n["procedures"] = []string{"1.005144.000.00.00.H38"} })
	})
	t.Run("R12.2a4 the method with its four answers, contact, addresses, environment and readiness", func(t *testing.T) {
		p.lacks(t, func(n m) {
			delete(n, "method_answers")
			n["method"], n["technical_contact"], n["source_addresses"], n["environment"], n["readiness"] = "", m{}, nil, "", ""
		}, "method_answers.nature connection.advice_answer_missing", "method_answers.infrastructure connection.advice_answer_missing", "method connection.method_missing",
			"technical_contact.email connection.email_invalid", "source_addresses connection.address_missing", "environment connection.environment_missing", "readiness connection.readiness_missing")
		p.lacks(t, func(n m) { n["method"] = "sync_periodic" }, "method_reason connection.departure_reason_missing")
		c := p.request(t, func(n m) {
			n["method"], n["method_reason"] = "sync_periodic", "Hệ thống đang đồng bộ hằng đêm"
		})
		if h := c.held(t, p.appraiser); h.Request.Advice.Method != "api" || !h.Request.Advice.Departs {
			t.Errorf("the departure from the advice is not kept: %+v", h.Request.Advice)
		}
	})
	t.Run("R12.2a5 frequency, calls, response time and dates become quota, threshold and validity of the set-up", func(t *testing.T) {
		p.lacks(t, func(n m) { n["frequency"], n["calls_per_day"], n["response_ms"], n["valid_to"] = "", 0, 0, "" },
			"frequency connection.frequency_missing", "calls_per_day connection.number_missing", "response_ms connection.number_missing", "valid_to connection.date_missing")
		c := p.request(t, nil)
		c.approve(t, scope(), need()["fields"].([]string))
		wide := scope()
		wide["calls_per_day"] = 20001
		refused(t, c.step(p.engineer, "provision", m{"scope": wide}), http.StatusUnprocessableEntity, "connection.scope_wider")
		c.provision(t)
		got := c.held(t, p.engineer).Configs[0]
		if got.Scope.CallsPerDay != 20000 || got.Scope.CallsPerMinute != 6000 || got.Parameters.MaxP95 != 2000 || got.Scope.To != need()["valid_to"] {
			t.Errorf("the set-up does not follow from the need: %+v", got)
		}
	})
}

func (p *province) registration(t *testing.T) {
	p.lacks(t, func(n m) { n["responsible_person"], n["system"], n["dataset"] = "", "", "" }, "responsible_person connection.responsible_missing", "system connection.system_not_yours")
	var wait sync.WaitGroup
	numbers := make([]string, 6)
	for i := range numbers {
		c := p.draft(t, func(m) {})
		wait.Go(func() {
			var made struct{ Number string }
			a := c.step(p.consumerSteward, "submit", m{"attest": true})
			for a.Status == http.StatusConflict || a.Status == http.StatusServiceUnavailable {
				a = c.step(p.consumerSteward, "submit", m{"attest": true})
			}
			a.Into(t, &made)
			numbers[i] = made.Number
		})
	}
	wait.Wait()
	slices.Sort(numbers)
	form := regexp.MustCompile(`^\d{4}-(\d{4})/KNDL-H38\.09$`)
	last := 0
	for _, number := range numbers {
		got := form.FindStringSubmatch(number)
		if got == nil {
			t.Fatalf("number %q", number)
		}
		n, _ := strconv.Atoi(got[1])
		if last > 0 && n != last+1 {
			t.Errorf("a gap in %v", numbers)
		}
		last = n
	}
	var list struct{ Requests []struct{ ID, Number string } }
	ok(t, p.ownerHead.Get(requestsPath+"?number="+numbers[2]), http.StatusOK).Into(t, &list)
	if len(list.Requests) != 1 || list.Requests[0].Number != numbers[2] {
		t.Fatalf("found %+v by number %s", list, numbers[2])
	}
	c := &connection{ID: list.Requests[0].ID, p: p}
	refused(t, c.step(p.consumerSteward, "submit", m{"attest": true}), http.StatusConflict, "connection.wrong_state") // back and sent again
	var copied struct{ ID, Number string }
	ok(t, p.consumerSteward.Post(requestsPath+"/"+c.ID+"/copy", nil), http.StatusCreated).Into(t, &copied)
	if copied.Number != "" {
		t.Error("a copy has a number before it is submitted")
	}
	refused(t, p.consumerSteward.Do(http.MethodPatch, requestsPath+"/"+copied.ID+"?revision=9", m{"calls_per_day": 5}), http.StatusConflict, "connection.changed_meanwhile")
	c.must(t, p.consumerSteward, "withdraw", m{"comment": "Không còn nhu cầu"})
	p.offer(t)
}

// offer: the owner proposes, the consumer completes and submits; others see nothing of it.
func (p *province) offer(t *testing.T) {
	t.Helper()
	offer := m{"agency": consumer, "need": m{"dataset": households, "fields": []string{"ma_ho", "chu_ho"}}, "note": "Đề nghị cung cấp danh sách hộ nghèo"}
	refused(t, p.consumerSteward.Post("/api/v1/connections/offers", m{"agency": owner, "need": m{"dataset": households}}), http.StatusForbidden, "connection.other_side")
	var made struct{ ID string }
	ok(t, p.ownerSteward.Post("/api/v1/connections/offers", offer), http.StatusCreated).Into(t, &made)
	c := &connection{ID: made.ID, p: p}
	refused(t, p.appraiser.Get(requestsPath+"/"+c.ID), http.StatusNotFound, "connection.request_not_found")
	if h := c.held(t, p.consumerSteward); h.Request.Offer == nil || h.Request.Agency != consumer {
		t.Fatalf("the consumer does not see the offer: %+v", h.Request)
	}
	n := need()
	delete(n, "dataset")
	ok(t, p.consumerSteward.Do(http.MethodPatch, requestsPath+"/"+c.ID, n), http.StatusOK)
	c.must(t, p.consumerSteward, "submit", m{"attest": true})
	refused(t, c.step(p.ownerSteward, "recall", m{"comment": "Gửi nhầm"}), http.StatusConflict, "connection.wrong_state")
	ok(t, p.ownerSteward.Post("/api/v1/connections/offers", offer), http.StatusCreated).Into(t, &made)
	c.ID = made.ID
	c.must(t, p.ownerSteward, "recall", m{"comment": "Gửi nhầm"})
}

func TestNeedIsAppraised(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	fields := need()["fields"].([]string)
	until := func(t *testing.T, list m, opinion m) *connection {
		t.Helper()
		c := p.request(t, nil)
		c.must(t, p.appraiser, "start-appraisal", nil)
		c.must(t, p.appraiser, "appraise", list)
		c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến."})
		if opinion != nil {
			c.must(t, p.ownerHead, "opinion", opinion)
		}
		return c
	}
	t.Run("R12.2b1 no approval with a failed question or by the requester; an objection needs its ground; of two approvals one wins", func(t *testing.T) {
		failed := checklist(fields)
		failed["items"].(m)["necessity"] = m{"answer": "fail", "comment": "Phạm vi quá rộng"}
		c := until(t, failed, m{"stand": "agree"})
		refused(t, c.step(p.approver, "approve", m{"approved_scope": scope()}), http.StatusUnprocessableEntity, "connection.item_failed")
		refused(t, c.step(p.consumerSteward, "approve", m{"approved_scope": scope()}), http.StatusForbidden, "access.permission_missing")
		c = until(t, checklist(fields), nil)
		refused(t, c.step(p.ownerHead, "opinion", m{"stand": "object", "legal_citation": "không đồng ý"}), http.StatusUnprocessableEntity, "connection.legal_basis_required")
		c.must(t, p.ownerHead, "opinion", m{"stand": "agree_with_limits", "limits": "Chỉ xã được giao"})
		var wait sync.WaitGroup
		got := make([]int, 2)
		for i := range got {
			wait.Go(func() { got[i] = c.step(p.approver, "approve", m{"approved_scope": scope()}).Status })
		}
		wait.Wait()
		slices.Sort(got)
		if !slices.Equal(got, []int{http.StatusOK, http.StatusConflict}) {
			t.Errorf("two approvals: %v", got)
		}
		if h := c.held(t, p.consumerSteward); h.Request.State != "approved" || h.Request.Approval.By.Name == "" {
			t.Errorf("the decision is not signed: %+v", h.Request)
		}
	})
	t.Run("R12.2b2 what is approved lies within what was asked, and the requester sees the difference", func(t *testing.T) {
		c := until(t, checklist(fields), m{"stand": "agree"})
		wide := scope()
		wide["rows"] = nil
		refused(t, c.step(p.approver, "approve", m{"approved_scope": wide}), http.StatusUnprocessableEntity, "connection.scope_wider")
		c.must(t, p.approver, "approve", m{"approved_scope": scope()})
		h := c.held(t, p.consumerSteward)
		for _, want := range []string{"field_masked dan_toc", "rows_limited ma_xa"} {
			what, subject, _ := strings.Cut(want, " ")
			if !slices.ContainsFunc(h.Request.Approval.Narrower, func(d struct{ What, Subject string }) bool { return d.What == what && d.Subject == subject }) {
				t.Errorf("%s is not told: %+v", want, h.Request.Approval.Narrower)
			}
		}
		if page := string(p.consumerSteward.Get("/connections/" + c.ID).Body); !strings.Contains(page, "Khác biệt, lý do") || !strings.Contains(page, "la_dan_toc_thieu_so") {
			t.Error("the page does not set both side by side")
		}
	})
	t.Run("R9.8 each personal field has its impact: stated, judged, and kept in the approved scope", func(t *testing.T) {
		p.lacks(t, func(n m) { n["impact"] = m{} }, "impact connection.impact_statement_missing")
		open := checklist(fields)
		open["fields"].(m)["dan_toc"] = m{"needed": true}
		c := until(t, open, m{"stand": "agree"})
		refused(t, c.step(p.approver, "approve", m{"approved_scope": scope()}), http.StatusUnprocessableEntity, "connection.impact_open")
		c = p.request(t, nil)
		c.must(t, p.appraiser, "start-appraisal", nil)
		judged := checklist(fields)
		judged["fields"].(m)["dan_toc"] = m{"needed": true, "alternative": "yes_no", "values": []string{"01"}, "not": true, "as": "la_dan_toc_thieu_so", "comment": "Chỉ cần có hoặc không"}
		c.must(t, p.appraiser, "appraise", judged)
		c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến."})
		c.must(t, p.ownerHead, "opinion", m{"stand": "agree"})
		clear := scope()
		for _, col := range clear["columns"].([]m) {
			if col["name"] == "dan_toc" {
				delete(col, "mask")
				delete(col, "values")
				delete(col, "not")
			}
		}
		refused(t, c.step(p.approver, "approve", m{"approved_scope": clear}), http.StatusUnprocessableEntity, "connection.mask_required")
		if form := string(p.approver.Get("/connections/" + c.ID + "/approve").Body); !strings.Contains(form, `value="!01"`) || !strings.Contains(form, `value="la_dan_toc_thieu_so"`) {
			t.Error("the form of the approval does not begin with what was judged")
		}
		c.must(t, p.approver, "approve", m{"approved_scope": scope()})
		c.provision(t)
		c.test(t)
		c.accept(t)
		for _, rec := range readPage(t, c.client(t).Get(recordsPath)).Records {
			if _, yesNo := rec["la_dan_toc_thieu_so"].(bool); !yesNo || rec["dan_toc"] != nil {
				t.Fatalf("not an answer of yes or no: %v", rec)
			}
		}
	})
}
