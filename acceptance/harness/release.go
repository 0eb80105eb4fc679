package harness

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// SignedPDF is the smallest file that passes as a scanned decision.
const SignedPDF = "%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"

// Lists of the province.
const (
	Catalogue = "catalogue" // shared data
	Systems   = "systems"   // systems that must be connected
	OpenData  = "open"
)

var decisions atomic.Int64

// Day is the date of a moment in Viet Nam, as the API takes it.
func Day(at time.Time) string {
	return at.In(time.FixedZone("ICT", 7*60*60)).Format(time.DateOnly)
}

// Issued is what a list was issued by.
type Issued struct {
	Number   int64
	Decision string
}

// IssueList takes a list from its register to a decision that is in force today: the preparer drafts and consults, the
// approver approves, the preparer records the decision. Datasets must be approved, systems registered before.
func IssueList(t testing.TB, list string, preparer, approver *Person) Issued {
	t.Helper()
	at := DraftList(t, list, preparer)
	Consulted(t, at, preparer)
	preparer.Must(approver.Post(at+"/approve", struct{}{}), http.StatusOK)
	return RecordDecision(t, at, preparer, time.Now(), time.Now())
}

// DraftList opens the draft of a list's next release and gives its address in the API.
func DraftList(t testing.TB, list string, preparer *Person) string {
	t.Helper()
	var made struct{ Number int64 }
	preparer.Must(preparer.Post("/api/v1/releases/"+list, struct{}{}), http.StatusOK).Into(t, &made)
	return fmt.Sprintf("/api/v1/releases/%s/%d", list, made.Number)
}

// Consulted asks the agencies about a draft and ends the consultation at once.
func Consulted(t testing.TB, at string, preparer *Person) {
	t.Helper()
	preparer.Must(preparer.Post(at+"/consult", map[string]any{"deadline": Day(time.Now().AddDate(0, 0, 10))}), http.StatusOK)
	preparer.Must(preparer.Post(at+"/close", map[string]any{"reason": "Đã thống nhất tại cuộc họp rà soát"}), http.StatusOK)
}

// DecisionOf is the body that records a decision with a number that no other has.
func DecisionOf(date, effective time.Time) map[string]any {
	return map[string]any{
		"number": fmt.Sprintf("%d/QĐ-UBND", 100+decisions.Add(1)), "date": Day(date), "effective": Day(effective),
		"signer": "Chủ tịch UBND tỉnh Nguyễn Văn Thử", "file_name": "quyet-dinh.pdf", "file": base64.StdEncoding.EncodeToString([]byte(SignedPDF)),
	}
}

// RecordDecision records the decision of an approved draft.
func RecordDecision(t testing.TB, at string, recorder *Person, date, effective time.Time) Issued {
	t.Helper()
	var made struct {
		Number   int64
		Decision struct{ Number string }
	}
	recorder.Must(recorder.Post(at+"/decision", DecisionOf(date, effective)), http.StatusOK).Into(t, &made)
	return Issued{made.Number, made.Decision.Number}
}
