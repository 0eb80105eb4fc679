package release

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/document"
	"lienthong/internal/kit/i18n"
)

// submission makes and keeps the papers with which a draft goes to the People's Committee: the memo, the draft decision
// with the list as its annex, and the annex as a workbook.
func (s *Service) submission(ctx context.Context, r *Release) ([]File, error) {
	lines, err := allLines(ctx, s.DB, r.ID)
	if err != nil {
		return nil, err
	}
	opinions, err := listOpinions(ctx, s.DB, r.ID, "")
	if err != nil {
		return nil, err
	}
	comments, err := listComments(ctx, s.DB, r.ID, "")
	if err != nil {
		return nil, err
	}
	base, err := held(ctx, s.DB, r.Base)
	if err != nil {
		return nil, err
	}
	operator := s.Operator(ctx)
	memo, err := s.memo(operator, r, opinions, comments, compare(base, lines)).DOCX()
	if err != nil {
		return nil, fmt.Errorf("write the memo of %s: %w", r.Key(), err)
	}
	decision, err := s.draftDecision(operator, r, lines).DOCX()
	if err != nil {
		return nil, fmt.Errorf("write the draft decision of %s: %w", r.Key(), err)
	}
	sheet, err := s.sheet(r, lines)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s-lan-%d", r.List.slug(), r.Number)
	return s.keep(r.ID,
		content{FileMemo, "to-trinh-" + name + ".docx", document.TypeDOCX, memo},
		content{FileDraftDecision, "du-thao-quyet-dinh-" + name + ".docx", document.TypeDOCX, decision},
		content{FileAnnex, "phu-luc-" + name + ".xlsx", document.TypeXLSX, sheet},
	)
}

// grounds of the regulation, which every decision on a list cites.
func (s *Service) grounds(list List) []document.Block {
	clause := map[List]string{Catalogue: "Điều 7", Systems: "Điều 8", Open: "khoản 3 và khoản 5 Điều 18"}[list]
	return []document.Block{
		document.Ground("Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;"),
		document.Ground("Căn cứ Luật Dữ liệu số 60/2024/QH15;"),
		document.Ground("Căn cứ Nghị định số 278/2025/NĐ-CP ngày 22/10/2025 của Chính phủ quy định về kết nối, chia sẻ dữ liệu bắt buộc giữa các cơ quan thuộc hệ thống chính trị;"),
		document.Ground(fmt.Sprintf("Căn cứ %s Quy chế quản lý, kết nối, chia sẻ, khai thác và sử dụng dữ liệu số của các cơ quan nhà nước trên địa bàn tỉnh %s;", clause, s.Province)),
	}
}

func (s *Service) title(r *Release) string {
	return fmt.Sprintf("%s của tỉnh %s", r.List.Title(), s.Province)
}

// memo is the Tờ trình: how the draft came about, what it holds, what is asked.
func (s *Service) memo(operator string, r *Release, opinions []Opinion, comments []Comment, differences []Compared) document.Paper {
	people := "Ủy ban nhân dân tỉnh " + s.Province
	p := document.Paper{
		Superior: people, Agency: operator, Number: "/TTr-" + symbol(operator), Place: s.Province, Type: "TỜ TRÌNH",
		Summary: fmt.Sprintf("Về việc ban hành %s (lần %d)", s.title(r), r.Number), To: []string{people},
		Signatures: []document.Signature{{Position: "GIÁM ĐỐC"}}, Recipients: []string{"Như trên", "Lưu: VT"},
	}
	p.Body = append(s.grounds(r.List),
		document.Text(operator+" kính trình "+people+" xem xét, ban hành "+s.title(r)+" như sau:"),
		document.Heading("I. QUÁ TRÌNH XÂY DỰNG"),
		document.Text(fmt.Sprintf("Dự thảo được tổng hợp từ đăng ký của các cơ quan, đơn vị trên Nền tảng dữ liệu số của tỉnh, cập nhật đến ngày %s.", i18n.Date(r.CollectedAt))),
		document.Text(consulted(r, opinions, comments)),
		document.Heading("II. NỘI DUNG DANH MỤC"),
		document.Text(contents(r)),
		document.Heading("III. KIẾN NGHỊ"),
		document.Text(people+" xem xét, ban hành Quyết định theo dự thảo kèm theo."),
	)
	if table, some := s.answers(r, opinions, comments); some {
		p.Annexes = append(p.Annexes, document.Annex{Title: "Tổng hợp, giải trình, tiếp thu ý kiến", With: "Kèm theo Tờ trình", Wide: true, Body: []document.Block{table}})
	}
	if r.Base != "" && len(differences) > 0 {
		p.Annexes = append(p.Annexes, document.Annex{Title: "Thay đổi so với danh mục đang hiệu lực", With: "Kèm theo Tờ trình", Wide: true, Body: []document.Block{s.changes(differences)}})
	}
	return p
}

func consulted(r *Release, opinions []Opinion, comments []Comment) string {
	agreed, commented, accepted := 0, 0, 0
	for _, o := range opinions {
		switch o.Verdict {
		case Agreed:
			agreed++
		case Commented:
			commented++
		}
	}
	for _, c := range comments {
		if c.Verdict == Accepted {
			accepted++
		}
	}
	last := i18n.Date(r.Deadline.Add(-1))
	text := fmt.Sprintf("Dự thảo đã được gửi lấy ý kiến %d cơ quan, đơn vị, hạn trả lời ngày %s. Có %d cơ quan nhất trí, %d cơ quan có ý kiến, %d cơ quan chưa trả lời.",
		len(opinions), last, agreed, commented, len(opinions)-agreed-commented)
	if len(comments) > 0 {
		text += fmt.Sprintf(" Trong %d ý kiến nhận được, %d ý kiến được tiếp thu, %d ý kiến được giải trình.", len(comments), accepted, len(comments)-accepted)
	}
	return text
}

