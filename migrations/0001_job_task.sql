-- +goose Up
-- A row is work that is still to be done, or that was given up; what succeeded is deleted.
CREATE TABLE job_task (
    id           TEXT    PRIMARY KEY,
    kind         TEXT    NOT NULL,
    payload      TEXT    NOT NULL,           -- JSON
    state        TEXT    NOT NULL CHECK (state IN ('ready', 'running', 'dead')),
    due_at       BIGINT  NOT NULL,           -- ready: when to start; running: when the lease ends; dead: when it died
    attempts     INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    lease        TEXT    NOT NULL DEFAULT '',-- names the run that holds the row
    last_error   TEXT    NOT NULL DEFAULT '',
    created_at   BIGINT  NOT NULL
);
CREATE INDEX job_task_due ON job_task (state, due_at, id);
CREATE INDEX job_task_kind ON job_task (kind, state);

CREATE TABLE job_schedule (
    name    TEXT   PRIMARY KEY,
    next_at BIGINT NOT NULL
);
