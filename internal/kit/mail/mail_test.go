package mail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/mail"
	"lienthong/internal/kit/testkit/mailbox"
)

func letter(to string) mail.Message {
	return mail.Message{To: to, ID: "a@b.test", Subject: "Hộ nghèo\r\nBcc: ke.gian@x.test", Text: "Chào bạn, đây là thử.\n", HTML: "<p>Chào bạn</p>", At: time.Now()}
}

func TestPlainOnlyOnThisMachine(t *testing.T) {
	box := mailbox.Start(t, nil)
	s := mail.Server{Address: box.Address, Security: mail.Plain, From: "Nền tảng <a@tinh.test>"}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(context.Background(), letter("nhan@tinh.test")); err != nil {
		t.Fatal(err)
	}
	got := box.Letters("nhan@tinh.test")
	if len(got) != 1 || !strings.HasPrefix(got[0].Subject, "Hộ nghèo Bcc:") || got[0].Header.Get("Bcc") != "" || !strings.Contains(got[0].Text, "đây là thử") || got[0].ID != "a@b.test" {
		t.Fatalf("%+v", got)
	}
	s.Address = "thu.tinh.gov.vn:25"
	if s.Check() == nil {
		t.Fatal("plain text to another machine is allowed")
	}
}

func TestAServerWithoutTLSGetsNothing(t *testing.T) {
	box := mailbox.Start(t, nil)
	s := mail.Server{Address: box.Address, Security: mail.StartTLS, From: "a@tinh.test", User: mailbox.User, Password: mailbox.Password}
	if err := s.Send(context.Background(), letter("nhan@tinh.test")); err == nil || len(box.Letters("nhan@tinh.test")) > 0 {
		t.Fatalf("a message and a password went in clear: %v", err)
	}
}

func TestARefusalForGoodIsKnown(t *testing.T) {
	box := mailbox.Start(t, nil)
	box.Refuse("khong.co@tinh.test")
	s := mail.Server{Address: box.Address, Security: mail.Plain, From: "a@tinh.test"}
	if err := s.Send(context.Background(), letter("khong.co@tinh.test")); !mail.Permanent(err) {
		t.Fatalf("refused: %v", err)
	}
	box.Close()
	if err := s.Send(context.Background(), letter("nhan@tinh.test")); err == nil || mail.Permanent(err) {
		t.Fatalf("away: %v", err)
	}
}
