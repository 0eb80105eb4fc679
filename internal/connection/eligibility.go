package connection

// Condition is one rule of the shortened process (section 5.1b) as the system found it.
type Condition struct {
	Code string   `json:"code"` // message key after "connection.eligible_"
	Met  bool     `json:"met"`
	Why  []string `json:"why,omitempty"`
}

// Eligibility evaluates all rules, so that a request shows why it goes the full or the shortened way (Điều 9.2, 12.3).
func Eligibility(n Need, f Facts) []Condition {
	level := Condition{Code: "security_level", Met: f.System.SecurityLevel > 0}
	for _, name := range n.Fields {
		if f.System.SecurityLevel < f.Dataset.class(name).MinimumSecurityLevel() {
			level.Met = false
			level.Why = append(level.Why, name)
		}
	}
	register := Condition{Code: "register", Met: true}
	if f.Dataset.personal(n.Fields) {
		register.Met = subset(n.Purposes, f.Dataset.RegisterPurposes)
	}
	scope := Condition{Code: "scope"}
	if f.Dataset.Outside != nil {
		scope.Why = f.Dataset.Outside(n, f.System.Agency)
		scope.Met = len(scope.Why) == 0
	}
	if n.People() { // no system takes part
		return []Condition{{Code: "dataset_listed", Met: f.Dataset.Listed != ""}, scope, register}
	}
	return []Condition{
		{Code: "dataset_listed", Met: f.Dataset.Listed != ""},
		{Code: "system_listed", Met: f.System.Listed != ""},
		scope, level, register,
		{Code: "violation", Met: f.System.Violations == 0},
	}
}

// eligible reports that all rules hold.
func eligible(all []Condition) bool {
	for _, c := range all {
		if !c.Met {
			return false
		}
	}
	return len(all) > 0
}
