-- +goose Up
-- By which connections each system and dataset takes part, without reading the requests themselves.
CREATE INDEX connection_request_ways ON connection_request (system, state, dataset);
