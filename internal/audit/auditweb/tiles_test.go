package auditweb

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"lienthong/internal/audit"
)

// tileClient is another program that knows C2SP tlog-tiles and the public key, and nothing else.
type tileClient struct {
	t     *testing.T
	s     *site
	spoil string // path of a tile that is changed on its way
}

func (c tileClient) Height() int { return 8 }

func (c tileClient) SaveTiles([]tlog.Tile, [][]byte) {}

func (c tileClient) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		code, body := c.get("/audit/log/" + path)
		if code != http.StatusOK {
			return nil, fmt.Errorf("%s: %d", path, code)
		}
		out[i] = []byte(body)
		if path == c.spoil {
			out[i][5] ^= 1
		}
	}
	return out, nil
}

func (c tileClient) get(path string) (int, string) {
	return getRaw(c.t, c.s, path, "")
}

// tree reads the signed tree from the checkpoint.
func (c tileClient) tree(key string) (tlog.Tree, error) {
	code, body := c.get("/audit/log/checkpoint")
	if code != http.StatusOK {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %d", code)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	n, err := note.Open([]byte(body), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(n.Text, "\n")
	var tree tlog.Tree
	if _, err := fmt.Sscan(lines[1], &tree.N); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func TestAnotherProgramProvesRecordsFromTheTiles(t *testing.T) {
	s := newSite(t, nil)
	c := tileClient{t: t, s: s}
	var before tlog.Tree
	for _, more := range []int{3, 252, 1, 600, 70_000} {
		s.fill(t, more)
		tree, err := c.tree(s.log.Journal().VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		hashes := tlog.TileHashReader(tree, c)
		for _, seq := range []int64{0, tree.N / 2, tree.N - 1} {
			proof, err := tlog.ProveRecord(tree.N, seq, hashes)
			if err != nil {
				t.Fatal(err)
			}
			e, err := s.log.ReadEvidence(context.Background(), audit.Actor{AccountID: "auditor"}, "kiểm tra chứng cứ", seq)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, seq, tlog.RecordHash([]byte(e.Record))); err != nil {
				t.Errorf("record %d of %d: %v", seq, tree.N, err)
			}
		}
		if before.N > 0 {
			proof, err := tlog.ProveTree(tree.N, before.N, hashes)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
				t.Errorf("growth from %d to %d: %v", before.N, tree.N, err)
			}
		}
		before = tree
	}
	forged := c
	forged.spoil = "tile/1/000"
	if _, err := tlog.ProveRecord(before.N, 5, tlog.TileHashReader(before, forged)); err == nil {
		t.Error("a forged tile was accepted")
	}
}

func TestTilesThatTheSignedTreeDoesNotHave(t *testing.T) {
	s := newSite(t, nil)
	s.fill(t, 299) // with the record of opening the log: 300
	for path, want := range map[string]int{
		"0/000": 200, "0/001.p/44": 200, "0/001.p/43": 200, "1/000.p/1": 200,
		"0/001": 404, "0/001.p/45": 404, "1/000": 404, "1/000.p/2": 404, "2/000.p/1": 404, "63/000.p/1": 404,
		"0/0": 404, "0/000.p/0": 404, "00/000": 404, "-1/000": 404, "0/001.p/256": 404, "data/000": 404, "0/x001/000": 404,
		"0/x999/x999/x999/x999/x999/x999/x999/999": 404, "7/000.p/1": 404, "9/000.p/1": 404,
	} {
		if code, _ := getRaw(t, s, "/audit/log/tile/"+path, ""); code != want {
			t.Errorf("tile %s: %d, want %d", path, code, want)
		}
	}
}

func TestEntryBundlesAreForAuditorsAndRecorded(t *testing.T) {
	s := newSite(t, nil)
	s.fill(t, 299)
	for role, want := range map[string]int{"": http.StatusSeeOther, "op_admin": http.StatusForbidden} {
		if code, _ := getRaw(t, s, "/audit/log/tile/entries/000?reason=x", role); code != want {
			t.Errorf("role %q: %d, want %d", role, code, want)
		}
	}
	if code, _ := getRaw(t, s, "/audit/log/tile/entries/000", "auditor"); code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", code)
	}
	code, body := getRaw(t, s, "/audit/log/tile/entries/001.p/44?reason=thanh+tra", "auditor")
	if code != http.StatusOK {
		t.Fatalf("bundle: %d %s", code, body)
	}
	_, hashes := getRaw(t, s, "/audit/log/tile/0/001.p/44", "")
	data := []byte(body)
	for i := 0; len(data) > 0; i++ {
		n := int(binary.BigEndian.Uint16(data))
		h := tlog.RecordHash(data[2 : 2+n])
		if string(h[:]) != hashes[32*i:32*i+32] {
			t.Fatalf("entry %d of the bundle is not the leaf of the tile", i)
		}
		data = data[2+n:]
	}
	found, err := s.log.List(context.Background(), audit.Filter{Event: "log.read"})
	if err != nil || len(found.Items) != 1 || found.Items[0].Reason != "thanh tra" || found.Items[0].Detail["bundle"] != "001.p/44" {
		t.Fatalf("reading the bundle is not recorded: %+v, %v", found.Items, err)
	}
}
