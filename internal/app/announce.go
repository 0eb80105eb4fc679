package app

import (
	"context"
	"fmt"
)

// announce tells the operator where everything is: the console's address first. An empty platform also gets its
// one-time set-up token, which stands nowhere else.
func (a *App) announce(ctx context.Context) error {
	out := a.opts.Out
	fmt.Fprintf(out, "console:  %s\nexchange: %s\n", a.consoleURL(), a.exchangeURL())
	if a.opts.populated() {
		a.announceDemo()
		return nil
	}
	token, needed, err := a.account.EnsureSetUpToken(ctx)
	if err != nil {
		return fmt.Errorf("make the set-up token: %w", err)
	}
	if needed {
		fmt.Fprintf(out, "set-up token: %s\nopen %s/set-up and enter it to make the first account; it works once\n", token, a.consoleURL())
	}
	return nil
}
