package job

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"job.not_dead": {
		Vi: "Tác vụ này không còn ở trạng thái đã dừng: có thể đã được chạy lại hoặc đã xóa. Hãy tải lại danh sách.",
		En: "This task is no longer among those given up: it may have been retried or discarded. Reload the list.",
	},
	"job.lease_lost": {
		Vi: "Tác vụ đã được một tiến trình khác tiếp nhận nên lần chạy này bị hủy. Không cần thao tác thêm.",
		En: "Another process has taken this task over, so this run was dropped. Nothing needs to be done.",
	},
}
