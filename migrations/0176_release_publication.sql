-- +goose Up
-- Requests to publish datasets openly, each let in by the open data list in force at that moment.
CREATE TABLE release_publication (
    id         TEXT   NOT NULL PRIMARY KEY,
    dataset    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    owner      TEXT   NOT NULL,
    release_id TEXT   NOT NULL REFERENCES release_release (id),
    number     BIGINT NOT NULL,
    decision   TEXT   NOT NULL,
    who        TEXT   NOT NULL,
    who_name   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    reason     TEXT   NOT NULL
);
CREATE UNIQUE INDEX release_publication_open ON release_publication (dataset) WHERE ended_at = 0;
CREATE INDEX release_publication_owner ON release_publication (owner, at, id);
