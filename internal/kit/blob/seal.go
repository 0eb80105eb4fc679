package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"lienthong/internal/kit/fault"
)

// Keys are the key-encryption keys of a store. A file's own key is wrapped by one of them.
type Keys interface {
	// Current names the key that wraps new files.
	Current() string
	// Find gives a key of 32 bytes by its name; false when there is none.
	Find(id string) ([]byte, bool)
}

// Meter is implemented by Keys whose uses are counted.
type Meter interface {
	// Used tells that the key of that name closed (ForSeal), opened (ForOpen) or wrapped anew (ForRewrap) a file's key.
	Used(id string, purpose Purpose)
	// Destroying is asked before the keys of files are destroyed; an error keeps them. keys counts the files by the name
	// of the key that wraps theirs.
	Destroying(name string, keys map[string]int) error
}

// Purpose is what a key was used for.
type Purpose string

const (
	ForSeal   Purpose = "seal"
	ForOpen   Purpose = "open"
	ForRewrap Purpose = "rewrap"
)

func used(keys Keys, id string, purpose Purpose) {
	if m, counts := keys.(Meter); counts {
		m.Used(id, purpose)
	}
}

// A sealed file is: prefix | slot | slot | chunks. The prefix and each slot have a sector of their own, so that a slot
// can be written while the other still opens the file, whatever a power cut leaves of the one being written.
const (
	sealMagic   = "LTSEAL1\n"
	sectorSize  = 512
	prefixSize  = 64 // magic, chunk size, random id of the file, zeros
	headSize    = 3 * sectorSize
	fileKeySize = 32
	tagSize     = 16
	nonceSize   = 12
	maxKeyID    = 64

	// StreamChunk suits files that are read from end to end; PageChunk those of which single pages are read.
	StreamChunk = 64 << 10
	PageChunk   = 4 << 10
	maxChunk    = 1 << 20
)

