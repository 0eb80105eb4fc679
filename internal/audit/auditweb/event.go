package auditweb

import (
	"context"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// eventName says an event in words. An event that has none is shown by its code: a log hides nothing.
func eventName(t ui.T, event string) string {
	key := "audit.event." + event
	if name := t(key); name != key {
		return name
	}
	return event
}

// namesOf turns codes into names; a code without one names itself.
func namesOf(ctx context.Context, names func(context.Context) map[string]string) func(code string) string {
	var known map[string]string
	if names != nil {
		known = names(ctx)
	}
	return func(code string) string {
		if name := known[code]; name != "" {
			return name
		}
		return code
	}
}

// EventMessages are the words of the log's events.
var EventMessages = i18n.Messages{
	"audit.event.account.create":              {Vi: "Tạo tài khoản", En: "Account created"},
	"audit.event.account.recover":             {Vi: "Khôi phục tài khoản từ máy chủ", En: "Account recovered on the server"},
	"audit.event.catalog.schema_accept":       {Vi: "Chấp nhận cấu trúc mới", En: "Schema accepted"},
	"audit.event.dictionary.revise":           {Vi: "Sửa phần tử từ điển", En: "Element revised"},
	"audit.event.dictionary.retire":           {Vi: "Ngừng dùng phần tử từ điển", En: "Element retired"},
	"audit.event.exchange.active":             {Vi: "Mở lại dịch vụ", En: "Service resumed"},
	"audit.event.exchange.suspended":          {Vi: "Tạm ngừng dịch vụ", En: "Service suspended"},
	"audit.event.history.begin":               {Vi: "Ghi trạng thái ban đầu", En: "First state recorded"},
	"audit.event.account.roles":               {Vi: "Đổi vai trò của tài khoản", En: "Roles changed"},
	"audit.event.account.enable":              {Vi: "Mở khóa tài khoản", En: "Account enabled"},
	"audit.event.account.disable":             {Vi: "Khóa tài khoản", En: "Account disabled"},
	"audit.event.account.reset":               {Vi: "Cấp lại đường dẫn đặt mật khẩu", En: "Sign-in reset"},
	"audit.event.account.password":            {Vi: "Đổi mật khẩu", En: "Password changed"},
	"audit.event.account.identity":            {Vi: "Liên kết danh tính đăng nhập một lần", En: "Single sign-on identity"},
	"audit.event.account.second_factor":       {Vi: "Thay đổi xác thực hai yếu tố", En: "Second factor changed"},
	"audit.event.agency.create":               {Vi: "Thêm đơn vị", En: "Agency added"},
	"audit.event.agency.change":               {Vi: "Sửa thông tin đơn vị", En: "Agency changed"},
	"audit.event.agency.import":               {Vi: "Nhập danh sách đơn vị", En: "Agencies imported"},
	"audit.event.agency.designate":            {Vi: "Phân công đầu mối", En: "Steward designated"},
	"audit.event.agency.designation_end":      {Vi: "Kết thúc phân công đầu mối", En: "Designation ended"},
	"audit.event.auth.login":                  {Vi: "Đăng nhập", En: "Sign-in"},
	"audit.event.auth.logout":                 {Vi: "Đăng xuất", En: "Sign-out"},
	"audit.event.auth.fail":                   {Vi: "Đăng nhập không thành công", En: "Sign-in failed"},
	"audit.event.access.try":                  {Vi: "Thử quyết định truy cập", En: "Decision tried"},
	"audit.event.config.purpose":              {Vi: "Thêm mục đích khai thác", En: "Purpose added"},
	"audit.event.backup.create":               {Vi: "Sao lưu", En: "Backup made"},
	"audit.event.backup.failed":               {Vi: "Sao lưu không thành công", En: "Backup failed"},
	"audit.event.backup.expire":               {Vi: "Xóa bản sao lưu hết hạn giữ", En: "Expired backup removed"},
	"audit.event.backup.key":                  {Vi: "Lập khóa sao lưu", En: "Backup key made"},
	"audit.event.backup.restore":              {Vi: "Phục hồi từ bản sao lưu", En: "Restored from a backup"},
	"audit.event.certificate.authority":       {Vi: "Lập chứng thư gốc của nền tảng", En: "Certificate authority made"},
	"audit.event.certificate.issue":           {Vi: "Cấp chứng thư số cho hệ thống", En: "Certificate given"},
	"audit.event.certificate.renew":           {Vi: "Gia hạn chứng thư số", En: "Certificate renewed"},
	"audit.event.certificate.revoke":          {Vi: "Thu hồi chứng thư số", En: "Certificate revoked"},
	"audit.event.system.client_key_add":       {Vi: "Thêm khóa công khai của hệ thống", En: "Key of a system added"},
	"audit.event.system.client_key_revoke":    {Vi: "Thu hồi khóa công khai của hệ thống", En: "Key of a system revoked"},
	"audit.event.system.certificate_bound":    {Vi: "Đổi yêu cầu chứng thư của hệ thống", En: "Demand for certificates changed"},
	"audit.event.catalog.create":              {Vi: "Lập hồ sơ tập dữ liệu", En: "Dataset drafted"},
	"audit.event.catalog.change":              {Vi: "Sửa hồ sơ tập dữ liệu", En: "Dataset changed"},
	"audit.event.catalog.schema":              {Vi: "Khai các trường dữ liệu", En: "Fields declared"},
	"audit.event.catalog.register":            {Vi: "Gửi đăng ký tập dữ liệu", En: "Dataset registered"},
	"audit.event.catalog.return":              {Vi: "Trả lại hồ sơ tập dữ liệu", En: "Registration returned"},
	"audit.event.catalog.review":              {Vi: "Rà soát tập dữ liệu", En: "Dataset reviewed"},
	"audit.event.catalog.approve":             {Vi: "Duyệt vào danh mục", En: "Dataset approved"},
	"audit.event.catalog.issue":               {Vi: "Ban hành danh mục", En: "Dataset issued"},
	"audit.event.catalog.published":           {Vi: "Bắt đầu cung cấp dữ liệu", En: "Dataset served"},
	"audit.event.catalog.accept_schema":       {Vi: "Chấp nhận cấu trúc mới", En: "New schema accepted"},
	"audit.event.catalog.suspend":             {Vi: "Tạm dừng cung cấp dữ liệu", En: "Dataset suspended"},
	"audit.event.catalog.resume":              {Vi: "Cung cấp dữ liệu trở lại", En: "Dataset resumed"},
	"audit.event.catalog.transfer":            {Vi: "Chuyển chủ quản dữ liệu", En: "Owner changed"},
	"audit.event.catalog.retire":              {Vi: "Đưa ra khỏi danh mục", En: "Dataset retired"},
	"audit.event.catalog.end":                 {Vi: "Kết thúc tập dữ liệu", En: "Dataset ended"},
	"audit.event.connection.create":           {Vi: "Lập bản nháp yêu cầu kết nối", En: "Request drafted"},
	"audit.event.connection.change":           {Vi: "Sửa nội dung đăng ký kết nối", En: "Request changed"},
	"audit.event.connection.submit":           {Vi: "Gửi đăng ký kết nối", En: "Request submitted"},
	"audit.event.connection.return":           {Vi: "Trả lại bổ sung", En: "Request returned"},
	"audit.event.connection.resubmit":         {Vi: "Gửi lại sau bổ sung", En: "Request resubmitted"},
	"audit.event.connection.start_appraisal":  {Vi: "Tiếp nhận, bắt đầu thẩm định", En: "Appraisal started"},
	"audit.event.connection.appraise":         {Vi: "Ghi bảng thẩm định", En: "Appraisal recorded"},
	"audit.event.connection.ask_owner":        {Vi: "Lấy ý kiến chủ quản", En: "Owner asked"},
	"audit.event.connection.give_opinion":     {Vi: "Chủ quản cho ý kiến", En: "Opinion given"},
	"audit.event.connection.deem_agreed":      {Vi: "Ghi nhận chủ quản không trả lời", En: "Owner's silence recorded"},
	"audit.event.connection.approve":          {Vi: "Phê duyệt phạm vi", En: "Scope approved"},
	"audit.event.connection.reject":           {Vi: "Từ chối yêu cầu kết nối", En: "Request refused"},
	"audit.event.connection.escalate":         {Vi: "Xin ý kiến cấp có thẩm quyền", En: "Request escalated"},
	"audit.event.connection.approve_decided":  {Vi: "Phê duyệt theo quyết định", En: "Approved as decided"},
	"audit.event.connection.reject_decided":   {Vi: "Từ chối theo quyết định", En: "Refused as decided"},
	"audit.event.connection.provision":        {Vi: "Thiết lập kết nối, cấp quyền", En: "Connection set up"},
	"audit.event.connection.reconfigure":      {Vi: "Đổi tham số kỹ thuật", En: "Parameters changed"},
	"audit.event.connection.review_config":    {Vi: "Kiểm tra cấu hình", En: "Configuration reviewed"},
	"audit.event.connection.start_testing":    {Vi: "Mở kiểm thử", En: "Testing started"},
	"audit.event.connection.record_run":       {Vi: "Chạy bộ kiểm thử", En: "Tests run"},
	"audit.event.connection.fail_testing":     {Vi: "Trả về thiết lập", En: "Back to set-up"},
	"audit.event.connection.pass_testing":     {Vi: "Chuyển nghiệm thu", En: "To acceptance"},
	"audit.event.connection.confirm_operator": {Vi: "Đơn vị vận hành xác nhận nghiệm thu", En: "Operator confirmed"},
	"audit.event.connection.confirm_owner":    {Vi: "Chủ quản xác nhận nghiệm thu", En: "Owner confirmed"},
	"audit.event.connection.confirm_consumer": {Vi: "Bên khai thác xác nhận nghiệm thu", En: "Requester confirmed"},
	"audit.event.connection.go_live":          {Vi: "Đưa kết nối vào vận hành", En: "Connection live"},
	"audit.event.connection.retest":           {Vi: "Yêu cầu kiểm thử lại", En: "Retest asked"},
	"audit.event.connection.ask_suspend":      {Vi: "Đề nghị tạm dừng kết nối", En: "Suspension asked"},
	"audit.event.connection.suspend":          {Vi: "Tạm dừng kết nối", En: "Connection suspended"},
	"audit.event.connection.resume":           {Vi: "Cho kết nối hoạt động lại", En: "Connection resumed"},
	"audit.event.connection.terminate":        {Vi: "Chấm dứt kết nối", En: "Connection terminated"},
	"audit.event.connection.end_own":          {Vi: "Bên khai thác chấm dứt kết nối", En: "Connection ended by its requester"},
	"audit.event.connection.lapse":            {Vi: "Kết thúc hồ sơ do cơ quan đăng ký hết hiệu lực", En: "Request over, its agency has ended"},
	"audit.event.connection.withdraw":         {Vi: "Rút yêu cầu kết nối", En: "Request withdrawn"},
	"audit.event.data.read":                   {Vi: "Tra cứu bản ghi", En: "Records read"},
	"audit.event.data.list":                   {Vi: "Khai thác danh sách", En: "List read"},
	"audit.event.data.lookup":                 {Vi: "Tra cứu theo khóa", En: "Look-up"},
	"audit.event.data.update":                 {Vi: "Cập nhật tại nguồn", En: "Update at the source"},
	"audit.event.data.export":                 {Vi: "Xuất tệp dữ liệu", En: "Export"},
	"audit.event.data.verify":                 {Vi: "Đối chiếu mẫu khi kiểm thử", En: "Sample compared for a test"},
	"audit.event.dictionary.create":           {Vi: "Thêm phần tử từ điển", En: "Element added"},
	"audit.event.dictionary.code_list":        {Vi: "Cập nhật bảng mã", En: "Code list"},
	"audit.event.exchange.register":           {Vi: "Đăng ký dịch vụ của bên cung cấp", En: "Provider's service registered"},
	"audit.event.exchange.status":             {Vi: "Đổi trạng thái dịch vụ", En: "Service status"},
	"audit.event.grant.create":                {Vi: "Cấp quyền", En: "Grant created"},
	"audit.event.grant.revoke":                {Vi: "Thu hồi quyền", En: "Grant revoked"},
	"audit.event.grant.active":                {Vi: "Quyền có hiệu lực trở lại", En: "Grant in force again"},
	"audit.event.grant.suspended":             {Vi: "Tạm dừng quyền", En: "Grant suspended"},
	"audit.event.grant.ended":                 {Vi: "Chấm dứt quyền", En: "Grant ended"},
	"audit.event.grant.sign":                  {Vi: "Ký quyền", En: "Grant signed"},
	"audit.event.incident.open":               {Vi: "Mở sự cố", En: "Incident opened"},
	"audit.event.incident.step":               {Vi: "Xử lý sự cố", En: "Incident step"},
	"audit.event.ingest.deliver":              {Vi: "Giao nộp tệp", En: "File delivered"},
	"audit.event.ingest.publish":              {Vi: "Công bố lượt nạp", En: "Delivery published"},
	"audit.event.ingest.reject":               {Vi: "Tệp không đạt", En: "Delivery rejected"},
	"audit.event.ingest.hold":                 {Vi: "Giữ lại chờ quyết định", En: "Delivery held"},
	"audit.event.ingest.release":              {Vi: "Cho công bố lượt nạp", En: "Delivery released"},
	"audit.event.ingest.withdraw":             {Vi: "Rút lượt nạp", En: "Delivery withdrawn"},
	"audit.event.ingest.failed":               {Vi: "Lỗi khi nạp", En: "Delivery failed"},
	"audit.event.ingest.purge":                {Vi: "Xóa vĩnh viễn lượt nạp", En: "Delivery purged"},
	"audit.event.ingest.quarantine_read":      {Vi: "Xem dòng bị cách ly", En: "Quarantine read"},
	"audit.event.log.open":                    {Vi: "Mở nhật ký", En: "Log opened"},
	"audit.event.log.read":                    {Vi: "Xem nhật ký", En: "Log read"},
	"audit.event.log.verify":                  {Vi: "Kiểm chứng nhật ký", En: "Log verified"},
	"audit.event.log.archive":                 {Vi: "Đưa bản ghi vào gói lưu trữ", En: "Records archived"},
	"audit.event.log.purge":                   {Vi: "Xóa gói lưu trữ hết thời hạn", En: "Archive removed"},
	"audit.event.log.witness_alarm":           {Vi: "Cảnh báo của bên chứng nhận", En: "Witness alarm"},
	"audit.event.log.witness_refused":         {Vi: "Bên chứng nhận từ chối", En: "Witness refused"},
	"audit.event.system.register":             {Vi: "Đăng ký hệ thống thông tin", En: "System registered"},
	"audit.event.system.change":               {Vi: "Sửa thông tin hệ thống", En: "System changed"},
	"audit.event.system.level":                {Vi: "Ghi cấp độ an toàn", En: "Security level"},
	"audit.event.system.suspend":              {Vi: "Tạm dừng hệ thống", En: "System suspended"},
	"audit.event.system.resume":               {Vi: "Cho hệ thống hoạt động lại", En: "System resumed"},
	"audit.event.system.credential_pick_up":   {Vi: "Nhận khóa bí mật", En: "Secret picked up"},
	"audit.event.system.credential_rotate":    {Vi: "Đổi khóa bí mật", En: "Secret changed"},
	"audit.event.system.credential_issue":     {Vi: "Cấp thông tin xác thực", En: "Credential issued"},
	"audit.event.system.credential_revoke":    {Vi: "Thu hồi thông tin xác thực", En: "Credential revoked"},
	"audit.event.system.key_add":              {Vi: "Thêm khóa xác nhận của cán bộ", En: "Officers' key added"},
	"audit.event.system.key_remove":           {Vi: "Gỡ khóa xác nhận của cán bộ", En: "Officers' key removed"},
	"audit.event.task.remind":                 {Vi: "Đôn đốc", En: "Reminder"},
	"audit.event.vault.first_key":             {Vi: "Tạo khóa mã hóa đầu tiên", En: "First encryption key made"},
	"audit.event.vault.open":                  {Vi: "Mở khóa mã hóa khi khởi động", En: "Encryption key opened"},
	"audit.event.vault.rotate":                {Vi: "Đổi khóa mã hóa", En: "Encryption key changed"},
	"audit.event.vault.rewrap":                {Vi: "Bọc lại khóa của các tệp", En: "Keys of files wrapped anew"},
	"audit.event.vault.destroy":               {Vi: "Hủy khóa của tệp", En: "Keys of files destroyed"},
	"audit.event.vault.use":                   {Vi: "Dùng khóa mã hóa", En: "Encryption key used"},
	"audit.event.vault.use_total":             {Vi: "Tổng số lần dùng khóa trong giờ", En: "Uses of a key in an hour"},
	"audit.event.warehouse.publish":           {Vi: "Công bố phiên bản trong Kho", En: "Version published"},
	"audit.event.warehouse.purge":             {Vi: "Xóa vĩnh viễn phiên bản", En: "Version purged"},
}
