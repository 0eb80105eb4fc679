package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/tlog"

	"lienthong/internal/audit/merkle"
)

// tileHeight of C2SP tlog-tiles: 256 hashes a tile.
const tileHeight = 8

// ErrNoTile says that the signed tree has no such tile, or that the path names none.
var ErrNoTile = errors.New("the signed log has no such tile")

// Tile gives the hashes of a C2SP tlog-tile from the stored ones. Level and path are as in its address:
// "tile/<level>/<path>". Only what the newest checkpoint covers is given.
func (j *Journal) Tile(level, path string) ([]byte, error) {
	t, err := parseTile(level, path)
	if err != nil || t.L < 0 {
		return nil, ErrNoTile
	}
	_, c, f, err := signedState(j.Dir(), j.verifierKey)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if !covers(c.Size, t) {
		return nil, ErrNoTile
	}
	data, err := tlog.ReadTileData(t, merkle.Stored(f))
	if err != nil {
		return nil, fmt.Errorf("read tile %s/%s: %w", level, path, err)
	}
	return data, nil
}

// EntryBundle gives the records of a C2SP entry bundle, "tile/entries/<path>", and the seq of its first.
func (j *Journal) EntryBundle(path string) (data []byte, first int64, err error) {
	t, err := parseTile("data", path)
	if err != nil {
		return nil, 0, ErrNoTile
	}
	c, signed := j.Checkpoint()
	leaves := t
	leaves.L = 0
	if !signed || !covers(c.Size, leaves) {
		return nil, 0, ErrNoTile
	}
	first = t.N << tileHeight
	err = j.Each(first, first+int64(t.W), func(e Entry) error {
		if len(e.Body) > math.MaxUint16 {
			return fmt.Errorf("record %d has %d bytes, an entry bundle holds 65535 of each", e.Seq, len(e.Body))
		}
		data = append(binary.BigEndian.AppendUint16(data, uint16(len(e.Body))), e.Body...)
		return nil
	})
	return data, first, err
}

func parseTile(level, path string) (tlog.Tile, error) {
	const longest = len("x000/x000/x000/x000/x000/000.p/255")
	if len(path) > longest {
		return tlog.Tile{}, ErrNoTile
	}
	return tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s/%s", tileHeight, level, path))
}

// covers reports that a tree of size records has all hashes of the tile.
func covers(size int64, t tlog.Tile) bool {
	if t.L > 62/tileHeight || t.N < 0 || t.N > size>>tileHeight {
		return false
	}
	return size>>(tileHeight*t.L)-t.N<<tileHeight >= int64(t.W)
}
