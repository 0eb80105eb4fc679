package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"lienthong/internal/audit/merkle"
)

// Peer is a witness of another agency that cosigns our checkpoints.
type Peer struct {
	URL string // submission prefix, e.g. "https://dulieu.example.gov.vn/audit/witness"
	Key string // its public key as name+hash+key
}

// ParsePeer reads "<address> <key>".
func ParsePeer(text string) (Peer, error) {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return Peer{}, fmt.Errorf("read witness %q: it is not an address and a public key with a blank between them", text)
	}
	p := Peer{URL: strings.TrimSuffix(fields[0], "/"), Key: fields[1]}
	if u, err := url.Parse(p.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return Peer{}, fmt.Errorf("read witness %q: the address is not http(s)", text)
	}
	_, err := merkle.ParseCosigner(p.Key)
	return p, err
}

// Source is the log that is to be cosigned.
type Source interface {
	Note() ([]byte, error)                                  // the newest signed checkpoint
	Growth(size, old int64) ([]merkle.Hash, error)          // proof between two sizes that were signed
	KeepCosigned(note []byte) error                         // makes a cosigned checkpoint durable beside the log
	CheckOwn(note []byte) (merkle.ForeignCheckpoint, error) // opens a checkpoint under the log's own key
}

// PeerState is how it stands with a witness.
type PeerState struct {
	Name    string
	URL     string
	Size    int64     // cosigned last
	At      time.Time // when
	Problem string    // why the last try brought no cosignature; empty when it did
	Alarm   bool      // the witness saw another history of this log: rolled back or forked
}

type peer struct {
	Peer
	key   merkle.Cosigner
	state PeerState
}

// Client asks witnesses for cosignatures.
type Client struct {
	source Source
	http   *http.Client
	peers  []*peer
	report func(PeerState)

	mu      sync.Mutex // one round at a time
	states  sync.Mutex
	lastRaw []byte // the note that every peer cosigned last
}

