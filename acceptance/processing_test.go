package acceptance

import (
	"net/http"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// processing is a complete entry in the register of personal-data processing.
func processing(purposes ...string) m {
	return m{
		"categories": []string{"basic", "sensitive"}, "purposes": purposes, "legal_basis": "Nghị định 07/2021/NĐ-CP, Điều 8", "function": "Quản lý hộ nghèo, hộ cận nghèo trên địa bàn tỉnh",
		"source": "UBND cấp xã rà soát hằng năm", "recipients": []string{"Sở Giáo dục và Đào tạo", "Sở Y tế"}, "retention_months": 120,
		"measures":          []string{"access_control", "masking", "encrypted_rest", "logging"},
		"impact_assessment": m{"status": "done", "number": "15/ĐGTĐ-SNNMT", "date": "2026-02-10"},
		"person_in_charge":  m{"name": "Phòng Tổng hợp", "position": "Trưởng phòng", "contact": "02140000000"},
		"valid_to":          time.Now().AddDate(1, 0, 0).Format(time.DateOnly),
	}
}

const entries = "/api/v1/privacy/entries/"

// registerProcessing puts the entry of a dataset of the owner in force, written by its steward and confirmed by its head,
// so that the dataset may be served. A dataset without personal data needs none.
func (p *province) registerProcessing(t *testing.T, dataset string) {
	t.Helper()
	a := p.ownerSteward.Do(http.MethodPut, entries+dataset, processing("DVC-TTHC", "QLNN", "PTDB"))
	if a.Code() == "privacy.not_needed" {
		return
	}
	ok(t, a, http.StatusOK)
	ok(t, p.ownerSteward.Post(entries+dataset+"/send", nil), http.StatusOK)
	confirmProcessing(t, p.ownerHead, dataset)
}

func confirmProcessing(t *testing.T, head *harness.Person, dataset string) {
	t.Helper()
	ok(t, head.Post(entries+dataset+"/confirm", nil), http.StatusOK)
}

// changeProcessing takes an entry through every step and gives its path in the API.
func changeProcessing(t *testing.T, p *province) string {
	t.Helper()
	write := func() {
		ok(t, p.ownerSteward.Do(http.MethodPut, entries+households, processing("DVC-TTHC", "QLNN", "PTDB")), http.StatusOK)
		ok(t, p.ownerSteward.Post(entries+households+"/send", nil), http.StatusOK)
	}
	write()
	ok(t, p.ownerHead.Post(entries+households+"/return", m{"reason": "Bổ sung bên nhận dữ liệu"}), http.StatusOK)
	write()
	confirmProcessing(t, p.ownerHead, households)
	ok(t, p.ownerHead.Post(entries+households+"/withdraw", m{"reason": "Rà soát lại việc xử lý"}), http.StatusOK)
	write()
	confirmProcessing(t, p.ownerHead, households)
	return "/privacy/entries/" + households
}
