package op

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
)

// around breaks the provider, and forges what it answers to a code.
func (p *Provider) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.HasSuffix(r.URL.Path, "/oauth/token")
		p.mu.Lock()
		broken, forge := p.broken, p.forge
		if token {
			p.asked++
		}
		p.mu.Unlock()
		switch {
		case broken != nil && strings.HasSuffix(r.URL.Path, *broken):
			http.Error(w, "out of order", http.StatusServiceUnavailable)
		case token && forge != nil:
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			p.forged(w, kept, forge)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (p *Provider) forged(w http.ResponseWriter, kept *httptest.ResponseRecorder, forge Forge) {
	body := kept.Body.Bytes()
	if kept.Code == http.StatusOK {
		changed, err := p.change(body, forge)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body = changed
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(kept.Code)
	_, _ = w.Write(body)
}

func (p *Provider) change(body []byte, forge Forge) ([]byte, error) {
	var answer, claims map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("read the provider's answer: %w", err)
	}
	raw, _ := answer["id_token"].(string)
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("the provider's answer holds no ID token")
	}
	plain, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, fmt.Errorf("decode ID token: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber()
	if err := decoder.Decode(&claims); err != nil {
		return nil, fmt.Errorf("read ID token: %w", err)
	}
	algorithm := forge(claims)
	if plain, err = json.Marshal(claims); err != nil {
		return nil, err
	}
	if answer["id_token"], err = p.sign(algorithm, plain, claims); err != nil {
		return nil, err
	}
	return json.Marshal(answer)
}

func (p *Provider) sign(algorithm string, plain []byte, claims map[string]any) (string, error) {
	encode := base64.RawURLEncoding.EncodeToString
	if algorithm == "none" {
		return encode([]byte(`{"alg":"none"}`)) + "." + encode(plain) + ".", nil
	}
	client, _ := claims["azp"].(string)
	signer, err := p.signer(algorithm, p.store.clients[client])
	if err != nil {
		return "", fmt.Errorf("make signer: %w", err)
	}
	signed, err := signer.Sign(plain)
	if err != nil {
		return "", fmt.Errorf("sign ID token: %w", err)
	}
	return signed.CompactSerialize()
}
