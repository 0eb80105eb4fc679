package audit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

const (
	maxText = 1024 // bytes of one text; what was longer is marked
	maxList = 512  // entries of one list
)

// timeForm has a fixed width, so that the same moment has one spelling.
const timeForm = "2006-01-02T15:04:05.000Z"

// Encode gives the canonical JSON of a record: fields in the order of the struct, empty ones left out, compact, no
// HTML escapes, control and direction characters escaped, UTF-8 repaired, over-long texts cut and marked.
// It is written by hand because every call of the platform pays for it once or twice.
func Encode(r *Record) []byte {
	b := make([]byte, 0, 768)
	b = append(b, `{"kind":`...)
	b = quote(b, string(r.Kind))
	b = field(b, "id", r.ID)
	b = field(b, "of", r.Of)
	b = field(b, "request_id", r.Request)
	b = moment(b, "ts", r.At)
	b = flag(append(b, ',', '"'), "clock_ok", r.ClockOK)
	b = field(b, "channel", r.Channel)
	b = field(b, "event", r.Event)
	b = r.Actor.encode(b)
	b = r.Client.encode(b)
	b = r.Target.encode(b)
	b = object(b, "purpose", func(b []byte) []byte {
		b = field(b, "code", r.Purpose.Code)
		b = field(b, "case_ref", Scrub(r.Purpose.CaseRef))
		return field(b, "procedure", r.Purpose.Procedure)
	})
	b = r.Content.encode(b)
	b = object(b, "decision", func(b []byte) []byte {
		b = field(b, "result", r.Decision.Result)
		b = field(b, "reason", r.Decision.Reason)
		return field(b, "policy_version", r.Decision.PolicyVersion)
	})
	b = object(b, "result", func(b []byte) []byte {
		b = field(b, "status", r.Result.Status)
		return field(b, "error_code", r.Result.ErrorCode)
	})
	b = number(b, "duration_ms", r.Duration)
	b = object(b, "anomaly", func(b []byte) []byte {
		b = list(b, "flags", r.Anomaly.Flags)
		b = number(b, "score", r.Anomaly.Score)
		b = list(b, "rule_ids", r.Anomaly.RuleIDs)
		return field(b, "incident_id", r.Anomaly.IncidentID)
	})
	b = field(b, "subject", Scrub(r.Subject))
	b = field(b, "reason", Scrub(r.Reason))
	b = details(b, r.Detail)
	b = number(b, "version", r.Version)
	b = field(b, "state", r.State)
	b = changes(b, r.Changes)
	return append(b, '}')
}

func (a Actor) encode(b []byte) []byte {
	if a == (Actor{}) {
		return b
	}
	return object(b, "actor", func(b []byte) []byte {
		b = field(b, "type", a.Type)
		b = field(b, "account_id", a.AccountID)
		b = field(b, "name_snapshot", a.Name)
		b = field(b, "agency_code", a.AgencyCode)
		b = field(b, "role", a.Role)
		return field(b, "auth", a.Auth)
	})
}

func (c Client) encode(b []byte) []byte {
	return object(b, "client", func(b []byte) []byte {
		b = field(b, "system_id", c.SystemID)
		b = field(b, "ip", c.IP)
		b = field(b, "user_agent_hash", c.UserAgentHash)
		return field(b, "cert_fpr", c.CertFingerprint)
	})
}

func (t Target) encode(b []byte) []byte {
	return object(b, "target", func(b []byte) []byte {
		b = field(b, "dataset_code", t.Dataset)
		b = field(b, "version", t.Version)
		b = field(b, "owner_code", t.Owner)
		b = field(b, "connection_id", t.Connection)
		b = field(b, "grant_id", t.Grant)
		b = field(b, "request_no", t.RequestNo)
		return field(b, "operation", Scrub(t.Operation))
	})
}

func (c Content) encode(b []byte) []byte {
	keys, truncated := c.SubjectKeys, c.SubjectKeysTruncated
	if len(keys) > MaxSubjectKeys {
		keys, truncated = keys[:MaxSubjectKeys], true
	}
	return object(b, "content", func(b []byte) []byte {
		b = list(b, "fields", c.Fields)
		b = field(b, "filter", Scrub(c.Filter))
		b = list(b, "subject_keys", keys)
		if truncated {
			b = flag(comma(b), "subject_keys_truncated", true)
		}
		b = field(b, "hmac_kid", c.KeyID)
		b = number(b, "records", c.Records)
		b = number(b, "persons", c.Persons)
		b = number(b, "bytes", c.Bytes)
		b = field(b, "digest", c.Digest)
		b = list(b, "classes", c.Classes)
		b = list(b, "masked", c.Masked)
		return moment(b, "data_time", c.DataTime)
	})
}

// object appends a named object, or nothing when it would be empty.
func object(b []byte, name string, fill func([]byte) []byte) []byte {
	before := len(b)
	b = append(comma(b), name...)
	b = append(b, `":{`...)
	open := len(b)
	if b = fill(b); len(b) == open {
		return b[:before]
	}
	return append(b, '}')
}

// comma begins the next name, with a comma unless it is the first.
func comma(b []byte) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(b, '"')
}

func field(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(comma(b), name...), '"', ':')
	return quote(b, value)
}

func flag(b []byte, name string, value bool) []byte {
	b = append(append(b, name...), '"', ':')
	return strconv.AppendBool(b, value)
}

func number(b []byte, name string, value int64) []byte {
	if value == 0 {
		return b
	}
	b = append(append(comma(b), name...), '"', ':')
	return strconv.AppendInt(b, value, 10)
}

func moment(b []byte, name string, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	b = append(append(comma(b), name...), '"', ':', '"')
	return append(t.UTC().AppendFormat(b, timeForm), '"')
}

func list(b []byte, name string, values []string) []byte {
	if len(values) == 0 {
		return b
	}
	b = append(append(comma(b), name...), '"', ':', '[')
	for i, v := range values[:min(len(values), maxList)] {
		if i > 0 {
			b = append(b, ',')
		}
		b = quote(b, v)
	}
	if more := len(values) - maxList; more > 0 {
		b = quote(append(b, ','), fmt.Sprintf("[+%d]", more))
	}
	return append(b, ']')
}

func details(b []byte, m map[string]string) []byte {
	if len(m) == 0 {
		return b
	}
	return object(b, "detail", func(b []byte) []byte {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if b[len(b)-1] != '{' {
				b = append(b, ',')
			}
			b = quote(b, key)
			b = quote(append(b, ':'), Scrub(m[key]))
		}
		return b
	})
}

func changes(b []byte, list []Changed) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(comma(b), `changes":[`...)
	for i, c := range list[:min(len(list), maxList)] {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		b = field(b, "field", Scrub(c.Field))
		b = field(b, "before", Scrub(c.Before))
		b = append(field(b, "after", Scrub(c.After)), '}')
	}
	return append(b, ']')
}

// Decode reads a record from its canonical JSON.
func Decode(body []byte) (*Record, error) {
	r := new(Record)
	if err := json.Unmarshal(body, r); err != nil {
		return nil, fmt.Errorf("decode audit record: %w", err)
	}
	return r, nil
}
