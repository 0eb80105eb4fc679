package dictionary

// Conversion is a commune followed from one day to another.
type Conversion struct {
	From Unit `json:"from"`
	To   Unit `json:"to"`
}

// Convert follows a commune code of a province from the day of the record to another day. Forward every unit has one
// successor; backward a merged unit has several predecessors, which is reported and not guessed.
func (u *Units) Convert(province, code string, at, to Day) (Conversion, *Problem) {
	from, problem := u.communeOf(province, code, at)
	if problem != nil {
		return Conversion{}, problem
	}
	if to.Within(from.From, from.To) {
		return Conversion{From: from, To: from}, nil
	}
	if from.mergedInto != "" && to > from.To {
		next, problem := u.Commune(from.mergedInto, to)
		return Conversion{From: from, To: next}, problem
	}
	before := u.Predecessors(from.Code)
	switch {
	case len(before) == 0:
		return Conversion{}, refuse("dictionary.unit_history_unknown", to.String())
	case len(before) > 1:
		return Conversion{}, refuse("dictionary.unit_split_back", from.FullName, len(before))
	}
	return Conversion{From: from, To: before[0]}, nil
}

// communeOf resolves a code and checks that it lay in the province on that day.
func (u *Units) communeOf(province, code string, at Day) (Unit, *Problem) {
	unit, problem := u.Commune(code, at)
	if problem != nil {
		return Unit{}, problem
	}
	if province == "" || unit.Province == province {
		return unit, nil
	}
	if at == NoDay { // the same unit before and after, whose province code has changed
		for _, p := range u.communes[code] {
			if p.Province == province {
				return p, nil
			}
		}
	}
	return Unit{}, refuse("dictionary.unit_other_province", unit.FullName, unit.Province)
}

// Predecessors lists the communes that became part of a commune in force today, by code; none where the record of the
// province does not go back.
func (u *Units) Predecessors(code string) []Unit {
	var list []Unit
	for _, unit := range u.Communes("", MergerDay-1) {
		if unit.mergedInto == code {
			list = append(list, unit)
		}
	}
	return list
}
