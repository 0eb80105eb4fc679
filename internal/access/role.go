package access

import (
	"slices"
	"sort"
)

// Role is a named set of permissions; a person holds roles in one agency (Điều 21.2a).
type Role string

const (
	OpAdmin     Role = "op_admin"
	OpAppraiser Role = "op_appraiser"
	OpApprover  Role = "op_approver"
	OpEngineer  Role = "op_engineer"
	OpSecurity  Role = "op_security"
	OpQuality   Role = "op_quality"
	OpPortal    Role = "op_portal"

	AgencyHead     Role = "agency_head"
	Steward        Role = "steward"
	DeputySteward  Role = "deputy_steward"
	AgencyAdmin    Role = "agency_admin"
	Analyst        Role = "analyst"
	LookupOfficer  Role = "lookup_officer"
	PrivacyOfficer Role = "privacy_officer"
	CommuneOfficer Role = "commune_officer"
	OpenDataEditor Role = "open_data_editor"
	LegalReviewer  Role = "legal_reviewer"

	Leader            Role = "leader"
	Auditor           Role = "auditor"
	SystemAccount     Role = "system_account"
	Vendor            Role = "vendor"
	OpenDataDeveloper Role = "opendata_developer"
	SystemJob         Role = "system_job"
)

type roleDef struct {
	province    bool // acts for the whole province
	strong      bool // needs a second factor
	permissions []Permission
}

// readers is what everyone with an account in a state agency sees: registers and progress, never data (R12.1).
var readers = []Permission{AgencyRead, SystemRead, DictionaryRead, CatalogRead, ReleaseRead, ConnectionRead, WarehouseRead}

func with(base []Permission, more ...Permission) []Permission {
	return append(slices.Clone(base), more...)
}

// roles is the matrix shown on the page "Vai trò và quyền". Absent means forbidden.
var roles = map[Role]roleDef{
	OpAdmin:     {true, true, with(readers, ObligationRead, SystemRegister, AgencyChange, AccountRead, AccountChange, AccountConfirm, SystemChange, SettingsRead, SettingsChange, AccessRead, IncidentRead, PrivacyRead)},
	OpAppraiser: {true, true, with(readers, ObligationRead, SystemLevel, DictionaryPropose, DictionaryReview, CatalogReview, ReleasePrepare, ReleaseRecord, ConnectionAppr, ConnectionTest, ConnectionAccept, IngestRead, AccessRead, ExchangeRead, PrivacyRead)},
	OpApprover:  {true, true, with(readers, ObligationRead, DictionaryPropose, DictionaryApprove, CatalogApprove, CatalogTransfer, ReleaseApprove, ReleaseRecord, ConnectionApprove, AccessRead, AccessApprove, ExchangeRead, PrivacyRead)},
	OpEngineer:  {true, true, with(readers, ObligationRead, SystemRegister, SystemChange, SystemCredential, DictionaryPropose, ConnectionSetUp, ConnectionReview, ConnectionTest, ConnectionAccept, IngestRead, IngestRelease, AccessRead, ExchangeRead, IncidentRead)},
	OpSecurity:  {true, true, with(readers, ObligationRead, SystemLevel, AccountConfirm, AccessRead, AccessSuspend, ReviewOpen, ReviewAnswer, ConnectionCheck, ConnectionSuspend, ConnectionEnd, AuditVerify, ExchangeRead, IncidentRead, IncidentHandle, SettingsRead, PrivacyRead, PrivacyConfirm, PrivacyWithdraw)},
	OpQuality:   {true, true, with(readers, ObligationRead, IngestRead, ExchangeRead)},
	OpPortal:    {true, true, with(readers, ObligationRead)},

	AgencyHead:     {permissions: with(readers, ObligationRead, DictionaryComment, IncidentRead, ReleaseComment, ConnectionOpinion, ConnectionAccept, CatalogTransfer, AccessRead, AccessApprove, ReviewAnswer, IngestRead, PrivacyRead, PrivacyConfirm, PrivacyWithdraw)},
	Steward:        {permissions: with(readers, ObligationRead, DictionaryPropose, DictionaryComment, SystemRegister, IncidentRead, CatalogRegister, ReleaseComment, ReleasePublish, IngestRead, IngestDeliver, IngestRows, SystemSecret, AccessRead, AccessPropose, ReviewAnswer, ConnectionDraft, ConnectionOpinion, ConnectionAccept, WarehouseView, DataView, PrivacyRead, PrivacyRegister)},
	DeputySteward:  {permissions: with(readers, ObligationRead, DictionaryPropose, DictionaryComment, SystemRegister, CatalogRegister, ReleaseComment, ReleasePublish, IngestRead, IngestDeliver, IngestRows, SystemSecret, AccessRead, ConnectionDraft, WarehouseView, DataView, PrivacyRead, PrivacyRegister)},
	AgencyAdmin:    {permissions: with(readers, AccountRead, SystemSecret)},
	Analyst:        {permissions: with(readers, WarehouseView, DataView, DataList, DataExport)},
	LookupOfficer:  {permissions: with(readers, WarehouseView, DataView, DataLookup)},
	PrivacyOfficer: {permissions: with(readers, AccessRead, PrivacyRead, PrivacyRegister, PrivacyWithdraw)},
	CommuneOfficer: {permissions: with(readers, WarehouseView, DataView, IngestRead, IngestDeliver)},
	OpenDataEditor: {permissions: with(readers, ReleasePublish)},
	LegalReviewer:  {permissions: with(readers)},

	Leader:            {permissions: with(readers, ObligationRead)},
	Auditor:           {province: true, strong: true, permissions: with(readers, ObligationRead, AuditRead, AuditVerify, AccessRead, ExchangeRead, IncidentRead, AccountRead, PrivacyRead)},
	SystemAccount:     {permissions: []Permission{DataList, DataLookup, DataUpdate, IngestDeliver, IngestRead}},
	Vendor:            {permissions: []Permission{SystemRead}},
	OpenDataDeveloper: {},
	SystemJob:         {province: true, permissions: []Permission{DictionaryRead, DictionaryChange, IngestRead, IngestRelease, ConnectionCheck, ConnectionTest, ConnectionSuspend, ConnectionEnd, ReviewOpen, IncidentHandle, AuditVerify}},
}

