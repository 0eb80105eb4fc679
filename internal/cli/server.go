package cli

import (
	"context"
	"fmt"
	"os"

	"lienthong/internal/app"
)

// settings are the flags of every command that reads the configuration.
type settings struct {
	File string            `name:"config" help:"Configuration file (TOML)." type:"path"`
	Data string            `help:"Data folder."`
	Set  map[string]string `help:"Set one key, as console.listen=127.0.0.1:9000." mapsep:"none"`
}

func (s settings) load() (app.Config, app.Origins, error) {
	flags := map[string]string{}
	for k, v := range s.Set {
		flags[k] = v
	}
	if s.Data != "" {
		flags["data_dir"] = s.Data
	}
	return app.LoadConfig(s.File, os.Environ(), flags)
}

type serveCmd struct {
	settings
}

func (c serveCmd) Run(ctx context.Context, s streams) error {
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	return app.Serve(ctx, app.Options{Config: conf, Out: s.out, Err: s.err})
}

type demoCmd struct {
	Start demoStartCmd `cmd:"" default:"withargs" help:"Start the demo."`
	Clock demoClockCmd `cmd:"" help:"Move the clock of the running demo, as +3d, -2h or +1w."`
}

type demoStartCmd struct {
	settings
	Seed  int64 `help:"Seed of the demo world; printed at the start." default:"1938"`
	Large bool  `help:"Fill it up to 500 agencies, 5,000 datasets, 50,000 grants and 200,000 requests, to measure lists; takes long."`
	Empty bool  `help:"Without a province: an empty platform to practise on, whose clock can be moved."`
}

func (c demoStartCmd) Run(ctx context.Context, s streams) error {
	if c.Data == "" {
		c.Data = "./data/demo"
	}
	conf, _, err := c.load()
	if err != nil {
		return err
	}
	return app.Serve(ctx, app.Options{Config: conf, Out: s.out, Err: s.err, Demo: &app.Demo{Seed: c.Seed, Empty: c.Empty, Large: c.Large}})
}

type demoClockCmd struct {
	Data  string `help:"Data folder of the running demo." default:"./data/demo"`
	Shift string `arg:"" help:"How far, as +3d; 0 sets the clock right again."`
}

func (c demoClockCmd) Run(ctx context.Context, s streams) error {
	now, err := app.ShiftClock(ctx, c.Data, c.Shift)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "the demo's clock now shows %s\n", now)
	return nil
}

type configCmd struct {
	Print configPrintCmd `cmd:"" help:"Print the configuration; with --effective every key, its value and where it came from."`
	Check configCheckCmd `cmd:"" help:"Read the configuration and list every mistake."`
}

type configPrintCmd struct {
	settings
	Effective bool `help:"Print every key, also those left at their default."`
}

func (c configPrintCmd) Run(s streams) error {
	conf, origins, err := c.load()
	if err != nil {
		return err
	}
	for _, item := range conf.Settings(origins) {
		if c.Effective || item.Origin != "default" {
			fmt.Fprintf(s.out, "%-22s = %-28q # %s\n", item.Key, item.Value, item.Origin)
		}
	}
	return nil
}

type configCheckCmd struct{ settings }

func (c configCheckCmd) Run(s streams) error {
	if _, _, err := c.load(); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "the configuration is valid")
	return nil
}

type routesCmd struct{}

func (routesCmd) Run(s streams) error {
	lines, err := app.RouteLines()
	if err != nil {
		return err
	}
	for _, l := range lines {
		fmt.Fprintln(s.out, l)
	}
	return nil
}
