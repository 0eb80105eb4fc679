package acceptance

import (
	"crypto/tls"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/internal/kit/testkit/mailbox"
)

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// post is a province whose platform hands its mail to a mail server.
type post struct {
	*province
	box *mailbox.Server
}

func newPost(t *testing.T) *post {
	t.Helper()
	certFile, keyFile, _ := certificate(t)
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	box := mailbox.Start(t, &pair)
	password := t.TempDir() + "/mail"
	write(t, password, []byte(mailbox.Password+"\n"))
	return &post{box: box, province: newProvince(t, harness.Options{Move: true, Args: []string{
		"--set", "mail.server=" + box.Address, "--set", "mail.from=Nền tảng dữ liệu <khong-tra-loi@tinh.test>", "--set", "mail.user=" + mailbox.User,
		"--set", "mail.password_file=" + password, "--set", "mail.ca_file=" + certFile,
	}})}
}

// letters waits until n letters, codes left out, have come to an address.
func (p *post) letters(t *testing.T, to string, n int) []mailbox.Letter {
	t.Helper()
	var got []mailbox.Letter
	soon(t, "letters to "+to, func() bool {
		got = slices.DeleteFunc(p.box.Letters(to), func(l mailbox.Letter) bool { return strings.Contains(l.Subject, "Mã xác nhận") })
		return len(got) >= n
	})
	return got
}

type mailChoice struct {
	Address  string
	Pending  string `json:"pending_address"`
	Mode     string
	Problem  string
	Revision int64
}

// subscribe confirms an address and chooses.
func (p *post) subscribe(t *testing.T, who *harness.Person, address string, more m) {
	t.Helper()
	ok(t, who.Post("/api/v1/tasks/mail/address", m{"address": address}), http.StatusOK)
	newest := p.box.Letters(address)
	code := sixDigits.FindString(newest[len(newest)-1].Text)
	var set mailChoice
	ok(t, who.Post("/api/v1/tasks/mail/confirm", m{"code": code}), http.StatusOK).Into(t, &set)
	if set.Address != address || set.Mode == "off" {
		t.Fatalf("after the code: %+v", set)
	}
	choice := m{"mode": "each", "digest_hour": 8, "quiet_from": 0, "quiet_to": 0, "lang": "vi", "revision": set.Revision}
	for k, v := range more {
		choice[k] = v
	}
	ok(t, who.Do(http.MethodPut, "/api/v1/tasks/mail", choice), http.StatusOK)
}

func TestNotices(t *testing.T) {
	p := newPost(t)
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	t.Run("X9 an address counts when its code has come back, and is each person's own", func(t *testing.T) { confirmedAddress(t, p) })
	t.Run("X9 what is critical goes out at once, in quiet hours too; the rest waits for their end", func(t *testing.T) { quietHours(t, p) })
	t.Run("X9 a digest holds the day's tasks and notices in one letter", func(t *testing.T) { digest(t, p) })
	t.Run("X9 a mail server that is away or refuses loses nothing and stops nobody", func(t *testing.T) { awayServer(t, p) })
}

func confirmedAddress(t *testing.T, p *post) {
	refused(t, p.ownerHead.Post("/api/v1/tasks/mail/address", m{"address": "khong phai thu"}), http.StatusUnprocessableEntity, "task.mail_address_form")
	refused(t, p.ownerHead.Do(http.MethodPut, "/api/v1/tasks/mail", m{"mode": "each", "digest_hour": 8, "quiet_from": 20, "quiet_to": 6, "lang": "vi", "revision": 0}), http.StatusConflict, "task.mail_unconfirmed")
	const address = "lanhdao@nnmt.test"
	ok(t, p.ownerHead.Post("/api/v1/tasks/mail/address", m{"address": address}), http.StatusOK)
	letter := p.box.Letters(address)[0]
	code := sixDigits.FindString(letter.Text)
	if code == "" || !letter.Secure {
		t.Fatalf("the letter: %+v", letter)
	}
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	refused(t, p.ownerHead.Post("/api/v1/tasks/mail/confirm", m{"code": wrong}), http.StatusUnprocessableEntity, "task.mail_code_wrong")
	refused(t, p.ownerSteward.Post("/api/v1/tasks/mail/confirm", m{"code": code}), http.StatusConflict, "task.mail_code_over")
	var set mailChoice
	ok(t, p.ownerHead.Post("/api/v1/tasks/mail/confirm", m{"code": code}), http.StatusOK).Into(t, &set)
	if set.Address != address {
		t.Fatalf("after the code: %+v", set)
	}
	refused(t, p.ownerHead.Post("/api/v1/tasks/mail/confirm", m{"code": code}), http.StatusConflict, "task.mail_code_over")
	refused(t, p.ownerHead.Do(http.MethodPut, "/api/v1/tasks/mail", m{"mode": "digest", "digest_hour": 21, "quiet_from": 20, "quiet_to": 6, "lang": "vi", "revision": set.Revision}), http.StatusUnprocessableEntity, "task.mail_digest_in_quiet")
	refused(t, p.ownerHead.Do(http.MethodPut, "/api/v1/tasks/mail", m{"mode": "off", "digest_hour": 8, "quiet_from": 20, "quiet_to": 6, "lang": "vi", "revision": set.Revision + 5}), http.StatusConflict, "task.mail_changed_meanwhile")
	refused(t, p.ownerSteward.Get("/api/v1/tasks/mailing"), http.StatusForbidden, "access.permission_missing")
	p.subscribe(t, p.security, "antoan@khcn.test", nil)
	ok(t, p.security.Post("/api/v1/tasks/mailing/try", nil), http.StatusNoContent)
	if got := p.letters(t, "antoan@khcn.test", 1); !strings.Contains(got[0].Subject, "Thư thử") {
		t.Fatalf("the test letter: %+v", got[0])
	}
}

