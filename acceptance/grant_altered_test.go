package acceptance

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/controldb"
)

// M8: a grant that somebody widened in the database decides nothing from then on: its row is not what its record in the
// signed log says.
func TestAGrantChangedPastThePlatform(t *testing.T) {
	p := withData(t, harness.Options{}, 40)
	conn := p.live(t, nil)
	c := conn.client(t)
	readPage(t, c.Get(recordsPath+"?limit=5"))
	verified := func() (altered []struct{ Number, What string }) {
		t.Helper()
		var got struct {
			Checked int
			Altered []struct{ Number, What string }
		}
		ok(t, p.auditor.Post("/api/v1/access/grants/verify", nil), http.StatusOK).Into(t, &got)
		if got.Checked == 0 {
			t.Fatal("no grant was compared")
		}
		return got.Altered
	}
	if found := verified(); len(found) != 0 {
		t.Fatalf("before: %+v", found)
	}
	refused(t, p.ownerSteward.Post("/api/v1/access/grants/verify", nil), http.StatusForbidden, "access.permission_missing")
	sql := func(query string, args ...any) {
		t.Helper()
		db, err := controldb.Open(context.Background(), "sqlite:"+filepath.Join(p.Dir, "control", "control.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(context.Background(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	commit := func() { // whatever the platform commits makes it read its grants again
		t.Helper()
		ok(t, p.admin.Do(http.MethodPut, "/api/v1/agencies/H38.10.44", m{"name": "Phòng thử " + time.Now().Format("150405.000000"), "kind": "service_unit", "parent": foreign, "valid_from": "2026-01-01"}), http.StatusOK)
	}
	for what, change := range map[string]struct{ do, undo string }{
		"more rows": {`UPDATE access_grant SET scope = replace(scope, '"02701"', '"02683","02701"')`, `UPDATE access_grant SET scope = replace(scope, '"02683","02701"', '"02701"')`},
		"no mask":   {`UPDATE access_grant SET scope = replace(scope, '"partial"', '""')`, `UPDATE access_grant SET scope = replace(scope, '"mask":""', '"mask":"partial"')`},
		"longer":    {`UPDATE access_grant SET valid_to = valid_to + 86400000000`, `UPDATE access_grant SET valid_to = valid_to - 86400000000`},
	} {
		sql(change.do)
		commit()
		refused(t, c.Get(recordsPath+"?limit=5"), http.StatusForbidden, "access.grant_altered")
		if found := verified(); len(found) != 1 || found[0].What != "scope" {
			t.Errorf("%s: %+v", what, found)
		}
		sql(change.undo)
		commit()
		if found := verified(); len(found) != 0 {
			t.Fatalf("%s undone: %+v", what, found)
		}
		readPage(t, c.Get(recordsPath+"?limit=5"))
	}
	conn.must(t, p.consumerSteward, "terminate", m{"comment": "Không còn nhu cầu khai thác dữ liệu này"})
	sql(`UPDATE access_grant SET status = 'active', ended_at = 0`)
	p.Stop()
	p.Run() // what is wrong at the start is an incident at once
	var found []incident
	for until := time.Now().Add(10 * time.Second); len(found) == 0 && time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		found = incidents(t, p, "security")
	}
	if len(found) != 1 || found[0].Severity != "critical" {
		t.Fatalf("incidents %+v", found)
	}
	if altered := verified(); len(altered) != 1 || altered[0].What != "status" {
		t.Fatalf("an ended grant made active: %+v", altered)
	}
	if !strings.Contains(p.Output(), "a grant is not what its record in the log says") {
		t.Error("the technical log says nothing")
	}
}
