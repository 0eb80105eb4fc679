package demo

import (
	"testing"

	"lienthong/internal/connection"
)

// What people did in the demo stays as they left it when the demo starts again.
func TestWorkOfPeopleIsLeftAlone(t *testing.T) {
	for _, c := range []struct {
		at, until connection.State
		left      bool
	}{
		{connection.Draft, connection.Live, false},
		{connection.Live, connection.Suspended, false},
		{connection.Live, connection.Terminated, false},
		{connection.OwnerOpinion, connection.Rejected, false},
		{connection.Terminated, connection.Live, true},
		{connection.Suspended, connection.Live, true},
		{connection.Returned, connection.Live, true},
		{connection.Live, connection.Acceptance, true},
		{connection.Provisioning, connection.Approved, true},
		{connection.Appraising, connection.Returned, true},
	} {
		if got := leftByPeople(c.at, c.until); got != c.left {
			t.Errorf("at %s on the way to %s: left alone %t", c.at, c.until, got)
		}
	}
}
