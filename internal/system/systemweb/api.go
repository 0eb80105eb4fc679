package systemweb

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/system"
)

// SystemJSON is a system with what of its security level counts now; exported because embedded fields are described only
// then.
type SystemJSON struct {
	system.System
	LevelInForce int               `json:"level_in_force" doc:"Security level that counts now: 0 when none is approved or it has lapsed"`
	LevelState   system.LevelState `json:"level_state" enum:"none,valid,expiring,lapsed,exception"`
}

func (p *Pages) asJSON(s *system.System) SystemJSON {
	return SystemJSON{*s, s.LevelAt(p.clock.Now()), s.LevelStateAt(p.clock.Now())}
}

// standingJSON is a system with what traffic shows of it besides.
type standingJSON struct {
	SystemJSON
	Status      system.Status `json:"status" enum:"not_connected,testing,connected,idle,disconnected" doc:"As traffic shows it (Điều 8.3a); no operation sets it"`
	Since       time.Time     `json:"status_since" doc:"When the status was first seen"`
	LastSuccess time.Time     `json:"last_success,omitzero" doc:"Last successful call or delivery"`
	LastWay     string        `json:"last_way,omitempty" enum:"calls,serves,delivers" doc:"What it was: a call of its own, one that it served, a file that it delivered"`
	Listed      string        `json:"listed,omitempty" doc:"Decision of the list of mandatory systems in force with it"`
	Need        system.Need   `json:"need,omitempty" enum:"plan,overdue" doc:"What its agency owes: a plan, or the connection that its plan promised"`
	Plan        *system.Plan  `json:"plan,omitempty"`
	Uses        []Named       `json:"uses,omitempty" doc:"Datasets of its live connections"`
	Serves      []Named       `json:"serves,omitempty" doc:"Datasets that its own services provide"`
}

func (p *Pages) standing(s *system.Standing) standingJSON {
	return standingJSON{
		SystemJSON: p.asJSON(&s.System), Status: s.Status, Since: s.Since, LastSuccess: s.LastSuccess, LastWay: s.LastWay, Listed: s.Listed, Need: s.Need, Plan: s.Plan,
	}
}

type listIn struct {
	Owner    string `query:"owner" maxLength:"35" doc:"Code of the owner agency"`
	Category string `query:"category" enum:"procedures,documents,sector,steering,demand,ordered"`
	Text     string `query:"q" maxLength:"200" doc:"Part of code or name; diacritics and case do not count"`
	Status   string `query:"status" enum:"not_connected,testing,connected,idle,disconnected" doc:"As traffic shows it"`
	Level    string `query:"level" enum:"none,valid,expiring,lapsed,exception" doc:"How it stands with its security level"`
	Waiting  bool   `query:"waiting" doc:"A dossier of its level waits for the operator"`
	Listed   bool   `query:"listed" doc:"In the list of mandatory systems in force"`
	Need     bool   `query:"need" doc:"Its agency owes a plan or a connection"`
	After    string `query:"after" maxLength:"40" doc:"Id of the last system of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"1000"`
}

