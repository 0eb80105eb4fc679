package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/acceptance/invariant"
)

// load is the mixed work of one round. Everybody works until the context ends, each with a stream of chances of his own,
// so that a seed gives the same plan of work whatever the others do.
type load struct {
	w     *world
	h     *history
	round int
	seed  uint64
	tags  atomic.Int64
	group sync.WaitGroup
}

func (l *load) chances(who uint64) *rand.Rand {
	return rand.New(rand.NewPCG(l.seed, uint64(l.round)<<8|who)) //nolint:gosec // repeatable on purpose
}

// tag names a call. Letters only: the log takes long rows of digits for identifiers of persons and hides them.
func (l *load) tag() string {
	n := l.tags.Add(1)
	var b []byte
	for ; n > 0; n /= 26 {
		b = append(b, byte('a'+n%26))
	}
	return fmt.Sprintf("vu-viec-%s-%s", letters(l.round), b)
}

func letters(n int) string {
	return string([]byte{byte('a' + n/676%26), byte('a' + n/26%26), byte('a' + n%26)})
}

// start lets everybody work.
func (l *load) start(ctx context.Context) {
	l.repeat(ctx, 5*time.Millisecond, l.reader(l.w.parties[0], 1))
	l.repeat(ctx, 8*time.Millisecond, l.reader(l.w.parties[1], 2))
	l.repeat(ctx, 5*time.Millisecond, l.providerReader(l.w.parties[0]))
	l.repeat(ctx, 15*time.Millisecond, l.refused(l.w.parties[1], 4))
	l.repeat(ctx, 60*time.Millisecond, l.deliverer(5))
	l.repeat(ctx, 30*time.Millisecond, l.revoker(l.w.parties[0]))
	l.repeat(ctx, 30*time.Millisecond, l.suspender(l.w.parties[2]))
	l.repeat(ctx, 10*time.Millisecond, l.reader(l.w.parties[2], 8))
	l.repeat(ctx, 40*time.Millisecond, l.hirer())
}

func (l *load) repeat(ctx context.Context, pause time.Duration, turn func(ctx context.Context)) {
	l.group.Go(func() {
		for ctx.Err() == nil {
			turn(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
	})
}

// token fetches an access token and keeps the call; empty when there was none.
func (l *load) token(c *caller, system, credential, client, secret string) string {
	req, err := http.NewRequest(http.MethodPost, l.w.Exchange+"/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		l.w.t.Error(err)
		return ""
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", basic(client, secret))
	kept, body := c.call(req, invariant.Call{System: system, Credential: credential, Token: true})
	if kept.Status != http.StatusOK || !kept.Whole {
		return ""
	}
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		l.w.t.Error(err)
	}
	return got.Token
}

func (l *load) get(path, token string) *http.Request {
	req, err := http.NewRequest(http.MethodGet, l.w.Exchange+path, nil)
	if err != nil {
		l.w.t.Error(err)
		return nil
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req
}

const pagePath = "/data/" + dataset + "/records?limit=100"

func (l *load) reader(p *party, who uint64) func(context.Context) {
	c, token, chance := newCaller(l.w, l.h), "", l.chances(who)
	return func(context.Context) {
		if token == "" || chance.IntN(40) == 0 {
			if token = l.token(c, p.System, p.Credential, p.Client, p.Secret); token == "" {
				return
			}
		}
		kept, _ := c.call(l.get(pagePath, token), invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset})
		if kept.Status == http.StatusUnauthorized {
			token = ""
		}
	}
}

func (l *load) providerReader(p *party) func(context.Context) {
	c, token := newCaller(l.w, l.h), ""
	return func(context.Context) {
		if token == "" {
			if token = l.token(c, p.System, p.Credential, p.Client, p.Secret); token == "" {
				return
			}
		}
		kept, _ := c.call(l.get(servicePath, token), invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset, Provider: true})
		if kept.Status == http.StatusUnauthorized {
			token = ""
		}
	}
}

// refused makes calls that must not be served.
func (l *load) refused(p *party, who uint64) func(context.Context) {
	c, token, chance := newCaller(l.w, l.h), "", l.chances(who)
	return func(context.Context) {
		if token == "" {
			if token = l.token(c, p.System, p.Credential, p.Client, p.Secret); token == "" {
				return
			}
		}
		kept := invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset}
		var req *http.Request
		switch chance.IntN(5) {
		case 0:
			kept.Purpose, req = "CDDH", l.get(pagePath, token)
		case 1:
			req = l.get("/data/"+owner+"/khong-co/records", token)
		case 2:
			req = l.get(pagePath+"&fields=ma,mat_khau", token)
		case 3:
			req = l.get(pagePath, "")
		default:
			kept.Provider, req = true, l.get(servicePath+"-khac", token)
		}
		got, _ := c.call(req, kept)
		if got.Status >= 200 && got.Status < 300 {
			l.w.t.Errorf("a call that must be refused was served: %s %s", got.ID, req.URL)
		}
		if got.Status == http.StatusUnauthorized {
			token = ""
		}
	}
}

// person is somebody at the console with a connection of his own; a call that breaks off is not an error of the test.
func person(p *harness.Person) *harness.Client {
	c := *p.Client
	c.HTTP = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	return &c
}

