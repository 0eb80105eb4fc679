package world

import (
	"strings"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
)

// field of version 1 of an element. Its class is the element's unless a registration sets it higher.
func field(name, label string, element dictionary.Code) catalog.Field {
	return catalog.Field{Name: name, Label: label, Element: dictionary.Ref{Code: element, Version: 1}}
}

func required(f catalog.Field) catalog.Field { f.Required = true; return f }

func key(f catalog.Field) catalog.Field { f.Key, f.Required = true, true; return f }

func person(f catalog.Field) catalog.Field { f.Person = true; return f }

// subject is the identifier of the person that a record is about.
func subject(name string) catalog.Field {
	return person(field(name, "Số định danh cá nhân", "so_dinh_danh_ca_nhan"))
}

// changed is the last field of every dataset.
func changed() catalog.Field {
	return required(field("ngay_cap_nhat", "Thời điểm cập nhật", "ngay_cap_nhat"))
}

// registration is what differs between the demo's entries of the catalogue.
type registration struct {
	code, name, system, about, basis string
	class                            dictionary.Class
	frequency                        catalog.Frequency
	delay                            catalog.Minutes
	method                           catalog.Method
	nature                           catalog.Nature
	scope                            catalog.Scope
	steering                         bool
	everyone                         bool     // every agency may have it by rule; otherwise those named
	agencies                         []string // of the sharing scope
	hidden                           []string // fields outside the sharing scope
	purposes                         []string
	stage                            Stage
	minValid                         float64
}

// dataset builds a registration with its schema. The class is confirmed by people; here it is what the fields and the
// number of persons suggest.
func (r registration) dataset(schema catalog.Schema, persons int64) Dataset {
	owner, _, _ := strings.Cut(r.code, "/")
	schema.Numbers = dictionary.StylePlain
	d := Dataset{Schema: schema, Stage: r.stage, Entry: catalog.Dataset{
		Code: catalog.Code(r.code), Name: r.name, Owner: owner, Description: r.about, LegalBasis: r.basis, OfficialSystem: r.system,
		Method: r.method, Frequency: r.frequency, MaxDelay: r.delay, Formats: []string{"CSV", "JSON"}, Form: catalog.FormTable,
		Classification: catalog.Classification{Nature: r.nature, Scope: r.scope, Steering: r.steering}, Load: catalog.DefaultLoadRules(),
	}}
	if r.method == "" {
		d.Entry.Method = catalog.MethodAPI
	}
	if r.minValid > 0 {
		d.Entry.Load.MinValidShare = r.minValid
	}
	share := catalog.Sharing{Everyone: r.everyone, Agencies: r.agencies, Purposes: r.purposes, Levels: []string{"view", "use"}}
	for _, f := range schema.Fields {
		if !contains(r.hidden, f.Name) {
			share.Fields = append(share.Fields, f.Name)
		}
	}
	d.Entry.Sharing = share
	d.Entry.Class = r.class
	if r.class == "" {
		d.Entry.Class = dictionary.SuggestClass(d.classes(), persons)
	}
	return d
}

// classes of the fields, those of their elements where nothing higher is set.
func (d *Dataset) classes() []dictionary.Class {
	known := map[dictionary.Code]dictionary.Class{
		"so_dinh_danh_ca_nhan": dictionary.BasicPersonal, "ho_ten": dictionary.BasicPersonal, "ngay_sinh": dictionary.BasicPersonal, "nam_sinh": dictionary.BasicPersonal,
		"gioi_tinh": dictionary.BasicPersonal, "ngay_mat": dictionary.BasicPersonal, "dia_chi": dictionary.BasicPersonal, "dien_thoai": dictionary.BasicPersonal,
		"phan_loai_ho": dictionary.BasicPersonal, "dan_toc": dictionary.SensitivePersonal, "so_giay_to": dictionary.InternalUse, "ma_ho": dictionary.InternalUse,
		"ma_dinh_danh_noi_bo": dictionary.InternalUse, "so_tien": dictionary.InternalUse, "so_thanh_vien": dictionary.InternalUse, "ghi_chu": dictionary.InternalUse,
		"ma_ho_so_tthc": dictionary.InternalUse,
	}
	for _, e := range elements() {
		known[e.Code] = e.Rule.Class
	}
	out := make([]dictionary.Class, 0, len(d.Schema.Fields))
	for _, f := range d.Schema.Fields {
		class := dictionary.Normal.Above(known[f.Element.Code])
		out = append(out, class.Above(f.Class))
	}
	return out
}

func contains(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}

// file starts a delivery with the dataset's columns as its header.
func (m *maker) file(d *Dataset, name string) *File {
	d.Files = append(d.Files, File{Name: name, Time: m.size.Day, Header: d.Columns()})
	return &d.Files[len(d.Files)-1]
}

func (f *File) add(cells ...string) { f.Rows = append(f.Rows, cells) }
