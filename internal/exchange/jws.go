package exchange

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// jwsKey is a registered key with the one algorithm that signatures by it may use.
type jwsKey struct {
	kid, alg string
	public   crypto.PublicKey
}

// verifyJWS reads the header before any key touches the text: the algorithm must be the registered key's own, and a
// header that brings its own key, certificate or address is refused (T17, T18). It gives the payload and which key it was.
// A text without kid is taken only where anonymous says so and a single key has the algorithm.
func verifyJWS(compact string, keys []jwsKey, anonymous bool) (payload []byte, which int, err error) {
	header, err := readJWSHeader(compact)
	if err != nil {
		return nil, 0, err
	}
	which, err = chooseKey(header, keys, anonymous)
	if err != nil {
		return nil, 0, err
	}
	alg, known := jwa.LookupSignatureAlgorithm(keys[which].alg)
	if !known || header["alg"] != keys[which].alg {
		return nil, 0, errors.New("the algorithm is not the registered key's")
	}
	payload, err = jws.Verify([]byte(compact), jws.WithKey(alg, keys[which].public))
	return payload, which, err
}

func readJWSHeader(compact string) (map[string]any, error) {
	part, _, found := strings.Cut(compact, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil || !found || strings.Count(compact, ".") != 2 || len(compact) > 4096 {
		return nil, errors.New("not a compact JWS")
	}
	var header map[string]any
	if err := json.Unmarshal(raw, &header); err != nil {
		return nil, err
	}
	for name := range header {
		if name != "alg" && name != "kid" && name != "typ" {
			return nil, fmt.Errorf("header member %q is not accepted", name)
		}
	}
	return header, nil
}

func chooseKey(header map[string]any, keys []jwsKey, anonymous bool) (int, error) {
	kid, named := header["kid"].(string)
	if _, has := header["kid"]; !has && anonymous {
		found := -1
		for i, k := range keys {
			if k.alg != header["alg"] {
				continue
			}
			if found >= 0 {
				return 0, errors.New("several keys have the algorithm: name one by kid")
			}
			found = i
		}
		if found < 0 {
			return 0, errors.New("no registered key has the algorithm")
		}
		return found, nil
	}
	for i, k := range keys {
		if named && kid != "" && k.kid == kid {
			return i, nil
		}
	}
	return 0, errors.New("no registered key of that id")
}
