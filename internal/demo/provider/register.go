package provider

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"lienthong/internal/catalog"
	"lienthong/internal/demo/world"
	"lienthong/internal/dictionary"
)

// register is one dataset as its system holds it.
type register struct {
	dataset *world.Dataset
	slug    string
	kinds   []dictionary.Kind
	key     []int // places of the key

	mu   sync.RWMutex
	rows [][]string
	at   map[string]int // key to place
	seen map[string]int // idempotency key of an update to the row that it changed
}

func newRegister(w *world.World, d *world.Dataset) *register {
	_, slug, _ := strings.Cut(string(d.Code()), "/")
	r := &register{dataset: d, slug: slug, at: map[string]int{}, seen: map[string]int{}}
	for i, f := range d.Schema.Fields {
		r.kinds = append(r.kinds, w.Kind(f))
		if f.Key {
			r.key = append(r.key, i)
		}
	}
	for _, row := range d.Files[0].Rows {
		r.at[r.keyOf(row)] = len(r.rows)
		r.rows = append(r.rows, slices.Clone(row)) // invariant 2
	}
	return r
}

// keyOf joins the parts of a key as they stand in an address.
func (r *register) keyOf(row []string) string {
	parts := make([]string, len(r.key))
	for i, at := range r.key {
		parts[i] = row[at]
	}
	return strings.Join(parts, "~")
}

// find gives a copy of the record of a key.
func (r *register) find(key string) ([]string, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	i, found := r.at[key]
	if !found {
		return nil, false
	}
	return slices.Clone(r.rows[i]), true
}

// filter lists the records of a page and how many there are in all.
func (r *register) filter(want map[string]string, page, size int) (rows [][]string, total int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, row := range r.rows {
		if !r.matches(row, want) {
			continue
		}
		total++
		if total > (page-1)*size && len(rows) < size {
			rows = append(rows, slices.Clone(row))
		}
	}
	return rows, total
}

func (r *register) matches(row []string, want map[string]string) bool {
	for name, value := range want {
		if i := r.column(name); i < 0 || row[i] != value {
			return false
		}
	}
	return true
}

func (r *register) column(name string) int {
	return slices.IndexFunc(r.dataset.Schema.Fields, func(f catalog.Field) bool { return f.Name == name })
}

// update changes fields of a record, once for an idempotency key.
func (r *register) update(key, once string, change map[string]any) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, found := r.at[key]
	if !found {
		return nil, errAbsent
	}
	if _, again := r.seen[once]; again && once != "" {
		return slices.Clone(r.rows[i]), nil
	}
	row := slices.Clone(r.rows[i])
	for name, value := range change {
		at := r.column(name)
		if at < 0 || slices.Contains(r.key, at) {
			return nil, fmt.Errorf("trường %q không có hoặc không được sửa", name)
		}
		row[at] = written(value)
	}
	r.rows[i] = row
	if once != "" {
		r.seen[once] = i
	}
	return slices.Clone(row), nil
}

// written is a JSON value as the system keeps it.
func written(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return fmt.Sprint(v)
}

// record writes a row with the names and kinds of the contract.
func (r *register) record(row []string) object {
	rec := make(object, 0, len(row)+2)
	for i, f := range r.dataset.Schema.Fields {
		rec = append(rec, member{f.Name, r.value(i, row[i])})
	}
	return rec
}

func (r *register) value(i int, text string) any {
	switch {
	case text == "":
		return nil
	case r.kinds[i] == dictionary.KindInteger, r.kinds[i] == dictionary.KindDecimal:
		return number(text)
	case r.kinds[i] == dictionary.KindBoolean:
		return text == "true"
	}
	return text
}

// detail nests what belongs together: parents and the entry in the book. Only the register of births has one.
func (r *register) detail(row []string) object {
	get := func(name string) any {
		if i := r.column(name); i >= 0 {
			return r.value(i, row[i])
		}
		return nil
	}
	return object{
		{"so_dinh_danh", get("so_dinh_danh")}, {"ho_ten", get("ho_ten")}, {"ngay_sinh", get("ngay_sinh")}, {"gioi_tinh", get("gioi_tinh")}, {"dan_toc", get("dan_toc")},
		{"dang_ky", object{{"so", get("so_giay_khai_sinh")}, {"ngay", get("ngay_dang_ky")}, {"noi", object{{"ma_xa", get("ma_xa")}}}}},
		{"cha_me", []object{
			{{"quan_he", "mẹ"}, {"so_dinh_danh", get("so_dinh_danh_me")}, {"ho_ten", get("ho_ten_me")}, {"noi_cu_tru", get("dia_chi_cha_me")}},
			{{"quan_he", "cha"}, {"so_dinh_danh", get("so_dinh_danh_cha")}, {"ho_ten", get("ho_ten_cha")}, {"noi_cu_tru", get("dia_chi_cha_me")}},
		}},
		{"ngay_cap_nhat", get("ngay_cap_nhat")},
	}
}
