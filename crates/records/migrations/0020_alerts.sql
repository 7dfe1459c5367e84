-- open_as is what the alert is about while it is open, and null afterwards: so there is
-- one open alert for each.
CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    severity BIGINT NOT NULL,
    subject TEXT NOT NULL,
    open_as TEXT UNIQUE,
    count BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    event_id TEXT,
    told_at BIGINT,
    told_severity BIGINT,
    acknowledged_at BIGINT,
    acknowledged_by TEXT,
    closed_at BIGINT,
    closed_by TEXT
);
CREATE INDEX alerts_by_rule ON alerts (rule, closed_at);
CREATE INDEX alerts_by_closing ON alerts (closed_at, id);

-- What channels are still to be told.
CREATE TABLE alert_notices (
    id TEXT PRIMARY KEY,
    alert_id TEXT NOT NULL REFERENCES alerts (id),
    channel TEXT NOT NULL,
    receiver TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
);
CREATE INDEX alert_notices_by_time ON alert_notices (due_at);
CREATE INDEX alert_notices_by_alert ON alert_notices (alert_id);

-- What became of the last message of each.
CREATE TABLE alert_channels (
    name TEXT PRIMARY KEY,
    last_at BIGINT NOT NULL,
    fault TEXT
);

-- How far the trail was read, and what its end was.
CREATE TABLE alert_marks (
    name TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BYTEA
);
