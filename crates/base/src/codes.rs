//! Every error code there is: one table that makes the API's `code` values,
//! their pages and their words. A code is never renamed or reused.
//!
//! The comment above an entry is the page's "What happened"; the words in
//! brackets above a group are its "Where it occurs".

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
    /// What happened, line by line.
    story: &'static [&'static str],
    /// Where it occurs: the end of a sentence that begins with "In".
    pub place: &'static str,
}

impl Code {
    /// The code of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|code| code.name == name)
    }

    /// What happened, in sentences.
    pub fn story(&self) -> String {
        let lines: Vec<&str> = self.story.iter().map(|line| line.trim()).collect();
        lines.join(" ")
    }
}

macro_rules! codes {
    ($([$place:literal] $($(#[doc = $story:literal])+ $id:ident = $kind:ident $name:literal, $title:literal, $help:literal;)*)*) => {
        $($($(#[doc = $story])+
        pub static $id: Code = Code {
            name: $name,
            kind: Kind::$kind,
            title: $title,
            help: $help,
            story: &[$($story),+],
            place: $place,
        };)*)*

        /// The whole table, in the order of its sections.
        pub static ALL: &[&Code] = &[$($(&$id),*),*];
    };
}

codes! {
    ["the answer to any request"]
    /// The request could be read, but something that it says is missing, too long or of
    /// the wrong form. `errors` names each field by a JSON pointer.
    REQUEST_INVALID = Invalid "request.invalid", "The request is not valid", "Correct the fields that are named and send it again.";
    /// The body is not what its Content-Type says: broken JSON, a key twice, or text that
    /// is not UTF-8. Nothing was done.
    REQUEST_MALFORMED = Invalid "request.malformed", "The body cannot be read", "Send a body of the declared content type, in UTF-8, without duplicate keys.";
    /// The body is larger than `http.body_limit` allows, and was not read to its end. Pictures
    /// may have 5 MiB.
    REQUEST_TOO_LARGE = Invalid "request.too_large", "The request is too large", "Send a smaller body.";
    /// The request has more cookies than any browser keeps for us, or longer ones: 200 of
    /// them, or 16 KiB. They may belong to other programs on the same domain.
    REQUEST_HEADERS = Invalid "request.headers", "The headers are too large", "Clear the cookies of this site, and try again.";
    /// The Content-Type is not one that this address reads.
    REQUEST_MEDIA_TYPE = Invalid "request.media_type", "The content type is not supported", "Send application/json.";
    /// The request carries a cookie, would change something, and comes from a page of
    /// another site, or does not say where it comes from. This protects people from pages
    /// that would act in their name.
    REQUEST_ORIGIN = Denied "request.origin", "The request comes from another site", "Send it from a page of this server, or with an Authorization header instead of the cookie.";
    /// `[network]` says from which addresses this server may be used, and this is not one of
    /// them, or it could not be read from what the proxy said.
    NETWORK_DENIED = Denied "network.denied", "This server may not be used from here", "Connect through a network that may use it, or ask whoever runs the server.";
    /// Two cookies of our name or two Authorization headers arrived. Which of them counts
    /// could be read in two ways, so none is.
    REQUEST_CREDENTIALS = Invalid "request.credentials", "More than one credential of a kind was sent", "Send one cookie and one Authorization header at most.";
    /// The answer took longer than `http.request_timeout`.
    REQUEST_TIMEOUT = Busy "request.timeout", "The request took too long", "Try again in a moment.";
    /// No page and no operation has this path. Paths end as they are documented: a slash
    /// more or less is another path.
    ROUTE_MISSING = Missing "route.missing", "There is nothing at this address", "Check the path.";
    /// The path exists, but not with this method.
    ROUTE_METHOD = Invalid "route.method", "This address does not take that method", "Use a method that the Allow header names.";
    /// Ids look like `usr_` or `ses_` and 26 letters and digits. This one does not, so
    /// nobody was looked for.
    ID_MALFORMED = Invalid "id.malformed", "That is not an id", "Use the id exactly as this server gave it.";
    /// A cursor is a place in a list. It is taken as it was given, for the same list and
    /// the same filters.
    CURSOR_INVALID = Invalid "cursor.invalid", "The cursor is not valid", "Start again without a cursor.";
    /// The key came before with another body. Repeating it would give the answer of a
    /// request that was not this one.
    IDEMPOTENCY_MISMATCH = Invalid "idempotency.mismatch", "This Idempotency-Key was used for another request", "Use a new key for a new request.";
    /// Answers are kept for whoever asked. A stranger is nobody in particular, so there is
    /// nobody to keep one for.
    IDEMPOTENCY_STRANGER = Invalid "idempotency.stranger", "Idempotency-Key needs a signed-in caller", "Sign in first, or leave the header out.";

    ["the answer to a request that signs in, or that needs somebody who is signed in"]
    /// The request needs somebody who is signed in and carries no credential.
    AUTH_REQUIRED = Stranger "auth.required", "Sign-in required", "Sign in, or send a valid credential.";
    /// The token is not one of ours, was changed on its way, or was signed by a key that is
    /// no longer accepted.
    TOKEN_INVALID = Stranger "token.invalid", "The token is not valid", "Sign in again.";
    /// Access tokens live for minutes; this one is past its time.
    TOKEN_EXPIRED = Stranger "token.expired", "The token has expired", "Refresh it, or sign in again.";
    /// A refresh token was sent where an access token belongs, or the other way round.
    TOKEN_TYPE = Stranger "token.type", "The token is of another kind", "Send an access token where one is asked for, and a refresh token to be exchanged.";
    /// The signature holds, but a claim that is needed is missing or of the wrong type.
    TOKEN_CLAIM = Stranger "token.claim", "The token lacks a claim", "Sign in again.";
    /// The account of the token was deleted, or never was in this installation.
    TOKEN_PERSON = Stranger "token.person", "The token names nobody", "Sign in again.";
    /// A refresh token works once. This one had been exchanged before, outside the short
    /// window for honest retries: two programs hold it, and one of them may be a thief.
    TOKEN_REUSED = Stranger "token.reused", "The refresh token was used twice", "The session was ended for safety; sign in again.";
    /// Somebody signed out, ended the session from elsewhere, changed the password, or an
    /// administrator ended it. Every token of the session ended with it.
    SESSION_REVOKED = Stranger "session.revoked", "The session has ended", "Sign in again.";
    /// The session was not used for as long as `session.idle` says, or reached
    /// `session.max`.
    SESSION_EXPIRED = Stranger "session.expired", "The session has expired", "Sign in again.";
    /// Sessions are bound to the device on which they were opened (`session.bind = "device"`),
    /// and this request did not show its secret. The session goes on where it was opened.
    SESSION_DEVICE = Stranger "session.device", "The session belongs to another device", "Sign in on this device. Programs send what they got as device_token in the Tollgate-Device header.";
    /// Sessions are bound to the network from which they were opened (`session.bind =
    /// "network"`), and this request came from another. The session goes on where it was opened.
    SESSION_NETWORK = Stranger "session.network", "The session belongs to another network", "Sign in from this network.";
    /// The name is unknown, the password is wrong, or the account cannot sign in. Which of
    /// them is not told, so that nobody can find out who has an account.
    SIGNIN_FAILED = Stranger "signin.failed", "Sign-in failed", "Check the name and the password.";
    /// The code is wrong, was used before, or came too late. Each works once.
    FACTOR_CODE = Stranger "factor.code", "The code is not valid", "Type the code that the app shows now, or a recovery code that you have not used.";
    /// Passkeys belong to a host name, and browsers use them only where the connection is
    /// safe. At an IP address, or over plain HTTP, there are none.
    PASSKEY_UNAVAILABLE = Conflict "passkey.unavailable", "Passkeys do not work at this address", "Sign in another way. Operators: set public_url to an https:// address with a host name.";
    /// The passkey is not known here, its signature does not hold, it was made for another
    /// address, or the account cannot sign in. Which of them is not told.
    PASSKEY_REFUSED = Stranger "passkey.refused", "The passkey was not accepted", "Try again, or sign in another way.";
    /// The password was right, and the account has a second factor, which this client
    /// cannot ask for.
    FACTOR_NEEDED = Denied "factor.needed", "A second factor is needed", "Sign in on the pages of this server, or with a client that asks for a code.";
    /// The password was right, and the device or the network is one that the account does not
    /// know. The sign-in has to be confirmed by mail, which this client cannot ask for.
    CONFIRMATION_NEEDED = Denied "confirmation.needed", "The sign-in has to be confirmed by mail", "Sign in on the pages of this server first, from the same device and network.";
    /// The code is not the one in the last mail, or came too late. Five are taken.
    CONFIRMATION_CODE = Stranger "confirmation.code", "The code is not valid", "Type the code of the mail, or sign in again for a new one.";
    /// The password was right, the device or the network is one that the account does not
    /// know, and there is no verified address that a code could be mailed to.
    CONFIRMATION_UNREACHABLE = Denied "confirmation.unreachable", "The sign-in cannot be confirmed", "Sign in where you signed in before and verify an e-mail address, or ask an administrator to forget your devices.";
    /// Whoever asks must have a second factor on this server, and this session has shown
    /// none. Until it does, it may only add or show one, change the password and sign out.
    FACTOR_REQUIRED = Denied "factor.required", "A second factor is required", "Add an authenticator app or a passkey on your page, or show a code if you have one.";
    /// An administrator suspended the account. Its sessions ended.
    ACCOUNT_SUSPENDED = Stranger "account.suspended", "The account is suspended", "Ask an administrator.";
    /// The server is reachable from the network and nobody looks after it yet. Until
    /// somebody does, only setting up and health answer.
    SETUP_REQUIRED = Denied "setup.required", "There is no administrator yet", "On the machine where this server runs, type: tollgate setup-link";

    ["the answer to a request that its sender may not make, and commands that do the same"]
    /// The account is known, and its role does not allow this.
    ACCESS_DENIED = Denied "access.denied", "You may not do this", "Ask an administrator for the permission.";
    /// Managers look after people of the default role. This is about somebody higher, or
    /// would make somebody higher.
    ACCESS_RANK = Denied "access.rank", "You may not do this to someone of that role", "Ask an administrator of a higher role.";
    /// An installation keeps at least one administrator who can sign in.
    LAST_ADMIN = Conflict "admin.last", "This is the last administrator", "Make another administrator first.";
    /// Setting up makes the first administrator, once. That was done.
    ADMIN_EXISTS = Conflict "admin.exists", "There is an administrator already", "Sign in as an administrator, or type: tollgate admin recover";
    /// People may not make accounts for themselves here. That is the default.
    REGISTRATION_OFF = Denied "registration.off", "Registration is off", "Ask an administrator for an account; operators allow registration with [signin] registration = \"open\".";
    /// Nobody is mailed a link or a code to sign in with. That is the default.
    SIGNIN_MAIL_OFF = Denied "signin.mail_off", "Sign-in by mail is off", "Sign in another way; operators allow it with [signin] by_mail = \"link\" or \"code\".";

    ["requests and commands about people, their sessions and their names"]
    /// No account has this id, address or username; or there is one that the asker may not
    /// know of.
    PERSON_MISSING = Missing "person.missing", "There is no such person", "Check the id.";
    /// A suspended account signs in by no way, so no link is made for it.
    PERSON_SUSPENDED = Conflict "person.suspended", "The account is suspended", "Resume it first.";
    /// There is no such session, or it is somebody else's.
    SESSION_MISSING = Missing "session.missing", "There is no such session", "Check the id.";
    /// There is no such device, or it is somebody else's.
    DEVICE_MISSING = Missing "device.missing", "There is no such device", "List them and use one of their ids.";
    /// No signing key has this id, or there is no such purpose.
    KEY_MISSING = Missing "key.missing", "There is no such key", "List the keys and use one of their ids.";
    /// Addresses and usernames belong to one account at a time. Upper and lower case are
    /// the same.
    IDENTIFIER_TAKEN = Conflict "identifier.taken", "Somebody has this e-mail address or username already", "Choose another, or sign in.";
    /// The text is neither an e-mail address nor a username as they are written here.
    IDENTIFIER_INVALID = Invalid "identifier.invalid", "That is not a valid e-mail address or username", "Correct it and try again.";
    /// The password is too short, common, used before, known from a breach, lacks a kind of
    /// character that has to be there, or holds the account's own name or a word of this
    /// place. `errors` says which.
    PASSWORD_WEAK = Invalid "password.weak", "The password is not good enough", "Choose a longer or less common password.";
    /// Whoever changes how they sign in types the current password.
    PASSWORD_WRONG = Denied "password.wrong", "The current password is wrong", "Type the current password again.";
    /// There is no such second factor, or it is somebody else's.
    FACTOR_MISSING = Missing "factor.missing", "There is no such second factor", "List them and use one of their ids.";
    /// Whoever has a second factor shows it again before they change their password or what
    /// proves who they are: the last time was more than ten minutes ago, or it was not shown in
    /// this session.
    FACTOR_FRESH = Denied "factor.fresh", "Show a code again", "Show a code of your app, or a recovery code, then repeat it. Programs send it to POST /api/v1/session/step-up.";
    /// Whoever has no second factor types the password again before they change what they
    /// sign in with: they signed in more than ten minutes ago.
    PASSWORD_FRESH = Denied "password.fresh", "Type your password again", "Type it, or sign in again. Programs send it to POST /api/v1/session/step-up.";
    /// The account has no password: without its last passkey nobody could sign in to it.
    PASSKEY_ONLY = Conflict "passkey.only", "You sign in with this passkey alone", "Make another passkey, or set a password, before you remove it.";
    /// There is no recovery of this account that could be stopped or shown.
    RECOVERY_MISSING = Missing "recovery.missing", "No recovery was started", "Nothing needs to be stopped.";
    /// A recovery ends with a link in a mail, and the account has no verified address to
    /// which it could go.
    RECOVERY_ADDRESS = Conflict "recovery.address", "The account has no verified e-mail address", "Verify one, or have the operator type: tollgate user reset-factors USER";
    /// The code is wrong, was used before, or came too late. The session goes on.
    FACTOR_WRONG = Denied "factor.wrong", "The code is wrong", "Type the code that the app shows now, or a recovery code that you have not used.";
    /// The operator does not let people add authenticator apps on this server.
    FACTORS_OFF = Denied "factor.off", "Authenticator apps are switched off on this server", "The operator may set signin.second_factor to something else than off.";
    /// An account holds ten authenticator apps at most.
    FACTORS_FULL = Conflict "factor.limit", "There are as many authenticator apps as there may be", "Remove one that is not used any more.";
    /// Codes of this kind are not sent here, the person has not turned them on, or has no
    /// proved address or phone that they could be sent to.
    CODE_UNAVAILABLE = Conflict "code.unavailable", "No code can be sent that way", "Show a factor of another kind. Operators: see signin.email_codes, signin.sms_codes and [sms].";
    /// The text is not a phone number with its country.
    PHONE_INVALID = Invalid "phone.invalid", "That is not a phone number", "Write it with its country, such as +49 30 1234567.";
    /// The account has no phone, or none that waits to be proved.
    PHONE_MISSING = Missing "phone.missing", "There is no such phone", "Add one first.";
    /// The code is wrong, was used, or is older than ten minutes; after five wrong ones it
    /// is void.
    PHONE_CODE = Denied "phone.code", "The code is wrong", "Type the code of the last text, or have another one sent.";
    /// What the browser sent is not a new passkey for this server: it was made for another
    /// address, answers another question, or is known already.
    PASSKEY_INVALID = Invalid "passkey.invalid", "That is not a new passkey for this server", "Begin again.";
    /// It is none of the account's, its signature does not hold, or it was made for another
    /// address. Who is signed in stays signed in.
    PASSKEY_WRONG = Denied "passkey.wrong", "The passkey was not accepted", "Try again, or show a code.";
    /// There is no such passkey, or it is somebody else's.
    PASSKEY_MISSING = Missing "passkey.missing", "There is no such passkey", "List them and use one of their ids.";
    /// An account holds ten passkeys at most.
    PASSKEYS_FULL = Conflict "passkey.limit", "There are as many passkeys as there may be", "Remove one that is not used any more.";
    /// If-Match named the version that was read; somebody changed it since.
    VERSION_MISMATCH = Conflict "version.mismatch", "It was changed meanwhile", "Read it again and repeat the change.";

    ["uploads of pictures"]
    /// The bytes are those of no format that is taken. Neither the name nor the declared
    /// type counts.
    PICTURE_KIND = Invalid "picture.kind", "That is not a picture of a kind that is taken", "Send a JPEG, PNG or WebP file.";
    /// The file ends early, contradicts itself, or has something behind its end that does
    /// not belong to a picture.
    PICTURE_BROKEN = Invalid "picture.broken", "The picture cannot be read", "Save it anew and send it again.";
    /// Only still pictures are taken.
    PICTURE_ANIMATED = Invalid "picture.animated", "The picture moves", "Send a still picture.";
    /// It was measured before it was unpacked: it would take more memory than one upload
    /// may. That depends on its height and width, not on the size of the file.
    PICTURE_TOO_LARGE = Invalid "picture.too_large", "The picture has too many pixels", "Send one of 40 megapixels at most, 20 for a progressive JPEG.";
    /// The person has uploaded none, or has removed it.
    PICTURE_MISSING = Missing "picture.missing", "There is no picture", "Upload one first.";

    ["what a proxy or a browser is answered at the gate, and requests and commands about sites"]
    /// Forward-auth decides about what the visitor asked the proxy for. A header that says
    /// so is missing, came twice, or cannot be read.
    GATE_REQUEST = Invalid "gate.request", "The proxy does not say what is asked for", "Operators: use the snippet of the manual for this proxy; each of its headers must arrive once.";
    /// The visitor is known, or nobody at all may enter: the rules of the site say no.
    GATE_DENIED = Denied "gate.denied", "You may not enter here", "Ask an administrator to allow it in the rules of this site.";
    /// A sign-in ends in the browser that began it, which a cookie tells. Twice there was
    /// none, or another one.
    GATE_COOKIES = Denied "gate.cookies", "Your browser keeps no cookies here", "Allow cookies for this site and open the page again.";
    /// The host is none of the registered sites. Nobody is let in there, and nobody is sent
    /// there.
    SITE_UNKNOWN = Denied "site.unknown", "No site is registered at this address", "Operators: register it, with tollgate site add NAME URL.";
    /// No site has this id, name or address.
    SITE_MISSING = Missing "site.missing", "There is no such site", "List the sites and use one of their ids.";
    /// Names and hosts belong to one site at a time, those of the configuration included.
    SITE_TAKEN = Conflict "site.taken", "There is a site of this name or address already", "Change that one, or choose another.";
    /// What a file sets, no request changes: the next reload would take it back.
    SITE_LOCKED = Conflict "site.locked", "This site is set in the configuration file", "Change it there, then type: tollgate reload";
    /// Every server holds all sites in memory, so there is a bound.
    SITES_FULL = Conflict "site.limit", "There are as many sites as there may be", "Delete one that is not used any more.";

    ["requests and commands about compliance"]
    /// No compliance rule has this name.
    RULE_MISSING = Missing "rule.missing", "There is no such rule", "List the rules and use one of their names.";
    /// The rule finds no such thing now, or nobody has accepted it.
    FINDING_MISSING = Missing "finding.missing", "There is no such finding", "List what the rule finds.";

    ["requests that redeem a link or a code, or go on with a sign-in: setup, password reset, verification, sign-in by mail, second step"]
    /// Links and codes work once and for a while. This one was used, has expired, was replaced
    /// by a newer one, was not copied whole, or is for another browser.
    ONE_TIME_INVALID = Invalid "one_time.invalid", "The link or code is not valid", "It may have been used or have expired; ask for a new one.";
    /// An address is verified by whoever is signed in to its account and has the link: a
    /// stranger who made an account with it cannot have its owner press the button.
    VERIFICATION_OTHER = Denied "verification.other", "The link is for another account", "Sign in to the account that it was asked for, then open it again.";

    ["commands about signing keys and secrets, and a start with keys that were brought along"]
    /// The key signs new tokens. Without it none could be made.
    KEY_IN_USE = Conflict "key.in_use", "The key still signs", "Rotate first, then remove the old key.";
    /// The secret in the configuration is one that was removed with `signing-key remove`.
    /// To accept it again would accept every token that a thief makes with it.
    SECRET_REMOVED = Invalid "secret.removed", "The shared secret was removed as a signing key", "It may be known to others. Set a new one in [dialects.chatbot] secret or SECRET_KEY, here and in every service that shares it.";
    /// A secret that signs tokens is under 32 bytes or is a well-known example. Whoever
    /// guesses it can sign in as anybody.
    SECRET_WEAK = Invalid "secret.weak", "The shared secret is too weak", "Use at least 32 random bytes, or set allow_weak_secret = true.";
    /// The file holds no key, a key of another kind, or one that is locked by a passphrase.
    SIGNING_KEY_INVALID = Invalid "signing_key.invalid", "That is not a private key for this algorithm", "Use an unencrypted PKCS#8 key: Ed25519, P-256, or RSA of at least 2048 bits.";
    /// Secrets in the database are sealed with the master key of the secrets file. This one
    /// does not open with it.
    SEAL_BROKEN = Broken "seal.broken", "A sealed value cannot be opened", "Operators: check that the master key is the one that this database was sealed with.";
    /// A password hash was made with a pepper that is no longer in `[password] peppers`. The
    /// log says which; `tollgate doctor` counts such hashes.
    PEPPER_MISSING = Broken "pepper.missing", "This password cannot be checked now", "Operators: put the pepper that the log names back into password.peppers.";

    ["imports of accounts from other systems"]
    /// The text is not a hash that can be checked here.
    HASH_UNKNOWN = Invalid "hash.unknown", "The password hash is of no known kind", "Use Argon2, bcrypt, scrypt or PBKDF2, written as a PHC string or as Django writes it.";
    /// One check of this hash would take more time or memory than one sign-in may.
    HASH_COSTLY = Invalid "hash.costly", "The password hash costs too much to check", "Import the account without it and let its owner set a new password.";

    ["the answer to any request while there is more to do than can be done"]
    /// Passwords and links may be tried so many times for one account, and so many times
    /// from one address. `[signin.attempts]` says how many. `[limits]` says how many requests
    /// of any kind may come from one address and from one account.
    THROTTLED = Limited "throttled", "Too many attempts", "Wait as long as Retry-After says.";
    /// Names and passwords that became known elsewhere are being tried here at many accounts.
    /// Until that ends, whoever is not known, neither by a device nor by a network, shows that
    /// their machine has worked before a password is looked at. The member `proof` of the answer,
    /// and its header `Tollgate-Proof`, hold what to work on, for two minutes: see "Proof of work"
    /// among the limits.
    SIGNIN_PROOF_NEEDED = Limited "signin.proof_needed", "A proof of work is needed", "Let the page work for a moment and send your password again, sign in with a passkey or on a device that you used before, or wait.";
    /// A password takes time and memory to check on purpose. More wait than can be served
    /// soon; people who are signed in already do not notice.
    HASHING_BUSY = Busy "busy.hashing", "Too many sign-ins at once", "Try again in a moment.";
    /// Pictures are unpacked one at a time, and enough of them wait.
    IMAGING_BUSY = Busy "busy.imaging", "Too many pictures at once", "Try again in a moment.";
    /// The database had too much to do to take this in time. Nothing of it was done.
    STORE_BUSY = Busy "busy.store", "The database is busy", "Try again in a moment.";
    /// The database does not answer: it is stopped, cannot be reached, or refuses us.
    STORE_DOWN = Busy "store.down", "The database cannot be reached", "Try again in a moment; operators: see the log and tollgate db status.";
    /// The database could not write. Nothing of the request was done.
    STORE_FULL = Busy "store.full", "The disk is full", "Operators: free space on the disk that holds the data.";
    /// This server heard nothing from its database for five seconds. It cannot know who was
    /// signed out since, so it lets nobody in.
    STORE_STALE = Busy "store.stale", "This server is cut off from its database", "Try again in a moment.";

    ["the log, after a mail could not be handed over"]
    /// The mail waits in the database and is tried again with growing pauses, for a day.
    MAIL_FAILED = Upstream "mail.failed", "The mail could not be sent", "It is tried again; operators: see the log.";
    /// The mail server answered that it will never take this mail, such as for an address
    /// that does not exist. It is kept for a look and not tried again.
    MAIL_REFUSED = Upstream "mail.refused", "The mail server refused the mail", "Check the address; operators: tollgate mail queue.";

    ["the log, after a text could not be handed over"]
    /// The hook did not take the text, or not in time. It waits in the database and is tried
    /// again with growing pauses; a code that is too old by then is not sent any more.
    SMS_FAILED = Upstream "sms.failed", "The text could not be sent", "It is tried again; operators: see the log.";
    /// The hook answered 422: no text can be sent to that number. Or no texts are sent here
    /// any more.
    SMS_REFUSED = Upstream "sms.refused", "The text was refused", "Check the number; operators: tollgate mail queue.";

    ["requests and commands about mails that wait"]
    /// No mail or text of that id waits: it was delivered or deleted, or a server hands it over
    /// right now.
    MAIL_MISSING = Missing "mail.missing", "No such mail waits", "List the mails and use one of their ids.";
    /// Nothing has failed yet: the mail or text waits for its turn, or for its time as the link
    /// of a recovery does. Nobody sends it before, and nobody keeps it back.
    MAIL_WAITS = Conflict "mail.waits", "It waits for its time", "Leave it. What has failed may be tried again or deleted.";
    /// The mail tells an owner what was done to their account, or gets them back into it. It is
    /// deleted only once it was given up.
    MAIL_OWED = Conflict "mail.owed", "Its owner has to get it while that is possible", "Have it tried again. It may be deleted once it was given up.";

    ["requests and commands about webhooks and alerts"]
    /// No webhook has this id.
    WEBHOOK_MISSING = Missing "webhook.missing", "There is no such webhook", "List the webhooks and use one of their ids.";
    /// Each one reads the whole trail, so there is a bound.
    WEBHOOKS_FULL = Conflict "webhook.limit", "There are as many webhooks as there may be", "Delete one that is not used any more.";
    /// The receiver may still check with the secret before it, which signs for a day.
    WEBHOOK_ROTATING = Conflict "webhook.rotating", "The secret was replaced less than a day ago", "The one before it signs too until a day is over. Wait for that, or give tollgate webhook rotate --force if it may stop at once.";
    /// No delivery has this id, or it was cleaned up; the trail still has its event.
    DELIVERY_MISSING = Missing "delivery.missing", "There is no such delivery", "List the deliveries; replay what is too old to be listed.";
    /// No alert has this id.
    ALERT_MISSING = Missing "alert.missing", "There is no such alert", "List the alerts and use one of their ids.";

    ["commands, and the start of the server"]
    /// A setting is unknown, of the wrong form, out of its range, or contradicts another. A
    /// server that runs keeps its old configuration.
    CONFIG_INVALID = Invalid "config.invalid", "The configuration is not valid", "Correct it; tollgate config check shows all faults at once.";
    /// The database was made with another secrets file, or the file is gone. A new one would
    /// not open what is sealed in the database.
    SECRETS_MISMATCH = Invalid "secrets.mismatch", "The secrets file belongs to another installation", "Put the secrets file with which this database was made in place; it is beside its data, or in your backup.";
    /// Nothing answers where the configuration says that the server listens.
    SERVER_UNREACHABLE = Upstream "server.unreachable", "The server cannot be reached", "Start it, or check the address.";
    /// The file is cut short, was changed, or is no backup. Nothing was restored.
    BACKUP_INVALID = Invalid "backup.invalid", "That is not a complete backup", "Use a file that tollgate db backup wrote.";
    /// A restore writes an installation as it was. It never mixes two.
    BACKUP_NOT_EMPTY = Conflict "backup.not_empty", "The database is not empty", "Restore into a new database: one that was just made and migrated.";
    /// The file could not be written to its end. No half of it was left behind.
    BACKUP_FAILED = Broken "backup.failed", "The backup could not be written", "Check the folder's permissions and its free space.";
    /// The database checked its own pages and indexes and found them broken. Disks and
    /// memory do that.
    DATABASE_DAMAGED = Broken "database.damaged", "The database finds damage in itself", "Stop the server, keep a copy of the files, and restore the last good backup.";
    /// Each event holds the hash of the one before. Here the chain does not fit: an event
    /// was changed, taken out or cut off.
    AUDIT_BROKEN = Broken "audit.broken", "The audit trail does not verify", "Keep the database as it is and compare it with a backup.";
    /// The log server cannot be reached, did not prove who it is, or took too long. What was
    /// to go there waits and is sent again, in order.
    SYSLOG_FAILED = Broken "syslog.failed", "The log server does not take events", "Check [audit.syslog] and that the server listens; nothing is lost meanwhile.";
    /// The command cannot be undone, and nobody sat at the terminal to be asked.
    CONFIRMATION_REQUIRED = Invalid "confirmation.required", "This has to be confirmed", "Repeat the command with --yes.";
    /// The operating system refused to read or write the file.
    FILE_FAILED = Broken "file.failed", "A file cannot be read or written", "Check that it exists, its permissions, and the free space.";
    /// The command makes new files only, and never writes over one.
    FILE_EXISTS = Conflict "file.exists", "There is a file of that name already", "Choose another name, or move the file away.";
    /// Somebody has an account here. Real people and sample people are never mixed.
    DEMO_NOT_EMPTY = Conflict "demo.not_empty", "This installation is in use", "Use an empty folder: tollgate demo --set data_dir=./demo-data";
    /// The word is none of our codes.
    CODE_MISSING = Missing "code.missing", "There is no such code", "tollgate explain lists all codes.";
    /// An argument is unknown, missing or of the wrong form.
    USAGE_INVALID = Invalid "usage.invalid", "The command is not written correctly", "See tollgate help.";
    /// The port is taken, needs more rights than this user has, or the address belongs to
    /// another machine.
    LISTEN_FAILED = Broken "listen.failed", "The address cannot be listened on", "Check whether another program listens there, and whether the address is one of this machine.";

    ["any answer; the log has the cause under the request id"]
    /// Something failed that should not. What was asked for was not done.
    INTERNAL = Broken "internal", "Something went wrong here", "Try again; if it stays, give the request id to the operator.";
    /// Without random numbers no secret can be made, so nothing is.
    INTERNAL_ENTROPY = Broken "internal.entropy", "The operating system has no random numbers", "Operators: see the log.";
    /// The database refused a statement, or holds something that we did not write.
    INTERNAL_STORE = Broken "internal.store", "The database answered with a fault", "Try again; if it stays, give the request id to the operator.";
    /// A body of a transaction waited for something other than the database.
    INTERNAL_BODY = Broken "internal.body", "A transaction waited for something else", "This is a programming error; give the request id to the operator.";
    /// A part of the program stopped in the middle. What it had begun was taken back.
    INTERNAL_PANIC = Broken "internal.panic", "A task stopped unexpectedly", "Try again; if it stays, give the request id to the operator.";
    /// A step that brings the tables up to date failed, or the database was made by a newer
    /// version. Nothing of the step remains.
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
            assert!(code.story().ends_with('.'), "{}", code.name);
            assert!(
                code.place.len() > 10 && !code.place.ends_with('.'),
                "{}",
                code.name
            );
        }
    }
}
