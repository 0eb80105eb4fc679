package access

import (
	"context"
	"net/netip"
	"slices"

	"lienthong/internal/audit"
	"lienthong/internal/kit/fault"
)

// ActorType tells people from machines.
type ActorType string

const (
	User   ActorType = "user"
	System ActorType = "system"
	Anyone ActorType = "public"
	Job    ActorType = "job"
)

// Auth is how the actor proved who it is; the words are those of the access log.
type Auth string

const (
	AuthNone     Auth = "none"
	AuthPassword Auth = "pwd"
	AuthTwo      Auth = "pwd+totp"
	AuthPasskey  Auth = "passkey"
	AuthSSO      Auth = "sso"
	AuthSSOTwo   Auth = "sso+2fa" // with a second factor: the provider's, or a code of ours
	AuthOAuth2   Auth = "oauth2"
	AuthMTLS     Auth = "mtls"
	AuthLocal    Auth = "local" // a command on the server itself, or a background job
)

// Strong reports a second factor, or a proof bound to a key.
func (a Auth) Strong() bool {
	return a == AuthTwo || a == AuthPasskey || a == AuthSSOTwo || a == AuthMTLS || a == AuthLocal
}

// Actor is who acts. It is made once where the request enters and travels in the context.
type Actor struct {
	Type    ActorType
	ID      string // account id, system id or job name
	Name    string // official name as at this moment
	Agency  string // agency code for which the actor acts
	Roles   []Role
	Auth    Auth
	Address netip.Addr
	Probe   string // id of the connection that the platform itself is testing with this actor, else empty
}

// Has reports that the actor holds the role.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// Can reports that one of the actor's roles contains the permission.
func (a Actor) Can(p Permission) bool {
	if p == Public {
		return true
	}
	if p == SignedIn {
		return a.Type == User
	}
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return slices.Contains(roles[r].permissions, p) })
}

// CanFor reports that one role gives the actor the permission in matters of the agency. What a role of an agency permits
// ends with that agency, whatever roles of the province the same person holds besides (section 6.5).
func (a Actor) CanFor(p Permission, agency string) bool {
	if p == Public || p == SignedIn {
		return a.Can(p) && a.ActsFor(agency)
	}
	return slices.ContainsFunc(a.Roles, func(r Role) bool {
		return slices.Contains(roles[r].permissions, p) && (roles[r].province || a.Agency == agency)
	})
}

// CanForAll is CanFor in matters of every agency.
func (a Actor) CanForAll(p Permission) bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return roles[r].province && slices.Contains(roles[r].permissions, p) })
}

// Operates reports a role of the platform's operator, whose work spans all agencies.
func (a Actor) Operates() bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return roles[r].province })
}

// ActsFor reports that the actor may act in matters of the agency: its own, or all for the operator.
func (a Actor) ActsFor(agency string) bool { return a.Agency == agency || a.Operates() }

// ForAudit is the actor as the access log names it.
func (a Actor) ForAudit() audit.Actor {
	role := ""
	if len(a.Roles) > 0 {
		role = string(a.Roles[0])
	}
	return audit.Actor{Type: string(a.Type), AccountID: a.ID, Name: a.Name, AgencyCode: a.Agency, Role: role, Auth: string(a.Auth)}
}

type actorKey struct{}

// WithActor puts the actor into the context.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf finds the actor; without one the caller is anyone.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Type: Anyone, Auth: AuthNone}
}

// Require is checks 1 and 2 of the decision for services: the actor is known and one of its roles contains the permission.
func Require(ctx context.Context, p Permission) (Actor, error) {
	a := ActorOf(ctx)
	if a.Type == Anyone && p != Public {
		return a, fault.New(fault.Unauthenticated, "access.sign_in_required")
	}
	if !a.Can(p) {
		return a, fault.New(fault.Denied, "access.permission_missing", p)
	}
	return a, nil
}

// RequireFor is Require, and the matter belongs to an agency for which the actor may act.
func RequireFor(ctx context.Context, p Permission, agency string) (Actor, error) {
	a, err := Require(ctx, p)
	if err != nil {
		return a, err
	}
	if !a.CanFor(p, agency) {
		return a, fault.New(fault.Denied, "access.other_agency", agency)
	}
	return a, nil
}

// JobActor is a named background job of the platform; it holds exactly the permissions of the role system_job.
func JobActor(name string) Actor {
	return Actor{Type: Job, ID: "job:" + name, Name: name, Roles: []Role{SystemJob}, Auth: AuthLocal}
}
