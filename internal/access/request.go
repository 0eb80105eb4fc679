package access

import (
	"net/netip"
	"time"

	"lienthong/internal/kit/fault"
)

// Channel is the way by which data leaves; the words are those of the access log.
type Channel string

const (
	ChannelGateway   Channel = "gateway"
	ChannelWarehouse Channel = "warehouse"
	ChannelScreen    Channel = "screen"
	ChannelFile      Channel = "file"
	ChannelPortal    Channel = "portal"
	ChannelJob       Channel = "job"
)

// Action is what is asked of a dataset, one row of the acceptance matrix (section 6.4).
type Action string

const (
	ViewRecord   Action = "view_record"   // one record or page on screen
	ListRecords  Action = "list_records"  // pages by API or query
	LookupRecord Action = "lookup_record" // one person's record by API
	ExportFile   Action = "export_file"
	UpdateSource Action = "update_source" // through the owner's own API
	ChangeCopy   Action = "change_copy"   // edit the warehouse copy: nobody may, ever
	ShareOnward  Action = "share_onward"  // give another agency access
	CallService  Action = "call_service"  // read through a provider's API
)

// needs says which levels carry the action and which permission a role must hold.
var needs = map[Action]struct {
	levels     []Level
	permission Permission
}{
	ViewRecord:   {[]Level{LevelView, LevelUse, LevelUpdate}, DataView},
	ListRecords:  {[]Level{LevelUse}, DataList},
	LookupRecord: {[]Level{LevelUse}, DataLookup},
	ExportFile:   {[]Level{LevelUse}, DataExport},
	UpdateSource: {[]Level{LevelUpdate}, DataUpdate},
	ShareOnward:  {[]Level{LevelShare}, DataShare},
	CallService:  {[]Level{LevelUse}, DataLookup},
	// ChangeCopy is absent on purpose: default deny.
}

// Request is what is asked, made once from the canonical call.
type Request struct {
	ID          string // request id, shown to the caller and in the access log
	At          time.Time
	Channel     Channel
	Action      Action
	Actor       Actor
	Dataset     string       // dataset code, "H38.04/khai-sinh"
	Operation   string       // method and route template; never a raw path
	Purpose     string       // purpose code stated by the caller
	Case        string       // case reference
	Officer     string       // officer id from a verified assertion
	Reason      string       // why a value is asked unmasked
	Unmask      []string     // columns asked without their mask
	Columns     []string     // named by the caller; nil means all that are granted
	Uses        []string     // columns in filters and sorting
	Match       []string     // columns whose exact value the caller states to look up single records on screen
	Service     string       // "GET /ho-so/{id}" of a provider's service, else empty
	Recipient   string       // agency code, for ShareOnward
	Limit       int64        // records asked at most, 0 when the answer carries none
	Flexible    bool         // fewer than Limit will do: the caller named no number
	Equals      []Equal      // of a provider's service: columns that the question sets to one of some values
	Flaw        *fault.Fault // what is wrong with the question's form; only the holder of a right is told
	Address     netip.Addr
	UserAgent   string   // its hash only
	Subjects    []string // keyed hashes of the identifiers asked for
	Filter      string   // normalised filter with hashed values
	Certificate string   // SHA-256 of the connection's certificate, empty without one
}

// UnknownWord stands in a record for a caller's text that names nothing known: the text itself could be anything.
const UnknownWord = "unknown"

// Equal is a column that the question holds to one of some values. They are judged and never recorded.
type Equal struct {
	Column string
	Values []string
}

// Facts is all that the decision rests on, read at one moment. Pointers are nil when the thing does not exist.
type Facts struct {
	Account    *AccountFacts
	Dataset    *DatasetFacts
	Grants     []Grant // every grant of the subject on the dataset, whatever its status
	System     *SystemFacts
	Connection map[string]ConnectionFacts // by connection id
	Purposes   map[string]PurposeFacts
	Usage      map[string]Usage // by grant id
	Policy     string           // policy version
}

// AccountFacts of the calling account or system account.
type AccountFacts struct {
	Active    bool
	Suspended bool
	Addresses []netip.Prefix // allowed source addresses, empty for any
}

// Allows reports that the account may come from the address.
func (f AccountFacts) Allows(from netip.Addr) bool { return within(from, f.Addresses) }

// DatasetFacts of the dataset asked for.
type DatasetFacts struct {
	Owner     string // agency code
	Suspended bool
	Served    bool             // a published version or a live provider exists
	Fields    map[string]Class // field name to protection class
	Keys      []string         // fields that identify a record or a person
	Version   int64
	DataTime  time.Time
	// Processing is how the dataset stands in the register of personal-data processing (Điều 27.2).
	Processing Processing
}

// RegisterState of a dataset's entry in the register of personal-data processing; empty without one that was confirmed.
type RegisterState string

const (
	RegisterInForce    RegisterState = "in_force"
	RegisterIncomplete RegisterState = "incomplete" // in force, and no longer enough for what the dataset holds
	RegisterWithdrawn  RegisterState = "withdrawn"
)

// Processing is what the register says of a dataset.
type Processing struct {
	Needed   bool // beyond what the classes of the fields say: a field was raised above its personal element
	Register RegisterState
	Until    time.Time // first moment at which the entry is no longer in force
}

// SystemFacts of the calling information system.
type SystemFacts struct {
	Agency        string
	AgencyActive  bool
	Suspended     bool
	SecurityLevel int // approved level 1-5, 0 when none or lapsed
}

// ConnectionFacts of the connection that a grant belongs to.
type ConnectionFacts struct {
	State  string
	Reason string // class of the reason of a suspension, "maintenance"
}

// PurposeFacts of a purpose code.
type PurposeFacts struct {
	Active       bool
	CaseRequired bool
}

// Usage of a grant so far, and the records that calls under way may still carry.
type Usage struct{ CallsMinute, CallsDay, RecordsDay, PersonsDay, Held int64 }

// Class is the protection class of a field (Điều 6.2).
type Class string

const (
	ClassNormal    Class = "normal"
	ClassInternal  Class = "internal"
	ClassBasic     Class = "basic_personal"
	ClassSensitive Class = "sensitive_personal"
	ClassImportant Class = "important"
	ClassCore      Class = "core"
)

// Personal reports personal data.
func (c Class) Personal() bool { return c == ClassBasic || c == ClassSensitive }

// MinimumSecurityLevel of the consuming system (parameter D14 of the requirements).
func (c Class) MinimumSecurityLevel() int {
	switch c {
	case ClassNormal, ClassInternal:
		return 1
	case ClassBasic:
		return 2
	case ClassSensitive, ClassImportant:
		return 3
	}
	return 4 // core, and whatever we do not know
}
