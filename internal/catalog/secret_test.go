package catalog

import "testing"

func TestSecretStamp(t *testing.T) {
	for text, want := range map[string]string{
		"TỐI MẬT":                         "TỐI MẬT",
		"ma,ten,TUYỆT MẬT":                "TUYỆT MẬT",
		"MẬT":                             "MẬT",
		"Độ mật: MẬT":                     "MẬT",
		"tài liệu MẬT của tỉnh":           "MẬT",
		"TÀI LIỆU MẬT":                    "MẬT",
		"DANH_SÁCH_MẬT.csv":               "MẬT",
		"DANH SÁCH TỐI MẬT 2026":          "TỐI MẬT",
		"(MẬT)":                           "MẬT",
		"a;MẬT;b":                         "MẬT",
		"TO\u0302\u0301I MA\u0323\u0302T": "TỐI MẬT",
		"bảo mật":                         "",
		"BẢO MẬT THÔNG TIN":               "",
		"MẬT ĐỘ DÂN SỐ":                   "",
		"MẬT KHẨU":                        "",
		"MẬT ONG":                         "",
		"SỎI MẬT":                         "",
		"GIÀNG THỊ MẬT":                   "",
		"tối mật":                         "",
		"mật độ, Mật khẩu":                "",
		"KHÔNG THUỘC BÍ MẬT NHÀ NƯỚC":     "",
		"":                                "",
	} {
		if got, _ := SecretStamp(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
