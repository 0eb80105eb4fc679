package crash

import (
	"net/url"
	"strings"
	"time"

	"lienthong/acceptance/invariant"
)

// state reads, by the interface, what became of every write of a round.
func (w *world) state(h *history) {
	w.t.Helper()
	found := w.foundLoads(h)
	w.findAccounts(found)
	w.findCredentials(found, w.parties)
	w.findSteps(found)
	for _, x := range h.Writes {
		f := found[x.Key]
		f.Key = x.Key
		h.Found = append(h.Found, f)
	}
}

type states map[string]invariant.Found

func (s states) add(key, value, subject, mark string) {
	f := s[key]
	s[key] = invariant.Found{Count: f.Count + 1, Value: value, Subject: subject, Mark: mark}
}

type listed struct {
	ID        string
	State     string
	File      string `json:"file_name"`
	VersionID string `json:"version_id"`
	Counts    struct{ Accepted int64 }
}

// foundLoads waits until every delivery has come to its end by itself, and reads them all. The version that a load
// became is a change of its own: its record and the version must be there both or neither.
func (w *world) foundLoads(h *history) states {
	w.t.Helper()
	all := w.deliveries()
	for until := time.Now().Add(30 * time.Second); ; all = w.deliveries() {
		waiting := 0
		for _, d := range all {
			if d.State == "received" || d.State == "checking" {
				waiting++
			}
		}
		if waiting == 0 {
			break
		}
		if time.Now().After(until) {
			w.t.Fatalf("I9: %d deliveries are still waiting half a minute after the start", waiting)
		}
		time.Sleep(20 * time.Millisecond)
	}
	mine := map[string]bool{}
	for _, x := range h.Writes {
		mine[x.Key] = true
	}
	found := states{}
	for _, d := range all {
		key := loadKey(strings.TrimSuffix(d.File, ".csv"))
		if !mine[key] {
			continue
		}
		found.add(key, d.State+" "+itoa(d.Counts.Accepted), "ingest.delivery/"+d.ID, "")
		if d.VersionID != "" {
			h.Writes = append(h.Writes, invariant.Write{Key: "version of " + key, Event: "warehouse.publish", Want: "whole"})
			found.add("version of "+key, "whole", "warehouse.version/"+d.VersionID, "")
		}
	}
	return found
}

func (w *world) findAccounts(found states) {
	var got struct {
		Accounts []struct {
			Username, Agency string
			Active           bool
		}
	}
	w.must(w.admin.Get("/api/v1/account/accounts?"+url.Values{"q": {"Cán Bộ Lượt " + letters(w.number)}}.Encode())).Into(w.t, &got)
	for _, a := range got.Accounts {
		value := a.Agency
		if a.Active {
			value += " active"
		}
		found.add("account/"+a.Username, value, "account/"+a.Username, "")
	}
}

func (w *world) findCredentials(found states, parties []*party) {
	for _, p := range parties {
		for _, c := range w.credentials(p.System) {
			found.add("credential/"+c.Label, c.Label, "system/"+p.System, c.ClientID)
			if !c.PickedUp.IsZero() {
				found.add("pick-up/"+c.Label, "picked up", "system/"+p.System, c.ClientID)
			}
			if !c.Revoked.IsZero() {
				found.add("revocation/"+c.Label, "revoked", "system/"+p.System, c.ClientID)
			}
		}
	}
}

func (w *world) findSteps(found states) {
	for _, p := range w.parties {
		var got struct {
			Steps []struct{ Action, Comment string }
		}
		w.must(w.security.Get("/api/v1/connections/requests/"+p.Request)).Into(w.t, &got)
		for _, s := range got.Steps {
			found.add("step/"+s.Comment, s.Action, "connection.request/"+p.Request, s.Comment)
		}
	}
}

// stateOfAll reads what became of the writes of all rounds.
func (w *world) stateOfAll(h *history) {
	w.t.Helper()
	versions := h.Writes
	h.Writes = nil
	for _, x := range versions {
		if !strings.HasPrefix(x.Key, "version of ") { // read anew from the deliveries
			h.Writes = append(h.Writes, x)
		}
	}
	last := w.number
	found := w.foundLoads(h)
	for w.number = 1; w.number < last; w.number++ {
		w.findAccounts(found)
	}
	w.findCredentials(found, append(w.former, w.parties...))
	w.findSteps(found)
	for _, x := range h.Writes {
		f := found[x.Key]
		f.Key = x.Key
		h.Found = append(h.Found, f)
	}
}

// deliveries lists all deliveries of the dataset.
func (w *world) deliveries() []listed {
	w.t.Helper()
	var all []listed
	for before := ""; ; {
		var page struct{ Deliveries []listed }
		query := url.Values{"dataset": {dataset}, "limit": {"200"}, "before": {before}}
		if before == "" {
			query.Del("before")
		}
		w.must(w.steward.Get("/api/v1/ingest/deliveries?"+query.Encode())).Into(w.t, &page)
		if len(page.Deliveries) == 0 {
			return all
		}
		all = append(all, page.Deliveries...)
		before = page.Deliveries[len(page.Deliveries)-1].ID
	}
}
