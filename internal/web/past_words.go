package web

import (
	"context"
	"regexp"
	"strings"
	"time"

	"lienthong/internal/audit/history"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// pastWords says members and values of a kind in the words of officials.
type pastWords struct {
	ctx   context.Context
	shell *Shell
	t     ui.T
	past  Past
}

// MemberKey is the message that names a member: one of the kind, or one that all kinds share.
func MemberKey(kind, member string) (own, shared string) {
	return "past." + kind + "." + member, "past.member." + member[strings.LastIndexByte(member, '.')+1:]
}

// member names a path of the history, "schema.fields[ho_ten].label": Cấu trúc › Trường “ho_ten” › Nhãn.
func (p pastWords) member(field string) string {
	var parts []string
	plain := ""
	for _, step := range steps(field) {
		name, entry, _ := strings.Cut(step, "[")
		if plain != "" {
			plain += "."
		}
		plain += name
		word := p.word(plain, name)
		if entry = strings.TrimSuffix(entry, "]"); entry != "" {
			word += " “" + entry + "”"
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, " › ")
}

func (p pastWords) word(plain, name string) string {
	own, shared := MemberKey(p.past.Kind, plain)
	for _, key := range []string{own, shared} {
		if p.shell.deps.Catalog.Has(key) {
			return p.t(key)
		}
	}
	return name // the key of a map, as the thing itself has it
}

// steps parts a path at dots outside square brackets.
func steps(field string) []string {
	var out []string
	from, depth := 0, 0
	for i, c := range field {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case '.':
			if depth == 0 {
				out = append(out, field[from:i])
				from = i + 1
			}
		}
	}
	return append(out, field[from:])
}

var (
	hiddenValue = regexp.MustCompile(`^[a-z0-9]+:[0-9a-f]{16}$`)
	dayValue    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	internalID  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	agencyCode  = map[string]bool{"agency": true, "owner": true, "parent": true, "sponsor": true, "operator": true, "vendor": true, "asked_by": true}
)

// value says a value: codes by name, days and moments as people write them, hidden ones as hidden.
func (p pastWords) value(field, text string) string {
	if text == "" {
		return ""
	}
	plain := history.Plain(field)
	leaf := plain[strings.LastIndexByte(plain, '.')+1:]
	switch {
	case p.past.Values[plain] != "":
		return p.named(p.past.Values[plain], text)
	case p.past.Values[leaf] != "":
		return p.named(p.past.Values[leaf], text)
	case text == "true" || text == "false":
		return p.t("web.past_" + text)
	case hiddenValue.MatchString(text):
		return p.t("web.past_hidden", text[len(text)-6:])
	case internalID.MatchString(text) && p.shell.deps.PersonName != nil:
		if name := p.shell.deps.PersonName(p.ctx, text); name != "" {
			return name
		}
	case dayValue.MatchString(text):
		if day, err := time.ParseInLocation(time.DateOnly, text, i18n.Zone); err == nil {
			return i18n.Date(day)
		}
	case agencyCode[leaf] && p.shell.deps.AgencyName != nil:
		if name := p.shell.deps.AgencyName(p.ctx, text); name != text {
			return name + " (" + text + ")"
		}
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return i18n.DateTime(at)
	}
	return text
}

// internal reports that nothing of a member says anything to people: ids of rows, which the API gives.
func (p pastWords) internal(field string, texts ...string) bool {
	for _, text := range texts {
		if text != "" && !internalID.MatchString(p.value(field, text)) {
			return false
		}
	}
	return true
}

// named gives each value of a list its name.
func (p pastWords) named(prefix, text string) string {
	values := strings.Split(text, ", ")
	for i, v := range values {
		if p.shell.deps.Catalog.Has(prefix + v) {
			values[i] = p.t(prefix + v)
		}
	}
	return strings.Join(values, ", ")
}

// event names what was done, in the words of the log.
func (p pastWords) event(event string) string {
	if key := "audit.event." + event; p.shell.deps.Catalog.Has(key) {
		return p.t(key)
	}
	return event
}
