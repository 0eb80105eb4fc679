package ingestweb

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
)

// Uploads in pieces, in the manner of draft-ietf-httpbis-resumable-upload and tus: one resource per upload, whose
// Upload-Offset says where it goes on. What is delivered in the end is what POST of the whole file would have delivered.

const uploadsPath = web.APIPrefix + "/ingest/uploads"

// pieceTypes are the media types of a piece: the IETF draft's and tus's.
var pieceTypes = map[string]bool{"application/partial-upload": true, "application/offset+octet-stream": true}

// resumeRoutes carry bytes and headers, so they stand beside the described operations.
func (p *Pages) resumeRoutes() []web.Route {
	piece := web.Route{Method: http.MethodPatch, Pattern: uploadsPath + "/{id}", Permission: access.IngestDeliver, Handler: p.addPiece}
	return []web.Route{
		asOperation(web.Get(uploadsPath+"/{id}", access.IngestDeliver, p.findUpload)),
		asOperation(piece.Accepting(p.ingest.MaxBytes + 1)), // the service finds what is too long and says so
	}
}

func (p *Pages) resumeOperations(api *web.API, op func(id, method, path string, permission access.Permission, summary string) web.OpSpec) {
	begin := op("begin-upload", http.MethodPost, "/ingest/uploads", access.IngestDeliver, "Begin an upload in pieces, which goes on where it broke off, also after a restart of the server")
	begin.Status = http.StatusCreated
	begin.Description = "Send the pieces by PATCH to the address in Location, each with Upload-Offset, Content-Type application/partial-upload and, if wanted, Upload-Checksum (sha256 and a base64 value). " +
		"HEAD or GET of it answers Upload-Offset: where the next piece begins. POST …/finish makes the delivery. An upload ends after 24 hours."
	web.Op(api, begin, p.opBeginUpload)
	web.Op(api, op("finish-upload", http.MethodPost, "/ingest/uploads/{id}/finish", access.IngestDeliver, "Deliver what was put together; answers like the delivery of a whole file"), p.opFinishUpload)
	find := op("find-upload", http.MethodGet, "/ingest/uploads/{id}", access.IngestDeliver, "What has arrived of an upload; Upload-Offset says where the next piece begins")
	api.Describe(web.RawSpec{OpSpec: find, Answer: "application/json"})
	piece := op("add-piece", http.MethodPatch, "/ingest/uploads/{id}", access.IngestDeliver, "Add a piece at an offset")
	piece.Status = http.StatusNoContent
	api.Describe(web.RawSpec{
		OpSpec: piece, Body: slices.Sorted(maps.Keys(pieceTypes)), Answer: "application/json",
		Header: map[string]string{"Upload-Offset*": "where the piece begins, in bytes", "Upload-Checksum": "sha256 and a base64 value: the sum of the piece"},
	})
	drop := op("drop-upload", http.MethodDelete, "/ingest/uploads/{id}", access.IngestDeliver, "End an upload without a delivery")
	drop.Status = http.StatusNoContent
	web.Op(api, drop, p.opDropUpload)
}

type beginUploadIn struct {
	Key  string `header:"Idempotency-Key"`
	Body struct {
		Dataset     string `json:"dataset" example:"H38.05/ho-ngheo"`
		System      string `json:"system,omitempty" doc:"Official source system; a system that calls itself may leave it out"`
		DataTime    string `json:"data_time,omitempty" doc:"As at when the data is, RFC 3339"`
		FileName    string `json:"file_name,omitempty"`
		Declaration string `json:"declaration,omitempty" doc:"not-secret"`
		Encoding    string `json:"encoding,omitempty" doc:"tcvn3, vni or windows-1258 for an old CSV file"`
		Size        int64  `json:"size" doc:"Bytes of the whole file"`
		SHA256      string `json:"sha256" doc:"Of the whole file, in hex"`
	}
}

type uploadOut struct {
	Location string `header:"Location"`
	Offset   int64  `header:"Upload-Offset"`
	Length   int64  `header:"Upload-Length"`
	Body     ingest.Upload
}

func (p *Pages) opBeginUpload(ctx context.Context, in *beginUploadIn) (*uploadOut, error) {
	at, err := readTime(in.Body.DataTime)
	if err != nil {
		return nil, err
	}
	b := in.Body
	wanted := ingest.DeliveryInput{
		Dataset: catalog.Code(b.Dataset), System: b.System, NotSecret: b.Declaration == declared, FileName: b.FileName, DataTime: at,
		IdempotencyKey: in.Key, Encoding: b.Encoding, Size: b.Size, SHA256: b.SHA256,
	}
	if who := access.ActorOf(ctx); wanted.System == "" && who.Type == access.System {
		wanted.System = who.ID
	}
	u, err := p.ingest.BeginUpload(ctx, wanted)
	if err != nil {
		return nil, asDeclared(err)
	}
	return &uploadOut{Location: uploadsPath + "/" + u.ID, Length: u.Size, Body: *u}, nil
}

// asDeclared names the field as these operations do.
func asDeclared(err error) error {
	if f := fault.Of(err); f.Field == "not_secret" {
		f.Field = "declaration"
	}
	return err
}

// findUpload answers GET and HEAD.
func (p *Pages) findUpload(w http.ResponseWriter, r *http.Request) error {
	u, err := p.ingest.FindUpload(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	offsetOf(w, u)
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(u)
}

// addPiece takes bytes from the connection to the disk.
func (p *Pages) addPiece(w http.ResponseWriter, r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	offset, wrong := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	sum, good := checksum(r.Header.Get("Upload-Checksum"))
	if err != nil || !pieceTypes[kind] || wrong != nil || offset < 0 || !good {
		return fault.New(fault.Malformed, "ingest.upload_headers")
	}
	u, err := p.ingest.AddPiece(r.Context(), r.PathValue("id"), offset, r.Body, sum)
	if u != nil {
		offsetOf(w, u) // also with a refusal, so that the sender knows where to go on
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// checksum reads "sha256 <base64>" into hex; empty is good.
func checksum(header string) (string, bool) {
	if header == "" {
		return "", true
	}
	method, value, _ := strings.Cut(header, " ")
	sum, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	return hex.EncodeToString(sum), err == nil && strings.EqualFold(method, "sha256") && len(sum) == 32
}

func offsetOf(w http.ResponseWriter, u *ingest.Upload) {
	h := w.Header()
	h.Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	h.Set("Upload-Length", strconv.FormatInt(u.Size, 10))
	h.Set("Cache-Control", "no-store")
}

type uploadIn struct {
	ID string `path:"id"`
}

type deliveryOut struct {
	Status   int
	Location string `header:"Location"`
	Body     deliveryJSON
}

func (p *Pages) opFinishUpload(ctx context.Context, in *uploadIn) (*deliveryOut, error) {
	start := p.ingest.Clock.Now()
	d, err := p.ingest.FinishUpload(ctx, in.ID)
	if err != nil {
		return nil, asDeclared(err)
	}
	return &deliveryOut{Status: answered(d, start), Location: deliveriesPath + "/" + string(d.ID), Body: p.asJSON(ctx, d)}, nil
}

func (p *Pages) opDropUpload(ctx context.Context, in *uploadIn) (*struct{}, error) {
	return nil, p.ingest.DropUpload(ctx, in.ID)
}
