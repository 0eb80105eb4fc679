-- +goose Up
CREATE TABLE system_system (
    id                TEXT    NOT NULL PRIMARY KEY,
    name              TEXT    NOT NULL UNIQUE,
    owner             TEXT    NOT NULL,
    operator          TEXT    NOT NULL,
    vendor            TEXT    NOT NULL,
    category          TEXT    NOT NULL,
    layer             TEXT    NOT NULL,
    address           TEXT    NOT NULL,
    technology        TEXT    NOT NULL,
    contact           TEXT    NOT NULL,
    sources           TEXT    NOT NULL,
    level             INTEGER NOT NULL,
    level_decision    TEXT    NOT NULL,
    level_valid_to    BIGINT  NOT NULL,
    checked_at        BIGINT  NOT NULL,
    suspended         INTEGER NOT NULL,
    suspended_reason  TEXT    NOT NULL,
    created_at        BIGINT  NOT NULL,
    changed_at        BIGINT  NOT NULL,
    search            TEXT    NOT NULL,
    sort_key          TEXT    NOT NULL
);
CREATE INDEX system_system_owner ON system_system (owner, id);

-- The secret is kept as its hash only; it is shown once, when it is made.
CREATE TABLE system_credential (
    id             TEXT   NOT NULL PRIMARY KEY,
    system_id      TEXT   NOT NULL REFERENCES system_system (id),
    client_id      TEXT   NOT NULL UNIQUE,
    secret_hash    TEXT   NOT NULL,
    connection_id  TEXT   NOT NULL,
    label          TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    created_by     TEXT   NOT NULL,
    valid_to       BIGINT NOT NULL,
    revoked_at     BIGINT NOT NULL,
    revoked_reason TEXT   NOT NULL
);
CREATE INDEX system_credential_system ON system_credential (system_id, created_at, id);

CREATE TABLE system_officer_key (
    id         TEXT   NOT NULL,
    system_id  TEXT   NOT NULL REFERENCES system_system (id),
    jwk        TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (system_id, id)
);
