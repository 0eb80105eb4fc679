-- +goose Up
-- How, from where and with what a session was opened, for its holder's list; lapsed: it was left alone for longer than
-- personal data may stay on a screen.
ALTER TABLE account_session ADD COLUMN auth TEXT NOT NULL DEFAULT '';
ALTER TABLE account_session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE account_session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE account_session ADD COLUMN lapsed INTEGER NOT NULL DEFAULT 0;
