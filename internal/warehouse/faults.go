package warehouse

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"warehouse.no_version":         {Vi: "Tập dữ liệu “{0}” chưa có phiên bản nào trong Kho dữ liệu dùng chung.", En: "The dataset “{0}” has no version in the shared warehouse yet."},
	"warehouse.already_published":  {Vi: "Lượt nạp {0} đã được công bố. Không có gì thay đổi.", En: "Delivery {0} is already published. Nothing has changed."},
	"warehouse.no_verdict":         {Vi: "Không thể công bố khi chưa có kết luận kiểm tra chất lượng.", En: "Nothing is published without a quality verdict."},
	"warehouse.files_damaged":      {Vi: "Tệp của phiên bản {1} tập dữ liệu “{0}” không khớp mã kiểm tra. Hãy báo người vận hành khôi phục từ bản sao lưu.", En: "The files of version {1} of “{0}” do not match their checksums. Ask the operator to restore them from a backup."},
	"warehouse.column_not_granted": {Vi: "Không được lọc hoặc sắp xếp theo trường “{0}”, vì trường này ngoài phạm vi được cấp hoặc đang được che.", En: "The field “{0}” may not be used to filter or sort: it is outside the grant or masked."},
	"warehouse.column_gone":        {Vi: "Trường “{0}” không còn trong phiên bản hiện hành của tập dữ liệu. Hãy đề nghị điều chỉnh quyền khai thác theo cấu trúc mới.", En: "The field “{0}” is no longer in the dataset's current version. Ask for the grant to be adapted to the new structure."},
	"warehouse.bad_filter":         {Vi: "Điều kiện lọc trên trường “{0}” không hợp lệ.", En: "The filter on the field “{0}” is not valid."},
	"warehouse.bad_filter_value":   {Vi: "Giá trị lọc của trường “{0}” không đúng kiểu dữ liệu.", En: "The filter value of the field “{0}” does not have its type."},
	"warehouse.bad_cursor":         {Vi: "Dấu trang không dùng được cho yêu cầu này. Hãy đọc lại từ trang đầu.", En: "The page mark does not belong to this request. Read again from the first page."},
	"warehouse.bad_limit":          {Vi: "Số bản ghi mỗi trang phải từ 1 đến {0}.", En: "The number of records of a page must be from 1 to {0}."},
	"warehouse.query_too_long":     {Vi: "Truy vấn mất quá {0} giây. Hãy lọc theo khóa hoặc thu hẹp điều kiện.", En: "The query took more than {0} seconds. Filter by key or narrow the conditions."},
}