func damaged(name string, cause error) error {
	return fault.New(fault.Unavailable, "blob.damaged", name).Because(cause)
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// newPrefix begins a file; the random id ties the chunks and the wrapped key to it.
func newPrefix(chunk int) []byte {
	p := make([]byte, prefixSize)
	copy(p, sealMagic)
	binary.BigEndian.PutUint32(p[8:], uint32(chunk)) //nolint:gosec // one of our constants
	_, _ = rand.Read(p[12:28])                       // never fails: it stops the program instead
	return p
}

// wrapContext is what a wrapped key is good for: this file, under this name, by this key.
func wrapContext(prefix []byte, name, keyID string) []byte {
	ctx := append([]byte(nil), prefix...)
	return append(ctx, "\x00"+name+"\x00"+keyID...)
}

// wrap fills a slot: length of the key's name, its name, nonce, wrapped key.
func wrap(keys Keys, prefix []byte, name string, fileKey []byte) ([]byte, error) {
	id := keys.Current()
	kek, found := keys.Find(id)
	if !found || len(id) == 0 || len(id) > maxKeyID {
		return nil, fault.New(fault.Unavailable, "blob.no_key", id)
	}
	c, err := aead(kek)
	if err != nil {
		return nil, err
	}
	slot := make([]byte, sectorSize)
	slot[0] = byte(len(id))
	n := 1 + copy(slot[1:], id)
	nonce := slot[n : n+nonceSize]
	_, _ = rand.Read(nonce) // never fails: it stops the program instead
	copy(slot[n+nonceSize:], c.Seal(nil, nonce, fileKey, wrapContext(prefix, name, id)))
	return slot, nil
}

// unwrap opens a slot; an empty key means that it holds none that opens this file.
func unwrap(keys Keys, prefix []byte, name string, slot []byte) (keyID string, fileKey []byte, err error) {
	n := int(slot[0])
	if n == 0 || n > maxKeyID {
		return "", nil, nil
	}
	id := string(slot[1 : 1+n])
	kek, found := keys.Find(id)
	if !found {
		return id, nil, nil
	}
	c, err := aead(kek)
	if err != nil {
		return "", nil, err
	}
	rest := slot[1+n:]
	fileKey, err = c.Open(nil, rest[:nonceSize], rest[nonceSize:nonceSize+fileKeySize+tagSize], wrapContext(prefix, name, id))
	if err != nil {
		return id, nil, nil //nolint:nilerr // the other slot may be the good one
	}
	return id, fileKey, nil
}

// head is the opened head of a sealed file.
type head struct {
	prefix  []byte
	chunk   int
	keyID   string
	fileKey []byte
	slot    int // the one that opens it
}

func readHead(f io.ReaderAt, keys Keys, name string) (head, error) {
	raw := make([]byte, headSize)
	n, err := f.ReadAt(raw, 0)
	if n < len(sealMagic) || string(raw[:len(sealMagic)]) != sealMagic {
		if err != nil && !errors.Is(err, io.EOF) {
			return head{}, fmt.Errorf("read the head of %s: %w", name, err)
		}
		return head{}, fault.New(fault.Unavailable, "blob.not_sealed", name)
	}
	h := head{prefix: raw[:prefixSize], chunk: int(binary.BigEndian.Uint32(raw[8:]))}
	if n < headSize || h.chunk <= 0 || h.chunk > maxChunk {
		return head{}, damaged(name, fmt.Errorf("the head is not whole"))
	}
	if !blank(raw[prefixSize:sectorSize]) {
		return head{}, damaged(name, errSlot)
	}
	unknown := ""
	for slot := range 2 {
		id, key, err := unwrap(keys, h.prefix, name, slotOf(raw, slot))
		if err != nil {
			return head{}, err
		}
		if key != nil {
			h.keyID, h.fileKey, h.slot = id, key, slot
			return h, h.judgeSlots(keys, name, raw)
		}
		if _, known := keys.Find(id); id != "" && !known {
			unknown = id
		}
	}
	return head{}, damaged(name, fmt.Errorf("no slot opens the file (unknown key %q)", unknown))
}

func slotOf(raw []byte, slot int) []byte { return raw[sectorSize*(1+slot) : sectorSize*(2+slot)] }

var errSlot = errors.New("the head holds bytes that nobody wrote")

// judgeSlots finds changed bytes where no cipher would notice them: behind the wrapped key, and in the free slot. The free
// one is blank or, after a re-wrapping that was cut off, begins with the name of another key of the store; the next
// re-wrapping clears it.
func (h *head) judgeSlots(keys Keys, name string, raw []byte) error {
	mine, free := slotOf(raw, h.slot), slotOf(raw, 1-h.slot)
	if !blank(mine[1+len(h.keyID)+nonceSize+fileKeySize+tagSize:]) {
		return damaged(name, errSlot)
	}
	if n := int(free[0]); n > 0 && n <= maxKeyID {
		if id := string(free[1 : 1+n]); id != h.keyID {
			if _, known := keys.Find(id); known {
				return nil
			}
		}
	}
	if !blank(free) {
		return damaged(name, errSlot)
	}
	return nil
}

func blank(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// nonce of a chunk: its number, and whether it is the last, so that none can be moved, left out or added.
func (h *head) nonce(chunk int64, last bool) []byte {
	nonce := make([]byte, nonceSize)
	binary.BigEndian.PutUint64(nonce[2:], uint64(chunk)) //nolint:gosec // never negative
	if last {
		nonce[nonceSize-1] = 1
	}
	return nonce
}

// sealer writes the chunks of one file. It holds the last full chunk back, since only the end shows that it was the last.
type sealer struct {
	head head
	c    cipher.AEAD
	held []byte
	out  []byte
	next int64
	done bool
}

func newSealer(keys Keys, name string, chunk int) (*sealer, []byte, error) {
	fileKey := make([]byte, fileKeySize)
	_, _ = rand.Read(fileKey) // never fails: it stops the program instead
	prefix := newPrefix(chunk)
	slot, err := wrap(keys, prefix, name, fileKey)
	if err != nil {
		return nil, nil, err
	}
	c, err := aead(fileKey)
	if err != nil {
		return nil, nil, err
	}
	used(keys, string(slot[1:1+slot[0]]), ForSeal)
	first := make([]byte, headSize)
	copy(first, prefix)
	copy(first[sectorSize:], slot)
	s := &sealer{head: head{prefix: prefix, chunk: chunk, keyID: string(slot[1 : 1+slot[0]]), fileKey: fileKey}, c: c, held: make([]byte, 0, chunk), out: make([]byte, 0, chunk+tagSize)}
	return s, first, nil
}

func (s *sealer) write(w io.Writer, p []byte) (int, error) {
	if s.done {
		return 0, fmt.Errorf("the content has ended")
	}
	taken := 0
	for len(p) > 0 {
		if len(s.held) == s.head.chunk {
			if err := s.emit(w, false); err != nil {
				return taken, err
			}
		}
		n := min(len(p), s.head.chunk-len(s.held))
		s.held = append(s.held, p[:n]...)
		p, taken = p[n:], taken+n
	}
	return taken, nil
}

func (s *sealer) emit(w io.Writer, last bool) error {
	s.out = s.c.Seal(s.out[:0], s.head.nonce(s.next, last), s.held, s.head.prefix)
	s.held, s.next = s.held[:0], s.next+1
	_, err := w.Write(s.out)
	return err
}

// end writes the last chunk, which may be empty only in an empty file.
func (s *sealer) end(w io.Writer) error {
	if s.done {
		return nil
	}
	s.done = true
	return s.emit(w, true)
}

// rewrapFile wraps the file's key by the current key: into the free slot, synced, and only then is the old slot cleared.
func rewrapFile(path, name string, keys Keys) (changed bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h, err := readHead(f, keys, name)
	if err != nil {
		return false, err
	}
	type change struct {
		slot int
		body []byte
	}
	changes := []change{{1 - h.slot, make([]byte, sectorSize)}} // what a run that was cut off left of an older key
	if h.keyID != keys.Current() {
		slot, err := wrap(keys, h.prefix, name, h.fileKey)
		if err != nil {
			return false, err
		}
		used(keys, h.keyID, ForRewrap)
		used(keys, keys.Current(), ForRewrap)
		changes, changed = []change{{1 - h.slot, slot}, {h.slot, make([]byte, sectorSize)}}, true
	} else if free, err := readSlot(f, 1-h.slot); err != nil || blank(free) {
		return false, err
	}
	for _, write := range changes {
		if _, err := f.WriteAt(write.body, int64(sectorSize*(1+write.slot))); err != nil {
			return false, err
		}
		if err := f.Sync(); err != nil {
			return false, err
		}
	}
	return changed, nil
}

func readSlot(f io.ReaderAt, slot int) ([]byte, error) {
	sector := make([]byte, sectorSize)
	_, err := f.ReadAt(sector, int64(sectorSize*(1+slot)))
	return sector, err
}

// wrappedBy names the keys that wrap the key of a file, for the record of their destruction.
func wrappedBy(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var ids []string
	for slot := range 2 {
		if sector, err := readSlot(f, slot); err == nil && sector[0] > 0 && int(sector[0]) <= maxKeyID {
			ids = append(ids, string(sector[1:1+int(sector[0])]))
		}
	}
	return ids
}

// destroyKey overwrites both slots: the content stays closed for ever, whatever becomes of its bytes.
func destroyKey(path string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err := f.Stat(); err != nil || info.Size() < headSize {
		return err
	}
	noise := make([]byte, 2*sectorSize)
	_, _ = rand.Read(noise) // never fails: it stops the program instead
	noise[0], noise[sectorSize] = 0, 0
	if _, err := f.WriteAt(noise, sectorSize); err != nil {
		return err
	}
	return f.Sync()
}
