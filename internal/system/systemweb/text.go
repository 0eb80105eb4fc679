package systemweb

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// day reads a day as a person writes it (invariant 2), or a moment as the JSON API writes it; no text is the zero time.
func day(field, text string) (time.Time, *fault.Fault) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.ParseInLocation(layout, text, i18n.Zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "system.date_form", text).At(field)
}

// dayText is a day as a date field takes it.
func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Zone).Format(time.DateOnly)
}

// networks reads addresses and networks that stand in one text, parted by lines, commas or spaces.
func networks(text string) ([]netip.Prefix, *fault.Fault) {
	return prefixes(strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ';' || c <= ' ' }))
}

func prefixes(words []string) ([]netip.Prefix, *fault.Fault) {
	var out []netip.Prefix
	for _, w := range words {
		one, err := netip.ParsePrefix(w)
		if addr, e := netip.ParseAddr(w); e == nil && addr.Zone() == "" {
			one, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err == nil && one.Addr().Is4In6() { // callers are compared by their IPv4 address, so the network is kept as one of those
			if one.Bits() < 96 {
				err = errors.New("part of it is no IPv4")
			} else {
				one = netip.PrefixFrom(one.Addr().Unmap(), one.Bits()-96)
			}
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "system.source_form", w).At("sources")
		}
		out = append(out, one.Masked())
	}
	return out, nil
}

func networkText(list []netip.Prefix) string {
	words := make([]string, len(list))
	for i, p := range list {
		words[i] = p.String()
	}
	return strings.Join(words, "\n")
}
