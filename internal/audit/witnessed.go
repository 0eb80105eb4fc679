package audit

import (
	"context"
	"strconv"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/witness"
)

// useWitnesses begins to ask the configured witnesses for cosignatures. Recording never waits for them.
func (l *Log) useWitnesses() error {
	if len(l.opts.Witnesses) == 0 {
		return nil
	}
	c, err := witness.NewClient(journal.Witnessed{Journal: l.journal}, l.opts.Witnesses, l.witnessAlarm)
	if err != nil {
		return err
	}
	l.witness = c
	every := l.opts.WitnessEvery
	if every <= 0 {
		every = time.Minute
	}
	l.work.Go(func() { c.Run(l.ctx, every) })
	return nil
}

// witnessAlarm records that a witness saw another history of this log: the record itself is in the later history.
func (l *Log) witnessAlarm(s witness.PeerState) {
	l.opts.Logger.Error("a witness saw another history of the audit log", "witness", s.Name, "cause", s.Problem)
	err := l.Note(l.ctx, &Record{Channel: ChannelJob, Event: "log.witness_alarm", Actor: Actor{Type: "job", AccountID: "audit"}, Subject: "audit.witness/" + s.Name,
		Anomaly: Anomaly{Flags: []string{"log_history"}}, Detail: map[string]string{"what": s.Problem}})
	if err != nil {
		l.opts.Logger.Error("the alarm of a witness was not recorded", "witness", s.Name, "cause", err)
	}
}

// Witnesses tells how it stands with every witness.
func (l *Log) Witnesses() []witness.PeerState {
	if l.witness == nil {
		return nil
	}
	return l.witness.States()
}

// AskWitnesses asks all witnesses now instead of at the next turn.
func (l *Log) AskWitnesses(ctx context.Context) error {
	if l.witness == nil {
		return nil
	}
	return l.witness.Round(ctx)
}

// Accuse records what our own witness saw of another agency's log. It is meant for witness.Options.Refused.
func (l *Log) Accuse(r witness.Refusal) {
	err := l.Note(l.ctx, &Record{Channel: ChannelOther, Event: "log.witness_refused", Actor: Actor{Type: "system", AccountID: r.Origin}, Subject: "audit.log/" + r.Origin,
		Anomaly: Anomaly{Flags: []string{"log_history"}},
		Detail:  map[string]string{"size": strconv.FormatInt(r.Size, 10), "cosigned": strconv.FormatInt(r.Cosigned, 10), "request": r.KeptAs}})
	if err != nil {
		l.opts.Logger.Error("a refused checkpoint was not recorded", "log", r.Origin, "cause", err)
	}
}
