package blob

import (
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"blob.storage_failed": {
		Vi: "Ổ lưu trữ báo lỗi khi ghi nên hệ thống tạm ngừng nhận thay đổi để không mất dữ liệu. Đề nghị báo ngay quản trị viên kiểm tra ổ đĩa và khởi động lại hệ thống.",
		En: "The storage reported an error while writing, so the system stopped taking changes in order to lose nothing. Tell the administrator at once to check the disk and restart the system.",
	},
	"blob.folder_missing": {
		Vi: "Không thấy thư mục lưu trữ {0}: thư mục đã bị chuyển đi hoặc ổ đĩa chưa được gắn. Đề nghị quản trị viên gắn lại ổ đĩa hoặc đưa thư mục về chỗ cũ rồi khởi động lại dịch vụ.",
		En: "The storage folder {0} is not there: it was moved away, or its disk is not mounted. Ask the administrator to mount the disk or bring the folder back, then to restart the service.",
	},
	"blob.disk_full": {
		Vi: "Ổ lưu trữ đã đầy nên chưa ghi được dữ liệu này. Đề nghị quản trị viên giải phóng dung lượng rồi thực hiện lại.",
		En: "The storage is full, so this was not written. Ask the administrator to free space, then try again.",
	},
	"blob.not_found": {
		Vi: "Không tìm thấy tệp {0}. Tệp có thể đã bị xóa theo thời hạn lưu trữ; hãy kiểm tra lại tên tệp.",
		En: "The file {0} was not found. It may have been removed at the end of its retention; check the name.",
	},
	"blob.bad_name": {
		Vi: "Tên tệp không hợp lệ. Hãy dùng tên không có “..”, dấu “\\”, dấu “:”, ký tự điều khiển và không bắt đầu bằng dấu chấm.",
		En: "The file name is not allowed. Use one without “..”, backslash, colon or control characters that does not begin with a dot.",
	},
	"blob.damaged": {
		Vi: "Tệp {0} đã bị hỏng hoặc bị sửa ngoài hệ thống nên không được sử dụng. Đề nghị quản trị viên khôi phục tệp từ bản sao lưu.",
		En: "The file {0} is damaged or was changed outside the system, so it is not used. Ask the administrator to restore it from a backup.",
	},
	"blob.not_sealed": {
		Vi: "Tệp {0} chưa được mã hóa nên hệ thống không đọc. Thư mục dữ liệu có thể được tạo bởi phiên bản cũ hoặc tệp bị chép vào từ bên ngoài; hãy nạp lại dữ liệu từ nguồn.",
		En: "The file {0} is not encrypted and is not read. The data folder may come from an older build, or the file was copied in; deliver the data from its source again.",
	},
	"blob.no_key": {
		Vi: "Không tìm thấy khóa mã hóa “{0}”. Đề nghị quản trị viên khôi phục thư mục khóa và kho điều khiển từ cùng một bản sao lưu.",
		En: "The encryption key “{0}” was not found. Ask the administrator to restore the keys and the control store from the same backup.",
	},
	"blob.exists": {
		Vi: "Đã có tệp hoặc thư mục {0}. Dữ liệu đã lưu không được ghi đè; hãy dùng tên khác.",
		En: "{0} already exists. Stored data is never overwritten; use another name.",
	},
}

func exists(name string) error { return fault.New(fault.Conflict, "blob.exists", name) }
