package connectionweb

import "lienthong/internal/kit/i18n"

// shortenedWords are those of the shortened process (Điều 12.3).
var shortenedWords = i18n.Messages{
	"connection.route.full":      {Vi: "Quy trình đầy đủ – vì sao", En: "Full process – why"},
	"connection.route.shortened": {Vi: "Quy trình rút gọn – vì sao", En: "Shortened process – why"},
	"connection.route_lead":      {Vi: "Quy trình rút gọn (khoản 3 Điều 12) chỉ áp dụng khi đạt cả sáu điều kiện; hệ thống tự đánh giá.", En: "The shortened process (Điều 12.3) needs all six conditions; the platform evaluates them itself."},
	"connection.col_route":       {Vi: "Quy trình", En: "Process"},
	"connection.name.full":       {Vi: "Đầy đủ", En: "Full"},
	"connection.name.shortened":  {Vi: "Rút gọn", En: "Shortened"},
	"connection.total":           {Vi: "Tổng thời gian", En: "Total time"},

	"connection.state.security_check": {Vi: "Kiểm tra an toàn, bảo vệ dữ liệu", En: "Security and privacy check"},
	"connection.phase.security_check": {Vi: "Kiểm tra an toàn, bảo vệ dữ liệu", En: "Security and privacy check"},
	"connection.phase.submitted":      {Vi: "Đã đăng ký", En: "Submitted"},

	"connection.action.start_check":  {Vi: "Nhận kiểm tra an toàn, bảo vệ dữ liệu", En: "Take into the security check"},
	"connection.action.return_check": {Vi: "Trả lại bổ sung", En: "Return for completion"},
	"connection.action.pass_check":   {Vi: "Kết luận đạt an toàn, chuyển thiết lập", En: "Pass the check, go to set-up"},
	"connection.action.object":       {Vi: "Phản đối có căn cứ pháp lý", En: "File a legal objection"},
	"connection.action.continue":     {Vi: "Tiếp tục theo quyết định", En: "Go on as decided"},
	"connection.action.order":        {Vi: "Ghi chỉ đạo khẩn, tính hạn theo giờ", En: "Enter an urgent order, limits in hours"},
	"connection.action.convert":      {Vi: "Chuyển sang quy trình đầy đủ", En: "Over to the full process"},

	"connection.converted_at":     {Vi: "Đã chuyển sang quy trình đầy đủ lúc {0}, từ bước “{1}”", En: "Went over to the full process at {0}, from “{1}”"},
	"connection.objection":        {Vi: "Chủ quản phản đối có căn cứ pháp lý", En: "The owner's legal objection"},
	"connection.objection_open":   {Vi: "Chờ cấp có thẩm quyền quyết định", En: "Waits for the authority"},
	"connection.outcome":          {Vi: "Kết quả", En: "Outcome"},
	"connection.outcome.resumed":  {Vi: "Tiếp tục như đã đề nghị", En: "Goes on as asked"},
	"connection.outcome.narrowed": {Vi: "Tiếp tục với phạm vi hẹp hơn", En: "Goes on with a narrower scope"},
	"connection.outcome.rejected": {Vi: "Từ chối yêu cầu", En: "Request refused"},
	"connection.outcome.converted": {Vi: "Đã chuyển sang quy trình đầy đủ, được xem như ý kiến của chủ quản",
		En: "The full process went on with it as the owner's opinion"},
	"connection.ordered":          {Vi: "Thời hạn tính theo giờ theo chỉ đạo khẩn số {0}. Không bỏ qua bước nào.", En: "Limits in hours by urgent order {0}. No step is skipped."},
	"connection.hours_of":         {Vi: "{0}/{1} giờ", En: "{0} of {1} hours"},
	"connection.took_hours":       {Vi: "Đã dùng {0}/{1} giờ", En: "Took {0} of {1} hours"},
	"connection.confirm_optional": {Vi: "Không bắt buộc trong quy trình rút gọn", En: "Not required in the shortened process"},

	"connection.l_object_hint":    {Vi: "Bắt buộc. Dữ liệu thuộc Danh mục dùng chung chỉ được phản đối khi dẫn được điều, khoản hoặc số văn bản (khoản 4 Điều 4). Hồ sơ được trình cấp có thẩm quyền quyết định.", En: "Required. Data of the shared catalogue may be objected to only on a cited legal ground (Điều 4.4). The authority then decides."},
	"connection.l_remaining":      {Vi: "Trường còn lại trong phạm vi", En: "Fields that remain"},
	"connection.l_remaining_hint": {Vi: "Bỏ chọn trường mà quyết định không cho chia sẻ. Giữ nguyên khi quyết định cho tiếp tục như đã đề nghị.", En: "Clear what the decision takes out; leave all when it lets the request go on as asked."},
	"connection.l_order_number":   {Vi: "Số văn bản chỉ đạo khẩn của UBND", En: "Number of the urgent order"},
	"connection.l_order_title":    {Vi: "Trích yếu văn bản", En: "Title of the order"},
	"connection.l_hours":          {Vi: "Thời hạn mỗi bước, tính bằng giờ", En: "Limit of each step in hours"},
	"connection.l_hours_hint":     {Vi: "Bỏ trống bước nào thì bước đó giữ thời hạn theo ngày làm việc.", En: "A step left empty keeps its working days."},
	"connection.l_unmasked_why":   {Vi: "Lý do không che", En: "Why it is not masked"},
}

