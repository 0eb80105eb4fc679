package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	reserveFile  = "reserve"
	reserveSteps = 8 // parts in which it is given up
	reserveEvery = 250 * time.Millisecond
	fewFiles     = 16 // a disk that takes fewer new files than this is full as well
)

// reserve is room on the disk of the first folder, where the control store lies as well, that is kept occupied while all
// is well. Below one step of free room the journal is sparing: it gives the reserve up step by step, so that whatever else
// fills the disk cannot take all of it, and package audit takes vital records only. With room again the reserve is made
// anew and the journal goes on as before. What holds is read from the disk alone, so a kill changes nothing.
type reserve struct {
	dir        string
	size, step int64
	room       func(dir string) (diskRoom, error)

	mu      sync.Mutex
	left    int64 // bytes that it occupies now
	sparing atomic.Pointer[string]
}

type diskRoom struct {
	free, total int64
	files       int64 // new files it takes; -1 where it does not count them
}

// openReserve makes or finds the reserve. On a small disk it is an eighth of it at most; nil where there is none.
func openReserve(dir string, want int64, room func(string) (diskRoom, error)) (*reserve, error) {
	if want <= 0 {
		return nil, nil //nolint:nilnil // none is wanted
	}
	r := &reserve{dir: dir, room: room}
	now, err := room(dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, nil //nolint:nilnil // this system does not tell the room of its disks
	}
	if err != nil {
		return nil, fmt.Errorf("read the room on the disk of %s: %w", dir, err)
	}
	r.step = min(want, now.total/8) / reserveSteps &^ 4095
	r.size = r.step * reserveSteps
	if r.size == 0 {
		return nil, nil //nolint:nilnil // the disk is too small
	}
	if info, err := os.Stat(r.path()); err == nil {
		r.left = info.Size()
	}
	if now.free+r.left < r.size+r.step || r.fill() != nil {
		r.spare(now)
	}
	return r, nil
}

func (r *reserve) path() string { return filepath.Join(r.dir, reserveFile) }

// look compares the room with what there should be. It is called a few times a second.
func (r *reserve) look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, err := r.room(r.dir)
	if err != nil {
		return // a folder that is gone closes the journal by itself
	}
	low := now.free < r.step || now.files >= 0 && now.files < fewFiles
	switch {
	case low:
		r.shrink()
		r.spare(now)
	case r.sparing.Load() == nil:
	case now.free+r.left >= r.size+4*r.step && (now.files < 0 || now.files >= 2*fewFiles) && r.fill() == nil:
		r.sparing.Store(nil)
	default:
		r.spare(now) // the sentence tells how much is free now
	}
}

func (r *reserve) spare(now diskRoom) {
	why := fmt.Sprintf("no space left but %d KiB on the disk of %s (reserve left: %d KiB): free at least %d KiB; until then no data leaves, while signing in and revoking go on",
		now.free>>10, r.dir, r.left>>10, max(0, r.size+4*r.step-now.free-r.left)>>10)
	if now.files >= 0 && now.files < fewFiles {
		why = fmt.Sprintf("no space left for new files (inodes) on the disk of %s: remove files; until then no data leaves, while signing in and revoking go on", r.dir)
	}
	r.sparing.Store(&why)
}

// give frees one step for a write that found the disk full.
func (r *reserve) give() bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	given := r.shrink()
	if now, err := r.room(r.dir); err == nil {
		r.spare(now)
	}
	return given
}

// shrink gives up one step; the last one takes the file away, which also frees its place among the files.
func (r *reserve) shrink() bool {
	if r.left == 0 {
		return false
	}
	left := max(0, r.left-r.step)
	err := os.Truncate(r.path(), left)
	if left == 0 {
		err = os.Remove(r.path())
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return false
	}
	r.left = left
	return err == nil
}

func (r *reserve) fill() error {
	f, err := os.OpenFile(r.path(), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("make the reserve: %w", err)
	}
	err = allocate(f, r.size)
	if err == nil {
		err = f.Truncate(r.size) // another size was configured before
	}
	if err == nil {
		r.left = r.size
	} else {
		err = errors.Join(err, f.Truncate(r.left))
	}
	return errors.Join(err, f.Close())
}

// watch looks until the journal is closed.
func (r *reserve) watch(until <-chan struct{}) {
	tick := time.NewTicker(reserveEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.look()
		case <-until:
			return
		}
	}
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// reservedDisk writes into the reserve what finds the disk full. The same bytes go to the same place once more: nothing of
// them was synced or acknowledged. A failed sync is never tried again (invariant 2): it goes through as it is.
type reservedDisk struct {
	disk
	reserve *reserve
}

func (d reservedDisk) write(f *os.File, b []byte) error {
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	err = d.disk.write(f, b)
	for isFull(err) && d.reserve.give() {
		if _, err = f.Seek(at, io.SeekStart); err == nil {
			err = d.disk.write(f, b)
		}
	}
	return err
}

func (d reservedDisk) open(path string, flag int) (*os.File, error) {
	f, err := d.disk.open(path, flag)
	for isFull(err) && d.reserve.give() {
		f, err = d.disk.open(path, flag)
	}
	return f, err
}

// Sparing is the sentence about a disk so full that only vital records should be taken; empty when there is room. It costs
// one atomic load.
func (j *Journal) Sparing() string {
	if j.reserve == nil {
		return ""
	}
	if why := j.reserve.sparing.Load(); why != nil {
		return *why
	}
	return ""
}
