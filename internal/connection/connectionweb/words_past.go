package connectionweb

import "lienthong/internal/kit/i18n"

// pastWords name the members of a request that no other kind of thing has, in its history and in the comparison of versions.
var pastWords = i18n.Messages{
	"past.member.config_declined": {Vi: "Phiên bản không được chấp thuận", En: "Refused version"},
	"past.member.config_in_force": {Vi: "Phiên bản đang áp dụng", En: "Version in force"},
	"past.member.impact":          {Vi: "Đánh giá tác động", En: "Impact"},
	"past.member.alternative":     {Vi: "Hình thức ít xâm phạm hơn", En: "Less intrusive form"},
	"past.member.necessity":       {Vi: "Sự cần thiết", En: "Necessity"},
	"past.member.renews":          {Vi: "Gia hạn của", En: "Renews"},
	"past.member.method_answers":  {Vi: "Trả lời để chọn phương thức", En: "Answers for the method"},
	"past.member.infrastructure":  {Vi: "Hạ tầng kỹ thuật", En: "Infrastructure"},
	"past.member.speed":           {Vi: "Thời gian đáp ứng cần có", En: "Speed needed"},
	"past.member.method_advice":   {Vi: "Phương thức gợi ý", En: "Advised method"},
	"past.member.departs":         {Vi: "Khác gợi ý", En: "Departs from the advice"},
	"past.member.readiness":       {Vi: "Mức độ sẵn sàng", En: "Readiness"},
	"past.member.routes":          {Vi: "Đường gọi", En: "Calls"},
	"past.member.call":            {Vi: "Lời gọi", En: "Call"},
	"past.member.upstream":        {Vi: "Nguồn trả lời", En: "Upstream"},
	"past.member.output":          {Vi: "Trường trả về", En: "Fields of the answer"},
	"past.member.warns":           {Vi: "Cần xem xét", En: "To be weighed"},
	"past.member.offer":           {Vi: "Đề nghị cung cấp của chủ quản", En: "Owner's offer"},
}
