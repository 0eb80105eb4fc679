package releaseweb

import "lienthong/internal/kit/i18n"

// Messages are the words of these pages.
var Messages = i18n.Messages{
	"release.day_form":      {Vi: "“{0}” không phải một ngày. Hãy chọn ngày, ví dụ 2026-12-15.", En: "“{0}” is not a day. Write it as 2026-12-15."},
	"release.none_in_force": {Vi: "Chưa có danh mục nào đang hiệu lực.", En: "No release is in force."},

	"release.list.catalogue": {Vi: "Danh mục dữ liệu dùng chung", En: "Shared data catalogue"},
	"release.list.systems":   {Vi: "Danh mục hệ thống bắt buộc kết nối", En: "Mandatory-connection systems"},
	"release.list.open":      {Vi: "Danh mục dữ liệu mở", En: "Open data list"},
	"release.numbered":       {Vi: "{0}, lần {1}", En: "{0}, release {1}"},

	"release.state.draft":        {Vi: "Đang lập dự thảo", En: "Draft"},
	"release.state.consultation": {Vi: "Đang lấy ý kiến", En: "Consultation"},
	"release.state.reviewing":    {Vi: "Tiếp thu, hoàn thiện", En: "Comments reviewed"},
	"release.state.approved":     {Vi: "Đã duyệt, trình ban hành", En: "Approved, submitted"},
	"release.state.issued":       {Vi: "Đã ban hành", En: "Issued"},
	"release.state.discarded":    {Vi: "Đã hủy dự thảo", En: "Discarded"},

	"past.release.counts":             {Vi: "Số mục", En: "Counts"},
	"past.release.counts.held":        {Vi: "Trong danh mục", En: "Held"},
	"past.release.counts.added":       {Vi: "Bổ sung", En: "Added"},
	"past.release.counts.changed":     {Vi: "Thay đổi", En: "Changed"},
	"past.release.counts.removed":     {Vi: "Đưa ra khỏi danh mục", En: "Removed"},
	"past.release.counts.left_out":    {Vi: "Để ngoài dự thảo", En: "Left out"},
	"past.release.decision.effective": {Vi: "Có hiệu lực từ", En: "In force from"},
	"past.release.decision.signer":    {Vi: "Người ký", En: "Signer"},
	"past.release.steps.from":         {Vi: "Từ bước", En: "From"},
	"past.release.steps.to":           {Vi: "Sang bước", En: "To"},
	"past.release.prepared":           {Vi: "Người tham gia lập dự thảo", En: "Who had a hand in the draft"},
	"past.release.list":               {Vi: "Danh mục", En: "List"},
	"past.release.number":             {Vi: "Lần ban hành", En: "Number"},
	"past.release.deadline":           {Vi: "Hạn lấy ý kiến", En: "Deadline of the consultation"},
	"past.release.decision":           {Vi: "Quyết định", En: "Decision"},
	"past.release.steps":              {Vi: "Các bước", En: "Steps"},
	"past.release.effected_at":        {Vi: "Thời điểm bắt đầu áp dụng", En: "Took effect at"},
	"past.release.collected_at":       {Vi: "Cập nhật từ sổ đăng ký lúc", En: "Collected at"},

	"release.task.catalogue": {Vi: "Cho ý kiến về dự thảo Danh mục dữ liệu dùng chung lần {0}", En: "Give your opinion on draft {0} of the shared data catalogue"},
	"release.task.systems":   {Vi: "Cho ý kiến về dự thảo Danh mục hệ thống bắt buộc kết nối lần {0}", En: "Give your opinion on draft {0} of the list of mandatory systems"},
	"release.task.open":      {Vi: "Cho ý kiến về dự thảo Danh mục dữ liệu mở lần {0}", En: "Give your opinion on draft {0} of the open data list"},

	"release.member.subject":           {Vi: "Mã", En: "Code"},
	"release.member.name":              {Vi: "Tên", En: "Name"},
	"release.member.owner":             {Vi: "Mã cơ quan chủ quản", En: "Code of the owner"},
	"release.member.owner_name":        {Vi: "Cơ quan chủ quản", En: "Owner"},
	"release.member.description":       {Vi: "Mô tả", En: "Description"},
	"release.member.sharing":           {Vi: "Phạm vi chia sẻ (cho máy đọc)", En: "Sharing scope as machines read it"},
	"release.member.scope":             {Vi: "Phạm vi chia sẻ", En: "Sharing scope"},
	"release.member.method":            {Vi: "Phương thức chia sẻ", En: "Sharing method"},
	"release.member.frequency":         {Vi: "Tần suất cập nhật", En: "Update frequency"},
	"release.member.max_delay_minutes": {Vi: "Thời gian trễ tối đa (phút)", En: "Maximum delay (minutes)"},
	"release.member.standards":         {Vi: "Tiêu chuẩn", En: "Standards"},
	"release.member.formats":           {Vi: "Định dạng", En: "Formats"},
	"release.member.legal_basis":       {Vi: "Căn cứ pháp lý", En: "Legal basis"},
	"release.member.nature":            {Vi: "Tính chất", En: "Nature"},
	"release.member.class":             {Vi: "Mức bảo vệ", En: "Protection class"},
	"release.member.group":             {Vi: "Nhóm hệ thống", En: "Group"},
	"release.member.layer":             {Vi: "Tầng kiến trúc", En: "Layer"},
	"release.member.operator":          {Vi: "Đơn vị vận hành", En: "Run by"},
	"release.member.level":             {Vi: "Cấp độ an toàn", En: "Security level"},
}
