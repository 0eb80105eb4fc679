package systemweb

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

var secretOf = regexp.MustCompile(`secret__value"[^>]*>([^<]+)<`)

func TestSecretIsShownOnce(t *testing.T) {
	s := newSite(t)
	s.registered(t)
	if code, _ := s.post(t, "/system/tthc/credential", "steward@H38.04", url.Values{"valid_to": {"2027-01-01"}}); code != http.StatusForbidden {
		t.Errorf("who may not: %d", code)
	}
	_, body := s.see(t, "/system/tthc/credential", engineer)
	has(t, "form", body, `value="2027-11-24"`)
	if code, body := s.post(t, "/system/tthc/credential", engineer, url.Values{"valid_to": {"2030-01-01"}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-valid_to-error"`) {
		t.Errorf("too long: %d", code)
	}
	code, body := s.post(t, "/system/tthc/credential", engineer, url.Values{"label": {"Nộp dữ liệu"}, "valid_to": {"2027-01-01"}})
	if code != http.StatusSeeOther || secretOf.MatchString(body) {
		t.Fatalf("issue: %d %s", code, body)
	}
	waiting, err := s.systems.Credentials(as(access.OpEngineer, "H38.02"), "tthc")
	if err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	pickUp := "/system/tthc/credential/" + waiting[0].ID + "/pick-up"
	_, body = s.see(t, "/system/tthc", engineer)
	has(t, "page before the pick-up", body, "Chờ cơ quan chủ quản nhận khóa")
	lacks(t, "page of the engineer", body, pickUp)
	for _, who := range []string{engineer, security, "steward@H38.03"} {
		if code, body := s.post(t, pickUp, who, nil); code != http.StatusForbidden || secretOf.MatchString(body) {
			t.Errorf("M7 %s picks the secret up: %d", who, code)
		}
	}
	_, body = s.see(t, "/system/tthc", "steward@H38.04")
	has(t, "page of the agency", body, pickUp)
	_, body = s.see(t, pickUp, "steward@H38.04")
	has(t, "question", body, "một lần duy nhất")
	w := s.send(t, http.MethodPost, pickUp, "steward@H38.04", "application/x-www-form-urlencoded", "")
	found := secretOf.FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusCreated || found == nil {
		t.Fatalf("pick up: %d %s", w.Code, w.Body)
	}
	if code, body := s.post(t, pickUp, "steward@H38.04", nil); code != http.StatusConflict || secretOf.MatchString(body) {
		t.Errorf("a second pick-up: %d", code)
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Location") != "" {
		t.Errorf("the secret may be kept on the way: %v", w.Header())
	}
	all, err := s.systems.Credentials(as(access.OpEngineer, "H38.02"), "tthc")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if c, err := s.systems.CheckSecret(context.Background(), all[0].ClientID, found[1]); err != nil || c.ID != all[0].ID {
		t.Errorf("the secret shown does not open: %v", err)
	}
	_, body = s.see(t, "/system/tthc", engineer)
	has(t, "page", body, all[0].ClientID, "Nộp dữ liệu", "Còn hiệu lực")
	lacks(t, "page", body, found[1])
	_, body = s.see(t, "/system/tthc", "steward@H38.04")
	has(t, "page of the owner", body, all[0].ClientID, "/rotate", "nhận khóa lúc")
	code, body = s.see(t, "/system/tthc", "steward@H38.03")
	if code != http.StatusOK {
		t.Errorf("page of another agency: %d", code)
	}
	has(t, "page of another agency", body, "Thông tin xác thực không hiển thị")
	lacks(t, "page of another agency", body, all[0].ClientID)

	revoke := "/system/tthc/credential/" + all[0].ID + "/revoke"
	if code, _ := s.post(t, revoke, "steward@H38.04", url.Values{"reason": {"Nghi lộ khóa bí mật"}}); code != http.StatusForbidden {
		t.Errorf("revoke by who may not: %d", code)
	}
	if code, body := s.post(t, revoke, engineer, nil); code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-reason-error"`) {
		t.Errorf("revoke without a reason: %d", code)
	}
	if code, _ := s.post(t, revoke, engineer, url.Values{"reason": {"Nghi lộ khóa bí mật"}}); code != http.StatusSeeOther {
		t.Errorf("revoke: %d", code)
	}
	if _, err := s.systems.CheckSecret(context.Background(), all[0].ClientID, found[1]); !fault.Is(err, "system.client_invalid") {
		t.Errorf("T21 the revoked secret opens: %v", err)
	}
	_, body = s.see(t, "/system/tthc", engineer)
	has(t, "page after", body, "Đã thu hồi", "Nghi lộ khóa bí mật")
	lacks(t, "page after", body, revoke)
}

func TestCredentialByOtherPrograms(t *testing.T) {
	s := newSite(t)
	s.registered(t)
	w := s.send(t, "POST", "/api/v1/systems/tthc/credentials", engineer, "application/json", `{"label":"Nộp dữ liệu","valid_to":"2027-01-01"}`)
	var made struct {
		ID           string
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != http.StatusCreated || made.ClientSecret != "" {
		t.Fatalf("issue: %d %v %s", w.Code, err, w.Body)
	}
	if code, body := s.call(t, "POST", "/systems/tthc/credentials/"+made.ID+"/pick-up", engineer, ""); code != http.StatusForbidden {
		t.Fatalf("the engineer picks the secret up: %d %s", code, body)
	}
	w = s.send(t, "POST", "/api/v1/systems/tthc/credentials/"+made.ID+"/pick-up", "steward@H38.04", "application/json", "")
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("pick up: %d %v %s", w.Code, err, w.Body)
	}
	if _, err := s.systems.CheckSecret(context.Background(), made.ClientID, made.ClientSecret); err != nil {
		t.Errorf("the secret does not open: %v", err)
	}
	_, body := s.call(t, "GET", "/systems/tthc/credentials", "steward@H38.04", "")
	has(t, "list", body, made.ClientID)
	lacks(t, "list", body, made.ClientSecret, `secret":`, "hash")
	if code, body := s.call(t, "POST", "/systems/tthc/credentials/"+made.ID+"/revoke", engineer, `{"reason":"Nghi lộ khóa bí mật"}`); code != http.StatusNoContent {
		t.Errorf("revoke: %d %s", code, body)
	}
	if code, _ := s.call(t, "POST", "/systems/tthc/credentials/"+made.ID+"/revoke", engineer, `{"reason":"Nghi lộ khóa bí mật"}`); code != http.StatusConflict {
		t.Errorf("revoke twice: %d", code)
	}
	if _, err := s.systems.CheckSecret(context.Background(), made.ClientID, made.ClientSecret); !fault.Is(err, "system.client_invalid") {
		t.Errorf("T21 the revoked secret opens: %v", err)
	}
}
