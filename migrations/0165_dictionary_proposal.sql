-- +goose Up
-- Versions get a semantic label and the day from which they hold; what stands already holds since it was made.
ALTER TABLE dictionary_element ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE dictionary_element ADD COLUMN effective_from INTEGER NOT NULL DEFAULT 0; -- dictionary.Day, 0 for always
ALTER TABLE dictionary_element ADD COLUMN announced INTEGER NOT NULL DEFAULT 1; -- 0 until the day has been told of
ALTER TABLE dictionary_element ADD COLUMN spell_key TEXT NOT NULL DEFAULT ''; -- name with its marks, for exact spelling first
UPDATE dictionary_element SET label = CAST(version AS TEXT) || '.0.0';

ALTER TABLE dictionary_code_list ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE dictionary_code_list ADD COLUMN effective_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dictionary_code_list ADD COLUMN announced INTEGER NOT NULL DEFAULT 1;
UPDATE dictionary_code_list SET label = CAST(version AS TEXT) || '.0.0';

CREATE TABLE dictionary_identifier (
    name           TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    body           TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL,
    created_by     TEXT    NOT NULL,
    label          TEXT    NOT NULL,
    effective_from INTEGER NOT NULL,
    announced      INTEGER NOT NULL,
    PRIMARY KEY (name, version)
);

CREATE TABLE dictionary_proposal (
    id         TEXT   NOT NULL PRIMARY KEY,
    number     TEXT   NOT NULL UNIQUE,
    kind       TEXT   NOT NULL, -- element, code_list, identifier
    subject    TEXT   NOT NULL, -- code of the element, name of the list
    state      TEXT   NOT NULL,
    agency     TEXT   NOT NULL,
    dataset    TEXT   NOT NULL, -- where the need arose, '' when nowhere
    field      TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
-- Two people do not change the same thing side by side.
CREATE UNIQUE INDEX dictionary_proposal_open ON dictionary_proposal (kind, subject) WHERE state IN ('proposed', 'returned', 'consulting');
CREATE INDEX dictionary_proposal_state ON dictionary_proposal (state, id);
CREATE INDEX dictionary_proposal_agency ON dictionary_proposal (agency, id);
CREATE INDEX dictionary_proposal_dataset ON dictionary_proposal (dataset, field, id);
CREATE INDEX dictionary_proposal_subject ON dictionary_proposal (kind, subject, id);

CREATE TABLE dictionary_comment (
    proposal TEXT    NOT NULL REFERENCES dictionary_proposal (id),
    number   INTEGER NOT NULL,
    agency   TEXT    NOT NULL,
    who      TEXT    NOT NULL,
    who_name TEXT    NOT NULL,
    stance   TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    at       BIGINT  NOT NULL,
    PRIMARY KEY (proposal, number)
);

CREATE TABLE dictionary_step (
    proposal   TEXT    NOT NULL REFERENCES dictionary_proposal (id),
    number     INTEGER NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    who        TEXT    NOT NULL,
    who_name   TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    PRIMARY KEY (proposal, number)
);

CREATE TABLE dictionary_subscription (
    kind       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    agency     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject, account)
);
