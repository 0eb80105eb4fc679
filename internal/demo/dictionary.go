package demo

import (
	"context"
	"fmt"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
)

// Stewards of the demo that take part in the governance of the dictionary.
const (
	landSteward   = "nnmt.daumoi"
	schoolSteward = "giaoduc.daumoi"
)

// governance shows the dictionary at work: an element that was retired with its replacement, the next version of a code list
// that holds from a day to come, a proposal in consultation, one that was returned, and official sources.
func (l *loader) governance(ctx context.Context) error {
	known, err := l.Dictionary.ListProposals(l.as(ctx, landSteward), dictionary.ProposalFilter{Limit: 1})
	if err != nil || len(known) > 0 { // loaded before
		return err
	}
	for _, do := range []func(context.Context) error{l.retiredElement, l.laterList, l.dictionaryConsultation, l.returnedProposal, l.officialSources} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// published takes a proposal of a steward through the process.
func (l *loader) published(ctx context.Context, steward string, in dictionary.Proposing, effective dictionary.Day) error {
	p, err := l.Dictionary.Propose(l.as(ctx, steward), in)
	if err != nil {
		return fmt.Errorf("propose for the dictionary: %w", err)
	}
	if _, err = l.Dictionary.Consult(l.as(ctx, appraiser), p.ID, 0, 3, nil); err != nil {
		return fmt.Errorf("consult on %s: %w", p.Number, err)
	}
	if _, err = l.Dictionary.CloseConsultation(l.as(ctx, appraiser), p.ID, 0, "Các cơ quan liên quan đã trả lời đủ"); err != nil {
		return fmt.Errorf("close the consultation on %s: %w", p.Number, err)
	}
	if _, err = l.Dictionary.Approve(l.as(ctx, approver), p.ID, 0, effective); err != nil {
		return fmt.Errorf("approve %s: %w", p.Number, err)
	}
	return nil
}

func (l *loader) retiredElement(ctx context.Context) error {
	return l.published(ctx, landSteward, dictionary.Proposing{
		Kind: dictionary.ThingElement, Action: dictionary.Retire, Subject: "slug", Replacement: "ma_dinh_danh_noi_bo",
		Reason: "Tên ngắn không dùng làm mã bản ghi; thống nhất dùng mã bản ghi tại hệ thống nguồn",
	}, dictionary.NoDay)
}

func (l *loader) laterList(ctx context.Context) error {
	list, err := l.Dictionary.FindCodeList(ctx, "cap_hoc")
	if err != nil {
		return err
	}
	next := *list
	next.Items = append(append([]dictionary.CodeItem{}, list.Items...), dictionary.CodeItem{Code: "GDTX", Label: "Giáo dục thường xuyên"})
	return l.published(ctx, schoolSteward, dictionary.Proposing{
		Kind: dictionary.ThingCodeList, Action: dictionary.Revise, Base: list.Version, List: &next, Reason: "Bổ sung trung tâm giáo dục thường xuyên vào năm học mới",
	}, dictionary.DayOf(l.Clock.Now())+14)
}

// dictionaryConsultation is a proposal on which agencies comment now; one has answered.
func (l *loader) dictionaryConsultation(ctx context.Context) error {
	e := dictionary.Element{
		Code: "dien_tich_rung", Name: "Diện tích rừng", Meaning: "Diện tích rừng của một chủ rừng theo kết quả kiểm kê rừng",
		Definition: dictionary.Definition{Type: dictionary.Decimal, Precision: 12, Scale: 2, Min: "0", Unit: "ha", Format: "1.234,56"},
		Rule:       dictionary.Rule{Owner: l.people[landSteward].Agency, Class: dictionary.Normal, Standard: "Luật Lâm nghiệp 16/2017/QH14"},
	}
	p, err := l.Dictionary.Propose(l.as(ctx, landSteward), dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Create, Element: &e, Reason: "Cần cho dữ liệu kiểm kê rừng năm 2026 của 99 xã, phường"})
	if err != nil {
		return fmt.Errorf("propose an element: %w", err)
	}
	if _, err := l.Dictionary.Consult(l.as(ctx, appraiser), p.ID, 0, 7, []string{l.people[schoolSteward].Agency, "H38.06"}); err != nil {
		return fmt.Errorf("consult on %s: %w", p.Number, err)
	}
	_, err = l.Dictionary.Comment(l.as(ctx, schoolSteward), p.ID, dictionary.Amend, "Đề nghị ghi rõ diện tích theo năm kiểm kê nào để trường học dùng trong giáo dục địa phương.")
	return err
}

func (l *loader) returnedProposal(ctx context.Context) error {
	e := dictionary.Element{
		Code: "so_buoi_an", Name: "Số buổi ăn bán trú", Meaning: "Số buổi ăn bán trú trong một tháng của học sinh",
		Definition: dictionary.Definition{Type: dictionary.Integer, Min: "0", Max: "31"}, Rule: dictionary.Rule{Owner: l.people[schoolSteward].Agency, Class: dictionary.InternalUse},
	}
	p, err := l.Dictionary.Propose(l.as(ctx, schoolSteward), dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Create, Element: &e, Reason: "Cần cho chế độ học sinh bán trú"})
	if err != nil {
		return fmt.Errorf("propose an element: %w", err)
	}
	_, err = l.Dictionary.Return(l.as(ctx, appraiser), p.ID, 0, "Hãy nêu căn cứ của chế độ và ghi đơn vị tính là buổi.")
	return err
}

// officialSources are those of what some datasets hold by law.
func (l *loader) officialSources(ctx context.Context) error {
	for _, x := range []struct {
		dataset, steward, entity, basis string
		elements                        []dictionary.Code
	}{
		{"H38.05/ho-ngheo", landSteward, "ho_gia_dinh", "Nghị định 07/2021/NĐ-CP về chuẩn nghèo đa chiều", []dictionary.Code{"phan_loai_ho", "so_thanh_vien"}},
	} {
		d, err := l.Catalog.FindByCode(l.as(ctx, x.steward), catalog.Code(x.dataset))
		if err != nil || !d.State.Live() {
			continue // this world has no such dataset
		}
		if _, err := l.Catalog.DeclareSources(l.as(ctx, x.steward), d.ID, x.entity, x.elements, x.basis); err != nil {
			return fmt.Errorf("claim the sources of %s: %w", x.dataset, err)
		}
		if _, err := l.Catalog.ConfirmSources(l.as(ctx, appraiser), d.ID); err != nil {
			return fmt.Errorf("confirm the sources of %s: %w", x.dataset, err)
		}
	}
	return nil
}
