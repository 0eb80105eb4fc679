package certificate

import "lienthong/internal/kit/i18n"

// Messages are the sentences of this package's codes and labels.
var Messages = i18n.Messages{
	"certificate.not_found":           {Vi: "Không tìm thấy chứng thư số {0} của hệ thống này.", En: "This system has no certificate {0}."},
	"certificate.authority_not_found": {Vi: "Không có chứng thư gốc hoặc danh sách thu hồi này.", En: "There is no such authority or revocation list."},
	"certificate.request_invalid":     {Vi: "Yêu cầu cấp chứng thư không đọc được. Hãy dán tệp CSR dạng PEM (BEGIN CERTIFICATE REQUEST), chỉ một yêu cầu.", En: "The request cannot be read. Paste one CSR as PEM (BEGIN CERTIFICATE REQUEST)."},
	"certificate.private_key":         {Vi: "Nội dung có khóa riêng. Khóa đã gửi đi coi như đã lộ: hãy tạo khóa và CSR mới, chỉ gửi CSR.", En: "This holds a private key. Once sent it counts as leaked: make a new key and CSR, and send the CSR only."},
	"certificate.key_weak":            {Vi: "Khóa của CSR không đủ mạnh hoặc không được hỗ trợ. Hãy dùng Ed25519, P-256, P-384 hoặc RSA từ 2048 đến 8192 bit.", En: "The key is too weak or not supported. Use Ed25519, P-256, P-384 or RSA of 2048 to 8192 bits."},
	"certificate.proof_weak":          {Vi: "CSR được ký bằng thuật toán đã lỗi thời. Hãy tạo lại với SHA-256 trở lên.", En: "The CSR is signed by an outdated algorithm. Make it again with SHA-256 or better."},
	"certificate.proof_wrong":         {Vi: "Chữ ký của CSR không đúng nên chưa chứng minh được người gửi giữ khóa riêng. Hãy tạo lại CSR.", En: "The CSR's signature is wrong, so it does not prove possession of the private key. Make it again."},
	"certificate.key_used":            {Vi: "Khóa này thuộc chứng thư đã thu hồi hoặc của hệ thống khác. Hãy tạo khóa mới.", En: "This key belongs to a revoked certificate or another system. Make a new key."},
	"certificate.too_many":            {Vi: "Hệ thống đã có {0} chứng thư còn hiệu lực. Hãy thu hồi chứng thư không dùng nữa.", En: "The system has {0} certificates in force. Revoke those not used any more."},
	"certificate.days_range":          {Vi: "Thời hạn chứng thư từ 1 đến {0} ngày.", En: "A certificate is good for 1 to {0} days."},
	"certificate.overlap_range":       {Vi: "Chứng thư cũ còn dùng được từ 0 đến {0} ngày.", En: "The older certificate may open for 0 to {0} days more."},
	"certificate.over":                {Vi: "Chứng thư cũ đã hết hạn hoặc đã bị thu hồi. Hãy cấp chứng thư mới thay vì gia hạn.", En: "The older certificate is over. Give a new one instead of renewing it."},
	"certificate.replaced":            {Vi: "Chứng thư này đã được thay bằng chứng thư số {0}.", En: "This certificate was replaced by {0}."},
	"certificate.revoked":             {Vi: "Chứng thư đã bị thu hồi.", En: "The certificate has been revoked."},
	"certificate.reason_unknown":      {Vi: "Hãy chọn một lý do thu hồi trong danh sách.", En: "Choose one of the listed reasons."},

	"certificate.reason.key_compromise":         {Vi: "Lộ hoặc nghi lộ khóa riêng", En: "Private key leaked or suspected"},
	"certificate.reason.superseded":             {Vi: "Đã thay bằng chứng thư khác", En: "Replaced by another"},
	"certificate.reason.affiliation_changed":    {Vi: "Hệ thống đổi chủ quản", En: "The system changed hands"},
	"certificate.reason.cessation_of_operation": {Vi: "Hệ thống ngừng hoạt động", En: "The system stopped"},
	"certificate.reason.privilege_withdrawn":    {Vi: "Thu hồi quyền sử dụng", En: "The right to use it was withdrawn"},
	"certificate.due_task":                      {Vi: "Gia hạn chứng thư số {1} của {0} trước khi hết hạn", En: "Renew certificate {1} of {0} before it ends"},
}
