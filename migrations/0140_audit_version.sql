-- +goose Up
-- The states of what is configured, one row for each recorded change, written in the transaction of the change. An empty
-- body says that the state stayed as it was (a password was reset, a key was shown).
CREATE TABLE audit_version (
    subject      TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    valid_from   BIGINT NOT NULL,
    record       TEXT   NOT NULL,
    request_id   TEXT   NOT NULL,
    event        TEXT   NOT NULL,
    actor_type   TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    actor_name   TEXT   NOT NULL,
    actor_agency TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    changes      TEXT   NOT NULL,
    more         BIGINT NOT NULL,
    digest       TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    PRIMARY KEY (subject, version)
);
CREATE INDEX audit_version_request ON audit_version (request_id);
-- A grant is found by its number for its history.
CREATE INDEX access_grant_number ON access_grant (number, version);
