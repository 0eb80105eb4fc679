-- +goose Up
-- Failed sign-ins stand apart from the account, so that a failure writes one small row. The row of nobody (account_id
-- empty) takes those of unknown names: they must cost as much.
CREATE TABLE account_failure (
    account_id TEXT   NOT NULL PRIMARY KEY,
    failures   BIGINT NOT NULL,
    locked_to  BIGINT NOT NULL
);
ALTER TABLE account_account DROP COLUMN failures;
ALTER TABLE account_account DROP COLUMN locked_to;
