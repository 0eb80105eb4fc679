package support

import (
	"strings"
	"testing"

	"lienthong/internal/kit/vitext"
)

func load(t *testing.T) *Terms {
	t.Helper()
	terms, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

func TestDefinitionsOfArticle3AreComplete(t *testing.T) {
	definitions, glossary := load(t).Search("")
	if len(definitions) != 13 || len(glossary) != 110 {
		t.Fatalf("%d definitions and %d terms, want 13 and 110", len(definitions), len(glossary))
	}
	for i, d := range definitions {
		if d.Clause != i+1 || !strings.HasPrefix(d.Text, "là ") || !strings.HasSuffix(d.Text, ".") {
			t.Errorf("clause %d is not a whole sentence of the regulation: %q", d.Clause, d.Text)
		}
		if d.Text != vitext.NFC(d.Text) || strings.TrimSpace(d.Text) != d.Text || strings.Contains(d.Text, "  ") {
			t.Errorf("clause %d is not clean text", d.Clause)
		}
		if !strings.HasPrefix(d.Feature.Path, "/") || d.Feature.Label.Vi == "" || d.Feature.Label.En == "" {
			t.Errorf("clause %d has no feature", d.Clause)
		}
	}
	const owner = "là cơ quan, đơn vị được giao quản lý, xây dựng, cập nhật, duy trì, cung cấp và chịu trách nhiệm về chất lượng, tính chính xác, đầy đủ của dữ liệu thuộc phạm vi quản lý."
	if definitions[4].Term != "Chủ quản dữ liệu" || definitions[4].Text != owner {
		t.Errorf("khoản 5 reads %q: %q", definitions[4].Term, definitions[4].Text)
	}
}

func TestSearchWithAndWithoutMarks(t *testing.T) {
	terms := load(t)
	for _, c := range []struct {
		words string
		first string // of the glossary
		has   int    // clause that must be among the definitions, 0 for none
	}{
		{"chu quan du lieu", "chủ quản dữ liệu", 5},
		{"CHỦ QUẢN DỮ LIỆU", "chủ quản dữ liệu", 5},
		{"  nghiem   thu ", "nghiệm thu, biên bản nghiệm thu", 0},
		{"stewa", "đầu mối dữ liệu, cán bộ phụ trách dữ liệu", 0},
		{"ConnectionRequest", "đăng ký nhu cầu", 0},
		{"đối soát", "đối soát", 0},
		{"doi soat", "đối soát", 0},
		{"lgsp", "Nền tảng tích hợp, chia sẻ dữ liệu (LGSP)", 7},
	} {
		definitions, glossary := terms.Search(c.words)
		if len(glossary) == 0 || glossary[0].Vi != c.first {
			t.Errorf("%q finds %v, want %q first", c.words, glossary, c.first)
		}
		found := c.has == 0
		for _, d := range definitions {
			found = found || d.Clause == c.has
		}
		if !found {
			t.Errorf("%q does not find khoản %d", c.words, c.has)
		}
	}
	if d, g := terms.Search("không có từ này đâu"); len(d)+len(g) != 0 {
		t.Errorf("found %d and %d for words that nowhere stand", len(d), len(g))
	}
}

func TestWhatHasTheTypedMarksComesFirst(t *testing.T) {
	// "mở" and "mô" fold alike.
	definitions, _ := load(t).Search("mở")
	if len(definitions) < 2 || definitions[0].Clause != 4 {
		t.Fatalf("first of %d is khoản %d, want khoản 4: dữ liệu mở", len(definitions), definitions[0].Clause)
	}
}
