package warehouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Parts are what the warehouse stands on.
type Parts struct {
	DB       *controldb.DB
	Files    *blob.Store // of its own, with nothing else in it
	Columnar Columnar
	Log      *audit.Log
	Clock    clock.Clock
	Masker   access.Masker
	Secret   []byte // of at least 32 bytes, for cursors
}

// Service keeps and reads versions.
type Service struct {
	db       *controldb.DB
	files    *blob.Store
	columnar Columnar
	log      *audit.Log
	clock    clock.Clock
	masker   access.Masker
	cursors  cursors
	pool     *pool
	cache    *cache
	latest   latest
}

// NewService ties the parts together. Close it at the end.
func NewService(p Parts) (*Service, error) {
	c, err := newCursors(p.Secret)
	if err != nil {
		return nil, err
	}
	return &Service{
		db: p.DB, files: p.Files, columnar: p.Columnar, log: p.Log, clock: p.Clock, masker: p.Masker, cursors: c, pool: newPool(p.Files), cache: newCache(),
	}, nil
}

// Close ends all open row files.
func (s *Service) Close() { s.pool.close() }

// PublishInput is a sealed draft and the verdict that lets it pass.
type PublishInput struct {
	Draft   *Draft
	Verdict string
	Actor   audit.Actor
	// Over runs in that transaction before the version enters it, with the version that it takes the place of (nil: the
	// first). What it answers ends the publication. It may run more than once.
	Over func(newest *Version) error
	// Also runs in the transaction that makes the version visible, for what must be true at the same moment. It may run
	// more than once.
	Also func(ctx context.Context, q controldb.Querier, v Version) error
}

// Publish makes a draft the current version of its dataset: files first, then the one row that makes it visible
// (invariant 1). On an error nothing is visible and the draft is gone.
func (s *Service) Publish(ctx context.Context, in PublishInput) (Version, error) {
	d := in.Draft
	defer d.Discard()
	if d.state != sealed {
		return Version{}, fmt.Errorf("publish draft %s: it is not sealed", d.id)
	}
	if in.Verdict == "" { // invariant 5
		return Version{}, fault.New(fault.Conflict, "warehouse.no_verdict")
	}
	m, sum, err := d.writeManifest(in.Verdict)
	if err != nil {
		return Version{}, err
	}
	name := versionFolder(d.in.Dataset, d.id)
	if err := s.files.CommitDir(d.folder, name); err != nil {
		return Version{}, fmt.Errorf("keep the files of %s: %w", name, err)
	}
	v := Version{
		ID: d.id, Dataset: m.Dataset, SchemaVersion: m.SchemaVersion, Verdict: m.Verdict, Rows: m.Rows, Columns: m.Columns,
		Provenance: m.Provenance, Stats: m.Stats, Files: m.Files, ManifestSHA256: sum, PublishedAt: s.clock.Now(),
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		last, err := lastNumber(ctx, q, v.Dataset)
		if err != nil {
			return err
		}
		v.Number = last + 1
		if err := in.mayReplace(ctx, q, v.Dataset); err != nil {
			return err
		}
		if err := insertVersion(ctx, q, v); err != nil {
			return err
		}
		if in.Also != nil {
			if err := in.Also(ctx, q, v); err != nil {
				return err
			}
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: in.Actor, Channel: audit.ChannelJob, Event: "warehouse.publish", Subject: "warehouse.version/" + string(v.ID),
			Agency: v.Provenance.Owner, Dataset: v.Dataset,
			Detail: map[string]string{"number": fmt.Sprint(v.Number), "rows": fmt.Sprint(v.Rows), "manifest": sum, "delivery": v.Provenance.Delivery, "verdict": v.Verdict, "key": d.keyID},
		})
	})
	s.cache.published(v.Dataset)
	if err != nil {
		// The row may be there although the answer was lost; only a certain absence lets the files go.
		if _, missing := findVersion(ctx, s.db, v.ID); fault.Is(missing, "warehouse.no_version") {
			_ = s.files.Remove(name) // what stays is removed at the next start
		}
		return Version{}, err
	}
	return v, nil
}

