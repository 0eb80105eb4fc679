package invariant_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/invariant"
	"lienthong/internal/audit"
)

var start = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time {
	return start.Add(time.Duration(seconds * float64(time.Second)))
}

// world is a history in which every rule holds, with one of everything that the rules speak of.
type world struct {
	h invariant.History
	e invariant.Evidence
}

const (
	sysA = "0190-sys-a"
	ds   = "H38.05/ho-ngheo"
)

func (w *world) record(r audit.Record) *audit.Record {
	r.Seq = int64(len(w.e.Records))
	p := &r
	w.e.Records = append(w.e.Records, invariant.Record{Record: p, Segment: 0, Offset: 40 + 100*r.Seq})
	return p
}

func (w *world) mark() invariant.Mark {
	return invariant.Mark{Length: 40 + 100*int64(len(w.e.Records))}
}

func (w *world) decide(id, tag, result string) *audit.Record {
	r := audit.Record{Kind: audit.KindDecision, ID: id, Channel: audit.ChannelGateway, Event: "data.read", Decision: audit.Decision{Result: result}}
	r.Client.SystemID, r.Purpose.Code, r.Purpose.CaseRef, r.Target.Dataset = sysA, "GQTTHC", tag, ds
	if result == audit.Deny {
		r.Result.Status = "403"
	}
	return w.record(r)
}

func (w *world) end(of, status, digest string) *audit.Record {
	return w.record(audit.Record{Kind: audit.KindOutcome, ID: "o" + of, Of: of, Channel: audit.ChannelGateway, Result: audit.Result{Status: status}, Content: audit.Content{Digest: digest}})
}

func (w *world) change(id, event, subject string, detail map[string]string) *audit.Record {
	return w.record(audit.Record{Kind: audit.KindChange, ID: id, Event: event, Subject: subject, Detail: detail})
}

func (w *world) call(tag, id string, status int, began, ended float64) *invariant.Call {
	w.h.Calls = append(w.h.Calls, invariant.Call{Tag: tag, ID: id, System: sysA, Credential: "c1", Purpose: "GQTTHC", Dataset: ds,
		Status: status, Whole: status != 0, Began: at(began), Ended: at(ended), Head: w.mark()})
	return &w.h.Calls[len(w.h.Calls)-1]
}

