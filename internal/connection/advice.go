package connection

import (
	"slices"
)

// Answers are the four things on which the choice of a method rests (Điều 10.3a-d): what the data is like, how it is to be
// used, how soon it must come, and what the consuming system can do. Each is one of the codes that the lists below give.
type Answers struct {
	Nature         string `json:"nature,omitempty"`
	Use            string `json:"use,omitempty"`
	Speed          string `json:"speed,omitempty"`
	Infrastructure string `json:"infrastructure,omitempty"`
}

// Natures lists what data can be like: records of single cases, whole large sets, aggregate figures, documents.
func Natures() []string { return []string{"records", "bulk", "figures", "documents"} }

// Uses lists how data can be used: looked up case by case, copied, followed as it changes, analysed.
func Uses() []string { return []string{"look_up", "copy", "follow", "analyse"} }

// Speeds lists how soon an answer must come.
func Speeds() []string { return []string{"at_once", "hours", "days"} }

// Infrastructures lists what the consuming system can do: call at any time, receive in batches, neither yet.
func Infrastructures() []string { return []string{"calls", "batch", "none"} }

// Advice is the method that follows from the answers, with the reason, and whether the requester chose another one.
type Advice struct {
	Method  Method `json:"method"`
	Reason  string `json:"reason"` // message key after "connection.advice."
	Departs bool   `json:"departs,omitempty"`
}

func (a Answers) complete() bool {
	return slices.Contains(Natures(), a.Nature) && slices.Contains(Uses(), a.Use) && slices.Contains(Speeds(), a.Speed) &&
		slices.Contains(Infrastructures(), a.Infrastructure)
}

// Advise proposes a method (Điều 10.1, 10.3, 10.4): calls before copies, copies before files, files only where nothing
// automatic is possible yet. False while an answer is missing.
func Advise(a Answers) (Advice, bool) {
	if !a.complete() {
		return Advice{}, false
	}
	switch {
	case a.Infrastructure == "none":
		return Advice{Method: "file", Reason: "no_infrastructure"}, true
	case a.Nature == "figures" || a.Use == "analyse":
		return Advice{Method: "warehouse", Reason: "analysis"}, true
	case a.Infrastructure == "batch":
		return Advice{Method: "sync_periodic", Reason: "batches"}, true
	case a.Speed == "at_once" || a.Use == "look_up":
		return Advice{Method: "api", Reason: "at_once"}, true
	case a.Use == "follow":
		return Advice{Method: "sync_event", Reason: "changes"}, true
	}
	return Advice{Method: "sync_periodic", Reason: "copies"}, true
}

// advice on the need, with whether its method departs from it; nil while an answer is missing, and for people, who look on
// screen.
func (n Need) advice() *Advice {
	a, ok := Advise(n.Answers)
	if !ok || n.People() {
		return nil
	}
	a.Departs = n.Method != "" && n.Method != a.Method
	return &a
}

func (n Need) checkAdvice(p *problems) {
	for _, x := range []struct {
		field, got string
		of         []string
	}{
		{"nature", n.Answers.Nature, Natures()}, {"use", n.Answers.Use, Uses()}, {"speed", n.Answers.Speed, Speeds()},
		{"infrastructure", n.Answers.Infrastructure, Infrastructures()},
	} {
		p.when(!slices.Contains(x.of, x.got), "method_answers."+x.field, "connection.advice_answer_missing")
	}
	a := n.advice()
	p.when(a != nil && a.Departs && !n.Method.Manual() && blank(n.MethodReason), "method_reason", "connection.departure_reason_missing")
}

// Readiness says how far the consuming system is.
type Readiness string

// Readinesses lists how far a consuming system can be: it can be connected now, is being prepared, or is only planned.
func Readinesses() []Readiness { return []Readiness{"ready", "preparing", "planned"} }
