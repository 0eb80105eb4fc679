-- +goose Up
CREATE TABLE exchange_token (
    hash          TEXT   NOT NULL PRIMARY KEY,
    system_id     TEXT   NOT NULL,
    credential_id TEXT   NOT NULL,
    issued_at     BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX exchange_token_system ON exchange_token (system_id, expires_at);
