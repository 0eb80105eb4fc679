-- +goose Up
-- The register of personal-data processing (Điều 27.2): one entry for each dataset that holds personal data.
CREATE TABLE privacy_entry (
    dataset    TEXT   NOT NULL PRIMARY KEY,
    owner      TEXT   NOT NULL,
    in_force   INTEGER NOT NULL,
    valid_to   BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX privacy_entry_ending ON privacy_entry (in_force, valid_to, dataset);
CREATE INDEX privacy_entry_revision ON privacy_entry (dataset, revision);
CREATE INDEX catalog_dataset_code_revision ON catalog_dataset (code, revision);
