-- +goose Up
CREATE TABLE connection_request (
    id         TEXT   NOT NULL PRIMARY KEY,
    number     TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    agency     TEXT   NOT NULL,
    owner      TEXT   NOT NULL,
    system     TEXT   NOT NULL,
    dataset    TEXT   NOT NULL,
    deadline   BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to   BIGINT NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);
CREATE UNIQUE INDEX connection_request_number ON connection_request (number) WHERE number <> '';
CREATE INDEX connection_request_state ON connection_request (state, updated_at);
CREATE INDEX connection_request_agency ON connection_request (agency, updated_at);
CREATE INDEX connection_request_owner ON connection_request (owner, updated_at);

-- Numbers of one year, without gaps: counted in the transaction that submits.
CREATE TABLE connection_number (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

-- Steps, configurations, reviews and test runs are only ever added.
CREATE TABLE connection_step (
    request_id TEXT    NOT NULL,
    seq        BIGINT  NOT NULL,
    action     TEXT    NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    agency     TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    phase      TEXT    NOT NULL,
    used_days  BIGINT  NOT NULL,
    limit_days BIGINT  NOT NULL,
    late       INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (request_id, seq)
);
CREATE INDEX connection_step_phase ON connection_step (phase, from_state);

CREATE TABLE connection_config (
    request_id TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    made_by    TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    PRIMARY KEY (request_id, version)
);

CREATE TABLE connection_review (
    request_id TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    seq        BIGINT  NOT NULL,
    made_by    TEXT    NOT NULL,
    made_at    BIGINT  NOT NULL,
    ok         INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (request_id, version, seq)
);

CREATE TABLE connection_run (
    request_id TEXT    NOT NULL,
    seq        BIGINT  NOT NULL,
    config     BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL,
    passed     INTEGER NOT NULL,
    hash       TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    PRIMARY KEY (request_id, seq)
);
