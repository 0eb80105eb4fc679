package catalogweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
)

// datasetForm is the registration as a person fills it in: the seven fields of Điều 7.3 and the classification. Its
// names are those of the register's faults, so that an error leads to its field.
type datasetForm struct {
	Slug        string   `form:"code"`
	Name        string   `form:"name"`
	Description string   `form:"description"`
	Who         string   `form:"sharing.who"` // everyone or listed
	Kinds       []string `form:"sharing.kinds"`
	Agencies    string   `form:"sharing.agencies"`
	Fields      []string `form:"sharing.fields"`
	Purposes    []string `form:"sharing.purposes"`
	Levels      []string `form:"sharing.levels"`
	Method      string   `form:"method"`
	Reason      string   `form:"method_reason"`
	AutomateBy  string   `form:"automate_by"`
	Frequency   string   `form:"frequency"`
	MaxDelay    int64    `form:"max_delay"`
	Standards   string   `form:"standards"`
	Formats     []string `form:"formats"`
	LegalBasis  string   `form:"legal_basis"`
	Form        string   `form:"form"`
	Nature      string   `form:"classification"`
	Scope       string   `form:"scope"`
	Steering    bool     `form:"steering"`
	Class       string   `form:"class"`
	Persons     int64    `form:"persons"`
	System      string   `form:"official_system"`
	OnFailure   string   `form:"on_failure"`
	MinValid    int64    `form:"min_valid"`
	Revision    int64    `form:"revision"`
}

const (
	everyone = "everyone"
	listed   = "listed"
)

// fill puts what was typed into a dataset, and says what cannot be read. Whether it may stand so is the register's to say.
func (f datasetForm) fill(r *http.Request, d *catalog.Dataset) error {
	var wrong []*fault.Fault
	d.Name, d.Description, d.LegalBasis = f.Name, f.Description, f.LegalBasis
	d.Sharing = catalog.Sharing{
		Everyone: f.Who == everyone, Fields: f.Fields, Rows: rowLimits(r), Purposes: f.Purposes, Levels: f.Levels,
	}
	if f.Who == listed {
		d.Sharing.AgencyTypes, d.Sharing.Agencies = f.Kinds, split(f.Agencies)
	}
	d.Method, d.MethodReason, d.AutomateBy = catalog.Method(f.Method), f.Reason, dictionary.NoDay
	if f.AutomateBy != "" {
		day, problem := dictionary.ParseDay(f.AutomateBy)
		if problem != nil {
			wrong = append(wrong, problem.Fault("automate_by"))
		}
		d.AutomateBy = day
	}
	d.Frequency, d.MaxDelay = catalog.Frequency(f.Frequency), catalog.Minutes(f.MaxDelay)
	d.Standards, d.Formats = splitLines(f.Standards), f.Formats
	d.Form, d.Class, d.OfficialSystem, d.Persons = catalog.Form(f.Form), dictionary.Class(f.Class), f.System, f.Persons
	d.Classification.Nature, d.Classification.Scope, d.Classification.Steering = catalog.Nature(f.Nature), catalog.Scope(f.Scope), f.Steering
	if f.MinValid < 0 || f.MinValid > 100 {
		wrong = append(wrong, fault.New(fault.Invalid, "catalog.share_range").At("min_valid"))
	}
	d.Load = catalog.LoadRules{OnFailure: catalog.OnFailure(f.OnFailure), MinValidShare: float64(f.MinValid) / 100}
	if !slices.Contains(failures(), d.Load.OnFailure) {
		wrong = append(wrong, fault.New(fault.Invalid, "catalog.on_failure_missing").At("on_failure"))
	}
	return fault.Collect(wrong...)
}

func failures() []catalog.OnFailure {
	return []catalog.OnFailure{catalog.HoldRows, catalog.HoldDelivery}
}

// rowLimits reads the numbered lines of the part "which rows"; a line without a column is none.
func rowLimits(r *http.Request) []catalog.RowLimit {
	var limits []catalog.RowLimit
	for i := range maxLimits {
		n := strconv.Itoa(i)
		column := strings.TrimSpace(r.PostFormValue("row_column_" + n))
		if column == "" {
			continue
		}
		limits = append(limits, catalog.RowLimit{Column: column, Own: r.PostFormValue("row_own_"+n) != "", In: split(r.PostFormValue("row_in_" + n))})
	}
	return limits
}

const maxLimits = 10

// split reads codes that stand in one field, between commas or on lines of their own.
func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
}

func splitLines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (p *Pages) newDataset(w http.ResponseWriter, r *http.Request) error {
	d := startOf(access.ActorOf(r.Context()).Agency)
	return p.datasetPage(w, r, d, nil)
}

func (p *Pages) createDataset(w http.ResponseWriter, r *http.Request) error {
	var in datasetForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	d := catalog.Dataset{Owner: access.ActorOf(r.Context()).Agency}
	d.Code = codeOf(d.Owner, in.Slug)
	err := in.fill(r, &d)
	if err == nil {
		d, err = p.Catalog.Create(r.Context(), d)
	}
	if err != nil {
		return p.datasetPage(w, r, catalog.Dataset{Owner: access.ActorOf(r.Context()).Agency}, err)
	}
	next := path(d.Code)
	if d.Form == catalog.FormTable {
		next += "/schema" // its fields are what it lacks
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (p *Pages) editDataset(w http.ResponseWriter, r *http.Request) error {
	d, err := p.find(r)
	if err != nil {
		return err
	}
	if err := mayEdit(r, d); err != nil {
		return err
	}
	return p.datasetPage(w, r, d, nil)
}

// mayEdit keeps a person from filling in what the register would refuse in any case.
func mayEdit(r *http.Request, d catalog.Dataset) error {
	if _, err := access.RequireFor(r.Context(), access.CatalogRegister, d.Owner); err != nil {
		return err
	}
	if !d.State.Editable() {
		return fault.New(fault.Conflict, "catalog.not_editable", d.Code, d.State)
	}
	return nil
}

func (p *Pages) changeDataset(w http.ResponseWriter, r *http.Request) error {
	var in datasetForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	stored, err := p.find(r)
	if err != nil {
		return err
	}
	d := stored
	d.Revision = in.Revision
	if err = in.fill(r, &d); err == nil {
		_, err = p.Catalog.Change(r.Context(), d)
	}
	if fault.Is(err, "catalog.changed_meanwhile") {
		return p.datasetPage(w, r, stored, err, differences(p.shell.T(r), in, stored)...)
	}
	if err != nil {
		return p.datasetPage(w, r, stored, err)
	}
	http.Redirect(w, r, path(d.Code), http.StatusSeeOther)
	return nil
}
