-- +goose Up
CREATE TABLE review_settings (
    id       INTEGER NOT NULL PRIMARY KEY,
    revision BIGINT  NOT NULL,
    body     TEXT    NOT NULL
);
CREATE TABLE review_campaign (
    id         TEXT   NOT NULL PRIMARY KEY,
    number     TEXT   NOT NULL UNIQUE,
    cause      TEXT   NOT NULL,
    what       TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    made_by    TEXT   NOT NULL,
    made_name  TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    closed_at  BIGINT NOT NULL,
    record     TEXT   NOT NULL,
    last_number TEXT   NOT NULL
);
CREATE UNIQUE INDEX review_campaign_record ON review_campaign (record) WHERE record <> '';
CREATE INDEX review_campaign_state ON review_campaign (state, due_at);
CREATE INDEX review_campaign_cause ON review_campaign (cause, created_at);
CREATE TABLE review_number (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
CREATE TABLE review_item (
    id           TEXT   NOT NULL PRIMARY KEY,
    campaign     TEXT   NOT NULL,
    grant_id     TEXT   NOT NULL,
    number       TEXT   NOT NULL,
    agency       TEXT   NOT NULL,
    dataset      TEXT   NOT NULL,
    level        TEXT   NOT NULL,
    subject_type TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL,
    reviewer     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    made_by      TEXT   NOT NULL,
    made_name    TEXT   NOT NULL,
    answered_at  BIGINT NOT NULL,
    ask          TEXT   NOT NULL,
    held_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX review_item_grant ON review_item (campaign, grant_id);
CREATE INDEX review_item_state ON review_item (campaign, state, number);
CREATE INDEX review_item_reviewer ON review_item (campaign, reviewer, state, number);
CREATE INDEX review_item_of_grant ON review_item (grant_id);
CREATE TABLE review_ask (
    id          TEXT   NOT NULL PRIMARY KEY,
    grant_id    TEXT   NOT NULL,
    owner       TEXT   NOT NULL,
    agency      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    due_at      BIGINT NOT NULL,
    body        TEXT   NOT NULL
);
CREATE UNIQUE INDEX review_ask_one ON review_ask (grant_id) WHERE state = 'open';
CREATE INDEX review_ask_state ON review_ask (state, id);
CREATE INDEX review_ask_owner ON review_ask (owner, id);
CREATE INDEX review_ask_agency ON review_ask (agency, id);
