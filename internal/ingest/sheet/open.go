package sheet

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options of one reading.
type Options struct {
	Format  string // FormatXLSX or FormatJSON, which also reads lines
	Sheet   string // name of a visible sheet of a workbook; the first one when empty
	Seen    func(standsOut bool, text string) error
	Seconds int           // of processor time; 300 when 0
	Idle    time.Duration // how long the child may say nothing while it is waited for; 30 s when 0
}

// Reader passes the rows of a file on, read by a child. Close it always.
type Reader struct {
	cmd    *exec.Cmd
	pipe   *os.File
	in     *bufio.Reader
	buf    []byte
	o      Options
	header Header
	read   int64
	rows   int64
	said   *tail
	ended  bool
	waited sync.Once
	called func() error // whether the caller has given up
}

// ErrNoReader is the answer where this program cannot start itself as a child.
var ErrNoReader = errors.New("no reader of sheets can be started here")

// Open starts a child on a file and reads up to the header. With Options.Seen every text that is not a cell of the table
// is passed to it, and its error ends the reading. A file that cannot be read is a *Refusal.
func Open(ctx context.Context, file *os.File, o Options) (*Reader, error) {
	if len(os.Args) > 1 && os.Args[1] == ChildCommand { // a program that does not call ChildMain would start itself for ever
		return nil, ErrNoReader
	}
	if o.Seconds == 0 {
		o.Seconds = 300
	}
	if o.Idle == 0 {
		o.Idle = 30 * time.Second
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoReader, err)
	}
	r := &Reader{o: o, said: &tail{}, called: ctx.Err}
	mode := "rows"
	if o.Seen != nil {
		mode = "scan"
	}
	r.cmd = exec.CommandContext(ctx, program, ChildCommand, o.Format, mode, strconv.Itoa(o.Seconds), o.Sheet) //nolint:gosec // it is this program
	r.cmd.Env, r.cmd.Dir, r.cmd.Stdin, r.cmd.Stderr = []string{}, "/", file, r.said
	r.cmd.WaitDelay = time.Second
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open a pipe to the reader of sheets: %w", err)
	}
	r.cmd.Stdout, r.pipe = theirs, ours
	err = r.cmd.Start()
	_ = theirs.Close() // the child has its own
	if err != nil {
		_ = ours.Close() // nothing came through it
		return nil, fmt.Errorf("%w: %w", ErrNoReader, err)
	}
	r.in = bufio.NewReaderSize(&patient{r.pipe, o.Idle}, 64<<10)
	if err := r.begin(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// begin reads up to the header.
func (r *Reader) begin() error {
	letter, body, err := r.frame()
	if letter != frameHello || string(body) != hello {
		if r.kill(); err == nil || errors.Is(err, errWire) {
			err = ErrNoReader
		}
		return err
	}
	letter, body, err = r.frame()
	if err != nil {
		return err
	}
	if letter != frameHeader {
		return errWire
	}
	if err := json.Unmarshal(body, &r.header); err != nil || len(r.header.Columns) == 0 || len(r.header.Columns) > maxCells {
		return errWire
	}
	return nil
}

// Header is what stands before the rows.
func (r *Reader) Header() Header { return r.header }

// Read is how many bytes of the file have been read.
func (r *Reader) Read() int64 { return r.read }

// Next gives the next row; io.EOF behind the last one.
func (r *Reader) Next() (Row, error) {
	letter, body, err := r.frame()
	if err != nil {
		return Row{}, err
	}
	if letter != frameRow {
		return Row{}, errWire
	}
	r.rows++
	return readRow(body)
}

// frame reads the next frame that its caller waits for. What the child says on the way is dealt with here.
func (r *Reader) frame() (byte, []byte, error) {
	for {
		letter, body, err := readFrame(r.in, &r.buf)
		if err != nil {
			return 0, nil, r.died(err)
		}
		switch letter {
		case frameHead, frameBody:
			if r.o.Seen != nil {
				err = r.o.Seen(letter == frameHead, string(body))
			}
		case frameRead:
			err = json.Unmarshal(body, &r.read)
		case frameRefuse:
			var refusal Refusal
			if json.Unmarshal(body, &refusal) != nil || !slices.Contains(fileCodes, refusal.Code) {
				return 0, nil, errWire
			}
			whole(refusal.Args)
			return 0, nil, &refusal
		case frameEnd:
			r.ended = true
			return 0, nil, io.EOF
		default:
			return letter, body, nil
		}
		if err != nil {
			return 0, nil, err
		}
	}
}

// whole makes numbers of JSON whole again.
func whole(args []any) {
	for i, a := range args {
		if f, ok := a.(float64); ok {
			args[i] = int64(f)
		}
	}
}

// died says why nothing more comes. A child that was stopped at a limit is the file's fault.
func (r *Reader) died(err error) error {
	switch {
	case errors.Is(err, errWire):
		return err // Close ends the child
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.kill()
		return refuse(CodeLimits)
	}
	defer time.AfterFunc(5*time.Second, r.kill).Stop() // one that hangs behind its last word
	r.wait()
	if gone := r.called(); gone != nil {
		return gone
	}
	if state := r.cmd.ProcessState; state != nil && overrun(state, r.said.String()) {
		return refuse(CodeLimits)
	}
	return fmt.Errorf("the reader of sheets ended early (%v): %w", r.cmd.ProcessState, err)
}

// outOfMemory reports that a program complained of no memory, in the words of Go and of the C library.
func outOfMemory(said string) bool {
	for _, words := range []string{"out of memory", "cannot allocate memory", "failed to create new OS thread", "pthread_create failed"} {
		if strings.Contains(said, words) {
			return true
		}
	}
	return false
}

func (r *Reader) kill() {
	_ = r.cmd.Process.Kill() // it may have ended by itself
}

func (r *Reader) wait() { r.waited.Do(func() { _ = r.cmd.Wait() }) } // how it ended is in its state

// Close ends the child, whatever it does, and waits until it is gone.
func (r *Reader) Close() error {
	if !r.ended {
		r.kill()
	}
	r.wait()
	if err := r.pipe.Close(); err != nil {
		return fmt.Errorf("close the reader of sheets: %w", err)
	}
	return nil
}

// patient reads from the child, but not for ever.
type patient struct {
	f    *os.File
	most time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.f.SetReadDeadline(time.Now().Add(p.most)); err != nil {
		return 0, err
	}
	return p.f.Read(b)
}

// tail keeps the beginning of what the child complains about, for the log.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b[:min(len(b), 4096-len(t.text))]...)
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