func goodWorld() *world {
	w := &world{}
	w.h.Base = 1
	w.h.Runs = []invariant.Run{{Started: at(0), Killed: at(10)}, {Started: at(11)}}
	w.record(audit.Record{Kind: audit.KindChange, ID: "b0", Event: "log.open"})
	// A page of the warehouse that shows a load.
	w.change("ch1", "warehouse.publish", "delivery/1", map[string]string{"key": "load-1"})
	w.h.Writes = append(w.h.Writes, invariant.Write{Key: "load-1", Event: "warehouse.publish", Want: "published 20", Acked: true, Rows: 20, Began: at(1), Ended: at(2)})
	w.h.Found = append(w.h.Found, invariant.Found{Key: "load-1", Count: 1, Value: "published 20", Subject: "delivery/1"})
	w.decide("x1", "t-one", audit.Allow)
	c := w.call("t-one", "x1", 200, 3, 3.1)
	c.Digest, c.Batches = "sha256:aa", map[string]int{"load-1": 20}
	w.end("x1", "200", "sha256:aa")
	// A call of the provider.
	w.decide("x2", "t-two", audit.Allow)
	w.h.Seen = append(w.h.Seen, invariant.Seen{ID: "x2", Tag: "t-two", At: at(4), Mark: w.mark()})
	c = w.call("t-two", "x2", 200, 3.9, 4.1)
	c.Provider, c.Digest = true, "sha256:bb"
	w.end("x2", "200", "sha256:bb")
	// A refusal, a call whose end the kill took, a call that got no answer, a token.
	w.decide("x3", "t-three", audit.Deny)
	w.call("t-three", "x3", 403, 5, 5.1).Code = "access.purpose"
	w.decide("x4", "t-four", audit.Allow)
	w.call("t-four", "x4", 200, 9.8, 9.9).Digest = "sha256:cc"
	w.decide("x5", "t-five", audit.Allow)
	w.call("t-five", "", 0, 9.9, 10)
	w.end("x4", audit.StatusUnknown, "")
	w.end("x5", audit.StatusUnknown, "")
	w.record(audit.Record{Kind: audit.KindChange, ID: "x6", Event: "auth.login", Decision: audit.Decision{Result: audit.Allow}, Client: audit.Client{SystemID: sysA}})
	w.call("t-six", "x6", 200, 12, 12.1).Token = true
	// A new account, an account that was never acknowledged and is there, one that is not, one that was refused.
	w.change("ch2", "account.create", "account/1", nil)
	w.change("ch3", "account.create", "account/2", nil)
	for i, x := range []invariant.Write{{Key: "acc-1", Acked: true}, {Key: "acc-2"}, {Key: "acc-3"}, {Key: "acc-4", Refused: true}} {
		x.Event, x.Want, x.Began, x.Ended = "account.create", "active", at(6), at(7)
		f := invariant.Found{Key: x.Key}
		if i < 2 {
			f = invariant.Found{Key: x.Key, Count: 1, Value: "active", Subject: "account/" + string(rune('1'+i))}
		}
		w.h.Writes, w.h.Found = append(w.h.Writes, x), append(w.h.Found, f)
	}
	// A credential that was revoked, with a refused call behind it.
	w.change("ch4", "credential.revoke", "credential/c9", nil)
	w.h.Writes = append(w.h.Writes, invariant.Write{Key: "rev-9", Event: "credential.revoke", Want: "revoked", Acked: true, Began: at(8), Ended: at(8.1)})
	w.h.Found = append(w.h.Found, invariant.Found{Key: "rev-9", Count: 1, Value: "revoked", Subject: "credential/c9"})
	w.h.Bans = append(w.h.Bans, invariant.Ban{Key: "rev-9", Credential: "c9", From: at(8.1)}, invariant.Ban{Key: "sus-1", System: "0190-sys-b", Dataset: ds, From: at(5), To: at(6)})
	w.decide("x7", "t-seven", audit.Deny).Result.Status = "401"
	c = w.call("t-seven", "x7", 401, 12, 12.1)
	c.Credential = "c9"
	w.e.Sizes = []int64{1, int64(len(w.e.Records)) - 1}
	return w
}

func (w *world) find(tag string) *invariant.Call {
	for i := range w.h.Calls {
		if w.h.Calls[i].Tag == tag {
			return &w.h.Calls[i]
		}
	}
	panic("no call " + tag)
}

func (w *world) read(id string) *audit.Record {
	for _, r := range w.e.Records {
		if r.ID == id {
			return r.Record
		}
	}
	panic("no record " + id)
}

// drop takes a record out as if it had never been written.
func (w *world) drop(id string) {
	w.e.Records = slices.DeleteFunc(w.e.Records, func(r invariant.Record) bool { return r.ID == id })
	for i := range w.e.Records {
		w.e.Records[i].Seq = int64(i)
	}
	w.e.Sizes = nil
}

func (w *world) foundAs(key string) *invariant.Found {
	for i := range w.h.Found {
		if w.h.Found[i].Key == key {
			return &w.h.Found[i]
		}
	}
	panic("nothing found as " + key)
}

func TestAnHonestHistoryHasNoViolation(t *testing.T) {
	w := goodWorld()
	for _, v := range invariant.Check(w.h, w.e) {
		t.Error(v)
	}
}

