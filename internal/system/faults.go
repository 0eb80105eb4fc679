package system

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes and labels.
var Messages = i18n.Messages{
	"system.not_found":              {Vi: "Không tìm thấy hệ thống thông tin {0}.", En: "Information system {0} does not exist."},
	"system.id_form":                {Vi: "Mã hệ thống gồm 3–40 ký tự thường không dấu, chữ số và gạch nối, bắt đầu bằng chữ cái.", En: "The code has 3-40 lower-case letters, digits and hyphens and begins with a letter."},
	"system.id_taken":               {Vi: "Mã hệ thống {0} đã được dùng. Mã không được cấp lại cho hệ thống khác.", En: "Code {0} is taken; codes are never given again."},
	"system.name_length":            {Vi: "Tên hệ thống phải từ 5 đến 200 ký tự.", En: "The name must have 5 to 200 characters."},
	"system.name_lookalike":         {Vi: "Tên hệ thống có ký tự dễ nhầm hoặc ký tự ẩn. Hãy gõ lại bằng bàn phím tiếng Việt.", En: "The name holds look-alike or hidden characters. Type it again."},
	"system.name_taken":             {Vi: "Đã có hệ thống cùng tên.", En: "There is already a system of this name."},
	"system.category_unknown":       {Vi: "Nhóm hệ thống “{0}” không thuộc các nhóm của Điều 8.2.", En: "Group “{0}” is none of Điều 8.2."},
	"system.layer_unknown":          {Vi: "Tầng “{0}” không thuộc kiến trúc dữ liệu của tỉnh (Điều 5.2).", En: "Layer “{0}” is none of the provincial data architecture."},
	"system.owner_missing":          {Vi: "Hãy chọn chủ quản hệ thống thông tin.", En: "Name the owner agency."},
	"system.owner_inactive":         {Vi: "Đơn vị {0} không tồn tại hoặc không còn hoạt động.", En: "Agency {0} does not exist or is no longer active."},
	"system.address_form":           {Vi: "Địa chỉ phải có dạng https://ten-may-chu, không kèm tên đăng nhập.", En: "The address has the form https://host, without a user name."},
	"system.level_range":            {Vi: "Cấp độ an toàn từ 1 đến 5.", En: "The security level is 1 to 5."},
	"system.level_decision_missing": {Vi: "Hãy ghi số quyết định phê duyệt cấp độ và ngày hết hiệu lực sau hôm nay.", En: "Name the decision that approved the level and a date of validity in the future."},
	"system.reason_missing":         {Vi: "Hãy ghi lý do (ít nhất 10 ký tự).", En: "State a reason of at least 10 characters."},
	"system.credential_not_found":   {Vi: "Không tìm thấy thông tin xác thực này.", En: "This credential does not exist."},
	"system.credential_over":        {Vi: "Thông tin xác thực đã hết hạn hoặc bị thu hồi. Hãy đề nghị đơn vị vận hành cấp thông tin mới.", En: "The credential is over. Ask the operator for another."},
	"system.secret_own":             {Vi: "Chỉ đầu mối của cơ quan chủ quản hệ thống ({0}) được nhận hoặc đổi khóa bí mật.", En: "Only the system's own agency ({0}) picks up or changes the secret."},
	"system.secret_taken":           {Vi: "Khóa bí mật đã được nhận, không xem lại được. Nếu mất khóa, hãy chọn “Đổi khóa”.", En: "The secret was picked up and cannot be seen again. If it is lost, change it."},
	"system.secret_waiting":         {Vi: "Khóa bí mật chưa được nhận nên chưa đổi được. Hãy chọn “Nhận khóa bí mật”.", En: "The secret was not picked up yet. Pick it up."},
	"system.credential_revoked":     {Vi: "Thông tin xác thực đã bị thu hồi.", En: "The credential has been revoked."},
	"system.credential_validity":    {Vi: "Thời hạn của thông tin xác thực phải sau hôm nay và không quá 24 tháng.", En: "A credential is valid for at most 24 months from today."},
	"system.client_invalid":         {Vi: "Mã khách hoặc khóa bí mật không đúng, đã hết hạn hoặc đã bị thu hồi.", En: "Client id or secret is wrong, expired or revoked."},
	"system.key_invalid":            {Vi: "Khóa công khai không đọc được hoặc không đủ mạnh. Hãy gửi JWK của khóa Ed25519, P-256 hoặc RSA từ 2048 bit, có “kid” và không kèm khóa riêng.", En: "The public key cannot be read or is too weak. Send a JWK of Ed25519, P-256 or RSA of at least 2048 bits, with “kid” and without the private part."},
	"system.key_not_found":          {Vi: "Không tìm thấy khóa “{0}” đang có hiệu lực của hệ thống này.", En: "This system has no key “{0}” in force."},
	"system.key_taken":              {Vi: "Đã có khóa với “kid” này.", En: "There is already a key with this “kid”."},

	"system.category.procedures": {Vi: "Giải quyết thủ tục hành chính, dịch vụ công trực tuyến", En: "Procedures and public services"},
	"system.category.documents":  {Vi: "Quản lý văn bản và điều hành", En: "Documents and work"},
	"system.category.sector":     {Vi: "Cơ sở dữ liệu chuyên ngành", En: "Sector databases"},
	"system.category.steering":   {Vi: "Trung tâm điều hành thông minh, chỉ đạo điều hành", En: "Operations centre and steering"},
	"system.category.demand":     {Vi: "Hệ thống có nhu cầu khai thác hoặc cung cấp dữ liệu", En: "Others that use or provide data"},
	"system.category.ordered":    {Vi: "Theo yêu cầu của Ủy ban nhân dân tỉnh", En: "Ordered by the People's Committee"},
	"system.layer.source":        {Vi: "Tầng nguồn dữ liệu", En: "Source layer"},
	"system.layer.integration":   {Vi: "Tầng tích hợp, chia sẻ", En: "Integration layer"},
	"system.layer.storage":       {Vi: "Tầng lưu trữ, phân tích", En: "Storage and analysis layer"},
	"system.layer.use":           {Vi: "Tầng khai thác, sử dụng", En: "Use layer"},
}
