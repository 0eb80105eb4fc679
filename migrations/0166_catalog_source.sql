-- +goose Up
-- One official source of each element of an entity at a time (Điều 4.3).
CREATE TABLE catalog_source (
    id         TEXT   NOT NULL PRIMARY KEY,
    element    TEXT   NOT NULL,
    entity     TEXT   NOT NULL, -- code of the list of entities
    dataset    TEXT   NOT NULL, -- code of the dataset
    state      TEXT   NOT NULL, -- declared, official, ended
    body       TEXT   NOT NULL,
    valid_from BIGINT NOT NULL, -- 0 while declared
    valid_to   BIGINT NOT NULL  -- 0 while not ended
);
CREATE UNIQUE INDEX catalog_source_official ON catalog_source (element, entity) WHERE state = 'official';
CREATE UNIQUE INDEX catalog_source_claim ON catalog_source (dataset, element, entity) WHERE state <> 'ended';
CREATE INDEX catalog_source_entity ON catalog_source (entity, element, state, id);
CREATE INDEX catalog_source_dataset ON catalog_source (dataset, state, element, entity);
ALTER TABLE catalog_dataset ADD COLUMN replica_of TEXT NOT NULL DEFAULT ''; -- code of the dataset of which this one is a copy
CREATE INDEX catalog_dataset_replica ON catalog_dataset (replica_of, code);
