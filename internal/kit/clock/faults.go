package clock

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"clock.year_without_calendar": {
		Vi: "Chưa có lịch nghỉ lễ, làm bù của năm {0} nên không thể tính ngày làm việc. Đề nghị quản trị viên bổ sung dữ liệu lịch năm {0} rồi thực hiện lại.",
		En: "There is no calendar of holidays and make-up days for {0}, so working days cannot be counted. Ask the administrator to add the calendar data of {0}, then try again.",
	},
	"clock.days_out_of_range": {
		Vi: "Số ngày làm việc phải từ 0 đến {0}. Hãy sửa lại số ngày.",
		En: "The number of working days must be from 0 to {0}. Correct the number.",
	},
}
