package world

import (
	"fmt"
	"time"

	"lienthong/internal/dictionary"
)

// places are the communes of the province with what they were before.
type places struct {
	units   *dictionary.Units
	now     []dictionary.Unit
	before  map[string][]dictionary.Unit
	hamlets map[string][]string
}

func newPlaces(u *dictionary.Units) *places {
	p := &places{units: u, now: u.Communes("15", dictionary.MergerDay), before: map[string][]dictionary.Unit{}, hamlets: map[string][]string{}}
	names := split("Bản-Mới Nà-Lang Phìn-Hồ Cốc-Pục Tả-Lé Nậm-Cáng Sín-Chải Hồng-Ngài Ngải-Thầu Lũng-Pô Khe-Chấn Làng-Mít Nà-Khoa Suối-Chải Đội-Ba Thác-Hoa")
	for i, c := range p.now {
		p.before[c.Code] = u.Predecessors(c.Code)
		for j := range 6 + i%4 {
			kind := "Thôn"
			if c.Kind == "Phường" {
				kind = "Tổ dân phố"
			}
			name := names[(i*3+j)%len(names)]
			p.hamlets[c.Code] = append(p.hamlets[c.Code], kind+" "+dashless(name))
		}
	}
	return p
}

func dashless(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == '-' {
			out[i] = ' '
		}
	}
	return string(out)
}

// codeAt is the code that a clerk wrote on the day for a place in today's commune: before the merger one of those of
// which it was formed, chosen by the number, so that one family keeps its own.
func (p *places) codeAt(commune string, on time.Time, number int) string {
	if before := p.before[commune]; len(before) > 0 && dictionary.DayOf(on) < dictionary.MergerDay {
		return before[number%len(before)].Code
	}
	return commune
}

// position is a place near the middle of the commune, as degrees of longitude and latitude. The communes are laid out in a
// grid over the province; a map that needs the true boundaries has its own data.
func (m *maker) position(commune string) (longitude, latitude string) {
	i := 0
	for j, c := range m.places.now {
		if c.Code == commune {
			i = j
		}
	}
	x, y := float64(i%11), float64(i/11)
	return fmt.Sprintf("%.6f", 103.55+x*0.12+m.rng.Float64()*0.1), fmt.Sprintf("%.6f", 21.35+y*0.15+m.rng.Float64()*0.1)
}
