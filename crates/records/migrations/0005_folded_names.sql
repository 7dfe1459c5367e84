ALTER TABLE accounts ADD COLUMN folded_name TEXT;
