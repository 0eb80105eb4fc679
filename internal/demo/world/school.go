package world

import (
	"fmt"
	"sort"

	"lienthong/internal/catalog"
)

type school struct {
	code, name, level, commune string
	pupils                     []*Person
	grades                     map[string]int // pupils by class
}

const schoolYear = 2026 // 2026-2027

// Numbers of story 5.
const (
	notesWithPhone = 40
	notesWithID    = 5
)

// makeSchools gives every commune its schools and puts each child of that age into one.
func (m *maker) makeSchools() []*school {
	m.schoolsOf = map[string][]*school{}
	var all []*school
	add := func(commune, level, name string) {
		s := &school{code: fmt.Sprintf("15%s%02d", commune, len(m.schoolsOf[commune])+1), name: name, level: level, commune: commune, grades: map[string]int{}}
		m.schoolsOf[commune] = append(m.schoolsOf[commune], s)
		all = append(all, s)
	}
	for i, c := range m.places.now {
		add(c.Code, "MN", "Trường Mầm non "+c.Name)
		if c.Kind == "Phường" || i%3 == 0 {
			add(c.Code, "TH", "Trường Tiểu học "+c.Name)
			add(c.Code, "THCS", "Trường Trung học cơ sở "+c.Name)
		}
		if c.Kind != "Phường" {
			add(c.Code, "PTDTBT", "Trường Phổ thông dân tộc bán trú "+c.Name)
		}
		if i%4 == 0 {
			add(c.Code, "THPT", "Trường Trung học phổ thông "+c.Name)
		}
	}
	for _, h := range m.households {
		for _, c := range h.members {
			if c.Mother != nil {
				m.enrol(c)
			}
		}
	}
	return all
}

// grade is the class in which a child of the year sits: 1 to 12, 0 or less before school.
func grade(p *Person) int { return schoolYear - p.Born.Year() - 5 }

func (m *maker) enrol(p *Person) {
	g := grade(p)
	level := "TH"
	switch {
	case g < -2 || g > 12:
		return
	case g < 1:
		level = "MN"
	case g > 9:
		level = "THPT"
	case g > 5:
		level = "THCS"
	}
	var best *school
	for _, s := range m.schoolsOf[p.Commune] {
		boarding := s.level == "PTDTBT" && (level == "TH" || level == "THCS")
		if s.level == level && best == nil || boarding && (p.ID == childID || best == nil || m.chance(60)) {
			best = s
		}
	}
	if best != nil {
		best.pupils = append(best.pupils, p)
		best.grades[class(p)]++
		if p.ID == childID {
			m.w.Truth.Family.School = best.code
		}
	}
}

func class(p *Person) string {
	g := grade(p)
	if g < 1 {
		return fmt.Sprintf("%d tuổi", schoolYear-p.Born.Year())
	}
	return fmt.Sprintf("%d%c", g, 'A'+rune(p.ID[11]-'0')%2)
}

// schools is the list that story 5 wants to open; its notes hold what must not leave.
func (m *maker) schools() Dataset {
	d := registration{
		code: Schools, name: "Danh sách trường học", system: SysEducation, nature: catalog.MasterSector, scope: catalog.Open,
		about: "Danh sách trường mầm non, phổ thông trong tỉnh với cấp học, địa chỉ, tọa độ, số lớp, số học sinh và số giáo viên của năm học.",
		basis: "Luật Giáo dục 43/2019/QH14, Điều 60; Quy chế dữ liệu số của tỉnh, Điều 18", frequency: catalog.Monthly,
		everyone: true, purposes: []string{"QLNN", "PTDB", "CDDH"}, stage: StageIssued,
	}.dataset(catalog.Schema{Fields: []catalog.Field{
		key(field("ma_truong", "Mã trường", "ma_dinh_danh_noi_bo")), required(field("ten_truong", "Tên trường", "ten_co_so")), required(field("cap_hoc", "Cấp học", "cap_hoc")),
		required(field("ma_xa", "Xã, phường", "ma_xa")), field("dia_chi", "Địa chỉ", "dia_chi_co_quan"), field("kinh_do", "Kinh độ", "kinh_do"), field("vi_do", "Vĩ độ", "vi_do"),
		required(field("so_lop", "Số lớp", "so_luong")), required(field("so_hoc_sinh", "Số học sinh", "so_luong")), required(field("so_giao_vien", "Số giáo viên", "so_luong")),
		required(field("nam_hoc", "Năm học", "nam_hoc")), field("ghi_chu", "Ghi chú", "ghi_chu"), changed(),
	}}, 0)
	f := m.file(&d, "truong-hoc.csv")
	all := m.makeSchools()
	notes := m.notes(len(all))
	for i, s := range all {
		x, y := m.position(s.commune)
		f.add(s.code, s.name, s.level, s.commune, m.places.hamlets[s.commune][i%3]+", "+m.places.nameOf(s.commune), x, y, fmt.Sprint(len(s.grades)), fmt.Sprint(len(s.pupils)),
			fmt.Sprint(3+len(s.pupils)/9+i%5), schoolYearText(), notes[i], moment(m.office(m.size.Day.AddDate(0, 0, -i%20))))
	}
	return d
}

func schoolYearText() string { return fmt.Sprintf("%d-%d", schoolYear, schoolYear+1) }

