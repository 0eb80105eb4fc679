-- +goose Up
CREATE TABLE catalog_dataset (
    id         TEXT   NOT NULL PRIMARY KEY,
    code       TEXT   NOT NULL UNIQUE,
    name_key   TEXT   NOT NULL UNIQUE,
    search_key TEXT   NOT NULL,
    sort_key   TEXT   NOT NULL,
    owner      TEXT   NOT NULL CHECK (owner <> ''),
    state      TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX catalog_dataset_owner ON catalog_dataset (owner, sort_key, id);

CREATE TABLE catalog_owner (
    dataset    TEXT   NOT NULL,
    number     INTEGER NOT NULL,
    agency     TEXT   NOT NULL CHECK (agency <> ''),
    valid_from BIGINT NOT NULL,
    decision   TEXT   NOT NULL,
    decided_by TEXT   NOT NULL,
    PRIMARY KEY (dataset, number)
);

CREATE TABLE catalog_schema (
    dataset    TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    created_by TEXT    NOT NULL,
    PRIMARY KEY (dataset, version)
);

CREATE TABLE catalog_step (
    dataset    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    who        TEXT    NOT NULL,
    who_name   TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    PRIMARY KEY (dataset, number)
);
