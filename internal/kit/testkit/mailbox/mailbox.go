// Package mailbox is a mail server of somebody else's making on loopback: STARTTLS, a password, and letters that a test
// can read.
package mailbox

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// User and Password open the server.
const (
	User     = "nen-tang"
	Password = "mat-khau-thu-999"
)

// Letter is one message as it arrived.
type Letter struct {
	To, From, ID, Subject string
	Text, HTML            string
	Secure                bool // came over TLS
	Header                mail.Header
}

// Server keeps what it receives.
type Server struct {
	Address string // host:port

	t       testing.TB
	tls     *tls.Config
	smtp    *smtp.Server
	mu      sync.Mutex
	letters []Letter
	refuse  string // an address that is refused for good
}

// Start serves until the test ends. Without a certificate it offers no STARTTLS and asks no password.
func Start(t testing.TB, cert *tls.Certificate) *Server {
	t.Helper()
	s := &Server{t: t, Address: "127.0.0.1:0"}
	if cert != nil {
		s.tls = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
	}
	s.Open()
	t.Cleanup(s.Close)
	return s
}

// Open listens, again on the same port after Close.
func (s *Server) Open() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.Address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Address = l.Addr().String()
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.smtp.Domain, s.smtp.TLSConfig, s.smtp.ReadTimeout, s.smtp.WriteTimeout = "thu.test", s.tls, 10*time.Second, 10*time.Second
	serving := s.smtp
	go func() { _ = serving.Serve(l) }() // ends with Close
}

// Close hangs up.
func (s *Server) Close() { _ = s.smtp.Close() }

// Refuse makes the server refuse an address for good; none when empty.
func (s *Server) Refuse(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = address
}

// Letters lists what came for an address so far.
func (s *Server) Letters(to string) []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Letter
	for _, l := range s.letters {
		if l.To == to {
			out = append(out, l)
		}
	}
	return out
}

type session struct {
	server *Server
	conn   *smtp.Conn
	user   bool
	to     string
}

func (s *session) AuthMechanisms() []string {
	if s.server.tls == nil {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return errors.New("wrong user or password")
		}
		s.user = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.server.tls != nil && !s.user {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if to == s.server.refuse {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	l, err := read(r)
	if err != nil {
		return err
	}
	l.To = s.to
	_, l.Secure = s.conn.TLSConnectionState()
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.letters = append(s.server.letters, l)
	return nil
}

func (s *session) Reset()        { s.to = "" }
func (s *session) Logout() error { return nil }

func read(r io.Reader) (Letter, error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return Letter{}, err
	}
	words := mime.WordDecoder{}
	l := Letter{From: m.Header.Get("From"), ID: strings.Trim(m.Header.Get("Message-Id"), "<>"), Header: m.Header}
	if l.Subject, err = words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	if !strings.HasPrefix(kind, "multipart/") {
		l.Text, err = decoded(m.Body, m.Header.Get("Content-Transfer-Encoding"))
		return l, err
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		text, err := decoded(part, part.Header.Get("Content-Transfer-Encoding"))
		if err != nil {
			return l, err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			l.HTML = text
		} else {
			l.Text = text
		}
	}
}

func decoded(r io.Reader, encoding string) (string, error) {
	if strings.EqualFold(encoding, "quoted-printable") {
		r = quotedprintable.NewReader(r)
	}
	all, err := io.ReadAll(r)
	return string(bytes.ReplaceAll(all, []byte("\r\n"), []byte("\n"))), err
}
