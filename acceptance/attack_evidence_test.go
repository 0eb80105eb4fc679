package acceptance

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// T66: whatever way a call takes to get data, or gets none, it leaves one record.
func TestEveryCallLeavesOneRecord(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	c := p.live(t, nil).client(t)
	first := c.Get(recordsPath + "?limit=5")
	readPage(t, first)
	for name, x := range map[string]struct {
		call harness.Answer
		want int
		data bool
	}{
		"HEAD":            {c.Do(http.MethodHead, recordsPath+"?limit=5", nil), http.StatusMethodNotAllowed, false},
		"OPTIONS":         {c.Do(http.MethodOptions, recordsPath, nil), http.StatusMethodNotAllowed, false},
		"TRACE":           {c.Do(http.MethodTrace, recordsPath, nil), http.StatusMethodNotAllowed, false},
		"range":           {c.With("Range", "bytes=0-20").Get(recordsPath + "?limit=5"), http.StatusOK, true},
		"not modified":    {c.With("If-None-Match", first.Header.Get("Etag")).Get(recordsPath + "?limit=5"), http.StatusNotModified, false},
		"any tag":         {c.With("If-None-Match", "*").Get(recordsPath + "?limit=5"), http.StatusOK, true},
		"schema":          {c.Get("/data/" + households + "/schema"), http.StatusOK, false},
		"method override": {c.With("X-Http-Method-Override", "DELETE").Get(recordsPath + "?limit=5"), http.StatusOK, true},
		"no such person":  {c.Post("/data/"+households+"/lookup", m{"key": m{"ma_ho": "H99999"}}), http.StatusNotFound, false},
		"change":          {c.Do(http.MethodDelete, recordsPath, nil), http.StatusForbidden, false},
		"no such route":   {c.Get("/data/" + households + "/export"), http.StatusNotFound, false},
	} {
		if x.call.Status != x.want || !x.data && strings.Contains(x.call.String(), "Giàng A Thử") {
			t.Errorf("%s: %s", name, x.call)
		}
		p.decisionOf(t, x.call)
	}
	for range 5 { // the caller goes right after the head of the answer
		id := leavesAfterHead(t, p, c)
		found := p.log(t, m{"request": id})
		if len(found) != 1 {
			t.Fatalf("%d records of a call whose caller left", len(found))
		}
	}
	if found := regexp.MustCompile(`9990[0-9]{8}|Giàng A Thử`).FindString(p.Output()); found != "" {
		t.Errorf("T67 the technical log holds %q", found)
	}
}

// leavesAfterHead reads the head of an answer, cuts the connection, and gives the call's id.
func leavesAfterHead(t *testing.T, p *province, c *harness.Client) string {
	t.Helper()
	host := strings.TrimPrefix(p.Exchange, "http://")
	conn, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET %s?limit=25 HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\nLienthong-Purpose: %s\r\nLienthong-Case: %s\r\n\r\n", recordsPath, host, c.Header.Get("Authorization"), purpose, caseRef)
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReaderSize(conn, 16)
	for {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "X-Request-Id") {
			return strings.TrimSpace(value)
		}
		if err == io.EOF || strings.TrimSpace(line) == "" {
			t.Fatal("an answer without X-Request-Id")
		}
	}
}

