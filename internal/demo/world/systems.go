package world

import "lienthong/internal/system"

// systems lists the demo's information systems: at least one of each group of Điều 8.2.
func systems() []SystemSpec {
	spec := func(id, name, owner string, group system.Category, layer system.Layer, level int, technology string) SystemSpec {
		return SystemSpec{
			System: system.System{
				ID: id, Name: name, Owner: owner, Operator: owner, Category: group, Layer: layer, Technology: technology, Contact: "Bộ phận kỹ thuật, " + owner,
			}, Level: level,
		}
	}
	list := []SystemSpec{
		spec(SysProcedures, "Hệ thống thông tin giải quyết thủ tục hành chính tỉnh", Office, system.Procedures, system.LayerUse, 3, "Dịch vụ web REST"),
		spec(SysDocuments, "Hệ thống quản lý văn bản và điều hành tỉnh", Office, system.Documents, system.LayerUse, 3, "Dịch vụ web REST"),
		spec(SysCivil, "Hệ thống hộ tịch điện tử", Justice, system.Sector, system.LayerSource, 3, "Dịch vụ web REST"),
		spec(SysPoor, "Cơ sở dữ liệu hộ nghèo, hộ cận nghèo", Agriculture, system.Sector, system.LayerSource, 2, "Tệp CSV, dịch vụ web REST"),
		spec(SysAllowance, "Cơ sở dữ liệu đối tượng bảo trợ xã hội", Health, system.Sector, system.LayerSource, 3, "Tệp CSV"),
		spec(SysMerit, "Cơ sở dữ liệu người có công", Interior, system.Sector, system.LayerSource, 3, "Tệp CSV"),
		spec(SysLand, "Cơ sở dữ liệu đất đai", Agriculture, system.Sector, system.LayerSource, 3, "Dịch vụ web REST"),
		spec(SysEducation, "Cơ sở dữ liệu giáo dục", Education, system.Sector, system.LayerSource, 3, "Dịch vụ web REST"),
		spec(SysHealth, "Hệ thống quản lý cơ sở y tế", Health, system.Sector, system.LayerSource, 2, "Dịch vụ web REST"),
		spec(SysInsurance, "Hệ thống tra cứu quyền lợi bảo hiểm y tế", Health, system.Sector, system.LayerSource, 3, "Dịch vụ web REST"),
		spec(SysTourism, "Cơ sở dữ liệu điểm đến du lịch", Culture, system.Sector, system.LayerSource, 1, "Tệp CSV"),
		spec(SysGauges, "Hệ thống quan trắc khí tượng thủy văn", Agriculture, system.Sector, system.LayerSource, 2, "Dịch vụ web REST"),
		spec(SysRoads, "Hệ thống quản lý hạ tầng giao thông", Construction, system.Sector, system.LayerSource, 2, "Dịch vụ web REST"),
		spec(SysIOC, "Trung tâm điều hành thông minh tỉnh (IOC)", Office, system.Steering, system.LayerUse, 3, "Dịch vụ web REST"),
		spec(SysFlood, "Hệ thống chỉ huy phòng, chống thiên tai", Agriculture, system.Steering, system.LayerUse, 2, "Dịch vụ web REST"),
		spec(SysTax, "Hệ thống quản lý nghĩa vụ tài chính về đất đai", Tax, system.Demand, system.LayerUse, 3, "Dịch vụ web REST"),
		spec(SysFinance, "Hệ thống quản lý ngân sách tỉnh", Finance, system.Demand, system.LayerUse, 3, "Dịch vụ web REST"),
		spec(SysBooking, "Ứng dụng đặt lịch khám bệnh", Hospital, system.Demand, system.LayerUse, 3, "Dịch vụ web REST"),
		spec(SysPopulation, "Hệ thống khai thác dữ liệu dân cư", Police, system.Demand, system.LayerSource, 4, "Dịch vụ web REST"),
		spec(SysReport, "Hệ thống thông tin báo cáo tỉnh", Office, system.Ordered, system.LayerUse, 2, "Dịch vụ web REST"),
		spec(SysMinorities, "Cơ sở dữ liệu công tác dân tộc", Minorities, system.Sector, system.LayerSource, 0, "Tệp bảng tính"),
		spec(SysTradeSector, "Cơ sở dữ liệu ngành công thương", Trade, system.Sector, system.LayerSource, 1, "Tệp CSV"),
		spec(SysInspection, "Cơ sở dữ liệu thanh tra, khiếu nại, tố cáo", Inspectorate, system.Sector, system.LayerSource, 3, "Dịch vụ web REST"),
		spec(SysZone, "Cơ sở dữ liệu doanh nghiệp khu kinh tế", EconomicZone, system.Sector, system.LayerSource, 1, "Tệp CSV"),
		spec(SysScience, "Cơ sở dữ liệu khoa học và công nghệ", Operator, system.Sector, system.LayerSource, 2, "Dịch vụ web REST"),
	}
	for i := range list {
		switch list[i].ID {
		case SysBooking:
			list[i].Vendor = "Công ty cổ phần Giải pháp số Mẫu"
		case SysLand:
			list[i].Operator = LandOffice
		}
	}
	return list
}
