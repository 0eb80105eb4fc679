-- +goose Up
-- The name of a registration that other agencies do not see binds its own agency only.
UPDATE catalog_dataset SET name_key = name_key || '
' || owner WHERE state IN ('draft', 'returned');
