package web

import (
	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
)

// RoleMessages name the roles for people; the key is RoleKey.
var RoleMessages = i18n.Messages{
	"web.role_op_admin":     {Vi: "Quản trị nền tảng", En: "Platform administrator"},
	"web.role_op_appraiser": {Vi: "Cán bộ thẩm định", En: "Appraiser"},
	"web.role_op_approver":  {Vi: "Người phê duyệt", En: "Approver"},
	"web.role_op_engineer":  {Vi: "Kỹ sư vận hành", En: "Operations engineer"},
	"web.role_op_security":  {Vi: "Cán bộ an toàn thông tin", En: "Security officer"},
	"web.role_op_quality":   {Vi: "Cán bộ chất lượng dữ liệu", En: "Data quality officer"},
	"web.role_op_portal":    {Vi: "Quản trị cổng dữ liệu mở", En: "Open data portal administrator"},

	"web.role_agency_head":      {Vi: "Lãnh đạo cơ quan", En: "Head of agency"},
	"web.role_steward":          {Vi: "Đầu mối quản lý dữ liệu", En: "Data steward"},
	"web.role_deputy_steward":   {Vi: "Đầu mối dự phòng", En: "Deputy data steward"},
	"web.role_agency_admin":     {Vi: "Quản trị tài khoản của cơ quan", En: "Agency account administrator"},
	"web.role_analyst":          {Vi: "Cán bộ phân tích", En: "Analyst"},
	"web.role_lookup_officer":   {Vi: "Cán bộ tra cứu", En: "Look-up officer"},
	"web.role_privacy_officer":  {Vi: "Cán bộ bảo vệ dữ liệu cá nhân", En: "Personal data protection officer"},
	"web.role_commune_officer":  {Vi: "Cán bộ cấp xã", En: "Commune officer"},
	"web.role_open_data_editor": {Vi: "Người chuẩn bị dữ liệu mở", En: "Open data editor"},
	"web.role_legal_reviewer":   {Vi: "Người rà soát pháp lý", En: "Legal reviewer"},

	"web.role_leader":             {Vi: "Lãnh đạo tỉnh", En: "Provincial leader"},
	"web.role_auditor":            {Vi: "Cán bộ kiểm tra, giám sát", En: "Auditor"},
	"web.role_system_account":     {Vi: "Tài khoản hệ thống", En: "System account"},
	"web.role_vendor":             {Vi: "Đơn vị cung cấp hệ thống", En: "System vendor"},
	"web.role_opendata_developer": {Vi: "Nhà phát triển dữ liệu mở", En: "Open data developer"},
	"web.role_system_job":         {Vi: "Tác vụ tự động", En: "Background job"},
}

// RoleKey is the message key of a role's name.
func RoleKey(r access.Role) string { return "web.role_" + string(r) }