func (l *load) deliverer(who uint64) func(context.Context) {
	c, chance, n := person(l.w.steward).With("Content-Type", "text/csv"), l.chances(who), 0
	return func(context.Context) {
		n++
		key := fmt.Sprintf("lo-%s-%s", letters(l.round), letters(n))
		w := invariant.Write{Key: loadKey(key), Event: "ingest.deliver", Want: "published 40", Rows: rows, Began: time.Now()}
		named := c.With("Idempotency-Key", key)
		a, err := named.Try(http.MethodPost, deliverPath(dataset, key), content(key))
		if err == nil && chance.IntN(3) == 0 {
			_, _ = named.Try(http.MethodPost, deliverPath(dataset, key), content(key)) // again, as if the answer had been lost
		}
		l.h.wrote(w, a.Status, err)
	}
}

func (l *load) revoker(p *party) func(context.Context) {
	c, contact, calls, n := person(l.w.engineer), person(l.w.consumerSteward), newCaller(l.w, l.h), 0
	at := "/api/v1/systems/" + p.System + "/credentials"
	return func(context.Context) {
		n++
		label := fmt.Sprintf("khoa %s %s", letters(l.round), letters(n))
		w := invariant.Write{Key: "credential/" + label, Event: "system.credential_issue", Want: label, Began: time.Now()}
		a, err := c.Try(http.MethodPost, at, m{"label": label, "valid_to": day(100)})
		l.h.wrote(w, a.Status, err)
		if err != nil || a.Status != http.StatusCreated {
			return
		}
		var made struct {
			ID     string
			Client string `json:"client_id"`
			Secret string `json:"client_secret"`
		}
		if err := json.Unmarshal(a.Body, &made); err != nil {
			l.w.t.Error(err)
			return
		}
		w = invariant.Write{Key: "pick-up/" + label, Event: "system.credential_pick_up", Want: "picked up", Began: time.Now()}
		a, err = contact.Try(http.MethodPost, at+"/"+made.ID+"/pick-up", nil)
		l.h.wrote(w, a.Status, err)
		if err != nil || a.Status != http.StatusOK {
			return
		}
		if err := json.Unmarshal(a.Body, &made); err != nil {
			l.w.t.Error(err)
			return
		}
		read := func() {
			if token := l.token(calls, p.System, made.ID, made.Client, made.Secret); token != "" {
				l.page(calls, p, made.ID, token)
			}
		}
		token := l.token(calls, p.System, made.ID, made.Client, made.Secret)
		if token == "" {
			return
		}
		l.page(calls, p, made.ID, token)
		w = invariant.Write{Key: "revocation/" + label, Event: "system.credential_revoke", Want: "revoked", Began: time.Now()}
		a, err = c.Try(http.MethodPost, at+"/"+made.ID+"/revoke", m{"reason": "Thu hồi theo kế hoạch kiểm thử"})
		l.h.wrote(w, a.Status, err)
		if err == nil && a.Status < 300 {
			l.w.ban(invariant.Ban{Key: w.Key, Credential: made.ID, From: time.Now()})
			l.w.revoked(revoked{w.Key, p, made.ID, made.Client, made.Secret, token})
			l.page(calls, p, made.ID, token)
			read()
		}
	}
}

func (l *load) page(c *caller, p *party, credential, token string) {
	c.call(l.get(pagePath, token), invariant.Call{Tag: l.tag(), System: p.System, Credential: credential, Purpose: purpose, Dataset: dataset})
}

// suspender takes the connection's right away and gives it back. What the step before became he reads first: he may not
// have heard it.
func (l *load) suspender(p *party) func(context.Context) {
	c, n := person(l.w.security), 0
	at := "/api/v1/connections/requests/" + p.Request
	return func(context.Context) {
		state, ok := l.w.stateOf(c, p)
		if !ok {
			return
		}
		n++
		verb, why := "suspend", fmt.Sprintf("Rà soát %s %s", letters(l.round), letters(n))
		body := m{"comment": why, "reason_class": "maintenance"}
		if state == "suspended" {
			verb, body = "resume", m{"comment": why}
			l.w.lift("suspension", time.Now())
		}
		w := invariant.Write{Key: "step/" + why, Event: "connection." + verb, Want: verb, Began: time.Now()}
		a, err := c.Try(http.MethodPost, at+"/"+verb, body)
		l.h.wrote(w, a.Status, err)
		if err == nil && a.Status < 300 && verb == "suspend" {
			l.w.ban(invariant.Ban{Key: "suspension", System: p.System, Dataset: dataset, From: time.Now()})
		}
	}
}

func (l *load) hirer() func(context.Context) {
	c, n := person(l.w.admin), 0
	return func(context.Context) {
		n++
		name := "can.bo." + letters(l.round) + "." + letters(n)
		w := invariant.Write{Key: "account/" + name, Event: "account.create", Want: consumer + " active", Began: time.Now()}
		a, err := c.Try(http.MethodPost, "/api/v1/account/accounts", m{"username": name, "full_name": "Cán Bộ Lượt " + letters(l.round), "agency": consumer, "roles": []string{"analyst"}})
		l.h.wrote(w, a.Status, err)
	}
}
