package world

import (
	"fmt"
	"time"
)

// Person is one fictional person.
type Person struct {
	ID      string
	Name    string
	Female  bool
	Born    time.Time
	People  string // code of the code list dan_toc
	Commune string // of today
	Hamlet  string
	Mother  *Person
	Father  *Person
	home    *household
}

// Sex is the code of the code list gioi_tinh.
func (p *Person) Sex() string {
	if p.Female {
		return "2"
	}
	return "1"
}

type household struct {
	code    string
	commune string
	hamlet  string
	place   int // which of the former communes it lies in
	naming  naming
	members []*Person // head first
	kind    string    // code of phan_loai_ho, empty when it is in no review
	since   time.Time
}

// Identifiers of story 1, and the block of story 6. Random numbers keep away from both.
const (
	motherID   = "999190000123"
	childID    = "999216000456"
	blockFrom  = 900_000
	blockFirst = "999070900000" // a man born in 1970
	blockSize  = 1900
	blockFound = 1312
)

// identifier makes one that is nobody's: 999, century and sex, year, six random digits.
func (m *maker) identifier(born time.Time, female bool) string {
	century := 2 * (born.Year()/100 - 19)
	if female {
		century++
	}
	for {
		id := fmt.Sprintf("999%d%02d%06d", century, born.Year()%100, 1000+m.rng.IntN(blockFrom-1000))
		if !m.taken[id] {
			m.taken[id] = true
			return id
		}
	}
}

func (m *maker) person(n naming, female bool, born time.Time, family string, h *household) *Person {
	f := 0
	if female {
		f = 1
	}
	p := &Person{
		ID: m.identifier(born, female), Name: m.name(n, f, family), Female: female, Born: born, People: n.code, Commune: h.commune, Hamlet: h.hamlet, home: h,
	}
	m.w.People = append(m.w.People, p)
	return p
}

// populate makes families, then old people for the lists, then the dead.
func (m *maker) populate() {
	m.family()
	for len(m.households) < m.size.Households {
		c := pick(m.rng, m.places.now)
		m.households = append(m.households, m.household(c.Code, c.Kind == "Phường"))
	}
	for range listed + 60 {
		m.elders = append(m.elders, m.single(m.between(day(1931, 1, 1), day(1956, 12, 31))))
	}
	for range 1200 + m.size.Households/10 {
		m.dead = append(m.dead, m.single(m.between(day(1928, 1, 1), day(1972, 12, 31))))
	}
}

// single is a person whose family does not matter here.
func (m *maker) single(born time.Time) *Person {
	c := pick(m.rng, m.places.now)
	return m.person(m.naming(c.Kind == "Phường"), m.chance(50), born, "", &household{commune: c.Code, hamlet: pick(m.rng, m.places.hamlets[c.Code]), place: m.rng.IntN(5)})
}

func (m *maker) household(commune string, ward bool) *household {
	h := &household{commune: commune, hamlet: pick(m.rng, m.places.hamlets[commune]), place: m.rng.IntN(5), naming: m.naming(ward)}
	h.code = fmt.Sprintf("%s-%05d", commune, m.number())
	poor := m.rng.IntN(100)
	switch {
	case poor < 19:
		h.kind = "ngheo"
	case poor < 29:
		h.kind = "can_ngheo"
	case poor < 34:
		h.kind = "thoat_ngheo"
	}
	h.since = m.between(day(2025, 11, 1), day(2025, 12, 20))
	m.parents(h)
	m.children(h, m.rng.IntN(5))
	return h
}

func (m *maker) parents(h *household) {
	born := m.between(day(1978, 1, 1), day(1998, 12, 31))
	father := m.person(h.naming, false, born, "", h)
	mother := m.person(h.naming, true, born.AddDate(0, m.rng.IntN(60)-20, m.rng.IntN(25)), "", h)
	h.members = append(h.members, father, mother)
}

// children are born after their mother's nineteenth year and before the world's day.
func (m *maker) children(h *household, n int) {
	father, mother := h.members[0], h.members[1]
	family, _, _ := cutName(father.Name)
	first := mother.Born.AddDate(19, 0, 0)
	if earliest := day(2008, 1, 1); first.Before(earliest) {
		first = earliest
	}
	born := m.between(first, first.AddDate(4, 0, 0))
	for range n {
		if born.After(m.size.Day.AddDate(0, -1, 0)) {
			return
		}
		c := m.person(h.naming, m.chance(48), born, family, h)
		c.Mother, c.Father = mother, father
		h.members = append(h.members, c)
		born = born.AddDate(0, 14+m.rng.IntN(40), m.rng.IntN(27))
	}
}

// family is the household of story 1: a mother in Xã Y Tý and her son, who boards at the commune's school.
func (m *maker) family() {
	mong := namings()[5]
	h := &household{code: "02701-00000", commune: "02701", hamlet: m.places.hamlets["02701"][0], naming: mong, kind: "ngheo", since: day(2025, 12, 5)}
	m.taken[motherID], m.taken[childID] = true, true
	mother := &Person{ID: motherID, Name: "Sùng Thị Mỷ", Female: true, Born: day(1990, 4, 12), People: mong.code, Commune: h.commune, Hamlet: h.hamlet, home: h}
	father := m.person(mong, false, day(1988, 8, 3), "Thào", h)
	child := &Person{
		ID: childID, Name: "Thào A Sình", Born: day(2016, 3, 21), People: mong.code, Commune: h.commune, Hamlet: h.hamlet, Mother: mother, Father: father, home: h,
	}
	h.members = []*Person{father, mother, child}
	m.w.People = append(m.w.People, mother, child)
	m.households = append(m.households, h)
	m.w.Truth.Family = Family{Mother: mother, Child: child, Household: h.code, Commune: h.commune}
}

// cutName gives the family name and the rest.
func cutName(name string) (family, rest string, found bool) {
	for i, r := range name {
		if r == ' ' {
			return name[:i], name[i+1:], true
		}
	}
	return name, "", false
}

// age in whole years on the world's day.
func (m *maker) age(p *Person) int {
	age := m.size.Day.Year() - p.Born.Year()
	if p.Born.AddDate(age, 0, 0).After(m.size.Day) {
		age--
	}
	return age
}

// phone is a number in no use: 09000 and five digits, built for the demo.
func (m *maker) phone() string { return fmt.Sprintf("09000%05d", m.rng.IntN(100_000)) }