// stamp has a registration refused for a stamp of secrecy, which opens a critical incident.
func stamp(t *testing.T, p *post, slug string) {
	t.Helper()
	about := registration(slug)
	about["name"] = "Kế hoạch phòng thủ - TỐI MẬT"
	refused(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusUnprocessableEntity, "catalog.secret_marking")
}

func quietHours(t *testing.T, p *post) {
	hour := p.Now().In(time.FixedZone("", 7*3600)).Hour()
	const address, second = "antoan.truc@khcn.test", "quantri.hai@khcn.test"
	quiet := m{"quiet_from": hour, "quiet_to": (hour + 3) % 24}
	p.subscribe(t, p.security, address, quiet)
	p.subscribe(t, p.admin.Second, second, quiet)
	propose(t, p, "them.mot")
	stamp(t, p, "dau-mat")
	got := p.letters(t, address, 1)[0]
	for _, want := range []string{"[Lào Cai] Quan trọng: Sự cố 20", "/SC: "} {
		if !strings.Contains(got.Subject+got.Text, want) {
			t.Errorf("%q is missing in the critical letter: %s\n%s", want, got.Subject, got.Text)
		}
	}
	if !strings.Contains(got.Text, p.Console+"/incident/") || !strings.Contains(got.HTML, p.Console+"/incident/") || got.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("the critical letter: %+v", got)
	}
	var inApp struct {
		Notices []struct {
			Title    string
			Critical bool
		}
	}
	ok(t, p.security.Get("/api/v1/tasks/notices"), http.StatusOK).Into(t, &inApp)
	if len(inApp.Notices) == 0 || !inApp.Notices[0].Critical {
		t.Fatalf("in the application: %+v", inApp)
	}
	if early := p.letters(t, second, 0); len(early) > 0 {
		t.Fatalf("a letter in quiet hours: %+v", early[0])
	}
	p.Shift(3*time.Hour + time.Minute)
	late := p.letters(t, second, 1)
	if !strings.Contains(late[0].Subject, "Việc mới") || strings.Contains(late[0].Text, "Người Thứ Nhất") {
		t.Fatalf("after the quiet hours: %s\n%s", late[0].Subject, late[0].Text)
	}
}

// propose opens a task of the second administrator.
func propose(t *testing.T, p *post, username string) {
	t.Helper()
	body := m{"username": username, "full_name": "Người Thứ Nhất", "agency": p.admin.Agency, "roles": []string{"op_quality"}}
	ok(t, p.admin.Post("/api/v1/account/proposals", m{"kind": "create", "new": body}), http.StatusOK)
}

func digest(t *testing.T, p *post) {
	p.admin.SignIn()
	p.admin.Second.SignIn()
	const address = "quantri.gop@khcn.test"
	hour := (p.Now().In(time.FixedZone("", 7*3600)).Hour() + 2) % 24
	p.subscribe(t, p.admin.Second, address, m{"mode": "digest", "digest_hour": hour})
	propose(t, p, "them.hai")
	propose(t, p, "them.ba")
	time.Sleep(16 * time.Second) // the platform looks every 15 s
	if early := p.letters(t, address, 0); len(early) > 0 {
		t.Fatalf("before the hour: %s", early[0].Subject)
	}
	p.Shift(2 * time.Hour)
	got := p.letters(t, address, 1)
	if len(got) != 1 || !strings.Contains(got[0].Subject, "2 việc và thông báo") || strings.Count(got[0].Text, "/account/proposals") != 2 {
		t.Fatalf("%d letters; %s\n%s", len(got), got[0].Subject, got[0].Text)
	}
}

func awayServer(t *testing.T, p *post) {
	p.admin.SignIn()
	p.admin.Second.SignIn()
	p.ownerSteward.SignIn()
	p.security.SignIn()
	const address = "quantri.cho@khcn.test"
	p.subscribe(t, p.admin.Second, address, nil)
	p.box.Close()
	propose(t, p, "them.bon")
	var mailing struct {
		Waiting, Failed int
		LastProblem     string `json:"last_problem"`
	}
	soon(t, "the waiting letter", func() bool {
		ok(t, p.security.Get("/api/v1/tasks/mailing"), http.StatusOK).Into(t, &mailing)
		return mailing.Waiting > 0 && mailing.LastProblem == "unreachable"
	})
	refused(t, p.admin.Second.Post("/api/v1/tasks/mail/address", m{"address": "khac@khcn.test"}), http.StatusServiceUnavailable, "task.mail_unreachable")
	p.box.Open()
	p.Shift(2 * time.Minute)
	if got := p.letters(t, address, 1); !strings.Contains(got[0].Subject, "Việc mới") {
		t.Fatalf("after the server came back: %s", got[0].Subject)
	}
	p.box.Refuse(address)
	propose(t, p, "them.nam")
	var set mailChoice
	soon(t, "the refused letter", func() bool {
		ok(t, p.admin.Second.Get("/api/v1/tasks/mail"), http.StatusOK).Into(t, &set)
		return set.Problem == "refused"
	})
	if a := p.admin.Second.Get("/tasks/mail"); !strings.Contains(string(a.Body), "Máy chủ thư từ chối địa chỉ này") {
		t.Errorf("the page does not say that the address is refused")
	}
	p.box.Refuse("")
	var again struct{ Items int }
	ok(t, p.admin.Post("/api/v1/tasks/mailing/retry", nil), http.StatusOK).Into(t, &again)
	if again.Items != 1 {
		t.Fatalf("%d items are taken up again", again.Items)
	}
	if got := p.letters(t, address, 2); len(got) != 2 {
		t.Fatalf("%d letters after the retry", len(got))
	}
}
