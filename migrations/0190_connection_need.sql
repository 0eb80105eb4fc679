-- +goose Up
-- An offer of the owner is a draft of the consumer that the owner sees too; a renewal names what it continues.
ALTER TABLE connection_request ADD COLUMN offered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connection_request ADD COLUMN renews TEXT NOT NULL DEFAULT '';
-- Parameters in force that the exchange reads at each call; 0: none of its own.
ALTER TABLE connection_request ADD COLUMN page_most BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connection_request ADD COLUMN timeout_ms BIGINT NOT NULL DEFAULT 0;

-- One index for each filter of the list, in its order.
CREATE INDEX connection_request_by_state ON connection_request (state, id);
CREATE INDEX connection_request_by_agency ON connection_request (agency, id);
CREATE INDEX connection_request_by_owner ON connection_request (owner, id);
CREATE INDEX connection_request_by_dataset ON connection_request (dataset, id);
CREATE INDEX connection_request_by_system ON connection_request (system, id);
CREATE INDEX connection_request_by_deadline ON connection_request (deadline) WHERE deadline > 0;
CREATE INDEX connection_request_by_end ON connection_request (valid_to) WHERE valid_to > 0;
CREATE INDEX connection_request_renews ON connection_request (renews) WHERE renews <> '';

-- Sums of what the steps took, kept with each step, so that nobody adds up all steps of all requests.
CREATE TABLE connection_duration (
    route  TEXT   NOT NULL,
    phase  TEXT   NOT NULL,
    agency TEXT   NOT NULL,
    count  BIGINT NOT NULL,
    days   BIGINT NOT NULL,
    late   BIGINT NOT NULL,
    PRIMARY KEY (route, phase, agency)
);
INSERT INTO connection_duration (route, phase, agency, count, days, late)
    SELECT route, phase, agency, count(*), CAST(sum(used_days) AS BIGINT), CAST(sum(late) AS BIGINT) FROM connection_step
    WHERE phase <> '' AND from_state <> to_state GROUP BY route, phase, agency;

-- Each reminder of an end is sent once.
CREATE TABLE connection_reminder (
    request_id TEXT   NOT NULL,
    days       BIGINT NOT NULL,
    told_at    BIGINT NOT NULL,
    PRIMARY KEY (request_id, days)
);
