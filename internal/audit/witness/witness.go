package witness

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"lienthong/internal/audit/merkle"
	"lienthong/internal/kit/blob"
)

// Options of a witness.
type Options struct {
	Name string // of its key, e.g. "data.laocai.gov.vn/witness"
	Key  ed25519.PrivateKey
	Logs []string         // public keys of the logs that it cosigns, as name+hash+key; the name is the log's origin
	Now  func() time.Time // time.Now when nil
	// Refused is told of a log that signed a history which does not go on from the one cosigned before. It may be nil.
	Refused func(Refusal)
}

// Refusal is what a log showed that it should not have. The request is proof of it: it carries the log's signature.
type Refusal struct {
	Origin    string
	Size      int64 // of the checkpoint refused
	Cosigned  int64 // size cosigned before
	KeptAs    string
	SameSize  bool // two roots for one size
	CosignKey string
}

// Witness cosigns checkpoints of other logs.
type Witness struct {
	opts  Options
	store *blob.Store

	mu   sync.Mutex
	logs map[string]*watched // by origin
}

type watched struct {
	keys []string
	seen Seen
}

// Seen is the state of a watched log.
type Seen struct {
	Origin string
	Size   int64 // 0 before the first
	Root   merkle.Hash
	At     time.Time // of the cosignature
	Note   []byte    // the checkpoint as cosigned: this is what another agency keeps
}

// Open opens the witness's folder.
func Open(dir string, o Options) (*Witness, error) {
	if o.Name == "" || strings.ContainsAny(o.Name, "+ \t\n") || len(o.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("open witness: a name without blanks or + and a signing key are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	store, err := blob.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	w := &Witness{opts: o, store: store, logs: make(map[string]*watched)}
	for _, key := range o.Logs {
		v, err := note.NewVerifier(key)
		if err != nil {
			return nil, fmt.Errorf("open witness: the key of a log %q: %w", key, err)
		}
		l := w.logs[v.Name()]
		if l == nil {
			l = &watched{seen: Seen{Origin: v.Name(), Root: (&merkle.Tree{}).Root()}}
			w.logs[v.Name()] = l
		}
		l.keys = append(l.keys, key)
	}
	for _, l := range w.logs {
		if err := w.load(l); err != nil {
			return nil, fmt.Errorf("open witness: %w", err)
		}
	}
	return w, nil
}

// Cosigner is the witness's public key.
func (w *Witness) Cosigner() merkle.Cosigner {
	return merkle.NewCosigner(w.opts.Name, w.opts.Key.Public().(ed25519.PublicKey))
}

func fileOf(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return "log-" + hex.EncodeToString(sum[:16]) + ".note"
}

// load reads what was cosigned last (invariant 3).
func (w *Witness) load(l *watched) error {
	raw, err := os.ReadFile(w.store.Path(fileOf(l.seen.Origin)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the state of %s: %w", l.seen.Origin, err)
	}
	_, sigs, err := merkle.OpenCosigned(raw, w.Cosigner())
	c, parsed := merkle.ParseForeign(raw)
	err = errors.Join(err, parsed)
	if err == nil && (len(sigs) == 0 || c.Origin != l.seen.Origin) {
		err = errors.New("it does not carry this witness's cosignature for that log")
	}
	if err != nil {
		return fmt.Errorf("the state kept of %s in %s is not what this witness cosigned (%w): bring it back from a backup; an empty one would cosign a roll-back", l.seen.Origin, w.store.Path(fileOf(l.seen.Origin)), err)
	}
	l.seen.Size, l.seen.Root, l.seen.At, l.seen.Note = c.Size, c.Root, sigs[0].At, raw
	return nil
}

// Seen lists the watched logs.
func (w *Witness) Seen() []Seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Seen, 0, len(w.logs))
	for _, origin := range slices.Sorted(maps.Keys(w.logs)) {
		list = append(list, w.logs[origin].seen)
	}
	return list
}

// Answer of add-checkpoint, as it goes over HTTP.
type Answer struct {
	Status int
	Type   string
	Body   []byte
}

func plain(status int, text string) Answer {
	return Answer{Status: status, Type: "text/plain; charset=utf-8", Body: []byte(text + "\n")}
}

func sizeOf(s Seen) Answer {
	return Answer{Status: http.StatusConflict, Type: sizeType, Body: []byte(strconv.FormatInt(s.Size, 10) + "\n")}
}

// AddCheckpoint judges a request and cosigns its checkpoint if it goes on from the one cosigned before.
func (w *Witness) AddCheckpoint(body []byte) Answer {
	r, err := parseRequest(body)
	if err != nil {
		return plain(http.StatusBadRequest, err.Error())
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	l := w.logs[r.checkpoint.Origin]
	if l == nil {
		return plain(http.StatusNotFound, "this witness does not know a log of that origin")
	}
	if ok, err := merkle.SignedBy(r.raw, l.keys...); err != nil || !ok {
		return plain(http.StatusForbidden, "no key that is trusted for this origin signed the checkpoint")
	}
	if r.old > r.checkpoint.Size {
		return plain(http.StatusBadRequest, "the old size is above that of the checkpoint")
	}
	if r.old != l.seen.Size {
		return sizeOf(l.seen)
	}
	if r.old == r.checkpoint.Size && r.checkpoint.Root != l.seen.Root {
		w.accuse(l.seen, r, body)
		return sizeOf(l.seen)
	}
	if err := merkle.CheckGrowth(r.proof, r.checkpoint.Size, r.checkpoint.Root, r.old, l.seen.Root); err != nil {
		w.accuse(l.seen, r, body)
		return plain(http.StatusUnprocessableEntity, "the proof does not show that the log went on from the checkpoint cosigned before")
	}
	return w.cosign(l, r)
}

// cosign upholds invariant 2.
func (w *Witness) cosign(l *watched, r request) Answer {
	at := w.opts.Now()
	line := merkle.Cosign(r.checkpoint.Text, w.opts.Name, w.opts.Key, at)
	kept := append(slices.Clone(r.raw), line...)
	if err := w.store.Put(fileOf(l.seen.Origin), kept); err != nil {
		return plain(http.StatusServiceUnavailable, "the witness cannot keep its state")
	}
	l.seen.Size, l.seen.Root, l.seen.At, l.seen.Note = r.checkpoint.Size, r.checkpoint.Root, at, kept
	return Answer{Status: http.StatusOK, Type: "text/plain; charset=utf-8", Body: []byte(line)}
}

// maxAccused bounds how many refused requests are kept: the first ones are proof enough.
const maxAccused = 100

// accuse keeps a request that proves that its log shows two histories. The refusal stands also when it cannot be kept.
func (w *Witness) accuse(seen Seen, r request, body []byte) {
	refusal := Refusal{Origin: seen.Origin, Size: r.checkpoint.Size, Cosigned: seen.Size, SameSize: r.old == r.checkpoint.Size, CosignKey: w.Cosigner().String()}
	sum := sha256.Sum256(body)
	name := "refused/" + hex.EncodeToString(sum[:16])
	there, err := w.store.List("refused/")
	if err == nil && len(there) < maxAccused && !slices.Contains(there, name) && w.store.Put(name, body) == nil {
		refusal.KeptAs = name
		if w.opts.Refused != nil {
			w.opts.Refused(refusal)
		}
	}
}
