package exchange

import (
	"lienthong/internal/exchange/canon"
	"lienthong/internal/kit/fault"
)

// peer is the certificate of the connection: its SHA-256 and its holder. No certificate is an empty thumbprint; one that
// is not in force is a fault, whatever else the caller brings along (T29). Headers that tell of a certificate are not read.
func (c *call) peer() (string, Holder, error) {
	thumbprint := canon.PeerOf(c.ctx)
	if thumbprint == "" {
		return "", Holder{}, nil
	}
	c.ask.Certificate = thumbprint
	invalid := fault.New(fault.Unauthenticated, "exchange.certificate_invalid")
	if c.s.Certificates == nil {
		return thumbprint, Holder{}, invalid
	}
	holder, inForce, err := c.s.Certificates.Holder(c.ctx, thumbprint)
	if err != nil {
		return thumbprint, Holder{}, err
	}
	if !inForce {
		return thumbprint, Holder{}, invalid
	}
	return thumbprint, holder, nil
}

// certified holds a token to its certificate (RFC 8705), at each call anew: a certificate revoked a moment ago closes the
// connections that are open with it.
func (c *call) certified(s session) error {
	thumbprint, holder, err := c.peer()
	switch {
	case err != nil:
		return err
	case thumbprint != "" && holder.System != s.token.System, s.token.Thumbprint != "" && s.token.Thumbprint != thumbprint:
		return fault.New(fault.Unauthenticated, "exchange.certificate_mismatch")
	case s.bound && s.token.Thumbprint == "":
		return fault.New(fault.Unauthenticated, "exchange.certificate_required")
	}
	return nil
}
