package provider

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

const (
	mostBody    = 1 << 20
	usualPage   = 20
	largestPage = 500
)

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /suc-khoe", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"trang_thai":"hoat_dong"}`))
	})
	for _, r := range s.registers {
		at := "/api/" + r.slug
		mux.Handle("GET "+at, s.answer(r, s.list))
		mux.Handle("GET "+at+"/{khoa}", s.answer(r, s.one))
		mux.Handle("GET "+at+"/{khoa}/chi-tiet", s.answer(r, s.nested))
		mux.Handle("POST "+at+"/tra-cuu", s.answer(r, s.search))
		mux.Handle("PUT "+at+"/{khoa}", s.answer(r, s.change))
	}
	return mux
}

// call is one call with the behaviour that it began with (invariant 3).
type call struct {
	*http.Request
	register  *register
	behaviour *Behaviour
	body      []byte
}

type reply struct {
	status int
	body   object
}

func refusal(status int, text string) reply {
	return reply{status, object{{"loi", text}}}
}

func (s *Server) answer(r *register, serve func(call) reply) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, mostBody))
		s.note(req, string(body))
		c := call{req, r, s.behaviour.Load(), body}
		if c.behaviour.before(w, req) {
			return
		}
		var out reply
		switch {
		case s.options.Authorization != "" && req.Header.Get("Authorization") != s.options.Authorization:
			out = refusal(http.StatusUnauthorized, "Chưa xác thực")
		case err != nil:
			out = refusal(http.StatusRequestEntityTooLarge, "Nội dung quá lớn")
		default:
			out = serve(c)
		}
		c.write(w, out)
	})
}

func (c call) write(w http.ResponseWriter, out reply) {
	text := out.body.text()
	if out.status == http.StatusOK {
		text = c.behaviour.finish(out.body).text()
	}
	if c.behaviour.Cut {
		text = text[:len(text)/2]
	}
	kind := c.behaviour.Type
	if kind == "" {
		kind = "application/json; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	if c.behaviour.Gzip {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(text) // a buffer takes everything
		_ = z.Close()
		text = b.Bytes()
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(out.status)
	_, _ = w.Write(text) // the caller has gone: there is nobody to tell
}

func (s *Server) one(c call) reply {
	row, found := c.register.find(c.PathValue("khoa"))
	if !found {
		return refusal(http.StatusNotFound, errAbsent.Error())
	}
	return reply{http.StatusOK, c.behaviour.alter(c.register.record(row))}
}

func (s *Server) nested(c call) reply {
	row, found := c.register.find(c.PathValue("khoa"))
	if !found {
		return refusal(http.StatusNotFound, errAbsent.Error())
	}
	return reply{http.StatusOK, c.behaviour.alter(c.register.detail(row))}
}

func (s *Server) list(c call) reply {
	page, size := 1, usualPage
	want := map[string]string{}
	for name, values := range c.URL.Query() {
		var err error
		switch name {
		case "trang":
			page, err = strconv.Atoi(values[0])
		case "so_dong":
			size, err = strconv.Atoi(values[0])
		default:
			if c.register.column(name) < 0 {
				return refusal(http.StatusBadRequest, "Không có tham số "+name)
			}
			want[name] = values[0]
		}
		if err != nil || page < 1 || size < 1 || size > largestPage {
			return refusal(http.StatusBadRequest, "Tham số phân trang không đúng")
		}
	}
	return c.page(want, page, size)
}

func (s *Server) search(c call) reply {
	want := map[string]string{}
	if err := json.Unmarshal(c.body, &want); err != nil || len(want) == 0 {
		return refusal(http.StatusBadRequest, "Nội dung tra cứu không đúng")
	}
	for name := range want {
		if c.register.column(name) < 0 {
			return refusal(http.StatusBadRequest, "Không có trường "+name)
		}
	}
	return c.page(want, 1, usualPage)
}

// page writes {"tong", "trang", "so_dong", "du_lieu": [...]}.
func (c call) page(want map[string]string, page, size int) reply {
	rows, total := c.register.filter(want, page, size)
	records := make([]object, len(rows))
	for i, row := range rows {
		records[i] = c.behaviour.alter(c.register.record(row))
	}
	return reply{http.StatusOK, object{
		{"tong", number(strconv.Itoa(total))}, {"trang", number(strconv.Itoa(page))}, {"so_dong", number(strconv.Itoa(len(rows)))}, {"du_lieu", records},
	}}
}

func (s *Server) change(c call) reply {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.UseNumber()
	change := map[string]any{}
	if err := d.Decode(&change); err != nil || len(change) == 0 {
		return refusal(http.StatusBadRequest, "Nội dung sửa không đúng")
	}
	row, err := c.register.update(c.PathValue("khoa"), c.Header.Get("Idempotency-Key"), change)
	switch {
	case errors.Is(err, errAbsent):
		return refusal(http.StatusNotFound, err.Error())
	case err != nil:
		return refusal(http.StatusUnprocessableEntity, err.Error())
	}
	return reply{http.StatusOK, c.behaviour.alter(c.register.record(row))}
}
