-- +goose Up
-- What one administrator proposes for an account with an operator's role, and another person confirms.
CREATE TABLE account_proposal (
    id          TEXT   NOT NULL PRIMARY KEY,
    body        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    valid_to    BIGINT NOT NULL
);
CREATE INDEX account_proposal_state ON account_proposal (state, proposed_at, id);

-- One row once two people could confirm each other: from then on nobody acts alone.
CREATE TABLE account_set_up (
    id       INTEGER NOT NULL PRIMARY KEY,
    ended_at BIGINT  NOT NULL
);
