-- +goose Up
-- Filled-in forms between their preview and their import.
CREATE TABLE catalog_form (
    id         TEXT   NOT NULL PRIMARY KEY,
    agency     TEXT   NOT NULL,
    sent_by    TEXT   NOT NULL,
    file_name  TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    sent_at    BIGINT NOT NULL,
    applied_at BIGINT NOT NULL
);

CREATE INDEX catalog_form_sent ON catalog_form (sent_at, id);
