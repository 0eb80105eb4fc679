package world

import (
	"encoding/base32"
	"math/rand/v2"

	"lienthong/internal/access"
)

// Account is a person who can sign in to the demo.
type Account struct {
	Username   string
	FullName   string
	Agency     string
	Roles      []access.Role
	Part       string // what the person does in the stories
	TOTPSecret string // for roles that need a second factor, and for heads and stewards
	Sponsor    string // vendors
	Commitment string
}

// Password of every account of the demo.
const Password = "Demo lien thong 2026"

// accounts has somebody for every role of the permission model, and the heads and stewards of the stories' agencies.
func accounts(seed uint64) []Account {
	list := []Account{
		{"quantri.hethong", "Đoàn Thục Khuê", Operator, []access.Role{access.OpAdmin}, "Quản trị tài khoản và tham số", "", "", ""},
		{"vanhanh.thamdinh", "Lưu Hạc Niên", Operator, []access.Role{access.OpAppraiser}, "Thẩm định đề nghị kết nối", "", "", ""},
		{"vanhanh.pheduyet", "Mạc Tường Vy", Operator, []access.Role{access.OpApprover}, "Phê duyệt kết nối và danh mục", "", "", ""},
		{"vanhanh.kythuat", "Tạ Khởi Phong", Operator, []access.Role{access.OpEngineer}, "Thiết lập, kiểm thử kết nối", "", "", ""},
		{"vanhanh.kythuat2", "Tôn Nhã Đan", Operator, []access.Role{access.OpEngineer}, "Người thứ hai xem xét cấu hình", "", "", ""},
		{"vanhanh.antoan", "Kiều Sơn Trạch", Operator, []access.Role{access.OpSecurity}, "An toàn thông tin, sự cố", "", "", ""},
		{"vanhanh.chatluong", "Phí Lam Tuyền", Operator, []access.Role{access.OpQuality}, "Chất lượng dữ liệu", "", "", ""},
		{"vanhanh.congdulieu", "Giang Mộc Miên", Operator, []access.Role{access.OpPortal}, "Cổng dữ liệu mở", "", "", ""},
		{"ubnd.lanhdao", "Thái Viễn Kha", Office, []access.Role{access.Leader}, "Lãnh đạo xem chỉ tiêu điều hành", "", "", ""},
		{"thanhtra.kiemtra", "Âu Thạch Trúc", Inspectorate, []access.Role{access.Auditor}, "Kiểm tra, thanh tra độc lập", "", "", ""},
		{"nhathau.datlich", "Cung Nhật Lệ", Hospital, []access.Role{access.Vendor}, "Nhà thầu ứng dụng đặt lịch khám", "", Hospital, "03/CK-BM ngày 05/01/2026"},
		{"sinhvien.laptrinh", "Bạch Nguyệt Hà", Operator, []access.Role{access.OpenDataDeveloper}, "Nhóm sinh viên dùng dữ liệu mở", "", "", ""},
		{"giaoduc.dulieumo", "Ông Tuệ Mẫn", Education, []access.Role{access.OpenDataEditor}, "Chuẩn bị dữ liệu mở", "", "", ""},
		{"giaoduc.phapche", "Trịnh Uyên Thư", Education, []access.Role{access.LegalReviewer}, "Thẩm định pháp lý dữ liệu mở", "", "", ""},
		{"giaoduc.quantri", "Lã Quảng Bá", Education, []access.Role{access.AgencyAdmin}, "Quản trị của đơn vị", "", "", ""},
		{"taichinh.phantich", "Viên Tâm Đoan", Finance, []access.Role{access.Analyst}, "Phân tích số liệu tổng hợp", "", "", ""},
		{"motcua.yty", "Hạ Vũ Thiên", CommuneYTy, []access.Role{access.LookupOfficer}, "Công chức một cửa, tra cứu theo hồ sơ", "", "", ""},
		{"yte.dulieucanhan", "Quan Lệ Băng", Health, []access.Role{access.PrivacyOfficer}, "Bảo vệ dữ liệu cá nhân", "", "", ""},
		{"bacha.canbo", "Tưởng Khải Ca", CommuneBacHa, []access.Role{access.CommuneOfficer}, "Cán bộ xã xác minh", "", "", ""},
		{"camduong.canbo", "Chử Diệp Sinh", CommuneCamDuong, []access.Role{access.CommuneOfficer}, "Cán bộ phường", "", "", ""},
		{"nnmt.phodaumoi", "Khúc Tịnh Nghi", Agriculture, []access.Role{access.DeputySteward}, "Phó đầu mối dữ liệu", "", "", ""},
	}
	list = append(list, pairs()...)
	r := rand.New(rand.NewPCG(seed, 0x7f4a7c159e3779b9)) //nolint:gosec // fixed by the seed, for a demo
	for i := range list {
		list[i].TOTPSecret = totp(r)
	}
	return list
}

