-- Whoever signs up with a passkey makes it before there is an account.
ALTER TABLE passkey_ceremonies ADD COLUMN newcomer TEXT;
