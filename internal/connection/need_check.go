package connection

import (
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

type problems []*fault.Fault

func (p *problems) when(bad bool, field, code string, args ...any) {
	if bad {
		*p = append(*p, fault.New(fault.Invalid, code, args...).At(field))
	}
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// complete says everything that is missing before the request may be submitted.
func (n Need) complete(f Facts) error {
	var p problems
	n.checkWhat(&p, f)
	checkOperations(&p, n.Operations, []access.Level{n.Level}, f.Dataset)
	n.checkTests(&p, f.Dataset)
	n.checkHow(&p)
	n.checkWhen(&p, f)
	return fault.Collect(p...)
}

func (n Need) checkWhat(p *problems, f Facts) {
	n.checkWho(p, f)
	p.when(!f.Dataset.Shareable, "dataset", "connection.dataset_not_shareable", n.Dataset)
	p.when(n.SchemaVersion != f.Dataset.SchemaVersion, "schema_version", "connection.schema_version_changed", f.Dataset.SchemaVersion)
	p.when(len(n.Purposes) == 0, "purposes", "connection.purpose_missing")
	for _, code := range n.Purposes {
		purpose, known := f.Purposes[code]
		p.when(!known || !purpose.Active, "purposes", "connection.purpose_unknown", code)
		p.when(known && purpose.Procedural && len(n.Procedures) == 0, "procedures", "connection.procedure_missing", code)
	}
	for i, code := range n.Procedures {
		p.when(!procedure(code), "procedures", "connection.procedure_invalid", code)
		p.when(slices.Contains(n.Procedures[:i], code), "procedures", "connection.procedure_twice", code)
	}
	p.when(!citation(n.LegalBasis), "legal_basis", "connection.legal_basis_required")
	p.when(len(n.Fields) == 0, "fields", "connection.field_missing")
	for i, name := range n.Fields {
		_, known := f.Dataset.Field(name)
		p.when(!known, "fields", "connection.field_unknown", name)
		p.when(slices.Contains(n.Fields[:i], name), "fields", "connection.field_twice", name)
	}
	for _, rule := range n.Rows {
		_, known := f.Dataset.Field(rule.Column)
		p.when(!known, "rows", "connection.field_unknown", rule.Column)
		p.when(len(rule.In) == 0, "rows", "connection.row_rule_empty", rule.Column)
	}
	p.when(n.Subjects <= 0, "expected_subjects", "connection.subjects_missing")
	p.when(!n.Level.Known(), "level", "connection.level_missing")
	p.when(f.Dataset.personal(n.Fields) && blank(n.ImpactAssessment), "impact_assessment", "connection.impact_missing")
	n.checkImpact(p, f.Dataset)
}

func (n Need) checkHow(p *problems) {
	if !n.People() {
		n.checkSystemSide(p)
	}
	p.when(n.CallsPerDay <= 0, "calls_per_day", "connection.number_missing")
	p.when(n.PeakPerMinute <= 0, "peak_per_minute", "connection.number_missing")
	p.when(len(n.Addresses) == 0, "source_addresses", "connection.address_missing")
	for _, a := range n.Addresses {
		prefix, ok := parseAddress(a)
		p.when(!ok, "source_addresses", "connection.address_invalid", a)
		p.when(ok && access.AnyAddress(prefix), "source_addresses", "connection.address_any")
	}
	p.when(blank(n.Responsible), "responsible_person", "connection.responsible_missing")
}

// checkSystemSide: how a system takes the data, and who answers for it.
func (n Need) checkSystemSide(p *problems) {
	n.checkAdvice(p)
	p.when(!slices.Contains(Methods(), n.Method), "method", "connection.method_missing")
	p.when(!slices.Contains(Readinesses(), n.Readiness), "readiness", "connection.readiness_missing")
	p.when(n.Method.Manual() && blank(n.MethodReason), "method_reason", "connection.method_reason_missing")
	_, automated := n.AutomationDate.Start()
	p.when(n.Method.Manual() && !automated, "automation_date", "connection.automation_date_missing")
	p.when(!slices.Contains(Frequencies(), n.Frequency), "frequency", "connection.frequency_missing")
	p.when(n.ResponseMillis <= 0, "response_ms", "connection.number_missing")
	p.when(blank(n.Environment), "environment", "connection.environment_missing")
	p.when(blank(n.Contact.Name), "technical_contact.name", "connection.contact_missing")
	_, err := mail.ParseAddress(n.Contact.Email)
	p.when(err != nil, "technical_contact.email", "connection.email_invalid")
	p.when(blank(n.Contact.Phone), "technical_contact.phone", "connection.contact_missing")
}

func (n Need) checkWhen(p *problems, f Facts) {
	from, okFrom := n.From.Start()
	to, okTo := n.To.End()
	p.when(!okFrom, "valid_from", "connection.date_missing")
	p.when(!okTo, "valid_to", "connection.date_missing")
	if !okFrom || !okTo {
		return
	}
	p.when(!to.After(from), "valid_to", "connection.dates_reversed")
	p.when(!to.After(f.Now), "valid_to", "connection.date_past")
}

// citation reports a legal ground that names a text: words and a number, "khoản 2 Điều 9 Quy chế", "QĐ 12/2026/QĐ-UBND".
func citation(s string) bool {
	s = strings.TrimSpace(s)
	return utf8.RuneCountInString(s) >= 5 && strings.ContainsAny(s, "0123456789") && strings.IndexFunc(s, func(r rune) bool { return r > '9' }) >= 0
}

// procedure reports a code of the national database of procedures: "1.005144", or the full form "1.005144.000.00.00.H38".
func procedure(code string) bool {
	head, tail, full := strings.Cut(code, ".")
	number, place, _ := strings.Cut(tail, ".")
	if !digits(head, 1) || !digits(number, 6) {
		return false
	}
	parts := strings.Split(place, ".")
	return full && (place == "" && !strings.HasSuffix(code, ".") ||
		len(parts) == 4 && digits(parts[0], 3) && digits(parts[1], 2) && digits(parts[2], 2) && len(parts[3]) == 3 && parts[3][0] >= 'A' && parts[3][0] <= 'Z' && digits(parts[3][1:], 2))
}

func digits(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789") == "" }

// parseAddress reads an address or a network.
func parseAddress(s string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err == nil
}