// pairs are the head and the steward of every agency that owns or asks for data.
func pairs() []Account {
	var list []Account
	for _, a := range []struct{ agency, user, head, steward string }{
		{Office, "vpubnd", "Nghiêm Thái Hòa", "Đàm Ngọc Lam"}, {Operator, "khcn", "Doãn Bách Hợp", "Lạc Minh Tước"}, {Interior, "noivu", "Hồng Duy Ân", "Tiêu Khả Doanh"},
		{Justice, "tuphap", "Văn Thế Khải", "Ngụy Trúc Linh"}, {Agriculture, "nnmt", "Thạch Gia Nguyên", "Nhan Hải Đường"}, {Finance, "taichinh", "Kim Đình Vũ", "Từ Yên Chi"},
		{Trade, "congthuong", "Mai Chấn Hưng", "Phùng Mỹ Uyên"}, {Construction, "xaydung", "Tô Viết Hãn", "Hoắc Xuân Nghi"}, {Education, "giaoduc", "Cao Trí Viễn", "Lục Thảo Nguyên"},
		{Health, "yte", "Chu Hoài Phương", "Sầm Bảo Lâm"}, {Culture, "vanhoa", "La Tấn Phát", "Đậu Cẩm Tú"}, {Minorities, "dantoc", "Châu Hữu Lễ", "Lều Ái Vân"},
		{Inspectorate, "thanhtra", "Ưng Hoài Lãm", "Bành Diễm Sương"}, {EconomicZone, "kkt", "Hàn Phúc Điền", "Ninh Thi Cầm"}, {Hospital, "benhvien", "Đồng Ý Thiên", "Lâm Nhược Vy"},
		{Tax, "thue", "Quế Nam Giao", "Tống Bích Đào"}, {CommuneYTy, "yty", "Lương Hải Thạch", "Đới Minh Nguyệt"}, {CommuneBacHa, "bacha", "Cù Trọng Nhân", "Vi Thảo Chi"}, {Police, "congan", "Yên Chí Dũng", "Ngạc Thu Cúc"},
	} {
		list = append(list,
			Account{Username: a.user + ".lanhdao", FullName: a.head, Agency: a.agency, Roles: []access.Role{access.AgencyHead}, Part: "Người đứng đầu đơn vị"},
			Account{Username: a.user + ".daumoi", FullName: a.steward, Agency: a.agency, Roles: []access.Role{access.Steward}, Part: "Đầu mối dữ liệu"})
	}
	return list
}

func totp(r *rand.Rand) string {
	b := make([]byte, 20)
	for i := range b {
		b[i] = byte(r.UintN(256)) //nolint:gosec // below 256
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// Account finds who signs in by the name; nil when there is nobody.
func (w *World) Account(username string) *Account {
	for i := range w.Accounts {
		if w.Accounts[i].Username == username {
			return &w.Accounts[i]
		}
	}
	return nil
}
