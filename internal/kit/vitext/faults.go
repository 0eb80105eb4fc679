package vitext

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"vitext.not_utf8": {
		Vi: "Tệp không phải là văn bản UTF-8: dòng {0} (byte thứ {1}) có ký tự không đọc được. Hãy mở tệp bằng phần mềm gốc, lưu lại với bảng mã UTF-8 (trong Excel chọn “CSV UTF-8”) rồi gửi lại.",
		En: "The file is not UTF-8 text: line {0} (byte {1}) holds a character that cannot be read. Open it in the program it came from, save it as UTF-8 (“CSV UTF-8” in Excel) and send it again.",
	},
	"vitext.utf16": {
		Vi: "Tệp được lưu với bảng mã {0}. Hãy lưu lại với bảng mã UTF-8 (trong Excel chọn “CSV UTF-8”) rồi gửi lại.",
		En: "The file is saved as {0}. Save it as UTF-8 (“CSV UTF-8” in Excel) and send it again.",
	},
	"vitext.utf16_broken": {
		Vi: "Tệp bắt đầu như văn bản UTF-16 nhưng bị hỏng hoặc bị cắt. Hãy lưu lại với bảng mã UTF-8 rồi gửi lại.",
		En: "The file begins as UTF-16 text but is damaged or cut off. Save it as UTF-8 and send it again.",
	},
}
