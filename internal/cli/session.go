package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"lienthong/internal/app"
)

type signInCmd struct {
	remote
	Username string `required:"" help:"User name."`
	Code     string `help:"Code of the second factor."`
}

// Run asks for the password on standard input, so that it stands in no list of processes.
func (c signInCmd) Run(ctx context.Context, s streams) error {
	if c.Server == "" {
		return errors.New("name the console's address with --server")
	}
	fmt.Fprint(s.err, "password: ")
	password, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil && password == "" {
		return fmt.Errorf("read the password: %w", err)
	}
	fmt.Fprintln(s.err)
	var got struct {
		Token      string    `json:"token"`
		ExpiresAt  time.Time `json:"expires_at"`
		EnrolFirst bool      `json:"enrol_first"`
	}
	at := session{Server: strings.TrimSuffix(c.Server, "/")}
	body := map[string]string{"username": c.Username, "password": strings.TrimRight(password, "\r\n"), "code": c.Code}
	if _, err := send(ctx, at, http.MethodPost, "/api/v1/account/sign-in", "application/json", encode(body), &got); err != nil {
		return err
	}
	at.Token = got.Token
	if err := c.keep(at); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "signed in until %s\n", got.ExpiresAt.Local().Format("2006-01-02 15:04"))
	if got.EnrolFirst {
		fmt.Fprintln(s.out, "a role of this account gives nothing until a second factor is set: open /me/second-factor in the console")
	}
	return nil
}

type signOutCmd struct{ remote }

func (c signOutCmd) Run(ctx context.Context, s streams) error {
	if _, err := c.call(ctx, http.MethodPost, "/api/v1/account/sign-out", nil, nil); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "signed out")
	return c.keep(session{})
}

type accountCmd struct {
	Recover accountRecoverCmd `cmd:"" help:"Print a one-time link for an account whose holder can no longer sign in; run it on the server."`
}

type accountRecoverCmd struct {
	Data     string `help:"Data folder of the running server." default:"./data"`
	Username string `arg:"" help:"User name."`
}

func (c accountRecoverCmd) Run(ctx context.Context, s streams) error {
	link, err := app.RecoverAccount(ctx, c.Data, c.Username)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s\nit works once; password and second factor of the account are taken away\n", link)
	return nil
}
