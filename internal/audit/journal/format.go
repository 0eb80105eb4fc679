package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

const (
	segmentMagic = "LTJOURN1"
	batchMagic   = "LTB1"

	segmentHeaderLen = 40
	batchHeaderLen   = 24
	frameHeaderLen   = 8

	// MaxBody is the longest record. The encoder of package audit stays far below.
	MaxBody = 1 << 20

	lockFile       = "lock"
	hashFile       = "tree.hashes"
	checkpointFile = "checkpoint"
	historyFile    = "checkpoints"
	keyFile        = "verifier.key"
	cosignedFile   = "cosigned"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Frames is how many body bytes a batch may declare: far above what the queue collects, far below what would make a
// damaged length allocate without limit.
const maxBatchBytes = 1 << 28

func segmentName(first int64) string { return fmt.Sprintf("segment-%020d.log", first) }

func segmentFirst(name string) (int64, bool) {
	digits, ok := strings.CutPrefix(name, "segment-")
	if !ok {
		return 0, false
	}
	digits, ok = strings.CutSuffix(digits, ".log")
	if !ok || len(digits) != 20 {
		return 0, false
	}
	first, err := strconv.ParseInt(digits, 10, 64)
	return first, err == nil
}

type segmentHeader struct {
	first    int64
	before   int64 // first seq of the segment before, 0 for the first: so a missing one is seen at start
	previous int64 // bytes of the segment before: so one cut short is seen at start
}

func (h segmentHeader) bytes() []byte {
	b := make([]byte, 0, segmentHeaderLen)
	b = append(b, segmentMagic...)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.first))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.before))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.previous))
	b = binary.LittleEndian.AppendUint32(b, 0)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func parseSegmentHeader(b []byte) (segmentHeader, bool) {
	if len(b) < segmentHeaderLen || string(b[:8]) != segmentMagic ||
		binary.LittleEndian.Uint32(b[36:]) != crc32.Checksum(b[:36], castagnoli) {
		return segmentHeader{}, false
	}
	return segmentHeader{
		first:    int64(binary.LittleEndian.Uint64(b[8:])),
		before:   int64(binary.LittleEndian.Uint64(b[16:])),
		previous: int64(binary.LittleEndian.Uint64(b[24:])),
	}, true
}

type batchHeader struct {
	count int
	first int64
	bytes int64 // of all frames
}

func (h batchHeader) append(b []byte) []byte {
	start := len(b)
	b = append(b, batchMagic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.count))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.first))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.bytes))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

func parseBatchHeader(b []byte) (batchHeader, bool) {
	if len(b) < batchHeaderLen || string(b[:4]) != batchMagic ||
		binary.LittleEndian.Uint32(b[20:]) != crc32.Checksum(b[:20], castagnoli) {
		return batchHeader{}, false
	}
	h := batchHeader{
		count: int(binary.LittleEndian.Uint32(b[4:])),
		first: int64(binary.LittleEndian.Uint64(b[8:])),
		bytes: int64(binary.LittleEndian.Uint32(b[16:])),
	}
	return h, h.count > 0 && h.bytes <= maxBatchBytes && h.bytes >= int64(h.count)*frameHeaderLen
}

func appendFrame(b []byte, seq int64, body []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = binary.LittleEndian.AppendUint32(b, frameSum(seq, body))
	return append(b, body...)
}

func frameSum(seq int64, body []byte) uint32 {
	var s [8]byte
	binary.LittleEndian.PutUint64(s[:], uint64(seq))
	return crc32.Update(crc32.Checksum(s[:], castagnoli), castagnoli, body)
}

func frameLen(header []byte) int64 { return int64(binary.LittleEndian.Uint32(header)) }

func frameCRC(header []byte) uint32 { return binary.LittleEndian.Uint32(header[4:]) }
