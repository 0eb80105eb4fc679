package review

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes. Each says what is wrong and what to do next.
var Messages = i18n.Messages{
	"review.campaign_not_found": {Vi: "Không tìm thấy đợt rà soát này. Hãy mở lại từ danh sách “Rà soát quyền”.", En: "This review does not exist. Open it from the list “Reviews of rights”."},
	"review.item_not_found":     {Vi: "Đợt rà soát này không có quyền đã chọn. Hãy tải lại trang.", En: "This review does not hold the chosen grant. Reload the page."},
	"review.ask_not_found":      {Vi: "Không tìm thấy đề nghị này. Hãy mở lại từ danh sách “Đề nghị về quyền”.", En: "This request does not exist. Open it from the list “Requests about rights”."},
	"review.excess_not_found":   {Vi: "Quyền này không có trong báo cáo quyền dư thừa. Có thể quyền đã được thu hẹp, hoặc vừa được sử dụng lại.", En: "This grant is not on the report of rights beyond their use. It may have been narrowed or used again."},
	"review.no_settings":        {Vi: "Chưa có tham số rà soát. Hãy thử lại sau một phút, khi hệ thống đã khởi tạo.", En: "There are no settings yet. Try again in a minute."},
	"review.changed_meanwhile":  {Vi: "Người khác vừa thay đổi nội dung này. Hãy tải lại trang rồi làm lại.", En: "Somebody else has just changed this. Reload the page and do it again."},
	"review.reason_missing":     {Vi: "Hãy ghi rõ lý do, ít nhất {0} ký tự, để người đọc sau này hiểu được.", En: "State the reason in at least {0} characters, so that it is understood later."},
	"review.reason_long":        {Vi: "Lý do không được quá {0} ký tự.", En: "The reason may have at most {0} characters."},
	"review.scope_missing":      {Vi: "Hãy chọn phạm vi rà soát: chủ quản, đơn vị khai thác, tập dữ liệu, nhóm dữ liệu, hoặc tất cả quyền của tỉnh.", En: "Choose what to review: an owner, a consuming agency, a dataset, a class of data, or all grants of the province."},
	"review.setting_range":      {Vi: "Giá trị phải nằm trong khoảng từ {0} đến {1}.", En: "The value must lie between {0} and {1}."},
	"review.protected_later":    {Vi: "Dữ liệu nhạy cảm, quan trọng, cốt lõi không được rà soát thưa hơn dữ liệu khác.", En: "Sensitive, important and core data may not be reviewed less often than other data."},
	"review.no_item":            {Vi: "Hãy chọn ít nhất một quyền để trả lời.", En: "Choose at least one grant to answer for."},
	"review.verdict_missing":    {Vi: "Hãy chọn: giữ nguyên, thu hẹp hoặc thu hồi.", En: "Choose keep, narrow or revoke."},
	"review.narrow_one":         {Vi: "Thu hẹp trường dữ liệu phải làm cho từng quyền, vì mỗi quyền có các trường riêng.", En: "Fields are taken away grant by grant, since each has its own."},
	"review.other_reviewer":     {Vi: "Quyền {0} do đơn vị {1} rà soát; bạn không trả lời thay được.", En: "Grant {0} is reviewed by agency {1}; you cannot answer for it."},
	"review.own_grant":          {Vi: "Bạn là người phê duyệt hoặc người đang giữ quyền {0} nên không tự rà soát được. Hãy để người khác của đơn vị trả lời.", En: "You approved or hold grant {0}, so you cannot review it yourself. Let somebody else of your agency answer."},
	"review.answered":           {Vi: "Quyền {0} đã có trả lời trong đợt rà soát này.", En: "Grant {0} has an answer in this review already."},
	"review.asked_already":      {Vi: "Đã có một đề nghị về quyền {0} đang chờ đơn vị vận hành trả lời. Hãy đợi kết quả rồi đề nghị tiếp.", En: "A request about grant {0} already waits for the operator. Wait for its outcome."},
	"review.ask_kind":           {Vi: "Hãy chọn nội dung đề nghị: thu hẹp, tạm dừng, khôi phục hoặc chấm dứt.", En: "Choose what to ask: narrow, suspend, resume or end."},
	"review.ask_over":           {Vi: "Đề nghị về quyền {0} đã được trả lời.", En: "The request about grant {0} has been answered."},
	"review.own_ask":            {Vi: "Người đề nghị không tự xác nhận đề nghị của mình. Hãy để người khác của đơn vị vận hành trả lời.", En: "Who asked does not confirm the own request. Let another person of the operator answer."},
	"review.not_owner":          {Vi: "Chỉ chủ quản dữ liệu hoặc đơn vị vận hành được đề nghị thay đổi quyền {0}.", En: "Only the owner of the data or the operator may ask for a change of grant {0}."},
	"review.not_held":           {Vi: "Quyền {0} không bị tạm dừng theo đề nghị hay rà soát nào. Nếu kết nối đang tạm dừng, hãy khôi phục kết nối.", En: "Grant {0} is not suspended by a request or a review. If its connection is suspended, resume the connection."},
	"review.cannot_hold":        {Vi: "Quyền {0} đã chấm dứt hoặc đang bị tạm dừng.", En: "Grant {0} has ended or is suspended already."},
}
