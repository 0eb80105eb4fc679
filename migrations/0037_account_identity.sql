-- +goose Up
-- Who a person is at an identity provider. An identity belongs to one account, and an account has one at each provider.
CREATE TABLE account_identity (
    issuer     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    account_id TEXT   NOT NULL REFERENCES account_account (id),
    linked_at  BIGINT NOT NULL,
    linked_by  TEXT   NOT NULL,
    used_at    BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (account_id, issuer)
);

-- What may be used once: states of single sign-on, challenges of passkeys.
CREATE TABLE account_spent (
    id       TEXT   NOT NULL PRIMARY KEY,
    valid_to BIGINT NOT NULL
);
