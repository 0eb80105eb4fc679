-- +goose Up
CREATE TABLE incident_incident (
    id          TEXT   NOT NULL PRIMARY KEY,
    number      TEXT   NOT NULL UNIQUE,
    kind        TEXT   NOT NULL,
    severity    TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    summary     TEXT   NOT NULL,
    source      TEXT   NOT NULL,
    agency      TEXT   NOT NULL,
    refs        TEXT   NOT NULL,
    detected_at BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    fingerprint TEXT   NOT NULL
);
CREATE INDEX incident_incident_detected ON incident_incident (detected_at, id);
CREATE INDEX incident_incident_fingerprint ON incident_incident (fingerprint, state);

CREATE TABLE incident_step (
    id          TEXT   NOT NULL PRIMARY KEY,
    incident_id TEXT   NOT NULL REFERENCES incident_incident (id),
    from_state  TEXT   NOT NULL,
    to_state    TEXT   NOT NULL,
    who         TEXT   NOT NULL,
    who_name    TEXT   NOT NULL,
    agency      TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    comment     TEXT   NOT NULL
);
CREATE INDEX incident_step_incident ON incident_step (incident_id, at, id);

CREATE TABLE incident_number (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
