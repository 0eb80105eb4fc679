package warehouse

import (
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"

	"lienthong/internal/kit/fault"
)

const (
	maxOpenFiles = 64 // versions whose row files stay open
	maxIdle      = 8  // idle connections of one row file
)

// pool keeps connections to row files, which are opened as immutable and so need no lock.
type pool struct {
	mu     sync.Mutex
	files  map[VersionID]*openFile
	closed bool
}

type openFile struct {
	idle []*rowConn
	used time.Time

	checking sync.Mutex
	sound    bool // its sum was compared since it was opened
}

// check compares the file with the sum in the version's manifest, once for as long as it stays open: a file that was
// damaged or swapped is never served as good. Who comes meanwhile waits.
func (f *openFile) check(v *Version, path string) error {
	f.checking.Lock()
	defer f.checking.Unlock()
	if f.sound {
		return nil
	}
	got, err := sumFile(path)
	if err == nil && !slices.Contains(v.Files, got) {
		err = fmt.Errorf("%s has changed", rowFile)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "warehouse.files_damaged", v.Dataset, v.Number).Because(err)
	}
	f.sound = true
	return nil
}

// rowConn is a connection to one row file with its prepared statements.
type rowConn struct {
	version VersionID
	conn    *sqlite3.Conn
	stmts   map[string]*sqlite3.Stmt
}

func newPool() *pool { return &pool{files: map[VersionID]*openFile{}} }

// take gives a connection of its own to the caller, who gives it back.
func (p *pool) take(v *Version, path string) (*rowConn, error) {
	id := v.ID
	p.mu.Lock()
	f := p.files[id]
	if f == nil {
		f = &openFile{}
		p.files[id] = f
		p.evict(id)
	}
	f.used = time.Now()
	if n := len(f.idle); n > 0 {
		c := f.idle[n-1]
		f.idle = f.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	if err := f.check(v, path); err != nil {
		return nil, err
	}
	// Immutable: nobody changes the file, so SQLite neither locks it nor looks for a journal.
	dsn := (&url.URL{Scheme: "file", Path: path, OmitHost: true}).String() + "?immutable=1&mode=ro"
	conn, err := sqlite3.OpenFlags(dsn, sqlite3.OPEN_READONLY|sqlite3.OPEN_URI)
	if err != nil {
		return nil, fmt.Errorf("open row file of version %s: %w", id, err)
	}
	if err := conn.Exec(`PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY`); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("open row file of version %s: %w", id, err)
	}
	return &rowConn{version: id, conn: conn, stmts: map[string]*sqlite3.Stmt{}}, nil
}

// give takes a connection back.
func (p *pool) give(c *rowConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.files[c.version]
	if p.closed || f == nil || len(f.idle) >= maxIdle {
		c.close()
		return
	}
	f.idle = append(f.idle, c)
}

// evict closes the row file that was used longest ago, when there are too many.
func (p *pool) evict(keep VersionID) {
	if len(p.files) <= maxOpenFiles {
		return
	}
	var oldest VersionID
	for id, f := range p.files {
		if id != keep && (oldest == "" || f.used.Before(p.files[oldest].used)) {
			oldest = id
		}
	}
	for _, c := range p.files[oldest].idle {
		c.close()
	}
	delete(p.files, oldest)
}

// drop closes the row file of a version that goes; a connection in use is closed when it is given back.
func (p *pool) drop(id VersionID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.files[id]; f != nil {
		for _, c := range f.idle {
			c.close()
		}
		delete(p.files, id)
	}
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, f := range p.files {
		for _, c := range f.idle {
			c.close()
		}
		f.idle = nil
	}
}

const maxStatements = 64

// prepare gives the statement of a query, prepared once per connection.
func (c *rowConn) prepare(query string) (*sqlite3.Stmt, error) {
	if stmt := c.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, _, err := c.conn.Prepare(query)
	if err != nil {
		return nil, fmt.Errorf("prepare a query of version %s: %w", c.version, err)
	}
	if len(c.stmts) >= maxStatements {
		for q, old := range c.stmts {
			_ = old.Close()
			delete(c.stmts, q)
			break
		}
	}
	c.stmts[query] = stmt
	return stmt, nil
}

func (c *rowConn) close() {
	for _, stmt := range c.stmts {
		_ = stmt.Close()
	}
	_ = c.conn.Close()
}
