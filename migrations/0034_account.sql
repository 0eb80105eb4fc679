-- +goose Up
CREATE TABLE account_account (
    id              TEXT    NOT NULL PRIMARY KEY,
    username        TEXT    NOT NULL UNIQUE,
    full_name       TEXT    NOT NULL,
    agency          TEXT    NOT NULL,
    roles           TEXT    NOT NULL,
    active          INTEGER NOT NULL,
    valid_to        BIGINT  NOT NULL,
    sponsor         TEXT    NOT NULL,
    commitment      TEXT    NOT NULL,
    password        TEXT    NOT NULL,
    totp            TEXT    NOT NULL,
    totp_step       BIGINT  NOT NULL,
    recovery        TEXT    NOT NULL,
    failures        BIGINT  NOT NULL,
    locked_to       BIGINT  NOT NULL,
    last_sign_in    BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    created_by      TEXT    NOT NULL,
    changed_at      BIGINT  NOT NULL,
    search          TEXT    NOT NULL,
    sort_key        TEXT    NOT NULL
);
CREATE INDEX account_account_agency ON account_account (agency, sort_key, id);

CREATE TABLE account_session (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    account_id TEXT    NOT NULL REFERENCES account_account (id),
    strong     INTEGER NOT NULL,
    created_at BIGINT  NOT NULL,
    seen_at    BIGINT  NOT NULL
);
CREATE INDEX account_session_account ON account_session (account_id);

-- One-time links: the first password of an account, or the first account of the platform (account_id empty).
CREATE TABLE account_link (
    token_hash TEXT   NOT NULL PRIMARY KEY,
    account_id TEXT   NOT NULL,
    valid_to   BIGINT NOT NULL
);
