package dictionaryweb

import "lienthong/internal/kit/i18n"

// eventWords name the records that the slice leaves in the log.
func eventWords() i18n.Messages {
	return i18n.Messages{
		"audit.event.dictionary.propose":         {Vi: "Đề xuất thay đổi từ điển", En: "Dictionary proposal made"},
		"audit.event.dictionary.proposal_change": {Vi: "Sửa và gửi lại đề xuất từ điển", En: "Dictionary proposal changed"},
		"audit.event.dictionary.proposal_return": {Vi: "Trả lại đề xuất từ điển", En: "Dictionary proposal returned"},
		"audit.event.dictionary.consult":         {Vi: "Mở lấy ý kiến về đề xuất từ điển", En: "Consultation opened"},
		"audit.event.dictionary.comment":         {Vi: "Góp ý đề xuất từ điển", En: "Opinion on a dictionary proposal"},
		"audit.event.dictionary.consult_close":   {Vi: "Kết thúc lấy ý kiến sớm", En: "Consultation closed early"},
		"audit.event.dictionary.approve":         {Vi: "Phê duyệt đề xuất từ điển", En: "Dictionary proposal approved"},
		"audit.event.dictionary.reject":          {Vi: "Không chấp thuận đề xuất từ điển", En: "Dictionary proposal rejected"},
		"audit.event.dictionary.withdraw":        {Vi: "Rút đề xuất từ điển", En: "Dictionary proposal withdrawn"},
		"audit.event.dictionary.publish":         {Vi: "Ban hành phiên bản từ điển", En: "Dictionary version published"},
		"audit.event.dictionary.effective":       {Vi: "Phiên bản từ điển có hiệu lực", En: "Dictionary version in force"},
		"audit.event.dictionary.identifier":      {Vi: "Thêm loại mã định danh", En: "Kind of identifier added"},
		"audit.event.dictionary.subscribe":       {Vi: "Theo dõi thay đổi của từ điển", En: "Dictionary followed"},
		"audit.event.dictionary.unsubscribe":     {Vi: "Bỏ theo dõi thay đổi của từ điển", En: "Dictionary followed no more"},
	}
}
