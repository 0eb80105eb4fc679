package demo

import (
	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/demo/world"
)

// plan is one request of the demo: what is asked, what is approved of it, and where it stops.
type plan struct {
	name       string
	until      connection.State
	system     string
	dataset    catalog.Code
	purposes   []string
	procedures []string
	basis      string
	fields     []string
	rows       []access.RowRule
	operations []string // of the provider's own service, beside the warehouse
	tests      []string // identifiers that the provider answers in tests
	testBody   string
	subjects   int64
	perDay     int64
	perMinute  int64
	columns    []access.Column // approved; the fields as asked when nil
	needless   []string        // fields that the appraisal finds unnecessary
	limits     string          // of the owner's opinion; it agrees without when empty
	agency     string          // of people who look on screen, instead of a system
	roles      []access.Role   // theirs
	officer    bool            // the system names its officers; the scope does not demand it, since the platform's own probes name none
	violates   bool            // a violation of its agency is found while the request is on the shortened way
	used       bool            // it carried a call before it was stopped
	comment    string          // of what stops it
	citation   string          // of a refusal
}

// minority is what is granted instead of a person's people: belongs to a minority, yes or no.
func minority() access.Column {
	return access.Column{Name: "dan_toc", As: "la_dan_toc_thieu_so", Mask: access.MaskYesNo, Values: []string{"01"}, Not: true}
}

func columns(names ...string) []access.Column {
	list := make([]access.Column, len(names))
	for i, n := range names {
		list[i] = access.Column{Name: n}
	}
	return list
}

// lookFields are what a commune's people look at of the list of poor households.
func lookFields() []string {
	return []string{"so_dinh_danh", "ho_ten", "ngay_sinh", "ma_ho", "ma_xa", "phan_loai_ho", "ngay_cong_nhan"}
}

// lookColumns mask the identifier, which may be seen whole with a reason.
func lookColumns() []access.Column {
	list := columns(lookFields()...)
	list[0].Mask, list[0].Reveal = access.MaskPartial, true
	return list
}

// plans of the demo: those that go live first, then one for each state in which a request can stand. With the agencies'
// systems running, births are also asked at their source.
func plans(w *world.World, served bool) []plan {
	list := allPlans()
	if served {
		child := w.Truth.Family.Child.ID
		list[0].operations = []string{"GET /khai-sinh/{khoa}", "POST " + birthSearch}
		list[0].tests, list[0].testBody = []string{child}, `{"so_dinh_danh":"`+child+`"}`
	}
	return list
}

// birthSearch is the look-up of the civil status system, below its service.
const birthSearch = "/khai-sinh/tra-cuu"

