package certificate

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// Signatures of requests that prove the possession of a key; SHA-1 and MD5 are none.
var provingAlgorithms = map[x509.SignatureAlgorithm]bool{
	x509.SHA256WithRSA: true, x509.SHA384WithRSA: true, x509.SHA512WithRSA: true, x509.SHA256WithRSAPSS: true, x509.SHA384WithRSAPSS: true, x509.SHA512WithRSAPSS: true,
	x509.ECDSAWithSHA256: true, x509.ECDSAWithSHA384: true, x509.ECDSAWithSHA512: true, x509.PureEd25519: true,
}

// readRequest takes the public key out of a PKCS #10 request, after the proof that its sender holds the private one.
// Invariant 1: subject, names and extensions of the request are not looked at.
func readRequest(text string) (public any, keyHash string, err error) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "PRIVATE KEY-----") {
		return nil, "", fault.New(fault.Invalid, "certificate.private_key").At("csr")
	}
	invalid := fault.New(fault.Invalid, "certificate.request_invalid").At("csr")
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE REQUEST" && block.Type != "NEW CERTIFICATE REQUEST" || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, "", invalid
	}
	req, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, "", invalid.Because(err)
	}
	if _, strong := secret.AlgorithmOf(req.PublicKey); !strong {
		return nil, "", fault.New(fault.Invalid, "certificate.key_weak").At("csr")
	}
	if !provingAlgorithms[req.SignatureAlgorithm] {
		return nil, "", fault.New(fault.Invalid, "certificate.proof_weak").At("csr")
	}
	if err := req.CheckSignature(); err != nil {
		return nil, "", fault.New(fault.Invalid, "certificate.proof_wrong").At("csr").Because(err)
	}
	sum := sha256.Sum256(req.RawSubjectPublicKeyInfo)
	return req.PublicKey, hex.EncodeToString(sum[:]), nil
}

func thumbprint(der []byte) string {
	sum := sha256.Sum256(der)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
