package acceptance

import (
	"net/http"
	"slices"
	"testing"
)

// changeClassification changes labels and classes of a dataset, and imports one by the form.
func changeClassification(t *testing.T, p *province) []string {
	t.Helper()
	some := slices.Concat(fields[:5], fields[6:]) // another content than the datasets that are there already
	p.approveDataset(t, "nhan", func(_, schema m) { schema["fields"] = some })
	code := owner + "/nhan"
	at := "/api/v1/datasets/" + code
	change := func(class, reason string) {
		t.Helper()
		in := m{"revision": p.classified(t, "nhan").Revision, "nature": "specialised", "scope": "shared", "class": class, "reason": reason}
		ok(t, p.ownerSteward.Post(at+"/classification", in), http.StatusOK)
	}
	change("important", "") // holds at once, and waits to be confirmed
	ok(t, p.appraiser.Post("/api/v1/datasets/labels/confirm", m{"datasets": []string{code}}), http.StatusOK)
	ok(t, p.appraiser.Post("/api/v1/datasets/labels/ask", m{"datasets": []string{code}}), http.StatusOK)
	change("sensitive_personal", lowerWhy) // a proposal
	ok(t, p.appraiser.Post(at+"/classification/refuse", m{"revision": p.classified(t, "nhan").Revision, "reason": "Chưa có biên bản khử nhận dạng"}), http.StatusOK)
	change("sensitive_personal", lowerWhy)
	ok(t, p.appraiser.Post(at+"/classification/confirm", m{"revision": p.classified(t, "nhan").Revision}), http.StatusOK)
	ok(t, p.ownerSteward.With("Content-Type", "text/csv").Post("/api/v1/datasets/import?file_name=mau.csv", templateCSV(templateRow("nhap"))), http.StatusOK)
	return []string{"/datasets/" + code, "/privacy/entries/" + code, "/datasets/" + owner + "/nhap-c"}
}

// changeUnowned gives data without an owner its owner.
func changeUnowned(t *testing.T, p *province) []string {
	t.Helper()
	const api = "/api/v1/datasets/unowned"
	var u struct {
		ID       string
		Revision int64
	}
	about := m{"name": "Điểm đo mưa", "description": "Số liệu điểm đo mưa cũ của các huyện, đang lưu ở máy chủ Trung tâm và chưa rõ ai quản lý."}
	ok(t, p.consumerSteward.Post(api, about), http.StatusCreated).Into(t, &u)
	ok(t, p.appraiser.Post(api+"/"+u.ID+"/propose", m{"agency": owner, "why": "Theo chức năng của Sở"}), http.StatusOK).Into(t, &u)
	ok(t, p.approver.Post(api+"/"+u.ID+"/assign", m{"revision": u.Revision, "agency": owner, "slug": "diem-do-mua", "decision": "31/QĐ-UBND ngày 20/11/2026", "from": today()}), http.StatusOK)
	return []string{"/datasets/unowned/" + u.ID}
}
