-- +goose Up
-- A grant row is immutable but for status: what changes becomes a new version of the same grant.
CREATE TABLE access_grant (
    id             TEXT   NOT NULL,
    version        BIGINT NOT NULL,
    number         TEXT   NOT NULL,
    subject_type   TEXT   NOT NULL,
    subject_id     TEXT   NOT NULL,
    agency         TEXT   NOT NULL,
    level          TEXT   NOT NULL,
    dataset        TEXT   NOT NULL,
    schema_version BIGINT NOT NULL,
    scope          TEXT   NOT NULL,
    request_id     TEXT   NOT NULL,
    legal_basis    TEXT   NOT NULL,
    approved_by    TEXT   NOT NULL,
    valid_from     BIGINT NOT NULL,
    valid_to       BIGINT NOT NULL,
    status         TEXT   NOT NULL,
    policy_version TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    ended_at       BIGINT NOT NULL,
    end_reason     TEXT   NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX access_grant_subject ON access_grant (subject_type, subject_id, dataset, status);
CREATE INDEX access_grant_request ON access_grant (request_id);
