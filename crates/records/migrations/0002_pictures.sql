CREATE TABLE pictures (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    media_type TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    tag TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
