package review

import (
	"testing"
	"time"

	"lienthong/internal/access"
)

func TestEventsOpenReviews(t *testing.T) {
	for name, x := range map[string]struct {
		cause   Cause
		change  func(b *bench)
		event   string
		subject string
		detail  map[string]string
		touched []int // of the three grants: a system's, a role's, another role's
		held    bool
	}{
		"a person leaves": {
			cause: CauseLeft, event: "account.disable", subject: "account/an", touched: []int{1}, held: true,
			change: func(b *bench) {
				b.persons["an"] = Person{ID: "p1", Agency: consumer, Roles: []access.Role{access.LookupOfficer, access.Analyst}}
				b.holders[consumer+"/analyst"] = 1 // somebody else is
			},
		},
		"a person moves": {
			cause: CauseMoved, event: "account.roles", subject: "account/an", touched: []int{2}, held: true, detail: map[string]string{"before": "lookup_officer,analyst", "after": "lookup_officer"},
			change: func(b *bench) {
				b.persons["an"] = Person{ID: "p1", Agency: consumer, Roles: []access.Role{access.LookupOfficer}, Active: true}
			},
		},
		"an agency ends": {
			cause: CauseAgency, event: "agency.change", subject: "agency/" + consumer, touched: []int{0, 1, 2},
			change: func(b *bench) { b.ends[consumer] = start.AddDate(0, 2, 0) },
		},
		"a field is better protected": {
			cause: CauseClass, event: "catalog.schema_accept", subject: "catalog.dataset/" + dataset, touched: []int{1},
			change: func(b *bench) { b.fields = withClass(b.fields, "ma_xa", access.ClassImportant) },
		},
		"a dataset has another owner": {
			cause: CauseOwner, event: "catalog.transfer", subject: "catalog.dataset/" + dataset, touched: []int{0, 1, 2},
			change: func(b *bench) { b.owner = "H38.11"; b.holders["H38.11/steward"] = 1 },
		},
		"a system has another owner": {
			cause: CauseSystem, event: "system.change", subject: "system/sys", touched: []int{0},
			change: func(b *bench) { b.systems["sys"] = "H38.11" },
		},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(b *bench) {
				role := func(r access.Role, columns ...string) access.Grant {
					return b.grant(func(g *access.Grant) {
						g.Subject, g.Columns = access.Subject{Type: access.SubjectAgencyRole, ID: consumer + "/" + string(r)}, nil
						for _, c := range columns {
							g.Columns = append(g.Columns, access.Column{Name: c})
						}
					})
				}
				all := []access.Grant{b.grant(func(g *access.Grant) { g.Columns = []access.Column{{Name: "ma_ho"}} }), role(access.LookupOfficer, "ma_ho", "ma_xa"), role(access.Analyst, "chu_ho")}
				b.follow()
				x.change(b)
				b.record(x.event, x.subject, x.detail)
				b.follow()
				b.forward = nil // as after a restart
				b.follow()
				c := b.only(x.cause)
				items := b.items(c)
				if len(items) != len(x.touched) {
					t.Fatalf("%d grants under review, want %v: %+v", len(items), x.touched, items)
				}
				for n, i := range x.touched {
					if items[n].Grant != all[i].ID {
						t.Errorf("grant %s is under review, want %s", items[n].Number, all[i].Number)
					}
					if want := map[bool]string{true: "suspended review", false: "active"}[x.held]; b.status(all[i]) != want {
						t.Errorf("%s is %s, want %s", all[i].Number, b.status(all[i]), want)
					}
					if items[n].Reviewer != b.owner {
						t.Errorf("reviewed by %s", items[n].Reviewer)
					}
				}
				if due, _ := b.Calendar.AddWorkingDays(start, 5); !c.DueAt.Equal(due) {
					t.Errorf("due %s, want five working days: %s", c.DueAt, due)
				}
			})
		})
	}
}

func withClass(fields map[string]access.Class, name string, c access.Class) map[string]access.Class {
	out := map[string]access.Class{}
	for k, v := range fields {
		out[k] = v
	}
	out[name] = c
	return out
}

func TestWhoLeavesAndNobodyElseIsTouched(t *testing.T) {
	engines(t, func(b *bench) {
		b.grant(nil)
		b.persons["binh"] = Person{ID: "p2", Agency: "H38.10", Roles: []access.Role{access.Analyst}}
		b.record("account.disable", "account/binh", nil)
		b.record("catalog.change", "catalog.dataset/"+dataset, nil)
		b.follow()
		if all, err := b.ListCampaigns(guard, CampaignFilter{}); err != nil || len(all) != 0 {
			b.t.Errorf("%d reviews without cause, %v", len(all), err)
		}
	})
}

func TestExcess(t *testing.T) {
	engines(t, func(b *bench) {
		partly, never := b.grant(nil), b.grant(nil)
		b.used(partly, "ma_ho", "chu_ho")
		b.clock.Shift(91 * 24 * time.Hour)
		b.used(partly, "ma_ho")
		young := b.grant(nil)
		b.follow()
		if err := b.Calculate(job); err != nil {
			b.t.Fatal(err)
		}
		all, err := b.ListExcess(steward, ExcessFilter{})
		if err != nil || len(all) != 2 {
			b.t.Fatalf("%+v, %v; young is %s", all, err, young.Number)
		}
		if e := all[0]; e.Grant != partly.ID || e.Unused || len(e.Fields) != 2 || e.Fields[0] != "chu_ho" || e.Fields[1] != "ma_xa" || len(e.Quotas) != 2 {
			b.t.Errorf("partly used: %+v", e)
		}
		if e := all[1]; e.Grant != never.ID || !e.Unused {
			b.t.Errorf("never used: %+v", e)
		}
		if none, err := b.ListExcess(stranger, ExcessFilter{}); err != nil || len(none) != 0 {
			b.t.Errorf("a stranger sees %d, %v", len(none), err)
		}
		if _, err := b.KeepExcess(holder, never.ID, why); err == nil {
			b.t.Error("the holder keeps its own grant off the report")
		}
		if _, err := b.KeepExcess(steward, never.ID, "Dùng khi có thiên tai"); err != nil {
			b.t.Fatal(err)
		}
		a, err := b.AskByExcess(steward, partly.ID, why)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := b.Confirm(guard, a.ID, why); err != nil {
			b.t.Fatal(err)
		}
		g, _ := b.Access.GrantOf(job, b.DB, partly.ID)
		if len(g.Columns) != 1 || g.Columns[0].Name != "ma_ho" || g.Conditions.CallsPerDay >= 20_000 {
			b.t.Errorf("narrowed to %+v", g)
		}
		if err := b.Calculate(job); err != nil {
			b.t.Fatal(err)
		}
		if left, err := b.ListExcess(steward, ExcessFilter{}); err != nil || len(left) != 0 {
			b.t.Errorf("still %+v, %v", left, err)
		}
		if kept, err := b.ListExcess(steward, ExcessFilter{WithKept: true}); err != nil || len(kept) != 1 || kept[0].Kept == nil {
			b.t.Errorf("kept %+v, %v", kept, err)
		}
	})
}
