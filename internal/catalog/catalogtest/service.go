// Package catalogtest gives tests a register with fakes at its edges, and datasets to put into it.
package catalogtest

import (
	"context"
	"sync"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Agencies are the codes that may own data.
type Agencies map[string]bool

// CanOwn reports a listed agency.
func (a Agencies) CanOwn(_ context.Context, code string) (bool, error) { return a[code], nil }

// Active reports a listed agency.
func (a Agencies) Active(_ context.Context, code string) (bool, error) { return a[code], nil }

// Ended reports an agency that is listed as no more in force.
func (a Agencies) Ended(_ context.Context, code string) (bool, error) {
	active, known := a[code]
	return known && !active, nil
}

// RequireSteward finds one in every agency.
func (a Agencies) RequireSteward(context.Context, string) error { return nil }

// LegalBasis adds nothing: no listed agency is a central vertical one.
func (a Agencies) LegalBasis(_ context.Context, basis string, _ ...string) (string, error) {
	return basis, nil
}

// Systems maps a system to its owner.
type Systems map[string]string

// Owner finds the owner of a listed system.
func (s Systems) Owner(_ context.Context, system string) (string, error) {
	if owner, found := s[system]; found {
		return owner, nil
	}
	return "", fault.New(fault.NotFound, "system.not_found", system)
}

// Incidents remembers what was opened.
type Incidents struct {
	mu   sync.Mutex
	Refs []map[string]string
}

// Open remembers an incident.
func (i *Incidents) Open(_ context.Context, kind, _, _ string, refs map[string]string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	refs["kind"] = kind
	i.Refs = append(i.Refs, refs)
	return nil
}

// Count is how many were opened.
func (i *Incidents) Count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.Refs)
}

// Bench is a register with its parts.
type Bench struct {
	*catalog.Service
	DB         *controldb.DB
	Log        *audit.Log
	Dictionary *dictionary.Service
	Incidents  *Incidents
}

// New opens a register over a store, with agencies H38.02, H38.04 and H38.05 and a system of each ("sys-02" …).
func New(t testing.TB, db *controldb.DB) *Bench {
	t.Helper()
	log := dictionarytest.Log(t, db)
	b := &Bench{DB: db, Log: log, Dictionary: dictionarytest.Service(t, db, log), Incidents: &Incidents{}}
	b.Service = catalog.NewService(catalog.Parts{
		DB: db, Log: log, Clock: clock.System(), Dictionary: b.Dictionary,
		Agencies: Agencies{"H38.02": true, "H38.04": true, "H38.05": true}, Systems: Systems{"sys-02": "H38.02", "sys-04": "H38.04", "sys-05": "H38.05"}, Incidents: b.Incidents,
	})
	return b
}

// Steward acts for an agency.
func Steward(agency string) context.Context {
	return dictionarytest.Actor("steward-"+agency, agency, access.Steward)
}

// Appraiser reviews for the operator.
func Appraiser() context.Context {
	return dictionarytest.Actor("appraiser", "H38.02", access.OpAppraiser)
}

// Approver decides for the operator.
func Approver() context.Context {
	return dictionarytest.Actor("approver", "H38.02", access.OpApprover)
}

// Dataset is a complete registration of an agency with a system "sys-NN".
func Dataset(code catalog.Code, name string) catalog.Dataset {
	agency := string(code[:6])
	return catalog.Dataset{
		Code: code, Name: name, Owner: agency,
		Description: "Dữ liệu thử nghiệm dùng để kiểm tra việc đăng ký, nạp và chia sẻ dữ liệu của tỉnh.",
		Sharing:     catalog.Sharing{Everyone: true, Purposes: []string{"QLNN"}, Levels: []string{"use"}},
		Method:      catalog.MethodAPI, Frequency: catalog.Daily, Formats: []string{"CSV", "JSON"}, LegalBasis: "Quy chế dữ liệu số của tỉnh",
		Form: catalog.FormTable, Classification: catalog.Classification{Nature: catalog.Specialised, Scope: catalog.Shared},
		Class: dictionary.Normal, OfficialSystem: "sys-" + agency[4:], Load: catalog.DefaultLoadRules(),
	}
}

// Reviewed takes a dataset through registration and review.
func Reviewed(t testing.TB, b *Bench, d catalog.Dataset, schema catalog.Schema) catalog.Dataset {
	t.Helper()
	steward := Steward(d.Owner)
	for _, f := range schema.Fields {
		d.Sharing.Fields = append(d.Sharing.Fields, f.Name)
	}
	made, err := b.Create(steward, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.DefineSchema(steward, made.ID, schema); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Register(steward, made.ID, true, true); err != nil {
		t.Fatal(err)
	}
	made, err = b.Review(Appraiser(), made.ID, "Quy chế, Điều 7")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Issued takes an approved dataset into the catalogue, as a release in force does.
func Issued(t testing.TB, b *Bench, code catalog.Code, decision string) {
	t.Helper()
	job := access.WithActor(context.Background(), access.JobActor("release"))
	if err := b.DB.InTx(job, func(q controldb.Querier) error { return b.Service.Issued(job, q, code, decision) }); err != nil {
		t.Fatal(err)
	}
}

// Field is a field of version 1 of an element.
func Field(name string, element dictionary.Code) catalog.Field {
	return catalog.Field{Name: name, Label: name, Element: dictionary.Ref{Code: element, Version: 1}}
}

// Key is Field as a key.
func Key(name string, element dictionary.Code) catalog.Field {
	f := Field(name, element)
	f.Key, f.Required = true, true
	return f
}
