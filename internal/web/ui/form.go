package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// FieldError is one wrong field of a form.
type FieldError struct {
	Field, Text string
	Path        string // page with the field, when it stands on another page
}

// FormErrors is what a form was refused for. Its zero value is a form that was not sent yet.
type FormErrors struct {
	Text  string // the sentence of a refusal that belongs to no single field
	Items []FieldError
}

// Of is the error of a field, empty when it is right.
func (e FormErrors) Of(field string) string {
	for _, item := range e.Items {
		if item.Field == field {
			return item.Text
		}
	}
	return ""
}

// Any reports that the form was refused.
func (e FormErrors) Any() bool { return e.Text != "" || len(e.Items) > 0 }

// Field is one input with its label, hint and error.
type Field struct {
	Name         string
	Label        string
	Hint         string
	Value        string
	Error        string
	Type         string // text when empty; password, date, number, email, search, url
	Required     bool
	Optional     bool // says so beside the label
	MaxLength    int
	Autocomplete string
	InputMode    string
	Short        bool // codes and numbers, not sentences
	Rows         int  // of a text area
	Disabled     bool
	Autofocus    bool
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) id() string { return "f-" + f.Name }

// describedBy names hint and error, which readers of the screen then say with the field.
func (f Field) describedBy() string {
	s := ""
	if f.Hint != "" {
		s = f.id() + "-hint"
	}
	if f.Error != "" {
		if s != "" {
			s += " "
		}
		s += f.id() + "-error"
	}
	return s
}

func (f Field) class() string {
	if f.Short {
		return "input input--short"
	}
	return "input"
}

// Option is one choice.
type Option struct {
	Value string
	Label string
	Hint  string
	On    bool
}

// Choice is a field with fixed choices.
type Choice struct {
	Field
	Options []Option
	NoEmpty bool // leaves out the empty first choice of a list
	Any     bool // the empty choice of a filter means all
}

// FileChoice is a field for a file.
type FileChoice struct {
	Field
	Accept  string // ".csv,text/csv"
	MaxText string // the largest size, as people read it
}

// FormProps is a form around its fields.
type FormProps struct {
	Action  string
	Submit  string // label of the button
	Icon    Icon
	Danger  bool
	Cancel  string // path back; no link when empty
	Upload  bool   // carries files
	Errors  FormErrors
	Get     bool // a search form: it changes nothing
	Confirm string
	Hidden  []Hidden
	Resume  *Resume // large files go in pieces where script runs
}

// Resume lets script send a large file of a form in pieces that go on where they broke off.
type Resume struct {
	Path  string // of the uploads
	Done  string // beginning of the page of what became of it; its id follows
	Above int64  // bytes; smaller files go with the form

	Reading, Sending, Waiting, Checking string // what is said meanwhile; {0} is a percentage, or seconds
}

func (p FormProps) resume() templ.Attributes {
	if p.Resume == nil {
		return nil
	}
	r := p.Resume
	return templ.Attributes{
		"data-resume": r.Path, "data-resume-done": r.Done, "data-resume-above": strconv.FormatInt(r.Above, 10), "data-resume-reading": r.Reading,
		"data-resume-sending": r.Sending, "data-resume-waiting": r.Waiting, "data-resume-checking": r.Checking,
	}
}

func (p FormProps) method() string {
	if p.Get {
		return "get"
	}
	return "post"
}

func (p FormProps) encoding() string {
	if p.Upload {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}

func (p FormProps) submitClass() string {
	if p.Danger {
		return "button button--danger"
	}
	return "button button--primary"
}

// attributes are those that stand only when they say something.
func (f Field) attributes() templ.OrderedAttributes {
	var a templ.OrderedAttributes
	add := func(key, value string) {
		if value != "" {
			a = append(a, templ.KeyValue[string, any]{Key: key, Value: value})
		}
	}
	add("aria-describedby", f.describedBy())
	if f.Error != "" {
		add("aria-invalid", "true")
	}
	if f.MaxLength > 0 {
		add("maxlength", strconv.Itoa(f.MaxLength))
	}
	add("autocomplete", f.Autocomplete)
	add("inputmode", f.InputMode)
	return a
}
