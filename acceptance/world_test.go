package acceptance

import (
	"net/http"
	"testing"

	"lienthong/acceptance/harness"
)

// Agencies of the world.
const (
	operator = "H38.02" // Sở Khoa học và Công nghệ
	owner    = "H38.05" // Sở Nông nghiệp và Môi trường
	consumer = "H38.09" // Sở Giáo dục và Đào tạo
	foreign  = "H38.10" // Sở Y tế, which has no part in the connection
)

// province is a platform with its agencies and people, but no data yet.
type province struct {
	*harness.Server
	admin, appraiser, approver, engineer, second, security, auditor *harness.Person
	ownerSteward, ownerHead, consumerSteward, consumerHead          *harness.Person
}

// newProvince sets a platform up as its operator would.
func newProvince(t *testing.T, o harness.Options) *province {
	t.Helper()
	p := &province{Server: harness.Start(t, o)}
	p.admin = p.SetUpAdmin(t)
	if a := p.admin.Post("/agency/import/profile", ""); a.Status >= 400 {
		t.Fatalf("import the profile of the province: %s", a)
	}
	hire := func(username, name, agency, role string) *harness.Person {
		return p.admin.Hire(t, username, name, agency, nil, role)
	}
	p.appraiser = hire("tham.dinh", "Lò Thị Thẩm", operator, "op_appraiser")
	p.approver = hire("phe.duyet", "Vàng A Duyệt", operator, "op_approver")
	p.engineer = hire("ky.su", "Hoàng Kỹ Sư", operator, "op_engineer")
	p.second = hire("ky.su.hai", "Giàng Kỹ Sư", operator, "op_engineer")
	p.security = hire("an.toan", "Đặng An Toàn", operator, "op_security")
	p.auditor = hire("kiem.toan", "Nguyễn Kiểm Toán", "H38.13", "auditor")
	p.ownerSteward = hire("dau.moi.nn", "Sùng Đầu Mối", owner, "steward")
	p.ownerHead = hire("thu.truong.nn", "Phạm Thủ Trưởng", owner, "agency_head")
	p.consumerSteward = hire("dau.moi.gd", "Trần Đầu Mối", consumer, "steward")
	p.consumerHead = hire("thu.truong.gd", "Lê Thủ Trưởng", consumer, "agency_head")
	for _, agency := range []string{operator, owner, consumer, foreign} {
		p.designate(t, agency)
	}
	return p
}

// designate gives an agency a steward and gives the designation's id.
func (p *province) designate(t *testing.T, agency string) string {
	t.Helper()
	var made struct{ ID string }
	a := p.admin.Post("/api/v1/agencies/"+agency+"/stewards", m{"name": "Phòng Dữ liệu số", "decision": "12/QĐ ngày 01/03/2026", "valid_from": "2026-03-01"})
	ok(t, a, http.StatusCreated).Into(t, &made)
	return made.ID
}

type m = map[string]any
