// Package connectiontest builds a small world for tests of the process: two agencies, the operator, one dataset, one
// system, and people who play every part.
package connectiontest

import (
	"context"
	"crypto/ed25519"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/connection"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Codes of the world.
const (
	Consumer = "H38.05"
	Owner    = "H38.06"
	Other    = "H38.09"
	Dataset  = "H38.06/khai-sinh"
	System   = "sys-giao-duc"
)

// Start is a Monday morning of an ordinary week.
var Start = time.Date(2026, 11, 2, 9, 0, 0, 0, i18n.Zone).UTC()

// World is what a test moves in.
type World struct {
	DB         *controldb.DB
	Clock      *clock.Adjustable
	Access     *access.Service
	Service    *connection.Service
	Dataset    connection.Dataset
	System     connection.System
	Provider   connection.System // delivers the dataset
	Supply     connection.Supply // the warehouse alone, unless a test adds operations of providers
	Need       func() connection.Need
	Scope      func() connection.Scope
	Steward    bool
	Ended      atomic.Bool // the consumer's agency exists no more
	Revoked    atomic.Int64
	Violations atomic.Int64 // open, of the consumer
	Registered []string     // purposes of the register of processing
	T          testing.TB
	// Restart makes the service anew on the same database, as a start of the program does.
	Restart func()
	// Setup stands for the effects of flow.GrantConnection; a test that goes past the approval brings its own, since
	// nothing but the flow and tests creates a grant.
	Setup connection.Effects
	// Expiring hears of coming ends; nil when nobody does.
	Expiring func(ctx context.Context, q controldb.Querier, r *connection.Request, days int) error
}

// New builds the world on a database.
func New(t testing.TB, db *controldb.DB) *World {
	t.Helper()
	log, err := audit.Open(t.TempDir(), audit.Options{
		PersonKey: make([]byte, 32),
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), Origin: "example.test/audit/1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	cal, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	w := &World{DB: db, Clock: clock.NewAdjustable(clock.Fixed(Start)), T: t, Steward: true, Need: Need, Scope: Scope, Supply: connection.Supply{Published: true}, Registered: []string{"DVC-TTHC"}}
	w.Access = access.NewService(db, w.Clock, log)
	w.Restart = func() {
		w.Service = connection.NewService(db, w.Clock, cal, w.Access, log)
		w.Service.Use(connection.Sources{Dataset: w.dataset, System: w.system, Agency: w.agency, Revoke: w.revoke, Supply: w.supply, Register: w.register, Violations: w.violations, Expiring: w.expiring})
	}
	w.Restart()
	w.Dataset = connection.Dataset{
		Code: Dataset, Name: "Hộ tịch - khai sinh", Owner: Owner, SchemaVersion: 1, Shareable: true,
		Fields: []connection.Field{
			{Name: "so_dinh_danh", Label: "Số định danh cá nhân", Class: access.ClassBasic, Key: true},
			{Name: "ho_ten", Label: "Họ và tên", Class: access.ClassBasic},
			{Name: "ngay_sinh", Label: "Ngày sinh", Class: access.ClassBasic},
			{Name: "dan_toc", Label: "Dân tộc", Class: access.ClassSensitive},
			{Name: "ma_xa", Label: "Mã xã", Class: access.ClassNormal},
			{Name: "dia_chi_cha_me", Label: "Địa chỉ của cha, mẹ", Class: access.ClassBasic},
		},
	}
	w.System = connection.System{ID: System, Name: "Cơ sở dữ liệu giáo dục", Agency: Consumer, SecurityLevel: 3, CheckValid: true}
	return w
}

func (w *World) dataset(_ context.Context, code string) (connection.Dataset, error) {
	if code != w.Dataset.Code {
		return connection.Dataset{}, fault.New(fault.NotFound, "catalog.dataset_not_found", code)
	}
	return w.Dataset, nil
}

func (w *World) supply(context.Context, string) (connection.Supply, error) { return w.Supply, nil }

func (w *World) system(_ context.Context, id string) (connection.System, error) {
	if id == w.Provider.ID {
		return w.Provider, nil
	}
	if id != w.System.ID {
		return connection.System{}, fault.New(fault.NotFound, "system.not_found", id)
	}
	return w.System, nil
}

func (w *World) agency(_ context.Context, code string) (connection.Agency, error) {
	return connection.Agency{Code: code, Name: code, Active: true, Ended: code == Consumer && w.Ended.Load(), ActiveSteward: w.Steward}, nil
}

func (w *World) expiring(ctx context.Context, q controldb.Querier, r *connection.Request, days int) error {
	if w.Expiring == nil {
		return nil
	}
	return w.Expiring(ctx, q, r, days)
}

func (w *World) revoke(context.Context, controldb.Querier, access.Actor, string, string, string) error {
	w.Revoked.Add(1)
	return nil
}

// As is a context in which a person of an agency acts with roles.
func As(id, agency string, roles ...access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: id, Name: "Người " + id, Agency: agency, Roles: roles, Auth: access.AuthTwo})
}