// T38: decisions that race count once, and what one has decided another cannot decide again.
func TestDecisionsThatRace(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	race := func(c *connection, verb string, body any, who ...*harness.Person) {
		t.Helper()
		const each = 4
		statuses := make(chan int, each*len(who))
		var all sync.WaitGroup
		for _, person := range who {
			for range each {
				all.Add(1)
				go func() {
					defer all.Done()
					a, err := person.Try(http.MethodPost, "/api/v1/connections/requests/"+c.ID+"/"+verb, body)
					if err != nil {
						a.Status = -1
					}
					statuses <- a.Status
				}()
			}
		}
		all.Wait()
		close(statuses)
		won := 0
		for s := range statuses {
			switch {
			case s == http.StatusOK:
				won++
			case s != http.StatusConflict && s != http.StatusForbidden && s != http.StatusUnprocessableEntity:
				t.Errorf("%s in a race: %d", verb, s)
			}
		}
		if won != 1 {
			t.Errorf("%s was taken %d times in a race", verb, won)
		}
	}
	approver2 := p.admin.Hire(t, "phe.duyet.hai", "Thào Duyệt Hai", operator, nil, "op_approver")
	c := p.request(t, nil)
	c.must(t, p.appraiser, "start-appraisal", nil)
	c.must(t, p.appraiser, "appraise", checklist(need()["fields"].([]string)))
	c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến về phạm vi."})
	race(c, "opinion", m{"stand": "agree"}, p.ownerHead)
	race(c, "approve", m{"approved_scope": scope()}, p.approver, approver2)
	race(c, "provision", nil, p.engineer, p.second)
	var grants struct{ Grants []struct{ Connection string } }
	ok(t, p.engineer.Get("/api/v1/access/grants"), http.StatusOK).Into(t, &grants)
	if len(grants.Grants) != 1 {
		t.Errorf("%d grants after the race", len(grants.Grants))
	}
	var kept struct{ Credentials []struct{ ID string } }
	ok(t, p.engineer.Get("/api/v1/systems/"+callerSystem+"/credentials"), http.StatusOK).Into(t, &kept)
	if len(kept.Credentials) != 1 {
		t.Errorf("%d credentials after the race", len(kept.Credentials))
	}
	refused(t, c.step(p.approver, "approve", m{"approved_scope": scope()}), http.StatusConflict, "connection.wrong_state")
}

// T21: what closes a door closes it at once, for a key that was in use a moment before, and what opens it again does so
// for nobody else.
func TestDoorsCloseAtOnce(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	conn := p.live(t, nil)
	c := conn.client(t)
	closed := func(code string) {
		t.Helper()
		for range 20 {
			refused(t, c.Get(recordsPath+"?limit=1"), http.StatusForbidden, code)
		}
	}
	open := func() { t.Helper(); readPage(t, c.Get(recordsPath+"?limit=1")) }
	open()
	at := "/api/v1/systems/" + callerSystem
	ok(t, p.security.Post(at+"/suspend", m{"reason": "Nghi ngờ lộ khóa của hệ thống gọi"}), http.StatusOK)
	closed("access.account_suspended")
	ok(t, p.security.Post(at+"/resume", m{"reason": "Đã kiểm tra xong hệ thống gọi"}), http.StatusOK)
	open()
	data := "/api/v1/datasets/" + households
	ok(t, p.appraiser.Post(data+"/suspend", m{"reason": "Kiểm tra chất lượng của dữ liệu"}), http.StatusOK)
	closed("access.dataset_suspended")
	ok(t, p.appraiser.Post(data+"/resume", nil), http.StatusOK)
	open()
	end := func(to any) harness.Answer {
		t.Helper()
		body := m{"name": "Sở Giáo dục và Đào tạo", "kind": "department", "valid_from": "2025-03-01"}
		if to != nil {
			body["valid_to"] = to
		}
		return p.admin.Do(http.MethodPut, "/api/v1/agencies/"+consumer, body)
	}
	refused(t, end(time.Now().AddDate(0, 0, -1).Format(time.DateOnly)), http.StatusConflict, "agency.in_use") // live grants first
	soon := time.Now().Add(time.Second)
	ok(t, end(soon.UTC().Format(time.RFC3339Nano)), http.StatusOK)
	time.Sleep(time.Until(soon.Add(50 * time.Millisecond)))
	closed("access.agency_inactive")
	ok(t, end(nil), http.StatusOK)
	open()
	p.consumerSteward.SignIn() // the session ended with the agency
	conn.must(t, p.consumerSteward, "terminate", m{"comment": "Không còn nhu cầu khai thác dữ liệu này"})
	refused(t, c.Get(recordsPath+"?limit=1"), http.StatusUnauthorized, "exchange.token_invalid") // its key went with it
	ok(t, conn.token(t), http.StatusUnauthorized)
	disabled := p.admin.Hire(t, "sap.nghi", "Người Sắp Nghỉ", owner, nil, "steward")
	ok(t, disabled.Get("/api/v1/account/me"), http.StatusOK)
	ok(t, p.admin.Post("/api/v1/account/accounts/"+disabled.ID+"/active", m{"active": false}), http.StatusOK)
	refused(t, disabled.Get("/api/v1/account/me"), http.StatusUnauthorized, "access.sign_in_required")
}
