-- +goose Up
CREATE TABLE backup_run (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL CHECK (kind IN ('backup', 'restore')),
    state      TEXT   NOT NULL CHECK (state IN ('running', 'done', 'failed', 'expired')),
    file       TEXT   NOT NULL,
    key_id     TEXT   NOT NULL,
    made_by    TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    bytes      BIGINT NOT NULL,
    log_size   BIGINT NOT NULL,
    note       TEXT   NOT NULL
);
CREATE INDEX backup_run_started ON backup_run (started_at);
