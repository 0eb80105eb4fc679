package vitext_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/vitext"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"  Đông   Hòa\t": "dong hoa", "ĐẮK LẮK": "dak lak", "Nguyễn Thị Mười": "nguyen thi muoi",
		norm.NFD.String("Thừa Thiên Huế"): "thua thien hue", "Ia H'Drai": "ia h'drai", "xã 10": "xa 10", "": "",
		"Chư\u00a0Prông": "chu prong", "ự ợ ặ ẫ ỹ": "u o a a y",
	} {
		if got := vitext.Fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestSameSpelling(t *testing.T) {
	for _, c := range []struct {
		rule, a, b string
		want       bool
	}{
		{"tone on the other vowel", "Hoà", "Hòa", true},
		{"tone on the other vowel, uy", "thuý", "thúy", true},
		{"tone on the other vowel, oe", "khoẻ", "khỏe", true},
		{"tone on the wrong letter of qu", "Qúy", "Quý", true},
		{"in a longer name", "Tuy Hoà, Khánh Hoà", "TUY HÒA,  KHÁNH HÒA", true},
		{"case", "ĐỨC CƠ", "đức cơ", true},
		{"spaces", " Chư  Sê ", "Chư Sê", true},
		{"composed and decomposed", norm.NFD.String("Buôn Ma Thuột"), "Buôn Ma Thuột", true},
		{"doubled apostrophe", "Ia H''Drai", "Ia H'Drai", true},
		{"typographic apostrophe", "M’Gar", "M'Gar", true},
		{"another tone", "Hòa", "Hóa", false},
		{"no tone", "Hòa", "Hoa", false},
		{"the tone of another syllable", "Hoà Binh", "Hoa Bình", false},
		{"the tone of another syllable joined by a hyphen", "hoà-binh", "hoa-bình", false},
		{"another vowel", "Đăk", "Đâk", false},
		{"another vowel mark", "Hoan", "Hoăn", false},
		{"d and đ", "Dak", "Đak", false},
		{"no apostrophe", "HDrai", "H'Drai", false},
		{"another word", "An Phú", "An Phu", false},
		{"Cyrillic o", "Hоa", "Hoa", false},
		{"zero width", "Ho\u200ba", "Hoa", false},
		{"digits", "Thôn 1", "Thôn 2", false},
	} {
		if got := vitext.SameSpelling(c.a, c.b); got != c.want {
			t.Errorf("%s: %q %q: got %v (%q, %q)", c.rule, c.a, c.b, got, vitext.Key(c.a), vitext.Key(c.b))
		}
	}
}

func TestKeysAreTheirOwnKeys(t *testing.T) {
	for _, s := range []string{"Hoà Bình", "Ia H''Drai", "TUY HÒA", "Quỳnh Lưu", "Nguyễn Thị Thuý 12"} {
		for _, key := range []func(string) string{vitext.Key, vitext.Fold, vitext.NFC} {
			if once := key(s); key(once) != once {
				t.Errorf("%q: %q then %q", s, once, key(once))
			}
		}
	}
}

func TestSortKey(t *testing.T) {
	want := []string{"An", "Ăn", "Ân", "Bà", "Bá Thước", "Dong", "Duyên", "Đa", "Đông", "Em", "Ê", "Hoa", "Hòa", "Hỏa", "Hõa", "Hóa", "Họa", "Hoan", "Oanh", "Ô", "Ơ", "Um", "Ưu", "Yên"}
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(vitext.SortKey(a), vitext.SortKey(b)) })
	if !slices.Equal(got, want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
	for _, s := range want {
		key := vitext.SortKey(s)
		if strings.Trim(key, "0123456789abcdef") != "" || key == "" {
			t.Fatalf("%q is no lower-case hex", key)
		}
		if vitext.SortKey(norm.NFD.String(" "+s)) != key {
			t.Errorf("%s: the key depends on the form", s)
		}
	}
}

func TestSortKeyConcurrently(t *testing.T) {
	want := vitext.SortKey("Đắk Lắk")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				vitext.SortKey("Gia Lai")
				if got := vitext.SortKey("Đắk Lắk"); got != want {
					t.Error(got)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Danh mục  Xã, phường (2025)": "danh-muc-xa-phuong-2025", "Ia H'Drai": "ia-h-drai", "--Đ--": "d", "中文": "", "": "", "a/../b": "a-b",
	} {
		if got := vitext.Slug(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	got := vitext.Words("Xã Ia H'Drai, " + norm.NFD.String("huyện") + " 12-A!")
	if want := []string{"Xã", "Ia", "H", "Drai", "huyện", "12", "A"}; !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
	if got := vitext.Words(" ,. "); len(got) != 0 {
		t.Fatal(got)
	}
}

func TestSuspicious(t *testing.T) {
	for _, s := range []string{
		"Sở Nội vụ", norm.NFD.String("Ủy ban nhân dân xã Ia H'Drai"), "Đắk Lắk – 2025 (mới), số 12/QĐ-UBND “a”", "dòng 1\r\ndòng 2\t", "", "Россия", "日本", "m²",
	} {
		if vitext.Suspicious(s) {
			t.Errorf("%q: honest", s)
		}
	}
	for rule, s := range map[string]string{
		"Cyrillic о": "Sở Nội vụ Cоng", "Cyrillic word beside Latin": "Sở СОА", "only Cyrillic twins": "СОА", "Greek": "Αn Phú",
		"zero width space": "Sở\u200b Nội vụ", "zero width joiner": "Sở\u200dNội", "byte order mark": "\ufeffSở", "RTL mark": "Sở\u200f", "RTL override": "Sở \u202evụ",
		"isolate": "\u2066Sở", "soft hyphen": "Sở Nội\u00advụ", "control": "Sở\x00", "escape": "\x1b[31m", "tag": "a\U000E0041", "filler": "a\u3164",
		"full width": "Ｓở", "mathematical": "𝐒ở", "eth for đ": "Ðắk", "African d for đ": "Ɖắk", "heap of marks": "a\u0335\u0336\u0337\u0338", "replacement": "S\ufffd", "line separator": "a\u2028b",
	} {
		if !vitext.Suspicious(s) {
			t.Errorf("%s: %q passed", rule, s)
		}
	}
}
