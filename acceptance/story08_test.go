package acceptance

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// clerk does in a browser what an official does: opens a page, fills in a form, sends it.
type clerk struct {
	*visitor
	who *harness.Person
}

func (c *clerk) as(who *harness.Person) *clerk {
	c.become(who.Token(), "vi")
	c.who = who
	return c
}

func (c *clerk) open(path string) *clerk {
	c.t.Helper()
	c.b.Open(c.base + path)
	c.b.Until(`document.readyState === "complete"`)
	return c
}

// pick chooses one of several.
func (c *clerk) pick(name, value string) *clerk {
	c.t.Helper()
	c.b.Say(`document.querySelector("[name=` + name + `][value=` + value + `]").checked = true`)
	return c
}

// send sends the form of an address and waits until the page says something.
func (c *clerk) send(action, says string) {
	c.t.Helper()
	quoted, _ := json.Marshal(says)
	c.b.Say(`document.title = "sent"; document.querySelector("main form[action='` + action + `']").requestSubmit()`)
	c.b.Until(`document.title !== "sent" && document.readyState === "complete" && (document.querySelector("main")?.innerText ?? "").includes(` + string(quoted) + `)`)
}

func (c *clerk) says(what string) {
	c.t.Helper()
	if text := c.b.Say(`document.querySelector("main").innerText`); !strings.Contains(text, what) {
		c.t.Fatalf("%s does not say %q to %s:\n%s", c.b.Say("location.pathname"), what, c.who.Username, text)
	}
}

// link is the address of the first link that leads to a place.
func (c *clerk) link(to string) string {
	return c.b.Say(`document.querySelector("main a[href*='` + to + `']")?.getAttribute("href") ?? ""`)
}