func allPlans() []plan {
	births := []string{"so_dinh_danh", "ho_ten", "ngay_sinh", "gioi_tinh", "dan_toc", "ma_xa", "so_dinh_danh_me", "ho_ten_me", "dia_chi_cha_me"}
	return []plan{
		{
			name: "khai sinh cho chế độ bán trú", until: connection.Live, system: world.SysEducation, dataset: world.Births, purposes: []string{"DVC-TTHC"}, procedures: []string{"1.005144"},
			basis: "Nghị định 66/2025/NĐ-CP, Điều 7", fields: births, subjects: 5000, perDay: 2000, perMinute: 120,
			columns:  append(columns("so_dinh_danh", "ho_ten", "ngay_sinh", "gioi_tinh", "so_dinh_danh_me"), minority()),
			needless: []string{"dia_chi_cha_me", "ma_xa", "ho_ten_me"}, limits: "Không cung cấp nơi cư trú của cha, mẹ; dân tộc chỉ trả lời có hoặc không.",
		},
		{
			name: "hộ nghèo cho một cửa", until: connection.Live, system: world.SysProcedures, dataset: world.Poor, purposes: []string{"DVC-TTHC"}, procedures: []string{"1.005144", "1.011607"},
			basis: "Nghị định 07/2021/NĐ-CP, Điều 9", fields: []string{"so_dinh_danh", "ho_ten", "ngay_sinh", "ma_ho", "ma_xa", "phan_loai_ho", "ngay_cong_nhan"}, subjects: 20000, perDay: 20000, perMinute: 600, officer: true,
		},
		{
			name: "thửa đất cho nghĩa vụ tài chính", until: connection.Live, system: world.SysTax, dataset: world.Parcels, purposes: []string{"QLNN"}, basis: "Luật Đất đai 31/2024/QH15, Điều 165",
			fields: []string{"ma_thua", "ma_xa", "so_to", "so_thua", "dien_tich_m2", "loai_dat", "so_dinh_danh", "ho_ten", "ngay_ghi_nhan"}, subjects: 10000, perDay: 20000, perMinute: 600,
		},
		{
			name: "mực nước cho IOC", until: connection.Live, system: world.SysIOC, dataset: world.Gauges, purposes: []string{"CDDH"}, basis: "Quy chế dữ liệu số của tỉnh, Điều 6",
			fields: []string{"ma_tram", "thoi_diem", "ten_tram", "ma_xa", "muc_nuoc_cm", "luong_mua_mm"}, subjects: 1000, perDay: 50000, perMinute: 600,
		},
		{
			name: "thẻ bảo hiểm y tế cho đặt lịch khám", until: connection.Live, system: world.SysBooking, dataset: world.Insurance, purposes: []string{"QLNN"}, basis: "Luật Bảo hiểm y tế 51/2024/QH15, Điều 16",
			fields: []string{"so_dinh_danh", "ho_ten", "ngay_sinh", "nhom", "han_den"}, subjects: 20000, perDay: 20000, perMinute: 600,
			columns: append(columns("so_dinh_danh", "ho_ten", "ngay_sinh", "han_den"), access.Column{Name: "nhom"}),
		},
		{
			name: "hộ nghèo cho một cửa Y Tý xem", until: connection.Live, agency: world.CommuneYTy, roles: []access.Role{access.LookupOfficer}, dataset: world.Poor, purposes: []string{"QLNN"},
			basis: "Nghị định 07/2021/NĐ-CP, Điều 9", fields: lookFields(), rows: []access.RowRule{{Column: "ma_xa", In: []string{"02701"}}}, subjects: 2000, perDay: 500, perMinute: 30, columns: lookColumns(),
		},
		{
			name: "hộ nghèo cho cán bộ Bắc Hà xem", until: connection.Live, agency: world.CommuneBacHa, roles: []access.Role{access.CommuneOfficer}, dataset: world.Poor, purposes: []string{"QLNN"},
			basis: "Nghị định 07/2021/NĐ-CP, Điều 9", fields: lookFields(), rows: []access.RowRule{{Column: "ma_xa", In: []string{"02839"}}}, subjects: 2000, perDay: 500, perMinute: 30, columns: lookColumns(),
		},
		{
			name: "học sinh cho dự toán bữa ăn", until: connection.Testing, system: world.SysFinance, dataset: world.Pupils, purposes: []string{"PTDB"}, basis: "Luật Ngân sách nhà nước 89/2025/QH15, Điều 30",
			fields: []string{"so_dinh_danh", "ma_truong", "lop", "ban_tru", "ma_xa"}, subjects: 30000, perDay: 500, perMinute: 60,
		},
		{
			name: "giường bệnh cho IOC", until: connection.Acceptance, system: world.SysIOC, dataset: world.Beds, purposes: []string{"CDDH"}, basis: "Quy chế dữ liệu số của tỉnh, Điều 6",
			fields: []string{"ma_co_so", "ten_co_so", "ma_xa", "so_giuong", "dang_dung"}, subjects: 100, perDay: 1000, perMinute: 60,
		},
		{
			name: "đường bộ cho IOC", until: connection.Suspended, system: world.SysIOC, dataset: world.Roads, purposes: []string{"CDDH"}, basis: "Quy chế dữ liệu số của tỉnh, Điều 6",
			fields: []string{"ma_doan", "ten_doan", "ma_xa", "tinh_trang"}, subjects: 100, perDay: 1000, perMinute: 60, comment: "Hệ thống nguồn bảo trì đến hết tuần",
		},
		{
			name: "giường bệnh cho chỉ huy phòng, chống thiên tai", until: connection.Suspended, system: world.SysFlood, dataset: world.Beds, purposes: []string{"CDDH"}, basis: "Quy chế dữ liệu số của tỉnh, Điều 6",
			fields: []string{"ma_co_so", "ten_co_so", "ma_xa", "so_giuong"}, subjects: 1000, perDay: 1000, perMinute: 60, comment: "Hệ thống khai thác chuyển máy chủ, tạm dừng đến khi kiểm tra lại", used: true,
		},
		{
			name: "thửa đất kèm số điện thoại", until: connection.OwnerOpinion, system: world.SysTax, dataset: world.Parcels, purposes: []string{"QLNN"}, basis: "Luật Quản lý thuế 108/2025/QH15, Điều 15",
			fields: []string{"ma_thua", "ma_xa", "so_dinh_danh", "dien_thoai"}, subjects: 10000, perDay: 500, perMinute: 60,
		},
		{
			name: "khai tử cho bảo trợ xã hội", until: connection.Appraising, system: world.SysAllowance, dataset: world.Deaths, purposes: []string{"QLNN"}, basis: "Nghị định 20/2021/NĐ-CP, Điều 8",
			fields: []string{"so_dinh_danh", "ho_ten", "ngay_mat", "ma_xa"}, subjects: 3000, perDay: 500, perMinute: 60,
		},
		{
			name: "khai tử cho người có công", until: connection.Submitted, system: world.SysMerit, dataset: world.Deaths, purposes: []string{"QLNN"}, basis: "Pháp lệnh 02/2020/UBTVQH14, Điều 46",
			fields: []string{"so_dinh_danh", "ho_ten", "ngay_mat"}, subjects: 500, perDay: 500, perMinute: 60,
		},
		{
			name: "trợ cấp cho báo cáo tỉnh", until: connection.Rejected, system: world.SysReport, dataset: world.Allowances, purposes: []string{"PTDB"}, basis: "Quyết định 293/QĐ-TTg năm 2022",
			fields: []string{"ma_doi_tuong", "ma_xa", "loai_tro_cap", "muc_huong"}, subjects: 3000, perDay: 100, perMinute: 60,
			comment: "Báo cáo tỉnh chỉ cần số liệu tổng hợp theo xã, không cần từng người hưởng", citation: "Quy chế dữ liệu số của tỉnh, khoản 3 Điều 9",
		},
		{
			name: "trường học cho du lịch", until: connection.Returned, system: world.SysTourism, dataset: world.Schools, purposes: []string{"QLNN"}, basis: "Luật Du lịch 09/2017/QH14, Điều 71",
			fields: []string{"ma_truong", "ten_truong", "ma_xa"}, subjects: 400, perDay: 50, perMinute: 30, comment: "Nêu rõ văn bản giao nhiệm vụ cần dữ liệu trường học",
		},
		{
			name: "trạm y tế cho hạ tầng giao thông", until: connection.Draft, system: world.SysRoads, dataset: world.Stations, purposes: []string{"QLNN"}, basis: "Luật Đường bộ 35/2024/QH15, Điều 35",
			fields: []string{"ma_co_so", "ten_co_so", "ma_xa", "kinh_do", "vi_do"}, subjects: 200, perDay: 50, perMinute: 30,
		},
		{
			name: "trạm y tế cho bản đồ du lịch", until: connection.Appraising, system: world.SysTourism, dataset: world.Stations, purposes: []string{"QLNN"}, basis: "Luật Du lịch 09/2017/QH14, Điều 17",
			fields: []string{"ma_co_so", "ten_co_so", "ma_xa", "kinh_do", "vi_do"}, subjects: 200, perDay: 200, perMinute: 30, violates: true,
		},
		{
			name: "học sinh cho phòng bệnh", until: connection.Approved, system: world.SysHealth, dataset: world.Pupils, purposes: []string{"QLNN"}, basis: "Luật Phòng bệnh 114/2025/QH15, Điều 20",
			fields: []string{"so_dinh_danh", "ho_ten", "ma_truong", "lop"}, subjects: 30000, perDay: 500, perMinute: 60,
		},
		{
			name: "người có công cho ngân sách", until: connection.Terminated, system: world.SysFinance, dataset: world.Merit, purposes: []string{"PTDB"}, basis: "Luật Ngân sách nhà nước 89/2025/QH15, Điều 30",
			fields: []string{"ma_doi_tuong", "ma_xa", "doi_tuong", "muc_huong"}, subjects: 500, perDay: 100, perMinute: 60, comment: "Đã chuyển sang dùng số liệu tổng hợp của Kho",
		},
	}
}
