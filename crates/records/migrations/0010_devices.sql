CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    hash BYTEA NOT NULL UNIQUE,
    name TEXT,
    browser TEXT,
    address TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    trusted_at BIGINT
);
CREATE INDEX devices_by_account ON devices (account_id, last_used_at);

CREATE TABLE networks (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    network TEXT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, network)
);

ALTER TABLE sessions ADD COLUMN device_id TEXT;
