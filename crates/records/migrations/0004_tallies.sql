CREATE TABLE tallies (
    day BIGINT NOT NULL,
    what TEXT NOT NULL,
    slot BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (day, what, slot)
);
INSERT INTO tallies (day, what, slot, n)
    SELECT at / 86400000000, kind, 0, count(*) FROM events WHERE seq IS NOT NULL GROUP BY at / 86400000000, kind;
CREATE INDEX accounts_by_state ON accounts (role, suspended_at);
