package account

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Account of one person in one agency.
type Account struct {
	ID         string        `json:"id"`
	Username   string        `json:"username"`
	FullName   string        `json:"full_name" history:"hash"`
	Agency     string        `json:"agency" doc:"Code of the agency for which the person acts"`
	Roles      []access.Role `json:"roles"`
	Active     bool          `json:"active"`
	ValidTo    time.Time     `json:"valid_to,omitzero" doc:"End of an account that is given for a time; needed for vendors"`
	Sponsor    string        `json:"sponsor,omitempty" doc:"Vendors: code of the agency that answers for the account"`
	Commitment string        `json:"commitment,omitempty" doc:"Vendors: number and date of the confidentiality commitment"`
	TwoFactor  bool          `json:"two_factor"`
	Recovery   int           `json:"recovery_codes_left,omitempty" history:"-"`
	LastSignIn time.Time     `json:"last_sign_in,omitzero" history:"-"`
	CreatedAt  time.Time     `json:"created_at"`
	CreatedBy  string        `json:"created_by"`
	ChangedAt  time.Time     `json:"changed_at" history:"quiet"`

	password string
	totp     string // sealed secret, empty without a second factor
	step     int64  // newest time step that opened a session
	recovery []string
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9]+)*$`)

// check tells every mistake of an account that can be seen without looking at other things. operator is the code of the
// operator's agency.
func (a *Account) check(operator string) error {
	a.Username, a.FullName = strings.TrimSpace(a.Username), strings.Join(strings.Fields(vitext.NFC(a.FullName)), " ")
	var wrong []*fault.Fault
	at := func(field, code string, args ...any) {
		wrong = append(wrong, fault.New(fault.Invalid, code, args...).At(field))
	}
	if n := len(a.Username); n < 3 || n > 64 || !nameForm.MatchString(a.Username) {
		at("username", "account.username_form")
	}
	if n := utf8.RuneCountInString(a.FullName); n < 2 || n > 120 || vitext.Suspicious(a.FullName) {
		at("full_name", "account.full_name_form")
	}
	if a.Agency == "" {
		at("agency", "account.agency_missing")
	}
	if len(a.Roles) == 0 {
		at("roles", "account.role_missing")
	}
	for _, r := range a.Roles {
		switch {
		case !r.Known() || r == access.SystemAccount || r == access.SystemJob:
			at("roles", "account.role_unknown", r)
		case r.Province() && r != access.Auditor && a.Agency != operator:
			at("roles", "account.role_operator", r)
		}
	}
	if one, other, found := access.Incompatible(a.Roles); found {
		at("roles", "account.roles_incompatible", one, other)
	}
	if slices.Contains(a.Roles, access.Vendor) && (a.Sponsor == "" || a.ValidTo.IsZero() || strings.TrimSpace(a.Commitment) == "") {
		at("sponsor", "account.vendor_incomplete")
	}
	return fault.Collect(wrong...)
}

// NeedsSecond reports a role that gives nothing without a second factor.
func (a *Account) NeedsSecond() bool {
	return slices.ContainsFunc(a.Roles, access.Role.NeedsStrongAuth)
}

// State of an account as people see it.
type State string

// The states; only an active account signs in.
const (
	StateActive   State = "active"
	StateDisabled State = "disabled"
	StateEnded    State = "ended"   // its time is over
	StateDormant  State = "dormant" // nobody used it for too long
)

// aliveAt reports that the account may sign in and act.
func (a *Account) aliveAt(now time.Time) bool {
	return a.Active && (a.ValidTo.IsZero() || now.Before(a.ValidTo))
}

// common are passwords that are tried first everywhere.
var common = []string{
	"123456789012", "1234567890123", "password1234", "matkhau12345", "matkhau123456", "qwertyuiop12", "qwerty123456", "laocai123456", "laocai@12345",
	"abcd12345678", "iloveyou1234", "aaaaaaaaaaaa", "111111111111", "000000000000", "admin1234567", "administrator", "lienthong123",
}

// checkPassword is the policy: twelve characters, not the name, not a common one.
func checkPassword(password, username string) *fault.Fault {
	lower := strings.ToLower(password)
	switch {
	case utf8.RuneCountInString(password) < 12:
		return fault.New(fault.Invalid, "account.password_short").At("password")
	case len(password) > 256:
		return fault.New(fault.Invalid, "account.password_long").At("password")
	case username != "" && strings.Contains(lower, strings.ToLower(username)):
		return fault.New(fault.Invalid, "account.password_name").At("password")
	case slices.Contains(common, lower):
		return fault.New(fault.Invalid, "account.password_common").At("password")
	}
	return nil
}
