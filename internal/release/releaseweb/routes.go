package releaseweb

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Parts are what the pages stand on.
type Parts struct {
	Releases *release.Service
	Clock    clock.Clock
}

// Pages of the lists.
type Pages struct {
	Parts
	shell  *web.Shell
	agency func(ctx context.Context, code string) string
}

// New builds the pages. agencyName names an agency by its code.
func New(shell *web.Shell, parts Parts, agencyName func(ctx context.Context, code string) string) *Pages {
	return &Pages{parts, shell, agencyName}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	const one = "/release/{list}/{number}"
	file := web.Get(web.APIPrefix+"/releases/{list}/{number}/files/{kind}", access.ReleaseRead, p.sendFile).Slowly()
	file.JSON = true
	routes := []web.Route{
		web.Get(one, access.ReleaseRead, p.showRelease),
		web.Get(one+"/entry", access.ReleaseRead, p.showEntry),
		web.Post(one+"/entry/leave-out", access.ReleasePrepare, p.decideEntry(func(ctx context.Context, ref release.Ref, in entryForm) (*release.Release, error) {
			return p.Releases.LeaveOut(ctx, ref, in.Subject, in.Reason)
		})),
		web.Post(one+"/entry/take-in", access.ReleasePrepare, p.decideEntry(func(ctx context.Context, ref release.Ref, in entryForm) (*release.Release, error) {
			return p.Releases.TakeIn(ctx, ref, in.Subject)
		})),
		web.Get(one+"/compare", access.ReleaseRead, p.showCompare),
		web.Get(one+"/opinion", access.ReleaseComment, p.showOpinion),
		web.Post(one+"/opinion", access.ReleaseComment, p.giveOpinion),
		web.Get(one+"/opinions", access.ReleaseRead, p.showOpinions),
		web.Get(one+"/comments/{id}", access.ReleaseRead, p.showComment),
		web.Post(one+"/comments/{id}", access.ReleasePrepare, p.answerComment),
		web.Get(one+"/files/{kind}", access.ReleaseRead, p.sendFile).Slowly(),
		file,
	}
	routes = append(routes,
		web.Get(publicationsPath, access.ReleaseRead, p.listPublications),
		web.Post(publicationsPath, access.ReleasePublish, p.propose),
		web.Get(publicationsPath+"/{id}", access.ReleasePublish, p.showTakeBack),
		web.Post(publicationsPath+"/{id}", access.ReleasePublish, p.takeBack),
	)
	for i, l := range release.Lists() {
		routes = append(routes,
			web.Get(listPath(l), access.ReleaseRead, p.showList(l)).InMenu(web.Nav{Group: web.GroupData, LabelKey: "release.list." + string(l), Icon: ui.IconDecision, Order: 1 + i}),
			web.Post(listPath(l), access.ReleasePrepare, p.openDraft(l)))
	}
	for _, s := range p.steps() {
		post := web.Post(one+"/"+s.verb, s.permission, p.takeStep(s))
		if s.upload {
			post = post.Accepting(release.MaxDecision + 1<<20)
		}
		routes = append(routes, web.Get(one+"/"+s.verb, s.permission, p.showStep(s)), post)
	}
	return routes
}

// title of a release: its list and its number.
func (p *Pages) title(ctx context.Context, list release.List, number int64) string {
	t := p.shell.T((&http.Request{}).WithContext(ctx))
	return t("release.numbered", t("release.list."+string(list)), number)
}

// address reads which release a page is about.
func address(r *http.Request) (release.List, int64, error) {
	list := release.List(r.PathValue("list"))
	if !list.Valid() {
		return list, 0, fault.New(fault.NotFound, "release.list_unknown", list)
	}
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return list, 0, fault.New(fault.NotFound, "release.not_found")
	}
	return list, number, nil
}

// sendFile gives a file out byte for byte, with its digest.
func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	list, number, err := address(r)
	if err != nil {
		return err
	}
	f, body, err := p.Releases.ReadFile(r.Context(), list, number, r.PathValue("kind"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.Media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("ETag", `"`+f.SHA256+`"`)
	_, err = w.Write(body)
	return err
}
