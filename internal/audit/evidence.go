package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
	"lienthong/internal/kit/fault"
)

// Verify checks a log folder, or an export of it, with the public key alone: see journal.Verify.
func Verify(dir, verifierKey string, opts journal.VerifyOptions) (journal.Report, error) {
	return journal.Verify(dir, verifierKey, opts)
}

// Evidence is one record with the proof that it is in the signed log. It is checked with the public key alone.
type Evidence struct {
	Seq        int64    `json:"seq"`
	Record     string   `json:"record,omitempty"` // the leaf, byte for byte: as text, since JSON tools respell what is inside JSON; empty when only its place is proved
	Hash       string   `json:"hash"`
	Path       []string `json:"path"`
	Checkpoint string   `json:"checkpoint"`
	Key        string   `json:"key"` // as the log calls it; a reader compares it with the one he keeps
}

// Prove gives the evidence of one record without the record itself: whoever holds the leaf can compare it.
func (l *Log) Prove(ctx context.Context, seq int64) (Evidence, error) {
	if seq < 0 || seq >= l.journal.Size() {
		return Evidence{}, fault.New(fault.NotFound, "audit.record_not_found", seq)
	}
	p, err := l.journal.ProveRecord(ctx, seq)
	if err != nil {
		return Evidence{}, l.refused(err)
	}
	return evidence(p, nil, l.journal.VerifierKey()), nil
}

// ReadEvidence gives one record with its evidence for a person, recorded like Search before anything is given.
func (l *Log) ReadEvidence(ctx context.Context, who Actor, reason string, seq int64) (Evidence, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return Evidence{}, fault.New(fault.Invalid, "audit.reason_required").At("reason")
	}
	e, err := l.Prove(ctx, seq)
	if err != nil {
		return Evidence{}, err
	}
	body, err := l.body(ctx, seq)
	if err != nil {
		return Evidence{}, err
	}
	if merkle.LeafHash(body).String() != e.Hash {
		return Evidence{}, fmt.Errorf("read record %d: its bytes are not those that were signed", seq)
	}
	e.Record = string(body)
	if err := l.noteReading(ctx, who, reason, map[string]string{"seq": strconv.FormatInt(seq, 10)}); err != nil {
		return Evidence{}, err
	}
	return e, nil
}

// body reads one record where the index says it lies; without the index its segment is read from the start.
func (l *Log) body(ctx context.Context, seq int64) ([]byte, error) {
	places, err := l.index.places(ctx, `SELECT seq, segment, at, exchange FROM audit_entry WHERE seq = ?`, seq)
	if err != nil {
		return nil, err
	}
	var body []byte
	if len(places) == 1 {
		body, err = l.journal.ReadAt(places[0].pos, seq)
	} else {
		body, err = l.journal.Read(seq)
	}
	var gone *journal.Archived
	if errors.As(err, &gone) {
		return nil, fault.New(fault.NotFound, "audit.archived", seq, filepath.Base(gone.Dir)).Because(err)
	}
	return body, err
}

// ProveIn gives the evidence of one record of a log folder or an export that need not be open.
func ProveIn(dir, verifierKey string, seq int64) (Evidence, error) {
	p, body, err := journal.ProveIn(dir, verifierKey, seq)
	if err != nil {
		return Evidence{}, err
	}
	return evidence(p, body, verifierKey), nil
}

func evidence(p journal.Proof, body []byte, key string) Evidence {
	e := Evidence{Seq: p.Seq, Record: string(body), Hash: p.Leaf.String(), Checkpoint: string(p.Checkpoint), Key: key}
	for _, h := range p.Path {
		e.Path = append(e.Path, h.String())
	}
	return e
}

// Check verifies the evidence under a key that the reader keeps himself. Without the record it proves its hash alone.
func (e Evidence) Check(verifierKey string) error {
	leaf, err := merkle.ParseHash(e.Hash)
	if err != nil {
		return fmt.Errorf("check evidence of record %d: %w", e.Seq, err)
	}
	p := journal.Proof{Seq: e.Seq, Leaf: leaf, Checkpoint: []byte(e.Checkpoint)}
	if e.Record != "" && merkle.LeafHash([]byte(e.Record)) != leaf {
		return fmt.Errorf("check evidence of record %d: the hash is not that of the record", e.Seq)
	}
	for _, text := range e.Path {
		h, err := merkle.ParseHash(text)
		if err != nil {
			return fmt.Errorf("check evidence of record %d: %w", e.Seq, err)
		}
		p.Path = append(p.Path, h)
	}
	if err := p.Check(verifierKey); err != nil {
		return fmt.Errorf("check evidence of record %d: %w", e.Seq, err)
	}
	return nil
}

// Export copies the log as it is signed now into an empty folder, which Verify accepts on any machine.
func (l *Log) Export(ctx context.Context, to string) error { return l.journal.Export(ctx, to) }

// Cosigned is the newest checkpoint that witnesses cosigned; nil when none did.
func (l *Log) Cosigned() ([]byte, error) { return journal.CosignedNote(l.journal.Dir()) }
