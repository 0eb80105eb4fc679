package cli

import (
	"context"
	"fmt"

	"lienthong/internal/app"
)

type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Make a new key for data at rest; the keys of existing files are wrapped anew in the background."`
}

type keysRotateCmd struct{ settings }

func (c keysRotateCmd) Run(ctx context.Context, s streams) error {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	number, err := app.RotateKeys(ctx, conf.DataDir)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "key %d is current; older keys still open what they closed until every file is wrapped anew (record vault.rewrap)\n", number)
	return nil
}
