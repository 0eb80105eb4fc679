-- +goose Up
-- What the register says of a system besides its name (Điều 8.1), and what it goes live with (Điều 26.2a).
ALTER TABLE system_system ADD COLUMN api TEXT NOT NULL DEFAULT '';
ALTER TABLE system_system ADD COLUMN api_note TEXT NOT NULL DEFAULT '';
ALTER TABLE system_system ADD COLUMN security_contact TEXT NOT NULL DEFAULT '';
ALTER TABLE system_system ADD COLUMN level_authority TEXT NOT NULL DEFAULT '';
ALTER TABLE system_system ADD COLUMN level_decided_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE system_system ADD COLUMN level_review_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE system_system ADD COLUMN exception_level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE system_system ADD COLUMN exception_decision TEXT NOT NULL DEFAULT '';
ALTER TABLE system_system ADD COLUMN exception_measures TEXT NOT NULL DEFAULT '';
ALTER TABLE system_system ADD COLUMN exception_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE system_system ADD COLUMN exception_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE system_system ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
-- The reminder that was sent last: end and days before it, so that each is sent once.
ALTER TABLE system_system ADD COLUMN level_noted TEXT NOT NULL DEFAULT '';
CREATE INDEX system_system_category ON system_system (category, sort_key, id);
CREATE INDEX system_system_sort ON system_system (sort_key, id);
CREATE INDEX system_system_level_end ON system_system (level_valid_to);

-- A dossier proposes a security level or an exception; one of each system is open at most.
CREATE TABLE system_level (
    id          TEXT    NOT NULL PRIMARY KEY,
    system_id   TEXT    NOT NULL REFERENCES system_system (id),
    kind        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    level       INTEGER NOT NULL,
    proposed_by TEXT    NOT NULL,
    proposed_at BIGINT  NOT NULL,
    body        TEXT    NOT NULL
);
CREATE UNIQUE INDEX system_level_open ON system_level (system_id) WHERE state = 'proposed';
CREATE INDEX system_level_system ON system_level (system_id, id);

-- What traffic shows (Điều 8.3a). It is computed again and again and never typed in.
CREATE TABLE system_status (
    system_id TEXT   NOT NULL PRIMARY KEY REFERENCES system_system (id),
    status    TEXT   NOT NULL,
    since     BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    last_way  TEXT   NOT NULL,
    listed    TEXT   NOT NULL,
    need      TEXT   NOT NULL
);
CREATE INDEX system_status_status ON system_status (status, system_id);

CREATE TABLE system_status_day (
    day    TEXT    NOT NULL,
    listed INTEGER NOT NULL,
    status TEXT    NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (day, listed, status)
);

-- How a system that is not connected will be: filled by its own agency.
CREATE TABLE system_plan (
    system_id TEXT   NOT NULL PRIMARY KEY REFERENCES system_system (id),
    target_at BIGINT NOT NULL,
    steps     TEXT   NOT NULL,
    obstacles TEXT   NOT NULL,
    set_by    TEXT   NOT NULL,
    set_name  TEXT   NOT NULL,
    set_at    BIGINT NOT NULL,
    revision  BIGINT NOT NULL
);
