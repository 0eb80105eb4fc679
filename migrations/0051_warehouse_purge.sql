-- +goose Up
CREATE TABLE warehouse_purge (
    version   TEXT   NOT NULL PRIMARY KEY,
    reason    TEXT   NOT NULL,
    purged_by TEXT   NOT NULL,
    purged_at BIGINT NOT NULL
);
