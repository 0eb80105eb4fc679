package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// MaskKind says what happens to a value before it leaves.
type MaskKind string

const (
	MaskNone       MaskKind = ""
	MaskHide       MaskKind = "hide"       // null
	MaskPartial    MaskKind = "partial"    // 999•••••1234
	MaskHash       MaskKind = "hash"       // keyed hash: equal values stay equal, nothing more
	MaskGeneralise MaskKind = "generalise" // a date becomes its year, another text its first group
	MaskYesNo      MaskKind = "yes_no"     // true or false: is the value one of Values (or not, with Not)
)

// Known reports one of the kinds above.
func (m MaskKind) Known() bool {
	return slices.Contains([]MaskKind{MaskNone, MaskHide, MaskPartial, MaskHash, MaskGeneralise, MaskYesNo}, m)
}

// Liftable reports a mask that can be lifted: it keeps the value back, and the value stands for itself.
func (m MaskKind) Liftable() bool { return m == MaskPartial || m == MaskHide || m == MaskGeneralise }

// Column is a granted column: its name, what it is called in the answer, and its mask.
type Column struct {
	Name   string   `json:"name"`
	As     string   `json:"as,omitempty"` // name in the answer, the column's own when empty
	Mask   MaskKind `json:"mask,omitempty"`
	Values []string `json:"values,omitempty"` // of MaskYesNo
	Not    bool     `json:"not,omitempty"`    // of MaskYesNo: true when the value is none of Values
	Reveal bool     `json:"reveal,omitempty"` // on screen the mask may be lifted for a single record, with a reason
}

// Out is the name of the column in the answer.
func (c Column) Out() string {
	if c.As != "" {
		return c.As
	}
	return c.Name
}

// Masker applies masks. Key is the keyed-hash key of MaskHash; equal values of one platform hash alike.
type Masker struct{ Key []byte }

// Apply masks one value given as text; the answer is a string, a bool, or nil. An unknown kind hides.
func (m Masker) Apply(c Column, value string) any {
	switch c.Mask {
	case MaskNone:
		return value
	case MaskPartial:
		return partial(value)
	case MaskHash:
		mac := hmac.New(sha256.New, m.Key)
		mac.Write([]byte(c.Name))
		mac.Write([]byte{0})
		mac.Write([]byte(value))
		return hex.EncodeToString(mac.Sum(nil)[:16])
	case MaskGeneralise:
		return generalise(value)
	case MaskYesNo:
		return slices.Contains(c.Values, value) != c.Not
	}
	return nil
}

// partial keeps the first three and the last four characters of a value of at least ten; of a shorter one only the first.
func partial(s string) string {
	r := []rune(s)
	if len(r) >= 10 {
		return string(r[:3]) + "•••••" + string(r[len(r)-4:])
	}
	if len(r) == 0 {
		return ""
	}
	return string(r[:1]) + "•••"
}

// generalise keeps the year of a date (ISO or dd/MM/yyyy); of other text nothing can be kept safely.
func generalise(s string) any {
	if len(s) >= 10 && s[4] == '-' && s[7] == '-' {
		return s[:4]
	}
	if parts := strings.Split(s, "/"); len(parts) == 3 && len(parts[2]) >= 4 {
		return parts[2][:4]
	}
	return nil
}