type listOut struct {
	Body struct {
		Systems []standingJSON `json:"systems"`
		Counts  system.Counts  `json:"counts" doc:"Of all that the other filters select"`
		Next    string         `json:"next,omitempty" doc:"Value of after for the next page"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	list, counts, err := p.systems.ListStandings(ctx, system.Filter{
		Owner: in.Owner, Category: system.Category(in.Category), Text: in.Text, Status: system.Status(in.Status), Level: system.LevelState(in.Level),
		Waiting: in.Waiting, Listed: in.Listed, Need: in.Need, After: in.After, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Systems, out.Body.Counts = make([]standingJSON, 0, len(list)), counts
	for _, s := range list {
		out.Body.Systems = append(out.Body.Systems, p.standing(s))
	}
	if len(list) > 0 && len(list) == in.Limit {
		out.Body.Next = list[len(list)-1].ID
	}
	return &out, nil
}

// Facts of a system that its owner or the operator may set; exported because embedded fields are described only then.
type Facts struct {
	Name       string   `json:"name" maxLength:"200"`
	Owner      string   `json:"owner" maxLength:"35" doc:"Code of the owner agency"`
	Operator   string   `json:"operator,omitempty" maxLength:"200"`
	Vendor     string   `json:"vendor,omitempty" maxLength:"200"`
	Category   string   `json:"category" enum:"procedures,documents,sector,steering,demand,ordered"`
	Layer      string   `json:"layer" enum:"source,integration,storage,use"`
	Address    string   `json:"address,omitempty" maxLength:"300" doc:"https://host"`
	Technology string   `json:"technology,omitempty" maxLength:"200"`
	API        string   `json:"api,omitempty" enum:"none,planned,ready" doc:"Whether other systems can call it"`
	APINote    string   `json:"api_note,omitempty" maxLength:"500" doc:"Its interfaces and their standards"`
	Contact    string   `json:"contact,omitempty" maxLength:"200" doc:"Technical contact of the office, not a private person"`
	Security   string   `json:"security_contact,omitempty" maxLength:"200" doc:"Whom to call in a security incident: the office, not a private person"`
	Sources    []string `json:"sources,omitempty" maxItems:"100" doc:"Addresses or networks from which it may call; none means any"`
}

func (f Facts) system(id string) (system.System, error) {
	sources, wrong := prefixes(f.Sources)
	return system.System{
		ID: id, Name: f.Name, Owner: f.Owner, Operator: f.Operator, Vendor: f.Vendor, Category: system.Category(f.Category),
		Layer: system.Layer(f.Layer), Address: f.Address, Technology: f.Technology, API: system.API(f.API), APINote: f.APINote, Contact: f.Contact, Security: f.Security, Sources: sources,
	}, fault.Collect(wrong)
}

type registerIn struct {
	Body struct {
		ID string `json:"id" maxLength:"40" doc:"Permanent code: lower-case letters, digits, hyphens"`
		Facts
	}
}

type systemOut struct{ Body SystemJSON }

func (p *Pages) opRegister(ctx context.Context, in *registerIn) (*systemOut, error) {
	s, err := in.Body.system(in.Body.ID)
	if err != nil {
		return nil, err
	}
	return p.answer(p.systems.Register(ctx, s))
}

// answer is a system as the service left it.
func (p *Pages) answer(s *system.System, err error) (*systemOut, error) {
	if err != nil {
		return nil, err
	}
	return &systemOut{p.asJSON(s)}, nil
}

type idIn struct {
	ID string `path:"id" maxLength:"40"`
}

type standingOut struct{ Body standingJSON }

func (p *Pages) opFind(ctx context.Context, in *idIn) (*standingOut, error) {
	s, err := p.systems.FindStanding(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := standingOut{p.standing(s)}
	if p.use != nil {
		out.Body.Uses, out.Body.Serves, err = p.use(ctx, in.ID)
	}
	return &out, err
}

type changeIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Facts
		Revision int64 `json:"revision,omitempty" doc:"Of the system that this change rests on; another one is refused"`
	}
}

func (p *Pages) opChange(ctx context.Context, in *changeIn) (*systemOut, error) {
	s, err := in.Body.system(in.ID)
	if err != nil {
		return nil, err
	}
	s.Revision = in.Body.Revision
	return p.answer(p.systems.Change(ctx, s))
}

type reasonIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" maxLength:"1000" doc:"At least 10 characters, without personal data"`
	}
}

func (p *Pages) opSuspend(ctx context.Context, in *reasonIn) (*systemOut, error) {
	return p.answer(p.systems.Suspend(ctx, in.ID, in.Body.Reason))
}

func (p *Pages) opResume(ctx context.Context, in *reasonIn) (*systemOut, error) {
	return p.answer(p.systems.Resume(ctx, in.ID, in.Body.Reason))
}

type credentialsOut struct {
	Body struct {
		Credentials []*system.Credential `json:"credentials"`
	}
}

func (p *Pages) opCredentials(ctx context.Context, in *idIn) (*credentialsOut, error) {
	list, err := p.systems.Credentials(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out credentialsOut
	out.Body.Credentials = append([]*system.Credential{}, list...)
	return &out, nil
}

type issueIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Label   string `json:"label,omitempty" maxLength:"120" doc:"What it is for"`
		Method  string `json:"method,omitempty" enum:"client_secret,private_key_jwt,tls_client_auth" default:"client_secret" doc:"How the client proves itself at the token endpoint"`
		ValidTo string `json:"valid_to" maxLength:"40" doc:"Day or moment from which it opens nothing; at most 24 months from now"`
	}
}

