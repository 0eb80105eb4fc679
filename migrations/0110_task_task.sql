-- +goose Up
CREATE TABLE task_task (
    id         TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL,
    agency     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    title_key  TEXT    NOT NULL,
    title_args TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    due_at     BIGINT  NOT NULL, -- 0: no deadline
    state      TEXT    NOT NULL,
    ended_at   BIGINT  NOT NULL, -- 0: still open
    reminded   INTEGER NOT NULL  -- the furthest stage of which notices were sent, 0 for none
);
CREATE UNIQUE INDEX task_task_open ON task_task (kind, subject) WHERE state = 'open';
CREATE INDEX task_task_agency ON task_task (agency, state, due_at, id);
CREATE INDEX task_task_due ON task_task (state, due_at, id);

CREATE TABLE task_notice (
    id         TEXT    NOT NULL PRIMARY KEY,
    task_id    TEXT    NOT NULL REFERENCES task_task (id),
    stage      INTEGER NOT NULL,
    agency     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    UNIQUE (task_id, stage, agency, role, account)
);
CREATE INDEX task_notice_agency ON task_notice (agency, role, created_at, id);
CREATE INDEX task_notice_account ON task_notice (account, created_at, id);

CREATE TABLE task_notice_read (
    notice_id TEXT   NOT NULL REFERENCES task_notice (id),
    account   TEXT   NOT NULL,
    read_at   BIGINT NOT NULL,
    PRIMARY KEY (notice_id, account)
);
