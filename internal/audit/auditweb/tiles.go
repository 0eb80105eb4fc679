package auditweb

import (
	"errors"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/fault"
)

// A tile of a signed tree never changes. A checkpoint does, twice a second.
const (
	tileCache       = "public, max-age=31536000, immutable"
	checkpointCache = "public, max-age=1"
)

// showCheckpoint serves the newest signed checkpoint as C2SP tlog-tiles has it.
func (p *Pages) showCheckpoint(w http.ResponseWriter, _ *http.Request) error {
	note, err := p.checkpoint()
	if err != nil {
		return fault.New(fault.NotFound, "audit.no_tile").Because(err)
	}
	return send(w, "text/plain; charset=utf-8", checkpointCache, []byte(note))
}

// showTile serves hashes: they tell nothing about the records.
func (p *Pages) showTile(w http.ResponseWriter, r *http.Request) error {
	data, err := p.log.Journal().Tile(r.PathValue("level"), r.PathValue("path"))
	if err != nil {
		return noTile(err)
	}
	return send(w, "application/octet-stream", tileCache, data)
}

// showEntries serves records themselves, so the reading is recorded with its reason like every other.
func (p *Pages) showEntries(w http.ResponseWriter, r *http.Request) error {
	who, err := access.Require(r.Context(), access.AuditRead)
	if err != nil {
		return err
	}
	data, err := p.log.ReadBundle(r.Context(), who.ForAudit(), r.URL.Query().Get("reason"), r.PathValue("path"))
	if err != nil {
		return noTile(err)
	}
	return send(w, "application/octet-stream", "no-store", data)
}

func noTile(err error) error {
	if errors.Is(err, journal.ErrNoTile) {
		return fault.New(fault.NotFound, "audit.no_tile")
	}
	return err
}

func send(w http.ResponseWriter, kind, cache string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", cache)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}
