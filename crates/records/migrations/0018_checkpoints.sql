-- Signed heads of the chain, and the public halves that prove them: a key that was
-- removed still proves what it signed.
CREATE TABLE checkpoints (
    seq BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL,
    at BIGINT NOT NULL,
    signed TEXT NOT NULL
);
CREATE TABLE checkpoint_keys (
    id TEXT PRIMARY KEY,
    public TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
-- How far something that follows the events has come, and what keeps it.
CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    place BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    fault TEXT
);
