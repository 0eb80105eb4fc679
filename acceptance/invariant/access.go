package invariant

import (
	"fmt"
	"strconv"

	"lienthong/internal/audit"
)

// decisions is I3 and the part of I1 that counts records.
func (c *checker) decisions() {
	for _, r := range c.e.Records {
		if r.Seq < c.h.Base {
			continue
		}
		switch r.Kind {
		case audit.KindDecision:
			c.decision(r)
		case audit.KindOutcome:
			if len(c.decided[r.Of]) == 0 {
				c.violate("I3", r.Of, "record %d ends an access that was never decided", r.Seq)
			}
		}
	}
}

func (c *checker) decision(r Record) {
	ends := c.ended[r.ID]
	if r.Decision.Result == audit.Deny {
		if len(ends) > 0 {
			c.violate("I3", r.ID, "record %d refuses the access, record %d says how it ended", r.Seq, ends[0].Seq)
		}
		return
	}
	switch len(ends) {
	case 0:
		c.violate("I3", r.ID, "record %d allows an access whose end is nowhere", r.Seq)
		return
	case 1:
	default:
		c.violate("I3", r.ID, "the access ended %d times, in records %d and %d", len(ends), ends[0].Seq, ends[1].Seq)
	}
	if ends[0].Seq < r.Seq {
		c.violate("I2", r.ID, "record %d ends the access before record %d allows it", ends[0].Seq, r.Seq)
	}
	if r.Channel != audit.ChannelGateway {
		return
	}
	call := c.byTag[r.Purpose.CaseRef]
	if call == nil {
		c.violate("I3", r.ID, "record %d claims a call that no client made (case %q)", r.Seq, r.Purpose.CaseRef)
		return
	}
	if call.ID != "" && call.ID != r.ID {
		c.violate("I3", r.ID, "record %d claims the call %s, which was answered as %s", r.Seq, call.Tag, call.ID)
	}
	status := ends[0].Result.Status
	if call.Provider && len(status) == 3 && status[0] == '2' && len(c.seen[r.ID]) == 0 {
		c.violate("I3", r.ID, "record %d says %s, but the provider never saw the call", ends[0].Seq, status)
	}
}

// calls is I1 and the client's half of I2.
func (c *checker) calls() {
	for _, call := range c.h.Calls {
		switch {
		case call.ID == "":
			if call.Status != 0 {
				c.violate("I1", call.Tag, "answered %d without an exchange id", call.Status)
			}
		case call.Token:
			c.token(call)
		case call.served():
			c.servedCall(call)
		default:
			c.refusedCall(call)
		}
	}
}

func (c *checker) token(call Call) {
	n := len(c.noted[call.ID])
	if call.Status != 503 && n != 1 {
		c.violate("I1", call.ID, "a token call that was answered %d left %d records", call.Status, n)
		return
	}
	if call.served() {
		if r := c.noted[call.ID][0]; r.Decision.Result != audit.Allow || r.Client.SystemID != call.System {
			c.violate("I1", call.ID, "record %d does not say that system %s was given a token", r.Seq, call.System)
		}
	}
}

func (c *checker) servedCall(call Call) {
	all := c.decided[call.ID]
	if len(all) != 1 {
		c.violate("I1", call.ID, "the call %s was served and has %d decisions", call.Tag, len(all))
		return
	}
	r := all[0]
	if r.Decision.Result != audit.Allow && r.Decision.Result != audit.Partial {
		c.violate("I1", call.ID, "the call %s was served, record %d says %s", call.Tag, r.Seq, r.Decision.Result)
		return
	}
	for _, pair := range [][3]string{
		{"caller", r.caller(), call.System}, {"purpose", r.Purpose.Code, call.Purpose},
		{"dataset", r.Target.Dataset, call.Dataset}, {"case", r.Purpose.CaseRef, call.Tag},
	} {
		if pair[1] != pair[2] {
			c.violate("I1", call.ID, "record %d names %s %q, the call had %q", r.Seq, pair[0], pair[1], pair[2])
		}
	}
	if !call.Head.covers(r.Segment, r.Offset) {
		c.violate("I2", call.ID, "the answer's head left before record %d was written", r.Seq)
	}
	if ends := c.ended[call.ID]; len(ends) > 0 {
		c.outcome(call, ends[0])
	}
	if call.Provider && len(c.seen[call.ID]) == 0 {
		c.violate("I3", call.ID, "the call %s was served in the provider's name, who never saw it", call.Tag)
	}
}

func (r Record) caller() string {
	if r.Client.SystemID != "" {
		return r.Client.SystemID
	}
	return r.Actor.AccountID
}

func (c *checker) outcome(call Call, end Record) {
	if end.Result.Status == audit.StatusUnknown {
		if !c.cutShort(call.Ended) {
			c.violate("I1", call.ID, "record %d does not know how the call %s ended, and nothing was killed near it", end.Seq, call.Tag)
		}
		return
	}
	if !call.Whole {
		return // the log may rightly say that it sent what did not arrive
	}
	if end.Result.Status != strconv.Itoa(call.Status) {
		c.violate("I1", call.ID, "record %d says %s, the client got %d", end.Seq, end.Result.Status, call.Status)
	}
	if call.served() && end.Content.Digest != call.Digest {
		c.violate("I1", call.ID, "record %d has the digest %s, the client got %s", end.Seq, end.Content.Digest, call.Digest)
	}
}

// refusedCall: one record for a refusal as for an answer, except where the log itself could not be written.
func (c *checker) refusedCall(call Call) {
	all := c.decided[call.ID]
	if call.Code == "audit.closed" || call.Code == "audit.disk_full" || call.Code == "audit.busy" {
		return
	}
	if len(all) != 1 {
		c.violate("I1", call.ID, "the call %s was answered %d and has %d decisions", call.Tag, call.Status, len(all))
		return
	}
	if all[0].Decision.Result == audit.Deny {
		if got := all[0].Result.Status; got != "" && got != fmt.Sprint(call.Status) {
			c.violate("I1", call.ID, "record %d says %s, the client got %d", all[0].Seq, got, call.Status)
		}
		return
	}
	if ends := c.ended[call.ID]; len(ends) > 0 {
		c.outcome(call, ends[0])
	}
}

// provider is the recorder's half of I2, and updates that arrive once.
func (c *checker) provider() {
	for _, s := range c.h.Seen {
		all := c.decided[s.ID]
		if len(all) == 0 {
			c.violate("I2", s.ID, "the provider was called (%s) and the log does not know it", s.Tag)
			continue
		}
		if r := all[0]; r.Decision.Result == audit.Deny {
			c.violate("I2", s.ID, "the provider was called although record %d refuses it", r.Seq)
		} else if !s.Mark.covers(r.Segment, r.Offset) {
			c.violate("I2", s.ID, "the provider was called before record %d was written", r.Seq)
		}
	}
	for id, all := range c.seen {
		if len(all) > 1 && all[0].Changes {
			c.violate("I8", id, "the provider received the update %d times", len(all))
		}
	}
}
