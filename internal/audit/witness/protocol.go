package witness

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"lienthong/internal/audit/merkle"
)

// MaxBody is more than a request of 63 proof lines and a checkpoint with many signatures has.
const MaxBody = 64 << 10

const (
	maxProof = 63
	sizeType = "text/x.tlog.size"
	addPath  = "/add-checkpoint"
)

var errMalformed = errors.New("the request is not an add-checkpoint of C2SP tlog-witness")

// request is the body of add-checkpoint.
type request struct {
	old        int64
	proof      []merkle.Hash
	raw        []byte // the signed checkpoint
	checkpoint merkle.ForeignCheckpoint
}

func (r request) body() []byte {
	var b strings.Builder
	b.WriteString("old " + strconv.FormatInt(r.old, 10) + "\n")
	for _, h := range r.proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(r.raw)
	return []byte(b.String())
}

func parseRequest(body []byte) (request, error) {
	head, raw, found := strings.Cut(string(body), "\n\n")
	lines := strings.Split(head, "\n")
	digits, named := strings.CutPrefix(lines[0], "old ")
	if !found || !named || len(lines)-1 > maxProof {
		return request{}, errMalformed
	}
	old, err := merkle.ParseSize(digits)
	if err != nil {
		return request{}, errMalformed
	}
	r := request{old: old, raw: []byte(raw)}
	for _, line := range lines[1:] {
		b, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(b) != merkle.HashLen {
			return request{}, errMalformed
		}
		r.proof = append(r.proof, merkle.Hash(b))
	}
	if r.checkpoint, err = merkle.ParseForeign(r.raw); err != nil {
		return request{}, errors.Join(errMalformed, err)
	}
	return r, nil
}
