package gallery

import (
	"time"

	"lienthong/internal/web/geomap"
	"lienthong/internal/web/ui"
)

// at is a moment of the sample week.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour-7, minute, 0, 0, time.UTC)
}

var states = []ui.State{
	{Label: "Bản nháp", Tone: ui.Neutral, Icon: ui.IconDraft},
	{Label: "Chờ thẩm định", Tone: ui.Info},
	{Label: "Đang hoạt động", Tone: ui.Good},
	{Label: "Sắp hết hạn", Tone: ui.Warn},
	{Label: "Bị từ chối", Tone: ui.Bad},
	{Label: "Tạm dừng", Tone: ui.Warn, Icon: ui.IconPaused},
}

var tiles = []ui.Tile{
	{Label: "Tập dữ liệu đã công bố", Value: "128", Note: "12 cơ quan", Icon: ui.IconDataset, Path: "/gallery/dataset"},
	{Label: "Kết nối đang hoạt động", Value: "46", Note: "Ổn định trong 24 giờ", Tone: ui.Good, Icon: ui.IconConnection},
	{Label: "Lượt khai thác hôm nay", Value: "18.402", Note: "3 lượt bị từ chối", Tone: ui.Warn, Icon: ui.IconCall},
	{Label: "Đợt nạp có lỗi", Value: "2", Note: "Cần xử lý trước 17:00", Tone: ui.Bad, Icon: ui.IconDelivery},
}

var actions = []ui.Action{
	{Label: "Gửi yêu cầu kết nối", Path: "/gallery/request", Icon: ui.IconSend, Kind: ui.Primary},
	{Label: "Tải mẫu", Path: "/gallery/form", Icon: ui.IconDownload},
}

var stops = []ui.Action{
	{Label: "Tạm dừng", Path: "/gallery", Icon: ui.IconPaused, Kind: ui.Danger, Post: true, Confirm: "Tạm dừng kết nối này? Hệ thống khai thác sẽ không nhận được dữ liệu."},
	{Label: "Phê duyệt", Path: "/gallery", Icon: ui.IconDecision, Kind: ui.Primary, Off: "Chờ ý kiến của cơ quan chủ quản"},
	{Label: "Xem sau", Path: "/gallery", Kind: ui.Quiet},
}

var mark = ui.MarkProps{Who: "Hạ Vũ Thiên", Agency: "UBND xã Y Tý", At: time.Date(2026, 4, 27, 1, 30, 0, 0, time.UTC), ID: "01KQ6W7A4M2F3N8Z5T9D0X1C6V"}

