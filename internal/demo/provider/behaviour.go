package provider

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Behaviour is how a system answers beside its contract. The zero Behaviour keeps to it.
type Behaviour struct {
	Delay    time.Duration // before the head of the answer
	Fail     bool          // 500 with a stack trace in the body
	Extra    bool          // fields that no contract names
	Changed  bool          // another schema: the fields have other names, numbers are text
	Twice    bool          // one field name comes twice in a record
	Huge     int           // the answer grows to about this many bytes
	Gzip     bool          // compressed, whatever the caller accepts
	Cut      bool          // the answer ends in its middle
	Redirect string        // 302 to this address
	Type     string        // Content-Type instead of application/json
}

// Behave switches the behaviour of the calls that come after.
func (s *Server) Behave(b Behaviour) { s.behaviour.Store(&b) }

// before does what happens instead of an answer, and tells whether something did.
func (b *Behaviour) before(w http.ResponseWriter, r *http.Request) bool {
	if b.Delay > 0 {
		timer := time.NewTimer(b.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case b.Fail:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintln(w, "java.sql.SQLException: ORA-00942: table or view does not exist\n\tat vn.mau.hotich.dao.KhaiSinhDao.tim(KhaiSinhDao.java:118)\n\tat java.base/java.lang.Thread.run(Thread.java:840)")
		return true
	case b.Redirect != "":
		http.Redirect(w, r, b.Redirect, http.StatusFound)
		return true
	}
	return false
}

// alter rewrites one record as the behaviour has it.
func (b *Behaviour) alter(rec object) object {
	if b.Changed {
		for i, m := range rec {
			rec[i].name = strings.ToUpper(strings.ReplaceAll(m.name, "_", ""))
			if n, isNumber := m.value.(number); isNumber {
				rec[i].value = string(n)
			}
		}
	}
	if b.Extra {
		rec = append(rec, member{"mat_khau_tam", "khong-duoc-lo-ra"}, member{"ghi_chu_noi_bo", object{{"nguoi_nhap", "cán bộ một cửa"}, {"dia_chi_ip", "10.0.0.5"}}})
	}
	if b.Twice && len(rec) > 0 {
		rec = append(rec, rec[0])
	}
	return rec
}

// finish brings the whole answer to its size.
func (b *Behaviour) finish(answer object) object {
	if b.Huge > 0 {
		answer = append(answer, member{"dem", strings.Repeat("x", b.Huge)})
	}
	return answer
}
