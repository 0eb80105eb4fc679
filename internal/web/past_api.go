package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/audit/history"
	"lienthong/internal/kit/i18n"

	"github.com/danielgtaylor/huma/v2"
)

// past adds the operation of the history, and as_of to the operation that finds the thing.
func (a *API) past(p Past) {
	full := APIPrefix + p.API
	for i := range a.routes {
		if a.routes[i].Method != http.MethodGet || a.routes[i].Pattern != full {
			continue
		}
		now := a.routes[i].Handler
		a.routes[i].Handler = func(w http.ResponseWriter, r *http.Request) error {
			if !r.URL.Query().Has(asOfParam) {
				return now(w, r)
			}
			return a.shell.sendAsOf(w, r, p)
		}
	}
	rt := Get(full+"/history", p.Permission, func(w http.ResponseWriter, r *http.Request) error { return a.shell.sendHistory(w, r, p) })
	rt.JSON = true
	a.routes = append(a.routes, rt)
	a.describePast(p)
}

var pathParam = regexp.MustCompile(`\{([a-z]+)\}`)

// describePast tells the description of the API what past added.
func (a *API) describePast(p Past) {
	text := &huma.Schema{Type: huma.TypeString}
	doc := a.huma.OpenAPI()
	if item := doc.Paths[APIPrefix+p.API]; item != nil && item.Get != nil {
		item.Get.Parameters = append(item.Get.Parameters, &huma.Param{
			Name: asOfParam, In: "query", Schema: text,
			Description: "Answer with the state at the end of that day (2026-04-30, in Viet Nam) or at that moment (RFC 3339), rebuilt from the history: " +
				"members of the thing itself, sensitive ones as hashes, and as_of, state_version, state_since",
		})
	}
	op := &huma.Operation{
		OperationID: strings.NewReplacer(".", "-", "_", "-").Replace(p.Kind) + "-history", Method: http.MethodGet, Path: APIPrefix + p.API + "/history",
		Summary: "Changes with who, when, before and after, the newest first", Tags: []string{strings.SplitN(p.Kind, ".", 2)[0]},
		Extensions: map[string]any{"x-permission": string(p.Permission)}, Security: []map[string][]string{{"bearer": {}}},
		Parameters: []*huma.Param{
			{Name: "before", In: "query", Schema: &huma.Schema{Type: huma.TypeInteger}, Description: "Version before which the page begins: next of the page before"},
			{Name: "limit", In: "query", Schema: &huma.Schema{Type: huma.TypeInteger}, Description: "1 to 200, 50 when absent"},
		},
		Responses: map[string]*huma.Response{
			"200":     {Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: a.huma.OpenAPI().Components.Schemas.Schema(pastListType, true, "History")}}},
			"default": a.problemResponse(),
		},
	}
	for _, m := range pathParam.FindAllStringSubmatch(p.API, -1) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Schema: text})
	}
	doc.AddOperation(op)
}

// pastList is a page of a history.
type pastList struct {
	Changes []pastEntry `json:"changes"`
	Next    int64       `json:"next,omitempty" doc:"Give it as before to get the older changes"`
}

type pastEntry struct {
	Version   int64            `json:"version"`
	At        time.Time        `json:"at"`
	Event     string           `json:"event"`
	EventName string           `json:"event_name"`
	Actor     pastActor        `json:"actor"`
	Reason    string           `json:"reason,omitempty"`
	Changes   []history.Change `json:"changes"`
	More      int              `json:"more_changes,omitempty"`
	Record    string           `json:"record" doc:"Id of the record in the access log"`
	Request   string           `json:"request_id,omitempty"`
	Digest    string           `json:"state_digest"`
}

type pastActor struct {
	Type   string `json:"type"`
	ID     string `json:"account_id"`
	Name   string `json:"name"`
	Agency string `json:"agency_code,omitempty"`
}

func (s *Shell) sendHistory(w http.ResponseWriter, r *http.Request, p Past) error {
	of, err := s.pastOf(r, p)
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 {
		limit = 50
	}
	limit = min(limit, 200)
	list, err := s.deps.History.History(r.Context(), p.Kind+"/"+of.ID, max(before, 0), limit+1)
	if err != nil {
		return err
	}
	out := pastList{Changes: []pastEntry{}}
	if len(list) > limit {
		list = list[:limit]
		out.Next = list[limit-1].Number
	}
	words := s.words(r, p)
	for _, v := range list {
		out.Changes = append(out.Changes, pastEntry{
			Version: v.Number, At: v.At, Event: v.Event, EventName: words.event(v.Event), Reason: v.Reason, More: v.More, Record: v.Record, Request: v.Request, Digest: v.Digest,
			Actor: pastActor{v.Actor.Type, v.Actor.AccountID, v.Actor.Name, v.Actor.AgencyCode}, Changes: append([]history.Change{}, v.Changes...),
		})
	}
	return sendJSON(w, r, out)
}

func (s *Shell) sendAsOf(w http.ResponseWriter, r *http.Request, p Past) error {
	of, err := s.pastOf(r, p)
	if err != nil {
		return err
	}
	at, err := s.asOf(r.URL.Query().Get(asOfParam))
	if err != nil {
		return err
	}
	v, err := s.deps.History.StateAt(r.Context(), p.Kind+"/"+of.ID, at)
	if err != nil {
		return err
	}
	body, err := stateThen(v, at)
	if err != nil {
		return err
	}
	return sendJSON(w, r, body)
}

// stateThen is the kept state with what time it is of.
func stateThen(v *audit.Version, at time.Time) (map[string]any, error) {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(v.Body, &members); err != nil {
		return nil, fmt.Errorf("read version %d of %s: %w", v.Number, v.Subject, err)
	}
	out := map[string]any{asOfParam: at.UTC(), "state_version": v.Number, "state_since": v.At}
	for name, value := range members {
		out[name] = value
	}
	return out, nil
}

func sendJSON(w http.ResponseWriter, r *http.Request, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write %s: %w", r.URL.Path, err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Language", string(i18n.LangOf(r.Context())))
	writeCompressed(w, r, http.StatusOK, append(raw, '\n'))
	return nil
}
