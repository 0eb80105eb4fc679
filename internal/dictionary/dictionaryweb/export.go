package dictionaryweb

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"lienthong/internal/dictionary"
	"lienthong/internal/document"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// exportColumns of the dictionary as a table; their labels are messages.
var exportColumns = []string{
	"dictionary.code", "dictionary.col_name", "dictionary.col_meaning", "dictionary.type", "dictionary.min_length", "dictionary.max_length", "dictionary.format", "dictionary.written",
	"dictionary.precision", "dictionary.scale", "dictionary.min", "dictionary.max", "dictionary.unit", "dictionary.code_list", "dictionary.owner_code", "dictionary.owner", "dictionary.class",
	"dictionary.standard", "dictionary.master_code", "dictionary.version", "dictionary.semantic_version", "dictionary.valid_from", "dictionary.valid_to", "dictionary.replaced_by",
}

// allElements reads the whole dictionary, page by page.
func (p *Pages) allElements(r *http.Request) ([]dictionary.Element, error) {
	var all []dictionary.Element
	f := dictionary.Filter{Text: r.URL.Query().Get("q"), Limit: 1000}
	for {
		list, err := p.dictionary.ListElements(r.Context(), f)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if len(list) < f.Limit {
			return all, nil
		}
		f.After = f.Cursor(list[len(list)-1])
	}
}

func (p *Pages) exportRow(r *http.Request, t ui.T, e dictionary.Element) []string {
	d := e.Definition
	n := func(v int) string {
		if v == 0 {
			return ""
		}
		return strconv.Itoa(v)
	}
	return []string{
		string(e.Code), e.Name, e.Meaning, t("dictionary.type." + string(d.Type)), n(d.MinLength), n(d.MaxLength), d.Format, d.Pattern,
		n(d.Precision), n(d.Scale), d.Min, d.Max, d.Unit, d.CodeList, e.Rule.Owner, p.agency(r.Context(), e.Rule.Owner), t("dictionary.class." + string(e.Rule.Class)),
		e.Rule.Standard, e.Rule.Master, strconv.Itoa(e.Version), e.Label, e.Rule.ValidFrom.String(), e.Rule.ValidTo.String(), string(e.ReplacedBy),
	}
}

// export gives the whole dictionary as a file: CSV, JSON or XLSX.
func (p *Pages) export(w http.ResponseWriter, r *http.Request) error {
	all, err := p.allElements(r)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := make([]string, len(exportColumns))
	for i, key := range exportColumns {
		head[i] = t(key)
	}
	day := dictionary.DayOf(p.clock.Now()).String()
	name := func(ext string) {
		w.Header().Set("Content-Disposition", `attachment; filename="tu-dien-`+day+"."+ext+`"`)
	}
	switch r.URL.Query().Get("format") {
	case "", "csv":
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		name("csv")
		return writeCSV(w, head, all, func(e dictionary.Element) []string { return p.exportRow(r, t, e) })
	case "json":
		out := make([]elementJSON, 0, len(all))
		for _, e := range all {
			out = append(out, asElement(e))
		}
		w.Header().Set("Content-Type", "application/json")
		name("json")
		return json.NewEncoder(w).Encode(map[string]any{"as_of": day, "elements": out})
	case "xlsx":
		page := document.Sheet{Name: t("dictionary.title"), Title: []string{t("dictionary.title"), t("dictionary.as_of", i18n.Date(p.clock.Now()))}}
		for _, label := range head {
			page.Columns = append(page.Columns, document.Column{Title: label})
		}
		for _, e := range all {
			var cells []any
			for _, text := range p.exportRow(r, t, e) {
				cells = append(cells, text)
			}
			page.Rows = append(page.Rows, cells)
		}
		file, err := document.XLSX(page)
		if err != nil {
			return fmt.Errorf("write the dictionary as a workbook: %w", err)
		}
		w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		name("xlsx")
		_, _ = w.Write(file) // the caller has gone; there is nobody to tell
		return nil
	}
	return fault.New(fault.Invalid, "dictionary.bad_format", r.URL.Query().Get("format")).At("format")
}

func writeCSV(w http.ResponseWriter, head []string, all []dictionary.Element, row func(dictionary.Element) []string) error {
	if _, err := w.Write([]byte("\uFEFF")); err != nil { // office programs take the file for UTF-8 by it
		return nil //nolint:nilerr // the caller has gone; there is nobody to tell
	}
	out := csv.NewWriter(w)
	_ = out.Write(head)
	for _, e := range all {
		_ = out.Write(row(e))
	}
	out.Flush() // the caller may have gone; there is nobody to tell
	return nil
}
