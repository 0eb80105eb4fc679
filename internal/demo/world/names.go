package world

import "strings"

// people of a name: family names, middle names and given names, from which no combination is meant to be anybody's.
type naming struct {
	code   string // of the code list dan_toc
	weight int    // in a commune; wards have their own
	ward   int
	family []string
	middle [2][]string // male, female
	given  [2][]string
}

func split(s string) []string { return strings.Fields(s) }

// namings lists the peoples of the demo with their usual names.
func namings() []naming {
	commonGiven := [2][]string{
		split("An Bình Cường Dũng Đạt Đông Đức Hải Hiếu Hòa Hùng Huy Khánh Kiên Long Minh Nam Phong Quân Quang Sơn Thắng Thành Toàn Trung Tuấn Việt Vinh"),
		split("Anh Ánh Bích Chi Dung Duyên Đào Hà Hằng Hiền Hoa Hòa Hồng Hương Lan Liên Linh Mai Ngân Ngọc Nhung Oanh Phương Quỳnh Thảo Thủy Trang Tuyết Vân Yến"),
	}
	return []naming{
		{"01", 22, 72, split("Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Ngô Dương Đinh"), [2][]string{split("Văn Đức Hữu Quang Minh Xuân"), split("Thị Thu Thanh Ngọc Thùy")}, commonGiven},
		{"02", 18, 8, split("Nông Hoàng Lương Ma Hứa Lý Vi Nguyễn"), [2][]string{split("Văn Xuân Trung"), split("Thị Thu Bích")}, commonGiven},
		{"03", 8, 4, split("Lò Hà Cầm Lường Đinh Hoàng"), [2][]string{split("Văn Xuân"), split("Thị")}, commonGiven},
		{"06", 3, 3, split("Bùi Đinh Hà Quách"), [2][]string{split("Văn"), split("Thị")}, commonGiven},
		{"07", 5, 3, split("Nùng Lù Tráng Lồ Vàng Sần"), [2][]string{split("Văn Seo"), split("Thị")}, commonGiven},
		{"08", 26, 3, split("Giàng Vàng Sùng Thào Lý Hảng Cứ Mùa Chang Lồ Hầu Má"), [2][]string{split("A Seo Mí"), split("Thị")}, [2][]string{
			split("Páo Chu Dế Sình Tủa Vảng Lử Chớ Phừ Sử Dơ Pao Sáng Thề Lềnh Ký"), split("Mảy Dở Chá Sao Mỷ Súa Dợ Pàng Ké Chú Sung Máy Xá Dua"),
		}},
		{"09", 14, 4, split("Triệu Bàn Đặng Lý Phàn Chảo Tẩn Phùng"), [2][]string{split("Văn Tiến Láo Duần"), split("Thị Mùi Tả")}, [2][]string{
			split("Phú Vạn Sang Tài Kim Thông Quý Sử Lở San Phẩu Vảng"), split("Mẩy Pham Nái Coi Lụa Liều Ghển Viền Mụi Pết Khé"),
		}},
		{"25", 3, 2, split("Vàng Hoàng Lù Phan Sần Nùng"), [2][]string{split("Văn Mìn"), split("Thị")}, commonGiven},
		{"35", 1, 1, split("Ly Sò Phu Chu"), [2][]string{split("Giờ Gió"), split("Xá Mờ")}, [2][]string{split("Sơn Suy Xá Lúy"), split("Bớ Xó Nụ Lé")}},
	}
}

// name of a person of a people; female is 0 or 1.
func (m *maker) name(n naming, female int, family string) string {
	if family == "" {
		family = pick(m.rng, n.family)
	}
	return family + " " + pick(m.rng, n.middle[female]) + " " + pick(m.rng, n.given[female])
}

// naming draws the people of a family in a place.
func (m *maker) naming(ward bool) naming {
	all := namings()
	total := 0
	for _, n := range all {
		total += n.share(ward)
	}
	at := m.rng.IntN(total)
	for _, n := range all {
		if at -= n.share(ward); at < 0 {
			return n
		}
	}
	return all[0]
}

func (n naming) share(ward bool) int {
	if ward {
		return n.ward
	}
	return n.weight
}
