package connectionweb

import "lienthong/internal/connection"

type connectionSubmit struct {
	ConnectionStep
	Attest bool `json:"attest,omitempty" doc:"The caller takes responsibility for the content, by name and time"`
}

type connectionOffer struct {
	Agency string          `json:"agency" doc:"Code of the consumer"`
	Need   connection.Need `json:"need" doc:"What is offered; members may be missing"`
	Note   string          `json:"note,omitempty"`
}

type connectionReturn struct {
	ConnectionStep
	Missing []string `json:"missing_items,omitempty"`
}

type connectionChecklist struct {
	ConnectionStep
	connection.Checklist
}

type connectionQuestions struct {
	ConnectionStep
	Questions string `json:"questions,omitempty"`
}

type connectionOpinion struct {
	ConnectionStep
	Stand    connection.Stand `json:"stand,omitempty" enum:"agree,agree_with_limits,object"`
	Exclude  []string         `json:"exclude_fields,omitempty"`
	Limits   string           `json:"limits,omitempty"`
	Citation string           `json:"legal_citation,omitempty" doc:"Needed with object"`
}

type connectionApprove struct {
	ConnectionStep
	Scope    *connection.Scope   `json:"approved_scope,omitempty" doc:"Within the requested scope"`
	Decision connection.Document `json:"decision,omitzero" doc:"Of the authority, after an escalation"`
}

type connectionReject struct {
	ConnectionStep
	Citation string              `json:"legal_citation,omitempty"`
	Decision connection.Document `json:"decision,omitzero"`
}

type connectionProvision struct {
	ConnectionStep
	Scope      *connection.Scope      `json:"scope,omitempty" doc:"Narrower than the approved scope; the approved one when absent"`
	Parameters *connection.Parameters `json:"parameters,omitempty" doc:"Defaults by class of data when absent"`
}

type connectionParameters struct {
	ConnectionStep
	Parameters *connection.Parameters `json:"parameters,omitempty"`
}

type connectionRollback struct {
	ConnectionStep
	Version int64 `json:"version,omitempty"`
}

type connectionReview struct {
	ConnectionStep
	Version int64 `json:"version,omitempty"`
	OK      bool  `json:"ok,omitempty"`
}

type connectionConfirm struct {
	ConnectionStep
	Party connection.Side `json:"party,omitempty" enum:"operator,owner,requester"`
}

type connectionSuspend struct {
	ConnectionStep
	Class       string         `json:"reason_class,omitempty" enum:"maintenance,incident,owner_request,level_lapsed,violation,expiry,other"`
	AskedBy     string         `json:"asked_by,omitempty"`
	ExpectedEnd connection.Day `json:"expected_end,omitempty"`
}
