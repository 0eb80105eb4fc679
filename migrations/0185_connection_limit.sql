-- +goose Up
-- Limits of the phases in either process (parameters D1 and D2); without a row the defaults hold.
CREATE TABLE connection_limit (
    id         TEXT   NOT NULL PRIMARY KEY,
    revision   BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);

-- The process in which the time of a step was spent; until the shortened one existed there was one.
ALTER TABLE connection_step ADD COLUMN route TEXT NOT NULL DEFAULT 'full';
