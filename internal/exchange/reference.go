package exchange

import (
	"regexp"

	"lienthong/internal/kit/fault"
)

// What a caller writes into a record: bounded, visible, and no identifier of a person.
const (
	mostPurpose   = 128 // longer than any purpose, so that what is cut is unknown
	mostReference = 100
)

// A person's number: 12 or 9 digits, also in groups of three, not inside a longer run of digits.
var personNumber = regexp.MustCompile(`(^|[^0-9])([0-9]{12}|[0-9]{9}|[0-9]{3}([ .\-_/])[0-9]{3}[ .\-_/][0-9]{3}([ .\-_/][0-9]{3})?)([^0-9]|$)`)

// plainReference checks a reference that enters the record as the caller wrote it.
func plainReference(header, value string) error {
	switch {
	case value == "":
		return nil
	case len(value) > mostReference:
		return fault.New(fault.Malformed, "exchange.reference_long", header, mostReference).At(header)
	case personNumber.MatchString(value):
		return fault.New(fault.Malformed, "exchange.reference_person", header).At(header)
	}
	for i := 0; i < len(value); i++ {
		if value[i] < ' ' || value[i] >= 0x7f {
			return fault.New(fault.Malformed, "exchange.header_text", header).At(header)
		}
	}
	return nil
}
