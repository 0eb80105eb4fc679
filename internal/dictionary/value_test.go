package dictionary

import (
	"testing"
	"testing/quick"

	"lienthong/internal/kit/i18n"
)

func checker(t *testing.T, d Definition, style NumberStyle) *Checker {
	t.Helper()
	units, err := LoadUnits()
	if err != nil {
		t.Fatal(err)
	}
	list, err := NewCodeList(CodeList{Name: "sex", Title: "Giới tính", Items: []CodeItem{
		{Code: "1", Label: "Nam"}, {Code: "2", Label: "Nữ"},
		{Code: "9", Label: "Khác", ValidTo: DayFrom(2020, 1, 1)}, {Code: "9", Label: "Chưa rõ", ValidFrom: DayFrom(2020, 1, 2)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Element{Code: "x", Version: 1, Definition: d}.Compile(Reference{Units: units, Lists: map[string]*CodeList{"sex": list}}, style)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	dec := Definition{Type: Decimal, Precision: 18, Scale: 2}
	for _, tt := range []struct {
		name  string
		d     Definition
		style NumberStyle
		raw   string
		at    Day
		want  string
		code  string
	}{
		{"decomposed text becomes the composed one", Definition{Type: Text}, "", "Ho\u0300a", 0, "Hòa", ""},
		{"spaces, no-break space and zero width go", Definition{Type: Text}, "", " \u00a0Lào\u200b Cai ", 0, "Lào Cai", ""},
		{"eth becomes d with stroke", Definition{Type: Text}, "", "\u00d0ặng", 0, "Đặng", ""},
		{"length counts characters", Definition{Type: Text, MaxLength: 7}, "", "Lào Cai", 0, "Lào Cai", ""},
		{"too long", Definition{Type: Text, MaxLength: 6}, "", "Lào Cai", 0, "", "dictionary.too_long"},
		{"pattern holds over the whole text", Definition{Type: Text, Pattern: "[a-z]+|b1"}, "", "ab1", 0, "", "dictionary.pattern"},
		{"NUL", Definition{Type: Text}, "", "a\x00b", 0, "", "dictionary.control_character"},
		{"integer", Definition{Type: Integer}, "", "-42", 0, "-42", ""},
		{"largest exact integer", Definition{Type: Integer}, "", "9007199254740991", 0, "9007199254740991", ""},
		{"2^53 is refused as integer", Definition{Type: Integer}, "", "9007199254740992", 0, "", "dictionary.integer_too_large"},
		{"integer with groups, style told", Definition{Type: Integer}, StyleVietnamese, "1.234.567", 0, "1234567", ""},
		{"one group is ambiguous untold", Definition{Type: Integer}, "", "1.234", 0, "", "dictionary.ambiguous_number"},
		{"two groups are not ambiguous", Definition{Type: Integer}, "", "1.234.567", 0, "1234567", ""},
		{"bounds", Definition{Type: Integer, Min: "0"}, "", "-1", 0, "", "dictionary.below_minimum"},
		{"decimal beyond 2^53 is exact", dec, "", "99007199254740993.01", 0, "", "dictionary.number_too_large"},
		{"decimal of 18 digits is exact", dec, "", "9007199254740993.1", 0, "9007199254740993.10", ""},
		{"Vietnamese decimal", dec, "", "1.234.567,89", 0, "1234567.89", ""},
		{"plain decimal", dec, "", "1234567.89", 0, "1234567.89", ""},
		{"comma decimal", dec, "", "0,5", 0, "0.50", ""},
		{"negative", dec, "", "-0.05", 0, "-0.05", ""},
		{"ambiguous dot", dec, "", "1.234", 0, "", "dictionary.ambiguous_number"},
		{"ambiguous comma", dec, "", "1,234", 0, "", "dictionary.ambiguous_number"},
		{"leading zero cannot group", Definition{Type: Decimal, Scale: 3}, "", "0.234", 0, "0.234", ""},
		{"plain style told", Definition{Type: Decimal, Scale: 3}, StylePlain, "1.234", 0, "1.234", ""},
		{"never rounded", dec, "", "1.005", 0, "", "dictionary.ambiguous_number"},
		{"never rounded, plain", dec, StylePlain, "1.005", 0, "", "dictionary.too_precise"},
		{"trailing zeros are no precision", dec, StylePlain, "1.500", 0, "1.50", ""},
		{"English grouping", dec, "", "1,234,567.89", 0, "", "dictionary.not_a_number"},
		{"wrong groups", dec, "", "1.23.456", 0, "", "dictionary.not_a_number"},
		{"scientific", dec, "", "9.9919E+11", 0, "", "dictionary.scientific_notation"},
		{"bare sign", dec, "", "-", 0, "", "dictionary.not_a_number"},
		{"huge", dec, "", "99999999999999999999999999", 0, "", "dictionary.number_too_large"},
		{"ISO date", Definition{Type: Date}, "", "2026-01-31", 0, "2026-01-31", ""},
		{"Vietnamese date", Definition{Type: Date}, "", "31/01/2026", 0, "2026-01-31", ""},
		{"short Vietnamese date", Definition{Type: Date}, "", "1/2/2026", 0, "2026-02-01", ""},
		{"29 February of a leap year", Definition{Type: Date}, "", "29/02/2024", 0, "2024-02-29", ""},
		{"29 February else", Definition{Type: Date}, "", "29/02/2026", 0, "", "dictionary.no_such_day"},
		{"month first", Definition{Type: Date}, "", "01/31/2026", 0, "", "dictionary.month_first"},
		{"two-digit year", Definition{Type: Date}, "", "1/2/26", 0, "", "dictionary.two_digit_year"},
		{"year only", Definition{Type: Date}, "", "1950", 0, "", "dictionary.incomplete_date"},
		{"zero day", Definition{Type: Date}, "", "00/00/1950", 0, "", "dictionary.incomplete_date"},
		{"spreadsheet day", Definition{Type: Date}, "", "46053", 0, "", "dictionary.date_is_serial"},
		{"moment with zone", Definition{Type: Timestamp}, "", "2026-01-01T00:30:00+07:00", 0, "2025-12-31T17:30:00Z", ""},
		{"moment without zone is Vietnamese", Definition{Type: Timestamp}, "", "01/01/2026 00:30", 0, "2025-12-31T17:30:00Z", ""},
		{"moment that is none", Definition{Type: Timestamp}, "", "hôm qua", 0, "", "dictionary.not_a_date"},
		{"có", Definition{Type: Boolean}, "", "Có", 0, "true", ""},
		{"0", Definition{Type: Boolean}, "", "0", 0, "false", ""},
		{"maybe", Definition{Type: Boolean}, "", "có lẽ", 0, "", "dictionary.not_a_boolean"},
		{"personal id", Definition{Type: PersonalID}, "", "999190000123", 0, "999190000123", ""},
		{"lost zero is not padded", Definition{Type: PersonalID}, "", "99190000123", 0, "", "dictionary.lost_leading_zero"},
		{"personal id by a spreadsheet", Definition{Type: PersonalID}, "", "9.9919E+11", 0, "", "dictionary.scientific_notation"},
		{"old card", Definition{Type: PersonalID}, "", "999190000", 0, "", "dictionary.old_identity_card"},
		{"ten digits", Definition{Type: PersonalID}, "", "9991900001", 0, "", "dictionary.personal_id_length"},
		{"business 1", Definition{Type: BusinessID}, "", "0100109106", 0, "0100109106", ""},
		{"business 2", Definition{Type: BusinessID}, "", "0100684378", 0, "0100684378", ""},
		{"business 3", Definition{Type: BusinessID}, "", "0101248141", 0, "0101248141", ""},
		{"business wrong digit", Definition{Type: BusinessID}, "", "0100109107", 0, "", "dictionary.business_check_digit"},
		{"business branch", Definition{Type: BusinessID}, "", "0100109106-001", 0, "0100109106-001", ""},
		{"branch 000", Definition{Type: BusinessID}, "", "0100109106-000", 0, "", "dictionary.not_a_business_id"},
		{"branch without dash", Definition{Type: BusinessID}, "", "0100109106001", 0, "", "dictionary.business_id_dash"},
		{"business lost zero", Definition{Type: BusinessID}, "", "100109106", 0, "", "dictionary.lost_leading_zero"},
		{"household business", Definition{Type: BusinessID, HouseholdB: true}, "", "999190000123", 0, "999190000123", ""},
		{"agency", Definition{Type: AgencyCode}, "", "H38.99.05", 0, "H38.99.05", ""},
		{"agency wrong", Definition{Type: AgencyCode}, "", "h38-02", 0, "", "dictionary.not_an_agency_code"},
		{"commune today", Definition{Type: CommuneCode}, "", "02671", DayFrom(2026, 1, 1), "02671", ""},
		{"commune without a day", Definition{Type: CommuneCode}, "", "02671", NoDay, "", "dictionary.unit_needs_date"},
		{"commune lost zero", Definition{Type: CommuneCode}, "", "2671", DayFrom(2026, 1, 1), "", "dictionary.lost_leading_zero"},
		{"commune that ended", Definition{Type: CommuneCode}, "", "02641", DayFrom(2026, 1, 1), "", "dictionary.unit_not_in_force"},
		{"commune unknown", Definition{Type: CommuneCode}, "", "99999", DayFrom(2026, 1, 1), "", "dictionary.unknown_unit"},
		{"province today", Definition{Type: ProvinceCode}, "", "15", DayFrom(2026, 1, 1), "15", ""},
		{"province without a day", Definition{Type: ProvinceCode}, "", "15", NoDay, "", "dictionary.unit_needs_date"},
		{"code", Definition{Type: Coded, CodeList: "sex"}, "", "2", NoDay, "2", ""},
		{"code unknown", Definition{Type: Coded, CodeList: "sex"}, "", "7", NoDay, "", "dictionary.unknown_code"},
		{"code whose meaning changed", Definition{Type: Coded, CodeList: "sex"}, "", "9", NoDay, "", "dictionary.code_needs_date"},
		{"code whose meaning changed, with a day", Definition{Type: Coded, CodeList: "sex"}, "", "9", DayFrom(2026, 1, 1), "9", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, problem := checker(t, tt.d, tt.style).Parse(tt.raw, tt.at)
			code := ""
			if problem != nil {
				code = problem.Code
				if _, known := Messages[code]; !known {
					t.Errorf("code %s has no sentence", code)
				}
			}
			if code != tt.code || v.String() != tt.want {
				t.Fatalf("Parse(%q) = %q, %q; want %q, %q", tt.raw, v.String(), code, tt.want, tt.code)
			}
		})
	}
}

func TestEmptyIsNull(t *testing.T) {
	for _, typ := range Types() {
		v, problem := checker(t, Definition{Type: typ, CodeList: "sex"}, "").Parse("  ", NoDay)
		if problem != nil || !v.Null() {
			t.Errorf("%s: %v, %v", typ, v, problem)
		}
	}
}

func TestFixesAreTold(t *testing.T) {
	v, problem := checker(t, Definition{Type: Decimal, Scale: 2}, "").Parse(" 1.234,5 ", NoDay)
	if problem != nil || v.Fixes != FixTrim|FixNumber || len(v.Fixes.Names()) != 2 {
		t.Fatalf("fixes %v, %v", v.Fixes.Names(), problem)
	}
}

func TestPersonFacts(t *testing.T) {
	for _, tt := range []struct {
		name string
		sex  Sex
		year int
		code string
	}{
		{"female of 1990", Female, 1990, ""},
		{"nothing known", "", 0, ""},
		{"male contradicts", SexOf("Nam"), 1990, "dictionary.sex_contradicts_id"},
		{"year contradicts", Female, 1991, "dictionary.birth_year_contradicts_id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := ""
			if p := CheckPerson("999190000123", tt.sex, tt.year); p != nil {
				code = p.Code
			}
			if code != tt.code {
				t.Fatalf("got %q", code)
			}
		})
	}
	if f := FactsOf("999205000123"); f.Sex != Male || f.BirthYear != 2005 {
		t.Fatalf("facts %+v", f)
	}
}

func TestParseNeverPanicsAndRoundTrips(t *testing.T) {
	var all []*Checker
	for _, typ := range Types() {
		all = append(all, checker(t, Definition{Type: typ, CodeList: "sex", Scale: 2}, StylePlain))
	}
	f := func(raw string) bool {
		for _, c := range all {
			v, problem := c.Parse(raw, NoDay)
			if problem != nil || v.Null() {
				continue
			}
			again, problem := c.Parse(v.String(), NoDay)
			if problem != nil || again.String() != v.String() {
				return false
			}
		}
		return true
	}
	if err := quick.Check(f, &quick.Config{MaxCount: 2000}); err != nil {
		t.Fatal(err)
	}
}

func FuzzParse(f *testing.F) {
	units, err := LoadUnits()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "1.234,5", "31/01/2026", "999190000123", "9.99E+11", "Hòa", "2026-01-01T00:00:00Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, typ := range Types() {
			if typ == Coded {
				continue
			}
			c, err := Element{Code: "x", Definition: Definition{Type: typ, Scale: 2}}.Compile(Reference{Units: units}, StylePlain)
			if err != nil {
				t.Fatal(err)
			}
			v, problem := c.Parse(raw, DayFrom(2026, 1, 1))
			if problem != nil || v.Null() {
				continue
			}
			if again, problem := c.Parse(v.String(), DayFrom(2026, 1, 1)); problem != nil || again.String() != v.String() {
				t.Fatalf("%s: %q gives %q, which gives %q, %v", typ, raw, v, again, problem)
			}
		}
	})
}

func TestMessagesAreWhole(t *testing.T) {
	if _, err := i18n.NewCatalog(Messages); err != nil {
		t.Fatal(err)
	}
	for code, text := range Messages {
		if text.Vi == "" || text.En == "" {
			t.Errorf("%s lacks a language", code)
		}
	}
}
