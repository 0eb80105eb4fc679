package controldb

import "database/sql"

// Stats is how the store's connections and transactions stand, for monitoring.
type Stats struct {
	Pools    map[string]sql.DBStats // by use: write, read; one pool for both on PostgreSQL
	Repeated int64                  // transactions made again because another one was in the way
	GaveUp   int64                  // those given up for it (controldb.busy)
}

// Stats tells how the store stands.
func (db *DB) Stats() Stats {
	s := Stats{Pools: map[string]sql.DBStats{"write": db.write.Stats()}, Repeated: db.repeated.Load(), GaveUp: db.gaveUp.Load()}
	if db.read != db.write {
		s.Pools["read"] = db.read.Stats()
	}
	return s
}
