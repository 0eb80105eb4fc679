-- +goose Up
-- Whose move it is, in the order of the list.
CREATE INDEX connection_request_agency_state ON connection_request (agency, state, id);
CREATE INDEX connection_request_owner_state ON connection_request (owner, state, id);

-- Class of the reason of a suspension, which a refused call is told; '' where there is none.
ALTER TABLE connection_request ADD COLUMN paused_for TEXT NOT NULL DEFAULT '';
