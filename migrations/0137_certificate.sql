-- +goose Up
-- The platform's own authority for certificates of systems. Its private key is sealed by the vault.
CREATE TABLE certificate_authority (
    number     BIGINT NOT NULL PRIMARY KEY,
    pem        TEXT   NOT NULL,
    sealed_key TEXT   NOT NULL,
    not_after  BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    made_by    TEXT   NOT NULL,
    crl        TEXT   NOT NULL,
    crl_number BIGINT NOT NULL,
    crl_at     BIGINT NOT NULL
);

CREATE TABLE certificate_issued (
    serial         TEXT   NOT NULL PRIMARY KEY,
    authority      BIGINT NOT NULL REFERENCES certificate_authority (number),
    system_id      TEXT   NOT NULL REFERENCES system_system (id),
    thumbprint     TEXT   NOT NULL UNIQUE,
    key_hash       TEXT   NOT NULL,
    pem            TEXT   NOT NULL,
    label          TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    created_by     TEXT   NOT NULL,
    not_after      BIGINT NOT NULL,
    valid_to       BIGINT NOT NULL,
    replaces       TEXT   NOT NULL,
    replaced_by    TEXT   NOT NULL,
    revoked_at     BIGINT NOT NULL,
    revoked_code   TEXT   NOT NULL,
    revoked_reason TEXT   NOT NULL,
    noticed_at     BIGINT NOT NULL
);
CREATE INDEX certificate_issued_system ON certificate_issued (system_id, created_at, serial);
CREATE INDEX certificate_issued_key ON certificate_issued (key_hash);
CREATE INDEX certificate_issued_authority ON certificate_issued (authority, valid_to);
