package world

import (
	"fmt"

	"lienthong/internal/catalog"
)

// entitled are the people of one of the two lists of story 2, in the order in which they stand on it.
func (m *maker) entitled(allowance bool) []*Person {
	planted := deadListed + otherYear + shortID
	var mine []*Person
	for i, p := range m.elders[:planted] {
		if m.onAllowances(i) == allowance {
			mine = append(mine, p)
		}
	}
	size := onAllowances
	from := planted
	if !allowance {
		size = listed - onAllowances
		from = planted + onAllowances // well past those of the first list
	}
	for _, p := range m.elders[from:] {
		if len(mine) == size {
			break
		}
		mine = append(mine, p)
	}
	m.rng.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
	return mine
}

// onAllowances tells on which list a planted person stands.
func (m *maker) onAllowances(i int) bool {
	switch {
	case i < deadListed:
		return i < deadOnAllowances
	case i < deadListed+otherYear:
		return i-deadListed < otherYearOnAllow
	}
	return true
}

// identity is how a person stands on a list: with the planted errors of story 2.
func (m *maker) identity(p *Person) (id string, year int) {
	t := &m.w.Truth.Lists
	t.Compared++
	id, year = p.ID, p.Born.Year()
	if contains(t.BirthYear, id) {
		year += 3
	}
	for _, short := range m.elders[deadListed+otherYear : deadListed+otherYear+shortID] {
		if short == p { // a spreadsheet took the first digit away
			id = id[1:]
			t.Short = append(t.Short, id)
		}
	}
	return id, year
}

// listFields are those that both lists share. The year of birth is not compared with the identifier when a file is
// loaded: the difference is for the reconciliation to find.
func listFields(kind catalog.Field) catalog.Schema {
	return catalog.Schema{
		Fields: []catalog.Field{
			key(field("ma_doi_tuong", "Mã đối tượng", "ma_dinh_danh_noi_bo")), required(subject("so_dinh_danh")), required(field("ho_ten", "Họ và tên", "ho_ten")),
			required(field("nam_sinh", "Năm sinh", "nam_sinh")), required(field("gioi_tinh", "Giới tính", "gioi_tinh")), required(field("ma_xa", "Xã, phường chi trả", "ma_xa")),
			required(kind), required(field("muc_huong", "Mức hưởng hằng tháng", "so_tien")), required(field("tinh_trang", "Tình trạng hưởng", "tinh_trang_huong")),
			field("so_quyet_dinh", "Số quyết định", "so_giay_to"), required(field("ngay_huong", "Hưởng từ ngày", "ngay_cap")), changed(),
		},
		Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh"}},
	}
}

// allowances is the list of social protection, which Sở Y tế took over on 1 March 2025.
func (m *maker) allowances() Dataset {
	d := registration{
		code: Allowances, name: "Danh sách người hưởng trợ cấp xã hội hằng tháng", system: SysAllowance, nature: catalog.Specialised, scope: catalog.Shared,
		about: "Danh sách người đang hưởng trợ cấp xã hội hằng tháng tại các xã, phường trong tỉnh, gồm diện hưởng, mức hưởng và tình trạng hưởng.",
		basis: "Nghị định 20/2021/NĐ-CP, Điều 5; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.Monthly, method: catalog.MethodSyncPeriodic,
		agencies: []string{Justice, Finance, Office}, hidden: []string{"so_quyet_dinh"}, purposes: []string{"QLNN", "PTDB"}, stage: StageIssued,
	}.dataset(listFields(field("loai_tro_cap", "Loại trợ cấp", "loai_tro_cap")), 0)
	m.fillList(&d, "tro-cap.csv", "BT", true, []string{"CAO_TUOI", "CAO_TUOI", "CAO_TUOI", "KHUYET_TAT", "KHUYET_TAT", "DON_THAN"})
	return d
}

// merit is the list of people with merit, which Sở Nội vụ took over on 1 March 2025.
func (m *maker) merit() Dataset {
	d := registration{
		code: Merit, name: "Danh sách người có công đang hưởng ưu đãi", system: SysMerit, nature: catalog.Specialised, scope: catalog.Shared,
		about: "Danh sách người có công với cách mạng đang hưởng trợ cấp ưu đãi hằng tháng tại các xã, phường trong tỉnh.",
		basis: "Pháp lệnh 02/2020/UBTVQH14, Điều 5; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.Monthly, method: catalog.MethodSyncPeriodic,
		agencies: []string{Justice, Finance, Office}, hidden: []string{"so_quyet_dinh"}, purposes: []string{"QLNN", "PTDB"}, stage: StageIssued,
	}.dataset(listFields(field("doi_tuong", "Đối tượng người có công", "doi_tuong_co_cong")), 0)
	m.fillList(&d, "nguoi-co-cong.csv", "CC", false, []string{"THUONG_BINH", "THUONG_BINH", "BENH_BINH", "THAN_NHAN", "KHANG_CHIEN"})
	return d
}

func (m *maker) fillList(d *Dataset, name, prefix string, allowance bool, kinds []string) {
	f := m.file(d, name)
	for i, p := range m.entitled(allowance) {
		id, year := m.identity(p)
		since := m.between(day(2016, 1, 1), day(2025, 12, 31))
		state := "DANG_HUONG"
		if m.rng.IntN(40) == 0 && !contains(m.w.Truth.Lists.Dead, p.ID) {
			state = "TAM_DUNG"
		}
		f.add(fmt.Sprintf("%s-%06d", prefix, i+1), id, p.Name, fmt.Sprint(year), p.Sex(), p.Commune, pick(m.rng, kinds), fmt.Sprint(500_000+50_000*m.rng.IntN(40)), state,
			fmt.Sprintf("%d/QĐ-UBND", 100+m.rng.IntN(3000)), date(since), moment(m.office(m.between(day(2026, 9, 1), m.size.Day))))
	}
	if allowance {
		m.w.Truth.Lists.InTroCap = deadOnAllowances + otherYearOnAllow + shortID
	}
}
