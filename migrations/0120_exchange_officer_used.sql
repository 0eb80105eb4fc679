-- +goose Up
-- Officers' assertions that were used, until they end: neither a restart nor another node lets one in again.
CREATE TABLE exchange_officer_used (
    hash    TEXT   NOT NULL PRIMARY KEY,
    ends_at BIGINT NOT NULL
);
CREATE INDEX exchange_officer_used_end ON exchange_officer_used (ends_at);
