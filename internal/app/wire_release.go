package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
	"lienthong/internal/system"
	"lienthong/internal/task"
)

// releaseAsk is the task of an agency whose opinion on a draft is asked.
const releaseAsk = "release.consultation"

func (a *App) buildReleases() {
	a.releases = release.NewService(release.Parts{
		DB: a.db, Files: a.papers, Log: a.audit, Clock: a.clock, Logger: a.log, Key: a.keys.HMACKey("release seal"), Province: a.conf.Province,
		Operator: func(ctx context.Context) string { return a.agencyName(ctx, a.conf.Operator) }, Say: func(key string, args ...any) string { return a.words.Say(i18n.Vi, key, args...) },
		Sources: release.Sources{
			Candidates: a.releaseCandidates, Consulted: a.releaseConsulted, Ask: a.releaseAsked, Answered: a.releaseAnswered, TakeEffect: a.releaseInForce,
			Altered: a.releaseAltered,
		},
	})
}

// releaseCandidates are the lines that a list should have by the registers now.
func (a *App) releaseCandidates(ctx context.Context, list release.List) ([]release.Entry, error) {
	if list == release.Systems {
		return a.systemEntries(ctx)
	}
	return a.datasetEntries(ctx, list)
}

// datasetEntries: the catalogue holds what may be shared, the open list what may be open to everybody (Điều 6.3d). A
// suspended dataset stays in its lists.
func (a *App) datasetEntries(ctx context.Context, list release.List) ([]release.Entry, error) {
	purposes := a.purposeNames(i18n.WithLang(ctx, i18n.Vi))
	agencies := a.agencyNames(ctx)
	var out []release.Entry
	for _, state := range []catalog.State{catalog.Approved, catalog.InCatalogue, catalog.Published, catalog.ChangePending, catalog.Suspended} {
		for after := ""; ; {
			page, err := a.catalog.Search(ctx, catalog.Filter{State: state, After: after, Limit: 500})
			if err != nil {
				return nil, err
			}
			for _, d := range page.Datasets {
				if list == release.Open && d.Classification.Scope != catalog.Open || d.Classification.Scope == catalog.Private {
					continue
				}
				e, err := a.datasetEntry(d, agencies, purposes)
				if err != nil {
					return nil, err
				}
				out = append(out, e)
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return out, nil
}

func (a *App) datasetEntry(d catalog.Dataset, agencies, purposes map[string]string) (release.Entry, error) {
	sharing, err := json.Marshal(d.Sharing)
	if err != nil {
		return release.Entry{}, fmt.Errorf("write the scope of %s: %w", d.Code, err)
	}
	return release.Entry{
		Subject: string(d.Code), Name: d.Name, Owner: d.Owner, OwnerName: nameIn(agencies, d.Owner), Description: d.Description,
		Sharing: sharing, Scope: a.scopeWords(d.Sharing, agencies, purposes), Fields: d.Sharing.Fields, Method: string(d.Method), Frequency: string(d.Frequency), MaxDelay: int64(d.MaxDelay),
		Standards: d.Standards, Formats: d.Formats, LegalBasis: d.LegalBasis, Nature: string(d.Classification.Nature), Class: string(d.Class),
	}, nil
}

func nameIn(names map[string]string, code string) string {
	if name := names[code]; name != "" {
		return name
	}
	return code
}

// scopeWords says a sharing scope as an annex prints it: who, what for, how many fields, which rows. The fields themselves
// stand beside it.
func (a *App) scopeWords(s catalog.Sharing, agencies, purposes map[string]string) string {
	say := func(prefix string, codes []string) []string {
		var out []string
		for _, c := range codes {
			out = append(out, a.words.Say(i18n.Vi, prefix+c))
		}
		return out
	}
	named := func(names map[string]string, codes []string) []string {
		var out []string
		for _, c := range codes {
			out = append(out, nameIn(names, c))
		}
		return out
	}
	who := append(say("catalog.kind.", s.AgencyTypes), named(agencies, s.Agencies)...)
	if s.Everyone {
		who = []string{"Mọi cơ quan nhà nước của tỉnh"}
	}
	parts := []string{strings.Join(who, ", "), "mục đích: " + strings.Join(named(purposes, s.Purposes), ", "), "mức: " + strings.ToLower(strings.Join(say("catalog.level.", s.Levels), ", "))}
	if len(s.Fields) > 0 {
		parts = append(parts, fmt.Sprintf("%d trường dữ liệu", len(s.Fields)))
	}
	for _, r := range s.Rows {
		limit := strings.Join(r.In, ", ")
		if r.Own {
			limit = "của đơn vị khai thác"
		}
		parts = append(parts, "chỉ bản ghi có "+r.Column+" "+limit)
	}
	return strings.Join(parts, "; ")
}

func (a *App) systemEntries(ctx context.Context) ([]release.Entry, error) {
	var all []*system.System
	for _, group := range system.Categories() {
		some, err := a.system.List(ctx, system.Filter{Category: group})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	agencies, now := a.agencyNames(ctx), a.clock.Now()
	var out []release.Entry
	for _, s := range all {
		out = append(out, release.Entry{
			Subject: s.ID, Name: s.Name, Owner: s.Owner, OwnerName: nameIn(agencies, s.Owner), Group: string(s.Category), Layer: string(s.Layer),
			Operator: s.Operator, Level: s.LevelAt(now),
		})
	}
	return out, nil
}

// agencyNames are the names of all agencies by their codes.
func (a *App) agencyNames(ctx context.Context) map[string]string {
	all, err := a.agency.List(ctx, agency.Filter{})
	if err != nil { // an annex with codes is better than none
		return nil
	}
	out := map[string]string{}
	for _, x := range all {
		out[x.Code] = x.Name
	}
	return out
}

// releaseConsulted are the state agencies that stand on their own; service units speak through the agency they belong to.
func (a *App) releaseConsulted(ctx context.Context) ([]release.Agency, error) {
	all, err := a.agency.List(ctx, agency.Filter{At: a.clock.Now()})
	var out []release.Agency
	for _, x := range all {
		if x.Kind != agency.External && x.Kind != agency.ServiceUnit {
			out = append(out, release.Agency{Code: x.Code, Name: x.Name})
		}
	}
	return out, err
}

func releaseSubject(r *release.Release, agency string) string {
	return "release/" + r.Key() + "/" + r.ID + "/" + agency
}

func (a *App) releaseAsked(ctx context.Context, q controldb.Querier, r *release.Release, agencies []release.Agency) error {
	for _, x := range agencies {
		err := a.task.Open(ctx, q, task.Task{
			Kind: releaseAsk, Agency: x.Code, Role: access.Steward, Subject: releaseSubject(r, x.Code), Path: r.Path() + "/opinion",
			TitleKey: "release.task." + string(r.List), TitleArgs: []string{fmt.Sprint(r.Number)}, DueAt: r.Deadline,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *App) releaseAnswered(ctx context.Context, q controldb.Querier, r *release.Release, agency string) error {
	return a.task.Done(ctx, q, releaseAsk, releaseSubject(r, agency))
}

// releaseInForce moves the datasets that a release of the catalogue brings in or leaves out. The other lists change no
// dataset: what they bring is asked by the moment (release.Listed).
func (a *App) releaseInForce(ctx context.Context, q controldb.Querier, r *release.Release, added, removed []string) error {
	if r.List != release.Catalogue {
		return nil
	}
	decision := r.Decision.Text(i18n.Date)
	for _, code := range added {
		if err := a.catalog.Issued(ctx, q, catalog.Code(code), decision); err != nil {
			return err
		}
	}
	for _, code := range removed {
		if err := a.catalog.Removed(ctx, q, catalog.Code(code), decision, "Danh mục ban hành theo Quyết định "+decision+" không còn tập dữ liệu này"); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) releaseAltered(ctx context.Context, r *release.Release, what string) error {
	return incidents{a.incident}.Open(access.WithActor(ctx, access.JobActor("release verify")), "security", "critical",
		"Danh mục đã ban hành ("+r.Key()+") không còn đúng như khi ban hành: dữ liệu bị sửa ngoài nền tảng. Danh mục này tạm thời không cho quyền nào; hãy khôi phục từ bản sao lưu.",
		map[string]string{"release": r.Key(), "what": what})
}

// listedDataset is what the catalogue in force says of a dataset.
func (a *App) listedDataset(ctx context.Context, code string) (connection.Listed, error) {
	l, found, err := a.releases.Listed(ctx, release.Catalogue, code)
	if err != nil || !found {
		return connection.Listed{}, err
	}
	out := connection.Listed{Decision: l.Decision}
	if err := json.Unmarshal(l.Entry.Sharing, &out.Scope); err != nil {
		return out, fmt.Errorf("read the issued scope of %s: %w", code, err)
	}
	return out, nil
}

// listedSystem is the decision by which the list in force holds a system.
func (a *App) listedSystem(ctx context.Context, id string) (string, error) {
	l, _, err := a.releases.Listed(ctx, release.Systems, id)
	return l.Decision, err
}
