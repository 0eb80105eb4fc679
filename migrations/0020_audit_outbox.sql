-- +goose Up
-- Records of changes on their way into the evidence journal: written in the transaction of the change, deleted when
-- the journal has them.
CREATE TABLE audit_outbox (
    id         TEXT   NOT NULL PRIMARY KEY,
    node       TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_outbox_node ON audit_outbox (node, id);
