-- +goose Up
CREATE TABLE vault_key (
    number     BIGINT NOT NULL PRIMARY KEY,
    made_by    TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    wrapped_at BIGINT NOT NULL
);
