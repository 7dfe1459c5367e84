CREATE TABLE recoveries (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    job_id TEXT NOT NULL,
    started_by TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ready_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX recoveries_by_expiry ON recoveries (expires_at);
