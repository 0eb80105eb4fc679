package account

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"lienthong/internal/access"
	"lienthong/internal/account/sso"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/vitext"
)

const (
	passkeysMost = 10 // of one account
	ceremonyLife = 5 * time.Minute
	addUse       = "passkey registration"
	passUse      = "passkey sign-in"
)

// newPasskeys is nil where browsers refuse passkeys.
func newPasskeys(origin string) (*webauthn.WebAuthn, error) {
	if origin == "" || !sso.IsName(origin) || !strings.HasPrefix(origin, "https://") && !sso.Local(origin) {
		return nil, nil //nolint:nilnil // said in the comment
	}
	u, err := url.Parse(origin)
	if err != nil {
		return nil, fmt.Errorf("read the console's address: %w", err)
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Liên thông", RPOrigins: []string{u.Scheme + "://" + u.Host}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return w, nil
}

// Passkeys reports that this console can use passkeys.
func (s *Service) Passkeys() bool { return s.passkeys != nil }

// Ceremony is a question to the browser, and what we must know again when it answers. Ticket is sealed.
type Ceremony struct {
	Options string // JSON for navigator.credentials
	Ticket  string
}

type ceremony struct {
	Session webauthn.SessionData `json:"session"`
	Name    string               `json:"name,omitempty"` // of a new passkey
	Until   int64                `json:"until"`
}

func (s *Service) sealCeremony(use, name string, options any, data *webauthn.SessionData) (Ceremony, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fmt.Errorf("encode question to the browser: %w", err)
	}
	kept, err := json.Marshal(ceremony{*data, name, micro(s.Clock.Now().Add(ceremonyLife))})
	if err != nil {
		return Ceremony{}, fmt.Errorf("encode ceremony: %w", err)
	}
	return Ceremony{string(text), s.sealer.seal(use, string(kept))}, nil
}

// openCeremony reads the ticket, and lets it pass once.
func (s *Service) openCeremony(ctx context.Context, use, ticket string) (c ceremony, err error) {
	text, err := s.sealer.open(use, ticket)
	if err != nil || json.Unmarshal([]byte(text), &c) != nil || !s.Clock.Now().Before(moment(c.Until)) {
		return c, fault.New(fault.Unauthenticated, "account.ceremony_expired")
	}
	return c, s.once(ctx, "passkey "+secret.HashToken(c.Session.Challenge), moment(c.Until))
}

// keyHolder is an account as the library sees it.
type keyHolder struct {
	*Account
	keys []webauthn.Credential
}

func (h keyHolder) WebAuthnID() []byte                         { return []byte(h.ID) }
func (h keyHolder) WebAuthnName() string                       { return h.Username }
func (h keyHolder) WebAuthnDisplayName() string                { return h.FullName }
func (h keyHolder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (s *Service) holderOf(ctx context.Context, q controldb.Querier, a *Account) (keyHolder, error) {
	all, err := listPasskeys(ctx, q, a.ID)
	if err != nil {
		return keyHolder{}, err
	}
	h := keyHolder{Account: a}
	for _, k := range all {
		var c webauthn.Credential
		text, err := s.sealer.open(passkeyUse(k), k.credential)
		if err != nil {
			return h, fmt.Errorf("open passkey %s: %w", k.ID, err)
		}
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return h, fmt.Errorf("decode passkey %s: %w", k.ID, err)
		}
		h.keys = append(h.keys, c)
	}
	return h, nil
}

// passkeyUse binds what is sealed to its row.
func passkeyUse(k Passkey) string { return "passkey " + k.account + " " + k.ID }

func (s *Service) sealKey(k *Passkey, c *webauthn.Credential) error {
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode passkey: %w", err)
	}
	k.credential = s.sealer.seal(passkeyUse(*k), string(text))
	return nil
}

func keyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// BeginPasskey asks the browser for a new passkey, after password and code were given again.
func (s *Service) BeginPasskey(ctx context.Context, name, password, code string, from From) (Ceremony, error) {
	if s.passkeys == nil {
		return Ceremony{}, fault.New(fault.NotFound, "account.passkeys_off")
	}
	name = strings.Join(strings.Fields(vitext.NFC(name)), " ")
	if n := utf8.RuneCountInString(name); n < 1 || n > 60 || vitext.Suspicious(name) {
		return Ceremony{}, fault.New(fault.Invalid, "account.passkey_name").At("name")
	}
	a, err := s.confirm(ctx, password, code, from)
	if err != nil {
		return Ceremony{}, err
	}
	h, err := s.holderOf(ctx, s.DB, a)
	if err != nil {
		return Ceremony{}, err
	}
	if len(h.keys) >= passkeysMost {
		return Ceremony{}, fault.New(fault.Conflict, "account.passkeys_many", passkeysMost)
	}
	known := make([]protocol.CredentialDescriptor, len(h.keys))
	for i := range h.keys {
		known[i] = h.keys[i].Descriptor()
	}
	options, data, err := s.passkeys.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin passkey: %w", err)
	}
	return s.sealCeremony(addUse+" "+a.ID, name, options, data)
}

// AddPasskey takes the browser's answer to BeginPasskey.
func (s *Service) AddPasskey(ctx context.Context, ticket, response string) (Passkey, error) {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return Passkey{}, err
	}
	if s.passkeys == nil {
		return Passkey{}, fault.New(fault.NotFound, "account.passkeys_off")
	}
	c, err := s.openCeremony(ctx, addUse+" "+who.ID, ticket)
	if err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(response))
	if err != nil {
		return Passkey{}, fault.New(fault.Invalid, "account.passkey_refused").Because(err)
	}
	k := Passkey{Name: c.Name, Created: s.Clock.Now(), account: who.ID}
	return k, s.DB.InTx(ctx, func(q controldb.Querier) error {
		a, err := findAccount(ctx, q, who.ID)
		if err != nil {
			return err
		}
		h, err := s.holderOf(ctx, q, a)
		if err != nil {
			return err
		}
		made, err := s.passkeys.CreateCredential(h, c.Session, parsed)
		if err != nil {
			return fault.New(fault.Invalid, "account.passkey_refused").Because(err)
		}
		k.ID = keyID(made.ID)
		if _, taken, err := findPasskey(ctx, q, k.ID); err != nil || taken {
			return fault.New(fault.Conflict, "account.passkey_taken").Because(err)
		}
		if len(h.keys) >= passkeysMost {
			return fault.New(fault.Conflict, "account.passkeys_many", passkeysMost)
		}
		if err := s.sealKey(&k, made); err != nil {
			return err
		}
		if err := insertPasskey(ctx, q, k); err != nil {
			return err
		}
		if _, err := s.setUpOver(ctx, q); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "account.second_factor", Subject: "account/" + a.Username, Agency: a.Agency, Detail: map[string]string{"kind": "passkey", "added": k.Name}})
	})
}

// ListPasskeys lists those of an account: one's own, or anybody's for whoever may read accounts.
func (s *Service) ListPasskeys(ctx context.Context, account string) ([]Passkey, error) {
	if err := s.mayLook(ctx, account); err != nil {
		return nil, err
	}
	return listPasskeys(ctx, s.DB, account)
}

// RemovePasskey removes one of one's own, in a session with a second factor.
func (s *Service) RemovePasskey(ctx context.Context, id string) error {
	who, err := access.Require(ctx, access.SignedIn)
	if err != nil {
		return err
	}
	if !who.Auth.Strong() {
		return fault.New(fault.Denied, "account.strong_needed")
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		a, err := findAccount(ctx, q, who.ID)
		if err != nil {
			return err
		}
		k, ok, err := findPasskey(ctx, q, id)
		if err != nil {
			return err
		}
		if !ok || k.account != a.ID {
			return fault.New(fault.NotFound, "account.passkey_not_found")
		}
		if _, err := removePasskey(ctx, q, a.ID, id); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "account.second_factor", Subject: "account/" + a.Username, Agency: a.Agency, Detail: map[string]string{"kind": "passkey", "removed": k.Name}})
	})
}