const operator = "H38.02"

// The people of the world.
func Steward() context.Context       { return As("con-steward", Consumer, access.Steward) }
func ConsumerHead() context.Context  { return As("con-head", Consumer, access.AgencyHead) }
func OwnerHead() context.Context     { return As("own-head", Owner, access.AgencyHead) }
func OtherSteward() context.Context  { return As("oth-steward", Other, access.Steward) }
func Appraiser() context.Context     { return As("op-appraiser", operator, access.OpAppraiser) }
func Approver() context.Context      { return As("op-approver", operator, access.OpApprover) }
func Engineer() context.Context      { return As("op-engineer", operator, access.OpEngineer) }
func Second() context.Context        { return As("op-second", operator, access.OpEngineer) }
func Security() context.Context      { return As("op-security", operator, access.OpSecurity) }
func AuditorPerson() context.Context { return As("auditor", "H38.99", access.Auditor) }

// Need is complete, with personal and sensitive fields.
func Need() connection.Need {
	return connection.Need{
		System: System, Dataset: Dataset, SchemaVersion: 1, Purposes: []string{"DVC-TTHC"}, LegalBasis: "Nghị định 66/2025/NĐ-CP, Điều 7",
		Procedures: []string{"1.005144"}, Fields: []string{"so_dinh_danh", "ho_ten", "ngay_sinh", "dan_toc", "dia_chi_cha_me"},
		Rows: []access.RowRule{{Column: "ma_xa", In: []string{"02683", "02686"}}}, Subjects: 5000, Level: access.LevelUse, Method: "api", Frequency: "daily",
		Answers: connection.Answers{Nature: "records", Use: "look_up", Speed: "at_once", Infrastructure: "calls"}, Readiness: "ready", Impact: Impact(),
		CallsPerDay: 2000, PeakPerMinute: 60, ResponseMillis: 2000, Addresses: []string{"10.10.1.0/24"}, Environment: "Trung tâm dữ liệu của tỉnh",
		Contact:     connection.Contact{Name: "Người kỹ thuật", Email: "kythuat@example.vn", Phone: "02140000000"},
		Responsible: "Người phụ trách", ImpactAssessment: "12/ĐGTĐ-SGDĐT", From: "2026-11-01", To: "2027-10-31",
	}
}

// Impact states the necessity of each personal field of Need.
func Impact() map[string]connection.Statement {
	return map[string]connection.Statement{
		"so_dinh_danh":   {Necessity: "Tìm đúng hồ sơ của trẻ", Alternative: connection.AsItIs, Why: "Không có định danh thì không đối chiếu được"},
		"ho_ten":         {Necessity: "Ghi vào quyết định hỗ trợ", Alternative: connection.AsItIs, Why: "Quyết định phải ghi đủ họ tên"},
		"ngay_sinh":      {Necessity: "Xác định độ tuổi", Alternative: connection.AsItIs, Why: "Mức hỗ trợ tính theo tháng tuổi"},
		"dan_toc":        {Necessity: "Xác định diện hỗ trợ", Alternative: connection.ByYesNo, Why: "Chỉ cần biết có phải người dân tộc thiểu số"},
		"dia_chi_cha_me": {Necessity: "Gửi kết quả", Alternative: connection.AsItIs, Why: "Cần địa chỉ đầy đủ để gửi"},
	}
}

// Scope is what an appraiser who reads the necessity table approves of Need.
func Scope() connection.Scope {
	return connection.Scope{
		Columns: []access.Column{
			{Name: "so_dinh_danh"}, {Name: "ho_ten"}, {Name: "ngay_sinh"},
			{Name: "dan_toc", As: "la_dan_toc_thieu_so", Mask: access.MaskYesNo, Values: []string{"01"}, Not: true},
		},
		Rows: []access.RowRule{{Column: "ma_xa", In: []string{"02683"}}}, Purposes: []string{"DVC-TTHC"}, Levels: []access.Level{access.LevelUse},
		CallsPerMinute: 60, CallsPerDay: 2000, RecordsPerCall: 100, RecordsPerDay: 5000, PersonsPerDay: 500, Addresses: []string{"10.10.1.7"},
		From: "2026-11-01", To: "2027-10-31",
	}
}

