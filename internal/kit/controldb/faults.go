package controldb

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"controldb.nul_character": {
		Vi: "Nội dung chứa ký tự NUL (U+0000) nên không lưu được. Hãy xóa ký tự này tại nguồn rồi gửi lại.",
		En: "The content holds the character NUL (U+0000) and cannot be kept. Remove it at its source and send it again.",
	},
	"controldb.busy": {
		Vi: "Hệ thống đang bận ghi dữ liệu khác nên chưa nhận được thay đổi này. Hãy thử lại sau ít giây.",
		En: "The system is busy with other changes and did not take this one. Try again in a few seconds.",
	},
	"controldb.not_empty": {
		Vi: "Kho điều khiển đã có {0} bảng nên không phục hồi vào đây để tránh ghi đè. Hãy dùng thư mục dữ liệu mới hoặc cơ sở dữ liệu trống.",
		En: "The control store has {0} tables already; nothing is restored over them. Use a new data folder or an empty database.",
	},
}
