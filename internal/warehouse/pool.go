package warehouse

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs/readervfs"

	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/ids"
)

const (
	maxOpenFiles = 64 // versions whose row files stay open
	maxIdle      = 8  // idle connections of one row file
)

// pool keeps connections to row files. SQLite reads them through the store, which verifies and opens every page, and as
// immutable, so that it needs no lock and no journal.
type pool struct {
	store  *blob.Store
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
func (f *openFile) check(store *blob.Store, v *Version, folder string) error {
	f.checking.Lock()
	defer f.checking.Unlock()
	if f.sound {
		return nil
	}
	got, err := sumFile(store, folder, rowFile)
	if err == nil && !slices.Contains(v.Files, got) {
		err = fmt.Errorf("%s has changed", rowFile)
	}
	if err != nil {
		return filesDamaged(v, err)
	}
	f.sound = true
	return nil
}

// rowConn is a connection to one row file with its prepared statements.
type rowConn struct {
	version VersionID
	conn    *sqlite3.Conn
	file    *blob.Reader
	stmts   map[string]*sqlite3.Stmt
}

func newPool(store *blob.Store) *pool { return &pool{store: store, files: map[VersionID]*openFile{}} }

// take gives a connection of its own to the caller, who gives it back.
func (p *pool) take(v *Version, folder string) (*rowConn, error) {
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
	if err := f.check(p.store, v, folder); err != nil {
		return nil, err
	}
	return p.connect(id, folder+"/"+rowFile)
}

func (p *pool) connect(id VersionID, name string) (*rowConn, error) {
	file, err := p.store.OpenFile(name)
	if err != nil {
		return nil, fmt.Errorf("open row file of version %s: %w", id, err)
	}
	// SQLite finds the reader by a name that exists while it opens; the connection owns the reader from then on.
	handle := ids.New()
	readervfs.Create(handle, file)
	conn, err := sqlite3.OpenFlags("file:"+handle+"?vfs=reader", sqlite3.OPEN_READONLY|sqlite3.OPEN_URI)
	readervfs.Delete(handle)
	if err != nil {
		return nil, fmt.Errorf("open row file of version %s: %w", id, errors.Join(file.Err(), err, file.Close()))
	}
	c := &rowConn{version: id, conn: conn, file: file, stmts: map[string]*sqlite3.Stmt{}}
	if err := conn.Exec(`PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY`); err != nil {
		c.close()
		return nil, fmt.Errorf("open row file of version %s: %w", id, errors.Join(file.Err(), err))
	}
	return c, nil
}

// give takes a connection back.
func (p *pool) give(c *rowConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.files[c.version]
	if p.closed || f == nil || c.file.Err() != nil || len(f.idle) >= maxIdle {
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
	_ = c.file.Close()
}
