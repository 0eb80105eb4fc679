package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"lienthong/internal/ingest/sheet"
)

// streams are the command's input and outputs.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

type commands struct {
	Serve        serveCmd        `cmd:"" help:"Start the platform on a data folder; an empty one prints a one-time set-up token."`
	Demo         demoCmd         `cmd:"" help:"Start a living demo of the province, or move its clock."`
	Config       configCmd       `cmd:"" help:"Print or check the configuration."`
	Routes       routesCmd       `cmd:"" help:"List every route with its permission."`
	SignIn       signInCmd       `cmd:"" help:"Sign in to a running server and keep the session for later commands."`
	SignOut      signOutCmd      `cmd:"" help:"End the kept session."`
	Account      accountCmd      `cmd:"" help:"Accounts, for the administrator of the server itself."`
	Keys         keysCmd         `cmd:"" help:"Keys of data at rest, for the administrator of the server itself."`
	Backup       backupCmd       `cmd:"" help:"Back up, verify and restore, for the administrator of the server itself."`
	Agencies     agenciesCmd     `cmd:"" help:"List or import agencies."`
	Dictionary   dictionaryCmd   `cmd:"" help:"Export the dictionary, or propose a code list from a file."`
	Systems      systemsCmd      `cmd:"" help:"List or import information systems; what listed datasets are found to meet."`
	Deliver      deliverCmd      `cmd:"" help:"Deliver a file into the warehouse."`
	Privacy      privacyCmd      `cmd:"" help:"Keep the register of personal-data processing."`
	Connections  connectionsCmd  `cmd:"" help:"Take connection requests through their process."`
	Releases     releasesCmd     `cmd:"" help:"The lists of the province and their releases."`
	Certificates certificatesCmd `cmd:"" help:"Give, renew, list and revoke the certificates of systems."`
	Audit        auditCmd        `cmd:"" help:"Verify or search the access log."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
}

// Run executes one command and gives its exit code.
func Run(args []string, in io.Reader, out, errOut io.Writer) int {
	if len(args) > 0 && args[0] == sheet.ChildCommand { // the server starts itself to read one file of strangers
		return sheet.ChildMain(args[1:], os.Stdin, out)
	}
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("lienthong"), kong.Writers(out, errOut), kong.Exit(func(code int) { exit = code }),
		kong.Description("Digital data platform of a province: exchange, warehouse, open data, governance."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // help was asked for
		return exit
	}
	if err != nil {
		fmt.Fprintf(errOut, "lienthong: %v\n", err)
		var usage *kong.ParseError
		if errors.As(err, &usage) {
			fmt.Fprintf(errOut, "run `lienthong %s --help`\n", firstWord(args))
		}
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(streams{in, out, errOut}); err != nil {
		fmt.Fprintf(errOut, "lienthong: %v\n", err)
		var coded interface{ ExitCode() int }
		if errors.As(err, &coded) {
			return coded.ExitCode()
		}
		return 1
	}
	return 0
}

func firstWord(args []string) string {
	for _, a := range args {
		if a != "" && a[0] != '-' {
			return a
		}
	}
	return ""
}

type versionCmd struct{}

func (versionCmd) Run(s streams) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("the binary carries no build information")
	}
	fmt.Fprintf(s.out, "lienthong %s, %s\n", info.Main.Version, info.GoVersion)
	return nil
}
