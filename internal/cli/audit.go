package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
)

// Exit codes of the commands below, besides 0 and 1 (something could not be read or written).
const (
	exitUsage   = 2 // no key, no such file
	exitChanged = 3 // the log or the proof is not what was signed
)

// coded is an error with an exit code of its own.
type coded struct {
	error
	code int
}

func (c coded) ExitCode() int { return c.code }

func (c coded) Unwrap() error { return c.error }

type auditCmd struct {
	Verify     auditVerifyCmd     `cmd:"" help:"Check the access log, or an export of it, with the public key alone; needs no server. Exit code 0: whole; 3: changed; 1 or 2: not checked."`
	Export     auditExportCmd     `cmd:"" help:"Copy the log as it is signed now into an empty folder, for another machine; the server may be running."`
	Checkpoint auditCheckpointCmd `cmd:"" help:"Print the newest signed checkpoint, to be kept elsewhere."`
	Grants     auditGrantsCmd     `cmd:"" help:"Let the running server compare every live grant with its records in the log. Exit code 0: all agree; 3: some were changed past the platform."`
	Prove      auditProveCmd      `cmd:"" help:"Print a record with the proof that it is in the signed log, or check such a proof."`
}

// keyFlag is the public key that the reader kept himself.
type keyFlag struct {
	Key string `help:"Public key as the log's page shows it, or a file that holds it."`
}

// read gives the key; without one, the key that lies beside the log, and says on notes what that is worth.
func (k keyFlag) read(dir string, notes io.Writer) (string, error) {
	key := strings.TrimSpace(k.Key)
	if key == "" {
		beside, err := journal.KeyBeside(dir)
		if err != nil {
			return "", coded{fmt.Errorf("no public key: give it with --key, as the page of the access log shows it (%w)", err), exitUsage}
		}
		fmt.Fprintln(notes, "note: the public key was found beside the log. Who could change the log could change this key too; verify with --key and a key that was kept elsewhere.")
		return beside, nil
	}
	if strings.Contains(key, "+") {
		return key, nil
	}
	text, err := os.ReadFile(key)
	if err != nil {
		return "", coded{fmt.Errorf("--key is neither a public key nor a file that can be read: %w", err), exitUsage}
	}
	return strings.TrimSpace(string(text)), nil
}

type auditVerifyCmd struct {
	keyFlag
	Dir       string   `required:"" help:"Folder of the log (DATA/audit) or of an export." type:"existingdir"`
	Kept      []string `help:"Signed checkpoint that was kept elsewhere; shows a roll-back. May be given several times." type:"existingfile"`
	Witness   []string `help:"Public key of a witness; its cosignatures under kept checkpoints and in the folder are checked. May be given several times."`
	Elsewhere bool     `help:"Archived records are kept elsewhere: check them here by their hashes only."`
	Live      bool     `help:"The server is running: accept records that are not signed yet."`
}

func (c auditVerifyCmd) Run(s streams) error {
	key, err := c.read(c.Dir, s.err)
	if err != nil {
		return err
	}
	opts := journal.VerifyOptions{Live: c.Live, Elsewhere: c.Elsewhere}
	for _, file := range c.Kept {
		note, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the kept checkpoint: %w", err)
		}
		opts.Kept = append(opts.Kept, note)
	}
	for _, text := range c.Witness {
		w, err := merkle.ParseCosigner(text)
		if err != nil {
			return coded{err, exitUsage}
		}
		opts.Witnesses = append(opts.Witnesses, w)
	}
	verify := func() (journal.Report, error) { return audit.Verify(c.Dir, key, opts) }
	if journal.IsArchive(c.Dir) {
		verify = func() (journal.Report, error) { return journal.VerifyArchive(c.Dir, key) }
	}
	report, err := verify()
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "records %d, signed %d, not signed yet %d, checkpoints checked %d\n", report.Records, report.Signed, report.Unsigned, report.Notes)
	if n := report.Archived + report.Purged + report.Elsewhere; n > 0 {
		fmt.Fprintf(s.out, "read from archives %d, archived elsewhere %d, removed at the end of their time %d\n", report.Archived, report.Elsewhere, report.Purged)
	}
	for _, sig := range report.Cosigned {
		fmt.Fprintf(s.out, "cosigned by %s at %s\n", sig.Witness, sig.At.Format(time.RFC3339))
	}
	if report.OK() {
		fmt.Fprintln(s.out, "the log is whole and unchanged")
		return nil
	}
	for _, f := range report.Findings {
		fmt.Fprintln(s.out, f)
	}
	return coded{errors.New("the log is not as it was written; the first bad place is listed first"), exitChanged}
}

// logFlag names the log of a data folder.
type logFlag struct {
	Data string `help:"Data folder of the platform." default:"./data" type:"existingdir"`
}

func (l logFlag) dir() string { return filepath.Join(l.Data, "audit") }

type auditExportCmd struct {
	logFlag
	keyFlag
	To string `required:"" help:"Empty or new folder." type:"path"`
}

func (c auditExportCmd) Run(ctx context.Context, s streams) error {
	key, err := c.read(c.dir(), io.Discard) // an export proves nothing by itself
	if err != nil {
		return err
	}
	if err := journal.ExportFolder(ctx, c.dir(), c.To, key); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "exported to %s; check it on any machine with: lienthong audit verify --dir %s --key '%s'\n", c.To, c.To, key)
	return nil
}

type auditCheckpointCmd struct {
	logFlag
	Cosigned bool `help:"The newest one that witnesses cosigned, with their cosignatures."`
}

// Run prints the note alone, so that it can be redirected into a file.
func (c auditCheckpointCmd) Run(s streams) error {
	note, err := journal.NewestNote(c.dir())
	if c.Cosigned {
		note, err = journal.CosignedNote(c.dir())
	}
	if err != nil {
		return err
	}
	if note == nil {
		return errors.New("no witness has cosigned this log yet")
	}
	_, err = s.out.Write(note)
	return err
}

type auditProveCmd struct {
	logFlag
	keyFlag
	Seq   int64  `help:"Number of the record to prove." default:"-1"`
	Check string `help:"File with a proof to be checked." type:"existingfile"`
}

func (c auditProveCmd) Run(s streams) error {
	if (c.Seq >= 0) == (c.Check != "") {
		return coded{errors.New("give either --seq to prove a record or --check to check a proof"), exitUsage}
	}
	if c.Check != "" {
		return c.check(s)
	}
	key, err := c.read(c.dir(), io.Discard)
	if err != nil {
		return err
	}
	e, err := audit.ProveIn(c.dir(), key, c.Seq)
	if err != nil {
		return err
	}
	out := json.NewEncoder(s.out)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(e)
}

// check needs a key of the reader's own: the one inside the proof would prove anything.
func (c auditProveCmd) check(s streams) error {
	if c.Key == "" {
		return coded{errors.New("give the public key that you keep with --key; the key inside the proof proves nothing"), exitUsage}
	}
	key, err := c.read("", s.err)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.Check)
	if err != nil {
		return fmt.Errorf("read the proof: %w", err)
	}
	var e audit.Evidence
	if err := json.Unmarshal(text, &e); err != nil {
		return coded{fmt.Errorf("the file is not a proof of this log: %w", err), exitChanged}
	}
	if err := e.Check(key); err != nil {
		return coded{err, exitChanged}
	}
	fmt.Fprintf(s.out, "record %d is in the signed log, byte for byte:\n%s\n", e.Seq, e.Record)
	return nil
}
