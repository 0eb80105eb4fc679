package world

import (
	"fmt"
	"slices"

	"lienthong/internal/catalog"
)

// poor is the list of members of poor and near-poor households.
func (m *maker) poor() Dataset {
	d := registration{
		code: Poor, name: "Danh sách hộ nghèo, hộ cận nghèo", system: SysPoor, nature: catalog.Specialised, scope: catalog.Shared,
		about: "Danh sách thành viên hộ nghèo, hộ cận nghèo được công nhận theo kết quả rà soát hằng năm tại các xã, phường trong tỉnh.",
		basis: "Nghị định 07/2021/NĐ-CP, Điều 9; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.Monthly, method: catalog.MethodSyncPeriodic,
		agencies: []string{Education, Health, Finance, Office}, hidden: []string{"dia_chi"}, purposes: []string{"DVC-TTHC", "PTDB", "QLNN"}, stage: StageIssued,
	}.dataset(catalog.Schema{
		Fields: []catalog.Field{
			key(subject("so_dinh_danh")), required(field("ho_ten", "Họ và tên", "ho_ten")), required(field("ngay_sinh", "Ngày sinh", "ngay_sinh")),
			required(field("gioi_tinh", "Giới tính", "gioi_tinh")), field("dan_toc", "Dân tộc", "dan_toc"), required(field("ma_ho", "Mã hộ", "ma_ho")),
			required(field("la_chu_ho", "Là chủ hộ", "co_khong")), required(field("ma_xa", "Xã, phường", "ma_xa")), field("dia_chi", "Thôn, tổ dân phố", "dia_chi"),
			required(field("phan_loai_ho", "Phân loại hộ", "phan_loai_ho")), required(field("so_thanh_vien", "Số thành viên của hộ", "so_thanh_vien")),
			required(field("so_quyet_dinh", "Số quyết định công nhận", "so_giay_to")), required(field("ngay_cong_nhan", "Ngày công nhận", "ngay_cap")), changed(),
		},
		Persons: []catalog.PersonCheck{{ID: "so_dinh_danh", Sex: "gioi_tinh", Birth: "ngay_sinh"}},
	}, 0)
	f := m.file(&d, "ho-ngheo.csv")
	for _, h := range m.households {
		if h.kind == "" {
			continue
		}
		decision := fmt.Sprintf("%d/QĐ-UBND", 10+m.rng.IntN(400))
		for i, p := range h.members {
			f.add(p.ID, p.Name, date(p.Born), p.Sex(), p.People, h.code, fmt.Sprint(i == 0), h.commune, h.hamlet, h.kind, fmt.Sprint(len(h.members)), decision,
				date(h.since), moment(m.office(h.since)))
		}
	}
	m.yearEnd(&d)
	return d
}

// wrongValues are written forms that no reader may accept, by column.
func wrongValues() map[string]string {
	return map[string]string{
		"ngay_sinh": "31/02/1985", "gioi_tinh": "x", "dan_toc": "77", "ma_xa": "99999", "phan_loai_ho": "hộ nghèo cũ", "so_thanh_vien": "0", "ngay_cong_nhan": "tháng 12",
	}
}

// yearEnd adds the file of story 7: of the mandatory cells 3 % are empty, of the filled cells 7 % are not valid.
func (m *maker) yearEnd(d *Dataset) {
	const most = 1000
	regular := d.Files[0]
	f := File{Name: "ho-ngheo-cuoi-nam.csv", About: "Chuyện 7: tệp dùng để đo chất lượng cuối năm", Time: m.size.Day.AddDate(0, 0, 28), Header: regular.Header}
	for _, row := range regular.Rows[:min(most, len(regular.Rows))] {
		f.Rows = append(f.Rows, slices.Clone(row))
	}
	y := &m.w.Truth.YearEnd
	var mandatory, wrong []int
	for i, c := range d.Schema.Fields {
		if c.Required {
			y.MandatoryCells += len(f.Rows)
			if !c.Key {
				mandatory = append(mandatory, i)
			}
		}
		if wrongValues()[c.Name] != "" {
			wrong = append(wrong, i)
		}
	}
	y.Rows, y.EmptyCells = len(f.Rows), y.MandatoryCells*3/100
	m.scatter(&f, mandatory, y.EmptyCells, func(int) string { return "" })
	for _, row := range f.Rows {
		for _, cell := range row {
			if cell != "" {
				y.CheckedCells++
			}
		}
	}
	y.InvalidCells = y.CheckedCells * 7 / 100
	m.scatter(&f, wrong, y.InvalidCells, func(column int) string { return wrongValues()[f.Header[column]] })
	d.Files = append(d.Files, f)
}

// scatter changes n cells of the columns, each once, and none that is empty.
func (m *maker) scatter(f *File, columns []int, n int, value func(column int) string) {
	changed := map[[2]int]bool{}
	for len(changed) < n {
		at := [2]int{m.rng.IntN(len(f.Rows)), pick(m.rng, columns)}
		if changed[at] || f.Rows[at[0]][at[1]] == "" {
			continue
		}
		changed[at] = true
		f.Rows[at[0]][at[1]] = value(at[1])
	}
}