func datasets(rows bool) ui.TableProps {
	p := ui.TableProps{
		Caption: "Danh mục tập dữ liệu",
		Columns: []ui.Column{
			{Label: "Tập dữ liệu", SortPath: "?sort=name", Sorted: ui.SortedUp}, {Label: "Cơ quan chủ quản", SortPath: "?sort=agency"},
			{Label: "Trạng thái"}, {Label: "Số bản ghi", Number: true, SortPath: "?sort=rows"}, {Label: "Cập nhật"},
		},
		Empty: ui.Empty{
			Icon: ui.IconDataset, Title: "Chưa có tập dữ liệu nào", Text: "Cơ quan của bạn chưa đăng ký tập dữ liệu. Đăng ký tập dữ liệu đầu tiên để chia sẻ với cơ quan khác.",
			Action: &ui.Action{Label: "Đăng ký tập dữ liệu", Path: "/gallery/form", Icon: ui.IconAdd, Kind: ui.Primary},
		},
		Pages: &ui.PageLinks{Previous: "?before=1", Next: "?after=4", Summary: "51–54 trên 128 tập dữ liệu"},
	}
	if !rows {
		return p
	}
	for i, d := range []struct{ name, code, agency string }{
		{"Danh mục hộ kinh doanh", "H38.01.0007", "Sở Tài chính"},
		{"Kết quả học tập học sinh phổ thông", "H38.05.0012", "Sở Giáo dục và Đào tạo"},
		{"Đất nông nghiệp theo thửa", "H38.09.0003", "Sở Nông nghiệp và Môi trường"},
		{"Người có công với cách mạng", "H38.11.0021", "Sở Nội vụ"},
	} {
		row := ui.Cells(ui.LinkTwo(d.name, "/gallery/dataset", d.code), ui.Text(d.agency), ui.Badge(states[i+1]), ui.Number(int64(1234567/(i*i*i+1))), ui.Moment(at(20-i, 8+i, 15)))
		if i == 2 {
			row.Tone = ui.Warn
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

func rowErrors() ui.TableProps {
	p := ui.TableProps{
		Caption: "Dòng bị giữ lại",
		Columns: []ui.Column{{Label: "Dòng", Number: true}, {Label: "Trường"}, {Label: "Giá trị"}, {Label: "Lý do"}},
		Empty:   ui.Empty{Icon: ui.IconSuccess, Title: "Không có dòng nào bị giữ lại"},
	}
	for _, e := range []struct {
		row                  int64
		field, value, reason string
	}{
		{17, "ngay_sinh", "31/02/1990", "Ngày không có thật. Kiểm tra lại giấy tờ gốc rồi nạp lại dòng này."},
		{203, "ma_xa", "99999", "Mã xã không có trong danh mục đơn vị hành chính từ ngày 01/7/2025."},
		{1180, "so_dinh_danh", "999•••••0123", "Số định danh bị trùng với dòng 1.179."},
	} {
		p.Rows = append(p.Rows, ui.Cells(ui.Number(e.row), ui.Mono(e.field), ui.Mono(e.value), ui.Text(e.reason)))
	}
	return p
}

var steps = []ui.Step{
	{Label: "Gửi yêu cầu", State: ui.StepDone, Who: "Sở Giáo dục và Đào tạo", When: at(16, 8, 5)},
	{Label: "Thẩm định", State: ui.StepDone, Who: "Nguyễn Thị Mẫu", When: at(17, 14, 30)},
	{Label: "Lấy ý kiến cơ quan chủ quản", State: ui.StepSkipped, Note: "Quy trình rút gọn"},
	{Label: "Phê duyệt", State: ui.StepCurrent, Who: "Trung tâm Dữ liệu số", Due: at(19, 17, 0), Overdue: true},
	{Label: "Thiết lập kỹ thuật", State: ui.StepTodo},
	{Label: "Kiểm thử tự động", State: ui.StepFailed, Note: "2 trên 14 phép thử không đạt"},
	{Label: "Nghiệm thu, vận hành", State: ui.StepTodo},
}

var events = []ui.Event{
	{When: at(19, 9, 12), What: "Từ chối một lượt gọi", Who: "Hệ thống điều hành", Detail: "Mục đích khai thác không có trong quyền đã cấp.", Tone: ui.Bad, Path: "/gallery", Link: "Xem vết của lượt gọi"},
	{When: at(18, 16, 2), What: "Cấp quyền khai thác 8 trường", Who: "Trần Văn Ví Dụ", Tone: ui.Good, Icon: ui.IconGrant},
	{When: at(17, 14, 30), What: "Thẩm định đạt", Who: "Nguyễn Thị Mẫu", Tone: ui.Good},
	{When: at(16, 8, 5), What: "Tạo yêu cầu kết nối", Who: "Lê Giả Định", Icon: ui.IconSend},
}

var bars = []ui.Bar{
	{Label: "Sở Giáo dục và Đào tạo", Value: 8421, Path: "/gallery"},
	{Label: "Sở Y tế", Value: 5120},
	{Label: "Phường Sa Pa", Value: 2210, Tone: ui.Warn},
	{Label: "Xã Bắc Hà", Value: 0},
}

var proofs = []ui.Proof{
	{State: ui.ProofGood, Text: "Mọi bản ghi còn nguyên vẹn và đúng thứ tự so với mốc đã công bố.", Size: "18.402", Root: "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c", Witnesses: "2 trên 2 đơn vị xác nhận", CheckedAt: at(19, 9, 30), Action: &ui.Action{Label: "Kiểm chứng lại", Path: "/gallery", Icon: ui.IconRetry, Post: true}},
	{State: ui.ProofBad, Text: "Nhật ký đã bị sửa sau khi ghi. Giữ nguyên hiện trạng và báo ngay bộ phận an toàn thông tin.", FirstBad: "Bản ghi số 9.117", Size: "18.402", CheckedAt: at(19, 9, 31)},
	{State: ui.ProofChecking, Text: "Đã kiểm tra 12.000 trên 18.402 bản ghi."},
	{State: ui.ProofUnknown, Text: "Chưa kiểm chứng kể từ khi khởi động."},
}

var facts = []ui.Pair{
	{Name: "Mã tập dữ liệu", Value: ui.Mono("H38.01.0007")},
	{Name: "Cơ quan chủ quản", Text: "Sở Tài chính"},
	{Name: "Mục đích khai thác", Text: "Giải quyết thủ tục hành chính", Help: "Điều 17 khoản 2"},
	{Name: "Số trường được cấp", Text: "8 trên 21"},
	{Name: "Hiệu lực đến", Value: ui.Day(at(30, 9, 0))},
	{Name: "Người phụ trách", Text: ""},
}

var wrong = ui.FormErrors{Text: "", Items: []ui.FieldError{
	{Field: "code", Text: "Mã này đã được dùng cho tập dữ liệu khác. Hãy chọn mã khác."},
	{Field: "purpose", Text: "Hãy chọn mục đích khai thác."},
}}

// communes is the map that ships, coloured by invented figures.
func communes() ui.MapProps {
	p := ui.MapProps{
		Title: "Tỷ lệ bản ghi đạt chất lượng theo xã, phường", Text: "Số liệu giả định, tháng 11/2026. Chọn một xã để xem chi tiết.",
		Key: []ui.MapStep{{Step: 0, Label: "Chưa có dữ liệu"}, {Step: 1, Label: "Dưới 60%"}, {Step: 2, Label: "60–69%"}, {Step: 3, Label: "70–79%"}, {Step: 4, Label: "80–89%"}, {Step: 5, Label: "Từ 90%"}},
	}
	m, err := geomap.Shipped()
	if err != nil {
		return p
	}
	p.ViewBox = m.ViewBox
	for i, a := range m.Areas {
		area := ui.MapArea{Name: a.Name, Outline: a.Outline, Path: "/gallery/dataset?commune=" + a.Code, Step: i * 7 % 6}
		if area.Step > 0 {
			area.Text = p.Key[area.Step].Label
		}
		p.Areas = append(p.Areas, area)
	}
	return p
}
