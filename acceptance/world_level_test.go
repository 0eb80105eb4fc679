package acceptance

import (
	"net/http"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// pdf is a small file that counts as one, as base64 in JSON.
var pdf = m{"name": "Quyết định.pdf", "content": []byte("%PDF-1.7\n%%EOF\n")}

// proposal of a security level, as other programs send it.
func proposal(level int) m {
	return m{"level": level, "number": "07/HSĐX-CĐ", "justification": "Hệ thống phục vụ người dân toàn tỉnh, xử lý dữ liệu cá nhân", "file": pdf}
}

// decision on a proposed level, valid for a year.
func decision() m {
	now := time.Now()
	return m{
		"authority": "Ủy ban nhân dân tỉnh", "decision": "45/QĐ-UBND", "decided_at": "2026-01-05", "valid_to": now.AddDate(1, 0, 0).Format(time.DateOnly),
		"checked_at": now.AddDate(0, -1, 0).Format(time.DateOnly), "file": pdf,
	}
}

// approveLevel takes a system to an approved security level: one person proposes, another records the decision.
func approveLevel(t *testing.T, proposer, recorder *harness.Person, id string, level int) {
	t.Helper()
	var made struct{ ID string }
	ok(t, proposer.Post("/api/v1/systems/"+id+"/levels", proposal(level)), http.StatusCreated).Into(t, &made)
	ok(t, recorder.Post("/api/v1/systems/"+id+"/levels/"+made.ID+"/record", decision()), http.StatusOK)
}
