-- Mail is optional, each person's own choice; what is told stands in task_notice whether mail goes or not.
-- +goose Up
CREATE TABLE task_mail_setting (
    account       TEXT    NOT NULL PRIMARY KEY,
    address       TEXT    NOT NULL, -- the confirmed one, '' while there is none
    confirmed_at  BIGINT  NOT NULL,
    since         BIGINT  NOT NULL,
    pending       TEXT    NOT NULL, -- an address that waits for its code
    code_hash     TEXT    NOT NULL,
    code_until    BIGINT  NOT NULL,
    code_tries    INTEGER NOT NULL,
    codes_sent    INTEGER NOT NULL, -- within the hour that began at codes_from
    codes_from    BIGINT  NOT NULL,
    mode          TEXT    NOT NULL,
    digest_hour   INTEGER NOT NULL,
    quiet_from    INTEGER NOT NULL,
    quiet_to      INTEGER NOT NULL,
    lang          TEXT    NOT NULL,
    problem       TEXT    NOT NULL,
    revision      BIGINT  NOT NULL
);

CREATE TABLE task_mail (
    account    TEXT    NOT NULL,
    item       TEXT    NOT NULL, -- 'task/<id>' or 'notice/<id>'
    critical   INTEGER NOT NULL,
    state      TEXT    NOT NULL, -- waiting, sent, failed
    attempts   INTEGER NOT NULL,
    next_at    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL, -- of the item
    ended_at   BIGINT  NOT NULL,
    message_id TEXT    NOT NULL,
    problem    TEXT    NOT NULL,
    PRIMARY KEY (account, item)
);
CREATE INDEX task_mail_state ON task_mail (state, account, created_at);
CREATE INDEX task_mail_ended ON task_mail (state, ended_at);
CREATE INDEX task_task_created ON task_task (created_at);
CREATE INDEX task_notice_created ON task_notice (created_at);