func (in PublishInput) mayReplace(ctx context.Context, q controldb.Querier, dataset string) error {
	if in.Over == nil {
		return nil
	}
	newest, err := currentVersion(ctx, q, dataset)
	switch {
	case fault.Is(err, "warehouse.no_version"):
		return in.Over(nil)
	case err != nil:
		return err
	}
	return in.Over(&newest)
}

func versionFolder(dataset string, id VersionID) string { return path.Join(dataset, string(id)) }

// Current finds the newest version of a dataset, another node's at most half a second late.
func (s *Service) Current(ctx context.Context, dataset string) (Version, error) {
	v, err := s.cachedCurrent(ctx, dataset)
	if err != nil {
		return Version{}, err
	}
	return *v, nil
}

// Find finds a version by id.
func (s *Service) Find(ctx context.Context, id VersionID) (Version, error) {
	return findVersion(ctx, s.db, id)
}

// OfDelivery finds the version that a delivery became.
func (s *Service) OfDelivery(ctx context.Context, delivery string) (Version, error) {
	return versionOfDelivery(ctx, s.db, delivery)
}

// Versions lists the versions of a dataset with numbers below before (0: all), the newest first, at most limit.
func (s *Service) Versions(ctx context.Context, dataset string, before, limit int) ([]Version, error) {
	if before <= 0 {
		before = math.MaxInt32
	}
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	return listVersions(ctx, s.db, dataset, before, limit)
}

// PurgeIn takes a version out of sight in the caller's transaction: content that should never have come in, by the order of
// someone with the right to handle incidents. What it was, when and by whom stays. RemovePurged removes the files afterwards.
func (s *Service) PurgeIn(ctx context.Context, q controldb.Querier, id VersionID, reason string) error {
	who, err := access.Require(ctx, access.IncidentHandle)
	if err != nil {
		return err
	}
	v, err := findVersion(ctx, q, id)
	if err != nil {
		return err
	}
	if err := insertPurge(ctx, q, id, reason, who.ID, s.clock.Now()); err != nil {
		return err
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: "warehouse.purge", Subject: "warehouse.version/" + string(id), Agency: v.Provenance.Owner, Dataset: v.Dataset, Reason: reason,
		Detail: map[string]string{"number": fmt.Sprint(v.Number), "rows": fmt.Sprint(v.Rows), "manifest": v.ManifestSHA256, "delivery": v.Provenance.Delivery},
	})
}

// RemovePurged destroys the keys and removes the files of a version that PurgeIn took out of sight. A restart does it too.
func (s *Service) RemovePurged(dataset string, id VersionID) error {
	s.cache.purged(dataset, id)
	s.pool.drop(id)
	return s.files.Remove(versionFolder(dataset, id))
}

// Verify reads the manifest and files of a version again and compares every sum.
func (s *Service) Verify(ctx context.Context, id VersionID) error {
	v, err := findVersion(ctx, s.db, id)
	if err != nil {
		return err
	}
	folder := versionFolder(v.Dataset, v.ID)
	manifest, err := s.files.OpenFile(path.Join(folder, manifestFile))
	if err != nil {
		return filesDamaged(&v, err)
	}
	body, err := io.ReadAll(manifest)
	if err := errors.Join(err, manifest.Close()); err != nil {
		return filesDamaged(&v, err)
	}
	sum := sha256.Sum256(body)
	var m Manifest
	if hex.EncodeToString(sum[:]) != v.ManifestSHA256 || json.Unmarshal(body, &m) != nil {
		return filesDamaged(&v, fmt.Errorf("the manifest has changed"))
	}
	for _, want := range m.Files {
		got, err := sumFile(s.files, folder, want.Name)
		if err != nil || got != want {
			return filesDamaged(&v, errOr(err, want.Name+" has changed"))
		}
	}
	return nil
}

func filesDamaged(v *Version, cause error) error {
	return fault.New(fault.Unavailable, "warehouse.files_damaged", v.Dataset, v.Number).Because(cause)
}
