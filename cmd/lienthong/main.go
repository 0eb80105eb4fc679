// Command lienthong is the digital data platform of a province: exchange, warehouse, open data and their governance.
package main

import (
	"os"

	"lienthong/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
