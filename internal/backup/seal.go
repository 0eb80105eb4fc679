package backup

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"lienthong/internal/kit/fault"
)

const (
	magic     = "LTBACKUP1\n"
	format    = 1
	chunkSize = 1 << 20
	tagSize   = 16
	maxHead   = 64 << 10
	exportFor = "lienthong backup content 1"
)

// Head is what a backup says in clear.
type Head struct {
	Format    int       `json:"format"`
	CreatedAt time.Time `json:"created_at"`
	Origin    string    `json:"origin"` // name of the log of the platform that made it
	Key       string    `json:"key"`    // id of the recovery key that opens it
	Enc       []byte    `json:"enc"`    // of HPKE
}

func damaged(why string, cause error) error {
	return fault.New(fault.Invalid, "backup.damaged", why).Because(cause)
}

func newCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func nonce(number uint64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[2:], number)
	if last {
		n[11] = 1
	}
	return n
}

// sealer encrypts a stream. It holds a full chunk back, since only the end shows that it was the last.
type sealer struct {
	w       io.Writer
	c       cipher.AEAD
	context []byte
	held    []byte
	out     []byte
	number  uint64
}

// seal writes the head and gives the stream behind it, with the key that opens the file, for reading it again.
func seal(w io.Writer, to PublicKey, h Head) (*sealer, []byte, error) {
	kdf, alg := suite()
	enc, sender, err := hpke.NewSender(to.public, kdf, alg, []byte(exportFor))
	if err != nil {
		return nil, nil, fmt.Errorf("make the key of a backup: %w", err)
	}
	key, err := sender.Export(exportFor, 32)
	if err != nil {
		return nil, nil, fmt.Errorf("make the key of a backup: %w", err)
	}
	h.Format, h.Key, h.Enc = format, to.ID(), enc
	body, err := json.Marshal(h)
	if err != nil {
		return nil, nil, fmt.Errorf("write the head of a backup: %w", err)
	}
	head := binary.BigEndian.AppendUint32([]byte(magic), uint32(len(body))) //nolint:gosec // a few kilobytes
	head = append(head, body...)
	if _, err := w.Write(head); err != nil {
		return nil, nil, err
	}
	c, err := newCipher(key)
	if err != nil {
		return nil, nil, err
	}
	context := sha256.Sum256(head)
	return &sealer{w: w, c: c, context: context[:], held: make([]byte, 0, chunkSize), out: make([]byte, 0, chunkSize+tagSize)}, key, nil
}

func (s *sealer) Write(p []byte) (int, error) {
	taken := 0
	for len(p) > 0 {
		if len(s.held) == chunkSize {
			if err := s.emit(false); err != nil {
				return taken, err
			}
		}
		n := min(len(p), chunkSize-len(s.held))
		s.held = append(s.held, p[:n]...)
		p, taken = p[n:], taken+n
	}
	return taken, nil
}

func (s *sealer) emit(last bool) error {
	s.out = s.c.Seal(s.out[:0], nonce(s.number, last), s.held, s.context)
	s.held, s.number = s.held[:0], s.number+1
	_, err := s.w.Write(s.out)
	return err
}

// Close writes the last chunk.
func (s *sealer) Close() error { return s.emit(true) }

// readHead reads what a backup says in clear; the rest of r is its chunks.
func readHead(r *bufio.Reader) (Head, []byte, error) {
	raw := make([]byte, len(magic)+4)
	if _, err := io.ReadFull(r, raw); err != nil || string(raw[:len(magic)]) != magic {
		return Head{}, nil, fault.New(fault.Invalid, "backup.no_backup").Because(err)
	}
	n := binary.BigEndian.Uint32(raw[len(magic):])
	if n == 0 || n > maxHead {
		return Head{}, nil, damaged("head", nil)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return Head{}, nil, damaged("head", err)
	}
	var h Head
	if err := json.Unmarshal(body, &h); err != nil {
		return Head{}, nil, damaged("head", err)
	}
	if h.Format != format {
		return Head{}, nil, fault.New(fault.Conflict, "backup.newer_format", h.Format)
	}
	context := sha256.Sum256(append(raw, body...))
	return h, context[:], nil
}

// open gives the content of a backup for whoever has the recovery key.
func open(r *bufio.Reader, k RecoveryKey) (Head, *opener, error) {
	h, context, err := readHead(r)
	if err != nil {
		return h, nil, err
	}
	if id := k.Public().ID(); id != h.Key {
		return h, nil, fault.New(fault.Invalid, "backup.wrong_key", h.Key, id).At("key")
	}
	kdf, alg := suite()
	recipient, err := hpke.NewRecipient(h.Enc, k.private, kdf, alg, []byte(exportFor))
	if err != nil {
		return h, nil, damaged("head", err)
	}
	key, err := recipient.Export(exportFor, 32)
	if err != nil {
		return h, nil, damaged("head", err)
	}
	o, err := newOpener(r, key, context)
	return h, o, err
}

// opener decrypts a stream; a byte is given out only after its chunk is verified.
type opener struct {
	r       *bufio.Reader
	c       cipher.AEAD
	context []byte
	raw     []byte
	plain   []byte
	number  uint64
	end     bool
}

func newOpener(r *bufio.Reader, key, context []byte) (*opener, error) {
	c, err := newCipher(key)
	return &opener{r: r, c: c, context: context, raw: make([]byte, chunkSize+tagSize)}, err
}

func (o *opener) Read(p []byte) (int, error) {
	for len(o.plain) == 0 {
		if o.end {
			return 0, io.EOF
		}
		if err := o.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.plain)
	o.plain = o.plain[n:]
	return n, nil
}

func (o *opener) next() error {
	n, err := io.ReadFull(o.r, o.raw)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		o.end = true
	case errors.Is(err, io.EOF):
		return damaged("cut", err)
	case err != nil:
		return fmt.Errorf("read a backup: %w", err)
	default:
		if _, err := o.r.Peek(1); errors.Is(err, io.EOF) {
			o.end = true
		}
	}
	plain, err := o.c.Open(o.raw[:0], nonce(o.number, o.end), o.raw[:n], o.context)
	if err != nil {
		return damaged(fmt.Sprintf("chunk %d", o.number), err)
	}
	o.plain, o.number = plain, o.number+1
	return nil
}
