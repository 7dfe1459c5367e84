CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    display_name TEXT,
    bio TEXT,
    picture TEXT,
    locale TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    suspended_at BIGINT,
    not_before BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX accounts_by_time ON accounts (created_at, id);
CREATE INDEX accounts_by_role ON accounts (role, id);

CREATE TABLE identifiers (
    canonical TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    shown TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    verified_at BIGINT
);
CREATE INDEX identifiers_by_account ON identifiers (account_id, created_at);

CREATE TABLE external_ids (
    provider TEXT NOT NULL,
    external_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (provider, external_id)
);
CREATE INDEX external_ids_by_account ON external_ids (account_id, provider);

CREATE TABLE passwords (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE alias_counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE aliases (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    number BIGINT NOT NULL UNIQUE,
    hex TEXT NOT NULL UNIQUE,
    uuid TEXT NOT NULL UNIQUE
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    secret_hash BYTEA UNIQUE,
    foreign_token TEXT UNIQUE,
    epoch BIGINT NOT NULL,
    assurance BIGINT NOT NULL,
    auth_time BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    idle_span BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_because TEXT,
    device TEXT,
    browser TEXT,
    address TEXT
);
CREATE INDEX sessions_by_account ON sessions (account_id, created_at, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash BYTEA PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id),
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (session_id, generation)
);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE one_time_secrets (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    account_id TEXT,
    binding BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    attempts_most BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX one_time_secrets_by_account ON one_time_secrets (account_id, purpose);
CREATE INDEX one_time_secrets_by_expiry ON one_time_secrets (expires_at);

CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX signing_keys_by_purpose ON signing_keys (purpose, active_from);

CREATE TABLE events (
    id TEXT PRIMARY KEY,
    seq BIGINT UNIQUE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT,
    session TEXT,
    data TEXT NOT NULL,
    personal TEXT,
    salt BYTEA,
    personal_digest BYTEA NOT NULL,
    hash BYTEA
);
CREATE INDEX events_by_subject ON events (subject, at);
CREATE INDEX events_by_time ON events (at, id);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    claimed_until BIGINT,
    last_fault TEXT,
    dead_at BIGINT
);
CREATE INDEX jobs_by_turn ON jobs (queue, run_at, id);

CREATE TABLE attempts (
    subject BYTEA PRIMARY KEY,
    failures BIGINT NOT NULL,
    window_ends BIGINT NOT NULL
);
CREATE INDEX attempts_by_window ON attempts (window_ends);

CREATE TABLE idempotency (
    principal TEXT NOT NULL,
    route TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    result_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (principal, route, idempotency_key)
);
CREATE INDEX idempotency_by_time ON idempotency (created_at);
