package audit

import (
	"errors"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Messages are the sentences of this slice's codes.
var Messages = i18n.Messages{
	"audit.closed": {
		Vi: "Nhật ký truy cập đang không ghi được nên hệ thống tạm ngừng cung cấp dữ liệu và tiếp nhận thay đổi; đăng nhập, tạm dừng và thu hồi quyền vẫn thực hiện được. Đề nghị báo đơn vị vận hành kiểm tra ổ đĩa chứa nhật ký rồi khởi động lại dịch vụ; sau đó thực hiện lại yêu cầu này.",
		En: "The access log cannot be written, so the platform has stopped giving data and taking changes; signing in, suspending and revoking still work. Ask the operator to check the disk that holds the log and to restart the service, then repeat this request.",
	},
	"audit.disk_full": {
		Vi: "Ổ đĩa chứa nhật ký truy cập gần đầy nên hệ thống tạm ngừng cung cấp dữ liệu và tiếp nhận thay đổi; đăng nhập, tạm dừng và thu hồi quyền vẫn thực hiện được. Đề nghị báo đơn vị vận hành giải phóng ổ đĩa; hệ thống tự hoạt động lại khi có chỗ trống, sau đó thực hiện lại yêu cầu này.",
		En: "The disk that holds the access log is nearly full, so the platform has stopped giving data and taking changes; signing in, suspending and revoking still work. Ask the operator to free the disk; the platform goes on by itself, then repeat this request.",
	},
	"audit.busy": {
		Vi: "Nhật ký truy cập đang ghi chậm nên yêu cầu này chưa được thực hiện. Đề nghị thử lại sau ít giây; nếu vẫn chậm, báo đơn vị vận hành kiểm tra ổ đĩa chứa nhật ký.",
		En: "The access log is being written too slowly, so this request was not carried out. Try again in a few seconds; if it stays slow, ask the operator to check the disk that holds the log.",
	},
	"audit.reason_required": {
		Vi: "Việc xem nhật ký cũng được ghi nhật ký. Hãy nêu lý do xem trước khi tìm kiếm.",
		En: "Reading the log is recorded as well. State why you are reading it before you search.",
	},
	"audit.record_not_found": {
		Vi: "Không tìm thấy bản ghi nhật ký có mã {0}. Hãy kiểm tra lại mã hoặc khoảng thời gian lưu giữ.",
		En: "There is no log record with the id {0}. Check the id, or whether it is still within the retention time.",
	},
	"audit.no_tile": {
		Vi: "Cây nhật ký đã ký không có phần này. Hãy lấy mốc đã ký mới nhất rồi chỉ yêu cầu những phần thuộc mốc đó.",
		En: "The signed log has no such part. Take the newest signed checkpoint and ask only for what it covers.",
	},
	"audit.no_witness": {
		Vi: "Chưa có chứng nhận của bên thứ ba cho nhật ký này, hoặc nền tảng này không chứng nhận nhật ký của cơ quan khác. Hãy cấu hình bên chứng nhận rồi thử lại.",
		En: "No witness has cosigned this log yet, or this platform cosigns no other logs. Configure witnesses and try again.",
	},
	"audit.retention_too_short": {
		Vi: "Thời gian lưu nhật ký quá ngắn: phải lưu trực tuyến ít nhất {0} tháng, sau đó lưu trong gói lưu trữ ít nhất {1} năm. Hãy sửa cấu hình rồi khởi động lại.",
		En: "The log would be kept too short: at least {0} months online, then at least {1} years in archives. Correct the configuration and start again.",
	},
	"audit.archived": {
		Vi: "Bản ghi số {0} đã chuyển vào gói lưu trữ {1} và không còn ở đó. Đề nghị báo đơn vị vận hành nơi giữ gói lưu trữ; giá trị băm của bản ghi vẫn còn trong nhật ký.",
		En: "Record {0} has left for the archive {1} and is no longer there. Ask the operator where the archive is kept; the record's hash is still in the log.",
	},
	"audit.clock_unsure": {
		Vi: "Đồng hồ máy chủ chưa được đồng bộ nên chưa chuyển nhật ký vào gói lưu trữ. Đề nghị đơn vị vận hành kiểm tra đồng bộ thời gian; việc này sẽ tự chạy lại.",
		En: "The server's clock is not synchronised, so nothing of the log was archived. Ask the operator to check the time service; the job runs again by itself.",
	},
	"audit.no_state_then": {
		Vi: "Chưa có trạng thái nào được ghi vào thời điểm {0}: nội dung này được tạo sau thời điểm đó. Hãy chọn ngày muộn hơn.",
		En: "Nothing had been recorded by {0}: it was created later. Choose a later date.",
	},
	"audit.filter_invalid": {
		Vi: "Điều kiện tìm kiếm nhật ký không hợp lệ: {0}. Hãy sửa điều kiện rồi tìm lại.",
		En: "The search condition of the log is not valid: {0}. Correct it and search again.",
	},
}

// closed is the refusal while nothing can be recorded.
func closed(cause error) error {
	return fault.New(fault.Unavailable, "audit.closed").Because(cause)
}

// diskFull is the refusal while only vital records are taken.
func diskFull(why string) error {
	return fault.New(fault.Unavailable, "audit.disk_full").Because(errors.New(why))
}
