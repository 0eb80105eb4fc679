package flow

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"flow.facts_unavailable": {
		Vi: "Hệ thống tạm thời không kiểm tra được quyền nên từ chối truy cập. Hãy thử lại sau ít phút.",
		En: "The rights could not be checked just now, so access is refused. Try again in a few minutes.",
	},
}
