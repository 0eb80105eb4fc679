package world

import "lienthong/internal/catalog"

// registrations are entries of the other departments, without data: what the catalogue collects in story 8.
func (m *maker) registrations() []Dataset {
	id := key(field("ma", "Mã", "ma_dinh_danh_noi_bo"))
	name := required(field("ten", "Tên", "ten_co_so"))
	commune := required(field("ma_xa", "Xã, phường", "ma_xa"))
	base := registration{frequency: catalog.Quarterly, nature: catalog.Specialised, scope: catalog.Shared, everyone: true, purposes: []string{"QLNN", "PTDB"}, method: catalog.MethodSyncPeriodic}
	entry := func(stage Stage, code, title, system, about, basis string, fields ...catalog.Field) Dataset {
		r := base
		r.stage, r.code, r.name, r.system, r.about, r.basis = stage, code, title, system, about, basis
		return r.dataset(catalog.Schema{Fields: append(fields, changed())}, 0)
	}
	return []Dataset{
		entry(StageApproved, Office+"/ho-so-tthc", "Hồ sơ thủ tục hành chính", SysProcedures,
			"Tình trạng tiếp nhận và giải quyết hồ sơ thủ tục hành chính của các cơ quan trong tỉnh, không gồm thông tin của người nộp hồ sơ.", "Nghị định 118/2025/NĐ-CP, Điều 25",
			key(field("ma_ho_so", "Mã hồ sơ", "ma_ho_so_tthc")), required(field("co_quan", "Cơ quan giải quyết", "ma_co_quan")), required(field("ngay_nhan", "Ngày nhận", "ngay_cap"))),
		entry(StageReviewed, Operator+"/nhiem-vu-khoa-hoc", "Nhiệm vụ khoa học và công nghệ", SysScience,
			"Danh mục nhiệm vụ khoa học và công nghệ cấp tỉnh với cơ quan chủ trì, kinh phí và kết quả nghiệm thu của từng nhiệm vụ.", "Luật Khoa học, công nghệ và đổi mới sáng tạo 93/2025/QH15, Điều 42",
			id, name, required(field("chu_tri", "Cơ quan chủ trì", "ma_co_quan")), required(field("kinh_phi", "Kinh phí", "so_tien"))),
		entry(StageRegistered, Finance+"/du-an-dau-tu-cong", "Dự án đầu tư công", SysFinance,
			"Danh mục dự án đầu tư công của tỉnh với chủ đầu tư, tổng mức đầu tư và số vốn đã giải ngân theo quý.", "Luật Đầu tư công 58/2024/QH15, Điều 99",
			id, name, required(field("chu_dau_tu", "Chủ đầu tư", "ma_co_quan")), required(field("tong_muc", "Tổng mức đầu tư", "so_tien")), commune),
		entry(StageRegistered, Trade+"/cho", "Chợ trên địa bàn tỉnh", SysTradeSector,
			"Danh sách chợ đang hoạt động trong tỉnh với hạng chợ, xã, phường và số điểm kinh doanh của từng chợ.", "Nghị định 60/2024/NĐ-CP, Điều 20",
			id, name, commune, field("dia_chi", "Địa chỉ", "dia_chi_co_quan"), required(field("so_diem", "Số điểm kinh doanh", "so_luong"))),
		entry(StageDraft, Minorities+"/nguoi-uy-tin-theo-xa", "Số người có uy tín theo xã", SysMinorities,
			"Số người có uy tín trong đồng bào dân tộc thiểu số theo xã, phường, tổng hợp hằng năm để xây dựng chính sách dân tộc.", "Quyết định 28/2023/QĐ-TTg, Điều 10",
			key(field("ma_xa", "Xã, phường", "ma_xa")), required(field("so_nguoi", "Số người", "so_luong"))),
		entry(StageDraft, Inspectorate+"/ke-hoach-thanh-tra", "Kế hoạch thanh tra hằng năm", SysInspection,
			"Kế hoạch thanh tra hằng năm của tỉnh với cơ quan được thanh tra, nội dung và thời gian dự kiến của từng cuộc.", "Luật Thanh tra 84/2025/QH15, Điều 20",
			id, name, required(field("co_quan", "Cơ quan được thanh tra", "ma_co_quan")), required(field("ngay_bat_dau", "Ngày bắt đầu", "ngay_cap"))),
		entry(StageRegistered, EconomicZone+"/doanh-nghiep-khu-kinh-te", "Doanh nghiệp trong khu kinh tế", SysZone,
			"Danh sách doanh nghiệp đang hoạt động trong khu kinh tế, khu công nghiệp của tỉnh với mã số, người đại diện theo pháp luật và xã, phường đặt trụ sở.", "Nghị định 35/2022/NĐ-CP, Điều 68",
			key(field("ma_so_doanh_nghiep", "Mã số doanh nghiệp", "ma_so_doanh_nghiep")), required(field("ten", "Tên doanh nghiệp", "ten_doanh_nghiep")),
			field("nguoi_dai_dien", "Người đại diện theo pháp luật", "ho_ten"), commune),
	}
}
