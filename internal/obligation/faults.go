package obligation

import "lienthong/internal/kit/i18n"

// Messages are the sentences of the findings.
var Messages = i18n.Messages{
	"obligation.kind.connected":     {Vi: "Kết nối qua LGSP", En: "Connected by the LGSP"},
	"obligation.kind.standardised":  {Vi: "Chuẩn hóa", En: "Standardised"},
	"obligation.kind.updated":       {Vi: "Cập nhật", En: "Updated"},
	"obligation.kind.quality":       {Vi: "Chất lượng", En: "Quality"},
	"obligation.light.met":          {Vi: "Đạt", En: "Met"},
	"obligation.light.unmet":        {Vi: "Chưa đạt", En: "Not met"},
	"obligation.light.not_assessed": {Vi: "Chưa đánh giá", En: "Not assessed"},

	"obligation.why.flow":         {Vi: "Có lượt gọi thành công ngày {0}", En: "A successful call on {0}"},
	"obligation.why.flow_old":     {Vi: "Lượt gọi thành công gần nhất ngày {0}, quá 30 ngày", En: "Last successful call on {0}, over 30 days ago"},
	"obligation.why.flow_never":   {Vi: "Chưa có hệ thống nào gọi thành công qua LGSP", En: "No system has called for it with success"},
	"obligation.why.mapped":       {Vi: "{0}/{0} trường theo Từ điển", En: "{0}/{0} fields by the dictionary"},
	"obligation.why.mapped_part":  {Vi: "Mới {0}/{1} trường theo Từ điển", En: "{0}/{1} fields by the dictionary"},
	"obligation.why.no_schema":    {Vi: "Chưa khai báo cấu trúc dữ liệu", En: "No schema"},
	"obligation.why.no_rows":      {Vi: "Dữ liệu không ở dạng bảng", En: "Its data are no rows"},
	"obligation.why.update":       {Vi: "Dữ liệu ngày {0}, kỳ sau đến hạn {1}", En: "Data as at {0}, next due {1}"},
	"obligation.why.update_late":  {Vi: "Dữ liệu ngày {0}, kỳ đến hạn {1} chưa có", En: "Data as at {0}; the update due {1} is missing"},
	"obligation.why.update_never": {Vi: "Chưa giao nộp lần nào vào Kho và không có dịch vụ tại nguồn", En: "Never delivered, and no service at the source"},
	"obligation.why.at_source":    {Vi: "Lấy trực tiếp tại nguồn, chưa có căn cứ đánh giá kỳ cập nhật", En: "Read at the source; nothing to judge the update by"},
	"obligation.why.no_period":    {Vi: "Tần suất đã đăng ký không có kỳ hạn", En: "The registered frequency names no period"},
	"obligation.why.quality":      {Vi: "Lượt nạp ngày {0}: hợp lệ {1} %, đủ giá trị bắt buộc {2} %", En: "Delivery of {0}: {1} % valid, {2} % of mandatory values there"},
	"obligation.why.quality_low":  {Vi: "Lượt nạp ngày {0}: hợp lệ {1} % (ngưỡng 95 %), đủ giá trị bắt buộc {2} % (ngưỡng 90 %)", En: "Delivery of {0}: {1} % valid (95 % needed), {2} % of mandatory values there (90 % needed)"},
	"obligation.why.quality_none": {Vi: "Chưa có lượt nạp nào được kiểm tra", En: "No delivery was checked yet"},

	"obligation.task.connected":    {Vi: "Kết nối, chia sẻ qua LGSP: {0}", En: "Share through the LGSP: {0}"},
	"obligation.task.standardised": {Vi: "Chuẩn hóa theo Từ điển: {0}", En: "Standardise by the dictionary: {0}"},
	"obligation.task.updated":      {Vi: "Cập nhật dữ liệu đúng kỳ: {0}", En: "Update in time: {0}"},
	"obligation.task.quality":      {Vi: "Khắc phục chất lượng dữ liệu: {0}", En: "Mend the quality: {0}"},
}
