package auditweb

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/audit/witness"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// WithWitness lets this platform cosign the logs of other agencies.
func (p *Pages) WithWitness(w *witness.Witness) *Pages {
	p.witness = w
	return p
}

func (p *Pages) witnessRoutes() []web.Route {
	add := web.Post("/audit/witness/add-checkpoint", access.Public, p.addCheckpoint)
	add.MaxBody = witness.MaxBody
	return []web.Route{add, web.Get("/audit/log/cosigned", access.Public, p.showCosigned)}
}

// addCheckpoint answers as C2SP tlog-witness has it. Who asks is known by the log's signature and nothing else.
func (p *Pages) addCheckpoint(w http.ResponseWriter, r *http.Request) error {
	if p.witness == nil {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8") // who asks is a program
		w.WriteHeader(http.StatusNotFound)
		_, err := io.WriteString(w, "this platform cosigns no logs\n")
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("read a checkpoint to be cosigned: %w", err)
	}
	a := p.witness.AddCheckpoint(body)
	h := w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, err = w.Write(a.Body)
	return err
}

// showCosigned serves the newest checkpoint with the cosignatures of witnesses, for anyone who wants to keep it.
func (p *Pages) showCosigned(w http.ResponseWriter, _ *http.Request) error {
	note, err := p.log.Cosigned()
	if err != nil {
		return err
	}
	if note == nil {
		return fault.New(fault.NotFound, "audit.no_witness")
	}
	return send(w, "text/plain; charset=utf-8", checkpointCache, note)
}

// witnesses lists those who cosign our log and the logs that we cosign.
func (p *Pages) witnesses(t ui.T) []ui.Pair {
	var pairs []ui.Pair
	for _, w := range p.log.Witnesses() {
		text := t("audit.witness_none")
		if w.Size > 0 {
			text = t("audit.witness_cosigned", i18n.Number(w.Size), i18n.DateTime(w.At))
		}
		if w.Problem != "" {
			text = t("audit.witness_problem", w.Problem) + " " + text
		}
		pairs = append(pairs, ui.Pair{Name: t("audit.witness_of", w.Name), Value: ui.Text(text)})
	}
	if p.witness == nil {
		return pairs
	}
	pairs = append(pairs, ui.Pair{Name: t("audit.witness_key"), Value: ui.Copyable(p.witness.Cosigner().String())})
	for _, s := range p.witness.Seen() {
		text := t("audit.witness_none")
		if s.Size > 0 {
			text = t("audit.witness_cosigned", i18n.Number(s.Size), i18n.DateTime(s.At))
		}
		pairs = append(pairs, ui.Pair{Name: t("audit.witness_for", s.Origin), Value: ui.Text(text)})
	}
	return pairs
}
