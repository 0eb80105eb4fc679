package dictionary

import (
	"strconv"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
)

// Kind is how a value is stored.
type Kind uint8

const (
	KindNull    Kind = iota
	KindText         // in Text
	KindInteger      // in Int
	KindDecimal      // Int is the unscaled number, Scale its digits after the point
	KindDate         // Int is days since 1970-01-01
	KindTime         // Int is microseconds UTC
	KindBoolean      // Int is 0 or 1
)

// KindOf is the stored kind of a type.
func KindOf(t Type) Kind {
	switch t {
	case Integer:
		return KindInteger
	case Decimal:
		return KindDecimal
	case Date:
		return KindDate
	case Timestamp:
		return KindTime
	case Boolean:
		return KindBoolean
	}
	return KindText
}

// Fix tells what reading changed; the written form stays in the raw file.
type Fix uint8

const (
	FixTrim      Fix = 1 << iota // spaces around, no-break spaces
	FixUnicode                   // composed to NFC
	FixInvisible                 // zero-width characters removed
	FixLookalike                 // ð to đ and the like
	FixNumber                    // Vietnamese number form
	FixDate                      // date form
	FixWord                      // có, không to a truth value
)

var fixNames = []string{"trim", "unicode", "invisible", "lookalike", "number_form", "date_form", "word"}

// Names lists the fixes in the set.
func (f Fix) Names() []string {
	var names []string
	for i, n := range fixNames {
		if f&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}

// Value is a typed value. The zero Value is null.
type Value struct {
	Kind  Kind
	Scale uint8
	Fixes Fix
	Int   int64
	Text  string
}

// Null reports whether there is no value.
func (v Value) Null() bool { return v.Kind == KindNull }

// String is the canonical written form: plain numbers, ISO dates, RFC 3339 moments.
func (v Value) String() string {
	switch v.Kind {
	case KindText:
		return v.Text
	case KindInteger:
		return strconv.FormatInt(v.Int, 10)
	case KindDecimal:
		return FormatDecimal(v.Int, int(v.Scale))
	case KindDate:
		return epochDay(v.Int).String()
	case KindTime:
		return time.UnixMicro(v.Int).UTC().Format(time.RFC3339Nano)
	case KindBoolean:
		return strconv.FormatBool(v.Int != 0)
	}
	return ""
}

// FormatDecimal writes an unscaled number with its digits after the point.
func FormatDecimal(unscaled int64, scale int) string {
	s := strconv.FormatInt(unscaled, 10)
	if scale == 0 {
		return s
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if len(s) <= scale {
		s = strings.Repeat("0", scale-len(s)+1) + s
	}
	return sign + s[:len(s)-scale] + "." + s[len(s)-scale:]
}

// Problem is why a written value was refused: the code of a sentence and its arguments, never the value itself.
type Problem struct {
	Code string
	Args []any
}

func refuse(code string, args ...any) *Problem { return &Problem{Code: code, Args: args} }

// Fault turns the problem into a refusal of a form field or a request.
func (p *Problem) Fault(field string) *fault.Fault {
	return fault.New(fault.Invalid, p.Code, p.Args...).At(field)
}

// Error makes a problem an error, for callers that convert single values.
func (p *Problem) Error() string { return p.Code }
