-- +goose Up
CREATE TABLE ingest_delivery (
    id          TEXT    NOT NULL PRIMARY KEY,
    dataset     TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    system      TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    idem_key    TEXT    NOT NULL,
    sha256      TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    node        TEXT    NOT NULL,
    lease_until BIGINT  NOT NULL,
    attempts    INTEGER NOT NULL,
    received_at BIGINT  NOT NULL,
    changed_at  BIGINT  NOT NULL,
    UNIQUE (dataset, idem_key)
);

CREATE INDEX ingest_delivery_sha256 ON ingest_delivery (dataset, sha256);
CREATE INDEX ingest_delivery_state ON ingest_delivery (state, received_at, id);
CREATE INDEX ingest_delivery_dataset ON ingest_delivery (dataset, id);
CREATE INDEX ingest_delivery_owner ON ingest_delivery (owner, id);

CREATE TABLE ingest_verdict (
    id         TEXT   NOT NULL PRIMARY KEY,
    delivery   TEXT   NOT NULL,
    outcome    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX ingest_verdict_delivery ON ingest_verdict (delivery, created_at, id);
