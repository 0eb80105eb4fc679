package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check the access log, or an export of it, with the public key alone; needs no server."`
}

type auditVerifyCmd struct {
	Dir  string   `required:"" help:"Folder of the log (DATA/audit) or of an export." type:"existingdir"`
	Key  string   `help:"Public key as the log's page shows it; default is the file verifier.key beside the log."`
	Kept []string `help:"Signed checkpoint that was kept elsewhere; shows a roll-back. May be given several times." type:"existingfile"`
	Live bool     `help:"The server is running: accept records that are not signed yet."`
}

func (c auditVerifyCmd) Run(s streams) error {
	key := strings.TrimSpace(c.Key)
	if key == "" {
		text, err := os.ReadFile(filepath.Join(c.Dir, "verifier.key"))
		if err != nil {
			return fmt.Errorf("no public key: give it with --key, as the page of the access log shows it (%w)", err)
		}
		key = strings.TrimSpace(string(text))
	}
	opts := journal.VerifyOptions{Live: c.Live}
	for _, file := range c.Kept {
		note, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the kept checkpoint: %w", err)
		}
		opts.Kept = append(opts.Kept, note)
	}
	report, err := audit.Verify(c.Dir, key, opts)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "records %d, signed %d, not signed yet %d, checkpoints checked %d\n", report.Records, report.Signed, report.Unsigned, report.Notes)
	if report.OK() {
		fmt.Fprintln(s.out, "the log is whole and unchanged")
		return nil
	}
	for _, f := range report.Findings {
		fmt.Fprintln(s.out, f)
	}
	return errors.New("the log is not as it was written; the first bad place is listed first")
}
