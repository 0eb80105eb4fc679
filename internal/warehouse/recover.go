package warehouse

import (
	"context"
	"fmt"
	"path"
	"strings"

	"lienthong/internal/audit"
)

// Lost is a version's folder that the control store knows nothing of and that was set aside.
type Lost struct {
	ID       VersionID
	Place    string // folder that holds it now
	Recorded bool   // the log knows its publication: the control store is older than the files
}

// Recover clears what an interrupted run left: drafts go, and so do files of purged versions. Folders of versions that the
// control store does not know are set aside and never removed: after a control store was restored from an older copy they
// are the only copy of what was published since. Call it once at start, before anything is published.
func (s *Service) Recover(ctx context.Context) ([]Lost, error) {
	if err := s.files.Sweep(); err != nil {
		return nil, err
	}
	known, err := knownVersions(ctx, s.db)
	if err != nil {
		return nil, err
	}
	names, err := s.files.List("")
	if err != nil {
		return nil, err
	}
	var lost []Lost
	seen := map[string]bool{}
	for _, name := range names {
		folder := path.Dir(name)
		id := VersionID(path.Base(folder))
		has, there := known[id]
		if seen[folder] || has || strings.Count(folder, "/") < 2 {
			continue
		}
		seen[folder] = true
		if there { // a purge that was cut off
			if err := s.files.Remove(folder); err != nil {
				return lost, fmt.Errorf("remove purged %s: %w", folder, err)
			}
			continue
		}
		one, err := s.setAside(ctx, folder, id)
		if err != nil {
			return lost, err
		}
		lost = append(lost, one)
	}
	return lost, nil
}

func (s *Service) setAside(ctx context.Context, folder string, id VersionID) (Lost, error) {
	records, err := s.log.List(ctx, audit.Filter{Subject: "warehouse.version/" + string(id), Limit: 1})
	if err != nil {
		return Lost{}, fmt.Errorf("look for the publication of %s: %w", id, err)
	}
	place, err := s.files.SetAside(folder, s.clock.Now().UTC().Format("2006-01-02"))
	if err != nil {
		return Lost{}, fmt.Errorf("set %s aside: %w", folder, err)
	}
	return Lost{ID: id, Place: place, Recorded: len(records.Items) > 0}, nil
}
