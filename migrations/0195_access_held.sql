-- +goose Up
-- What keeps a grant suspended beside its connection (a review, an owner's request); empty when nothing does.
ALTER TABLE access_grant ADD COLUMN held_by TEXT NOT NULL DEFAULT '';
CREATE INDEX access_grant_dataset ON access_grant (dataset, status);
CREATE INDEX access_grant_agency ON access_grant (agency, status);
