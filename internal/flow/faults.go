package flow

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"flow.right_changed": {
		Vi: "Quyền khai thác đã thay đổi trong khi chờ bên cung cấp trả lời, nên dữ liệu không được chuyển ra. Hãy gọi lại.",
		En: "The right changed while the provider was answering, so no data left. Call again.",
	},
	"flow.facts_unavailable": {
		Vi: "Hệ thống tạm thời không kiểm tra được quyền nên từ chối truy cập. Hãy thử lại sau ít phút.",
		En: "The rights could not be checked just now, so access is refused. Try again in a few minutes.",
	},
	"flow.identifier_missing":      {Vi: "Hãy nhập mã định danh cần tra cứu.", En: "Enter the identifier to look up."},
	"flow.identifier_kind_missing": {Vi: "Hãy chọn loại mã định danh đã nhập.", En: "Choose which identifier you have entered."},
	"flow.look_up_has_no_pages":    {Vi: "Tra cứu một bản ghi không có trang tiếp theo. Hãy tra cứu lại từ đầu.", En: "A look-up has no further page. Look it up again."},
	"flow.text_too_long":           {Vi: "Nội dung không được quá {0} ký tự.", En: "At most {0} characters, please."},
	"flow.identifier_in_text":      {Vi: "Không ghi số định danh cá nhân vào ô này, vì nội dung ô được lưu trong nhật ký. Hãy ghi mã hồ sơ hoặc lý do công việc.", En: "No personal identifier may stand here, since this text is kept in the log. Write the case number or the reason."},
	"flow.record_not_found":        {Vi: "Không có bản ghi nào mang mã này trong phạm vi được cấp. Hãy kiểm tra lại mã và tập dữ liệu.", En: "No record has this identifier within what is granted. Check the identifier and the dataset."},
	"flow.too_many_matches":        {Vi: "Mã này ứng với hơn {0} bản ghi nên không hiển thị. Hãy tra cứu bằng mã định danh khác.", En: "This identifier stands for more than {0} records, so none is shown. Look up by another identifier."},
	"flow.unmask_several":          {Vi: "Mã này ứng với {0} bản ghi. Giá trị không che chỉ được xem với đúng một bản ghi; hãy tra cứu bằng mã định danh khác.", En: "This identifier stands for {0} records. Unmasked values are shown for exactly one record; look up by another identifier."},
	"flow.ticket_over":             {Vi: "Đã quá 10 phút kể từ lần tra cứu. Hãy nhập lại mã định danh và tra cứu lại.", En: "More than ten minutes have passed since the look-up. Enter the identifier and look it up again."},
}
