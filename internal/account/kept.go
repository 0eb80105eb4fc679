package account

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Past is what the history keeps of an account: no password, no code, no key, and the person's name as a hash.
type Past struct {
	Account
	Identities []Identity `json:"identities,omitempty"`
	Passkeys   []Passkey  `json:"passkeys,omitempty"`
}

// keeper reads an account with its ways to sign in for the history of its changes.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, username string) (any, error) {
			a, err := findByName(ctx, q, username)
			if err != nil {
				return nil, err
			}
			if a == nil {
				return nil, fault.New(fault.NotFound, "account.not_found")
			}
			p := Past{Account: *a}
			if p.Identities, err = listIdentities(ctx, q, a.ID); err != nil {
				return nil, err
			}
			p.Passkeys, err = listPasskeys(ctx, q, a.ID)
			return p, err
		},
		List: audit.Names(`SELECT username FROM account_account ORDER BY username`),
	}
}
