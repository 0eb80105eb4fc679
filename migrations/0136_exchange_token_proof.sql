-- +goose Up
-- What the token was given for (a client's key or certificate, empty for a secret), and the SHA-256 of the certificate
-- that it is bound to (RFC 8705), empty for none.
ALTER TABLE exchange_token ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE exchange_token ADD COLUMN thumbprint TEXT NOT NULL DEFAULT '';

-- Signed assertions that were used, until they are over: each opens once, on whatever node and after any restart.
CREATE TABLE exchange_assertion (
    id         TEXT   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX exchange_assertion_expiry ON exchange_assertion (expires_at);
