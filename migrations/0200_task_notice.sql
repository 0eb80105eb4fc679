-- A notice stands for itself: it tells of a task's deadline, or of anything else that somebody should know.
-- +goose Up
CREATE TABLE task_told (
    id         TEXT    NOT NULL PRIMARY KEY,
    told_key   TEXT    NOT NULL, -- what is told once to each recipient
    task_id    TEXT    NOT NULL, -- '' when it is about no task
    stage      INTEGER NOT NULL,
    agency     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    title_key  TEXT    NOT NULL,
    title_args TEXT    NOT NULL,
    path       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    critical   INTEGER NOT NULL,
    created_at BIGINT  NOT NULL,
    UNIQUE (told_key, agency, role, account)
);

INSERT INTO task_told (id, told_key, task_id, stage, agency, role, account, title_key, title_args, path, subject, critical, created_at)
SELECT n.id, 'task/' || n.task_id || '/' || CAST(n.stage AS TEXT), n.task_id, n.stage, n.agency, n.role, n.account, t.title_key, t.title_args, t.path, t.subject, 0, n.created_at
FROM task_notice n JOIN task_task t ON t.id = n.task_id;

CREATE TABLE task_told_read (
    notice_id TEXT   NOT NULL REFERENCES task_told (id),
    account   TEXT   NOT NULL,
    read_at   BIGINT NOT NULL,
    PRIMARY KEY (notice_id, account)
);

INSERT INTO task_told_read (notice_id, account, read_at) SELECT notice_id, account, read_at FROM task_notice_read;

DROP TABLE task_notice_read;
DROP TABLE task_notice;

ALTER TABLE task_told RENAME TO task_notice;
ALTER TABLE task_told_read RENAME TO task_notice_read;
CREATE INDEX task_notice_agency ON task_notice (agency, role, created_at, id);
CREATE INDEX task_notice_account ON task_notice (account, created_at, id);