func contents(r *Release) string {
	what := "tập dữ liệu"
	if r.List == Systems {
		what = "hệ thống thông tin"
	}
	text := fmt.Sprintf("Danh mục gồm %d %s.", r.Counts.Held, what)
	if r.Base != "" {
		text += fmt.Sprintf(" So với danh mục đang hiệu lực: bổ sung %d, thay đổi %d, đưa ra khỏi danh mục %d.", r.Counts.Added, r.Counts.Changed, r.Counts.Removed)
	}
	return text
}

// answers is the table of what agencies said and how it was answered.
func (s *Service) answers(_ *Release, opinions []Opinion, comments []Comment) (document.Table, bool) {
	names := map[string]string{}
	for _, o := range opinions {
		names[o.Agency] = o.Name
	}
	t := document.Table{Columns: []document.Column{
		{Title: "STT", Width: 4, Align: document.Centre}, {Title: "Cơ quan", Width: 18}, {Title: "Mục", Width: 14}, {Title: "Ý kiến", Width: 32}, {Title: "Tiếp thu, giải trình", Width: 32},
	}}
	for i, c := range comments {
		answer := map[Verdict]string{Accepted: "Tiếp thu.", Rejected: "Giải trình."}[c.Verdict]
		about := c.Subject
		if about == "" {
			about = "Toàn bộ dự thảo"
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), names[c.Agency], about, c.Text, strings.TrimSpace(answer + " " + c.Answer)})
	}
	return t, len(t.Rows) > 0
}

// changes is the table of what becomes otherwise.
func (s *Service) changes(all []Compared) document.Table {
	t := document.Table{Columns: []document.Column{
		{Title: "STT", Width: 4, Align: document.Centre}, {Title: "Mã", Width: 16}, {Title: "Tên", Width: 26}, {Title: "Thay đổi", Width: 12}, {Title: "Nội dung", Width: 42},
	}}
	kinds := map[Change]string{Added: "Bổ sung", Changed: "Sửa đổi", Removed: "Đưa ra"}
	for i, c := range all {
		var what []string
		for _, d := range c.Differences {
			if d.Member == "sharing" { // its words stand under the scope
				continue
			}
			what = append(what, s.Say("release.member."+d.Member)+": "+dash(d.Before)+" → "+dash(d.After))
		}
		if c.Reason != "" {
			what = append(what, c.Reason)
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), c.Subject, c.Name, kinds[c.Change], strings.Join(what, "\n")})
	}
	return t
}

func dash(s string) string {
	if s == "" {
		return "(trống)"
	}
	return s
}

// draftDecision is the decision that the People's Committee is asked to sign; its annex is the list.
func (s *Service) draftDecision(operator string, r *Release, lines []*Line) document.Paper {
	people := "Ủy ban nhân dân tỉnh " + s.Province
	body := append(s.grounds(r.List),
		document.Ground("Theo đề nghị của Giám đốc "+operator+"."),
		document.Centred("QUYẾT ĐỊNH:"),
		document.Article{Label: "Điều 1.", Text: "Ban hành kèm theo Quyết định này " + s.title(r) + "."},
		document.Article{Label: "Điều 2.", Text: s.after(r)},
		document.Article{Label: "Điều 3.", Text: fmt.Sprintf("Chánh Văn phòng Ủy ban nhân dân tỉnh; Giám đốc %s; Thủ trưởng các sở, ban, ngành; Chủ tịch Ủy ban nhân dân các xã, phường và các cơ quan, đơn vị liên quan căn cứ Quyết định thi hành./.", operator)},
	)
	return document.Paper{
		Agency: people, Number: "/QĐ-UBND", Place: s.Province, Type: "QUYẾT ĐỊNH", Summary: "Ban hành " + s.title(r), Body: body,
		Signatures: []document.Signature{{Capacity: "TM. ỦY BAN NHÂN DÂN", Position: "CHỦ TỊCH"}}, Recipients: []string{"Như Điều 3", "TT. Tỉnh ủy, HĐND, UBND tỉnh", "Lưu: VT"},
		Annexes: []document.Annex{{Title: s.title(r), With: s.with(r), Wide: true, Body: []document.Block{s.table(r, lines)}}},
	}
}

// after is the article on when the decision takes effect and what it replaces.
func (s *Service) after(r *Release) string {
	text := "Quyết định này có hiệu lực thi hành kể từ ngày        tháng        năm\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0." // kept with its word: the full stop does not stand alone on a line
	if r.Base != "" {
		text += fmt.Sprintf(" Danh mục ban hành kèm theo Quyết định này thay thế %s ban hành lần %d.", s.title(r), r.Number-1)
	}
	return text
}

// symbol abbreviates an agency as the numbers of its documents do: Sở Khoa học và Công nghệ is SKHCN.
func symbol(name string) string {
	var out strings.Builder
	for _, word := range strings.Fields(name) {
		if strings.EqualFold(word, "và") {
			continue
		}
		for _, r := range strings.ToUpper(word) {
			out.WriteRune(r)
			break
		}
	}
	return out.String()
}
