package backup

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"backup.busy": {
		Vi: "Đang có một lần sao lưu chạy. Hãy đợi lần đó kết thúc rồi thực hiện lại.",
		En: "A backup is being made. Wait until it ends, then try again.",
	},
	"backup.cut_off": {
		Vi: "Lần sao lưu bị ngắt giữa chừng do nền tảng dừng.",
		En: "The backup was cut off when the platform stopped.",
	},
	"backup.no_key": {
		Vi: "Chưa có khóa sao lưu. Hãy chạy `lienthong backup key --data <thư mục> --to <tệp>` trên máy chủ và cất tệp khóa phục hồi ở nơi khác.",
		En: "There is no backup key. Run `lienthong backup key --data <folder> --to <file>` on the server and keep the file with the recovery key elsewhere.",
	},
	"backup.no_dir": {
		Vi: "Chưa đặt thư mục chứa bản sao lưu. Hãy đặt `backup.dir` trong cấu hình và khởi động lại.",
		En: "No folder for backups is configured. Set `backup.dir` and restart.",
	},
	"backup.no_folder": {
		Vi: "Không mở được thư mục {0}. Hãy kiểm tra ổ đĩa sao lưu đã gắn và tài khoản chạy dịch vụ ghi được vào đó.",
		En: "The folder {0} cannot be opened. See that the backup disk is mounted and that the service's account may write there.",
	},
	"backup.inside_data": {
		Vi: "Bản sao lưu phải nằm ngoài thư mục dữ liệu {0}, nếu không sẽ mất cùng dữ liệu. Hãy chọn ổ đĩa khác.",
		En: "A backup must lie outside the data folder {0}, or it is lost with it. Choose another disk.",
	},
	"backup.file_exists": {
		Vi: "Đã có tệp {0}. Bản sao lưu không ghi đè lên tệp khác; hãy chọn tên khác.",
		En: "The file {0} exists. A backup overwrites nothing; choose another name.",
	},
	"backup.disk_full": {
		Vi: "Ổ đĩa chứa bản sao lưu đã đầy. Hãy giải phóng dung lượng hoặc giảm số bản giữ lại rồi sao lưu lại.",
		En: "The disk of the backups is full. Free space or keep fewer backups, then try again.",
	},
	"backup.public_key": {
		Vi: "Khóa sao lưu không đọc được. Hãy lập khóa mới bằng `lienthong backup key`.",
		En: "The backup key cannot be read. Make a new one with `lienthong backup key`.",
	},
	"backup.recovery_key": {
		Vi: "Khóa phục hồi không đúng dạng hoặc gõ sai. Khóa bắt đầu bằng LTBK1; hãy kiểm tra từng nhóm ký tự hoặc dùng tệp khóa đã cất.",
		En: "The recovery key is not in its form or was mistyped. It begins with LTBK1; check it group by group, or use the file that was kept.",
	},
	"backup.wrong_key": {
		Vi: "Bản sao lưu này mở bằng khóa phục hồi {0}, khóa đưa vào là {1}. Hãy tìm đúng tệp khóa theo mã này.",
		En: "This backup opens with recovery key {0}; the key given is {1}. Find the file of the right key by this id.",
	},
	"backup.no_file": {
		Vi: "Không mở được tệp {0}. Hãy kiểm tra lại đường dẫn và quyền đọc.",
		En: "The file {0} cannot be opened. Check the path and the permission to read it.",
	},
	"backup.no_backup": {
		Vi: "Tệp này không phải bản sao lưu của nền tảng.",
		En: "This file is no backup of the platform.",
	},
	"backup.damaged": {
		Vi: "Bản sao lưu bị hỏng hoặc bị cắt (tại: {0}) nên không dùng được, chưa có gì được ghi. Hãy dùng bản khác.",
		En: "The backup is damaged or cut off (at: {0}) and is not used; nothing was written. Use another one.",
	},
	"backup.newer_format": {
		Vi: "Bản sao lưu có định dạng {0} của phiên bản phần mềm mới hơn. Hãy dùng phiên bản phần mềm đã tạo ra nó.",
		En: "The backup has format {0} of a newer program. Use the program that made it.",
	},
	"backup.newer_schema": {
		Vi: "Bản sao lưu do phiên bản phần mềm mới hơn tạo ra (bước dữ liệu {0}). Hãy dùng phiên bản phần mềm đó hoặc mới hơn để phục hồi.",
		En: "The backup was made by a newer program (migration {0}). Restore it with that program or a newer one.",
	},
	"backup.folder_not_empty": {
		Vi: "Thư mục {0} không trống (có {1}). Chỉ phục hồi vào thư mục mới hoặc trống để không ghi đè dữ liệu.",
		En: "The folder {0} is not empty (it holds {1}). A backup is restored into a new or empty folder only, so that nothing is overwritten.",
	},
}
