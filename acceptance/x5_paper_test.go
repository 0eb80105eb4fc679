package acceptance

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// docx is what a reader of a paper sees: the text of its body, and the parts as they are.
type docx struct {
	text  string
	parts map[string]string
}

// readDocx takes a paper apart; every part must be XML, and nothing may point outside.
func readDocx(t *testing.T, raw []byte) docx {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatalf("no DOCX: %v", err)
	}
	d := docx{parts: map[string]string{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		d.parts[f.Name] = string(body)
		var text strings.Builder
		for x := xml.NewDecoder(bytes.NewReader(body)); ; {
			token, err := x.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			switch v := token.(type) {
			case xml.CharData:
				text.Write(v)
			case xml.EndElement:
				if v.Name.Local == "p" || v.Name.Local == "br" {
					text.WriteString("\n")
				}
			}
		}
		if f.Name == "word/document.xml" {
			d.text = strings.Join(strings.Fields(text.String()), " ") // lines break where the room ends
		}
		if strings.Contains(string(body), `TargetMode="External"`) || strings.Contains(string(body), "updateFields") {
			t.Errorf("%s points outside or asks for an update", f.Name)
		}
	}
	return d
}

// laidOut holds a paper against the layout of NĐ 30/2020 and what it must say.
func (d docx) laidOut(t *testing.T, says ...string) {
	t.Helper()
	for _, want := range append([]string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "TỈNH LÀO CAI", "Nơi nhận:"}, says...) {
		if !strings.Contains(d.text, want) {
			t.Errorf("the paper does not say %q", want)
		}
	}
	for _, want := range []string{`<w:pgSz w:w="11906" w:h="16838"/>`, `<w:pgMar w:top="1133" w:right="850" w:bottom="1133" w:left="1700"`, `<w:titlePg/>`} {
		if !strings.Contains(d.parts["word/document.xml"], want) {
			t.Errorf("layout: %s is missing", want)
		}
	}
	if !strings.Contains(d.parts["word/styles.xml"], "Times New Roman") || !strings.Contains(d.parts["word/header1.xml"], "PAGE") {
		t.Error("layout: letters or number of the page")
	}
}

