CREATE TABLE phones (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    number TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    verified_at BIGINT,
    PRIMARY KEY (account_id, number)
);

CREATE TABLE code_ways (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    way TEXT NOT NULL,
    target TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (account_id, way)
);

ALTER TABLE jobs ADD COLUMN account_id TEXT;
ALTER TABLE jobs ADD COLUMN receiver TEXT;
CREATE INDEX jobs_by_account ON jobs (account_id, id);
