-- +goose Up
-- The three lists of the province and their releases: one working draft of each, and what was issued.
CREATE TABLE release_release (
    id           TEXT   NOT NULL PRIMARY KEY,
    list         TEXT   NOT NULL CHECK (list IN ('catalogue', 'systems', 'open')),
    number       BIGINT NOT NULL,
    state        TEXT   NOT NULL,
    decision_key TEXT   NOT NULL,
    effective_at BIGINT NOT NULL,
    effected_at  BIGINT NOT NULL,
    seal         TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    body         TEXT   NOT NULL
);
CREATE UNIQUE INDEX release_release_number ON release_release (list, number) WHERE state <> 'discarded';
-- No two drafts of one list.
CREATE UNIQUE INDEX release_release_draft ON release_release (list) WHERE state NOT IN ('issued', 'discarded');
-- A decision issues a list once.
CREATE UNIQUE INDEX release_release_decision ON release_release (list, decision_key) WHERE decision_key <> '';
CREATE INDEX release_release_due ON release_release (state, effected_at, effective_at);

-- One line of a release. What the draft leaves out stays as a line that is not held, with the reason.
CREATE TABLE release_entry (
    release_id TEXT    NOT NULL REFERENCES release_release (id),
    subject    TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    held       INTEGER NOT NULL,
    candidate  INTEGER NOT NULL,
    change     TEXT    NOT NULL,
    members    TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    digest     TEXT    NOT NULL,
    exact_key  TEXT    NOT NULL,
    search_key TEXT    NOT NULL,
    sort_key   TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (release_id, subject)
);
CREATE INDEX release_entry_sort ON release_entry (release_id, held, sort_key, subject);
CREATE INDEX release_entry_owner ON release_entry (release_id, owner, sort_key, subject);
CREATE INDEX release_entry_change ON release_entry (release_id, change, sort_key, subject);

-- Agencies that are asked for their opinion on a draft.
CREATE TABLE release_opinion (
    release_id TEXT   NOT NULL REFERENCES release_release (id),
    agency     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    verdict    TEXT   NOT NULL,
    who        TEXT   NOT NULL,
    who_name   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (release_id, agency)
);

CREATE TABLE release_comment (
    id            TEXT   NOT NULL PRIMARY KEY,
    release_id    TEXT   NOT NULL REFERENCES release_release (id),
    subject       TEXT   NOT NULL,
    agency        TEXT   NOT NULL,
    who           TEXT   NOT NULL,
    who_name      TEXT   NOT NULL,
    text          TEXT   NOT NULL,
    at            BIGINT NOT NULL,
    verdict       TEXT   NOT NULL,
    answer        TEXT   NOT NULL,
    answered_by   TEXT   NOT NULL,
    answered_name TEXT   NOT NULL,
    answered_at   BIGINT NOT NULL
);
CREATE INDEX release_comment_release ON release_comment (release_id, at, id);

-- Files of a release; their bytes lie in the blob store and are never made again.
CREATE TABLE release_file (
    release_id TEXT   NOT NULL REFERENCES release_release (id),
    kind       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    media      TEXT   NOT NULL,
    size       BIGINT NOT NULL,
    sha256     TEXT   NOT NULL,
    place      TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (release_id, kind)
);
