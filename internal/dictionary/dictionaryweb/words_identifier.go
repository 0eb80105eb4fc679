package dictionaryweb

import "lienthong/internal/kit/i18n"

// identifierWords are the words of kinds of identifiers and their tester.
func identifierWords() i18n.Messages {
	return i18n.Messages{
		"dictionary.identifiers":             {Vi: "Mã định danh", En: "Identifiers"},
		"dictionary.identifiers_lead":        {Vi: "Các loại mã định danh dùng thống nhất trong tỉnh (Điều 11.3 Quy chế): mẫu viết, cơ quan cấp, căn cứ và công cụ thử mã.", En: "The identifiers in use in the province (Điều 11.3): form, issuer, legal reference, and a tester."},
		"dictionary.identifier":              {Vi: "Loại mã", En: "Kind of identifier"},
		"dictionary.no_identifier":           {Vi: "Chưa có loại mã định danh nào", En: "There is no kind of identifier yet"},
		"dictionary.sample":                  {Vi: "Ví dụ", En: "Sample"},
		"dictionary.issuer":                  {Vi: "Cơ quan cấp", En: "Issuer"},
		"dictionary.legal":                   {Vi: "Căn cứ pháp lý", En: "Legal reference"},
		"dictionary.confirmed":               {Vi: "Đã đối chiếu văn bản", En: "Checked against the text"},
		"dictionary.unconfirmed":             {Vi: "Chờ cơ quan cấp xác nhận", En: "To be confirmed by the issuer"},
		"dictionary.propose_identifier":      {Vi: "Đề xuất loại mã mới", En: "Propose a kind"},
		"dictionary.form_of":                 {Vi: "Mẫu và quy tắc kiểm tra", En: "Form and check"},
		"dictionary.checksum":                {Vi: "Quy tắc kiểm tra", En: "Check"},
		"dictionary.checksum.none":           {Vi: "Chỉ theo mẫu viết", En: "The pattern alone"},
		"dictionary.checksum.personal_id":    {Vi: "Thế kỷ, giới tính, năm sinh trong số định danh", En: "Century, sex and year of birth"},
		"dictionary.checksum.business_digit": {Vi: "Chữ số kiểm tra thứ mười", En: "Tenth digit"},
		"dictionary.checksum.agency_code":    {Vi: "Mã cơ quan theo QĐ 20/2020/QĐ-TTg", En: "Agency code of QĐ 20/2020/QĐ-TTg"},
		"dictionary.checksum.case_day":       {Vi: "Mã cơ quan và ngày tiếp nhận có thật", En: "Agency code and an existing day"},
		"dictionary.checksum.commune_code":   {Vi: "Xã, phường tồn tại vào ngày của bản ghi", En: "A commune on the day of the record"},
		"dictionary.checksum.province_code":  {Vi: "Tỉnh tồn tại vào ngày của bản ghi", En: "A province on the day of the record"},
		"dictionary.elsewhere":               {Vi: "Lưu ý", En: "Note"},
		"dictionary.tester":                  {Vi: "Thử một mã", En: "Try a value"},
		"dictionary.tester_lead":             {Vi: "Mã được kiểm tra trên máy chủ và không được lưu hay ghi nhật ký.", En: "The value is checked on the server, and neither kept nor logged."},
		"dictionary.value":                   {Vi: "Giá trị cần thử", En: "Value"},
		"dictionary.value_hint":              {Vi: "Viết đúng như trong dữ liệu, ví dụ {0}.", En: "As it stands in the data, such as {0}."},
		"dictionary.value_missing":           {Vi: "Hãy nhập giá trị cần thử.", En: "Enter the value to try."},
		"dictionary.sex":                     {Vi: "Giới tính ghi trong hồ sơ", En: "Sex on record"},
		"dictionary.sex.male":                {Vi: "Nam", En: "Male"},
		"dictionary.sex.female":              {Vi: "Nữ", En: "Female"},
		"dictionary.birth_year":              {Vi: "Năm sinh ghi trong hồ sơ", En: "Year of birth on record"},
		"dictionary.try":                     {Vi: "Kiểm tra", En: "Check"},
		"dictionary.try_right":               {Vi: "Đúng mẫu", En: "The form is right"},
		"dictionary.try_right_text":          {Vi: "Đúng mẫu không có nghĩa là mã đã được cấp.", En: "That does not mean that the value was issued."},
		"dictionary.try_wrong":               {Vi: "Không đúng", En: "Not right"},
		"dictionary.fact.sex":                {Vi: "Giới tính theo mã: {0}.", En: "Sex by the identifier: {0}."},
		"dictionary.fact.birth_year":         {Vi: "Năm sinh theo mã: {0}.", En: "Year of birth by the identifier: {0}."},
		"dictionary.fact.unit":               {Vi: "Đơn vị: {0}.", En: "Unit: {0}."},
		"dictionary.fact.agency":             {Vi: "Cơ quan: {0}.", En: "Agency: {0}."},
		"dictionary.fact.day":                {Vi: "Ngày tiếp nhận: {0}.", En: "Received on {0}."},
		"dictionary.fact.branch_of":          {Vi: "Đơn vị phụ thuộc của {0}.", En: "Branch of {0}."},
	}
}
