package world

// Codes of the agencies that the demo names. The profile of the agency register is their home; a test compares.
const (
	Office       = "H38.01" // Văn phòng UBND tỉnh
	Operator     = "H38.02" // Sở Khoa học và Công nghệ
	Interior     = "H38.03"
	Justice      = "H38.04"
	Agriculture  = "H38.05"
	Finance      = "H38.06"
	Trade        = "H38.07"
	Construction = "H38.08"
	Education    = "H38.09"
	Health       = "H38.10"
	Culture      = "H38.11"
	Minorities   = "H38.12"
	Inspectorate = "H38.13"
	EconomicZone = "H38.14"
	Hospital     = "H38.10.01"
	LandOffice   = "H38.05.01"
	Police       = "H38.81"
	Tax          = "H38.82"

	CommuneYTy      = "H38.99.07"
	CommuneCamDuong = "H38.99.02"
	CommuneBacHa    = "H38.99.18"
)

// Departments lists the departments that the catalogue collects from (story 8).
func Departments() []string {
	return []string{
		Office, Operator, Interior, Justice, Agriculture, Finance, Trade, Construction, Education, Health, Culture, Minorities, Inspectorate, EconomicZone,
	}
}

// Codes of the datasets.
const (
	Births       = Justice + "/khai-sinh"
	Deaths       = Justice + "/khai-tu"
	Poor         = Agriculture + "/ho-ngheo"
	Allowances   = Health + "/tro-cap-bao-tro-xa-hoi"
	Merit        = Interior + "/nguoi-co-cong"
	Parcels      = Agriculture + "/thua-dat"
	Schools      = Education + "/truong-hoc"
	Pupils       = Education + "/hoc-sinh"
	PupilCounts  = Education + "/hoc-sinh-theo-thon-dan-toc"
	Stations     = Health + "/tram-y-te"
	Destinations = Culture + "/diem-du-lich"
	Insurance    = Health + "/the-bao-hiem-y-te"
	Gauges       = Agriculture + "/muc-nuoc-luong-mua"
	Roads        = Construction + "/tinh-trang-duong"
	Beds         = Health + "/giuong-benh"
)

// Ids of the information systems.
const (
	SysProcedures  = "tthc"
	SysDocuments   = "van-ban"
	SysCivil       = "ho-tich"
	SysPoor        = "ho-ngheo"
	SysAllowance   = "bao-tro-xa-hoi"
	SysMerit       = "nguoi-co-cong"
	SysLand        = "dat-dai"
	SysEducation   = "csdl-giao-duc"
	SysHealth      = "co-so-y-te"
	SysInsurance   = "tra-cuu-bhyt"
	SysTourism     = "du-lich"
	SysGauges      = "quan-trac"
	SysRoads       = "giao-thong"
	SysIOC         = "ioc"
	SysTax         = "thue"
	SysFinance     = "ngan-sach"
	SysBooking     = "dat-lich-kham"
	SysPopulation  = "dan-cu"
	SysReport      = "bao-cao-tinh"
	SysFlood       = "phong-chong-thien-tai"
	SysMinorities  = "cong-tac-dan-toc"
	SysTradeSector = "cong-thuong"
	SysInspection  = "thanh-tra"
	SysZone        = "khu-kinh-te"
	SysScience     = "khoa-hoc-cong-nghe"
)