// opened converts a paper with LibreOffice, where it is installed, and gives the text of its pages.
func opened(t *testing.T, name string, raw []byte) string {
	t.Helper()
	for _, tool := range []string{"soffice", "pdftotext"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("LIENTHONG_TEST_OFFICE") != "" {
				t.Fatalf("%s is missing and LIENTHONG_TEST_OFFICE is set", tool)
			}
			return ""
		}
	}
	dir := t.TempDir()
	if keep := os.Getenv("LIENTHONG_TEST_KEEP"); keep != "" { // to look at by eye
		dir = keep
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(t.TempDir(), "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	text, err := exec.Command("pdftotext", "-layout", strings.TrimSuffix(file, filepath.Ext(file))+".pdf", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPapers(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	at := "/api/v1/connections/requests/"
	t.Run("X5 the minutes of acceptance are a DOCX in the layout of NĐ 30/2020, to the parties alone", func(t *testing.T) {
		c := p.request(t, nil)
		c.approve(t, scope(), need()["fields"].([]string))
		c.provision(t)
		c.test(t)
		refused(t, p.ownerSteward.Get(at+c.ID+"/minutes"), http.StatusNotFound, "connection.no_paper_minutes")
		c.accept(t)
		var got struct{ Request struct{ Number string } }
		ok(t, p.engineer.Get(at+c.ID), http.StatusOK).Into(t, &got)
		a := ok(t, p.ownerSteward.Get(at+c.ID+"/minutes"), http.StatusOK)
		if a.Header.Get("Content-Type") != docxType || !strings.Contains(a.Header.Get("Content-Disposition"), "filename*=UTF-8''Bi%C3%AAn%20b%E1%BA%A3n%20nghi%E1%BB%87m%20thu") {
			t.Errorf("%v", a.Header)
		}
		readDocx(t, a.Body).laidOut(t, "BIÊN BẢN", "Số: "+got.Request.Number+"/NT", "Nghiệm thu kết nối", "Hoàng Kỹ Sư", "Phạm Thủ Trưởng", "Lê Thủ Trưởng", households,
			"Tính ổn định", "Tính chính xác", "Tính an toàn", "vận hành chính thức", "Chỉ trả lời có/không", "ĐẠI DIỆN CHỦ QUẢN DỮ LIỆU")
		if again := ok(t, p.consumerSteward.Get(at+c.ID+"/minutes"), http.StatusOK); !bytes.Equal(a.Body, again.Body) {
			t.Error("the other party gets other minutes")
		}
		page := ok(t, p.consumerHead.Get("/connections/"+c.ID), http.StatusOK)
		if !strings.Contains(string(page.Body), `href="/connections/`+c.ID+`/minutes.docx"`) || strings.Contains(string(page.Body), "refusal.docx") {
			t.Error("the page does not lead to the minutes, or leads to a refusal")
		}
		if a := ok(t, p.consumerHead.Get("/connections/"+c.ID+"/minutes.docx"), http.StatusOK); len(readDocx(t, a.Body).text) == 0 {
			t.Error("the page's file is empty")
		}
		stranger := p.officer(t, "nguoi.ngoai", foreign, "steward")
		refused(t, stranger.Get(at+c.ID+"/minutes"), http.StatusForbidden, "connection.paper_of_parties")
		if text := opened(t, "bien-ban-nghiem-thu.docx", a.Body); text != "" && (!strings.Contains(text, "BIÊN BẢN") || !strings.Contains(text, "Hoàng Kỹ Sư")) {
			t.Errorf("LibreOffice shows:\n%s", text)
		}
	})
	t.Run("X5 a refusal is written: a letter with reason and legal ground, not before the refusal", func(t *testing.T) {
		c := p.request(t, nil)
		c.must(t, p.appraiser, "start-appraisal", nil)
		refused(t, p.consumerSteward.Get(at+c.ID+"/refusal"), http.StatusNotFound, "connection.no_paper_refusal")
		refused(t, c.step(p.approver, "reject", m{"comment": "Không cần thiết"}), http.StatusUnprocessableEntity, "connection.legal_basis_required")
		c.must(t, p.approver, "reject", m{"comment": "Dữ liệu đề nghị đã có trong hồ sơ điện tử của học sinh nên không cần khai thác lại.", "legal_citation": "Khoản 2 Điều 11 Luật Dữ liệu số 60/2024/QH15"})
		a := ok(t, p.consumerSteward.Get(at+c.ID+"/refusal"), http.StatusOK)
		readDocx(t, a.Body).laidOut(t, "V/v từ chối yêu cầu", "Kính gửi: Sở Giáo dục và Đào tạo.", "đã có trong hồ sơ điện tử của học sinh", "Khoản 2 Điều 11 Luật Dữ liệu số 60/2024/QH15", "Vàng A Duyệt", "/SKHCN")
		if text := opened(t, "tu-choi.docx", a.Body); text != "" && !strings.Contains(text, "Kính gửi: Sở Giáo dục và Đào tạo.") {
			t.Errorf("LibreOffice shows:\n%s", text)
		}
		kept := filepath.Join(t.TempDir(), "session.json")
		run := func(in string, args ...string) (string, int) {
			return harness.CLI(t, in, append(args, "--session", kept)...)
		}
		if out, code := run(harness.Password+"\n", "sign-in", "--server", p.Console, "--username", p.consumerSteward.Username); code != 0 {
			t.Fatalf("sign in: %s", out)
		}
		file := filepath.Join(t.TempDir(), "từ chối.docx")
		if out, code := run("", "connections", "paper", c.ID, "refusal", "-o", file); code != 0 {
			t.Fatalf("the command: %s", out)
		}
		if kept, err := os.ReadFile(file); err != nil || !bytes.Equal(kept, a.Body) {
			t.Errorf("the command saves another file: %v", err)
		}
		if out, code := run("", "connections", "paper", c.ID, "minutes", "-o", file+"2"); code == 0 || !strings.Contains(out, "connection.no_paper_minutes") {
			t.Errorf("minutes of a refused request: %d %s", code, out)
		}
	})
}
