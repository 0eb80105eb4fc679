package access

import (
	"context"
	"testing"

	"lienthong/internal/kit/fault"
)

// A role that reads the whole province does not stretch what another role of the same person may do in one agency.
func TestARoleOfAnAgencyEndsWithIt(t *testing.T) {
	for _, province := range []Role{Auditor, OpSecurity, OpQuality, OpPortal} {
		held := []Role{Steward, AgencyHead, AgencyAdmin, province}
		if a, b, found := Incompatible(held); found {
			t.Fatalf("nobody may hold %s and %s, so this shows nothing", a, b)
		}
		ctx := WithActor(context.Background(), Actor{Type: User, ID: "both", Agency: "H38.05", Roles: held})
		for _, p := range []Permission{CatalogRegister, CatalogTransfer, SystemRegister, SystemSecret, IngestRows, PrivacyRegister} {
			if _, err := RequireFor(ctx, p, "H38.05"); err != nil {
				t.Errorf("%s with %s in the own agency: %v", p, province, err)
			}
			if _, err := RequireFor(ctx, p, "H38.04"); !fault.Is(err, "access.other_agency") {
				t.Errorf("%s with %s in another agency: %v", p, province, err)
			}
			if ActorOf(ctx).CanForAll(p) {
				t.Errorf("%s with %s in all agencies", p, province)
			}
		}
		if _, err := RequireFor(ctx, CatalogRead, "H38.04"); err != nil {
			t.Errorf("%s reads other agencies: %v", province, err)
		}
	}
	engineer := WithActor(context.Background(), Actor{Type: User, ID: "engineer", Agency: "H38.02", Roles: []Role{OpEngineer}})
	if _, err := RequireFor(engineer, SystemRegister, "H38.04"); err != nil {
		t.Errorf("an engineer of the operator: %v", err)
	}
}
