package connectionweb

import (
	"net/url"
	"slices"
	"strconv"

	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// filler builds the fields of a form: with what was typed when the form was refused, else with the values given here.
type filler struct {
	t      ui.T
	values url.Values // nil when nothing was typed yet
	errors ui.FormErrors
	must   []string // fields that the step asks for

	purposes map[string]string // names by code
	asked    string            // version that the address names
}

func (f filler) value(name, kept string) string {
	if f.values == nil {
		return kept
	}
	return f.values.Get(name)
}

func (f filler) field(name, label, kept string) ui.Field {
	return ui.Field{Name: name, Label: f.t(label), Value: f.value(name, kept), Error: f.errors.Of(name), Required: slices.Contains(f.must, name)}
}

func (f filler) text(name, label, kept string) templ.Component {
	return ui.Input(f.field(name, label, kept))
}

func (f filler) required(name, label, kept string) templ.Component {
	x := f.field(name, label, kept)
	x.Required = true
	return ui.Input(x)
}

func (f filler) number(name, label string, kept int64) templ.Component {
	x := f.field(name, label, "")
	if x.Value == "" && kept != 0 && f.values == nil {
		x.Value = strconv.FormatInt(kept, 10)
	}
	x.Type, x.InputMode, x.Short = "number", "numeric", true
	return ui.Input(x)
}

func (f filler) date(name, label, kept string) templ.Component {
	x := f.field(name, label, kept)
	x.Type, x.Short = "date", true
	return ui.Input(x)
}

func (f filler) area(name, label, hint, kept string) templ.Component {
	x := f.field(name, label, kept)
	if hint != "" {
		x.Hint = f.t(hint)
	}
	return ui.Textarea(x)
}

func (f filler) check(name, label string, kept bool) templ.Component {
	x := f.field(name, label, "")
	if f.values == nil && kept {
		x.Value = "1"
	}
	return ui.Checkbox(x)
}

// choose is a list of which one is chosen; options are value and label pairs.
func (f filler) choose(name, label, kept string, options []ui.Option) templ.Component {
	return ui.Select(ui.Choice{Field: f.field(name, label, kept), Options: options})
}

// mask is choose without the empty choice, since the empty value has a meaning.
func (f filler) sure(name, label, kept string, options []ui.Option) templ.Component {
	c := ui.Choice{Field: f.field(name, label, kept), Options: options, NoEmpty: true}
	value := c.Value
	c.Value = ""
	c.Options = slices.Clone(options)
	for i := range c.Options {
		c.Options[i].On = c.Options[i].Value == value
	}
	return ui.Select(c)
}

// member is one check box of a list whose boxes stand apart from each other.
func (f filler) member(name, value, label string, kept bool) templ.Component {
	if f.values != nil {
		kept = slices.Contains(f.values[name], value)
	}
	return memberBox(name, value, f.t(label), kept)
}

// several are check boxes.
func (f filler) several(name, label, hint string, kept []string, options []ui.Option) templ.Component {
	if f.values != nil {
		kept = f.values[name]
	}
	c := ui.Choice{Field: f.field(name, label, "")}
	c.Value = ""
	if hint != "" {
		c.Hint = f.t(hint)
	}
	for _, o := range options {
		o.On = slices.Contains(kept, o.Value)
		c.Options = append(c.Options, o)
	}
	return ui.Checkboxes(c)
}

// coded makes options of codes whose labels are messages.
func coded[S ~string](t ui.T, prefix string, codes []S) []ui.Option {
	out := make([]ui.Option, 0, len(codes))
	for _, c := range codes {
		out = append(out, ui.Option{Value: string(c), Label: t(prefix + string(c))})
	}
	return out
}
