-- +goose Up
-- How a client proves itself: by its secret, by a signed assertion (private_key_jwt) or by a certificate (tls_client_auth).
ALTER TABLE system_credential ADD COLUMN method TEXT NOT NULL DEFAULT 'client_secret';
-- 1: only tokens that are bound to a certificate open anything for the system.
ALTER TABLE system_system ADD COLUMN certificate_bound INTEGER NOT NULL DEFAULT 0;

-- A key belongs to one system for ever: a revoked one never comes back, neither there nor elsewhere.
CREATE TABLE system_client_key (
    id             TEXT   NOT NULL PRIMARY KEY,
    system_id      TEXT   NOT NULL REFERENCES system_system (id),
    kid            TEXT   NOT NULL,
    alg            TEXT   NOT NULL,
    jwk            TEXT   NOT NULL,
    thumbprint     TEXT   NOT NULL UNIQUE,
    label          TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    created_by     TEXT   NOT NULL,
    valid_to       BIGINT NOT NULL,
    revoked_at     BIGINT NOT NULL,
    revoked_reason TEXT   NOT NULL,
    noticed_at     BIGINT NOT NULL DEFAULT 0,
    UNIQUE (system_id, kid)
);