// notes are what somebody wrote beside each school: telephone numbers in the forms that people use, and identifiers.
func (m *maker) notes(n int) []string {
	plain := []string{"", "", "Có điểm trường lẻ", "Đang sửa mái nhà lớp học", "Có bếp ăn bán trú", "Đường vào khó đi mùa mưa"}
	out := make([]string, n)
	for i := range out {
		out[i] = pick(m.rng, plain)
	}
	places := m.rng.Perm(n)[:notesWithPhone+notesWithID]
	for i, at := range places {
		who := pick(m.rng, m.elders[100:])
		tel := m.phone()
		switch {
		case i < notesWithID:
			out[at] = "Hiệu trưởng " + who.Name + ", CCCD " + who.ID
		case i%3 == 0:
			out[at] = "Hiệu trưởng " + who.Name + ", ĐT " + tel
		case i%3 == 1:
			out[at] = "Liên hệ " + tel[:4] + " " + tel[4:7] + " " + tel[7:] + " (hiệu trưởng)"
		default:
			out[at] = "sđt hiệu trưởng: +84" + tel[1:]
		}
	}
	t := &m.w.Truth.Open
	t.NotesWithPhone, t.NotesWithID = notesWithPhone, notesWithID
	return out
}

// pupils is the register of pupils of the school year.
func (m *maker) pupils() Dataset {
	d := registration{
		code: Pupils, name: "Học sinh đang học", system: SysEducation, nature: catalog.Specialised, scope: catalog.Shared,
		about: "Thông tin học sinh đang học tại các trường trong tỉnh theo năm học, gồm trường, lớp và chế độ bán trú, phục vụ quản lý và chế độ học sinh.",
		basis: "Luật Giáo dục 43/2019/QH14, Điều 104; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.Weekly,
		agencies: []string{Finance, Health, Office}, hidden: []string{"dan_toc", "ten_thon"}, purposes: []string{"QLNN", "PTDB", "DVC-TTHC"}, stage: StageIssued,
	}.dataset(catalog.Schema{
		Fields: []catalog.Field{
			key(subject("so_dinh_danh")), required(field("ho_ten", "Họ và tên", "ho_ten")), required(field("ngay_sinh", "Ngày sinh", "ngay_sinh")),
			required(field("gioi_tinh", "Giới tính", "gioi_tinh")), field("dan_toc", "Dân tộc", "dan_toc"), required(field("ma_truong", "Mã trường", "ma_dinh_danh_noi_bo")),
			required(field("lop", "Lớp", "lop_hoc")), required(field("ban_tru", "Học bán trú", "co_khong")), required(field("ma_xa", "Xã, phường cư trú", "ma_xa")),
			field("ten_thon", "Thôn, tổ dân phố", "ten_thon"), required(field("nam_hoc", "Năm học", "nam_hoc")), changed(),
		},
		Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh", Birth: "ngay_sinh"}},
	}, 0)
	f := m.file(&d, "hoc-sinh.csv")
	for _, c := range m.places.now {
		for _, s := range m.schoolsOf[c.Code] {
			for _, p := range s.pupils {
				boards := s.level == "PTDTBT" && (p.ID == childID || p.ID[10]%3 > 0)
				f.add(p.ID, p.Name, date(p.Born), p.Sex(), p.People, s.code, class(p), fmt.Sprint(boards), p.Commune, p.Hamlet, schoolYearText(), moment(m.office(m.size.Day.AddDate(0, 0, -1-m.rng.IntN(40)))))
			}
		}
	}
	return d
}

// pupilCounts is the table of story 5 in which a few pupils of one hamlet can be told apart.
func (m *maker) pupilCounts() Dataset {
	d := registration{
		code: PupilCounts, name: "Số học sinh theo thôn và dân tộc", system: SysEducation, nature: catalog.Specialised, scope: catalog.Open,
		about: "Số học sinh đang học chia theo thôn, tổ dân phố và dân tộc, tổng hợp từ danh sách học sinh của năm học, đề nghị mở cho cộng đồng.",
		basis: "Quy chế dữ liệu số của tỉnh, Điều 18", frequency: catalog.Yearly, everyone: true, purposes: []string{"PTDB", "QLNN"}, stage: StageApproved,
	}.dataset(catalog.Schema{Fields: []catalog.Field{
		key(field("ma_xa", "Xã, phường", "ma_xa")), key(field("ten_thon", "Thôn, tổ dân phố", "ten_thon")), key(field("dan_toc", "Dân tộc", "dan_toc")),
		required(field("so_hoc_sinh", "Số học sinh", "so_luong")), required(field("nam_hoc", "Năm học", "nam_hoc")), changed(),
	}}, 0)
	cells := map[[3]string]int{}
	for _, list := range m.schoolsOf {
		for _, s := range list {
			for _, p := range s.pupils {
				cells[[3]string{p.Commune, p.Hamlet, p.People}]++
			}
		}
	}
	keys := make([][3]string, 0, len(cells))
	for k, n := range cells {
		keys = append(keys, k)
		if n < 5 {
			m.w.Truth.Open.SmallCells++
		}
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i][0]+"|"+keys[i][1]+"|"+keys[i][2] < keys[j][0]+"|"+keys[j][1]+"|"+keys[j][2]
	})
	m.w.Truth.Open.Cells = len(keys)
	f := m.file(&d, "hoc-sinh-theo-thon.csv")
	for _, k := range keys {
		f.add(k[0], k[1], k[2], fmt.Sprint(cells[k]), schoolYearText(), moment(m.size.Day.Add(9*3600*1e9)))
	}
	return d
}
