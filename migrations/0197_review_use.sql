-- +goose Up
-- When a field of a grant last left under it; the empty field stands for any use of the grant.
CREATE TABLE review_use (
    grant_id TEXT NOT NULL,
    field    TEXT NOT NULL,
    day      TEXT NOT NULL,
    PRIMARY KEY (grant_id, field)
);
-- How far each node's log was read.
CREATE TABLE review_place (
    log  TEXT   NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL
);
-- What was known of a thing when it was last looked at, so that a change can be told.
CREATE TABLE review_known (
    thing TEXT NOT NULL PRIMARY KEY,
    body  TEXT NOT NULL
);
-- Grants that hold more than is used, as the last calculation found them.
CREATE TABLE review_excess (
    grant_id   TEXT   NOT NULL PRIMARY KEY,
    number     TEXT   NOT NULL,
    agency     TEXT   NOT NULL,
    owner      TEXT   NOT NULL,
    dataset    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    found_at   BIGINT NOT NULL,
    kept_until BIGINT NOT NULL,
    kept       TEXT   NOT NULL
);
CREATE INDEX review_excess_number ON review_excess (number);
CREATE INDEX review_excess_owner ON review_excess (owner, number);
CREATE INDEX review_excess_agency ON review_excess (agency, number);
