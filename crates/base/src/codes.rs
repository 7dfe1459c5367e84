//! Every error code there is: one table that makes the API's `code` values,
//! their pages and their words. A code is never renamed or reused.

use crate::error::Kind;

/// A stable error code with its words.
#[derive(Debug)]
pub struct Code {
    /// What programs compare, such as `session.revoked`.
    pub name: &'static str,
    /// The sort of refusal.
    pub kind: Kind,
    /// A few words: the `title` of RFC 9457.
    pub title: &'static str,
    /// A sentence that says what to do about it.
    pub help: &'static str,
}

macro_rules! codes {
    ($($id:ident = $kind:ident $name:literal, $title:literal, $help:literal;)*) => {
        $(#[doc = $title]
        pub static $id: Code = Code { name: $name, kind: Kind::$kind, title: $title, help: $help };)*

        /// The whole table, in the order of its sections.
        pub static ALL: &[&Code] = &[$(&$id),*];
    };
}

codes! {
    // The request as such.
    REQUEST_INVALID = Invalid "request.invalid", "The request is not valid", "Correct the fields that are named and send it again.";
    REQUEST_MALFORMED = Invalid "request.malformed", "The body cannot be read", "Send a body of the declared content type, in UTF-8, without duplicate keys.";
    REQUEST_TOO_LARGE = Invalid "request.too_large", "The request is too large", "Send a smaller body.";
    REQUEST_MEDIA_TYPE = Invalid "request.media_type", "The content type is not supported", "Send application/json.";
    REQUEST_ORIGIN = Denied "request.origin", "The request comes from another site", "Send it from a page of this server, or with an Authorization header instead of the cookie.";
    REQUEST_CREDENTIALS = Invalid "request.credentials", "More than one credential of a kind was sent", "Send one cookie and one Authorization header at most.";
    REQUEST_TIMEOUT = Busy "request.timeout", "The request took too long", "Try again in a moment.";
    ROUTE_MISSING = Missing "route.missing", "There is nothing at this address", "Check the path.";
    ROUTE_METHOD = Invalid "route.method", "This address does not take that method", "Use a method that the Allow header names.";
    ID_MALFORMED = Invalid "id.malformed", "That is not an id", "Use the id exactly as this server gave it.";
    CURSOR_INVALID = Invalid "cursor.invalid", "The cursor is not valid", "Start again without a cursor.";
    IDEMPOTENCY_MISMATCH = Invalid "idempotency.mismatch", "This Idempotency-Key was used for another request", "Use a new key for a new request.";
    IDEMPOTENCY_STRANGER = Invalid "idempotency.stranger", "Idempotency-Key needs a signed-in caller", "Sign in first, or leave the header out.";

    // Who asks.
    AUTH_REQUIRED = Stranger "auth.required", "Sign-in required", "Sign in, or send a valid credential.";
    TOKEN_INVALID = Stranger "token.invalid", "The token is not valid", "Sign in again.";
    TOKEN_EXPIRED = Stranger "token.expired", "The token has expired", "Refresh it, or sign in again.";
    TOKEN_TYPE = Stranger "token.type", "The token is of another kind", "Send an access token where one is asked for, and a refresh token to be exchanged.";
    TOKEN_CLAIM = Stranger "token.claim", "The token lacks a claim", "Sign in again.";
    TOKEN_PERSON = Stranger "token.person", "The token names nobody", "Sign in again.";
    TOKEN_REUSED = Stranger "token.reused", "The refresh token was used twice", "The session was ended for safety; sign in again.";
    SESSION_REVOKED = Stranger "session.revoked", "The session has ended", "Sign in again.";
    SESSION_EXPIRED = Stranger "session.expired", "The session has expired", "Sign in again.";
    SIGNIN_FAILED = Stranger "signin.failed", "Sign-in failed", "Check the name and the password.";
    ACCOUNT_SUSPENDED = Stranger "account.suspended", "The account is suspended", "Ask an administrator.";
    SETUP_REQUIRED = Denied "setup.required", "There is no administrator yet", "On the machine where this server runs, type: tollgate setup-link";

    // What they may do.
    ACCESS_DENIED = Denied "access.denied", "You may not do this", "Ask an administrator for the permission.";
    ACCESS_RANK = Denied "access.rank", "You may not do this to someone of that role", "Ask an administrator of a higher role.";
    LAST_ADMIN = Conflict "admin.last", "This is the last administrator", "Make another administrator first.";
    ADMIN_EXISTS = Conflict "admin.exists", "There is an administrator already", "Sign in as an administrator, or type: tollgate admin recover";
    REGISTRATION_OFF = Denied "registration.off", "Registration is off", "Ask an administrator for an account; operators allow registration with [signin] registration = \"open\".";

    // People.
    PERSON_MISSING = Missing "person.missing", "There is no such person", "Check the id.";
    SESSION_MISSING = Missing "session.missing", "There is no such session", "Check the id.";
    KEY_MISSING = Missing "key.missing", "There is no such key", "List the keys and use one of their ids.";
    IDENTIFIER_TAKEN = Conflict "identifier.taken", "Somebody has this e-mail address or username already", "Choose another, or sign in.";
    IDENTIFIER_INVALID = Invalid "identifier.invalid", "That is not a valid e-mail address or username", "Correct it and try again.";
    PASSWORD_WEAK = Invalid "password.weak", "The password is not good enough", "Choose a longer or less common password.";
    PASSWORD_WRONG = Denied "password.wrong", "The current password is wrong", "Type the current password again.";
    VERSION_MISMATCH = Conflict "version.mismatch", "It was changed meanwhile", "Read it again and repeat the change.";

    // Things that work once.
    ONE_TIME_INVALID = Invalid "one_time.invalid", "The link or code is not valid", "It may have been used or have expired; ask for a new one.";

    // Keys.
    KEY_IN_USE = Conflict "key.in_use", "The key still signs", "Rotate first, then remove the old key.";
    SECRET_REMOVED = Invalid "secret.removed", "The shared secret was removed as a signing key", "It may be known to others. Set a new one in [dialects.chatbot] secret or SECRET_KEY, here and in every service that shares it.";
    SECRET_WEAK = Invalid "secret.weak", "The shared secret is too weak", "Use at least 32 random bytes, or set allow_weak_secret = true.";
    SIGNING_KEY_INVALID = Invalid "signing_key.invalid", "That is not a private key for this algorithm", "Use an unencrypted PKCS#8 key: Ed25519, P-256, or RSA of at least 2048 bits.";
    SEAL_BROKEN = Broken "seal.broken", "A sealed value cannot be opened", "Operators: check that the master key is the one that this database was sealed with.";

    // Password hashes from elsewhere.
    HASH_UNKNOWN = Invalid "hash.unknown", "The password hash is of no known kind", "Use Argon2, bcrypt, scrypt or PBKDF2, written as a PHC string or as Django writes it.";
    HASH_COSTLY = Invalid "hash.costly", "The password hash costs too much to check", "Import the account without it and let its owner set a new password.";

    // Load.
    THROTTLED = Limited "throttled", "Too many attempts", "Wait as long as Retry-After says.";
    HASHING_BUSY = Busy "busy.hashing", "Too many sign-ins at once", "Try again in a moment.";
    STORE_BUSY = Busy "busy.store", "The database is busy", "Try again in a moment.";
    STORE_DOWN = Busy "store.down", "The database cannot be reached", "Try again in a moment; operators: see the log and tollgate db status.";
    STORE_FULL = Busy "store.full", "The disk is full", "Operators: free space on the disk that holds the data.";
    STORE_STALE = Busy "store.stale", "This server is cut off from its database", "Try again in a moment.";

    MAIL_FAILED = Upstream "mail.failed", "The mail could not be sent", "It is tried again; operators: see the log.";

    // Configuration and the command line.
    CONFIG_INVALID = Invalid "config.invalid", "The configuration is not valid", "Correct it; tollgate config check shows all faults at once.";
    SECRETS_MISMATCH = Invalid "secrets.mismatch", "The secrets file belongs to another installation", "Put the secrets file with which this database was made in place; it is beside its data, or in your backup.";
    SERVER_UNREACHABLE = Upstream "server.unreachable", "The server cannot be reached", "Start it, or check the address.";
    BACKUP_INVALID = Invalid "backup.invalid", "That is not a complete backup", "Use a file that tollgate db backup wrote.";
    BACKUP_NOT_EMPTY = Conflict "backup.not_empty", "The database is not empty", "Restore into a new database: one that was just made and migrated.";
    BACKUP_FAILED = Broken "backup.failed", "The backup could not be written", "Check the folder's permissions and its free space.";
    DATABASE_DAMAGED = Broken "database.damaged", "The database finds damage in itself", "Stop the server, keep a copy of the files, and restore the last good backup.";
    AUDIT_BROKEN = Broken "audit.broken", "The audit trail does not verify", "Keep the database as it is and compare it with a backup.";
    CONFIRMATION_REQUIRED = Invalid "confirmation.required", "This has to be confirmed", "Repeat the command with --yes.";
    FILE_FAILED = Broken "file.failed", "A file cannot be read or written", "Check that it exists, its permissions, and the free space.";
    FILE_EXISTS = Conflict "file.exists", "There is a file of that name already", "Choose another name, or move the file away.";
    USAGE_INVALID = Invalid "usage.invalid", "The command is not written correctly", "See tollgate help.";
    LISTEN_FAILED = Broken "listen.failed", "The address cannot be listened on", "Check whether another program listens there, and whether the address is one of this machine.";

    // Faults of ours.
    INTERNAL = Broken "internal", "Something went wrong here", "Try again; if it stays, give the request id to the operator.";
    INTERNAL_ENTROPY = Broken "internal.entropy", "The operating system has no random numbers", "Operators: see the log.";
    INTERNAL_STORE = Broken "internal.store", "The database answered with a fault", "Try again; if it stays, give the request id to the operator.";
    INTERNAL_BODY = Broken "internal.body", "A transaction waited for something else", "This is a programming error; give the request id to the operator.";
    INTERNAL_PANIC = Broken "internal.panic", "A task stopped unexpectedly", "Try again; if it stays, give the request id to the operator.";
    MIGRATION_FAILED = Broken "migration.failed", "The database could not be brought up to date", "Operators: see tollgate db status.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ALL;

    #[test]
    fn no_code_is_used_twice_and_each_has_words() {
        let mut names = HashSet::new();
        for code in ALL {
            assert!(names.insert(code.name), "{}", code.name);
            assert!(
                code.name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '.' || c == '_')
            );
            assert!(
                !code.title.is_empty() && !code.title.ends_with('.'),
                "{}",
                code.name
            );
            assert!(code.help.len() > 10, "{}", code.name);
        }
    }
}
