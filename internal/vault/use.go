package vault

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/blob"
)

// period is how long the uses of one key for one purpose are counted together.
const period = time.Hour

// use is one key, one purpose, one hour.
type use struct {
	key     string
	purpose blob.Purpose
	hour    int64 // its beginning, unix seconds
}

// meter counts the uses of keys. The first use of a key for a purpose in an hour leaves a record within a second, the total
// another at the end of the hour or of the process: a kill loses a number, never the fact.
type meter struct {
	mu    sync.Mutex
	count map[use]int64
	told  map[use]bool // the first use has its record
}

func newMeter() *meter { return &meter{count: map[use]int64{}, told: map[use]bool{}} }

func (m *meter) add(u use) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count[u]++
}

// due takes what is to be recorded now: first uses, and the totals of hours that have ended (of all when last).
func (m *meter) due(now time.Time, last bool) (first, ended map[use]int64) {
	first, ended = map[use]int64{}, map[use]int64{}
	m.mu.Lock()
	defer m.mu.Unlock()
	for u, n := range m.count {
		if !m.told[u] {
			m.told[u] = true
			first[u] = n
		}
		if last || !now.Before(time.Unix(u.hour, 0).Add(period)) {
			ended[u] = n
			delete(m.count, u)
			delete(m.told, u)
		}
	}
	return first, ended
}

// back gives what could not be recorded back, for the next turn.
func (m *meter) back(first, ended map[use]int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for u := range first {
		delete(m.told, u)
	}
	for u, n := range ended {
		m.count[u] += n
		if _, again := first[u]; !again {
			m.told[u] = true
		}
	}
}

// Used upholds invariant 4 for keys in use.
func (a area) Used(id string, purpose blob.Purpose) {
	a.s.uses.add(use{id, purpose, a.s.Clock.Now().Truncate(period).Unix()})
}

// Destroying upholds invariant 4 for the keys of files: without a record on disk nothing is destroyed.
func (a area) Destroying(name string, keys map[string]int) error {
	detail := map[string]string{"store": a.name, "process": process()}
	for id, n := range keys {
		detail["files_of "+id] = strconv.Itoa(n)
	}
	return a.s.note(context.Background(), "vault.destroy", "vault.file/"+a.name+"/"+name, detail)
}

// RecordUse writes the records that are due.
func (s *Service) RecordUse(ctx context.Context, last bool) error {
	first, ended := s.uses.due(s.Clock.Now(), last)
	recs := append(s.useRecords("vault.use", first), s.useRecords("vault.use_total", ended)...)
	if len(recs) == 0 {
		return nil
	}
	if err := s.Log.Note(ctx, recs...); err != nil {
		s.uses.back(first, ended)
		return fmt.Errorf("record the use of keys: %w", err)
	}
	return nil
}

func (s *Service) useRecords(event string, uses map[use]int64) []*audit.Record {
	var recs []*audit.Record
	for u, n := range uses {
		detail := map[string]string{"key": u.key, "purpose": string(u.purpose), "hour": time.Unix(u.hour, 0).UTC().Format(time.RFC3339), "process": process()}
		if event == "vault.use_total" {
			detail["count"] = strconv.FormatInt(n, 10)
		}
		recs = append(recs, &audit.Record{Channel: audit.ChannelJob, Event: event, Actor: access.JobActor("keys").ForAudit(), Subject: "vault.key/" + u.key, Detail: detail})
	}
	sort.Slice(recs, func(i, j int) bool {
		return recs[i].Subject+recs[i].Detail["purpose"] < recs[j].Subject+recs[j].Detail["purpose"]
	})
	return recs
}

func (s *Service) note(ctx context.Context, event, subject string, detail map[string]string) error {
	err := s.Log.Note(ctx, &audit.Record{Channel: audit.ChannelJob, Event: event, Actor: access.JobActor("keys").ForAudit(), Subject: subject, Detail: detail})
	if err != nil {
		return fmt.Errorf("record %s: %w", event, err)
	}
	return nil
}

// process names who used a key: the program's process on its machine, and the account that runs it.
func process() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s pid %d uid %d", host, os.Getpid(), os.Getuid())
}
