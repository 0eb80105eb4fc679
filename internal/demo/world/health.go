package world

import (
	"fmt"

	"lienthong/internal/catalog"
)

// stations are the communes' health stations; story 5 opens them.
func (m *maker) stations() Dataset {
	d := registration{
		code: Stations, name: "Trạm y tế xã, phường", system: SysHealth, nature: catalog.MasterSector, scope: catalog.Open,
		about: "Danh sách trạm y tế xã, phường và điểm trạm trong tỉnh với địa chỉ, tọa độ, số giường lưu và số bác sĩ, phục vụ người dân tìm nơi khám bệnh.",
		basis: "Luật Khám bệnh, chữa bệnh 15/2023/QH15, Điều 104; Quy chế dữ liệu số của tỉnh, Điều 18", frequency: catalog.Monthly,
		everyone: true, purposes: []string{"QLNN", "PTDB", "CDDH"}, stage: StageIssued,
	}.dataset(catalog.Schema{Fields: []catalog.Field{
		key(field("ma_co_so", "Mã cơ sở", "ma_dinh_danh_noi_bo")), required(field("ten_co_so", "Tên trạm", "ten_co_so")), required(field("ma_xa", "Xã, phường", "ma_xa")),
		field("dia_chi", "Địa chỉ", "dia_chi_co_quan"), required(field("kinh_do", "Kinh độ", "kinh_do")), required(field("vi_do", "Vĩ độ", "vi_do")),
		required(field("so_giuong", "Số giường lưu", "so_luong")), required(field("so_bac_si", "Số bác sĩ", "so_luong")), changed(),
	}}, 0)
	f := m.file(&d, "tram-y-te.csv")
	for i, c := range m.places.now {
		for j := range 1 + i%2 {
			name := "Trạm Y tế " + c.FullName
			if j > 0 {
				name = "Điểm trạm " + m.places.hamlets[c.Code][1] + ", " + c.FullName
			}
			x, y := m.position(c.Code)
			f.add(fmt.Sprintf("TYT-%s-%d", c.Code, j+1), name, c.Code, m.places.hamlets[c.Code][j]+", "+c.FullName, x, y, fmt.Sprint(3+m.rng.IntN(10)), fmt.Sprint(m.rng.IntN(4)),
				moment(m.office(m.size.Day.AddDate(0, 0, -1-m.rng.IntN(25)))))
		}
	}
	wrong := f.Rows[m.rng.IntN(len(f.Rows))]
	wrong[f.Column("kinh_do")], wrong[f.Column("vi_do")] = "106.700000", "10.780000" // in the south of the country
	m.w.Truth.Open.WrongStation = wrong[0]
	d.Files = append(d.Files, m.stationsNextMonth(f))
	return d
}

// stationsNextMonth is the refresh of story 5 that must be held: a telephone column has appeared at the source.
func (m *maker) stationsNextMonth(f *File) File {
	const column = "dien_thoai_tram_truong"
	m.w.Truth.Open.PhoneColumn = column
	next := File{Name: "tram-y-te-thang-sau.csv", About: "Chuyện 5: nguồn có thêm cột số điện thoại, bản cập nhật phải dừng lại", Time: m.size.Day}
	next.Header = append(append([]string{}, f.Header...), column)
	for _, row := range f.Rows {
		next.Rows = append(next.Rows, append(append([]string{}, row...), m.phone()))
	}
	return next
}

// insurance is what story 6 reads one identifier after another.
func (m *maker) insurance() Dataset {
	d := registration{
		code: Insurance, name: "Quyền lợi bảo hiểm y tế", system: SysInsurance, nature: catalog.Specialised, scope: catalog.Shared,
		about: "Tra cứu thẻ bảo hiểm y tế còn hiệu lực và nhóm tham gia của người đến khám bệnh tại cơ sở y tế trong tỉnh.",
		basis: "Luật Bảo hiểm y tế 51/2024/QH15, Điều 16; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.Daily,
		agencies: []string{Hospital}, purposes: []string{"QLNN", "DVC-TTHC", "DLM"}, stage: StageIssued,
	}.dataset(catalog.Schema{
		Fields: []catalog.Field{
			key(subject("so_dinh_danh")), required(field("ho_ten", "Họ và tên", "ho_ten")), required(field("ngay_sinh", "Ngày sinh", "ngay_sinh")),
			required(field("gioi_tinh", "Giới tính", "gioi_tinh")), required(field("nhom", "Nhóm tham gia", "nhom_bhyt")), required(field("han_den", "Có hiệu lực đến", "ngay_het_han")), changed(),
		},
		Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh", Birth: "ngay_sinh"}},
	}, 0)
	f := m.file(&d, "the-bhyt.csv")
	for _, p := range append(m.block(), m.insured()...) {
		f.add(p.ID, p.Name, date(p.Born), p.Sex(), m.insuranceGroup(p), date(m.between(m.size.Day.AddDate(0, 1, 0), m.size.Day.AddDate(1, 2, 0))), moment(m.office(m.size.Day.AddDate(0, 0, -1-m.rng.IntN(60)))))
	}
	return d
}

