package exchange

import (
	"encoding/json"
	"net/http"

	"lienthong/internal/kit/fault"
)

// Algorithms of client assertions.
func algorithms() []string { return []string{"EdDSA", "ES256", "ES384", "PS256", "RS256"} }

// metadata is RFC 8414: what a client library needs to find its way by itself. It holds nothing that the integrator's
// guide does not say, so it is a published exception of invariant 1.
func (c *call) metadata() error {
	if c.req.Method != http.MethodGet {
		return fault.New(fault.Method, "exchange.method_not_allowed", http.MethodGet)
	}
	if len(c.s.URLs) == 0 {
		return fault.New(fault.NotFound, "exchange.route_unknown")
	}
	methods := []string{"client_secret_basic", "client_secret_post", string(ByAssertion)}
	if c.s.Certificates != nil {
		methods = append(methods, string(ByCertificate))
	}
	issuer := c.s.URLs[0]
	answer, err := json.Marshal(map[string]any{
		"issuer": issuer, "token_endpoint": issuer + tokenPath, "grant_types_supported": []string{"client_credentials"},
		"response_types_supported": []string{}, "scopes_supported": []string{}, "token_endpoint_auth_methods_supported": methods,
		"token_endpoint_auth_signing_alg_values_supported": algorithms(),
		"tls_client_certificate_bound_access_tokens":       c.s.Certificates != nil,
	})
	if err != nil {
		return err
	}
	c.recorded = true
	c.write(http.StatusOK, answer)
	return nil
}
