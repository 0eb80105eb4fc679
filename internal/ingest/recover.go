package ingest

import (
	"context"
	"fmt"
	"path"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Recover takes up what an earlier run of this node left: its checks go back to the queue, and what remains of purged
// deliveries goes. Files that belong to no delivery are set aside and never removed: after a control store was restored
// from an older copy they are the only copy of what came since. Call it once at start, before the first delivery.
func (s *Service) Recover(ctx context.Context) error {
	if err := s.Files.Sweep(); err != nil {
		return err
	}
	if err := s.DB.InTx(ctx, func(q controldb.Querier) error { return giveBackAll(ctx, q, s.Node) }); err != nil {
		return err
	}
	known, err := knownIDs(ctx, s.DB)
	if err != nil {
		return err
	}
	names, err := s.Files.List("")
	if err != nil {
		return err
	}
	if _, err := s.sweepUploads(access.Actor{}); err != nil {
		return err
	}
	recorded, lost := 0, 0
	seen := map[string]bool{}
	for _, name := range names {
		top, id := fileOf(name)
		has, there := known[id]
		if has || seen[top] || strings.HasPrefix(name, uploadFolder) { // uploads outlive a restart
			continue
		}
		seen[top] = true
		if there { // a purge that was cut off
			if err := s.Files.Remove(top); err != nil {
				return fmt.Errorf("remove purged %s: %w", top, err)
			}
			continue
		}
		isRecorded, err := s.setAside(ctx, top, id)
		if err != nil {
			return err
		}
		if lost++; isRecorded {
			recorded++
		}
	}
	if lost == 0 {
		return nil
	}
	return s.Incidents.Open(access.WithActor(ctx, access.JobActor("start")), "availability", severityOf(recorded), lostSummary, map[string]string{
		"store": "raw", "set_aside": fmt.Sprint(lost), "in_log": fmt.Sprint(recorded),
	})
}

const lostSummary = "Có tệp lượt nạp mà kho điều khiển không biết, đã chuyển vào thư mục raw/lost+found và không xóa. Nếu kho điều khiển vừa được khôi phục từ bản cũ, hãy khôi phục bản mới hơn; xem Cẩm nang vận hành, mục lost+found."

// severityOf what was set aside: what the log knows was acknowledged, so the control store has lost it.
func severityOf(recorded int) string {
	if recorded > 0 {
		return "high"
	}
	return "normal"
}

// fileOf is what is moved as one, and the delivery that it belongs to.
func fileOf(name string) (top, id string) {
	if strings.HasPrefix(name, "quarantine/") {
		top = path.Dir(name)
		return top, path.Base(top)
	}
	return name, strings.TrimSuffix(path.Base(name), path.Ext(name))
}

func (s *Service) setAside(ctx context.Context, name, id string) (recorded bool, err error) {
	records, err := s.Log.List(ctx, audit.Filter{Subject: "ingest.delivery/" + id, Limit: 1})
	if err != nil {
		return false, fmt.Errorf("look for the receipt of %s: %w", id, err)
	}
	place, err := s.Files.SetAside(name, s.Clock.Now().UTC().Format("2006-01-02"))
	if err != nil {
		return false, fmt.Errorf("set %s aside: %w", name, err)
	}
	recorded = len(records.Items) > 0
	s.Logger.Warn("a file that belongs to no delivery was set aside", "slice", "ingest", "place", place, "in_log", recorded)
	return recorded, nil
}
