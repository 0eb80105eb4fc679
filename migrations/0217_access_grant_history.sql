-- +goose Up
-- The history of rights is read by number within a subject, a dataset or an agency.
CREATE INDEX access_grant_subject_number ON access_grant (subject_id, number);
CREATE INDEX access_grant_dataset_number ON access_grant (dataset, number);
CREATE INDEX access_grant_agency_number ON access_grant (agency, number);
