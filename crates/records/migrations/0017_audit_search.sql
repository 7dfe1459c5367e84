-- The audit trail is searched by each of these. The address is the one in the
-- personal data, and is erased with them; events of before are found by their text.
ALTER TABLE events ADD COLUMN address TEXT;
CREATE INDEX events_by_kind ON events (kind, at, id);
CREATE INDEX events_by_actor ON events (actor, at, id);
CREATE INDEX events_by_session ON events (session, at, id) WHERE session IS NOT NULL;
CREATE INDEX events_by_address ON events (address, at, id) WHERE address IS NOT NULL;
