package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"lienthong/internal/certificate"
)

// Config is everything an operator may set. Each field has a default here, a row in docs/operator.md, the key below in
// the file and LIENTHONG_<KEY> in the environment (dots become underscores).
type Config struct {
	DataDir     string `key:"data_dir" default:"./data" doc:"thư mục dữ liệu của nền tảng"`
	DatabaseURL string `key:"database_url" default:"" doc:"địa chỉ PostgreSQL; để trống là SQLite trong thư mục dữ liệu" secret:"true"`
	LogLevel    string `key:"log_level" default:"info" doc:"mức nhật ký kỹ thuật: debug, info, warn, error"`
	Province    string `key:"province" default:"Lào Cai" doc:"tên tỉnh hiển thị trên giao diện"`
	Operator    string `key:"operator" default:"H38.02" doc:"mã cơ quan vận hành nền tảng"`

	ConsoleListen string   `key:"console.listen" default:"127.0.0.1:8080" doc:"địa chỉ lắng nghe của trang quản trị và API quản trị"`
	ConsoleURL    string   `key:"console.url" default:"" doc:"địa chỉ công khai của trang quản trị; để trống là http://<console.listen>"`
	ConsoleHosts  []string `key:"console.hosts" default:"" doc:"các tên máy chủ khác mà trang quản trị nhận, ngoài tên trong console.url và địa chỉ lắng nghe; tên lạ bị từ chối (421)"`
	ConsoleCert   string   `key:"console.tls_cert" default:"" doc:"tệp chứng thư TLS của trang quản trị (PEM)"`
	ConsoleKey    string   `key:"console.tls_key" default:"" doc:"tệp khóa riêng TLS của trang quản trị (PEM)"`

	ConsolePlain bool `key:"console.plain_http" default:"false" doc:"cho phép trang quản trị dùng HTTP không mã hóa ngoài máy chủ này; chỉ bật khi đường truyền đã được mã hóa bằng cách khác"`

	ExchangeListen string   `key:"exchange.listen" default:"127.0.0.1:8081" doc:"địa chỉ lắng nghe của nền tảng chia sẻ dữ liệu (LGSP)"`
	ExchangeURL    string   `key:"exchange.url" default:"" doc:"địa chỉ công khai của LGSP, cũng là issuer khi hệ thống ký xác nhận; để trống là từng tên máy chủ kèm cổng lắng nghe"`
	ExchangeHosts  []string `key:"exchange.hosts" default:"" doc:"các tên máy chủ mà LGSP nhận; lời gọi tới tên khác bị từ chối; luôn gồm địa chỉ lắng nghe"`
	ExchangeCert   string   `key:"exchange.tls_cert" default:"" doc:"tệp chứng thư TLS của LGSP (PEM)"`
	ExchangeKey    string   `key:"exchange.tls_key" default:"" doc:"tệp khóa riêng TLS của LGSP (PEM)"`

	ExchangePlain bool `key:"exchange.plain_http" default:"false" doc:"cho phép LGSP dùng HTTP không mã hóa ngoài máy chủ này; chỉ bật khi đường truyền đã được mã hóa bằng cách khác"`

	ExchangeAsks    bool  `key:"exchange.ask_certificates" default:"true" doc:"LGSP hỏi chứng thư của hệ thống gọi khi nền tảng đã cấp chứng thư; tắt thì mã khách và mã truy cập gắn chứng thư không dùng được"`
	CertificateDays int64 `key:"certificate.days" default:"365" doc:"thời hạn của chứng thư cấp cho hệ thống, tính bằng ngày, từ 1 đến 825"`

	PortalListen string `key:"portal.listen" default:"127.0.0.1:8082" doc:"địa chỉ lắng nghe của Cổng dữ liệu mở"`

	MetricsListen string `key:"metrics.listen" default:"" doc:"địa chỉ lắng nghe của số liệu giám sát (/metrics, Prometheus); để trống là không mở"`
	MetricsToken  string `key:"metrics.token_file" default:"" doc:"tệp chứa mã mà máy giám sát gửi kèm (Bearer); bắt buộc khi metrics.listen không phải địa chỉ của chính máy này"`
	MetricsCert   string `key:"metrics.tls_cert" default:"" doc:"tệp chứng thư TLS của cổng số liệu giám sát (PEM)"`
	MetricsKey    string `key:"metrics.tls_key" default:"" doc:"tệp khóa riêng TLS của cổng số liệu giám sát (PEM)"`

	AuditSecondDir string `key:"audit.second_dir" default:"" doc:"thư mục thứ hai, nên ở đĩa khác, nhận bản sao nhật ký truy cập"`

	AuditReserve int64 `key:"audit.reserve_mb" default:"32" doc:"phần đĩa giữ sẵn cạnh nhật ký, tính bằng MB, để khi đầy đĩa vẫn đăng nhập và thu hồi quyền được; tối đa một phần tám ổ đĩa, 0 là không giữ"`

	AuditOnlineMonths int64    `key:"audit.online_months" default:"24" doc:"số tháng lưu nhật ký trực tuyến, không dưới 12"`
	AuditArchiveYears int64    `key:"audit.archive_years" default:"5" doc:"số năm giữ gói lưu trữ nhật ký sau khi hết thời gian trực tuyến, không dưới 5"`
	AuditWitnesses    []string `key:"audit.witnesses" default:"" doc:"các bên chứng kiến cùng ký mốc nhật ký, mỗi bên là “địa chỉ khóa công khai”, cách nhau bằng dấu phẩy"`
	AuditCosigns      []string `key:"audit.cosigns" default:"" doc:"khóa công khai của các nhật ký mà nền tảng này nhận chứng kiến, cách nhau bằng dấu phẩy"`

	BackupDir   string `key:"backup.dir" default:"" doc:"thư mục, nên ở máy hoặc đĩa khác, nhận bản sao lưu theo lịch; để trống là không sao lưu theo lịch"`
	BackupEvery int64  `key:"backup.every_hours" default:"24" doc:"số giờ giữa hai lần sao lưu theo lịch"`
	BackupKeep  int64  `key:"backup.keep" default:"14" doc:"số bản sao lưu gần nhất được giữ, không dưới 2"`
	BackupWarn  int64  `key:"backup.warn_hours" default:"36" doc:"quá số giờ này mà chưa có bản sao lưu mới thì cảnh báo"`

	MailServer   string `key:"mail.server" default:"" doc:"máy chủ SMTP nhận thư đi, dạng host:port; để trống là không gửi thư"`
	MailSecurity string `key:"mail.security" default:"starttls" doc:"bảo vệ đường tới máy chủ thư: starttls, tls, hoặc none khi máy chủ thư ở chính máy này"`
	MailFrom     string `key:"mail.from" default:"" doc:"người gửi của thư, ví dụ: Nền tảng dữ liệu <khong-tra-loi@tinh.gov.vn>"`
	MailUser     string `key:"mail.user" default:"" doc:"tên đăng nhập tại máy chủ thư; để trống là không đăng nhập"`
	MailPassword string `key:"mail.password_file" default:"" doc:"tệp chứa mật khẩu tại máy chủ thư"`
	MailRoots    string `key:"mail.ca_file" default:"" doc:"tệp PEM chứa chứng thư gốc của máy chủ thư; để trống là các gốc của hệ điều hành"`

	SSOKey        string   `key:"sso.key" default:"" doc:"mã của nhà cung cấp đăng nhập một lần trong địa chỉ, ví dụ tinh; để trống là không dùng"`
	SSOName       string   `key:"sso.name" default:"Đăng nhập một lần của tỉnh" doc:"tên trên nút đăng nhập"`
	SSOIssuer     string   `key:"sso.issuer" default:"" doc:"địa chỉ issuer của nhà cung cấp OpenID Connect"`
	SSOClientID   string   `key:"sso.client_id" default:"" doc:"mã khách của nền tảng tại nhà cung cấp"`
	SSOSecretFile string   `key:"sso.client_secret_file" default:"" doc:"tệp chứa khóa bí mật của khách"`
	SSOSubject    string   `key:"sso.subject_claim" default:"sub" doc:"trường của ID token định danh người dùng"`
	SSOStrongACR  []string `key:"sso.strong_acr" default:"" doc:"giá trị acr được tính là xác thực hai yếu tố"`
	SSOStrongAMR  []string `key:"sso.strong_amr" default:"" doc:"giá trị amr được tính là xác thực hai yếu tố"`

	IngestMaxBytes int64 `key:"ingest.max_bytes" default:"2147483648" doc:"kích thước tối đa của một tệp giao nộp, tính bằng byte"`

	LoadMemory int64 `key:"warehouse.load_memory_mb" default:"1024" doc:"bộ nhớ tối đa cho phần cột của một lượt nạp, tính bằng MB; phần vượt quá được ghi tạm dưới dạng mã hóa"`
}

