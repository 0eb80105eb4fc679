package connection

// State is where a request, and after acceptance the connection, stands (requirements sections 5.1a and 5.1b).
type State string

const (
	Draft        State = "draft"
	Submitted    State = "submitted"
	Returned     State = "returned"
	Appraising   State = "appraising"
	OwnerOpinion State = "owner_opinion"
	Escalated    State = "escalated"
	Approved     State = "approved"
	Rejected     State = "rejected"
	// SecurityCheck is of the shortened process alone: it takes the place of the appraisal of the need.
	SecurityCheck State = "security_check"
	Provisioning  State = "provisioning"
	Testing       State = "testing"
	Acceptance    State = "acceptance"
	Live          State = "live"
	Suspended     State = "suspended"
	Terminated    State = "terminated"
	Withdrawn     State = "withdrawn"
)

// States lists all states in the order of a life.
func States() []State {
	return []State{Draft, Submitted, Returned, SecurityCheck, Appraising, OwnerOpinion, Escalated, Approved, Rejected, Provisioning, Testing, Acceptance, Live, Suspended, Terminated, Withdrawn}
}

// Known reports one of the states.
func (s State) Known() bool {
	for _, x := range States() {
		if s == x {
			return true
		}
	}
	return false
}

// Final reports a state that nothing leaves.
func (s State) Final() bool { return s == Rejected || s == Terminated || s == Withdrawn }

// Editable reports that the requester may still change the need.
func (s State) Editable() bool { return s == Draft || s == Returned }

// Granted reports that grants exist.
func (s State) Granted() bool {
	switch s {
	case Provisioning, Testing, Acceptance, Live, Suspended:
		return true
	}
	return false
}

// Side is who may take a step, seen from the request.
type Side string

const (
	Requester Side = "requester"
	Owner     Side = "owner"
	Operator  Side = "operator"
	AnyParty  Side = "party" // one of the three
)

// Holder is the side whose move it is; empty when nobody's.
func (s State) Holder() Side {
	switch s {
	case Draft, Returned:
		return Requester
	case OwnerOpinion:
		return Owner
	case Acceptance:
		return AnyParty
	case Submitted, SecurityCheck, Appraising, Escalated, Approved, Provisioning, Testing, Suspended:
		return Operator
	}
	return ""
}

// Route is the full process of Điều 12.2 or the shortened one of Điều 12.3.
type Route string

const (
	Full      Route = "full"
	Shortened Route = "shortened"
)

// Phase is a stretch of the process with a time limit of its own (parameters D1 and D2).
type Phase string

const (
	PhaseIntake     Phase = "intake"
	PhaseAppraisal  Phase = "appraisal"
	PhaseOpinion    Phase = "opinion"
	PhaseSetUp      Phase = "set_up"
	PhaseTesting    Phase = "testing"
	PhaseAcceptance Phase = "acceptance"
	PhaseCheck      Phase = "security_check" // of the shortened process, from the submission on
)

// Phase of the state on this route; empty where no clock runs. In the shortened process nothing but the check waits
// between the submission and the set-up, so its limit runs from the submission.
func (r Route) Phase(s State) Phase {
	if r == Shortened && (s == Submitted || s == SecurityCheck) {
		return PhaseCheck
	}
	switch s {
	case Submitted:
		return PhaseIntake
	case Appraising:
		return PhaseAppraisal
	case OwnerOpinion:
		return PhaseOpinion
	case Approved, Provisioning:
		return PhaseSetUp
	case Testing:
		return PhaseTesting
	case Acceptance:
		return PhaseAcceptance
	}
	return ""
}

// Action is a step that somebody takes.
type Action string

const (
	ActCreate          Action = "create"
	ActOffer           Action = "offer"  // the owner proposes a draft to the consumer
	ActRecall          Action = "recall" // and takes it back
	ActChange          Action = "change"
	ActSubmit          Action = "submit"
	ActReturn          Action = "return"
	ActResubmit        Action = "resubmit"
	ActStartAppraisal  Action = "start_appraisal"
	ActAppraise        Action = "appraise"
	ActAskOwner        Action = "ask_owner"
	ActGiveOpinion     Action = "give_opinion"
	ActDeemAgreed      Action = "deem_agreed"
	ActConsent         Action = "consent"
	ActApprove         Action = "approve"
	ActReject          Action = "reject"
	ActEscalate        Action = "escalate"
	ActApproveDecided  Action = "approve_decided"
	ActRejectDecided   Action = "reject_decided"
	ActProvision       Action = "provision"
	ActReconfigure     Action = "reconfigure"
	ActReview          Action = "review_config"
	ActStartTesting    Action = "start_testing"
	ActRecordRun       Action = "record_run"
	ActFailTesting     Action = "fail_testing"
	ActPassTesting     Action = "pass_testing"
	ActConfirmOperator Action = "confirm_operator"
	ActConfirmOwner    Action = "confirm_owner"
	ActConfirmConsumer Action = "confirm_consumer"
	ActGoLive          Action = "go_live"
	ActRetest          Action = "retest"
	ActAskSuspend      Action = "ask_suspend"
	ActSuspend         Action = "suspend"
	ActResume          Action = "resume"
	ActTerminate       Action = "terminate"
	ActEndOwn          Action = "end_own"
	ActWithdraw        Action = "withdraw"
	ActLapse           Action = "lapse"        // the requesting agency has ended
	ActFollowOwner     Action = "follow_owner" // the dataset has another owner now

	// Of the shortened process (Điều 12.3).
	ActStartCheck  Action = "start_check"
	ActReturnCheck Action = "return_check"
	ActPassCheck   Action = "pass_check"
	ActObject      Action = "object"   // the owner's legal objection
	ActContinue    Action = "continue" // after it, by decision of the authority
	ActOrder       Action = "order"    // an urgent order sets the limits in hours
	ActConvert     Action = "convert"  // a condition fell away: the full process from here on
)

// ends reports an action that takes something away; no other is possible once the requesting agency has ended.
func (a Action) ends() bool {
	switch a {
	case ActReject, ActRejectDecided, ActSuspend, ActTerminate, ActEndOwn, ActWithdraw, ActRecall, ActLapse:
		return true
	}
	return false
}

// Duty is what a step makes of the person who took it; some duties exclude each other on one request.
type Duty string

const (
	Registers  Duty = "register"
	Appraises  Duty = "appraise"
	Approves   Duty = "approve"
	Provisions Duty = "provision"
	Accepts    Duty = "accept"
)

// separated are the duties marked † in section 5.1a, and approve × provision of section 6.5.
var separated = [][2]Duty{
	{Registers, Appraises}, {Registers, Approves}, {Registers, Accepts},
	{Appraises, Approves}, {Appraises, Accepts}, {Approves, Accepts}, {Approves, Provisions},
}

// conflict finds a duty already done by the person that excludes the next one.
func conflict(done []Duty, next Duty) (Duty, bool) {
	for _, d := range done {
		for _, pair := range separated {
			if d == pair[0] && next == pair[1] || d == pair[1] && next == pair[0] {
				return d, true
			}
		}
	}
	return "", false
}
