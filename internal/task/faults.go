package task

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"task.state_unknown": {Vi: "Trạng thái “{0}” không có. Hãy chọn một trong các trạng thái: open, done, cancelled.", En: "There is no state “{0}”. Choose one of open, done, cancelled."},

	"task.state.open":      {Vi: "Đang chờ", En: "Waiting"},
	"task.state.done":      {Vi: "Đã xong", En: "Done"},
	"task.state.cancelled": {Vi: "Không cần nữa", En: "No longer needed"},
}
