package world

import (
	"fmt"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
)

// Numbers of story 3.
const (
	camDuong       = "02671" // until the merger Phường Nam Cường, since then Phường Cam Đường
	historicExtra  = 24
	undatedParcels = 18
)

type parcel struct {
	code    string
	holder  *Person
	commune string
	place   int
	sheet   int
	number  int
	areaDm  int
	kind    string
	since   time.Time
}

// parcels is the land database. Each record carries the commune code of its day.
func (m *maker) parcels() Dataset {
	d := registration{
		code: Parcels, name: "Thửa đất và người sử dụng đất", system: SysLand, nature: catalog.MasterSector, scope: catalog.Shared,
		about: "Thông tin thửa đất, loại đất, diện tích và người sử dụng đất trong hồ sơ địa chính của tỉnh, dùng khi xác định nghĩa vụ tài chính và giải quyết thủ tục.",
		basis: "Luật Đất đai 31/2024/QH15, Điều 165; Quy chế dữ liệu số của tỉnh, Điều 7", frequency: catalog.Daily,
		agencies: []string{Tax, Office, Finance, CommuneCamDuong}, hidden: []string{"dien_thoai"}, purposes: []string{"QLNN", "DVC-TTHC", "PTDB"}, stage: StageIssued,
	}.dataset(catalog.Schema{
		Fields: []catalog.Field{
			key(field("ma_thua", "Mã thửa đất", "ma_dinh_danh_noi_bo")), required(field("ma_xa", "Xã, phường theo hồ sơ", "ma_xa")),
			required(field("so_to", "Số tờ bản đồ", "so_thu_tu")), required(field("so_thua", "Số thửa", "so_thu_tu")), required(field("dien_tich_m2", "Diện tích", "dien_tich_m2")),
			required(field("loai_dat", "Loại đất", "loai_dat")), subject("so_dinh_danh"), field("ho_ten", "Người sử dụng đất", "ho_ten"),
			field("dien_thoai", "Số điện thoại", "dien_thoai"), field("ngay_ghi_nhan", "Ngày ghi nhận", "ngay_cap"), changed(),
		},
		DateField: "ngay_ghi_nhan",
	}, 0)
	all := m.makeParcels()
	f := m.file(&d, "thua-dat.csv")
	for _, p := range all {
		code := m.places.codeAt(p.commune, p.since, p.place)
		if code == camDuong && dictionary.DayOf(p.since) < dictionary.MergerDay {
			m.w.Truth.Land.Historic++
		}
		f.Rows = append(f.Rows, m.parcelRow(p, code, p.since))
	}
	d.Files = append(d.Files, m.undated(f.Header), m.parcels2024(all, f.Header))
	return d
}

func (m *maker) parcelRow(p *parcel, code string, on time.Time) []string {
	recorded, updated := "", m.office(m.size.Day.AddDate(0, 0, -1))
	if !on.IsZero() {
		recorded, updated = date(on), m.office(on)
	}
	return []string{
		p.code, code, fmt.Sprint(p.sheet), fmt.Sprint(p.number), fmt.Sprintf("%d.%02d", p.areaDm/100, p.areaDm%100), p.kind, p.holder.ID, p.holder.Name,
		m.phone(), recorded, moment(updated),
	}
}

func (m *maker) makeParcels() []*parcel {
	var all []*parcel
	for _, h := range m.households {
		for range 1 + m.rng.IntN(2) {
			all = append(all, m.parcel(h.members[0], h.commune, h.place, m.between(day(2012, 1, 1), m.size.Day)))
		}
	}
	former := m.places.before[camDuong]
	place := 0
	for i, u := range former {
		if u.Code == camDuong {
			place = i
		}
	}
	for range historicExtra {
		all = append(all, m.parcel(pick(m.rng, m.elders[100:]), camDuong, place, m.between(day(2023, 1, 5), day(2023, 12, 20))))
	}
	return all
}

func (m *maker) parcel(holder *Person, commune string, place int, since time.Time) *parcel {
	n := m.number()
	kind, area := pick(m.rng, []string{"LUC", "CLN", "RSX", "BHK"}), 50_000+m.rng.IntN(2_000_000)
	if m.chance(50) {
		kind, area = "ONT", 6_000+m.rng.IntN(40_000)
		if m.places.isWard(commune) {
			kind = "ODT"
		}
	}
	return &parcel{
		code: fmt.Sprintf("T-%06d", n), holder: holder, commune: commune, place: place, sheet: 1 + n%120, number: 1 + m.rng.IntN(400), areaDm: area, kind: kind, since: since,
	}
}

func (p *places) isWard(code string) bool {
	unit, problem := p.units.Commune(code, dictionary.MergerDay)
	return problem == nil && unit.Kind == "Phường"
}

// undated is a file from an old spreadsheet: without a date nobody knows which Nam Cường the code means.
func (m *maker) undated(header []string) File {
	f := File{Name: "thua-dat-cu-khong-ngay.csv", About: "Chuyện 3: mã xã cũ không kèm ngày, phải báo là không rõ", Time: m.size.Day, Header: header}
	for range undatedParcels {
		p := m.parcel(pick(m.rng, m.elders[100:]), camDuong, 0, time.Time{})
		f.Rows = append(f.Rows, m.parcelRow(p, camDuong, time.Time{}))
	}
	m.w.Truth.Land.Undated = len(f.Rows)
	return f
}

// parcels2024 are the parcels as they stood at the end of 2024, for land statistics over the merger.
func (m *maker) parcels2024(all []*parcel, header []string) File {
	at := day(2024, 12, 31)
	f := File{Name: "thua-dat-2024.csv", About: "Chuyện 3: thống kê đất đai năm 2024 theo xã cũ", Time: at, Header: header}
	t := &m.w.Truth.Land
	for _, p := range all {
		if p.since.After(at) {
			continue
		}
		t.Parcels24++
		t.AreaDm24 += p.areaDm
		f.Rows = append(f.Rows, m.parcelRow(p, m.places.codeAt(p.commune, at, p.place), at))
	}
	return f
}
