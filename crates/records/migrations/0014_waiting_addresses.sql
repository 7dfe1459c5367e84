-- Addresses that somebody says are theirs. They claim nothing: several may say so
-- of the same one.
CREATE TABLE waiting_addresses (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    canonical TEXT NOT NULL,
    shown TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, canonical)
);
CREATE INDEX waiting_addresses_by_expiry ON waiting_addresses (expires_at);
