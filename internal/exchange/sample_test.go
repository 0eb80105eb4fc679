package exchange_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/fault"
)

const nested = `{"tong":2,"nguon":"x","data":[
 {"so_dinh_danh":"` + Citizen + `","ho_ten":"Giàng A Páo","dan_toc":"Mông","xa":"02701","cha":{"ten":"Giàng A Cha","sdt":"0912"},"con":[{"ten":"A","tuoi":3},{"ten":"B"},{"tuoi":4}],"diem":[1.50,null,2],"noi":{"x":1,"so":"7"}},
 {"so_dinh_danh":"` + Stranger + `","ho_ten":"Người xã khác","xa":"02683"},
 {"so_dinh_danh":"999190000124","ho_ten":"Không có xã"}]}`

// nestedRoute maps fields of the dataset to places in the provider's records.
func nestedRoute(provider string) exchange.Route {
	return exchange.Route{
		Owner: Owner, System: "hotich", Name: "long", Dataset: Dataset, Base: "http://" + provider, Addresses: []string{"127.0.0.0/8"},
		Operations: []*exchange.Operation{
			{Method: "GET", Path: "/long", Records: "$.data", Envelope: []string{"tong"}, Key: "so_dinh_danh", Whole: []string{"noi"},
				Fields: map[string]string{"ten_cha": "cha.ten", "ten_con": "con.ten"}},
			{Method: "PUT", Path: "/long", Updates: true, Records: "$", Fields: map[string]string{"ten_cha": "cha.ten"}},
		},
	}
}

func nestedColumns() []access.Column {
	return []access.Column{
		{Name: "so_dinh_danh", Mask: access.MaskPartial}, {Name: "ho_ten"}, {Name: "dan_toc", As: "dtts", Mask: access.MaskYesNo, Values: []string{"Kinh"}, Not: true},
		{Name: "ten_cha", As: "ho_ten_cha"}, {Name: "ten_con", Mask: access.MaskHash}, {Name: "diem"}, {Name: "noi"},
	}
}

func withNested(t *testing.T) *Bench {
	t.Helper()
	b := Start(t, Operations("GET /long"), func(g *access.Grant) { g.Columns = nestedColumns() })
	b.Provider.Says(Answer(200, nested))
	if _, err := b.Service.RegisterRoute(as(access.OpEngineer), nestedRoute(b.Provider.Addr)); err != nil {
		t.Fatal(err)
	}
	return b
}

func direct(b *Bench) exchange.Direct {
	return exchange.Direct{
		Service: "H38.04/hotich/long", Operation: "GET /long", Path: []string{"long"}, Columns: nestedColumns(),
		Rows: []access.RowRule{{Column: "xa", In: []string{"02701"}}}, Masker: access.Masker{Key: []byte("mask")},
	}
}

// The sample, read by other code, and the filtered answer must say the same, and the answer must hold nothing else.
func TestSampleAndAnswerAgree(t *testing.T) {
	b := withNested(t)
	want, err := b.Service.Sample(as(access.OpEngineer), direct(b))
	if err != nil || len(want) != 1 {
		t.Fatalf("%v, %v", want, err)
	}
	if want[0]["ho_ten_cha"] != "Giàng A Cha" || want[0]["dtts"] != true || want[0]["so_dinh_danh"] != "999•••••0123" || len(want[0]["ten_con"].([]any)) != 2 {
		t.Fatalf("%v", want[0])
	}
	got := b.Call("GET", "/svc/H38.04/hotich/long/long", "", "")
	if got.Status != 200 || strings.Contains(got.Body, "0912") || strings.Contains(got.Body, "nguon") || !strings.Contains(got.Body, `"cha":{"ho_ten_cha":"Giàng A Cha"}`) {
		t.Fatalf("%+v", got)
	}
	_, o, declared, err := b.Service.Declared(t.Context(), "H38.04/hotich/long", "GET /long")
	if err != nil || !declared {
		t.Fatal(err)
	}
	records, extra, err := o.Answered([]byte(got.Body), nestedColumns())
	if err != nil || len(extra) != 0 || len(records) != 1 {
		t.Fatalf("%v %v %v", records, extra, err)
	}
	if a, w := asJSON(records[0]), asJSON(want[0]); a != w {
		t.Fatalf("the answer\n%s\nthe sample\n%s", a, w)
	}
	t.Run("what nobody granted is named by its place", func(t *testing.T) {
		_, extra, err := o.Answered([]byte(nested), nestedColumns())
		if err != nil || !reflect.DeepEqual(extra, []string{"$$.nguon", "$.cha.sdt", "$.cha.ten", "$.con.tuoi", "$.dan_toc", "$.xa"}) {
			t.Fatalf("%v %v", extra, err)
		}
	})
}

func asJSON(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func TestSampleIsRecordedAndReads(t *testing.T) {
	b := withNested(t)
	before := len(b.Records())
	if _, err := b.Service.Sample(as(access.OpEngineer), direct(b)); err != nil {
		t.Fatal(err)
	}
	recs := b.Records()[before:]
	if len(recs) != 1 || recs[0].Channel != "job" || recs[0].Event != "data.verify" || recs[0].Target.Operation != "GET /svc/H38.04/hotich/long/long" || recs[0].Actor.AccountID != "u" {
		t.Fatalf("%+v", recs)
	}
	if strings.Contains(b.Raw(), "Giàng") || strings.Contains(b.Raw(), Citizen) {
		t.Error("values of the sample stand in the evidence")
	}
	if _, err := b.Service.Sample(as(access.Steward), direct(b)); fault.Of(err).Kind != fault.Denied {
		t.Errorf("a steward takes a sample: %v", err)
	}
	put := direct(b)
	put.Operation = "PUT /long"
	seen := len(b.Provider.Seen())
	if _, err := b.Service.Sample(as(access.OpEngineer), put); !fault.Is(err, "exchange.method_not_granted") || len(b.Provider.Seen()) != seen {
		t.Errorf("a sample changed the source: %v", err)
	}
	b.Provider.Says(Answer(204, ""))
	if got, err := b.Service.Sample(as(access.OpEngineer), direct(b)); err != nil || got != nil {
		t.Errorf("%v %v", got, err)
	}
}

func TestWrittenComparesBodyAndSource(t *testing.T) {
	b := withNested(t)
	d := direct(b)
	d.Operation, d.Body = "PUT /long", []byte(`{"ho_ten":"Giàng A Páo","cha":{"ten":"Giàng A Cha"},"ghi_chu":"x"}`)
	sent, records, err := b.Service.Written(as(access.OpEngineer), d)
	if err != nil || asJSON(sent) != `{"ho_ten":"Giàng A Páo","ten_cha":"Giàng A Cha"}` {
		t.Fatalf("%v %v", sent, err)
	}
	if len(records) != 3 || !slices.ContainsFunc(records, func(r map[string]any) bool { return r["ten_cha"] == "Giàng A Cha" && r["ho_ten"] == "Giàng A Páo" }) {
		t.Fatalf("%v", records)
	}
}
