package document

import "strings"

// signatures is the end of a paper: who signs, and who gets it.
func (p Paper) signatures(on page) []node {
	half := on.width() / 2
	switch len(p.Signatures) {
	case 0:
		if len(p.Recipients) == 0 {
			return nil
		}
		return append([]node{gap()}, frame([]node{el("w:tr", cellTop(half, p.recipients()...), cellTop(half, smallest()))}, half, half))
	case 1:
		left := p.recipients()
		if left == nil {
			left = []node{smallest()}
		}
		return append([]node{gap()}, frame([]node{el("w:tr", cellTop(half, left...), cellTop(half, p.Signatures[0].nodes()...))}, half, half))
	}
	return append([]node{gap()}, p.sideBySide(half)...)
}

// sideBySide has two signatures in each row; the last of an odd number stands in the middle.
func (p Paper) sideBySide(half int) []node {
	var out, rows []node
	all := p.Signatures
	for i := 0; i+1 < len(all); i += 2 {
		rows = append(rows, el("w:tr", cellTop(half, all[i].nodes()...), cellTop(half, all[i+1].nodes()...)))
	}
	out = append(out, frame(rows, half, half))
	if len(all)%2 == 1 {
		out = append(out, smallest(), frame([]node{el("w:tr", cellTop(2*half, all[len(all)-1].nodes()...))}, 2*half))
	}
	if len(p.Recipients) > 0 {
		out = append(out, gap())
		out = append(out, p.recipients()...)
	}
	return out
}

func (s Signature) nodes() []node {
	var out []node
	line := func(text string) {
		for l := range strings.SplitSeq(text, "\n") {
			out = append(out, block(sized(strings.ToUpper(l), size14, true)))
		}
	}
	if s.Capacity != "" {
		line(s.Capacity)
	}
	if s.Position != "" {
		line(s.Position)
	}
	if s.Note != "" {
		out = append(out, block(letters("("+s.Note+")", join([]node{el("w:i"), el("w:iCs")}, halfPoints(size12))...)))
	}
	const room = 1500 // for the hand and the seal: 26 mm
	return append(out, paragraph{style: "Khoi", align: Centre, before: room, after: 120}.node(sized(s.Name, size14, true)))
}

func (p Paper) recipients() []node {
	if len(p.Recipients) == 0 {
		return nil
	}
	strong := join([]node{el("w:b"), el("w:bCs"), el("w:i"), el("w:iCs")}, halfPoints(size12))
	out := []node{paragraph{style: "Khoi", stay: true}.node(letters("Nơi nhận:", strong...))}
	for i, r := range p.Recipients {
		end := ";"
		if i == len(p.Recipients)-1 {
			end = "."
		}
		out = append(out, paragraph{style: "Khoi"}.node(sized("- "+strings.TrimRight(r, ".;")+end, size11, false)))
	}
	return out
}
