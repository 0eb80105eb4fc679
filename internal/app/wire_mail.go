package app

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"lienthong/internal/kit/mail"
	"lienthong/internal/task"
)

// checkMail finds what is wrong with the settings of mail.
func (c Config) checkMail() error {
	if c.MailServer == "" {
		if c.MailUser != "" || c.MailPassword != "" {
			return errors.New("mail.server: is missing, though mail.user or mail.password_file is set")
		}
		return nil
	}
	var mistakes []error
	for key, file := range map[string]string{"mail.password_file": c.MailPassword, "mail.ca_file": c.MailRoots} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %w", key, err))
		}
	}
	return errors.Join(append(mistakes, c.mailServer("").Check())...)
}

func (c Config) mailServer(password string) mail.Server {
	return mail.Server{Address: c.MailServer, Security: mail.Security(c.MailSecurity), From: c.MailFrom, User: c.MailUser, Password: password, Roots: c.MailRoots}
}

// setUpMail tells the inbox how to send, when the operator has named a server.
func (a *App) setUpMail() error {
	base, err := url.Parse(a.consoleURL())
	if err != nil {
		return fmt.Errorf("read the address of the console: %w", err)
	}
	m := task.Mail{
		Person: a.account.Person, Say: a.words.Say, Base: strings.TrimSuffix(a.consoleURL(), "/"), Place: a.conf.Province, Host: base.Hostname(), Key: a.keys.HMACKey("mail address"),
	}
	if a.conf.MailServer != "" {
		password := ""
		if a.conf.MailPassword != "" {
			raw, err := os.ReadFile(a.conf.MailPassword)
			if err != nil {
				return fmt.Errorf("read mail.password_file: %w", err)
			}
			password = strings.TrimSpace(string(raw))
		}
		m.Send = a.conf.mailServer(password).Send
	}
	a.task.UseMail(m)
	return nil
}
