package ingest

import (
	"errors"
	"io"

	"lienthong/internal/catalog"
	"lienthong/internal/ingest/sheet"
)

// stampSearch looks for state-secret stamps in the texts of a file that a child reads: by cell in what stands out and in
// the first rows, as far as the head of a CSV file goes; TỐI MẬT and TUYỆT MẬT everywhere.
type stampSearch struct {
	searched int // bytes of rows searched by cell
}

// text searches one text outside the rows.
func (s *stampSearch) text(standsOut bool, text string) error {
	if standsOut {
		if stamp, found := catalog.SecretStamp(text); found {
			return stampFault(stamp)
		}
	}
	if stamp, found := stampAnywhere([]byte(text)); found {
		return stampFault(stamp)
	}
	return nil
}

// all reads every row.
func (s *stampSearch) all(r *sheet.Reader) error {
	for _, name := range r.Header().Columns {
		if err := s.text(true, name); err != nil {
			return err
		}
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.cells(row.Cells); err != nil {
			return err
		}
	}
}

// cells searches the cells of one row.
func (s *stampSearch) cells(cells []sheet.Cell) error {
	for _, c := range cells {
		if c.Kind != sheet.Text {
			continue
		}
		if err := s.text(s.searched < headSize, c.Text); err != nil {
			return err
		}
		s.searched += len(c.Text)
	}
	return nil
}
