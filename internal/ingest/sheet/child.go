package sheet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// ChildCommand is the hidden command under which the program reads one file and does nothing else.
const ChildCommand = "__read-sheet"

const (
	exitBad   = 3 // called in a way that Open does not
	exitWrite = 4 // nobody listens
)

// ChildMain is the whole child: arguments are the format, "scan" or "rows", the seconds of processor time, and the name of
// the sheet or nothing. The file is
// stdin, read by place; the records go to stdout. It answers the exit code.
func ChildMain(args []string, stdin *os.File, stdout io.Writer) int {
	if len(args) != 4 {
		return exitBad
	}
	seconds, err := strconv.ParseUint(args[2], 10, 32)
	if err != nil {
		return exitBad
	}
	info, err := stdin.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return exitBad
	}
	if err := confine(seconds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitBad
	}
	out := &frames{w: bufio.NewWriterSize(stdout, 64<<10)}
	if err := out.send(frameHello, []byte(hello)); err != nil {
		return exitWrite
	}
	err = readFile(what{args[0], args[3], args[1] == "scan"}, stdin, info.Size(), out)
	var r *Refusal
	switch {
	case err == nil:
		err = out.send(frameEnd, nil)
	case errors.As(err, &r):
		err = out.sendJSON(frameRefuse, r)
	}
	if err = errors.Join(err, out.w.Flush()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitWrite
	}
	return 0
}

// what is to be read of a file.
type what struct {
	format, sheet string
	scan          bool
}

func readFile(x what, r io.ReaderAt, size int64, out *frames) error {
	switch x.format {
	case FormatXLSX:
		return readXLSX(r, size, x, out)
	case FormatJSON:
		return readJSON(io.NewSectionReader(r, 0, size), out)
	}
	return fmt.Errorf("unknown format %q", x.format)
}

func readXLSX(r io.ReaderAt, size int64, x what, out *frames) error {
	p, err := openPack(r, size)
	if err != nil {
		return err
	}
	w, err := openWorkbook(p, x.sheet)
	if err != nil {
		return err
	}
	if x.scan {
		if err := w.tellTexts(out); err != nil {
			return err
		}
	}
	in, err := p.open(w.sheet.part)
	if err != nil {
		return err
	}
	t := &table{w: w, s: newScanner(in), out: out, in: in, scan: x.scan}
	if err := t.read(); err != nil {
		return refusalOf(err, shown(w.sheet.part))
	}
	return nil
}
