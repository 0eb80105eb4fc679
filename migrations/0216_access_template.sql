-- +goose Up
-- What an owner lets others have of a dataset (Điều 20.4b, 21.5). A version never changes but for its state; one of a dataset
-- is in force, and one at most waits for approval.
CREATE TABLE access_template (
    dataset     TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    owner       TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    policy      TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    proposed_by TEXT   NOT NULL,
    proposer    TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    decided_by  TEXT   NOT NULL,
    decider     TEXT   NOT NULL,
    decided_at  BIGINT NOT NULL,
    reason      TEXT   NOT NULL,
    PRIMARY KEY (dataset, version)
);
CREATE UNIQUE INDEX access_template_in_force ON access_template (dataset) WHERE state = 'in_force';
CREATE UNIQUE INDEX access_template_proposed ON access_template (dataset) WHERE state = 'proposed';
CREATE INDEX access_template_owner ON access_template (owner, dataset, version);
