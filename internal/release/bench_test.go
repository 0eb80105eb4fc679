package release_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/release"
)

var monday = time.Date(2026, 11, 2, 2, 0, 0, 0, time.UTC) // 9:00 in Viet Nam

// bench is the releases over a real store, with a register that the test fills.
type bench struct {
	*release.Service
	t     *testing.T
	db    *controldb.DB
	clock *clock.Adjustable
	files *blob.Store
	log   *audit.Log

	mu      sync.Mutex
	offered map[release.List][]release.Entry
	asked   map[string]bool
	effects []string
	altered []string
	refuse  error // of what a release brings about
}

func newBench(t *testing.T, db *controldb.DB) *bench {
	t.Helper()
	b := &bench{t: t, db: db, clock: clock.NewAdjustable(clock.Fixed(monday)), offered: map[release.List][]release.Entry{}, asked: map[string]bool{}, log: audittest.Log(t, db)}
	var err error
	if b.files, err = blob.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	b.Service = b.service()
	return b
}

// service is a further one over the same store, as another node or a restart makes it.
func (b *bench) service() *release.Service {
	return release.NewService(release.Parts{
		DB: b.db, Files: b.files, Log: b.log, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Key: []byte("key of the seals"), Province: "Lào Cai",
		Operator: func(context.Context) string { return "Sở Khoa học và Công nghệ" }, Say: func(key string, _ ...any) string { return key },
		Sources: release.Sources{
			Candidates: func(_ context.Context, list release.List) ([]release.Entry, error) { return b.offered[list], nil },
			Consulted: func(context.Context) ([]release.Agency, error) {
				return []release.Agency{{Code: "H38.05", Name: "Sở Nông nghiệp và Môi trường"}, {Code: "H38.09", Name: "Sở Giáo dục và Đào tạo"}}, nil
			},
			Ask: func(_ context.Context, _ controldb.Querier, _ *release.Release, all []release.Agency) error {
				for _, a := range all {
					b.asked[a.Code] = true
				}
				return nil
			},
			Answered: func(_ context.Context, _ controldb.Querier, _ *release.Release, agency string) error {
				delete(b.asked, agency)
				return nil
			},
			TakeEffect: func(_ context.Context, _ controldb.Querier, r *release.Release, added, removed []string) error {
				b.mu.Lock()
				defer b.mu.Unlock()
				if b.refuse != nil {
					return b.refuse
				}
				b.effects = append(b.effects, fmt.Sprint(r.Key(), " +", added, " -", removed))
				return nil
			},
			Altered: func(_ context.Context, r *release.Release, what string) error {
				b.altered = append(b.altered, r.Key()+" "+what)
				return nil
			},
		},
	})
}

func as(id, agency string, roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: id, Name: "Người " + id, Agency: agency, Roles: roles})
}

var (
	preparer = as("preparer", "H38.02", access.OpAppraiser)
	recorder = as("recorder", "H38.02", access.OpAppraiser)
	approver = as("approver", "H38.02", access.OpApprover)
	farming  = as("steward-05", "H38.05", access.Steward)
	schools  = as("steward-09", "H38.09", access.Steward)
	hospital = as("steward-10", "H38.10.01", access.Steward)
)

// dataset is an entry with a sharing scope.
func dataset(code, name string) release.Entry {
	return release.Entry{
		Subject: code, Name: name, Owner: code[:6], OwnerName: "Cơ quan " + code[:6], Description: "Mô tả của " + name, Sharing: []byte(`{"everyone":true,"fields":["ma"],"purposes":["QLNN"],"levels":["use"]}`),
		Scope: "Mọi cơ quan nhà nước của tỉnh", Method: "api", Frequency: "monthly", Formats: []string{"CSV"},
	}
}

func (b *bench) must(r *release.Release, err error) *release.Release {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func refOf(r *release.Release) release.Ref {
	return release.Ref{List: r.List, Number: r.Number, Revision: r.Revision}
}

var signed = release.Signed{Name: "88-QD-UBND.pdf", Content: []byte("%PDF-1.4\n%%EOF\n")}

func decision(number string, date, effective time.Time) release.Decision {
	return release.Decision{Number: number, Date: date, Effective: effective, Signer: "Chủ tịch UBND tỉnh Nguyễn Văn Thử"}
}

// approved takes a list to an approved draft.
func (b *bench) approved(list release.List) *release.Release {
	b.t.Helper()
	r := b.must(b.Open(preparer, list))
	r = b.must(b.Consult(preparer, refOf(r), b.clock.Now().AddDate(0, 0, 7)))
	r = b.must(b.Close(preparer, refOf(r), "Đã họp thống nhất"))
	return b.must(b.Approve(approver, refOf(r)))
}

// issued takes a list to a decision that is in force from a day on.
func (b *bench) issued(list release.List, number string, effective time.Time) *release.Release {
	b.t.Helper()
	return b.must(b.Record(recorder, refOf(b.approved(list)), decision(number, b.clock.Now(), effective), signed))
}

func (b *bench) listed(s *release.Service, list release.List, subject string) (release.Listing, bool) {
	b.t.Helper()
	l, found, err := s.Listed(context.Background(), list, subject)
	if err != nil {
		b.t.Fatal(err)
	}
	return l, found
}

func (b *bench) exec(query string, args ...any) {
	b.t.Helper()
	err := b.db.InTx(context.Background(), func(q controldb.Querier) error {
		res, err := q.ExecContext(context.Background(), query, args...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errors.New("no row was changed"))
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}
