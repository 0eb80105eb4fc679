package acceptance

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit"
)

// told is one call of a caller that never pauses long: when it began, when its answer was there, and what it was.
type told struct {
	began, ended time.Time
	status       int
	code         string
}

// callers call the same path from four sides at once until they are stopped.
type callers struct {
	stop  chan struct{}
	once  sync.Once
	group sync.WaitGroup
	mu    sync.Mutex
	all   []told
}

func calling(t *testing.T, c *harness.Client, path string) *callers {
	t.Helper()
	w := &callers{stop: make(chan struct{})}
	for range 4 {
		w.group.Go(func() {
			for {
				select {
				case <-w.stop:
					return
				case <-time.After(8 * time.Millisecond): // within the calls of a minute
				}
				x := told{began: time.Now()}
				a, err := c.Try(http.MethodGet, path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				x.ended, x.status, x.code = time.Now(), a.Status, a.Code()
				w.mu.Lock()
				w.all = append(w.all, x)
				w.mu.Unlock()
			}
		})
	}
	return w
}

// end stops the callers and gives their calls.
func (w *callers) end() []told {
	w.once.Do(func() { close(w.stop) })
	w.group.Wait()
	return w.all
}

// closing takes a right away under the callers. No call that begins within the grace after the acknowledgement may
// succeed, nor any be answered with data later than a second after it; what is refused is refused for the reason of the
// closing, by whichever of the codes the door that it meets first has.
func closing(t *testing.T, c *harness.Client, path string, grace time.Duration, take func(), codes ...string) {
	t.Helper()
	w := calling(t, c, path)
	defer w.end()
	time.Sleep(400 * time.Millisecond)
	take()
	acknowledged := time.Now()
	time.Sleep(1500 * time.Millisecond)
	before, after, refusedAs := 0, 0, map[string]int{}
	for _, x := range w.end() {
		switch served := x.status == http.StatusOK; {
		case served && x.began.After(acknowledged.Add(grace)):
			t.Errorf("a call that began %s after the acknowledgement was served", x.began.Sub(acknowledged))
		case served && x.ended.After(acknowledged.Add(time.Second)):
			t.Errorf("an answer with data %s after the acknowledgement", x.ended.Sub(acknowledged))
		case served:
			before++
		default:
			after++
			refusedAs[x.code]++
		}
	}
	if before < 20 || after < 20 {
		t.Errorf("%d calls served, %d refused: too few to tell", before, after)
	}
	for _, code := range codes {
		delete(refusedAs, code)
	}
	if len(refusedAs) > 0 {
		t.Errorf("refused for other reasons: %v", refusedAs)
	}
}

// asked has a right on the owner's data suspended, resumed or narrowed: the owner asks, the operator carries it out. The
// second step is what the time counts from, so it is given back.
func (p *province) asked(t *testing.T, body m) (confirm func()) {
	t.Helper()
	var made struct{ ID string }
	ok(t, p.ownerSteward.Post("/api/v1/reviews/asks", body), http.StatusCreated).Into(t, &made)
	return func() {
		ok(t, p.security.Post("/api/v1/reviews/asks/"+made.ID+"/confirm", m{"answer": "Đồng ý, kiểm tra trong ngày"}), http.StatusOK)
	}
}

// What is taken away is gone for calls under way too (Điều 21.5c, 21.6): six ways to take it, under load.
func TestRightsEndUnderLoad(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	conn := p.live(t, nil)
	c := conn.client(t)
	g := p.grantOf(t, conn)
	const one = recordsPath + "?limit=1"
	open := func() { t.Helper(); readPage(t, c.Get(one)) }
	t.Run("R21.5c a grant is suspended", func(t *testing.T) {
		closing(t, c, one, 0, p.asked(t, m{"grant": g.ID, "kind": "suspend", "reason": "Dấu hiệu khai thác quá nhiều"}), "access.grant_suspended")
		p.asked(t, m{"grant": g.ID, "kind": "resume", "reason": "Đã làm rõ lý do lượt gọi tăng"})()
		open()
	})
	t.Run("R21.2c a grant is narrowed", func(t *testing.T) {
		take := p.asked(t, m{"grant": g.ID, "kind": "narrow", "reason": "Không dùng số tiền trợ cấp", "narrow": m{"drop": []string{"so_tien"}}})
		closing(t, c, one+"&fields=so_tien", 0, take, "access.field_not_granted")
		open()
	})
	t.Run("R21.6 the calling system is suspended", func(t *testing.T) {
		at := "/api/v1/systems/" + callerSystem
		closing(t, c, one, 0, func() {
			ok(t, p.security.Post(at+"/suspend", m{"reason": "Nghi ngờ lộ khóa của hệ thống gọi"}), http.StatusOK)
		}, "access.account_suspended", "access.system_suspended")
		ok(t, p.security.Post(at+"/resume", m{"reason": "Đã kiểm tra xong hệ thống gọi"}), http.StatusOK)
		open()
	})
	t.Run("R21.6 the dataset is suspended", func(t *testing.T) {
		at := "/api/v1/datasets/" + households
		closing(t, c, one, 0, func() {
			ok(t, p.appraiser.Post(at+"/suspend", m{"reason": "Kiểm tra chất lượng của dữ liệu"}), http.StatusOK)
		}, "access.dataset_suspended")
		ok(t, p.appraiser.Post(at+"/resume", nil), http.StatusOK)
		open()
	})
	t.Run("R21.5c the connection is terminated", func(t *testing.T) {
		closing(t, c, one, 0, func() { conn.must(t, p.security, "terminate", m{"comment": "Hết nhu cầu khai thác dữ liệu"}) },
			"access.grant_ended", "access.connection_terminated", "exchange.token_invalid")
	})
	t.Run("R21.6 the credential is revoked", func(t *testing.T) {
		next := p.live(t, nil)
		c := next.client(t)
		at := "/api/v1/systems/" + callerSystem + "/credentials"
		var kept struct {
			Credentials []struct {
				ID       string
				ClientID string `json:"client_id"`
			}
		}
		ok(t, p.engineer.Get(at), http.StatusOK).Into(t, &kept)
		for _, k := range kept.Credentials {
			if k.ClientID == next.ClientID {
				closing(t, c, one, 0, func() {
					ok(t, p.engineer.Post(at+"/"+k.ID+"/revoke", m{"reason": "Khóa bị lộ khi bàn giao"}), http.StatusNoContent)
				}, "exchange.token_invalid")
				return
			}
		}
		t.Fatalf("no credential %s in %+v", next.ClientID, kept)
	})
}

// An answer that is still with the provider when its right ends does not leave: it is judged again before it goes out.
func TestRightEndsWhileTheProviderAnswers(t *testing.T) {
	p, s := provided(t)
	conn := p.live(t, askOnline)
	c := conn.client(t)
	ok(t, c.Get(onlinePath+"/ho/H00001"), http.StatusOK)
	at := "/api/v1/datasets/" + online
	s.slow(1500 * time.Millisecond)
	answer := make(chan harness.Answer, 1)
	go func() {
		a, err := c.Try(http.MethodGet, onlinePath+"/ho/H00001", nil)
		if err != nil {
			t.Error(err)
		}
		answer <- a
	}()
	time.Sleep(300 * time.Millisecond)
	ok(t, p.appraiser.Post(at+"/suspend", m{"reason": "Kiểm tra chất lượng của dữ liệu"}), http.StatusOK)
	refused(t, <-answer, http.StatusForbidden, "access.dataset_suspended")
}

// Two processes over one PostgreSQL: what is taken away at one is refused at the other within a second.
func TestRightsEndOnEveryNode(t *testing.T) {
	if os.Getenv(testkit.PostgresURL) == "" {
		testkit.Skip(t, testkit.PostgresURL+" is not set")
	}
	store := []string{"--set", "database_url=" + testkit.PostgresDatabase(t)}
	p := withData(t, harness.Options{Args: store}, 30)
	conn := p.live(t, nil)
	q := *p
	q.Server = harness.Start(t, harness.Options{Dir: copied(t, p.Dir), Args: store})
	there := *conn
	there.p = &q
	here, far := conn.client(t), there.client(t)
	const one = recordsPath + "?limit=1"
	readPage(t, here.Get(one))
	readPage(t, far.Get(one))
	at := "/api/v1/systems/" + callerSystem
	t.Run("R21.6 a system suspended at one is refused at the other within a second", func(t *testing.T) {
		closing(t, far, one, time.Second, func() {
			ok(t, p.security.Post(at+"/suspend", m{"reason": "Nghi ngờ lộ khóa của hệ thống gọi"}), http.StatusOK)
		}, "access.account_suspended", "access.system_suspended")
		ok(t, p.security.Post(at+"/resume", m{"reason": "Đã kiểm tra xong hệ thống gọi"}), http.StatusOK)
	})
	t.Run("R21.5c a connection terminated at one is refused at the other within a second", func(t *testing.T) {
		soon(t, "the system calls again", func() bool { return far.Get(one).Status == http.StatusOK })
		closing(t, far, one, time.Second, func() { conn.must(t, p.security, "terminate", m{"comment": "Hết nhu cầu khai thác dữ liệu"}) },
			"access.grant_ended", "access.connection_terminated", "exchange.token_invalid")
	})
}

// copied is a second node's data folder: keys, files and log of the first as of now.
func copied(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		case !d.Type().IsRegular(): // a socket
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), body, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}
