package journal

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"lienthong/internal/audit/merkle"
	"lienthong/internal/kit/meter"
)

// Options of a journal. Signer and Origin are required.
type Options struct {
	Now    func() time.Time   // wall clock; time.Now when nil
	Signer ed25519.PrivateKey // signs checkpoints
	Origin string             // name of this log in checkpoints, e.g. "data.laocai.gov.vn/audit/1"

	// SecondSink is a folder on another disk that holds the journal as well. One failing is an alarm, both close it.
	SecondSink string

	SegmentBytes    int64         // 64 MiB when 0
	CheckpointEvery time.Duration // 500 ms when 0
	HistoryEvery    time.Duration // how often a checkpoint is kept in the history; 1 minute when 0
	SubmitLag       time.Duration // how long a submitted record may wait for company; 5 ms when 0
	QueueBytes      int           // bytes that may wait for the next commit; 8 MiB when 0
	Reserve         int64         // bytes kept occupied for the day the disk is full, an eighth of the disk at most; none when 0
	Logger          *slog.Logger
	Meters          *meter.Set // nil: nobody reads them

	disk disk                           // tests only
	room func(string) (diskRoom, error) // tests only
}

func (o *Options) fill() error {
	if len(o.Signer) != ed25519.PrivateKeySize || o.Origin == "" {
		return errors.New("open journal: a signing key and an origin are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.SegmentBytes == 0 {
		o.SegmentBytes = 64 << 20
	}
	if o.CheckpointEvery == 0 {
		o.CheckpointEvery = 500 * time.Millisecond
	}
	if o.HistoryEvery == 0 {
		o.HistoryEvery = time.Minute
	}
	if o.SubmitLag == 0 {
		o.SubmitLag = 5 * time.Millisecond
	}
	if o.QueueBytes == 0 {
		o.QueueBytes = 8 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Meters == nil {
		o.Meters = meter.NewSet()
	}
	if o.disk == nil {
		o.disk = realDisk{}
	}
	if o.room == nil {
		o.room = roomOf
	}
	return nil
}

// Journal is an open evidence journal. It is safe for concurrent use.
type Journal struct {
	opts        Options
	verifierKey string
	folders     []*folder
	reserve     *reserve // nil without one
	ended       chan struct{}

	mu      sync.Mutex
	current *batch
	closing bool
	armed   bool // a wake-up for submitted records is under way
	wake    chan struct{}

	size    atomic.Int64 // records on disk
	failure atomic.Pointer[string]
	alarm   atomic.Pointer[string]

	feed      chan fed
	latest    atomic.Pointer[merkle.Checkpoint]
	signedAt  atomic.Pointer[time.Time] // of the machine, for Standing
	meters    meters
	base      atomic.Int64 // first record that is online
	archiving sync.Mutex   // one run at a time; exports wait for it
	signing   sync.Mutex   // the tree goroutine signs; Export waits for it
	done      sync.WaitGroup
}

// Open recovers the folder and starts the writer. It refuses a folder whose acknowledged records are not all there.
func Open(dir string, opts Options) (*Journal, error) {
	if err := opts.fill(); err != nil {
		return nil, err
	}
	key, err := merkle.VerifierKey(opts.Origin, opts.Signer.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	j := &Journal{opts: opts, verifierKey: key, current: newBatch(), wake: make(chan struct{}, 1), feed: make(chan fed, 1024), ended: make(chan struct{}), meters: newMeters(opts.Meters)}
	tree, err := j.openFolders(dir)
	if err != nil {
		for _, w := range j.folders {
			w.close()
		}
		return nil, err
	}
	j.size.Store(tree.Size())
	j.latest.Store(j.folders[0].newest)
	j.base.Store(j.firstOnline())
	if j.reserve != nil {
		go j.reserve.watch(j.ended)
	}
	j.done.Add(2)
	go j.writeLoop()
	go j.treeLoop(tree)
	return j, nil
}

func (j *Journal) openFolders(dir string) (*merkle.Tree, error) {
	dirs := []string{dir}
	if j.opts.SecondSink != "" {
		dirs = append(dirs, j.opts.SecondSink)
	}
	for i, d := range dirs {
		on, err := j.diskOf(i, d)
		if err != nil {
			return nil, err
		}
		w, err := openFolder(d, on, j.opts.SegmentBytes, j.verifierKey)
		if err != nil {
			return nil, err
		}
		j.folders = append(j.folders, w)
	}
	if len(j.folders) == 2 {
		if err := catchUp(j.folders[0], j.folders[1], j.verifierKey); err != nil {
			return nil, err
		}
	}
	var tree *merkle.Tree
	for _, w := range j.folders {
		t, err := w.recoverHashes()
		if err != nil {
			return nil, err
		}
		if tree != nil && (tree.Size() != t.Size() || tree.Root() != t.Root()) {
			return nil, fmt.Errorf("the journal folders %s and %s hold different records: run \"lienthong audit verify --dir\" on each with a kept checkpoint, and move the wrong one away", dirs[0], dirs[1])
		}
		tree = t
	}
	return tree, nil
}

// diskOf is how a folder is written. The first one has the reserve: the control store lies beside it.
func (j *Journal) diskOf(i int, dir string) (disk, error) {
	if i > 0 || j.opts.Reserve == 0 {
		return j.opts.disk, nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make journal folder: %w", err)
	}
	var err error
	if j.reserve, err = openReserve(dir, j.opts.Reserve, j.opts.room); err != nil || j.reserve == nil {
		return j.opts.disk, err
	}
	return reservedDisk{j.opts.disk, j.reserve}, nil
}

// catchUp copies to the shorter folder what the other one went on to hold while it could not be written.
func catchUp(a, b *folder, verifierKey string) error {
	from, to := a, b
	if b.size > a.size {
		from, to = b, a
	}
	if to.size < from.base {
		if err := from.seed(to, verifierKey); err != nil {
			return fmt.Errorf("bring journal folder %s up to date from %s: %w", to.dir, from.dir, err)
		}
	}
	var bodies [][]byte
	bytes := 0
	flush := func() error {
		if len(bodies) == 0 {
			return nil
		}
		err := to.appendBatch(bodies)
		bodies, bytes = bodies[:0], 0
		return err
	}
	err := readFolder(from.dir, to.size, from.size, func(e Entry) error {
		bodies = append(bodies, append([]byte(nil), e.Body...))
		if bytes += len(e.Body); bytes < 1<<20 {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err == nil && (to.newest == nil || from.newest != nil && from.newest.Size > to.newest.Size) {
		err = copyCheckpoints(from, to, verifierKey)
	}
	if err != nil {
		return fmt.Errorf("bring journal folder %s up to date from %s: %w", to.dir, from.dir, err)
	}
	return nil
}

func copyCheckpoints(from, to *folder, verifierKey string) error {
	if from.note == nil {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(from.dir, historyFile))
	if err != nil {
		return err
	}
	if err := to.history.file.Close(); err != nil {
		return err
	}
	if err := writeWhole(to.disk, to.dir, historyFile, content); err != nil {
		return err
	}
	if err := writeWhole(to.disk, to.dir, checkpointFile, from.note); err != nil {
		return err
	}
	return to.recoverCheckpoint(verifierKey)
}

// Size is how many records are on disk; the next one gets this seq.
func (j *Journal) Size() int64 { return j.size.Load() }

// Checkpoint is the newest signed checkpoint; false before the first.
func (j *Journal) Checkpoint() (merkle.Checkpoint, bool) {
	c := j.latest.Load()
	if c == nil {
		return merkle.Checkpoint{}, false
	}
	return *c, true
}

// VerifierKey is the public key under which the checkpoints verify.
func (j *Journal) VerifierKey() string { return j.verifierKey }

// Dir is the folder that is readable now: the first that has not failed.
func (j *Journal) Dir() string { return j.alive().dir }

func (j *Journal) alive() *folder {
	for _, w := range j.folders {
		if !w.retired.Load() {
			return w
		}
	}
	return j.folders[0]
}

// Health is nil while records are taken, else the reason in one sentence.
func (j *Journal) Health() error {
	if why := j.failure.Load(); why != nil {
		return &Stopped{Reason: *why}
	}
	return nil
}

// Alarm is the sentence about a folder that failed while another one goes on; empty when all is well.
func (j *Journal) Alarm() string {
	if a := j.alarm.Load(); a != nil {
		return *a
	}
	return ""
}

// Stopped says that the journal takes no more records in this process.
type Stopped struct{ Reason string }

func (s *Stopped) Error() string { return s.Reason }

// retire takes a folder out of service for good. Invariant 2: it is not tried again.
func (j *Journal) retire(w *folder, cause error) {
	if w.retired.Swap(true) {
		return
	}
	for _, other := range j.folders {
		if !other.retired.Load() {
			why := fmt.Sprintf("journal folder %s failed and is no longer written (%v); records go to %s only: repair the disk and restart", w.dir, cause, other.dir)
			j.alarm.Store(&why)
			j.opts.Logger.Error("audit journal lost one of its folders", "folder", w.dir, "cause", cause)
			return
		}
	}
	j.stop(fmt.Sprintf("the evidence journal in %s stopped at record %d: %v; repair or free the disk and restart", w.dir, j.size.Load(), cause))
}

func (j *Journal) stop(why string) {
	if j.failure.CompareAndSwap(nil, &why) {
		j.opts.Logger.Error("audit journal closed", "cause", why)
	}
}

// Close writes what waits, signs the last checkpoint and leaves the folder.
func (j *Journal) Close() error {
	j.mu.Lock()
	already := j.closing
	j.closing = true
	j.mu.Unlock()
	if already {
		return nil
	}
	j.rouse()
	j.done.Wait()
	close(j.ended)
	for _, w := range j.folders {
		w.close()
	}
	return j.Health()
}
