package catalogweb

import (
	"net/url"
	"slices"
	"strconv"

	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// filler builds the fields of a form: with what was typed when the form was refused, else with the values given here.
// The label of a field is the message label, its hint the message label + "_hint" where hint is set.
type filler struct {
	t      ui.T
	typed  url.Values // nil while nothing was typed
	errors ui.FormErrors
}

func (f filler) field(name, label, kept string) ui.Field {
	if f.typed != nil {
		kept = f.typed.Get(name)
	}
	return ui.Field{Name: name, Label: f.t(label), Value: kept, Error: f.errors.Of(name)}
}

// must marks a field without which the registration is not complete.
func must(x ui.Field) ui.Field {
	x.Required = true
	return x
}

func hinted(x ui.Field, hint string) ui.Field {
	x.Hint = hint
	return x
}

func short(x ui.Field) ui.Field {
	x.Short = true
	return x
}

func (f filler) number(name, label string, kept int64) ui.Field {
	text := ""
	if kept != 0 {
		text = strconv.FormatInt(kept, 10)
	}
	x := f.field(name, label, text)
	x.InputMode, x.Short = "numeric", true
	return x
}

func (f filler) date(name, label, kept string) ui.Field {
	x := f.field(name, label, kept)
	x.Type, x.Short = "date", true
	return x
}

func (f filler) check(name, label string, kept bool) templ.Component {
	return ui.Checkbox(f.box(name, label, kept))
}

func (f filler) box(name, label string, kept bool) ui.Field {
	text := ""
	if kept {
		text = "1"
	}
	return f.field(name, label, text)
}

// choice is a field with options of which one is kept.
// anyOf is a choice of a filter: the empty one means all.
func anyOf(x ui.Field, options []ui.Option) ui.Choice {
	return ui.Choice{Field: x, Options: options, Any: true}
}

func choice(x ui.Field, options []ui.Option) ui.Choice { return ui.Choice{Field: x, Options: options} }

// many is a field with options of which several are kept.
func (f filler) many(name, label string, kept []string, options []ui.Option) ui.Choice {
	if f.typed != nil {
		kept = f.typed[name]
	}
	for i := range options {
		options[i].On = slices.Contains(kept, options[i].Value)
	}
	return ui.Choice{Field: ui.Field{Name: name, Label: f.t(label), Error: f.errors.Of(name)}, Options: options}
}

// words makes options of codes whose message is prefix + code.
func words[S ~string](t ui.T, prefix string, codes []S) []ui.Option {
	options := make([]ui.Option, 0, len(codes))
	for _, c := range codes {
		options = append(options, ui.Option{Value: string(c), Label: t(prefix + string(c))})
	}
	return options
}

func named(list []Named) []ui.Option {
	options := make([]ui.Option, 0, len(list))
	for _, n := range list {
		options = append(options, ui.Option{Value: n.Code, Label: n.Name})
	}
	return options
}