// Checklist passes every question and finds the parents' address unnecessary.
func Checklist() connection.Checklist {
	c := connection.Checklist{Items: map[connection.Item]connection.Finding{}, Fields: map[string]connection.Necessity{}}
	for _, item := range connection.Items() {
		c.Items[item] = connection.Finding{Answer: connection.Pass}
	}
	for _, f := range Need().Fields {
		c.Fields[f] = connection.Necessity{Needed: f != "dia_chi_cha_me", Alternative: connection.AsItIs, Comment: "Theo mục đích đã nêu"}
	}
	c.Fields["dan_toc"] = connection.Necessity{
		Needed: true, Alternative: connection.ByYesNo, Values: []string{"01"}, Not: true, As: "la_dan_toc_thieu_so", Comment: "Chỉ cần trả lời có hoặc không",
	}
	return c
}

// Passed is a run in which everything passed.
func Passed(r *connection.Request, at time.Time) connection.Run {
	return connection.Run{
		Request: r.ID, Config: r.Config, Began: at, Ended: at, Cases: []connection.Case{{Name: "allowed", Status: 200, Pass: true}},
		Stability: connection.Stability{Calls: 20, Pass: true}, Accuracy: connection.Accuracy{Records: 1, Compared: 4, Percent: 100, Pass: true},
		Safety: connection.Safety{Cases: 6, Denied: 6, Pass: true},
	}
}

// Until takes a fresh request along the ordinary way to the state.
func (w *World) Until(state connection.State) *connection.Request {
	w.T.Helper()
	r, err := w.Service.Create(Steward(), w.Need())
	for _, step := range w.way() {
		if err != nil {
			w.T.Fatalf("on the way to %s: %v", state, err)
		}
		if r.State == state {
			return r
		}
		r, err = step(r)
	}
	if err != nil || r.State != state {
		w.T.Fatalf("on the way to %s: at %s: %v", state, r.State, err)
	}
	return r
}

type stepFunc func(r *connection.Request) (*connection.Request, error)

func (w *World) way() []stepFunc {
	s := w.Service
	scope := w.Scope()
	return slices.Concat([]stepFunc{
		func(r *connection.Request) (*connection.Request, error) {
			return s.Submit(Steward(), r.ID, connection.Input{Attest: true})
		},
		func(r *connection.Request) (*connection.Request, error) {
			return s.StartAppraisal(Appraiser(), r.ID, connection.Input{})
		},
		func(r *connection.Request) (*connection.Request, error) {
			if _, err := s.Appraise(Appraiser(), r.ID, connection.Input{Checklist: Checklist()}); err != nil {
				return r, err
			}
			return s.AskOwner(Appraiser(), r.ID, connection.Input{Questions: "Đề nghị cho ý kiến về phạm vi."})
		},
		func(r *connection.Request) (*connection.Request, error) {
			return s.GiveOpinion(OwnerHead(), r.ID, connection.Input{Opinion: connection.Opinion{Stand: connection.AgreeLimits, Exclude: []string{"dia_chi_cha_me"}}})
		},
		func(r *connection.Request) (*connection.Request, error) {
			return s.Approve(Approver(), r.ID, connection.Input{Scope: &scope})
		},
		func(r *connection.Request) (*connection.Request, error) {
			r, _, err := s.Provision(Engineer(), r.ID, connection.Input{}, w.Setup)
			return r, err
		},
	}, w.afterSetup())
}

func (w *World) afterSetup() []stepFunc {
	s := w.Service
	return []stepFunc{
		func(r *connection.Request) (*connection.Request, error) {
			if _, err := s.Review(Second(), r.ID, connection.Input{Reviewed: r.Config, OK: true}); err != nil {
				return r, err
			}
			return s.StartTesting(Engineer(), r.ID, connection.Input{})
		},
		func(r *connection.Request) (*connection.Request, error) {
			if _, _, err := s.RecordRun(Engineer(), Passed(r, w.Clock.Now())); err != nil {
				return r, err
			}
			return s.PassTesting(Engineer(), r.ID, connection.Input{})
		},
		func(r *connection.Request) (*connection.Request, error) {
			if _, err := s.Confirm(Engineer(), r.ID, connection.Operator, connection.Input{}); err != nil {
				return r, err
			}
			if _, err := s.Confirm(OwnerHead(), r.ID, connection.Owner, connection.Input{}); err != nil {
				return r, err
			}
			return s.Confirm(ConsumerHead(), r.ID, connection.Requester, connection.Input{})
		},
		func(r *connection.Request) (*connection.Request, error) {
			return s.Suspend(Security(), r.ID, connection.Input{ReasonClass: "maintenance", Comment: "Bảo trì hệ thống nguồn"})
		},
		func(r *connection.Request) (*connection.Request, error) {
			return s.Terminate(Security(), r.ID, connection.Input{Comment: "Hết nhu cầu sử dụng"})
		},
	}
}
