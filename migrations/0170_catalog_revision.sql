-- +goose Up
-- What has changed since the last reading is told from here, without the datasets themselves.
CREATE INDEX catalog_dataset_revision ON catalog_dataset (id, revision);
CREATE INDEX catalog_dataset_changed ON catalog_dataset (changed_at, id);