// NewClient prepares to ask the peers. report is told of every alarm when it begins; it may be nil.
func NewClient(source Source, peers []Peer, report func(PeerState)) (*Client, error) {
	c := &Client{source: source, report: report, http: &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, p := range peers {
		key, err := merkle.ParseCosigner(p.Key)
		if err != nil {
			return nil, err
		}
		c.peers = append(c.peers, &peer{Peer: p, key: key, state: PeerState{Name: key.Name(), URL: p.URL}})
	}
	return c, nil
}

// States of all witnesses.
func (c *Client) States() []PeerState {
	c.states.Lock()
	defer c.states.Unlock()
	list := make([]PeerState, len(c.peers))
	for i, p := range c.peers {
		list[i] = p.state
	}
	return list
}

// Run asks in rounds until ctx ends. A witness that does not answer delays nothing else than the next round.
func (c *Client) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		_ = c.Round(ctx) // what went wrong is in States
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Round asks every witness to cosign the newest checkpoint and keeps it with the cosignatures that came.
func (c *Client) Round(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	raw, err := c.source.Note()
	if err != nil || bytes.Equal(raw, c.lastRaw) {
		return err
	}
	own, err := c.source.CheckOwn(raw)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	lines := make([]string, len(c.peers))
	errs := make([]error, len(c.peers))
	for i, p := range c.peers {
		wg.Go(func() {
			lines[i], errs[i] = c.ask(ctx, p, raw, own)
			c.note(p, own, lines[i], errs[i])
		})
	}
	wg.Wait()
	if all := strings.Join(lines, ""); all != "" {
		if err := c.source.KeepCosigned(append(bytes.Clone(raw), all...)); err != nil {
			return fmt.Errorf("keep the cosigned checkpoint: %w", err)
		}
	}
	err = errors.Join(errs...)
	if err == nil {
		c.lastRaw = raw
	}
	return err
}

// otherHistory says that a witness cosigned something that this log does not contain.
type otherHistory struct{ what string }

func (o *otherHistory) Error() string { return o.what }

// note keeps how it went, and reports an alarm when it begins.
func (c *Client) note(p *peer, own merkle.ForeignCheckpoint, line string, err error) {
	c.states.Lock()
	was := p.state.Alarm
	var other *otherHistory
	switch {
	case err == nil:
		_, sigs, _ := merkle.OpenCosigned(append(signed(own.Text), line...), p.key) // verified by ask
		p.state.Size, p.state.Problem, p.state.Alarm = own.Size, "", false
		if len(sigs) > 0 {
			p.state.At = sigs[0].At
		}
	default:
		p.state.Problem = err.Error()
		p.state.Alarm = errors.As(err, &other) || p.state.Alarm
	}
	now := p.state
	c.states.Unlock()
	if now.Alarm && !was && c.report != nil {
		c.report(now)
	}
}

func signed(text []byte) []byte { return append(bytes.Clone(text), '\n') }

// ask goes to one witness; it learns from a conflict where the witness stands and asks once more from there.
func (c *Client) ask(ctx context.Context, p *peer, raw []byte, own merkle.ForeignCheckpoint) (string, error) {
	old := p.known()
	if old > own.Size {
		old = own.Size
	}
	for try := range 2 {
		proof, err := c.growth(own.Size, old)
		if err != nil {
			return "", err
		}
		status, kind, answer, err := c.post(ctx, p, request{old: old, proof: proof, raw: raw}.body())
		if err != nil {
			return "", err
		}
		switch status {
		case http.StatusOK:
			return p.accept(own.Text, answer)
		case http.StatusUnprocessableEntity:
			return "", &otherHistory{fmt.Sprintf("witness %s cosigned a history of %d records that this log does not go on from: compare with the checkpoint it keeps and report an incident", p.key.Name(), old)}
		case http.StatusConflict:
		default:
			return "", fmt.Errorf("witness %s answered %d: %s", p.key.Name(), status, firstLine(answer))
		}
		at, err := merkle.ParseSize(strings.TrimSuffix(string(answer), "\n"))
		if err != nil || kind != sizeType {
			return "", fmt.Errorf("witness %s answered a conflict without the size it cosigned", p.key.Name())
		}
		switch {
		case at > own.Size:
			return "", &otherHistory{fmt.Sprintf("witness %s cosigned %d records, this log has signed %d: it was rolled back; keep the folder as it is and report an incident", p.key.Name(), at, own.Size)}
		case at == old && at == own.Size:
			return "", &otherHistory{fmt.Sprintf("witness %s cosigned another history of the same %d records: report an incident", p.key.Name(), at)}
		case try == 1:
			return "", fmt.Errorf("witness %s moved on while it was asked", p.key.Name())
		}
		old = at
	}
	return "", nil
}

func (c *Client) growth(size, old int64) ([]merkle.Hash, error) {
	if old == 0 || old == size {
		return nil, nil
	}
	return c.source.Growth(size, old)
}

func (p *peer) known() int64 { return p.state.Size }

func (c *Client) post(ctx context.Context, p *peer, body []byte) (int, string, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+addPath, bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, fmt.Errorf("ask witness %s: %w", p.key.Name(), err)
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, "", nil, fmt.Errorf("ask witness %s: %w", p.key.Name(), err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(io.LimitReader(answer.Body, 16<<10))
	if err != nil {
		return 0, "", nil, fmt.Errorf("read the answer of witness %s: %w", p.key.Name(), err)
	}
	return answer.StatusCode, answer.Header.Get("Content-Type"), got, nil
}

// accept takes from the answer the lines of the key that we know (invariant 4).
func (p *peer) accept(text, answer []byte) (string, error) {
	_, sigs, err := merkle.OpenCosigned(append(signed(text), answer...), p.key)
	if err != nil {
		return "", fmt.Errorf("answer of witness %s: %w", p.key.Name(), err)
	}
	if len(sigs) == 0 {
		return "", fmt.Errorf("witness %s gave no cosignature of its key", p.key.Name())
	}
	return sigs[0].Line, nil
}

func firstLine(b []byte) string {
	line, _, _ := strings.Cut(string(b), "\n")
	if len(line) > 200 {
		line = line[:200]
	}
	return strings.ToValidUTF8(line, "?")
}