type issueOut struct {
	Body struct {
		ID       string    `json:"id"`
		ClientID string    `json:"client_id"`
		Method   string    `json:"method"`
		ValidTo  time.Time `json:"valid_to"`
	}
}

type secretOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		ID           string    `json:"id"`
		ClientID     string    `json:"client_id"`
		ClientSecret string    `json:"client_secret" doc:"In this answer only; the platform keeps no readable copy"`
		ValidTo      time.Time `json:"valid_to"`
	}
}

func (p *Pages) opIssue(ctx context.Context, in *issueIn) (*issueOut, error) {
	to, wrong := day("valid_to", in.Body.ValidTo)
	if wrong != nil {
		return nil, wrong
	}
	c, err := p.systems.IssueClient(ctx, in.ID, system.Method(cmp.Or(in.Body.Method, string(system.BySecret))), in.Body.Label, to)
	if err != nil {
		return nil, err
	}
	out := issueOut{}
	out.Body.ID, out.Body.ClientID, out.Body.ValidTo, out.Body.Method = c.ID, c.ClientID, c.ValidTo, string(c.Method)
	return &out, nil
}

type credentialIn struct {
	ID         string `path:"id" maxLength:"40"`
	Credential string `path:"cid" maxLength:"64"`
}

func (p *Pages) opPickUp(ctx context.Context, in *credentialIn) (*secretOut, error) {
	return shown(p.systems.PickUp(ctx, in.ID, in.Credential))
}

func (p *Pages) opRotate(ctx context.Context, in *credentialIn) (*secretOut, error) {
	return shown(p.systems.Rotate(ctx, in.ID, in.Credential))
}

func shown(issued system.Issued, err error) (*secretOut, error) {
	if err != nil {
		return nil, err
	}
	out := secretOut{CacheControl: "no-store"} // Invariant 1
	out.Body.ID, out.Body.ClientID, out.Body.ClientSecret = issued.Credential.ID, issued.Credential.ClientID, issued.Secret.Reveal()
	out.Body.ValidTo = issued.Credential.ValidTo
	return &out, nil
}

type revokeIn struct {
	ID         string `path:"id" maxLength:"40"`
	Credential string `path:"cid" maxLength:"64"`
	Body       struct {
		Reason string `json:"reason" maxLength:"1000" doc:"At least 10 characters, without personal data"`
	}
}

func (p *Pages) opRevoke(ctx context.Context, in *revokeIn) (*struct{}, error) {
	return nil, p.systems.RevokeCredential(ctx, in.ID, in.Credential, in.Body.Reason)
}

// keyJSON is a public key; the JWK is an object, not a text that holds one.
type keyJSON struct {
	ID        string          `json:"kid"`
	JWK       json.RawMessage `json:"jwk" doc:"Ed25519, P-256, or RSA of at least 2048 bits"`
	CreatedAt time.Time       `json:"created_at"`
}

func keyOf(k system.OfficerKey) keyJSON { return keyJSON{k.ID, json.RawMessage(k.JWK), k.CreatedAt} }

type keysOut struct {
	Body struct {
		Keys []keyJSON `json:"keys"`
	}
}

func (p *Pages) opKeys(ctx context.Context, in *idIn) (*keysOut, error) {
	if _, err := p.systems.Find(ctx, in.ID); err != nil {
		return nil, err
	}
	list, err := p.systems.OfficerKeys(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out keysOut
	out.Body.Keys = make([]keyJSON, 0, len(list))
	for _, k := range list {
		out.Body.Keys = append(out.Body.Keys, keyOf(k))
	}
	return &out, nil
}

type addKeyIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		JWK json.RawMessage `json:"jwk" doc:"Public key with kid and without the private part"`
	}
}

type keyOut struct{ Body keyJSON }

func (p *Pages) opAddKey(ctx context.Context, in *addKeyIn) (*keyOut, error) {
	k, err := p.systems.AddOfficerKey(ctx, in.ID, string(in.Body.JWK))
	if err != nil {
		return nil, err
	}
	return &keyOut{keyOf(k)}, nil
}

type removeKeyIn struct {
	ID  string `path:"id" maxLength:"40"`
	KID string `path:"kid" maxLength:"100"`
}

func (p *Pages) opRemoveKey(ctx context.Context, in *removeKeyIn) (*struct{}, error) {
	return nil, p.systems.RemoveOfficerKey(ctx, in.ID, in.KID)
}
