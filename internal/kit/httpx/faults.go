package httpx

import "lienthong/internal/kit/i18n"

// Messages are the meanings of the statuses, and the sentences of the faults that belong to no slice.
var Messages = i18n.Messages{
	"internal": {
		Vi: "Hệ thống gặp lỗi khi xử lý yêu cầu này và đã ghi lại để khắc phục. Đề nghị thử lại sau ít phút; nếu lỗi còn tiếp diễn, hãy gửi mã tham chiếu {0} cho đơn vị vận hành.",
		En: "The system failed while serving this request and has recorded it for repair. Try again in a few minutes; if it fails again, send the reference {0} to the operator.",
	},
	"input.several": {
		Vi: "Có {0} nội dung cần sửa. Đề nghị xem từng mục được đánh dấu rồi gửi lại.",
		En: "{0} things need correction. See each marked field, then send again.",
	},
	"http.status_400": {Vi: "Yêu cầu không đọc được", En: "The request cannot be read"},
	"http.status_401": {Vi: "Chưa xác thực", En: "Not authenticated"},
	"http.status_403": {Vi: "Không có quyền", En: "Not permitted"},
	"http.status_404": {Vi: "Không tìm thấy", En: "Not found"},
	"http.status_405": {Vi: "Phương thức không được hỗ trợ", En: "Method not allowed"},
	"http.status_406": {Vi: "Không có định dạng được yêu cầu", En: "Not acceptable"},
	"http.status_408": {Vi: "Hết thời gian nhận yêu cầu", En: "Request timeout"},
	"http.status_409": {Vi: "Trạng thái hiện tại không cho phép", En: "The current state does not allow this"},
	"http.status_413": {Vi: "Dữ liệu gửi lên quá lớn", En: "Too large"},
	"http.status_414": {Vi: "Địa chỉ quá dài", En: "Address too long"},
	"http.status_415": {Vi: "Định dạng dữ liệu không được hỗ trợ", En: "Unsupported media type"},
	"http.status_421": {Vi: "Sai máy chủ", En: "Misdirected request"},
	"http.status_422": {Vi: "Thông tin chưa hợp lệ", En: "Input not valid"},
	"http.status_429": {Vi: "Vượt quá hạn mức", En: "Over the limit"},
	"http.status_431": {Vi: "Tiêu đề yêu cầu quá lớn", En: "Request headers too large"},
	"http.status_500": {Vi: "Lỗi hệ thống", En: "System error"},
	"http.status_502": {Vi: "Bên cung cấp trả lời không hợp lệ", En: "Invalid answer from the provider"},
	"http.status_503": {Vi: "Tạm thời chưa phục vụ được", En: "Temporarily unavailable"},
	"http.status_504": {Vi: "Bên cung cấp không trả lời kịp", En: "The provider did not answer in time"},
}
