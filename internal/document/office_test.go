package document_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/document"
)

// office converts a file to PDF with LibreOffice, which refuses or repairs what does not fit its format. Without it the
// test is skipped, but where LIENTHONG_TEST_OFFICE demands it.
func office(t *testing.T, name string, raw []byte) (pdf string) {
	t.Helper()
	for _, tool := range []string{"soffice", "pdftotext", "pdfinfo"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("LIENTHONG_TEST_OFFICE") != "" {
				t.Fatalf("%s is missing and LIENTHONG_TEST_OFFICE is set", tool)
			}
			t.Skipf("%s is not installed", tool)
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, path)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	pdf = strings.TrimSuffix(path, filepath.Ext(path)) + ".pdf"
	if keep := os.Getenv("LIENTHONG_TEST_KEEP"); keep != "" { // to look at by eye
		for _, f := range []string{path, pdf} {
			body, err := os.ReadFile(f)
			if err == nil {
				err = os.WriteFile(filepath.Join(keep, filepath.Base(f)), body, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return pdf
}

func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestOfficeOpensThePaper(t *testing.T) {
	raw, err := minutes().DOCX()
	if err != nil {
		t.Fatal(err)
	}
	pdf := office(t, "bien-ban.docx", raw)
	text := tool(t, "pdftotext", "-layout", pdf, "-")
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) != 7 {
		t.Errorf("%d pages, want 3 of the paper, 3 of the wide annex, 1 of the last", len(pages))
	}
	for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 05/BB-SKHCN", "BIÊN BẢN", "Nghiệm thu kết nối, chia sẻ dữ liệu", "Nơi nhận:"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	first := func(n int) string {
		return strings.TrimSpace(strings.SplitN(strings.TrimLeft(pages[n], "\n"), "\n", 2)[0])
	}
	if strings.HasPrefix(first(0), "1") || first(1) != "2" || !strings.Contains(pages[1], "STT") {
		t.Errorf("first lines of the pages: %q, %q", first(0), first(1))
	}
	if n := len(pages); n == 7 && (first(3) != "Phụ lục I" || first(4) != "2" || first(6) != "Phụ lục II") {
		t.Errorf("annexes number their own pages: %q %q %q", first(3), first(4), first(6))
	}
	info := tool(t, "pdfinfo", "-f", "1", "-l", "9", pdf)
	if !strings.Contains(info, "Page    1 size:  595") || !strings.Contains(info, "Page    5 size:  841") {
		t.Errorf("page sizes:\n%s", info)
	}
}

func TestOfficeOpensTheSheet(t *testing.T) {
	s := sheet()
	for i := range 80 {
		s.Rows = append(s.Rows, []any{6 + i, "Tập dữ liệu", i})
	}
	raw, err := document.XLSX(s)
	if err != nil {
		t.Fatal(err)
	}
	text := tool(t, "pdftotext", "-layout", office(t, "danh-muc.xlsx", raw), "-")
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) < 2 || !strings.Contains(pages[1], "Số bản ghi") || !strings.Contains(text, "=1+1") || !strings.Contains(text, "1,778,785") {
		t.Errorf("%d pages\n%s", len(pages), text)
	}
}