// TestEveryPlantedViolationIsFound plants one broken promise at a time. The first violation must name its rule and the
// call, write or record concerned.
func TestEveryPlantedViolationIsFound(t *testing.T) {
	for _, c := range []struct {
		rule, of, name string
		plant          func(w *world)
	}{
		{"I1", "x1", "served without a decision", func(w *world) { w.drop("x1"); w.drop("ox1") }},
		{"I1", "x1", "served with two decisions", func(w *world) { w.decide("x1", "t-one", audit.Allow) }},
		{"I1", "x1", "served, and the log says refused", func(w *world) { w.read("x1").Decision.Result = audit.Deny; w.drop("ox1") }},
		{"I1", "x1", "another caller", func(w *world) { w.read("x1").Client.SystemID = "0190-sys-b" }},
		{"I1", "x1", "another purpose", func(w *world) { w.read("x1").Purpose.Code = "QLNN" }},
		{"I1", "x1", "another dataset", func(w *world) { w.read("x1").Target.Dataset = "H38.05/khac" }},
		{"I1", "x1", "another content", func(w *world) { w.read("ox1").Content.Digest = "sha256:ff" }},
		{"I1", "x1", "another status", func(w *world) { w.read("ox1").Result.Status = "206" }},
		{"I1", "x1", "an unknown end that no kill explains", func(w *world) { w.read("ox1").Result.Status = audit.StatusUnknown }},
		{"I1", "x3", "a refusal without a record", func(w *world) { w.drop("x3") }},
		{"I1", "x3", "a refusal with two records", func(w *world) { w.decide("x3", "t-three", audit.Deny) }},
		{"I1", "x3", "a refusal with another status", func(w *world) { w.read("x3").Result.Status = "404" }},
		{"I1", "x6", "a token without a record", func(w *world) { w.drop("x6") }},
		{"I1", "x6", "a token for another system", func(w *world) { w.read("x6").Client.SystemID = "0190-sys-b" }},
		{"I1", "t-one", "an answer without an exchange id", func(w *world) { w.find("t-two").ID, w.find("t-one").ID = "", "" }},
		{"I1", "x1", "two answers with one exchange id", func(w *world) { w.call("t-eight", "x1", 403, 13, 13.1) }},
		{"I2", "x1", "the head left before the record", func(w *world) { w.find("t-one").Head = invariant.Mark{Length: 40} }},
		{"I2", "x2", "the provider was called before the record", func(w *world) { w.h.Seen[0].Mark = invariant.Mark{Length: 40} }},
		{"I2", "x99", "the provider was called without a record", func(w *world) { w.h.Seen = append(w.h.Seen, invariant.Seen{ID: "x99", Mark: w.mark()}) }},
		{"I2", "x3", "the provider was called for a refused call", func(w *world) { w.h.Seen = append(w.h.Seen, invariant.Seen{ID: "x3", Mark: w.mark()}) }},
		{"I2", "x5", "the end stands before the decision", func(w *world) {
			w.drop("ox5")
			w.e.Records = slices.Insert(w.e.Records, 1, invariant.Record{Record: &audit.Record{Kind: audit.KindOutcome, ID: "ox5", Of: "x5", Result: audit.Result{Status: audit.StatusUnknown}}})
			for i := range w.e.Records {
				w.e.Records[i].Seq = int64(i)
			}
		}},
		{"I3", "x5", "an access without an end", func(w *world) { w.drop("ox5") }},
		{"I3", "x5", "an access with two ends", func(w *world) { w.end("x5", "200", "") }},
		{"I3", "x98", "an end without an access", func(w *world) { w.end("x98", "200", "") }},
		{"I3", "x3", "a refusal with an end", func(w *world) { w.end("x3", "200", "") }},
		{"I3", "x97", "a call that no client made", func(w *world) { w.decide("x97", "t-none", audit.Allow); w.end("x97", "200", "") }},
		{"I3", "x96", "a second access for one call", func(w *world) { w.decide("x96", "t-one", audit.Allow); w.end("x96", "200", "") }},
		{"I3", "x2", "an answer that the provider never gave", func(w *world) { w.h.Seen = nil }},
		{"I4", "acc-1", "an acknowledged write is gone", func(w *world) { *w.foundAs("acc-1") = invariant.Found{Key: "acc-1"}; w.drop("ch2") }},
		{"I4", "acc-1", "an acknowledged write is there twice", func(w *world) { w.foundAs("acc-1").Count = 2 }},
		{"I4", "acc-1", "an acknowledged write is there otherwise", func(w *world) { w.foundAs("acc-1").Value = "ended" }},
		{"I4", "acc-1", "nobody looked", func(w *world) {
			w.h.Found = slices.DeleteFunc(w.h.Found, func(f invariant.Found) bool { return f.Key == "acc-1" })
		}},
		{"I5", "load-1", "half a load in the store", func(w *world) { w.foundAs("load-1").Value = "published 11" }},
		{"I5", "x1", "half a load in an answer", func(w *world) { w.find("t-one").Batches["load-1"] = 19 }},
		{"I5", "x1", "half an earlier load in an answer", func(w *world) {
			w.h.Earlier = map[string]int{"load-0": 20}
			w.find("t-one").Batches = map[string]int{"load-0": 19}
		}},
		{"I5", "x1", "two loads mixed", func(w *world) { w.find("t-one").Batches["load-2"] = 20 }},
		{"I5", "x1", "a load that nobody made", func(w *world) { w.find("t-one").Batches = map[string]int{"load-7": 20} }},
		{"I5", "x1", "a load before it was sent", func(w *world) { w.h.Writes[0].Began = at(30) }},
		{"I6", "rev-9", "a revoked credential is served", func(w *world) { w.find("t-six").Token = false; servedWith(w, "c9") }},
		{"I6", "sus-1", "a suspended right is served", func(w *world) {
			w.h.Bans[1] = invariant.Ban{Key: "sus-1", System: sysA, Dataset: ds, From: at(2.9), To: at(3.2)}
		}},
		{"I7", "log", "the verifier found a change", func(w *world) { w.e.Findings = []string{"record 3: changed"} }},
		{"I7", "log", "the log shrank", func(w *world) { w.e.Sizes = []int64{1, 500} }},
		{"I7", "log", "a record is missing in between", func(w *world) { w.e.Records = slices.Delete(w.e.Records, 4, 5); w.e.Sizes = nil }},
		{"I8", "acc-2", "in the store and not in the log", func(w *world) { w.drop("ch3") }},
		{"I8", "account/2", "in the log and not in the store", func(w *world) { *w.foundAs("acc-2") = invariant.Found{Key: "acc-2"} }},
		{"I8", "acc-2", "twice in the log", func(w *world) { w.change("ch9", "account.create", "account/2", nil) }},
		{"I8", "acc-2", "half of what was written", func(w *world) { w.foundAs("acc-2").Value = "" }},
		{"I8", "acc-4", "refused, and done", func(w *world) {
			*w.foundAs("acc-4") = invariant.Found{Key: "acc-4", Count: 1, Value: "active", Subject: "account/4"}
			w.change("ch9", "account.create", "account/4", nil)
		}},
		{"I8", "acc-9", "done, and nobody asked", func(w *world) { w.h.Found = append(w.h.Found, invariant.Found{Key: "acc-9", Count: 1}) }},
		{"I8", "x2", "an update that arrived twice", func(w *world) {
			w.h.Seen[0].Changes = true
			w.h.Seen = append(w.h.Seen, w.h.Seen[0])
		}},
	} {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			w := goodWorld()
			c.plant(w)
			got := invariant.Check(w.h, w.e)
			for _, v := range got {
				if v.Rule == c.rule && v.Of == c.of {
					return
				}
			}
			t.Fatalf("not found; %d others: %v", len(got), got)
		})
	}
}

func servedWith(w *world, credential string) {
	w.decide("x20", "t-twenty", audit.Allow)
	c := w.call("t-twenty", "x20", 200, 13, 13.1)
	c.Credential, c.Digest = credential, "sha256:dd"
	w.end("x20", "200", "sha256:dd")
}

func TestTheFirstViolationIsOfTheLowestRule(t *testing.T) {
	w := goodWorld()
	w.e.Findings = []string{"record 3: changed"}
	w.foundAs("acc-1").Count = 2
	w.read("x1").Purpose.Code = "QLNN"
	got := invariant.Check(w.h, w.e)
	if len(got) < 3 || got[0].Rule != "I1" || !strings.Contains(got[0].String(), "QLNN") {
		t.Fatalf("%v", got)
	}
}
