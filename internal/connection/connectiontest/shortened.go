package connectiontest

import (
	"context"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/connection"
)

// Source is the system that delivers the dataset once it is listed.
const Source = "sys-ho-tich"

// People of the shortened process.
func Check() context.Context       { return As("op-check", operator, access.OpSecurity) }
func OtherCheck() context.Context  { return As("op-check-2", operator, access.OpSecurity) }
func OwnerPerson() context.Context { return As("own-steward", Owner, access.Steward) }

// Issue puts the dataset and both systems into issued lists, with a scope that holds everything but the parents' address,
// and registers the processing. From then on Need without that field takes the shortened process.
func (w *World) Issue() {
	w.Provider = connection.System{ID: Source, Name: "Hệ thống hộ tịch điện tử", Agency: Owner, SecurityLevel: 3, CheckValid: true, Listed: "12/QĐ-UBND"}
	w.Dataset.Listed, w.Dataset.Provider, w.System.Listed = "11/QĐ-UBND", Source, "12/QĐ-UBND"
	w.Registered = []string{"DVC-TTHC"}
	w.Dataset.Outside = func(n connection.Need, _ connection.Agency) []connection.Reason {
		var out []connection.Reason
		for _, f := range n.Fields {
			if f == "dia_chi_cha_me" {
				out = append(out, connection.Reason{Code: "outside_field", Args: []string{"Địa chỉ của cha, mẹ"}})
			}
		}
		return out
	}
	w.Need = func() connection.Need {
		n := Need()
		n.Fields = slices.DeleteFunc(n.Fields, func(f string) bool { return f == "dia_chi_cha_me" })
		return n
	}
}

func (w *World) register(context.Context, string) ([]string, error) { return w.Registered, nil }

func (w *World) violations(context.Context, string, string) (int, error) {
	return int(w.Violations.Load()), nil
}

// Protected is what a security check approves of Need: everything, the ethnic group masked, with limits of records.
func (w *World) Protected(r *connection.Request) *connection.Scope {
	s := r.Proposed(w.Dataset)
	s.Columns = slices.Clone(s.Columns)
	for i, c := range s.Columns {
		if c.Name == "dan_toc" {
			s.Columns[i].Mask = access.MaskPartial
		}
	}
	return &s
}

// UntilShortened takes a fresh request along the shortened way to the state; Issue comes first.
func (w *World) UntilShortened(state connection.State) *connection.Request {
	w.T.Helper()
	r, err := w.Service.Create(Steward(), w.Need())
	for _, step := range w.shortenedWay() {
		if err != nil {
			w.T.Fatalf("on the shortened way to %s: %v", state, err)
		}
		if r.State == state {
			return r
		}
		r, err = step(r)
	}
	if err != nil || r.State != state {
		w.T.Fatalf("on the shortened way to %s: at %s: %v", state, r.State, err)
	}
	return r
}

// Onward takes a request from where it stands on the shortened way until it is live.
func (w *World) Onward(r *connection.Request) *connection.Request {
	w.T.Helper()
	at := map[connection.State]int{
		connection.Draft: 0, connection.Submitted: 1, connection.SecurityCheck: 2, connection.Provisioning: 3, connection.Testing: 4, connection.Acceptance: 5,
	}
	for r.State != connection.Live {
		i, known := at[r.State]
		if !known {
			w.T.Fatalf("the shortened way does not lead on from %s", r.State)
		}
		var err error
		if r, err = w.shortenedWay()[i](r); err != nil {
			w.T.Fatal(err)
		}
	}
	return r
}

func (w *World) shortenedWay() []stepFunc {
	s := w.Service
	after := w.afterSetup()
	return []stepFunc{
		func(r *connection.Request) (*connection.Request, error) {
			return s.Submit(Steward(), r.ID, connection.Input{Attest: true})
		},
		func(r *connection.Request) (*connection.Request, error) {
			return s.StartCheck(Check(), r.ID, connection.Input{})
		},
		func(r *connection.Request) (*connection.Request, error) {
			return s.PassCheck(Check(), r.ID, connection.Input{Scope: w.Protected(r)})
		},
		func(r *connection.Request) (*connection.Request, error) {
			if _, _, err := s.Provision(Engineer(), r.ID, connection.Input{}, w.Setup); err != nil {
				return r, err
			}
			v, err := s.Find(Engineer(), r.ID)
			if err != nil {
				return r, err
			}
			return after[0](v.Request)
		},
		after[1],
		func(r *connection.Request) (*connection.Request, error) {
			if _, err := s.Confirm(Engineer(), r.ID, connection.Operator, connection.Input{}); err != nil {
				return r, err
			}
			return s.Confirm(ConsumerHead(), r.ID, connection.Requester, connection.Input{})
		},
	}
}
