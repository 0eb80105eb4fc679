package account

import (
	"context"
	"net/netip"
	"strings"
	"time"
	"unicode"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// From is where a sign-in comes from.
type From struct {
	Address netip.Addr
	Agent   string // what the browser or program says of itself, for the holder's list of sessions only
}

// Signed is a new session. Token exists in clear here only.
type Signed struct {
	Token   secret.Redacted
	Account *Account
	Expires time.Time
	Strong  bool
	auth    access.Auth
}

// Why a sign-in failed, for the access log only: the caller is always told the same.
const (
	causeName     = "unknown name"
	causePassword = "password"
	causeClosed   = "account disabled, ended or unused for too long"
	causeAgency   = "agency ended"
	causeLocked   = "account locked"
	causeStale    = "password changed between the steps"
	causeCode     = "code"
	causeReused   = "code used before"
)

// SignIn opens a session in one call, for programs. Invariant 2: whatever is wrong, the answer is the same and costs the
// same.
func (s *Service) SignIn(ctx context.Context, username, password, code string, from From) (Signed, error) {
	got, ticket, err := s.FirstStep(ctx, username, password, from)
	if err != nil || ticket == "" {
		return got, err
	}
	if strings.TrimSpace(code) == "" {
		return Signed{}, fault.New(fault.Unauthenticated, "account.code_required").At("code")
	}
	return s.SecondStep(ctx, ticket, code, from)
}

// FirstStep checks name and password. An account without a second factor gets its session; for any other there is a
// sealed ticket for SecondStep and no session.
func (s *Service) FirstStep(ctx context.Context, username, password string, from From) (Signed, string, error) {
	if !s.attempts.take(from.Address) {
		return Signed{}, "", fault.New(fault.Limited, "account.too_many")
	}
	found, err := findByName(ctx, s.DB, strings.ToLower(strings.TrimSpace(username)))
	if err != nil {
		return Signed{}, "", err
	}
	kept := ""
	if found != nil {
		kept = found.password
	}
	right := secret.VerifyPassword(kept, password) // costs the same for nobody
	cause, err := s.firstCause(ctx, found, right)
	if err != nil {
		return Signed{}, "", err
	}
	if cause != "" {
		return Signed{}, "", s.refuse(ctx, found, cause, from)
	}
	s.attempts.give(from.Address)
	if err := s.renewHash(ctx, found, password); err != nil {
		return Signed{}, "", err
	}
	t := s.newTicket(found, access.AuthPassword)
	if found.totp != "" {
		return Signed{}, s.sealer.seal(ticketUse, t.text()), nil
	}
	got, err := s.open(ctx, t, "", from)
	return got, "", err
}

// firstCause is what is wrong with the first step. The lock is read after the password was checked: a guess that was
// under way while others locked the account learns nothing.
func (s *Service) firstCause(ctx context.Context, a *Account, right bool) (string, error) {
	id := nobody
	if a != nil {
		id = a.ID
	}
	now := s.Clock.Now()
	locked, err := findLock(ctx, s.DB, id)
	switch {
	case err != nil:
		return "", err
	case a == nil:
		return causeName, nil
	case now.Before(locked):
		return causeLocked, nil
	case !right:
		return causePassword, nil
	case !a.aliveAt(now) || s.dormant(a, now):
		return causeClosed, nil
	}
	return "", nil
}

// SecondStep takes the ticket of the first step and a code of the authenticator app or a recovery code.
func (s *Service) SecondStep(ctx context.Context, sealed, code string, from From) (Signed, error) {
	plain, err := s.sealer.open(ticketUse, sealed)
	t, ok := parseTicket(plain)
	if err != nil || !ok || !s.Clock.Now().Before(t.until) {
		return Signed{}, fault.New(fault.Unauthenticated, "account.step_expired")
	}
	if !s.attempts.take(from.Address) {
		return Signed{}, fault.New(fault.Limited, "account.too_many")
	}
	got, err := s.open(ctx, t, code, from)
	if err == nil {
		s.attempts.give(from.Address)
	}
	return got, err
}

// open makes the session. Lock, code, the count of failures and the session are one transaction: of two sign-ins with
// one code one wins, and of many guesses at once no more are looked at than one after the other.
func (s *Service) open(ctx context.Context, t ticket, code string, from From) (Signed, error) {
	var a *Account
	var cause string
	var locked bool
	var out Signed
	err := s.DB.InTx(ctx, func(q controldb.Querier) (err error) {
		now := s.Clock.Now()
		locked = false
		if a, err = findAccount(ctx, q, t.account); err != nil {
			return err
		}
		if cause, err = s.secondCause(ctx, q, a, t, code, now); err != nil {
			return err
		}
		if cause != "" {
			locked, err = countFailure(ctx, q, a.ID, now)
			return err
		}
		// Who proved to be the holder, and nobody else, is told that the agency has ended.
		if ended, err := s.agencyEnded(ctx, a); err != nil || ended {
			cause = causeAgency
			return err
		}
		if err := clearFailures(ctx, q, a.ID); err != nil {
			return err
		}
		auth := t.by
		if a.totp != "" {
			auth = withCode(t.by)
		}
		out, err = s.begin(ctx, q, a, auth, from)
		return err
	})
	if err != nil {
		return Signed{}, err
	}
	switch cause {
	case "":
		return out, s.recordEntry(ctx, out, from)
	case causeAgency:
		return Signed{}, s.refuseAgency(ctx, a, from)
	}
	return Signed{}, s.record(ctx, a, cause, locked, from)
}

// refuseAgency records and tells that the agency of somebody who proved to be the holder has ended.
func (s *Service) refuseAgency(ctx context.Context, a *Account, from From) error {
	if err := s.recordRefusal(ctx, a, causeAgency, from, "account.agency_ended"); err != nil {
		return err
	}
	return fault.New(fault.Unauthenticated, "account.agency_ended", a.Agency).At("password")
}

// withCode is a way to sign in, with a code as second factor.
func withCode(by access.Auth) access.Auth {
	if by == access.AuthSSO {
		return access.AuthSSOTwo
	}
	return access.AuthTwo
}

// begin makes the session of somebody who has proved who it is (invariant 4).
func (s *Service) begin(ctx context.Context, q controldb.Querier, a *Account, auth access.Auth, from From) (Signed, error) {
	now := s.Clock.Now()
	a.LastSignIn = now
	out := Signed{Token: secret.Redacted(secret.NewToken(32)), Account: a, Expires: now.Add(sessionLife), Strong: auth.Strong(), auth: auth}
	if err := removeOver(ctx, q, now); err != nil {
		return out, err
	}
	if err := removeMost(ctx, q, a.ID); err != nil {
		return out, err
	}
	one := session{
		hash: secret.HashToken(out.Token.Reveal()), account: a.ID, strong: out.Strong, auth: auth,
		address: address(from.Address), agent: shorten(from.Agent, 200), created: now, seen: now,
	}
	if err := insertSession(ctx, q, one); err != nil {
		return out, err
	}
	return out, saveAccount(ctx, q, a)
}

// shorten keeps the printable beginning of what a program says of itself.
func shorten(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

func (s *Service) recordEntry(ctx context.Context, in Signed, from From) error {
	return s.Log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "auth.login", Client: audit.Client{IP: address(from.Address)},
		Actor: actorOf(in.Account, in.Strong, in.auth, from.Address).ForAudit(),
	})
}

