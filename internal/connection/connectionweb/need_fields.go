package connectionweb

import (
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// needLabels are the fields of the need that a refusal may name, with their labels.
func needLabels() map[string]string {
	return map[string]string{
		"purposes": "connection.purposes", "legal_basis": "connection.legal_basis", "procedures": "connection.procedures", "fields": "connection.fields",
		"system": "connection.system", "method_answers.nature": "connection.advice_nature", "method_answers.use": "connection.advice_use",
		"method_answers.speed": "connection.advice_speed", "method_answers.infrastructure": "connection.advice_infrastructure", "readiness": "connection.readiness",
		"roles": "connection.roles", "rows": "connection.rows", "expected_subjects": "connection.subjects", "level": "connection.level", "impact_assessment": "connection.impact",
		"operations": "connection.operations", "test_subjects": "connection.test_subjects", "test_body": "connection.test_body",
		"method": "connection.method", "method_reason": "connection.method_reason", "automation_date": "connection.automation",
		"frequency": "connection.frequency", "calls_per_day": "connection.calls_per_day", "peak_per_minute": "connection.peak",
		"response_ms": "connection.response", "valid_from": "connection.from", "valid_to": "connection.to", "source_addresses": "connection.addresses",
		"environment": "connection.environment", "technical_contact.name": "connection.contact_name", "technical_contact.email": "connection.contact_email",
		"technical_contact.phone": "connection.contact_phone", "responsible_person": "connection.responsible",
	}
}

// mustNeed are the fields without which no need can be submitted; a draft may lack them.
func mustNeed(n connection.Need) []string {
	if n.People() {
		return []string{
			"roles", "purposes", "legal_basis", "fields", "expected_subjects", "level", "calls_per_day", "peak_per_minute", "valid_from", "valid_to",
			"source_addresses", "responsible_person",
		}
	}
	return []string{
		"system", "purposes", "legal_basis", "fields", "expected_subjects", "level", "method_answers.nature", "method_answers.use", "method_answers.speed",
		"method_answers.infrastructure", "method", "readiness", "frequency", "calls_per_day", "peak_per_minute", "response_ms",
		"valid_from", "valid_to", "source_addresses", "environment", "technical_contact.name", "technical_contact.email", "technical_contact.phone", "responsible_person",
	}
}

func needFields(f filler, n connection.Need, c connection.Choices) []templ.Component {
	t := f.t
	var purposes, fields []ui.Option
	for _, x := range c.Purposes {
		if x.Active {
			purposes = append(purposes, ui.Option{Value: x.Code, Label: x.Name, Hint: x.Code})
		}
	}
	for _, x := range c.Dataset.Fields {
		fields = append(fields, ui.Option{Value: x.Name, Label: x.Label + " (" + x.Name + ")", Hint: fieldHint(t, c.Dataset, x)})
	}
	if n.People() {
		return peopleFields(f, n, purposes, fields)
	}
	out := []templ.Component{
		fieldSet(t("connection.fs_what"), "",
			f.several("purposes", "connection.purposes", "connection.purposes_hint", n.Purposes, purposes),
			f.area("legal_basis", "connection.legal_basis", "connection.legal_hint", n.LegalBasis),
			f.area("procedures", "connection.procedures", "connection.procedures_hint", strings.Join(n.Procedures, "\n")),
			f.several("fields", "connection.fields", "connection.fields_hint", n.Fields, fields),
			f.area("rows", "connection.rows", "connection.rows_hint", rowText(n.Rows)),
			fieldRow(f.number("expected_subjects", "connection.subjects", n.Subjects), f.choose("level", "connection.level", string(n.Level), coded(t, "connection.level.", systemLevels()))),
			hinted(f, "impact_assessment", "connection.impact", "connection.impact_hint", n.ImpactAssessment)),
		fieldSet(t("connection.fs_method"), t("connection.fs_method_hint"), methodFields(f, n)...),
		fieldSet(t("connection.fs_how"), t("connection.fs_how_hint"),
			f.choose("frequency", "connection.frequency", string(n.Frequency), coded(t, "connection.frequency.", connection.Frequencies())),
			fieldRow(f.number("calls_per_day", "connection.calls_per_day", n.CallsPerDay), f.number("peak_per_minute", "connection.peak", n.PeakPerMinute),
				f.number("response_ms", "connection.response", n.ResponseMillis)),
			fieldRow(f.date("valid_from", "connection.from", string(n.From)), f.date("valid_to", "connection.to", string(n.To)))),
		fieldSet(t("connection.fs_who"), "",
			f.area("source_addresses", "connection.addresses", "connection.addresses_hint", strings.Join(n.Addresses, "\n")),
			hinted(f, "environment", "connection.environment", "connection.environment_hint", n.Environment),
			f.choose("readiness", "connection.readiness", string(n.Readiness), coded(t, "connection.readiness.", connection.Readinesses())),
			fieldRow(f.text("technical_contact.name", "connection.contact_name", n.Contact.Name), f.text("technical_contact.email", "connection.contact_email", n.Contact.Email),
				f.text("technical_contact.phone", "connection.contact_phone", n.Contact.Phone)),
			f.text("responsible_person", "connection.responsible", n.Responsible)),
	}
	if len(c.Dataset.Operations) == 0 {
		return out
	}
	return slices.Insert(out, 1, fieldSet(t("connection.fs_operations"), t("connection.fs_operations_hint"),
		f.several("operations", "connection.operations", "connection.operations_hint", n.Operations, operationOptions(t, c.Dataset.Operations)),
		f.area("test_subjects", "connection.test_subjects", "connection.test_subjects_hint", strings.Join(n.TestSubjects, "\n")),
		f.area("test_body", "connection.test_body", "connection.test_body_hint", n.TestBody)))
}

// methodFields ask the four questions of Điều 10.3, show what follows from them, and take the choice.
func methodFields(f filler, n connection.Need) []templ.Component {
	t, a := f.t, n.Answers
	out := []templ.Component{
		fieldRow(f.choose("method_answers.nature", "connection.advice_nature", a.Nature, coded(t, "connection.advice_nature.", connection.Natures())),
			f.choose("method_answers.use", "connection.advice_use", a.Use, coded(t, "connection.advice_use.", connection.Uses()))),
		fieldRow(f.choose("method_answers.speed", "connection.advice_speed", a.Speed, coded(t, "connection.advice_speed.", connection.Speeds())),
			f.choose("method_answers.infrastructure", "connection.advice_infrastructure", a.Infrastructure, coded(t, "connection.advice_infrastructure.", connection.Infrastructures()))),
	}
	if note := adviceNote(t, n); note.Text != "" {
		out = append(out, ui.Alert(note))
	}
	return append(out,
		f.choose("method", "connection.method", string(n.Method), coded(t, "connection.method.", connection.Methods())),
		fieldRow(f.text("method_reason", "connection.method_reason", n.MethodReason), f.date("automation_date", "connection.automation", string(n.AutomationDate))))
}

// adviceNote says which method follows from the answers and why; without text while an answer is missing.
func adviceNote(t ui.T, n connection.Need) ui.Note {
	a, ok := connection.Advise(n.Answers)
	if !ok {
		return ui.Note{}
	}
	note := ui.Note{Tone: ui.Info, Title: t("connection.advised", t("connection.method."+string(a.Method))), Text: t("connection.advice." + a.Reason)}
	if n.Method != "" && n.Method != a.Method {
		note.Tone, note.Text = ui.Warn, note.Text+" "+t("connection.advice_departs")
	}
	return note
}

// fieldHint tells the protection class of a field, and that it lies beyond what the catalogue shares.
func fieldHint(t ui.T, d connection.Dataset, x connection.Field) string {
	hint := t("connection.class." + string(x.Class))
	if d.Beyond(x.Name) {
		hint += " · " + t("connection.beyond_scope")
	}
	return hint
}

// operationOptions are the declared operations, each with what it does and where.
func operationOptions(t ui.T, all []connection.Operation) []ui.Option {
	var out []ui.Option
	for _, o := range all {
		what := "connection.operation_read"
		switch {
		case !o.Active:
			what = "connection.operation_paused"
		case o.Updates:
			what = "connection.operation_update"
		}
		out = append(out, ui.Option{Value: o.Code, Label: o.Code, Hint: t(what) + " · " + o.Service})
	}
	return out
}

func hinted(f filler, name, label, hint, kept string) templ.Component {
	x := f.field(name, label, kept)
	x.Hint = f.t(hint)
	return ui.Input(x)
}

func systemLevels() []access.Level {
	return []access.Level{access.LevelUse, access.LevelUpdate, access.LevelShare}
}
