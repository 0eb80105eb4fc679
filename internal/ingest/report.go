package ingest

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/i18n"
)

// hidden stands for a value that the reader may not see.
const hidden = "•••"

// Quarantine lists rejected values of a delivery in pages: skip those seen, at most limit. Values are shown to those who
// hold ingest.rows in the owner agency, and that they were is recorded before they leave.
func (s *Service) Quarantine(ctx context.Context, id ID, skip int64, limit int) ([]Entry, error) {
	if limit <= 0 || limit > 1000 {
		limit = 100
	}
	var list []Entry
	err := s.eachEntry(ctx, id, max(skip, 0), limit, func(e Entry) error {
		list = append(list, e)
		return nil
	})
	return list, err
}

func (s *Service) eachEntry(ctx context.Context, id ID, skip int64, limit int, each func(Entry) error) error {
	d, about, err := s.find(ctx, id, access.IngestRead)
	if err != nil {
		return err
	}
	who, denied := access.Require(ctx, access.IngestRows)
	shown := denied == nil && who.Agency == about.Owner
	if shown {
		rec := &audit.Record{
			Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "ingest.quarantine_read", Actor: who.ForAudit(), Subject: "ingest.delivery/" + string(d.ID),
			Target: audit.Target{Dataset: string(d.Dataset), Owner: about.Owner}, Detail: map[string]string{"skip": fmt.Sprint(skip), "limit": fmt.Sprint(limit)},
		}
		if err := s.Log.Note(ctx, rec); err != nil {
			return err
		}
	}
	return readEntries(s.Files, d.quarantineName(), skip, limit, func(e Entry) error {
		if !shown {
			if e.Value != "" {
				e.Value = hidden
			}
			e.Args = hideArgs(e.Rule, e.Args)
		}
		return each(e)
	})
}

// WriteErrors writes the rejected values of a delivery as a CSV file that a spreadsheet opens: line, column, value, rule
// and its sentence. say turns a rule into the sentence of the reader's language.
func (s *Service) WriteErrors(ctx context.Context, id ID, w io.Writer, say func(code string, args ...any) string) error {
	buffered := bufio.NewWriter(w)
	if _, err := buffered.Write(bom); err != nil { // without it spreadsheets take the file for a legacy encoding
		return fmt.Errorf("write the error file: %w", err)
	}
	out := csv.NewWriter(buffered)
	out.UseCRLF = true
	head := []string{"Dòng", "Trường", "Tên trường", "Giá trị", "Mã lỗi", "Nội dung lỗi"}
	if i18n.LangOf(ctx) == i18n.En {
		head = []string{"Line", "Field", "Label", "Value", "Code", "Explanation"}
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write the error file: %w", err)
	}
	err := s.eachEntry(ctx, id, 0, int(^uint(0)>>1), func(e Entry) error {
		return out.Write([]string{strconv.FormatInt(e.Line, 10), SafeCell(e.Field), SafeCell(e.Label), SafeCell(e.Value), e.Rule, SafeCell(say(e.Rule, e.Args...))})
	})
	if err != nil {
		return err
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the error file: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write the error file: %w", err)
	}
	return nil
}

// SafeCell makes a text inert in a spreadsheet: one that would be run as a formula gets an apostrophe before it.
func SafeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