// reasonWords say what each condition rests on.
var reasonWords = i18n.Messages{
	"connection.why_listed_by":              {Vi: "Theo quyết định {0}.", En: "By decision {0}."},
	"connection.why_dataset_not_listed":     {Vi: "Tập dữ liệu chưa có trong Danh mục đã ban hành.", En: "The dataset is in no issued catalogue."},
	"connection.why_system_listed_by":       {Vi: "{0}: theo quyết định {1}.", En: "{0}: by decision {1}."},
	"connection.why_system_not_listed":      {Vi: "{0} chưa có trong Danh mục đã ban hành.", En: "{0} is in no issued list."},
	"connection.why_system_unknown":         {Vi: "Chưa chọn hệ thống khai thác.", En: "No consuming system is chosen."},
	"connection.why_provider_unknown":       {Vi: "Chưa rõ hệ thống nguồn của tập dữ liệu.", En: "The dataset's source system is unknown."},
	"connection.why_people_not_systems":     {Vi: "Không có hệ thống thông tin nào kết nối: cán bộ xem trên màn hình.", En: "No system connects: people look on screen."},
	"connection.why_within_scope":           {Vi: "{0} trường, mục đích, mức quyền và phạm vi bản ghi đều nằm trong mục đã ban hành.", En: "{0} fields, purposes, level and rows lie within the issued entry."},
	"connection.why_scope_unknown":          {Vi: "Mục đã ban hành chưa có phạm vi chia sẻ.", En: "The issued entry has no sharing scope."},
	"connection.why_no_field":               {Vi: "Chưa chọn trường dữ liệu.", En: "No field is chosen."},
	"connection.why_outside_agency":         {Vi: "Đơn vị {0} không thuộc đối tượng được chia sẻ.", En: "Agency {0} is not among those it is shared with."},
	"connection.why_outside_field":          {Vi: "Trường “{0}” nằm ngoài phạm vi chia sẻ.", En: "Field “{0}” lies outside the sharing scope."},
	"connection.why_outside_purpose":        {Vi: "Mục đích {0} nằm ngoài phạm vi chia sẻ.", En: "Purpose {0} lies outside the sharing scope."},
	"connection.why_outside_level":          {Vi: "Mức quyền đề nghị nằm ngoài phạm vi chia sẻ.", En: "The level lies outside the sharing scope."},
	"connection.why_outside_rows":           {Vi: "Phạm vi bản ghi theo “{0}” rộng hơn phạm vi chia sẻ.", En: "The rows by “{0}” go beyond the sharing scope."},
	"connection.why_no_system":              {Vi: "Không có hệ thống khai thác.", En: "No system takes part."},
	"connection.why_level_is":               {Vi: "Hệ thống khai thác có cấp độ {0} đang hiệu lực.", En: "The consuming system holds level {0}."},
	"connection.why_level_missing":          {Vi: "Hệ thống khai thác chưa có cấp độ an toàn đang hiệu lực.", En: "The consuming system has no security level in force."},
	"connection.why_level_low":              {Vi: "Trường “{0}” cần cấp độ {1}, hệ thống có cấp độ {2}.", En: "Field “{0}” needs level {1}; the system has {2}."},
	"connection.why_not_personal":           {Vi: "Không có trường dữ liệu cá nhân.", En: "No personal data is asked."},
	"connection.why_not_registered":         {Vi: "Tập dữ liệu chưa có trong sổ đăng ký xử lý dữ liệu cá nhân.", En: "The dataset is not in the register of personal-data processing."},
	"connection.why_purpose_not_registered": {Vi: "Mục đích {0} chưa có trong sổ đăng ký.", En: "Purpose {0} is not in the register."},
	"connection.why_purposes_registered":    {Vi: "Mọi mục đích đề nghị đều có trong sổ đăng ký.", En: "All purposes are in the register."},
	"connection.why_no_violation":           {Vi: "Không có vi phạm mức cao đang xử lý.", En: "No serious violation is open."},
	"connection.why_violations":             {Vi: "Còn {0} vi phạm mức cao chưa xử lý xong.", En: "{0} serious violations are open."},
}
