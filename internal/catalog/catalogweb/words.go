package catalogweb

import (
	"maps"

	"lienthong/internal/kit/i18n"
)

// Messages are all words of the pages.
var Messages = joined(pageWords, formWords, stepWords, classifyWords, pastWords, sourceWords, terms)

func joined(all ...i18n.Messages) i18n.Messages {
	out := i18n.Messages{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

var pageWords = i18n.Messages{
	"catalog.list":            {Vi: "Danh mục tập dữ liệu", En: "Dataset catalogue"},
	"catalog.list_lead":       {Vi: "Mọi tập dữ liệu đã đăng ký: là gì, của ai, được chia sẻ đến đâu (Điều 7 Quy chế).", En: "Every registered dataset: what it is, whose, and how far it is shared (Điều 7)."},
	"catalog.list_empty":      {Vi: "Chưa có tập dữ liệu nào", En: "There is no dataset yet"},
	"catalog.list_empty_text": {Vi: "Đầu mối dữ liệu của các đơn vị đăng ký tập dữ liệu để đơn vị khác tìm thấy và xin khai thác.", En: "Data stewards register datasets, so that other agencies find them and ask for them."},
	"catalog.list_none":       {Vi: "Không có tập dữ liệu phù hợp điều kiện lọc", En: "No dataset matches the filter"},
	"catalog.show_all":        {Vi: "Bỏ điều kiện lọc", En: "Clear the filter"},
	"catalog.shown":           {Vi: "{0} trong {1} tập dữ liệu", En: "{0} of {1} datasets"},
	"catalog.search":          {Vi: "Tìm theo tên, mã, mô tả, chủ quản, tên trường", En: "Search name, code, description, owner, fields"},
	"catalog.search_hint":     {Vi: "Gõ có dấu hoặc không dấu đều được; kết quả đúng dấu đứng trước.", En: "With or without tone marks; what is spelled exactly so comes first."},
	"catalog.filter":          {Vi: "Lọc", En: "Filter"},
	"catalog.dataset":         {Vi: "Tập dữ liệu", En: "Dataset"},
	"catalog.owner":           {Vi: "Chủ quản dữ liệu", En: "Data owner"},
	"catalog.state":           {Vi: "Trạng thái", En: "State"},
	"catalog.changed":         {Vi: "Thay đổi lần cuối", En: "Last change"},
	"catalog.new":             {Vi: "Đăng ký tập dữ liệu", En: "Register a dataset"},
	"catalog.edit":            {Vi: "Sửa hồ sơ", En: "Edit"},
	"catalog.back":            {Vi: "Về hồ sơ tập dữ liệu", En: "Back to the dataset"},
	"catalog.deliver":         {Vi: "Giao nộp dữ liệu", En: "Deliver data"},
	"catalog.yes":             {Vi: "Có", En: "Yes"},
	"catalog.no":              {Vi: "Không", En: "No"},

	"catalog.profile":         {Vi: "Hồ sơ tập dữ liệu", En: "Dataset profile"},
	"catalog.tab.overview":    {Vi: "Tổng quan và chủ quản", En: "Overview and owner"},
	"catalog.tab.status":      {Vi: "Trạng thái danh mục", En: "Catalogue status"},
	"catalog.tab.connections": {Vi: "Kết nối", En: "Connections"},
	"catalog.tab.grants":      {Vi: "Quyền", En: "Grants"},
	"catalog.tab.quality":     {Vi: "Chất lượng", En: "Quality"},
	"catalog.tab.usage":       {Vi: "Khai thác", En: "Usage"},
	"catalog.tab.incidents":   {Vi: "Phiếu và sự cố", En: "Tickets and incidents"},
	"catalog.last_changed":    {Vi: "Thay đổi lần cuối lúc {0}", En: "Last changed {0}"},
	"catalog.never_changed":   {Vi: "Chưa có thay đổi nào", En: "No change yet"},

	"catalog.line.connections":      {Vi: "Kết nối", En: "Connection"},
	"catalog.line.grants":           {Vi: "Quyền khai thác", En: "Grant"},
	"catalog.line.usage":            {Vi: "Bên khai thác", En: "Consumer"},
	"catalog.line.incidents":        {Vi: "Phiếu, sự cố", En: "Ticket or incident"},
	"catalog.calls":                 {Vi: "Lượt gọi", En: "Calls"},
	"catalog.last_call":             {Vi: "Lần gọi cuối", En: "Last call"},
	"catalog.none.connections":      {Vi: "Chưa có kết nối nào", En: "No connection"},
	"catalog.none.connections_text": {Vi: "Yêu cầu kết nối tới tập dữ liệu này sẽ hiện ở đây từ khi được đăng ký.", En: "Requests for this dataset appear here once they are registered."},
	"catalog.none.grants":           {Vi: "Chưa cấp quyền nào", En: "No grant"},
	"catalog.none.grants_text":      {Vi: "Quyền chỉ được cấp qua quy trình kết nối đã duyệt.", En: "Grants come only from an approved connection."},
	"catalog.none.usage":            {Vi: "Chưa có lượt khai thác nào", En: "No use yet"},
	"catalog.none.usage_text":       {Vi: "Số lượt gọi của từng bên khai thác được đếm từ nhật ký truy cập.", En: "Calls of each consumer are counted from the access log."},
	"catalog.none.incidents":        {Vi: "Không có phiếu hay sự cố nào", En: "No ticket or incident"},
	"catalog.none.incidents_text":   {Vi: "Sự cố liên quan đến tập dữ liệu này sẽ hiện ở đây ngay khi được ghi nhận.", En: "Incidents about this dataset appear here at once."},

	"catalog.seven":                {Vi: "Thông tin danh mục (Điều 7.3)", En: "Catalogue entry (Điều 7.3)"},
	"catalog.sharing_lead":         {Vi: "Phạm vi này do máy đọc: yêu cầu nằm trong phạm vi được đi quy trình rút gọn.", En: "A machine reads this scope: a request inside it may take the shortened process."},
	"catalog.rows_all":             {Vi: "Toàn bộ bản ghi", En: "All rows"},
	"catalog.owners":               {Vi: "Lịch sử chủ quản", En: "Owner history"},
	"catalog.since":                {Vi: "Từ ngày", En: "Since"},
	"catalog.method_manual":        {Vi: "Lý do: {0}. Chuyển sang tự động trước ngày {1}.", En: "Reason: {0}. To be automated by {1}."},
	"catalog.max_delay_is":         {Vi: "Trễ tối đa {0} phút", En: "At most {0} minutes late"},
	"catalog.official_help":        {Vi: "Chỉ hệ thống này được giao nộp dữ liệu.", En: "Only this system may deliver."},
	"catalog.confirmed":            {Vi: "Cơ quan vận hành xác nhận", En: "Confirmed by the operator"},
	"catalog.unconfirmed":          {Vi: "Chưa xác nhận", En: "Not confirmed"},
	"catalog.suggested_class":      {Vi: "Mức bảo vệ nên áp dụng", En: "Suggested class"},
	"catalog.suggested_class_help": {Vi: "Tính từ mức của các trường và số cá nhân có trong dữ liệu.", En: "From the classes of the fields and the number of persons in the data."},
	"catalog.declared":             {Vi: "Cam kết của chủ quản", En: "Statements of the owner"},
	"catalog.not_secret":           {Vi: "Không thuộc bí mật nhà nước", En: "No state secret"},
	"catalog.attested":             {Vi: "Chịu trách nhiệm về chất lượng, tính đầy đủ", En: "Quality and completeness attested"},
	"catalog.copy":                 {Vi: "Bản sao tích hợp", En: "Integrated copy"},
	"catalog.copy_at":              {Vi: "Bản sao tích hợp, cập nhật lúc {0}", En: "Integrated copy, as at {0}"},
	"catalog.no_copy":              {Vi: "Kho dùng chung chưa có dữ liệu", En: "The warehouse has no data yet"},
	"catalog.no_copy_text":         {Vi: "Dữ liệu gốc vẫn ở cơ quan chủ quản. Bản sao xuất hiện sau lượt giao nộp đầu tiên đạt kiểm tra.", En: "The original stays with the owner. A copy appears after the first delivery that passes."},
	"catalog.version":              {Vi: "Phiên bản", En: "Version"},
	"catalog.row_count":            {Vi: "Số bản ghi", En: "Records"},
	"catalog.source_system":        {Vi: "Hệ thống nguồn", En: "Source system"},
	"catalog.loaded":               {Vi: "Nạp vào kho lúc", En: "Loaded"},
	"catalog.next_due":             {Vi: "Hạn cập nhật tiếp theo", En: "Next update due"},
	"catalog.stale":                {Vi: "Quá hạn cập nhật", En: "Update overdue"},
	"catalog.data_time":            {Vi: "Thời điểm dữ liệu", En: "Data as at"},
	"catalog.published_at":         {Vi: "Công bố lúc", En: "Published"},
	"catalog.versions":             {Vi: "Phiên bản trong kho", En: "Versions in the warehouse"},
	"catalog.all_versions":         {Vi: "Mọi phiên bản", En: "All versions"},
	"catalog.deliveries":           {Vi: "Lượt nạp gần đây", En: "Recent deliveries"},
	"catalog.all_deliveries":       {Vi: "Mọi lượt nạp", En: "All deliveries"},
	"catalog.quarantined":          {Vi: "{0} dòng bị cách ly trong các lượt này", En: "{0} rows of these are in quarantine"},
	"catalog.no_delivery":          {Vi: "Chưa có lượt nạp nào", En: "No delivery yet"},
	"catalog.no_delivery_text":     {Vi: "Đầu mối dữ liệu của cơ quan chủ quản giao nộp tệp từ hệ thống nguồn chính thức.", En: "The steward of the owner delivers files of the official source system."},
	"catalog.delivery":             {Vi: "Lượt nạp", En: "Delivery"},
	"catalog.rows_read":            {Vi: "Dòng đọc", En: "Read"},
	"catalog.rows_accepted":        {Vi: "Nhận", En: "Accepted"},
	"catalog.rows_rejected":        {Vi: "Cách ly", En: "Quarantined"},
	"catalog.rows_twice":           {Vi: "Trùng", En: "Duplicates"},
	"catalog.q_published":          {Vi: "Lượt nạp đã công bố", En: "Deliveries published"},
	"catalog.q_held":               {Vi: "Lượt nạp chờ quyết định", En: "Deliveries held"},
	"catalog.q_rejected":           {Vi: "Lượt nạp không đạt", En: "Deliveries rejected"},

	"catalog.release":         {Vi: "Quyết định ban hành danh mục", En: "Issuing decision"},
	"catalog.first_published": {Vi: "Có dữ liệu từ", En: "Data since"},
	"catalog.way":             {Vi: "Các bước vào danh mục", En: "Way into the catalogue"},
	"catalog.history":         {Vi: "Diễn biến", En: "History"},
	"catalog.no_history":      {Vi: "Chưa có bước nào", En: "No step yet"},
	"catalog.no_history_text": {Vi: "Các bước đăng ký, rà soát, duyệt được ghi lại ở đây.", En: "Registration, review and approval are recorded here."},
	"catalog.fields":          {Vi: "Các trường dữ liệu", En: "Fields"},
	"catalog.field":           {Vi: "Trường", En: "Field"},
	"catalog.field_marks":     {Vi: "Tính chất", En: "Marks"},
	"catalog.proposed":        {Vi: "Đề nghị bổ sung", En: "Proposed"},
	"catalog.mapped":          {Vi: "{0}/{1} trường theo Từ điển dữ liệu; cấu trúc phiên bản {2}, lập lúc {3}", En: "{0} of {1} fields follow the dictionary; schema version {2} of {3}"},
	"catalog.json_schema":     {Vi: "Tải JSON Schema", En: "JSON Schema"},
	"catalog.no_schema":       {Vi: "Chưa khai các trường", En: "No fields defined"},
	"catalog.no_schema_text":  {Vi: "Dữ liệu dạng bảng phải khai các trường trước khi gửi đăng ký.", En: "A table needs its fields before it is registered."},
	"catalog.is_suspended":    {Vi: "Tập dữ liệu đang tạm dừng", En: "The dataset is suspended"},
	"catalog.is_ending":       {Vi: "Tập dữ liệu ngừng cung cấp", En: "The dataset is ending"},
	"catalog.replaced_by":     {Vi: "Được thay bằng {0}", En: "Replaced by {0}"},
	"catalog.came_back":       {Vi: "Hồ sơ được trả lại để hoàn thiện", En: "The registration came back"},
}
