package world

import (
	"fmt"
	"time"

	"lienthong/internal/catalog"
)

// gauges are the readings of the flood night of story 4.
func (m *maker) gauges() Dataset {
	d := registration{
		code: Gauges, name: "Mực nước và lượng mưa tại các trạm đo", system: SysGauges, nature: catalog.Specialised, scope: catalog.Shared, steering: true,
		about: "Mực nước sông, suối và lượng mưa đo tại các trạm quan trắc trong tỉnh, phục vụ chỉ huy phòng, chống lũ quét, sạt lở đất.",
		basis: "Luật Khí tượng thủy văn 90/2015/QH13, Điều 29; Quy chế dữ liệu số của tỉnh, Điều 6", frequency: catalog.RealTime,
		everyone: true, purposes: []string{"CDDH", "QLNN"}, stage: StageIssued,
	}.dataset(catalog.Schema{Fields: []catalog.Field{
		key(field("ma_tram", "Mã trạm", "ma_dinh_danh_noi_bo")), key(field("thoi_diem", "Thời điểm đo", "thoi_diem_do")), required(field("ten_tram", "Tên trạm", "ten_co_so")),
		required(field("ma_xa", "Xã, phường", "ma_xa")), required(field("muc_nuoc_cm", "Mực nước", "muc_nuoc_cm")), required(field("luong_mua_mm", "Lượng mưa", "luong_mua_mm")), changed(),
	}}, 0)
	f := m.file(&d, "muc-nuoc-luong-mua.csv")
	evening := m.size.Day.Add(18 * time.Hour)
	for i := range 12 {
		c := m.places.now[(i*8+3)%len(m.places.now)]
		level := 80 + m.rng.IntN(60)
		for j := range 72 { // every ten minutes until six in the morning
			rain := m.rng.IntN(40)
			if j > 20 && j < 44 {
				rain += 250 + m.rng.IntN(500)
			}
			level = max(60, level+rain/40-4+m.rng.IntN(4))
			at := moment(evening.Add(time.Duration(j) * 10 * time.Minute))
			f.add(fmt.Sprintf("QT-%02d", i+1), at, "Trạm đo "+c.Name, c.Code, fmt.Sprint(level), fmt.Sprintf("%d.%d", rain/10, rain%10), at)
		}
	}
	f.Time = m.size.Day.AddDate(0, 0, 1)
	return d
}

// roads is the state of the roads in that night.
func (m *maker) roads() Dataset {
	d := registration{
		code: Roads, name: "Tình trạng giao thông trên các tuyến đường", system: SysRoads, nature: catalog.Specialised, scope: catalog.Shared, steering: true,
		about: "Tình trạng thông xe, hạn chế hoặc tắc trên các đoạn đường tỉnh, đường huyện cũ trong tỉnh, phục vụ chỉ đạo ứng phó thiên tai.",
		basis: "Luật Đường bộ 35/2024/QH15, Điều 35; Quy chế dữ liệu số của tỉnh, Điều 6", frequency: catalog.Hourly,
		everyone: true, purposes: []string{"CDDH", "QLNN"}, stage: StageIssued,
	}.dataset(catalog.Schema{Fields: []catalog.Field{
		key(field("ma_doan", "Mã đoạn đường", "ma_dinh_danh_noi_bo")), required(field("ten_doan", "Tên đoạn đường", "ten_co_so")), required(field("ma_xa", "Xã, phường", "ma_xa")),
		required(field("tinh_trang", "Tình trạng", "tinh_trang_duong")), field("ghi_chu", "Ghi chú", "ghi_chu"), changed(),
	}}, 0)
	f := m.file(&d, "tinh-trang-duong.csv")
	for i := range 80 {
		c := m.places.now[(i*5)%len(m.places.now)]
		state, note := "THONG", ""
		switch m.rng.IntN(6) {
		case 0:
			state, note = "TAC", "Sạt lở taluy dương, đang bố trí máy xúc"
		case 1:
			state, note = "HAN_CHE", "Nước tràn mặt đường"
		}
		f.add(fmt.Sprintf("D%03d", i+1), fmt.Sprintf("Đường tỉnh %d, đoạn qua %s", 151+i%12, c.FullName), c.Code, state, note, moment(m.size.Day.Add(time.Duration(20*60+m.rng.IntN(180))*time.Minute)))
	}
	return d
}

// destinations is the third dataset that story 5 opens.
func (m *maker) destinations() Dataset {
	d := registration{
		code: Destinations, name: "Điểm đến du lịch", system: SysTourism, nature: catalog.MasterSector, scope: catalog.Open,
		about: "Danh sách điểm đến du lịch của tỉnh với loại hình, vị trí và xã, phường quản lý, để doanh nghiệp và người dân dùng lại.",
		basis: "Luật Du lịch 09/2017/QH14, Điều 71; Quy chế dữ liệu số của tỉnh, Điều 18", frequency: catalog.Quarterly, class: "normal",
		everyone: true, purposes: []string{"PTDB", "QLNN", "DLM"}, stage: StageApproved, method: catalog.MethodSyncPeriodic,
	}.dataset(catalog.Schema{Fields: []catalog.Field{
		key(field("ma_diem", "Mã điểm đến", "slug")), required(field("ten_diem", "Tên điểm đến", "ten_co_so")), required(field("ma_xa", "Xã, phường", "ma_xa")),
		required(field("kinh_do", "Kinh độ", "kinh_do")), required(field("vi_do", "Vĩ độ", "vi_do")), field("dia_chi", "Địa chỉ", "dia_chi_co_quan"), changed(),
	}}, 0)
	f := m.file(&d, "diem-du-lich.csv")
	kinds := []string{"Thác nước", "Chợ phiên", "Ruộng bậc thang", "Bản du lịch cộng đồng", "Suối nước nóng", "Hang động"}
	for i := range 48 {
		c := m.places.now[i*2]
		x, y := m.position(c.Code)
		f.add(fmt.Sprintf("diem_%03d", i+1), kinds[i%len(kinds)]+" "+c.Name, c.Code, x, y, m.places.hamlets[c.Code][0]+", "+c.FullName, moment(m.office(m.size.Day.AddDate(0, 0, -10-m.rng.IntN(60)))))
	}
	return d
}
