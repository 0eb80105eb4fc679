package controldb

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"controldb.busy": {
		Vi: "Hệ thống đang bận ghi dữ liệu khác nên chưa nhận được thay đổi này. Hãy thử lại sau ít giây.",
		En: "The system is busy with other changes and did not take this one. Try again in a few seconds.",
	},
}
