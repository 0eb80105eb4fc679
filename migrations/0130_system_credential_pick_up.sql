-- +goose Up
-- A credential begins without a secret: somebody of the system's own agency picks it up, once.
ALTER TABLE system_credential ADD COLUMN picked_up_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE system_credential ADD COLUMN picked_up_by TEXT NOT NULL DEFAULT '';
UPDATE system_credential SET picked_up_at = created_at, picked_up_by = created_by WHERE secret_hash <> '';
