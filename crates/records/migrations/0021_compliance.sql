-- When an account was last used: sessions are deleted soon after they end.
ALTER TABLE accounts ADD COLUMN last_used_at BIGINT;
UPDATE accounts SET last_used_at =
    (SELECT max(at) FROM events WHERE events.subject = accounts.id AND events.kind = 'session.opened');

CREATE TABLE compliance_counts (
    rule TEXT PRIMARY KEY,
    findings BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    since BIGINT NOT NULL,
    checked_at BIGINT NOT NULL
);

CREATE TABLE compliance_exceptions (
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (rule, subject)
);
CREATE INDEX compliance_exceptions_by_subject ON compliance_exceptions (subject, rule);
CREATE INDEX compliance_exceptions_by_end ON compliance_exceptions (until);
