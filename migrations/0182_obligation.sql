-- +goose Up
-- What a listed dataset is found to meet of its four obligations (Điều 7.4). Computed, never typed in.
CREATE TABLE obligation_state (
    dataset      TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    owner        TEXT   NOT NULL,
    decision     TEXT   NOT NULL,
    connected    TEXT   NOT NULL,
    standardised TEXT   NOT NULL,
    updated      TEXT   NOT NULL,
    quality      TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    search       TEXT   NOT NULL,
    sort_key     TEXT   NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX obligation_state_owner ON obligation_state (owner, sort_key, dataset);
CREATE INDEX obligation_state_sort ON obligation_state (sort_key, dataset);

-- The findings at the end of each day, one letter for each obligation: m met, u unmet, n not assessed.
CREATE TABLE obligation_day (
    day     TEXT NOT NULL,
    dataset TEXT NOT NULL,
    owner   TEXT NOT NULL,
    lights  TEXT NOT NULL,
    PRIMARY KEY (day, dataset)
);
