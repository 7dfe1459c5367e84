CREATE TABLE former_passwords (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    hash TEXT NOT NULL,
    replaced_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, hash)
);
