package account

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes.
var Messages = i18n.Messages{
	"account.not_found":          {Vi: "Không tìm thấy tài khoản này.", En: "This account does not exist."},
	"account.username_form":      {Vi: "Tên đăng nhập gồm 3–64 ký tự thường không dấu, chữ số và dấu chấm, bắt đầu bằng chữ cái.", En: "The user name has 3-64 lower-case letters, digits and dots and begins with a letter."},
	"account.username_taken":     {Vi: "Tên đăng nhập {0} đã được dùng.", En: "User name {0} is taken."},
	"account.full_name_form":     {Vi: "Hãy ghi họ tên đầy đủ (2–120 ký tự, không có ký tự ẩn hoặc dễ nhầm).", En: "Give the full name (2-120 characters, none of them hidden or look-alike)."},
	"account.agency_missing":     {Vi: "Hãy chọn đơn vị của tài khoản.", En: "Name the account's agency."},
	"account.agency_inactive":    {Vi: "Đơn vị {0} không tồn tại hoặc không còn hoạt động.", En: "Agency {0} does not exist or is no longer active."},
	"account.role_missing":       {Vi: "Hãy chọn ít nhất một vai trò.", En: "Choose at least one role."},
	"account.role_unknown":       {Vi: "Vai trò “{0}” không có hoặc không dành cho người dùng.", En: "Role “{0}” does not exist or is not for people."},
	"account.role_operator":      {Vi: "Vai trò “{0}” chỉ dành cho tài khoản của đơn vị vận hành nền tảng.", En: "Role “{0}” is for accounts of the platform's operator only."},
	"account.roles_incompatible": {Vi: "Một người không được giữ cùng lúc hai vai trò “{0}” và “{1}”.", En: "One person may not hold “{0}” and “{1}” together."},
	"account.vendor_incomplete":  {Vi: "Tài khoản nhà thầu phải có đơn vị bảo lãnh, ngày kết thúc và cam kết bảo mật.", En: "A vendor's account needs a sponsor, an end date and a confidentiality commitment."},
	"account.own_account":        {Vi: "Không tự đổi vai trò hoặc khóa tài khoản của chính mình. Hãy nhờ quản trị viên khác.", En: "You cannot change the roles of your own account or disable it. Ask another administrator."},
	"account.password_short":     {Vi: "Mật khẩu phải có ít nhất 12 ký tự.", En: "The password needs at least 12 characters."},
	"account.password_long":      {Vi: "Mật khẩu dài quá 256 byte.", En: "The password is longer than 256 bytes."},
	"account.password_name":      {Vi: "Mật khẩu không được chứa tên đăng nhập.", En: "The password must not hold the user name."},
	"account.password_common":    {Vi: "Mật khẩu này quá phổ biến. Hãy chọn một câu dài, dễ nhớ với riêng bạn.", En: "This password is too common. Choose a long phrase of your own."},
	"account.password_wrong":     {Vi: "Mật khẩu hiện tại không đúng.", En: "The present password is wrong."},
	"account.sign_in_failed":     {Vi: "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng, hoặc tài khoản đang tạm khóa. Sau 5 lần sai, hãy chờ 15 phút.", En: "User name, password or code is wrong, or the account is locked. After 5 failures wait for 15 minutes."},
	"account.too_many":           {Vi: "Có quá nhiều lần đăng nhập sai từ máy này. Hãy thử lại sau ít phút.", En: "Too many failed sign-ins from this address. Try again in a few minutes."},
	"account.code_required":      {Vi: "Hãy nhập mã 6 chữ số của ứng dụng xác thực, hoặc một mã dự phòng.", En: "Enter the 6 digits of your authenticator app, or a recovery code."},
	"account.code_wrong":         {Vi: "Mã xác thực không đúng hoặc đã dùng. Hãy chờ mã mới rồi nhập lại.", En: "The code is wrong or was used. Wait for the next one."},
	"account.second_factor_set":  {Vi: "Tài khoản đã có yếu tố xác thực thứ hai.", En: "The account has a second factor already."},
	"account.locked":             {Vi: "Tài khoản đang tạm khóa do nhập sai nhiều lần. Hãy chờ 15 phút rồi thử lại.", En: "The account is locked after too many failures. Wait 15 minutes and try again."},
	"account.step_expired":       {Vi: "Đã quá 5 phút kể từ khi nhập mật khẩu. Hãy đăng nhập lại từ đầu.", En: "More than 5 minutes have passed since the password. Sign in again from the start."},
	"account.password_same":      {Vi: "Mật khẩu mới phải khác mật khẩu hiện tại.", En: "The new password must differ from the present one."},
	"account.enrol_expired":      {Vi: "Khóa đăng ký không còn dùng được. Hãy mở lại trang để lấy khóa mới.", En: "This key can no longer be used. Open the page again for a new one."},
	"account.valid_to_past":      {Vi: "Ngày kết thúc phải sau hôm nay.", En: "The end date must be in the future."},
	"account.link_invalid":       {Vi: "Đường dẫn hoặc mã dùng một lần không đúng, đã dùng hoặc đã hết hạn. Hãy đề nghị cấp lại.", En: "The one-time link or token is wrong, used or expired. Ask for a new one."},
	"account.set_up_done":        {Vi: "Nền tảng đã được thiết lập. Hãy đăng nhập.", En: "The platform is set up already. Sign in."},
}
