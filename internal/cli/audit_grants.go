package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

type auditGrantsCmd struct{ remote }

func (c auditGrantsCmd) Run(ctx context.Context, s streams) error {
	var got struct {
		Checked int
		Altered []struct{ Number, ID, Agency, What string }
	}
	body, err := c.call(ctx, http.MethodPost, "/api/v1/access/grants/verify", nil, &got)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(s.out, body); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(s.out, "grants compared with the log %d, changed past the platform %d\n", got.Checked, len(got.Altered))
		for _, a := range got.Altered {
			fmt.Fprintf(s.out, "%s of %s: %s is not as the log says\n", a.Number, a.Agency, a.What)
		}
	}
	if len(got.Altered) > 0 {
		return coded{errors.New("some grants are not what the log says; they decide nothing until they are what they were"), exitChanged}
	}
	return nil
}
