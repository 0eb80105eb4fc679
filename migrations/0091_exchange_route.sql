-- +goose Up
CREATE TABLE exchange_route (
    id         TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    owner      TEXT   NOT NULL,
    system     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    dataset    TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    definition TEXT   NOT NULL,
    created_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id, version),
    UNIQUE (owner, system, name, version)
);
