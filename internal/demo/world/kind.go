package world

import (
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
)

// standardKinds are the standard elements whose values are no text, as far as the demo uses them; a test compares.
func standardKinds() map[dictionary.Code]dictionary.Kind {
	return map[dictionary.Code]dictionary.Kind{
		"nam_sinh": dictionary.KindInteger, "so_thanh_vien": dictionary.KindInteger, "so_luong": dictionary.KindInteger, "so_tien": dictionary.KindDecimal,
		"dien_tich_m2": dictionary.KindDecimal, "co_khong": dictionary.KindBoolean, "ngay_sinh": dictionary.KindDate, "ngay_mat": dictionary.KindDate,
		"ngay_cap": dictionary.KindDate, "ngay_cap_nhat": dictionary.KindTime,
	}
}

// Kind is how a field's value is stored and so how a system writes it: a number, a truth value, or text.
func (w *World) Kind(f catalog.Field) dictionary.Kind {
	if k, known := standardKinds()[f.Element.Code]; known {
		return k
	}
	for _, e := range w.Elements {
		if e.Code == f.Element.Code {
			return dictionary.KindOf(e.Definition.Type)
		}
	}
	return dictionary.KindText
}
