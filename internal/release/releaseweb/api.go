package releaseweb

import (
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/release"
	"lienthong/internal/web"
)

// decisionBody is the most that the call with a decision may carry: its file as base64 and the rest.
const decisionBody = release.MaxDecision*4/3 + 64<<10

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	const list, one = "/releases/{list}", "/releases/{list}/{number}"
	op := func(id, method, path string, permission access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "release-" + id, Method: method, Path: path, Permission: permission, Tag: "release", Summary: summary}
	}
	web.Op(api, op("list", http.MethodGet, list, access.ReleaseRead, "Releases of a list, the newest first, with decision, dates and the digests of their files"), p.opList)
	web.Op(api, op("find", http.MethodGet, one, access.ReleaseRead, "One release"), p.opFind)
	web.Op(api, op("entries", http.MethodGet, one+"/entries", access.ReleaseRead, "Entries of a release exactly as issued; the search works without diacritics, exact finds first"), p.opEntries)
	web.Op(api, op("compare", http.MethodGet, one+"/compare", access.ReleaseRead, "What became otherwise since another release"), p.opCompare)
	web.Op(api, op("catalogue", http.MethodGet, "/catalogue", access.ReleaseRead, "The shared data catalogue in force, or one of its releases"), p.opCatalogue)
	web.Op(api, op("listed", http.MethodGet, list+"/in-force", access.ReleaseRead, "Whether the list in force holds a dataset or system, by which decision, with its entry as issued"), p.opListed)
	api.Describe(web.RawSpec{OpSpec: op("file", http.MethodGet, one+"/files/{kind}", access.ReleaseRead, "A file of a release, byte for byte as it was made when the release was issued; its SHA-256 stands in the header ETag"), Answer: "application/octet-stream"})

	web.Op(api, op("open", http.MethodPost, list, access.ReleasePrepare, "Open the draft of the next release; its entries are collected from the register"), p.opOpen)
	web.Op(api, op("collect", http.MethodPost, one+"/collect", access.ReleasePrepare, "Read the register into the draft again"), p.opCollect)
	web.Op(api, op("leave-out", http.MethodPost, one+"/leave-out", access.ReleasePrepare, "Leave an entry out of the draft, with the reason"), p.opLeaveOut)
	web.Op(api, op("take-in", http.MethodPost, one+"/take-in", access.ReleasePrepare, "Take an entry into the draft again"), p.opTakeIn)
	web.Op(api, op("consult", http.MethodPost, one+"/consult", access.ReleasePrepare, "Ask the agencies for their opinion until the end of a day"), p.opConsult)
	web.Op(api, op("opinions", http.MethodGet, one+"/opinions", access.ReleaseRead, "Opinions and comments on a draft: all to the operator, to others those of their agency"), p.opOpinions)
	web.Op(api, op("agree", http.MethodPost, one+"/agree", access.ReleaseComment, "The agency agrees with the draft"), p.opAgree)
	web.Op(api, op("comment", http.MethodPost, one+"/comments", access.ReleaseComment, "Comment on an entry or on the draft"), p.opComment)
	web.Op(api, op("answer", http.MethodPost, one+"/comments/{id}/answer", access.ReleasePrepare, "Accept a comment, or not with the reason"), p.opAnswer)
	web.Op(api, op("close", http.MethodPost, one+"/close", access.ReleasePrepare, "End the consultation; before its deadline while agencies have not answered only with a reason"), p.opClose)
	web.Op(api, op("approve", http.MethodPost, one+"/approve", access.ReleaseApprove, "Approve the draft; the papers of the submission are made"), p.opApprove)
	web.Op(api, op("reopen", http.MethodPost, one+"/reopen", access.ReleasePrepare, "Take an approved draft back, with the reason"), p.opReopen)
	record := op("decision", http.MethodPost, one+"/decision", access.ReleaseRecord, "Record the decision that issues the release, with its signed file")
	record.MaxBody = decisionBody
	web.Op(api, record, p.opRecord)
	propose := op("propose", http.MethodPost, "/releases/publications", access.ReleasePublish, "Ask to publish a dataset openly; refused with release.not_in_open_catalogue unless the open list in force holds it")
	propose.Status = http.StatusCreated
	web.Op(api, propose, p.opPropose)
	web.Op(api, op("publications", http.MethodGet, "/releases/publications", access.ReleaseRead, "Requests to publish openly, the newest first"), p.opPublications)
	web.Op(api, op("take-back", http.MethodPost, "/releases/publications/{id}/take-back", access.ReleasePublish, "Take a request back, with the reason"), p.opTakeBack)
	web.Op(api, op("discard", http.MethodPost, one+"/discard", access.ReleasePrepare, "Give a draft up, with the reason"), p.opDiscard)
}
