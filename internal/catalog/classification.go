package catalog

import "time"

// Nature is what data is by its nature (Điều 6.1a).
type Nature string

const (
	MasterNational Nature = "master_national"
	MasterSector   Nature = "master_sector"
	Specialised    Nature = "specialised"
)

// Valid reports one of the three.
func (n Nature) Valid() bool { return n == MasterNational || n == MasterSector || n == Specialised }

// Scope is how far data may be used (Điều 6.1b, 6.1c).
type Scope string

const (
	Private Scope = "private"
	Shared  Scope = "shared"
	Open    Scope = "open"
)

// Valid reports one of the three.
func (s Scope) Valid() bool { return s == Private || s == Shared || s == Open }

// Classification holds the independent labels of Điều 6.1: set by the owner, confirmed by the operator.
type Classification struct {
	Nature      Nature    `json:"nature"`
	Scope       Scope     `json:"scope"`
	Steering    bool      `json:"steering"` // serves direction and management (Điều 6.1d)
	SetBy       string    `json:"set_by,omitempty"`
	SetAt       time.Time `json:"set_at,omitzero"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
}
