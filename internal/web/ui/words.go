package ui

import (
	"context"

	"lienthong/internal/kit/i18n"
)

// T gives the sentence of a key in the reader's language.
type T func(key string, args ...any) string

// Messages are the words that components say themselves.
var Messages = i18n.Messages{
	"ui.skip":             {Vi: "Chuyển đến nội dung chính", En: "Skip to main content"},
	"ui.menu":             {Vi: "Danh mục", En: "Menu"},
	"ui.menu_open":        {Vi: "Mở danh mục chức năng", En: "Open the menu"},
	"ui.menu_close":       {Vi: "Đóng danh mục chức năng", En: "Close the menu"},
	"ui.main_menu":        {Vi: "Danh mục chức năng", En: "Main menu"},
	"ui.views":            {Vi: "Các góc nhìn của mục này", En: "Views of this"},
	"ui.breadcrumbs":      {Vi: "Vị trí trang", En: "Breadcrumbs"},
	"ui.account":          {Vi: "Tài khoản", En: "Account"},
	"ui.my_account":       {Vi: "Tài khoản của tôi", En: "My account"},
	"ui.sign_in":          {Vi: "Đăng nhập", En: "Sign in"},
	"ui.sign_out":         {Vi: "Đăng xuất", En: "Sign out"},
	"ui.language":         {Vi: "Ngôn ngữ", En: "Language"},
	"ui.required":         {Vi: "bắt buộc", En: "required"},
	"ui.optional":         {Vi: "không bắt buộc", En: "optional"},
	"ui.form_errors":      {Vi: "Chưa thực hiện được, cần sửa các nội dung sau", En: "Not done; the following needs correction"},
	"ui.mark":             {Vi: "Chỉ xem trên màn hình, không sao chép:", En: "On screen only, do not copy:"},
	"ui.choose":           {Vi: "Chọn…", En: "Choose…"},
	"ui.sort_by":          {Vi: "Sắp xếp theo {0}", En: "Sort by {0}"},
	"ui.sorted_up":        {Vi: "đang sắp xếp tăng dần", En: "sorted ascending"},
	"ui.sorted_down":      {Vi: "đang sắp xếp giảm dần", En: "sorted descending"},
	"ui.next":             {Vi: "Trang sau", En: "Next page"},
	"ui.previous":         {Vi: "Trang trước", En: "Previous page"},
	"ui.pages":            {Vi: "Chuyển trang", En: "Pages"},
	"ui.step_done":        {Vi: "Đã xong", En: "Done"},
	"ui.step_current":     {Vi: "Đang thực hiện", En: "In progress"},
	"ui.step_todo":        {Vi: "Chưa đến", En: "To come"},
	"ui.step_failed":      {Vi: "Không đạt", En: "Failed"},
	"ui.step_skipped":     {Vi: "Bỏ qua", En: "Skipped"},
	"ui.due":              {Vi: "Hạn", En: "Due"},
	"ui.overdue":          {Vi: "Quá hạn", En: "Overdue"},
	"ui.copy":             {Vi: "Sao chép", En: "Copy"},
	"ui.copied":           {Vi: "Đã sao chép", En: "Copied"},
	"ui.secret_once":      {Vi: "Chỉ hiển thị một lần. Hãy lưu vào nơi an toàn ngay bây giờ; hệ thống không giữ bản rõ.", En: "Shown only once. Store it safely now; the system keeps no readable copy."},
	"ui.reference":        {Vi: "Mã tham chiếu", En: "Reference"},
	"ui.code":             {Vi: "Mã lỗi", En: "Code"},
	"ui.what_next":        {Vi: "Việc cần làm tiếp theo", En: "What to do next"},
	"ui.home":             {Vi: "Về trang chủ", En: "Go to the home page"},
	"ui.back":             {Vi: "Quay lại", En: "Go back"},
	"ui.loading":          {Vi: "Đang tải…", En: "Loading…"},
	"ui.reload":           {Vi: "Tải lại để xem tiến độ", En: "Reload to see progress"},
	"ui.of":               {Vi: "{0} trên {1}", En: "{0} of {1}"},
	"ui.percent":          {Vi: "{0}%", En: "{0}%"},
	"ui.value":            {Vi: "Giá trị", En: "Value"},
	"ui.verified":         {Vi: "Đã kiểm chứng", En: "Verified"},
	"ui.not_verified":     {Vi: "Kiểm chứng không đạt", En: "Verification failed"},
	"ui.not_checked":      {Vi: "Chưa kiểm chứng", En: "Not verified yet"},
	"ui.checking":         {Vi: "Đang kiểm chứng", En: "Verifying"},
	"ui.tree_size":        {Vi: "Số bản ghi trong nhật ký", En: "Records in the log"},
	"ui.root_hash":        {Vi: "Giá trị băm gốc", En: "Root hash"},
	"ui.checked_at":       {Vi: "Thời điểm kiểm chứng", En: "Verified at"},
	"ui.first_bad":        {Vi: "Bản ghi sai đầu tiên", En: "First bad record"},
	"ui.witnesses":        {Vi: "Xác nhận độc lập", En: "Independent witnesses"},
	"ui.forbidden":        {Vi: "Tài khoản của bạn chưa được cấp quyền xem nội dung này", En: "Your account may not see this"},
	"ui.forbidden_lead":   {Vi: "Nếu công việc của bạn cần quyền này, hãy liên hệ quản trị viên của cơ quan để được phân vai trò phù hợp.", En: "If your work needs this, ask your agency's administrator for a suitable role."},
	"ui.permission_named": {Vi: "Quyền cần có", En: "Permission needed"},
	"ui.demo_accounts":    {Vi: "Xem tài khoản dùng thử", En: "See the accounts to try"},
	"ui.any":              {Vi: "Tất cả", En: "All"},
	"ui.demo":             {Vi: "Bản trình diễn, dữ liệu giả định", En: "Demonstration, fictional data"},
	"ui.units":            {Vi: "Bản đồ {0} xã, phường", En: "Map of {0} communes and wards"},
	"ui.no_data":          {Vi: "Chưa có dữ liệu", En: "No data yet"},
	"ui.actions":          {Vi: "Thao tác", En: "Actions"},
	"ui.confirm":          {Vi: "Xác nhận", En: "Confirm"},
	"ui.cancel":           {Vi: "Hủy", En: "Cancel"},
	"ui.files_max":        {Vi: "Tối đa {0}", En: "At most {0}"},
	"ui.more":             {Vi: "Xem chi tiết", En: "Details"},
}

var words = mustCatalog()

func mustCatalog() *i18n.Catalog {
	c, err := i18n.NewCatalog(Messages)
	if err != nil {
		panic(err) // a map literal has no key twice
	}
	return c
}

// word is a word of a component in the reader's language.
func word(ctx context.Context, key string, args ...any) string {
	return words.Say(i18n.LangOf(ctx), key, args...)
}
