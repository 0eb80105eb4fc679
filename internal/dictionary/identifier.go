package dictionary

import (
	"regexp"
	"strings"
)

// parsePersonalID reads a personal identifier (số định danh cá nhân): 12 digits as text. It has no check digit. A number
// that a spreadsheet has shortened is reported, never padded (invariant 2).
func parsePersonalID(s string) *Problem {
	switch {
	case len(s) == 12 && allDigits(s):
		return nil
	case scientific(s):
		return refuse("dictionary.scientific_notation")
	case !allDigits(s):
		return refuse("dictionary.not_a_personal_id")
	case len(s) == 11:
		return refuse("dictionary.lost_leading_zero", 11, 12)
	case len(s) == 9:
		return refuse("dictionary.old_identity_card")
	}
	return refuse("dictionary.personal_id_length", len(s))
}

// Sex is what digit four of a personal identifier tells.
type Sex string

const (
	Male   Sex = "male"
	Female Sex = "female"
)

// PersonFacts is what the structure of a personal identifier says about its holder.
type PersonFacts struct {
	Sex       Sex
	BirthYear int
}

// FactsOf reads sex and year of birth from a valid personal identifier.
func FactsOf(id string) PersonFacts {
	century := int(id[3]-'0') / 2
	sex := Male
	if (id[3]-'0')%2 == 1 {
		sex = Female
	}
	return PersonFacts{Sex: sex, BirthYear: 1900 + 100*century + small(id[4:6])}
}

// CheckPerson compares a valid personal identifier with the sex and year of birth written beside it. Empty sex and
// year 0 are not known.
func CheckPerson(id string, sex Sex, birthYear int) *Problem {
	facts := FactsOf(id)
	if sex != "" && sex != facts.Sex {
		return refuse("dictionary.sex_contradicts_id")
	}
	if birthYear != 0 && birthYear != facts.BirthYear {
		return refuse("dictionary.birth_year_contradicts_id")
	}
	return nil
}

// SexOf reads a written or coded sex; empty when it is not told.
func SexOf(s string) Sex {
	switch strings.ToLower(s) {
	case "nam", "male", "m", "1":
		return Male
	case "nữ", "nu", "female", "f", "2":
		return Female
	}
	return ""
}

var businessWeights = [9]int{31, 29, 23, 19, 17, 13, 7, 5, 3}

// businessDigit reports whether ten digits carry the right check digit.
func businessDigit(s string) bool {
	sum, zeros := 0, true
	for i, w := range businessWeights {
		sum += w * int(s[i]-'0')
		zeros = zeros && (i < 2 || s[i] == '0')
	}
	check := 10 - sum%11
	return !zeros && check != 10 && check == int(s[9]-'0')
}

func (c *Checker) parseBusinessID(s string) *Problem {
	main, branch, dashed := strings.Cut(s, "-")
	switch {
	case scientific(s):
		return refuse("dictionary.scientific_notation")
	case !allDigits(main) || dashed && !allDigits(branch):
		return refuse("dictionary.not_a_business_id")
	case !dashed && len(main) == 12 && c.definition.HouseholdB:
		return nil
	case !dashed && len(main) == 13:
		return refuse("dictionary.business_id_dash")
	case !dashed && len(main) == 9 && businessDigit("0"+main):
		return refuse("dictionary.lost_leading_zero", 9, 10)
	case len(main) != 10 || dashed && (len(branch) != 3 || branch == "000"):
		return refuse("dictionary.not_a_business_id")
	case !businessDigit(main):
		return refuse("dictionary.business_check_digit")
	}
	return nil
}

var agencyPattern = regexp.MustCompile(`^[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})*$`)

// ValidAgencyCode reports whether the text is an agency code of QĐ 20/2020/QĐ-TTg.
func ValidAgencyCode(s string) bool { return len(s) <= 35 && agencyPattern.MatchString(s) }
