-- +goose Up
-- A code is never reused, so it is the key; what changes of an agency is historised by the access log's change records.
CREATE TABLE agency_agency (
    code        TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    name_key    TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    parent      TEXT   NOT NULL,
    commune     TEXT   NOT NULL,
    sponsor     TEXT   NOT NULL,
    commitment  TEXT   NOT NULL,
    valid_from  BIGINT NOT NULL,
    valid_to    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    search      TEXT   NOT NULL,
    sort_key    TEXT   NOT NULL
);
CREATE INDEX agency_agency_parent ON agency_agency (parent, sort_key, code);
CREATE INDEX agency_agency_kind ON agency_agency (kind, sort_key, code);

CREATE TABLE agency_steward (
    id         TEXT   NOT NULL PRIMARY KEY,
    agency     TEXT   NOT NULL REFERENCES agency_agency (code),
    account    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    decision   TEXT   NOT NULL,
    datasets   TEXT   NOT NULL,
    deputy     TEXT   NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL,
    ended_at   BIGINT NOT NULL
);
CREATE INDEX agency_steward_agency ON agency_steward (agency, valid_from, id);
