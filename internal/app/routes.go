package app

import (
	"context"
	"io"
	"os"
	"strings"

	"lienthong/internal/web"
)

// RouteLines lists every route of the console with its permission, from the table that serves it.
func RouteLines() ([]string, error) {
	dir, err := os.MkdirTemp("", "lienthong-routes")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	conf, _, err := LoadConfig("", nil, map[string]string{"data_dir": dir})
	if err != nil {
		return nil, err
	}
	a, err := Build(context.Background(), Options{Config: conf, Out: io.Discard, Err: io.Discard})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	c, err := a.buildConsole()
	if err != nil {
		return nil, err
	}
	table, err := web.Table(c.shell, c.routes, c.api)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, rt := range table {
		lines = append(lines, strings.TrimRight(rt.Line(), " "))
	}
	return lines, nil
}