// Setting is one effective value and where it came from: default, file, environment or flag.
type Setting struct {
	Key, Value, Origin, Doc string
	Secret                  bool
}

// Origins tells where each key's value came from.
type Origins map[string]string

// LoadConfig reads defaults, then the file (none when path is empty), then the environment, then the flags, and lists
// every mistake at once.
func LoadConfig(path string, environ []string, flags map[string]string) (Config, Origins, error) {
	var c Config
	origins := Origins{}
	var mistakes []error
	fields := configFields(&c)
	for key, f := range fields {
		mistakes = append(mistakes, set(f, key, f.def, "default", origins))
	}
	if path != "" {
		mistakes = append(mistakes, loadFile(path, fields, origins))
	}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		rest, ours := strings.CutPrefix(name, "LIENTHONG_")
		if !ours || strings.HasPrefix(rest, "TEST_") {
			continue
		}
		key, known := environmentKey(rest, fields)
		if !known {
			mistakes = append(mistakes, unknownKey("environment variable "+name, key, fields))
			continue
		}
		mistakes = append(mistakes, set(fields[key], key, value, "environment "+name, origins))
	}
	for key, value := range flags {
		f, known := fields[key]
		if !known {
			mistakes = append(mistakes, unknownKey("--set "+key, key, fields))
			continue
		}
		mistakes = append(mistakes, set(f, key, value, "flag", origins))
	}
	mistakes = append(mistakes, c.check())
	return c, origins, errors.Join(mistakes...)
}