// incompatible roles may not be held by one person at the same time (section 6.5 of the requirements).
var incompatible = [][2]Role{
	{Auditor, OpAdmin}, {Auditor, OpAppraiser}, {Auditor, OpApprover}, {Auditor, OpEngineer}, {Auditor, OpSecurity}, {Auditor, OpQuality}, {Auditor, OpPortal},
	{OpAppraiser, OpApprover}, {OpApprover, OpEngineer}, {OpAdmin, OpApprover}, {OpAdmin, OpEngineer}, {OpAdmin, OpAppraiser}, {OpAdmin, OpSecurity},
	{Steward, OpAppraiser}, {Steward, OpApprover}, {Steward, OpEngineer}, {DeputySteward, OpApprover},
	{OpenDataEditor, LegalReviewer},
}

// Known reports that the role exists and may be given to people or systems.
func (r Role) Known() bool { _, ok := roles[r]; return ok }

// Province reports a role whose work spans all agencies.
func (r Role) Province() bool { return roles[r].province }

// NeedsStrongAuth reports that its holders must use a second factor (Điều 21.4a).
func (r Role) NeedsStrongAuth() bool { return roles[r].strong }

// Permissions lists what the role may do, in order.
func (r Role) Permissions() []Permission {
	out := slices.Clone(roles[r].permissions)
	slices.Sort(out)
	return out
}

// AllRoles lists every role, in order.
func AllRoles() []Role {
	out := make([]Role, 0, len(roles))
	for r := range roles {
		out = append(out, r)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// Incompatible finds two of the roles that one person may not hold together.
func Incompatible(held []Role) (a, b Role, found bool) {
	for _, pair := range incompatible {
		if slices.Contains(held, pair[0]) && slices.Contains(held, pair[1]) {
			return pair[0], pair[1], true
		}
	}
	return "", "", false
}
