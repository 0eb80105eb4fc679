package account

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Holders counts the people who can act in a role of an agency now. It is for the program itself.
func (s *Service) Holders(ctx context.Context, agency string, role access.Role) (int, error) {
	all, err := listAccounts(ctx, s.DB, Filter{Agency: agency, Role: role})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, a := range all {
		if state := s.StateOf(a); state == StateActive || state == StateDormant {
			n++
		}
	}
	return n, nil
}

// Named finds an account by its username, whoever asks. It is for the program itself.
func (s *Service) Named(ctx context.Context, username string) (*Account, error) {
	a, err := findByName(ctx, s.DB, username)
	if err == nil && a == nil {
		err = fault.New(fault.NotFound, "account.not_found")
	}
	return a, err
}
