package world

import (
	"fmt"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
)

// births is Sở Tư pháp's register of births. Records before 1 July 2025 carry the commune codes of their time.
func (m *maker) births() Dataset {
	d := registration{
		code: Births, name: "Hộ tịch - khai sinh", system: SysCivil, nature: catalog.MasterSector, scope: catalog.Shared,
		about: "Thông tin khai sinh của trẻ em được đăng ký tại các xã, phường trong tỉnh, dùng để thay bản sao giấy khai sinh khi giải quyết thủ tục hành chính.",
		basis: "Luật Hộ tịch 60/2014/QH13, Điều 59; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.OnEvent, delay: 60,
		agencies: []string{Education, Office, Health}, purposes: []string{"DVC-TTHC", "PTDB", "QLNN"}, stage: StageReviewed,
	}.dataset(catalog.Schema{
		Fields: []catalog.Field{
			key(subject("so_dinh_danh")), required(field("ho_ten", "Họ và tên", "ho_ten")), required(field("ngay_sinh", "Ngày sinh", "ngay_sinh")),
			required(field("gioi_tinh", "Giới tính", "gioi_tinh")), field("dan_toc", "Dân tộc", "dan_toc"),
			required(field("ma_xa", "Nơi đăng ký", "ma_xa")), required(field("so_giay_khai_sinh", "Số giấy khai sinh", "so_giay_to")),
			required(field("ngay_dang_ky", "Ngày đăng ký", "ngay_cap")),
			person(field("so_dinh_danh_me", "Số định danh của mẹ", "so_dinh_danh_ca_nhan")), field("ho_ten_me", "Họ và tên mẹ", "ho_ten"),
			person(field("so_dinh_danh_cha", "Số định danh của cha", "so_dinh_danh_ca_nhan")), field("ho_ten_cha", "Họ và tên cha", "ho_ten"),
			field("dia_chi_cha_me", "Nơi cư trú của cha, mẹ", "dia_chi"), changed(),
		},
		DateField: "ngay_dang_ky", Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh", Birth: "ngay_sinh"}},
	}, 0)
	f := m.file(&d, "khai-sinh.csv")
	for _, h := range m.households {
		for _, c := range h.members {
			if c.Mother == nil {
				continue
			}
			on := m.within(c.Born.AddDate(0, 0, 3+m.rng.IntN(50)))
			f.add(c.ID, c.Name, date(c.Born), c.Sex(), c.People, m.places.codeAt(h.commune, on, h.place), fmt.Sprintf("%d/%d", 1+m.number()%900, on.Year()), date(on),
				c.Mother.ID, c.Mother.Name, c.Father.ID, c.Father.Name, h.hamlet+", "+m.places.nameOf(h.commune), moment(m.office(on)))
		}
	}
	return d
}

// within keeps a day inside the world.
func (m *maker) within(t time.Time) time.Time {
	if t.After(m.size.Day) {
		return m.size.Day
	}
	return t
}

// nameOf is the full name of a commune of today.
func (p *places) nameOf(code string) string {
	unit, problem := p.units.Commune(code, dictionary.MergerDay)
	if problem != nil {
		return code
	}
	return unit.FullName
}

// deaths is Sở Tư pháp's register of deaths: people on no list, and those whom story 2 finds. The lists must be made
// after it: it decides who is dead.
func (m *maker) deaths() Dataset {
	d := registration{
		code: Deaths, name: "Hộ tịch - khai tử", system: SysCivil, nature: catalog.MasterSector, scope: catalog.Shared,
		about: "Thông tin khai tử đăng ký tại các xã, phường trong tỉnh, dùng để dừng chế độ, chính sách và đối soát danh sách đang hưởng.",
		basis: "Luật Hộ tịch 60/2014/QH13, Điều 33; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.OnEvent, delay: 60,
		agencies: []string{Health, Interior, Agriculture}, purposes: []string{"QLNN", "PTDB"}, stage: StageIssued,
	}.dataset(catalog.Schema{
		Fields: []catalog.Field{
			key(field("so_dang_ky", "Số đăng ký khai tử", "ma_dinh_danh_noi_bo")), required(subject("so_dinh_danh")), required(field("ho_ten", "Họ và tên", "ho_ten")),
			required(field("ngay_sinh", "Ngày sinh", "ngay_sinh")), required(field("gioi_tinh", "Giới tính", "gioi_tinh")),
			required(field("ngay_mat", "Ngày mất", "ngay_mat")), required(field("ma_xa", "Nơi đăng ký", "ma_xa")), required(field("ngay_dang_ky", "Ngày đăng ký", "ngay_cap")), changed(),
		},
		DateField: "ngay_dang_ky", Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh", Birth: "ngay_sinh"}},
	}, 0)
	f := m.file(&d, "khai-tu.csv")
	for _, p := range m.dead {
		m.death(f, p, m.between(day(2024, 1, 1), m.size.Day.AddDate(0, 0, -20)))
	}
	m.plantDeaths(f)
	return d
}

func (m *maker) death(f *File, p *Person, died time.Time) string {
	on := m.within(died.AddDate(0, 0, 1+m.rng.IntN(14)))
	number := fmt.Sprintf("KT-%d-%05d", on.Year(), m.number())
	f.add(number, p.ID, p.Name, date(p.Born), p.Sex(), date(died), m.places.codeAt(p.Commune, on, p.home.place), date(on), moment(m.office(on)))
	return number
}

// Numbers of story 2. The errors lie on both lists in proportion to their length, so that each list alone and both
// together have the consistency of 98.6 that the story names.
const (
	listed           = 3000
	onAllowances     = 2510
	deadListed       = 37
	deadOnAllowances = 31
	otherYear        = 4
	otherYearOnAllow = 3
	shortID          = 2
	aliveCommune     = "02839"
)

// plantDeaths records the deaths of the first elders, who stay on their lists: elders[0:37] are the matches, the next
// four differ in the year of birth, the next two have an identifier of eleven digits on the list.
func (m *maker) plantDeaths(f *File) {
	t := &m.w.Truth.Lists
	for i, p := range m.elders[:deadListed+otherYear+shortID] {
		if i == 0 {
			p.Commune = aliveCommune
			p.Hamlet = m.places.hamlets[aliveCommune][0]
		}
		number := m.death(f, p, m.between(day(2025, 9, 1), day(2026, 8, 31)))
		switch {
		case i == 0:
			t.Alive, t.AliveName, t.AliveAt, t.WrongDeath = p.ID, p.Name, aliveCommune, number
			fallthrough
		case i < deadListed:
			t.Dead = append(t.Dead, p.ID)
		case i < deadListed+otherYear:
			t.BirthYear = append(t.BirthYear, p.ID)
		}
	}
}