func (m *maker) insured() []*Person {
	var list []*Person
	for _, h := range m.households[:len(m.households)/2] {
		list = append(list, h.members...)
	}
	return list
}

func (m *maker) insuranceGroup(p *Person) string {
	age := m.age(p)
	switch {
	case age < 6:
		return "TE"
	case p.home.kind == "ngheo":
		return "HN"
	case age < 18:
		return "HS"
	case p.People != "01" && !m.places.isWard(p.Commune):
		return "DT"
	case age > 75:
		return "BT"
	}
	return pick(m.rng, []string{"DN", "GD"})
}

// block makes the persons behind the sequential identifiers, and the canary among them.
func (m *maker) block() []*Person {
	exists := m.rng.Perm(blockSize)[:blockFound]
	there := map[int]bool{}
	for _, i := range exists {
		there[i] = true
	}
	t := &m.w.Truth.Breach
	t.First, t.Block, t.Persons = blockFirst, blockSize, blockFound
	var list []*Person
	for i := range blockSize {
		if !there[i] {
			continue
		}
		c := pick(m.rng, m.places.now)
		n := m.naming(c.Kind == "Phường")
		p := &Person{
			ID: fmt.Sprintf("%s%06d", blockFirst[:6], blockFrom+i), Name: m.name(n, 0, ""), Born: m.between(day(1970, 1, 1), day(1970, 12, 31)), People: n.code,
			Commune: c.Code, Hamlet: pick(m.rng, m.places.hamlets[c.Code]), home: &household{commune: c.Code},
		}
		m.w.People = append(m.w.People, p)
		list = append(list, p)
	}
	t.Canary = list[len(list)*2/3].ID
	return list
}

// beds are the hospitals' free beds, for the steering figures of story 4.
func (m *maker) beds() Dataset {
	d := registration{
		code: Beds, name: "Giường bệnh còn trống", system: SysHealth, nature: catalog.Specialised, scope: catalog.Shared, steering: true,
		about: "Số giường bệnh, số giường đang dùng và số giường hồi sức còn trống của các bệnh viện, trung tâm y tế trong tỉnh, cập nhật hằng giờ.",
		basis: "Quy chế dữ liệu số của tỉnh, Điều 6 khoản 1 điểm d", frequency: catalog.Hourly, everyone: true, purposes: []string{"CDDH", "QLNN"}, stage: StageIssued,
	}.dataset(catalog.Schema{Fields: []catalog.Field{
		key(field("ma_co_so", "Mã cơ sở", "ma_dinh_danh_noi_bo")), required(field("ten_co_so", "Tên cơ sở", "ten_co_so")), required(field("ma_xa", "Xã, phường", "ma_xa")),
		required(field("so_giuong", "Số giường", "so_luong")), required(field("dang_dung", "Giường đang dùng", "so_luong")), required(field("hoi_suc_trong", "Giường hồi sức còn trống", "so_luong")), changed(),
	}}, 0)
	f := m.file(&d, "giuong-benh.csv")
	for i := range 16 {
		c := m.places.now[i*6]
		n := 60 + m.rng.IntN(240)
		f.add(fmt.Sprintf("BV-%02d", i+1), "Bệnh viện đa khoa khu vực "+c.Name, c.Code, fmt.Sprint(n), fmt.Sprint(n*(60+m.rng.IntN(40))/100), fmt.Sprint(m.rng.IntN(12)), moment(m.size.Day.Add(22*3600*1e9)))
	}
	return d
}
