package httpx

import (
	"os"
	"runtime/debug"
)

// Collector settings of a serving process. The live heap is some tens of megabytes while calls make a lot of short-lived
// garbage: collecting at five times the live heap instead of twice saves about a tenth of a call's processor time
// (docs/performance.md). Near memoryAim the collector works as often as it must. DuckDB's memory is not Go's.
const (
	collectAt = 400     // percent of growth
	memoryAim = 1 << 30 // bytes of Go's memory
)

// TuneCollector sets the garbage collector of a serving process. It leaves alone what the operator has set in the environment.
func TuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryAim)
	}
}
