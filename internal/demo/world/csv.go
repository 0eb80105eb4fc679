package world

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
)

// WriteCSV writes a delivery as agencies send it: UTF-8, comma, quotes where a cell needs them.
func WriteCSV(w io.Writer, f File) error {
	c := csv.NewWriter(w)
	if err := c.Write(f.Header); err != nil {
		return fmt.Errorf("write %s: %w", f.Name, err)
	}
	if err := c.WriteAll(f.Rows); err != nil {
		return fmt.Errorf("write %s: %w", f.Name, err)
	}
	return nil
}

// CSV is the file as bytes.
func (f File) CSV() []byte {
	var b bytes.Buffer
	if err := WriteCSV(&b, f); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
