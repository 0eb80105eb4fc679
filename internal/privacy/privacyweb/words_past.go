package privacyweb

import "lienthong/internal/kit/i18n"

// pastWords name the members of an entry in its history. A version stands in three places, and its members are called
// alike in each.
func pastWords() i18n.Messages {
	const kind = "past.privacy.entry."
	out := i18n.Messages{
		kind + "in_force":  {Vi: "Nội dung đang hiệu lực", En: "In force"},
		kind + "draft":     {Vi: "Nội dung đang soạn", En: "Draft"},
		kind + "withdrawn": {Vi: "Thu hồi", En: "Withdrawal"},
		kind + "returned":  {Vi: "Lý do trả lại", En: "Reason of the return"},

		kind + "withdrawn.was": {Vi: "Nội dung đã thu hồi", En: "What was withdrawn"},
	}
	members := i18n.Messages{
		"categories": formWords["privacy.categories"], "purposes": formWords["privacy.purposes"], "legal_basis": formWords["privacy.legal_basis"], "function": formWords["privacy.function"],
		"source": formWords["privacy.source"], "recipients": formWords["privacy.recipients"], "retention_months": formWords["privacy.f_retention_months"], "retention_rule": formWords["privacy.f_retention_rule"],
		"measures": formWords["privacy.measures"], "measures_note": formWords["privacy.f_measures_note"], "impact_assessment": formWords["privacy.impact"], "person_in_charge": formWords["privacy.officer"],
		"valid_to": formWords["privacy.valid_to"], "impact_assessment.status": formWords["privacy.f_impact_assessment.status"], "impact_assessment.number": formWords["privacy.f_impact_assessment.number"],
		"impact_assessment.date": formWords["privacy.f_impact_assessment.date"], "impact_assessment.note": formWords["privacy.f_impact_assessment.note"],
		"person_in_charge.name": formWords["privacy.f_person_in_charge.name"], "person_in_charge.position": formWords["privacy.f_person_in_charge.position"],
		"person_in_charge.contact": formWords["privacy.f_person_in_charge.contact"],
		"written_by":               {Vi: "Người soạn", En: "Written by"}, "written_at": {Vi: "Soạn lúc", En: "Written at"}, "sent_by": {Vi: "Người gửi xác nhận", En: "Sent by"}, "sent_at": {Vi: "Gửi lúc", En: "Sent at"},
		"confirmed_by": {Vi: "Người xác nhận", En: "Confirmed by"}, "confirmed_at": {Vi: "Xác nhận lúc", En: "Confirmed at"}, "number": {Vi: "Lần", En: "Version"},
	}
	for member, text := range members {
		for _, place := range []string{"in_force.", "draft.", "withdrawn.was."} {
			out[kind+place+member] = text
		}
	}
	return out
}
