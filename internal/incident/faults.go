package incident

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"incident.not_found":         {Vi: "Không tìm thấy sự cố {0}.", En: "Incident {0} does not exist."},
	"incident.step_not_possible": {Vi: "Sự cố đang ở trạng thái “{0}” nên không chuyển sang “{1}” được. Hãy tải lại trang để xem các bước có thể thực hiện.", En: "The incident is “{0}” and cannot become “{1}”. Reload the page to see the possible steps."},
	"incident.comment_missing":   {Vi: "Hãy ghi nội dung xử lý (ít nhất 10 ký tự) để bước này được lưu làm căn cứ.", En: "Write what was done (at least 10 characters); the step is kept as evidence."},
	"incident.kind_unknown":      {Vi: "Loại sự cố “{0}” không có trong danh mục.", En: "There is no kind of incident “{0}”."},

	"incident.told_open": {Vi: "Sự cố {0}: {1}", En: "Incident {0}: {1}"},

	"incident.kind.availability":  {Vi: "Gián đoạn dịch vụ", En: "Availability"},
	"incident.kind.quality":       {Vi: "Chất lượng dữ liệu", En: "Data quality"},
	"incident.kind.security":      {Vi: "An toàn thông tin", En: "Security"},
	"incident.kind.personal_data": {Vi: "Vi phạm dữ liệu cá nhân", En: "Personal data breach"},
	"incident.kind.state_secret":  {Vi: "Nghi chứa bí mật nhà nước", En: "State secret marking"},
	"incident.kind.misuse":        {Vi: "Khai thác trái quy định", En: "Misuse"},

	"incident.severity.critical": {Vi: "Nghiêm trọng", En: "Critical"},
	"incident.severity.high":     {Vi: "Cao", En: "High"},
	"incident.severity.normal":   {Vi: "Thông thường", En: "Normal"},

	"incident.state.detected":    {Vi: "Mới phát hiện", En: "Detected"},
	"incident.state.triaged":     {Vi: "Đã phân loại", En: "Triaged"},
	"incident.state.containing":  {Vi: "Đang ngăn chặn", En: "Containing"},
	"incident.state.contained":   {Vi: "Đã ngăn chặn", En: "Contained"},
	"incident.state.recovering":  {Vi: "Đang khôi phục", En: "Recovering"},
	"incident.state.review":      {Vi: "Đang rút kinh nghiệm", En: "Under review"},
	"incident.state.closed":      {Vi: "Đã đóng", En: "Closed"},
	"incident.state.false_alarm": {Vi: "Báo động nhầm", En: "False alarm"},
}
