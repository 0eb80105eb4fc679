package acceptance

import (
	"net/http"
	"testing"

	"lienthong/acceptance/harness"
)

// The pages of the register in a real browser, on a desk and on a phone: empty, full, without an entry, refused, forbidden.
func TestPagesOfTheRegisterOfProcessing(t *testing.T) {
	p := newProvince(t, harness.Options{})
	v := newVisitor(t, p.Console)
	v.become(p.ownerSteward.Token(), "vi")
	v.look("processing empty", "/privacy")
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerDataset(t, "ho-ngheo", nil)
	ok(t, p.ownerHead.Post(entries+households+"/withdraw", m{"reason": "Rà soát lại việc xử lý dữ liệu"}), http.StatusOK)
	v.look("processing withdrawn", "/privacy/"+households)
	body := processing("QLNN")
	body["measures"], body["impact_assessment"] = []string{}, m{"status": "in_progress"}
	ok(t, p.ownerSteward.Do(http.MethodPut, entries+households, body), http.StatusOK)
	v.look("processing incomplete", "/privacy/"+households)
	v.look("processing form", "/privacy/"+households+"/edit")
	v.b.Width(1280)
	v.b.Open(p.Console + "/privacy/" + households + "/edit")
	v.b.Say(`document.querySelector("input[name=send]").click(), document.querySelector("input[name=send]").form.submit(), "sent"`)
	v.b.Until(`document.body && document.body.innerText.includes("Hãy chọn các biện pháp")`)
	v.judge("processing refused", 1280)
	p.registerProcessing(t, households)
	v.look("processing list", "/privacy")
	v.look("processing history", "/privacy/"+households+"/history")
	v.look("profile of a dataset with its register", "/catalog/"+households)
	v.become(p.ownerHead.Token(), "en")
	v.look("processing in force for the head, in English", "/privacy/"+households)
	v.become(p.engineer.Token(), "vi")
	v.look("processing forbidden", "/privacy")
}
