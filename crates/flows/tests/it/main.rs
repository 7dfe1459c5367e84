//! Stories about the verbs, told on SQLite always and on PostgreSQL where
//! `TEST_DATABASE_URL` names a server.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it too")]

mod access;
mod accounts;
mod addresses;
mod alerts;
mod audit;
mod audit_shipped;
mod audit_trail;
mod authenticator;
mod breaches;
mod compliance;
mod devices;
mod doors;
mod factors;
mod factors_overtaken;
mod feed;
mod first_admin;
mod foreign;
mod freshness;
mod gate;
mod keychain;
mod keys;
mod lanes;
mod notices;
mod one_time;
mod outbox;
mod overview;
mod passkeys;
mod passkeys_attacked;
mod passwordless;
mod people;
mod peppers;
mod phones;
mod places;
mod privacy;
mod profiles;
mod purse;
mod recovery;
mod refresh;
mod renewal;
mod reset_mail;
mod revocation;
mod sent_codes;
mod sessions;
mod shared_secret;
mod signin;
mod signin_mail;
mod signin_token;
mod step_up;
mod step_up_passkey;
mod support;
mod tokens;
mod verify;
mod webhooks;