// Settings lists the effective configuration; secret values are shown only as set or not set.
func (c Config) Settings(origins Origins) []Setting {
	fields := configFields(&c)
	out := make([]Setting, 0, len(fields))
	for key, f := range fields {
		s := Setting{Key: key, Value: show(f.value), Origin: origins[key], Doc: f.doc, Secret: f.secret}
		if f.secret && s.Value != "" {
			s.Value = "•••"
		}
		out = append(out, s)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

type configField struct {
	value    reflect.Value
	def, doc string
	secret   bool
}

func configFields(c *Config) map[string]configField {
	fields := map[string]configField{}
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		t := v.Type().Field(i)
		fields[t.Tag.Get("key")] = configField{v.Field(i), t.Tag.Get("default"), t.Tag.Get("doc"), t.Tag.Get("secret") == "true"}
	}
	return fields
}

func set(f configField, key, value, origin string, origins Origins) error {
	switch f.value.Kind() {
	case reflect.String:
		f.value.SetString(value)
	case reflect.Int64:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("%s (from %s): %q is not a whole number", key, origin, value)
		}
		f.value.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%s (from %s): %q is neither true nor false", key, origin, value)
		}
		f.value.SetBool(b)
	case reflect.Slice:
		var list []string
		for _, part := range strings.Split(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		f.value.Set(reflect.ValueOf(list))
	}
	origins[key] = origin
	return nil
}

func show(v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		return strings.Join(v.Interface().([]string), ",")
	}
	return fmt.Sprint(v.Interface())
}

func loadFile(path string, fields map[string]configField, origins Origins) error {
	var tree map[string]any
	if _, err := toml.DecodeFile(path, &tree); err != nil {
		return fmt.Errorf("read configuration %s: %w", path, err)
	}
	var mistakes []error
	var walk func(prefix string, node map[string]any)
	walk = func(prefix string, node map[string]any) {
		for name, value := range node {
			key := prefix + name
			if sub, isTable := value.(map[string]any); isTable {
				walk(key+".", sub)
				continue
			}
			f, known := fields[key]
			if !known {
				mistakes = append(mistakes, unknownKey(path, key, fields))
				continue
			}
			text := fmt.Sprint(value)
			if list, isList := value.([]any); isList {
				parts := make([]string, len(list))
				for i, p := range list {
					parts[i] = fmt.Sprint(p)
				}
				text = strings.Join(parts, ",")
			}
			mistakes = append(mistakes, set(f, key, text, "file "+path, origins))
		}
	}
	walk("", tree)
	return errors.Join(mistakes...)
}

func environmentKey(rest string, fields map[string]configField) (string, bool) {
	for key := range fields {
		if strings.ToUpper(strings.ReplaceAll(key, ".", "_")) == rest {
			return key, true
		}
	}
	return strings.ToLower(rest), false
}

// unknownKey names the key nearest to a mistyped one.
func unknownKey(where, key string, fields map[string]configField) error {
	best, near := "", len(key)/2+2
	for known := range fields {
		if d := distance(key, known); d < near {
			best, near = known, d
		}
	}
	if best == "" {
		return fmt.Errorf("%s: unknown key %q; run `lienthong config print --effective` to see all keys", where, key)
	}
	return fmt.Errorf("%s: unknown key %q; did you mean %q?", where, key, best)
}

