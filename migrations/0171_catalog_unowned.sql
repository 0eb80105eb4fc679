-- +goose Up
CREATE TABLE catalog_unowned (
    id       TEXT   NOT NULL PRIMARY KEY,
    dataset  TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    found_at BIGINT NOT NULL,
    revision BIGINT NOT NULL
);

CREATE INDEX catalog_unowned_state ON catalog_unowned (state, found_at, id);
CREATE INDEX catalog_unowned_dataset ON catalog_unowned (dataset, state);