// Story 8: from what the agencies registered to a catalogue in force, each step on screen by whose part it is.
func TestStory08IssuingTheCatalogue(t *testing.T) {
	p := newProvince(t, harness.Options{Move: true})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.approveDataset(t, "ho-ngheo", nil)
	p.approveDataset(t, "diem-truong", columnsOf(7, nil))
	c := &clerk{visitor: newVisitor(t, p.Console)}
	c.b.Width(1280)
	const at = "/release/catalogue/1"
	t.Run("R7.5a the operator drafts and consults", func(t *testing.T) {
		c.as(p.appraiser).open("/release/catalogue").says("Chưa có danh mục nào đang hiệu lực")
		c.send("/release/catalogue", "Dự thảo đang được tổng hợp")
		c.says("2")
		c.open(at+"/consult").send(at+"/consult", "Hãy chọn hạn trả lời")
		c.judge("story consult refused", 1280)
		c.b.Fill("deadline", harness.Day(p.Now().AddDate(0, 0, 7)))
		c.send(at+"/consult", "Đang lấy ý kiến các cơ quan")
	})
	t.Run("R7.5a two agencies comment, each comment is answered", func(t *testing.T) {
		c.as(p.consumerSteward).open("/tasks").says("Cho ý kiến về dự thảo Danh mục dữ liệu dùng chung lần 1")
		if c.link("/opinion") != at+"/opinion" {
			t.Fatalf("the task leads to %q", c.link("/opinion"))
		}
		c.open(at+"/opinion").send(at+"/opinion", "Hãy chọn “Nhất trí” hoặc “Có ý kiến”")
		c.judge("story opinion refused", 1280)
		c.pick("verdict", "commented")
		c.b.Fill("subject", households)
		c.b.Fill("text", "Đề nghị cập nhật hằng tuần trong kỳ tuyển sinh")
		c.send(at+"/opinion", "Cơ quan đã gửi ý kiến")
		c.as(p.ownerSteward).open(at+"/opinion").pick("verdict", "commented")
		c.b.Fill("text", "Đề nghị sửa tên cơ quan chủ quản cho thống nhất")
		c.send(at+"/opinion", "Cơ quan đã gửi ý kiến")
		c.as(p.appraiser).open(at + "/opinions")
		for _, verdict := range []string{"accepted", "rejected"} {
			way := c.link("/comments/")
			if verdict == "rejected" { // the second in the table
				way = c.b.Say(`[...document.querySelectorAll("main a[href*='/comments/']")].at(-1).getAttribute("href")`)
			}
			c.open(way).pick("verdict", verdict)
			c.b.Fill("answer", "Đã trao đổi với cơ quan, nội dung như trên")
			c.send(way, "Đã trao đổi với cơ quan")
		}
		c.judge("story opinions", 1280)
		c.open(at + "/close")
		c.b.Fill("reason", "Các cơ quan còn lại đã thống nhất tại cuộc họp")
		c.send(at+"/close", "Đang tiếp thu ý kiến")
	})
	t.Run("R7.5a another person approves, the package is downloaded and holds the entries", func(t *testing.T) {
		c.as(p.approver).open(at+"/approve").send(at+"/approve", "hồ sơ trình đã sẵn sàng")
		c.judge("story approved", 1280)
		c.b.Width(360)
		c.judge("story approved", 360)
		c.b.Width(1280)
		entries := entriesOf(t, p.appraiser, catalogue1, nil)
		paper := ok(t, p.appraiser.Get(at+"/files/draft_decision"), http.StatusOK).Body
		if rows := tableRows(readDocx(t, paper)); len(rows) != len(entries) || !strings.Contains(rows[0], entries[0].Name) || !strings.Contains(rows[1], entries[1].Name) {
			t.Fatalf("the annex: %v", rows)
		}
		if text := opened(t, "quyet-dinh.docx", paper); text != "" && !strings.Contains(strings.Join(strings.Fields(text), " "), "Danh mục") {
			t.Errorf("an office program shows: %s", text)
		}
		sheetHolds(t, ok(t, p.appraiser.Get(at+"/files/annex_xlsx"), http.StatusOK).Body, entries)
	})
	t.Run("R7.5a the decision of tomorrow is recorded and takes effect by itself", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "88-QD-UBND.pdf")
		if err := os.WriteFile(file, []byte(harness.SignedPDF), 0o600); err != nil {
			t.Fatal(err)
		}
		c.as(p.appraiser).open(at+"/decision").send(at+"/decision", "Hãy đính kèm tệp quyết định")
		c.judge("story decision refused", 1280)
		c.b.Fill("number", "88/QĐ-UBND")
		c.b.Fill("date", harness.Day(p.Now()))
		c.b.Fill("effective", harness.Day(p.Now().AddDate(0, 0, 1)))
		c.b.Fill("signer", "Chủ tịch UBND tỉnh Nguyễn Văn Thử")
		c.b.Choose("file", file)
		c.send(at+"/decision", "Đến ngày đó danh mục tự có hiệu lực")
		p.later(t, tomorrow)
		c.as(p.consumerSteward).open("/release/catalogue").says("Đang hiệu lực: lần 1")
		c.judge("story in force", 1280)
	})
	t.Run("R7.1 the old release is printed byte for byte when a new one is in force", func(t *testing.T) {
		printed := ok(t, p.consumerSteward.Get(at+"/files/docx"), http.StatusOK).Body
		p.approveDataset(t, "bo-sung", columnsOf(6, nil))
		draft := harness.DraftList(t, harness.Catalogue, p.appraiser)
		ok(t, p.appraiser.Post(draft+"/consult", m{"deadline": harness.Day(p.Now().AddDate(0, 0, 3))}), http.StatusOK)
		ok(t, p.appraiser.Post(draft+"/close", m{"reason": "Đã họp thống nhất"}), http.StatusOK)
		ok(t, p.approver.Post(draft+"/approve", m{}), http.StatusOK)
		harness.RecordDecision(t, draft, p.appraiser, p.Now(), p.Now())
		c.as(p.consumerSteward).open(at).says("Đã được thay thế bằng lần ban hành sau")
		if way := c.link("/files/docx"); way != at+"/files/docx" || !bytes.Equal(ok(t, p.consumerSteward.Get(way), http.StatusOK).Body, printed) {
			t.Fatal("the superseded release is printed otherwise")
		}
		c.open("/release/catalogue/2/compare?with=1").says("Bổ sung")
		c.judge("story compare", 1280)
	})
}
