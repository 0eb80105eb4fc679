package access

// Permission is one action on one noun, "slice.verb". It stands beside the route and in the service.
type Permission string

const (
	Public   Permission = "public"    // anyone may
	SignedIn Permission = "signed_in" // any person who has signed in may

	AgencyRead        Permission = "agency.read"
	AgencyChange      Permission = "agency.change"
	AccountRead       Permission = "account.read"
	AccountChange     Permission = "account.change"
	AccountConfirm    Permission = "account.confirm" // be the second person
	SystemRead        Permission = "system.read"
	SystemRegister    Permission = "system.register" // register and describe the own agency's systems
	SystemChange      Permission = "system.change"   // of any agency, with owner and networks
	SystemLevel       Permission = "system.level"    // record what was decided on a security level
	SystemCredential  Permission = "system.credential"
	SystemSecret      Permission = "system.secret" // pick up and change the secrets of the own agency's systems
	DictionaryRead    Permission = "dictionary.read"
	DictionaryChange  Permission = "dictionary.change"  // without the process: the platform's own jobs alone
	DictionaryPropose Permission = "dictionary.propose" // propose elements, code lists, kinds of identifiers
	DictionaryComment Permission = "dictionary.comment" // give the agency's opinion in a consultation
	DictionaryReview  Permission = "dictionary.review"  // return proposals or open the consultation
	DictionaryApprove Permission = "dictionary.approve" // publish versions, as another person than proposer and reviewer
	CatalogRead       Permission = "catalog.read"
	CatalogRegister   Permission = "catalog.register"
	CatalogReview     Permission = "catalog.review"
	CatalogApprove    Permission = "catalog.approve"
	CatalogTransfer   Permission = "catalog.transfer"
	ReleaseRead       Permission = "release.read"
	ReleasePrepare    Permission = "release.prepare" // draft a release, consult, answer comments
	ReleaseComment    Permission = "release.comment" // give the agency's opinion on a draft
	ReleaseApprove    Permission = "release.approve"
	ReleaseRecord     Permission = "release.record"  // record the decision that issues a release
	ReleasePublish    Permission = "release.publish" // ask to publish an openly listed dataset
	ObligationRead    Permission = "obligation.read"
	IngestRead        Permission = "ingest.read"
	IngestDeliver     Permission = "ingest.deliver"
	IngestRows        Permission = "ingest.rows" // see the values of quarantined rows
	IngestRelease     Permission = "ingest.release"
	WarehouseRead     Permission = "warehouse.read"
	WarehouseView     Permission = "warehouse.view" // look at records on screen, under a grant
	ConnectionRead    Permission = "connection.read"
	ConnectionDraft   Permission = "connection.register"
	ConnectionAppr    Permission = "connection.appraise"
	ConnectionOpinion Permission = "connection.opinion"
	ConnectionCheck   Permission = "connection.check" // security and privacy, in the shortened process
	ConnectionApprove Permission = "connection.approve"
	ConnectionSetUp   Permission = "connection.provision"
	ConnectionReview  Permission = "connection.review"
	ConnectionTest    Permission = "connection.test"
	ConnectionAccept  Permission = "connection.accept"
	ConnectionSuspend Permission = "connection.suspend"
	ConnectionEnd     Permission = "connection.terminate"
	AccessRead        Permission = "access.read"
	AccessSuspend     Permission = "access.suspend"
	AccessPropose     Permission = "access.propose" // propose the sharing policy of the own agency's datasets
	AccessApprove     Permission = "access.approve" // put it in force, as somebody who did not propose it
	ReviewOpen        Permission = "review.open"    // open reviews of rights, carry out what they and owners ask for
	ReviewAnswer      Permission = "review.answer"  // answer for the own agency's data: keep, narrow, revoke; ask the operator
	AuditRead         Permission = "audit.read"
	AuditVerify       Permission = "audit.verify"
	ExchangeRead      Permission = "exchange.read"
	IncidentRead      Permission = "incident.read"
	IncidentHandle    Permission = "incident.handle"
	PrivacyRead       Permission = "privacy.read"
	PrivacyRegister   Permission = "privacy.register" // write entries of the own agency
	PrivacyConfirm    Permission = "privacy.confirm"  // put them in force, as somebody who did not write them
	PrivacyWithdraw   Permission = "privacy.withdraw"
	SettingsRead      Permission = "settings.read"
	SettingsChange    Permission = "settings.change"

	DataList   Permission = "data.list" // pages of records by API or query
	DataLookup Permission = "data.lookup"
	DataView   Permission = "data.view"
	DataExport Permission = "data.export"
	DataUpdate Permission = "data.update"
	DataShare  Permission = "data.share"
)
