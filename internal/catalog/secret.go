package catalog

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SecretStamp finds a stamp of state secrecy: MẬT, TỐI MẬT or TUYỆT MẬT in capitals. TỐI MẬT and TUYỆT MẬT count
// wherever they stand; MẬT alone counts when it stands by itself or behind a word such as TÀI LIỆU, because MẬT ĐỘ,
// BẢO MẬT or a person's name in capitals are no stamps.
func SecretStamp(text string) (string, bool) {
	if !strings.Contains(text, "M") {
		return "", false
	}
	words := capitals(norm.NFC.String(text))
	for i, w := range words {
		if w.text != "MẬT" {
			continue
		}
		before, after := neighbour(words, i, -1), neighbour(words, i, 1)
		switch {
		case before == "TỐI" || before == "TUYỆT":
			return before + " MẬT", true
		case before == "" && after == "", after == "" && slices.Contains(stampedThings, before):
			return "MẬT", true
		}
	}
	return "", false
}

// stampedThings are the last words of what is stamped: tài liệu, văn bản, danh sách, hồ sơ, thông tin, độ, dấu, số liệu.
var stampedThings = []string{"LIỆU", "BẢN", "SÁCH", "SƠ", "TIN", "ĐỘ", "DẤU", "TỆP", "BẢNG"}

type word struct {
	text   string // as written; "" for one that is not all capitals
	joined bool   // only spaces stand between it and the word before
}

func capitals(s string) []word {
	var words []word
	var letters []rune
	joined := false
	flush := func(next bool) {
		if len(letters) > 0 {
			w := string(letters)
			if w != strings.ToUpper(w) {
				w = ""
			}
			words = append(words, word{w, joined})
			letters = letters[:0]
			joined = true
		}
		joined = joined && next
	}
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters = append(letters, r)
			continue
		}
		flush(r == ' ' || r == '\u00a0' || r == '_' || r == '\t')
	}
	flush(false)
	return words
}

// neighbour is the word in capitals beside word i with only spaces between, or "".
func neighbour(words []word, i, step int) string {
	j := i + step
	if j < 0 || j >= len(words) {
		return ""
	}
	if step > 0 && !words[j].joined || step < 0 && !words[i].joined {
		return ""
	}
	return words[j].text
}
