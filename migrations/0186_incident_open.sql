-- +goose Up
-- Open violations of an agency are asked for at every step of the shortened process.
CREATE INDEX incident_incident_kind ON incident_incident (kind, state, agency);
