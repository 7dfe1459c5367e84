-- Nodes at work on one PostgreSQL; on SQLite there is one, and nothing is written.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    seen BIGINT NOT NULL
);
CREATE INDEX nodes_by_time ON nodes (seen);
