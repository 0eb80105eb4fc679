package access

import "lienthong/internal/kit/fault"

// quotaLeft is check 7, and tells how many records the answer may carry.
func quotaLeft(r Request, f Facts, g *Grant) (int64, verdict) {
	return room(g.Conditions, f.Usage[g.ID], r.Limit, r.Flexible)
}

// room is the one arithmetic of quotas, for the decision and for the reservation after it. A flexible question takes what
// is left; one that names a number is refused when less is left, so that nobody is given fewer records without a word.
func room(c Conditions, u Usage, want int64, flexible bool) (int64, verdict) {
	for _, q := range []struct {
		limit, used int64
		code        string
	}{{c.CallsPerMinute, u.CallsMinute, "access.quota_calls_minute"}, {c.CallsPerDay, u.CallsDay, "access.quota_calls_day"}} {
		if q.limit > 0 && q.used >= q.limit {
			return 0, deny(CheckQuota, fault.Limited, q.code, q.limit)
		}
	}
	if c.RecordsPerCall > 0 && want > c.RecordsPerCall {
		if !flexible { // waiting does not help, so it is no 429
			return 0, deny(CheckQuota, fault.Denied, "access.quota_records_call", c.RecordsPerCall)
		}
		want = c.RecordsPerCall
	}
	for _, q := range []struct {
		limit, used int64
		code        string
	}{{c.RecordsPerDay, u.RecordsDay, "access.quota_records_day"}, {c.PersonsPerDay, u.PersonsDay, "access.quota_persons_day"}} {
		if q.limit == 0 {
			continue
		}
		least := want
		if flexible {
			least = min(want, 1)
		}
		left := max(0, q.limit-q.used)
		if left == 0 || least > left {
			return 0, deny(CheckQuota, fault.Limited, q.code, q.limit, left)
		}
		if left -= u.Held; least > left {
			return 0, deny(CheckQuota, fault.Limited, "access.quota_held", q.limit)
		}
		want = min(want, left)
	}
	return want, ok
}
