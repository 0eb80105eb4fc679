package world

import "lienthong/internal/dictionary"

// elements are those that the demo's datasets need beyond the standard ones of the dictionary.
func elements() []dictionary.Element {
	one := func(code dictionary.Code, name, meaning string, class dictionary.Class, d dictionary.Definition) dictionary.Element {
		return dictionary.Element{Code: code, Name: name, Meaning: meaning, Definition: d, Rule: dictionary.Rule{Owner: Operator, Class: class}}
	}
	text := func(most int) dictionary.Definition {
		return dictionary.Definition{Type: dictionary.Text, MaxLength: most}
	}
	coded := func(list string) dictionary.Definition {
		return dictionary.Definition{Type: dictionary.Coded, CodeList: list}
	}
	degrees := func(low, high string) dictionary.Definition {
		return dictionary.Definition{Type: dictionary.Decimal, Precision: 9, Scale: 6, Min: low, Max: high, Unit: "độ"}
	}
	return []dictionary.Element{
		one("ten_co_so", "Tên cơ sở", "Tên của trường học, cơ sở y tế, điểm đến hoặc công trình", dictionary.Normal, text(200)),
		one("dia_chi_co_quan", "Địa chỉ cơ quan", "Địa chỉ làm việc của cơ quan, cơ sở, không phải của cá nhân", dictionary.Normal, text(300)),
		one("ten_thon", "Tên thôn, tổ dân phố", "Tên thôn, bản, tổ dân phố trong một xã, phường", dictionary.Normal, text(120)),
		one("kinh_do", "Kinh độ", "Kinh độ theo hệ tọa độ WGS 84, tính bằng độ", dictionary.Normal, degrees("102", "110")),
		one("vi_do", "Vĩ độ", "Vĩ độ theo hệ tọa độ WGS 84, tính bằng độ", dictionary.Normal, degrees("8", "24")),
		one("cap_hoc", "Cấp học", "Cấp học mà trường giảng dạy theo Luật Giáo dục", dictionary.Normal, coded("cap_hoc")),
		one("lop_hoc", "Lớp học", "Tên lớp trong năm học, ví dụ 3A", dictionary.InternalUse, text(20)),
		one("nam_hoc", "Năm học", "Năm bắt đầu và năm kết thúc của năm học", dictionary.Normal, dictionary.Definition{Type: dictionary.Text, Pattern: "20[0-9]{2}-20[0-9]{2}"}),
		one("loai_tro_cap", "Loại trợ cấp", "Đối tượng hưởng trợ cấp xã hội hằng tháng", dictionary.SensitivePersonal, coded("loai_tro_cap")),
		one("doi_tuong_co_cong", "Đối tượng người có công", "Diện hưởng ưu đãi người có công với cách mạng", dictionary.BasicPersonal, coded("doi_tuong_co_cong")),
		one("tinh_trang_huong", "Tình trạng hưởng", "Người hưởng đang hưởng, tạm dừng hay thôi hưởng chế độ", dictionary.InternalUse, coded("tinh_trang_huong")),
		one("loai_dat", "Loại đất", "Ký hiệu loại đất theo mục đích sử dụng", dictionary.Normal, coded("loai_dat")),
		one("so_thu_tu", "Số thứ tự", "Số thứ tự của tờ bản đồ, thửa đất hoặc mục trong danh sách", dictionary.Normal, dictionary.Definition{Type: dictionary.Integer, Min: "1"}),
		one("nhom_bhyt", "Nhóm tham gia bảo hiểm y tế", "Nhóm đối tượng tham gia bảo hiểm y tế của người có thẻ", dictionary.SensitivePersonal, coded("nhom_bhyt")),
		one("ngay_het_han", "Ngày hết hạn", "Ngày cuối cùng mà giấy tờ hoặc quyền lợi còn hiệu lực", dictionary.InternalUse, dictionary.Definition{Type: dictionary.Date}),
		one("thoi_diem_do", "Thời điểm đo", "Thời điểm mà trị số được đo tại trạm", dictionary.Normal, dictionary.Definition{Type: dictionary.Timestamp}),
		one("muc_nuoc_cm", "Mực nước", "Mực nước sông, suối so với mốc của trạm", dictionary.Normal, dictionary.Definition{Type: dictionary.Integer, Unit: "cm"}),
		one("luong_mua_mm", "Lượng mưa", "Lượng mưa trong một giờ đến thời điểm đo", dictionary.Normal, dictionary.Definition{Type: dictionary.Decimal, Precision: 6, Scale: 1, Min: "0", Unit: "mm"}),
		one("tinh_trang_duong", "Tình trạng đường", "Khả năng đi lại trên đoạn đường tại thời điểm báo cáo", dictionary.Normal, coded("tinh_trang_duong")),
	}
}

func list(name, title string, items ...string) dictionary.CodeList {
	l := dictionary.CodeList{Name: name, Title: title}
	for i := 0; i+1 < len(items); i += 2 {
		l.Items = append(l.Items, dictionary.CodeItem{Code: items[i], Label: items[i+1]})
	}
	return l
}

// lists are the code lists of those elements.
func lists() []dictionary.CodeList {
	return []dictionary.CodeList{
		list("cap_hoc", "Cấp học", "MN", "Mầm non", "TH", "Tiểu học", "THCS", "Trung học cơ sở", "THPT", "Trung học phổ thông", "PTDTBT", "Phổ thông dân tộc bán trú"),
		list("loai_tro_cap", "Loại trợ cấp xã hội", "CAO_TUOI", "Người cao tuổi", "KHUYET_TAT", "Người khuyết tật", "MO_COI", "Trẻ em mồ côi", "DON_THAN", "Người đơn thân nghèo nuôi con"),
		list("doi_tuong_co_cong", "Đối tượng người có công", "THUONG_BINH", "Thương binh", "BENH_BINH", "Bệnh binh", "THAN_NHAN", "Thân nhân liệt sĩ", "KHANG_CHIEN", "Người hoạt động kháng chiến"),
		list("tinh_trang_huong", "Tình trạng hưởng chế độ", "DANG_HUONG", "Đang hưởng", "TAM_DUNG", "Tạm dừng", "THOI_HUONG", "Thôi hưởng"),
		list("loai_dat", "Ký hiệu loại đất", "ONT", "Đất ở tại nông thôn", "ODT", "Đất ở tại đô thị", "LUC", "Đất chuyên trồng lúa nước", "CLN", "Đất trồng cây lâu năm", "RSX", "Đất rừng sản xuất", "BHK", "Đất bằng trồng cây hằng năm khác"),
		list("nhom_bhyt", "Nhóm tham gia bảo hiểm y tế", "HN", "Người thuộc hộ nghèo", "DT", "Người dân tộc thiểu số vùng khó khăn", "HS", "Học sinh", "TE", "Trẻ em dưới 6 tuổi", "DN", "Người lao động", "GD", "Theo hộ gia đình", "BT", "Người hưởng bảo trợ xã hội"),
		list("tinh_trang_duong", "Tình trạng đường", "THONG", "Thông xe", "HAN_CHE", "Đi lại hạn chế", "TAC", "Tắc đường"),
	}
}
