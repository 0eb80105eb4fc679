package journal

import (
	"time"

	"lienthong/internal/kit/meter"
)

// meters are what the journal counts.
type meters struct {
	commit meter.Histograms
	batch  meter.Histograms
}

func newMeters(s *meter.Set) meters {
	return meters{
		commit: s.Histograms("lienthong_journal_commit_seconds", "How long it took to bring a batch of records to the disk.", meter.Seconds(), "result"),
		batch:  s.Histograms("lienthong_journal_batch_records", "How many records shared one commit.", meter.Sizes()),
	}
}

// Standing is how the journal stands at a moment.
type Standing struct {
	Records  int64         // on disk
	Unsigned int64         // of them, those that no checkpoint counts yet
	Waiting  int           // records that wait for the next commit
	Bytes    int           // of those
	Signed   time.Duration // since the newest checkpoint of this run; zero before the first
	Failed   int           // folders out of service
}

// Standing tells how the journal stands, for monitoring.
func (j *Journal) Standing() Standing {
	j.mu.Lock()
	s := Standing{Waiting: len(j.current.bodies), Bytes: j.current.bytes}
	j.mu.Unlock()
	if c := j.latest.Load(); c != nil {
		s.Unsigned = -c.Size
	}
	s.Records = j.size.Load()
	s.Unsigned = max(0, s.Unsigned+s.Records)
	if at := j.signedAt.Load(); at != nil {
		s.Signed = time.Since(*at)
	}
	for _, w := range j.folders {
		if w.retired.Load() {
			s.Failed++
		}
	}
	return s
}
