package web

import (
	"strings"

	"lienthong/internal/kit/i18n"
)

// apiWords turn the sentences of the schema check into Vietnamese. "%" stands for the part that varies.
var apiWords = []struct{ en, vi string }{
	{"expected required property % to be present", "thiếu trường bắt buộc “%”"},
	{"required query parameter is missing", "thiếu tham số truy vấn bắt buộc"},
	{"required header parameter is missing", "thiếu tiêu đề bắt buộc"},
	{"request body is required", "thiếu nội dung yêu cầu"},
	{"unexpected property", "trường không có trong mô tả"},
	{"invalid integer", "phải là số nguyên"},
	{"invalid boolean", "phải là true hoặc false"},
	{"invalid float", "phải là số"},
	{"invalid number", "phải là số"},
	{"expected boolean", "phải là true hoặc false"},
	{"expected number", "phải là số"},
	{"expected integer", "phải là số nguyên"},
	{"expected string", "phải là chuỗi ký tự"},
	{"expected array", "phải là danh sách"},
	{"expected object", "phải là đối tượng"},
	{"expected array items to be unique", "danh sách không được có phần tử trùng nhau"},
	{"expected value to be one of %", "chỉ nhận một trong các giá trị %"},
	{"expected number >= %", "phải lớn hơn hoặc bằng %"},
	{"expected number > %", "phải lớn hơn %"},
	{"expected number <= %", "phải nhỏ hơn hoặc bằng %"},
	{"expected number < %", "phải nhỏ hơn %"},
	{"expected length >= %", "cần ít nhất % ký tự"},
	{"expected length <= %", "không quá % ký tự"},
	{"expected array length >= %", "cần ít nhất % phần tử"},
	{"expected array length <= %", "không quá % phần tử"},
	{"expected string to match pattern %", "phải theo mẫu %"},
	{"expected string to be RFC 3339 date-time", "phải là thời điểm dạng 2026-12-31T08:00:00Z"},
	{"expected string to be RFC 3339 date", "phải là ngày dạng 2026-12-31"},
	{"expected string to be RFC 4122 uuid: %", "phải là UUID"},
	{"unexpected end of JSON input", "nội dung JSON bị thiếu phần cuối"},
}

// apiSentence is a sentence of the schema check in the caller's language; what is not on the list stays as it is.
func apiSentence(lang i18n.Lang, message string) string {
	if lang == i18n.En {
		return message
	}
	for _, w := range apiWords {
		before, after, varies := strings.Cut(w.en, "%")
		if !varies {
			if message == w.en {
				return w.vi
			}
			continue
		}
		if len(message) >= len(before)+len(after) && strings.HasPrefix(message, before) && strings.HasSuffix(message, after) {
			return strings.ReplaceAll(w.vi, "%", message[len(before):len(message)-len(after)])
		}
	}
	return message
}
