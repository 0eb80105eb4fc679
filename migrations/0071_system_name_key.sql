-- +goose Up
-- Names are compared by what they read, not by their bytes. Rows of before get theirs when they next change.
ALTER TABLE system_system ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
CREATE INDEX system_system_spelling ON system_system (name_key);