func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func (c Config) check() error {
	var mistakes []error
	for key, addr := range map[string]string{"console.listen": c.ConsoleListen, "exchange.listen": c.ExchangeListen, "portal.listen": c.PortalListen} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %q is not host:port", key, addr))
		}
	}
	for key, pair := range map[string][2]string{"console.tls_cert": {c.ConsoleCert, c.ConsoleKey}, "exchange.tls_cert": {c.ExchangeCert, c.ExchangeKey}, "metrics.tls_cert": {c.MetricsCert, c.MetricsKey}} {
		if (pair[0] == "") != (pair[1] == "") {
			mistakes = append(mistakes, fmt.Errorf("%s: certificate and key must be given together", key))
		}
		for _, file := range pair {
			if file == "" {
				continue
			}
			if _, err := os.Stat(file); err != nil {
				mistakes = append(mistakes, fmt.Errorf("%s: %w", key, err))
			}
		}
	}
	mistakes = append(mistakes, c.checkTransport(), c.checkBackup(), c.checkMail())
	if c.CertificateDays < 1 || c.CertificateDays > certificate.MostDays {
		mistakes = append(mistakes, fmt.Errorf("certificate.days: %d is not from 1 to %d", c.CertificateDays, certificate.MostDays))
	}
	if u, err := url.Parse(c.ExchangeURL); c.ExchangeURL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "") {
		mistakes = append(mistakes, fmt.Errorf("exchange.url: %q is not https://host or https://host:port", c.ExchangeURL))
	}
	if c.LoadMemory < 32 {
		mistakes = append(mistakes, errors.New("warehouse.load_memory_mb: at least 32"))
	}
	if c.AuditReserve < 0 || c.AuditReserve > 1<<20 {
		mistakes = append(mistakes, errors.New("audit.reserve_mb: from 0 to 1048576"))
	}
	if err := c.checkMetrics(); err != nil {
		mistakes = append(mistakes, err)
	}
	if c.DataDir == "" {
		mistakes = append(mistakes, errors.New("data_dir: must not be empty"))
	}
	if c.AuditSecondDir != "" && filepath.Clean(c.AuditSecondDir) == filepath.Clean(c.DataDir) {
		mistakes = append(mistakes, errors.New("audit.second_dir: must lie outside data_dir, or one full disk stops both"))
	}
	return errors.Join(mistakes...)
}

// checkTransport refuses what would travel in clear between machines (Điều 26.3b).
func (c Config) checkTransport() error {
	var mistakes []error
	for _, l := range []struct {
		name, addr, cert string
		plain            bool
	}{{"console", c.ConsoleListen, c.ConsoleCert, c.ConsolePlain}, {"exchange", c.ExchangeListen, c.ExchangeCert, c.ExchangePlain}} {
		if l.cert == "" && !l.plain && !loopback(l.addr) {
			mistakes = append(mistakes, fmt.Errorf("%s.listen: %s is reachable from other machines and would speak HTTP in clear: give %s.tls_cert and %s.tls_key, or listen on 127.0.0.1 behind a proxy that speaks TLS; only where the line itself is encrypted set %s.plain_http = true",
				l.name, l.addr, l.name, l.name, l.name))
		}
	}
	if c.MetricsListen != "" && c.MetricsCert == "" && !loopback(c.MetricsListen) {
		mistakes = append(mistakes, fmt.Errorf("metrics.listen: %s is reachable from other machines, and its token would pass in clear: give metrics.tls_cert and metrics.tls_key", c.MetricsListen))
	}
	if c.DatabaseURL != "" {
		mistakes = append(mistakes, checkDatabaseTransport(c.DatabaseURL))
	}
	return errors.Join(mistakes...)
}

// loopback tells whether only this machine reaches the address; a name other than localhost may lead anywhere.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return true // told already as no address at all
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkDatabaseTransport: on another machine PostgreSQL is reached by TLS whose certificate is checked.
func checkDatabaseTransport(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return nil //nolint:nilerr // told when it is opened, without its password
	}
	host := u.Query().Get("host")
	if host == "" {
		host = u.Hostname()
	}
	mode := u.Query().Get("sslmode")
	if host == "" || strings.HasPrefix(host, "/") || loopback(net.JoinHostPort(host, "0")) || mode == "verify-ca" || mode == "verify-full" {
		return nil
	}
	return fmt.Errorf("database_url: PostgreSQL on another machine needs sslmode=verify-full (or verify-ca) and sslrootcert; %q would let passwords and data pass unprotected", "sslmode="+mode)
}

func (c Config) checkBackup() error {
	var mistakes []error
	if c.BackupEvery < 1 || c.BackupWarn < c.BackupEvery {
		mistakes = append(mistakes, errors.New("backup.every_hours: at least 1, and backup.warn_hours not below it"))
	}
	if c.BackupKeep < 2 {
		mistakes = append(mistakes, errors.New("backup.keep: at least 2, or a damaged backup would be the only one"))
	}
	if c.BackupDir != "" && within(c.BackupDir, c.DataDir) {
		mistakes = append(mistakes, errors.New("backup.dir: must lie outside data_dir, or the backups are lost with the data"))
	}
	return errors.Join(mistakes...)
}

// within tells whether a path lies in a folder, by their names.
func within(path, folder string) bool {
	p, err := filepath.Abs(path)
	f, err2 := filepath.Abs(folder)
	return err == nil && err2 == nil && (p == f || strings.HasPrefix(p, f+string(filepath.Separator)))
}
