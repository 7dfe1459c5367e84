ALTER TABLE attempts ADD COLUMN nobody BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE attempts ADD COLUMN marks BIGINT NOT NULL DEFAULT 0;
CREATE INDEX attempts_of_nobody ON attempts (window_ends) WHERE nobody;
