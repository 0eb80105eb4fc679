package system

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Past is what the history keeps of a system: its credentials without their secrets.
type Past struct {
	System
	Credentials []*Credential `json:"credentials,omitempty"`
	OfficerKeys []OfficerKey  `json:"officer_keys,omitempty"`
	ClientKeys  []*ClientKey  `json:"client_keys,omitempty"`
	Dossiers    []*Dossier    `json:"level_dossiers,omitempty"`
	Plan        *Plan         `json:"plan,omitempty"`
}

// keeper reads a system with its credentials and keys for the history of its changes.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) {
			sys, err := findSystem(ctx, q, id)
			if err != nil {
				return nil, err
			}
			p := Past{System: *sys}
			if p.Credentials, err = listCredentials(ctx, q, id); err != nil {
				return nil, err
			}
			if p.OfficerKeys, err = listKeys(ctx, q, id); err != nil {
				return nil, err
			}
			if p.ClientKeys, err = listClientKeys(ctx, q, id); err != nil {
				return nil, err
			}
			if p.Dossiers, err = listDossiers(ctx, q, id); err != nil {
				return nil, err
			}
			if plan, has, err := findPlan(ctx, q, id); err != nil || !has {
				return p, err
			} else if has {
				p.Plan = &plan
			}
			return p, nil
		},
		List: audit.Names(`SELECT id FROM system_system ORDER BY id`),
	}
}
