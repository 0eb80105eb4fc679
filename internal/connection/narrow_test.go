package connection_test

import (
	"context"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/testkit"
)

// What an engineer has proposed waits for a second engineer; a narrower scope that others decide meanwhile does not carry
// it into force, and leaves nothing that its author could review.
func TestANarrowerScopeCarriesNoUnreviewedParameters(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		r := w.Until(connection.Live)
		before, err := w.Service.Find(connectiontest.Engineer(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		wide := before.Configs[0].Parameters
		wide.TimeoutMillis += 1000
		if _, err := w.Service.Reconfigure(connectiontest.Engineer(), r.ID, in{Parameters: &wide, Comment: "Chờ lâu hơn"}); err != nil {
			t.Fatal(err)
		}
		who := access.ActorOf(connectiontest.Security())
		err = db.InTx(context.Background(), func(q controldb.Querier) error {
			_, err := w.Service.Narrow(context.Background(), q, who, r.ID, access.Narrowing{CallsPerDay: 1}, "Chỉ dùng một lượt mỗi ngày")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		v, err := w.Service.Find(connectiontest.Engineer(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		last := v.Configs[len(v.Configs)-1]
		if last.Scope.CallsPerDay != 1 || last.Parameters != before.Configs[0].Parameters {
			t.Fatalf("the narrower version has the parameters that nobody reviewed: %+v", last.Parameters)
		}
		if f := v.Request.InForce; f == nil || f.Version != last.Version || v.Request.Pending() {
			t.Fatalf("in force %+v of %d, pending %v", f, last.Version, v.Request.Pending())
		}
		_, err = w.Service.Review(connectiontest.Engineer(), r.ID, in{Reviewed: last.Version, OK: true})
		wantCode(t, err, "connection.nothing_proposed")
	})
}
