package ui

// OperationGroup are the operations of one noun.
type OperationGroup struct {
	Tag        string
	Operations []Operation
}

// Operation is one operation of the JSON API as the documentation shows it.
type Operation struct {
	Method      string
	Path        string
	Summary     string
	Description string
	Permission  string
	Inputs      []OperationInput
}

// OperationInput is one parameter of an operation.
type OperationInput struct {
	Name     string
	In       string // path, query, header or body
	Type     string
	Required bool
	Text     string
}

func (i OperationInput) pair() Pair {
	text := i.In + " · " + i.Type
	if i.Required {
		text += " · required"
	}
	return Pair{Name: i.Name, Text: text, Help: i.Text}
}

func (o Operation) pairs() []Pair {
	pairs := make([]Pair, 0, len(o.Inputs))
	for _, in := range o.Inputs {
		pairs = append(pairs, in.pair())
	}
	return pairs
}
