-- +goose Up
CREATE TABLE warehouse_version (
    id           TEXT    NOT NULL PRIMARY KEY,
    dataset      TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    delivery     TEXT    NOT NULL UNIQUE,
    verdict      TEXT    NOT NULL CHECK (verdict <> ''),
    row_count    BIGINT  NOT NULL,
    body         TEXT    NOT NULL,
    manifest     TEXT    NOT NULL,
    published_at BIGINT  NOT NULL,
    UNIQUE (dataset, number)
);
