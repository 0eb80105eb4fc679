package demo

import (
	"bytes"
	"context"
	"fmt"

	"lienthong/internal/demo/world"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
	"lienthong/internal/release"
)

// decisions by which the demo's lists were issued, with the day of each.
var decisions = map[release.List]string{release.Catalogue: "01/QĐ-UBND", release.Systems: "02/QĐ-UBND"}

// issued takes the catalogue and the list of systems through their way to a decision, once.
func (l *loader) issued(ctx context.Context) error {
	for _, list := range []release.List{release.Catalogue, release.Systems} {
		known, err := l.Releases.List(l.as(ctx, appraiser), list)
		if err != nil {
			return err
		}
		number := int64(1)
		if len(known) == 0 {
			made, err := l.Releases.Open(l.as(ctx, appraiser), list)
			if err != nil {
				return fmt.Errorf("draft %s: %w", list, err)
			}
			number = made.Number
		}
		if err := l.issue(ctx, list, number); err != nil {
			return fmt.Errorf("issue %s: %w", list, explained(err))
		}
	}
	return nil
}

// issue goes on from where the first release of a list stands.
func (l *loader) issue(ctx context.Context, list release.List, number int64) error {
	ref := release.Ref{List: list, Number: number}
	prepare, approve := l.as(ctx, appraiser), l.as(ctx, approver)
	day := world.Today().AddDate(0, -3, 0)
	steps := []func() error{
		func() error { _, err := l.Releases.Consult(prepare, ref, l.Clock.Now().AddDate(0, 0, 14)); return err },
		func() error {
			_, err := l.Releases.Close(prepare, ref, "Các cơ quan đã thống nhất tại cuộc họp rà soát danh mục")
			return err
		},
		func() error { _, err := l.Releases.Approve(approve, ref); return err },
		func() error {
			d := release.Decision{Number: decisions[list], Date: day, Effective: day, Signer: "Chủ tịch UBND tỉnh Nguyễn Văn Mẫu"}
			_, err := l.Releases.Record(prepare, ref, d, release.Signed{Name: "quyet-dinh-mau.pdf", Content: samplePDF("Quyết định mẫu: " + list.Title())})
			return err
		},
	}
	for i, state := range []release.State{release.Draft, release.Consultation, release.Reviewing, release.Approved} {
		now, err := l.Releases.Find(prepare, list, number)
		if err != nil {
			return err
		}
		if now.State != state {
			continue // an earlier loading came further
		}
		if err := steps[i](); err != nil {
			return err
		}
	}
	return nil
}

// consultation opens the draft of the next catalogue and asks the agencies; one has commented.
func (l *loader) consultation(ctx context.Context) error {
	prepare := l.as(ctx, appraiser)
	_, err := l.Releases.Find(prepare, release.Catalogue, 2)
	if err == nil || !fault.Is(err, "release.not_found") {
		return err
	}
	made, err := l.Releases.Open(prepare, release.Catalogue)
	if err != nil {
		return fmt.Errorf("draft the next catalogue: %w", err)
	}
	ref := release.Ref{List: release.Catalogue, Number: made.Number}
	if _, err := l.Releases.Consult(prepare, ref, l.Clock.Now().AddDate(0, 0, 20)); err != nil {
		return fmt.Errorf("consult on the next catalogue: %w", err)
	}
	page, _, err := l.Releases.Lines(prepare, release.Catalogue, made.Number, release.Filter{Change: release.Added, Limit: 1})
	if err != nil || len(page.Lines) == 0 {
		return err
	}
	steward, err := l.steward(ctx, world.Education)
	if err != nil {
		return err
	}
	_, err = l.Releases.Comment(steward, ref, page.Lines[0].Subject, "Đề nghị cập nhật hằng tháng thay cho hằng quý để kịp tổ chức hoạt động trải nghiệm cho học sinh.")
	return err
}

// samplePDF is one page that says what it stands for, in letters without marks: the fonts of every reader have these.
func samplePDF(text string) []byte {
	stream := "BT /F1 16 Tf 72 760 Td (" + vitext.Fold(text) + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes()
}
