// Package mail sends plain messages over SMTP, with TLS unless the server is this very machine.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security of the way to the server.
type Security string

const (
	StartTLS Security = "starttls" // plain first, then TLS or nothing (RFC 3207)
	TLS      Security = "tls"      // TLS from the first byte
	Plain    Security = "none"     // only to a server on this machine
)

// Server is where messages are handed over.
type Server struct {
	Address  string // host:port
	Security Security
	From     string // "Name <address>" or an address
	User     string // no authentication when empty
	Password string
	Roots    string // PEM file with the authorities of the server's certificate; the system's when empty
}

// Message to one person.
type Message struct {
	To      string // an address
	ID      string // Message-ID without brackets: the same for a repetition, so that a mailbox can tell
	Subject string
	Text    string
	HTML    string
	At      time.Time
}

const timeout = 20 * time.Second

// Check says what is wrong with the settings, before anything is sent.
func (s Server) Check() error {
	host, port, err := net.SplitHostPort(s.Address)
	if err != nil || host == "" {
		return fmt.Errorf("mail.server: %q is not host:port", s.Address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("mail.server: %q is not a port", port)
	}
	if _, err := netmail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("mail.from: %q is not an address", s.From)
	}
	switch s.Security {
	case StartTLS, TLS:
	case Plain:
		if !loopback(host) {
			return fmt.Errorf("mail.security: %q is allowed to a server on this machine only, %s is none", s.Security, host)
		}
	default:
		return fmt.Errorf("mail.security: %q is none of starttls, tls, none", s.Security)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send hands one message over. On an error Permanent says whether repeating is in vain.
func (s Server) Send(ctx context.Context, m Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("hand a message over to %s: %w", s.Address, err)
	}
	return nil
}

// Permanent reports that the server refused this message for good.
func Permanent(err error) bool {
	var refused *gomail.SendError
	return errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500
}

func (s Server) compose(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.From(s.From); err != nil {
		return nil, fmt.Errorf("read mail.from: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, errors.New("read the recipient's address") // the address itself stays out of logs
	}
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no automatic answers
	msg.Subject(strings.Join(strings.Fields(m.Subject), " "))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

func (s Server) client() (*gomail.Client, error) {
	host, portText, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, fmt.Errorf("read mail.server: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, fmt.Errorf("read mail.server: %w", err)
	}
	trust, err := s.trust(host)
	if err != nil {
		return nil, err
	}
	opts := []gomail.Option{gomail.WithTimeout(timeout), gomail.WithTLSConfig(trust)}
	switch s.Security {
	case TLS:
		opts = append(opts, gomail.WithSSL())
	case Plain:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	opts = append(opts, gomail.WithPort(port)) // after the policies, which choose ports of their own
	if s.User != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	client, err := gomail.NewClient(host, opts...)
	if err != nil {
		return nil, fmt.Errorf("set up mail to %s: %w", s.Address, err)
	}
	return client, nil
}

func (s Server) trust(host string) (*tls.Config, error) {
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if s.Roots == "" {
		return conf, nil
	}
	pem, err := os.ReadFile(s.Roots)
	if err != nil {
		return nil, fmt.Errorf("read mail.ca_file: %w", err)
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read mail.ca_file: %s holds no certificate", s.Roots)
	}
	return conf, nil
}