func (s *Service) secondCause(ctx context.Context, q controldb.Querier, a *Account, t ticket, code string, now time.Time) (string, error) {
	locked, err := findLock(ctx, q, a.ID)
	switch {
	case err != nil:
		return "", err
	case now.Before(locked):
		return causeLocked, nil
	case !a.aliveAt(now) || s.dormant(a, now):
		return causeClosed, nil
	case !secret.EqualHash(secret.HashToken(a.password), t.print):
		return causeStale, nil
	case a.totp == "":
		return "", nil
	}
	return s.useCode(a, code, now)
}

// useCode takes a code of the authenticator app, or a recovery code, which is then gone. It tells what is wrong.
func (s *Service) useCode(a *Account, code string, now time.Time) (string, error) {
	plain, err := s.sealer.open(a.ID, a.totp)
	if err != nil {
		return "", err
	}
	code = plainCode(code)
	step, ok, err := matchCode(plain, code, now, a.step)
	if err != nil {
		return "", err
	}
	if ok {
		a.step = step
		return "", nil
	}
	for i, hash := range a.recovery {
		if secret.EqualHash(hash, secret.HashToken(code)) {
			a.recovery = append(a.recovery[:i:i], a.recovery[i+1:]...)
			return "", nil
		}
	}
	if _, used, err := matchCode(plain, code, now, -1); err != nil {
		return "", err
	} else if used {
		return causeReused, nil
	}
	return causeCode, nil
}

