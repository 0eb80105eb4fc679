package release

import (
	"fmt"
	"strconv"
	"strings"
)

// column of a list as it is printed and exported, in the words of the regulation.
type column struct {
	title string
	width int // share of the width of a page
	of    func(s *Service, e Entry) string
}

// columns of a list: for data the items of Điều 7.3, for systems those of Điều 8.
func (l List) columns() []column {
	first := []column{{"Mã", 9, func(_ *Service, e Entry) string { return e.Subject }}}
	if l == Systems {
		return append(first,
			column{"Tên hệ thống thông tin", 20, func(_ *Service, e Entry) string { return e.Name }},
			column{"Cơ quan chủ quản", 16, func(_ *Service, e Entry) string { return e.OwnerName }},
			column{"Nhóm hệ thống", 18, func(s *Service, e Entry) string { return s.word("system.category.", e.Group) }},
			column{"Tầng kiến trúc", 12, func(s *Service, e Entry) string { return s.word("system.layer.", e.Layer) }},
			column{"Đơn vị vận hành", 14, func(_ *Service, e Entry) string { return e.Operator }},
			column{"Cấp độ an toàn", 7, func(_ *Service, e Entry) string { return level(e.Level) }},
		)
	}
	return append(first,
		column{"Tên dữ liệu", 15, func(_ *Service, e Entry) string { return e.Name }},
		column{"Cơ quan chủ quản", 12, func(_ *Service, e Entry) string { return e.OwnerName }},
		column{"Mô tả dữ liệu", 20, func(_ *Service, e Entry) string { return e.Description }},
		column{"Phạm vi chia sẻ", 18, func(_ *Service, e Entry) string { return e.Scope }},
		column{"Phương thức chia sẻ", 10, func(s *Service, e Entry) string { return s.word("catalog.method.", e.Method) }},
		column{"Tần suất cập nhật", 9, func(s *Service, e Entry) string { return s.often(e) }},
		column{"Tiêu chuẩn, định dạng", 11, func(_ *Service, e Entry) string { return formats(e) }},
	)
}

// word says a code of another slice as officials do.
func (s *Service) word(prefix, code string) string {
	if code == "" {
		return ""
	}
	return s.Say(prefix + code)
}

func (s *Service) often(e Entry) string {
	text := s.word("catalog.frequency.", e.Frequency)
	if e.MaxDelay > 0 {
		text += fmt.Sprintf(" (chậm nhất %s)", delay(e.MaxDelay))
	}
	return text
}

// delay is a number of minutes in the largest unit that fits.
func delay(minutes int64) string {
	switch {
	case minutes%(24*60) == 0:
		return fmt.Sprintf("%d ngày", minutes/(24*60))
	case minutes%60 == 0:
		return fmt.Sprintf("%d giờ", minutes/60)
	}
	return fmt.Sprintf("%d phút", minutes)
}

func formats(e Entry) string {
	var parts []string
	if len(e.Standards) > 0 {
		parts = append(parts, strings.Join(e.Standards, ", "))
	}
	if len(e.Formats) > 0 {
		parts = append(parts, strings.Join(e.Formats, ", "))
	}
	return strings.Join(parts, "; ")
}

func level(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// rows are the entries that a release holds, each with its number, in the order of the list.
func (s *Service) rows(list List, lines []*Line) [][]string {
	columns := list.columns()
	var out [][]string
	for _, l := range lines {
		if !l.Held {
			continue
		}
		row := []string{strconv.Itoa(len(out) + 1)}
		for _, c := range columns {
			row = append(row, c.of(s, l.Entry))
		}
		out = append(out, row)
	}
	return out
}

// titles of the columns with that of the number.
func (l List) titles() []string {
	out := []string{"STT"}
	for _, c := range l.columns() {
		out = append(out, c.title)
	}
	return out
}

// Title of a list in full, as a decision names it.
func (l List) Title() string {
	switch l {
	case Systems:
		return "Danh mục hệ thống thông tin bắt buộc kết nối"
	case Open:
		return "Danh mục dữ liệu mở"
	}
	return "Danh mục dữ liệu dùng chung"
}

// slug of a list, for names of files.
func (l List) slug() string {
	switch l {
	case Systems:
		return "danh-muc-he-thong"
	case Open:
		return "danh-muc-du-lieu-mo"
	}
	return "danh-muc-du-lieu-dung-chung"
}
