package support

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
)

// ban is a word that the interface may not use, and the regulation's own.
type ban struct{ word, instead string }

// inVietnamese are the forbidden words of Vietnamese sentences: foreign words, other names of the same thing, and the
// typing errors of the regulation's text, which only quotations keep.
var inVietnamese = []ban{
	{"dataset", "tập dữ liệu"},
	{"bộ dữ liệu", "tập dữ liệu"},
	{"gateway", "Nền tảng tích hợp, chia sẻ dữ liệu (LGSP)"},
	{"trục liên thông", "Nền tảng tích hợp, chia sẻ dữ liệu (LGSP)"},
	{"trục tích hợp", "Nền tảng tích hợp, chia sẻ dữ liệu (LGSP)"},
	{"cổng kết nối dữ liệu", "Nền tảng tích hợp, chia sẻ dữ liệu (LGSP)"},
	{"data warehouse", "Kho dữ liệu dùng chung"},
	{"kho lưu trữ", "Kho dữ liệu dùng chung"},
	{"kho dữ liệu tập trung", "Kho dữ liệu dùng chung"},
	{"hồ dữ liệu", "Kho dữ liệu dùng chung"},
	{"portal", "Cổng dữ liệu mở"},
	{"công dữ liệu mở", "Cổng dữ liệu mở"},
	{"cổng thông tin dữ liệu mở", "Cổng dữ liệu mở"},
	{"dữ liệu công khai", "dữ liệu mở"},
	{"dữ liệu chia sẻ chung", "dữ liệu dùng chung"},
	{"dữ liệu riêng tư", "dữ liệu dùng riêng, hoặc dữ liệu cá nhân"},
	{"nhà cung cấp dữ liệu", "chủ quản dữ liệu"},
	{"chủ sở hữu dữ liệu", "chủ quản dữ liệu"},
	{"bên sở hữu dữ liệu", "chủ quản dữ liệu"},
	{"người dùng cuối", "cơ quan, đơn vị khai thác"},
	{"bên tiêu thụ", "cơ quan, đơn vị khai thác"},
	{"quản trị viên dữ liệu", "đầu mối dữ liệu"},
	{"từ điển thuật ngữ dữ liệu", "Từ điển dữ liệu dùng chung"},
	{"data dictionary", "Từ điển dữ liệu dùng chung"},
	{"bảng tra mã", "bảng mã"},
	{"log", "nhật ký"},
	{"nhật ký hệ thống", "nhật ký truy cập, khai thác"},
	{"token", "mã truy cập"},
	{"dashboard", "bảng theo dõi"},
	{"download", "tải về"},
	{"upload", "tải lên"},
	{"rò rỉ dữ liệu", "lộ lọt dữ liệu"},
	{"làm mờ dữ liệu", "che dữ liệu"},
	{"đồng bộ hóa", "đồng bộ"},
	{"truy nhập", "truy cập"},
	{"khu cách ly tạm", "cách ly (dữ liệu lỗi)"},
	{"thông nhất", "thống nhất"},
}

// inEnglish are those of English sentences.
var inEnglish = []ban{
	{"data lake", "shared data warehouse"},
	{"data hub", "integration and sharing platform"},
	{"data provider", "data owner"},
	{"end user", "consuming agency"},
	{"end users", "consuming agencies"},
}

// Lint names every sentence of the catalogue that calls a thing by a forbidden word, with the word to use.
func Lint(c *i18n.Catalog) []string {
	var found []string
	for _, key := range c.Keys() {
		found = append(found, LintVietnamese(key, c.Say(i18n.Vi, key))...)
		if en := c.Say(i18n.En, key); en != c.Say(i18n.Vi, key) {
			found = append(found, lint(key, en, inEnglish)...)
		}
	}
	return found
}

// LintVietnamese checks one Vietnamese text; where names it in the answer.
func LintVietnamese(where, text string) []string { return lint(where, text, inVietnamese) }

func lint(where, text string, bans []ban) []string {
	var found []string
	low := strings.ToLower(vitext.NFC(text))
	for _, b := range bans {
		if hasWord(low, b.word) {
			found = append(found, fmt.Sprintf("%s: “%s” is to be “%s” in: %s", where, b.word, b.instead, text))
		}
	}
	return found
}

// hasWord reports the word in text that is in lower case, not as a part of a longer word, name or address: "/log/" and
// "log.read" are no words.
func hasWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, size := utf8.DecodeRuneInString(text[end:])
		next, _ := utf8.DecodeRuneInString(text[end+size:])
		if !joins(before) && !joins(after) && !(after == '.' && unicode.IsLetter(next)) {
			return true
		}
		from = end
	}
}

// joins: the rune makes one word, code or address with its neighbour.
func joins(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("_-/{}", r)
}