// plainCode is a code without what people put between its characters.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "", "\t", "").Replace(strings.TrimSpace(code)))
}

// refuse counts the failure of a first step, records it, and gives the one answer.
func (s *Service) refuse(ctx context.Context, found *Account, cause string, from From) error {
	id, locked := nobody, false
	if found != nil {
		id = found.ID
	}
	err := s.DB.InTx(ctx, func(q controldb.Querier) (err error) {
		locked, err = countFailure(ctx, q, id, s.Clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	return s.record(ctx, found, cause, locked, from)
}

// record writes a failure into the access log and gives the one answer. Of an unknown name nothing is kept: it may be a
// password that was typed into the wrong field.
func (s *Service) record(ctx context.Context, a *Account, cause string, locked bool, from From) error {
	rec := refusalOf(a, cause, from, "account.sign_in_failed")
	if cause == causeReused {
		rec.Anomaly.Flags = append(rec.Anomaly.Flags, "code_reused")
	}
	if locked && a != nil {
		rec.Anomaly.Flags = append(rec.Anomaly.Flags, "account_locked")
	}
	if err := s.Log.Note(ctx, rec); err != nil {
		return err
	}
	if err := s.alarm(ctx, a, cause, locked); err != nil {
		return err
	}
	return fault.New(fault.Unauthenticated, "account.sign_in_failed").At("password")
}

// recordRefusal writes a refused sign-in without a password into the access log.
func (s *Service) recordRefusal(ctx context.Context, a *Account, cause string, from From, code string) error {
	return s.Log.Note(ctx, refusalOf(a, cause, from, code))
}

func refusalOf(a *Account, cause string, from From, code string) *audit.Record {
	rec := &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "auth.fail", Client: audit.Client{IP: address(from.Address)},
		Decision: audit.Decision{Result: audit.Deny, Reason: audit.ReasonAuthn, PolicyVersion: access.PolicyVersion},
		Result:   audit.Result{Status: "401", ErrorCode: code}, Actor: audit.Actor{Type: string(access.User)},
		Detail: map[string]string{"cause": cause},
	}
	if a != nil {
		rec.Actor.AccountID, rec.Actor.AgencyCode, rec.Subject = a.ID, a.Agency, "account/"+a.Username
	}
	return rec
}

// alarm opens an incident when somebody who knows the password fails at the second factor until the account locks.
func (s *Service) alarm(ctx context.Context, a *Account, cause string, locked bool) error {
	if s.Incidents == nil || a == nil || !locked || cause != causeCode && cause != causeReused {
		return nil
	}
	return s.Incidents.Open(ctx, "security", "high", "Tài khoản "+a.Username+" bị tạm khóa: mật khẩu đúng nhưng mã xác thực sai nhiều lần", map[string]string{
		"agency": a.Agency, "source": "account/" + a.Username, "account": a.Username,
	})
}

// renewHash makes the hash of a right password again when new hashes have become more costly.
func (s *Service) renewHash(ctx context.Context, a *Account, password string) error {
	if !secret.Outdated(a.password) {
		return nil
	}
	next := secret.HashPassword(password)
	err := s.DB.InTx(ctx, func(q controldb.Querier) error { return replaceHash(ctx, q, a.ID, a.password, next) })
	a.password = next
	return err
}

func address(a netip.Addr) string {
	if a.IsValid() {
		return a.String()
	}
	return ""
}
