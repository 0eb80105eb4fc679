package flow

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"lienthong/internal/kit/fault"
)

// tickets carry the identifier of a record that is on screen through the browser, for a second question about the same
// record. They are encrypted, so that the page holds no identifier, and open for the same person, dataset and column.
type tickets struct{ aead cipher.AEAD }

const ticketLife = 10 * time.Minute

type ticket struct {
	Value string    `json:"v"`
	Until time.Time `json:"u"`
}

func newTickets(key []byte) (tickets, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return tickets{}, fmt.Errorf("make the key of tickets: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return tickets{}, fmt.Errorf("make the key of tickets: %w", err)
	}
	return tickets{aead}, nil
}

func boundTo(account, dataset, column string) []byte {
	b, err := json.Marshal([]string{account, dataset, column})
	if err != nil { // strings always marshal
		panic(fmt.Sprintf("flow: %v", err))
	}
	return b
}

func (t tickets) seal(value string, now time.Time, bound []byte) (string, error) {
	plain, err := json.Marshal(ticket{value, now.Add(ticketLife)})
	if err != nil {
		return "", fmt.Errorf("write ticket: %w", err)
	}
	nonce := make([]byte, t.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: it stops the program instead
	return base64.RawURLEncoding.EncodeToString(t.aead.Seal(nonce, nonce, plain, bound)), nil
}

func (t tickets) open(text string, now time.Time, bound []byte) (string, error) {
	over := fault.New(fault.Invalid, "flow.ticket_over").At("value")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < t.aead.NonceSize() {
		return "", over
	}
	plain, err := t.aead.Open(nil, raw[:t.aead.NonceSize()], raw[t.aead.NonceSize():], bound)
	var got ticket
	if err != nil || json.Unmarshal(plain, &got) != nil || !now.Before(got.Until) {
		return "", over
	}
	return got.Value, nil
}
