package connectionweb

import (
	"encoding/json"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/connection"
)

// needForm is the form of registration.
type needForm struct {
	Revision    int64    `form:"revision"`
	System      string   `form:"system"`
	Roles       []string `form:"roles"`
	Dataset     string   `form:"dataset"`
	Purposes    []string `form:"purposes"`
	LegalBasis  string   `form:"legal_basis"`
	Procedures  string   `form:"procedures"`
	Fields      []string `form:"fields"`
	Rows        string   `form:"rows"`
	Operations  []string `form:"operations"`
	Tests       string   `form:"test_subjects"`
	TestBody    string   `form:"test_body"`
	Subjects    int64    `form:"expected_subjects"`
	Level       string   `form:"level"`
	Impact      string   `form:"impact_assessment"`
	Nature      string   `form:"method_answers.nature"`
	Use         string   `form:"method_answers.use"`
	Speed       string   `form:"method_answers.speed"`
	Infra       string   `form:"method_answers.infrastructure"`
	Method      string   `form:"method"`
	Reason      string   `form:"method_reason"`
	Automation  string   `form:"automation_date"`
	Frequency   string   `form:"frequency"`
	CallsPerDay int64    `form:"calls_per_day"`
	Peak        int64    `form:"peak_per_minute"`
	Response    int64    `form:"response_ms"`
	From        string   `form:"valid_from"`
	To          string   `form:"valid_to"`
	Addresses   string   `form:"source_addresses"`
	Environment string   `form:"environment"`
	Readiness   string   `form:"readiness"`
	Name        string   `form:"technical_contact.name"`
	Email       string   `form:"technical_contact.email"`
	Phone       string   `form:"technical_contact.phone"`
	Responsible string   `form:"responsible_person"`
}

func (f needForm) need() connection.Need {
	return connection.Need{
		System: f.System, Roles: rolesOf(f.Roles), Dataset: f.Dataset, Purposes: f.Purposes, LegalBasis: f.LegalBasis, Procedures: lines(f.Procedures), Fields: f.Fields,
		Rows: rowRules(f.Rows), Operations: f.Operations, TestSubjects: lines(f.Tests), TestBody: clean(f.TestBody), Subjects: f.Subjects, Level: access.Level(f.Level), ImpactAssessment: f.Impact, Method: connection.Method(f.Method),
		MethodReason: f.Reason, AutomationDate: connection.Day(f.Automation), Frequency: connection.Frequency(f.Frequency), CallsPerDay: f.CallsPerDay,
		PeakPerMinute: f.Peak, ResponseMillis: f.Response, Addresses: lines(f.Addresses), Environment: f.Environment, Readiness: connection.Readiness(f.Readiness),
		Answers: connection.Answers{Nature: f.Nature, Use: f.Use, Speed: f.Speed, Infrastructure: f.Infra},
		Contact: connection.Contact{Name: f.Name, Email: f.Email, Phone: f.Phone}, Responsible: f.Responsible,
		From: connection.Day(f.From), To: connection.Day(f.To),
	}
}

// newRequest asks for dataset and system first; with them it shows the fields and their classes.
// change sends the whole form as a patch, so that page and API share one way in; what was emptied is emptied.
func (p *Pages) change(r *http.Request, id connection.ID, f needForm) error {
	patch := map[string]any{}
	n := f.need()
	for name, value := range map[string]any{
		"roles": n.Roles, "purposes": n.Purposes, "legal_basis": n.LegalBasis, "procedures": n.Procedures, "fields": n.Fields, "rows": n.Rows, "operations": n.Operations,
		"test_subjects": n.TestSubjects, "test_body": n.TestBody, "expected_subjects": n.Subjects,
		"level": n.Level, "impact_assessment": n.ImpactAssessment, "method": n.Method, "method_reason": n.MethodReason, "automation_date": n.AutomationDate,
		"frequency": n.Frequency, "calls_per_day": n.CallsPerDay, "peak_per_minute": n.PeakPerMinute, "response_ms": n.ResponseMillis, "valid_from": n.From,
		"valid_to": n.To, "source_addresses": n.Addresses, "environment": n.Environment, "readiness": n.Readiness, "method_answers": n.Answers, "technical_contact": n.Contact, "responsible_person": n.Responsible,
		"schema_version": 0,
	} {
		patch[name] = value
	}
	if f.System != "" && f.System != forPeople {
		patch["system"] = f.System
	}
	raw, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	_, err = p.connections.Change(r.Context(), id, f.Revision, raw)
	return err
}
