//! The wire shapes that several rooms share.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes,
    id::SessionId,
    identifier::{Email, Username},
    time::Time,
};
use tollgate_flows::{
    AccountView, Event, ExternalId, Session, StoredDevice, StoredIdentifier, StoredPhone,
    WaitingAddress,
    account::{EditProfile, Export, Held},
    compliance::Exception,
    factors::{Added, RecoveryCodes},
    passkeys,
};
use tollgate_web::{Problem, Web, conditional, cookies};
use utoipa::ToSchema;

/// What a browser is asked about a passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct Question {
    /// By which the answer names it, once and within five minutes.
    ceremony: String,
    /// Options of Web Authentication, as `parseCreationOptionsFromJSON` and
    /// `parseRequestOptionsFromJSON` read their `publicKey`.
    #[schema(value_type = Object)]
    options: serde_json::Value,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct User {
    /// Its id.
    #[schema(example = "usr_01k3bq7k3vf0q8s6r2c4e5g6h7")]
    id: String,
    /// The primary e-mail address.
    email: Option<String>,
    /// Since when the address is known to be theirs.
    email_verified_at: Option<String>,
    /// The primary username.
    username: Option<String>,
    /// All names to sign in with.
    identifiers: Vec<Name>,
    /// What people see.
    display_name: Option<String>,
    /// What the account says of itself.
    bio: Option<String>,
    /// The address of a picture elsewhere.
    picture: Option<String>,
    /// Where the picture is that they uploaded here.
    #[schema(example = "/api/v1/people/usr_01k3bq7k3vf0q8s6r2c4e5g6h7/picture")]
    uploaded_picture: Option<String>,
    /// A language tag.
    locale: Option<String>,
    /// `admin`, `manager` or `default`.
    role: &'static str,
    /// Since when it may not sign in.
    suspended_at: Option<String>,
    /// Names in other systems.
    external_ids: Vec<Elsewhere>,
    /// The integer by which foreign dialects know it.
    number: i64,
    /// When it was made (RFC 3339).
    created_at: String,
    /// When it was last changed.
    updated_at: String,
    /// Its version, as in the `ETag`.
    version: i64,
}

/// A name to sign in with.
#[derive(Serialize, ToSchema)]
struct Name {
    /// `email` or `username`.
    kind: String,
    /// As its owner spells it.
    value: String,
    /// Since when it is known to be theirs.
    verified_at: Option<String>,
}

/// An e-mail address that is a name to sign in with once the link that was asked for is
/// opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingName {
    /// As its owner spells it.
    value: String,
    /// When the last link was asked for.
    asked_at: String,
    /// Until when it waits.
    expires_at: String,
}

/// Names to sign in with, and addresses that wait to be.
#[derive(Serialize, ToSchema)]
pub(crate) struct NameList {
    /// The primary one first.
    data: Vec<Name>,
    /// The earliest first.
    waiting: Vec<WaitingName>,
}

/// A name in another system.
#[derive(Serialize, ToSchema)]
struct Elsewhere {
    /// Which system.
    provider: String,
    /// The name there.
    external_id: String,
}

/// A live session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionShape {
    /// Its id.
    id: String,
    /// `cookie`, `token` or the name of a dialect.
    kind: &'static str,
    /// Whether it is the one that asks.
    current: bool,
    /// What the client calls the device.
    device: Option<String>,
    /// Browser and system.
    browser: Option<String>,
    /// The address it was opened from.
    address: Option<String>,
    /// When it was opened.
    created_at: String,
    /// When it was last used, to within a minute.
    last_seen_at: String,
    /// When it ends in any case.
    expires_at: String,
}

/// Several sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// Newest first.
    data: Vec<SessionShape>,
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ended {
    /// The number.
    pub(crate) ended: u64,
}

/// A password on its way in. Never shown.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Password)]
pub(crate) struct Password(pub(crate) SecretString);

/// What the browser answers that made a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MadePasskey {
    /// Which question.
    pub(crate) ceremony: Password,
    /// What `navigator.credentials.create` gave, as its `toJSON` writes it.
    #[schema(value_type = Object)]
    pub(crate) credential: serde_json::Value,
}

/// The body of a refusal (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemShape {
    /// A page about the code.
    r#type: String,
    /// A few words.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What to do about it.
    detail: String,
    /// The stable code: what programs compare.
    code: String,
    /// The id of the request, for the operator.
    request_id: Option<String>,
    /// What is to be worked on before asking again, with `signin.proof_needed` alone.
    #[schema(required = false)]
    proof: Option<String>,
    /// The fields that are wrong; left out where none is.
    #[schema(required = false)]
    errors: Vec<ProblemField>,
}

/// A field that is wrong.
#[derive(Serialize, ToSchema)]
struct ProblemField {
    /// A JSON pointer (RFC 6901).
    pointer: String,
    /// A stable word.
    rule: String,
    /// A sentence.
    detail: String,
}

/// What is to be changed; what is left out stays, an empty text removes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    display_name: Option<String>,
    bio: Option<String>,
    /// An `https://` address.
    picture: Option<String>,
    /// Such as `de` or `pt-BR`.
    locale: Option<String>,
}

/// All that there is of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportShape {
    user: User,
    /// Addresses that wait to be proved.
    waiting_addresses: Vec<WaitingName>,
    /// In PHC or a foreign form: it moves with the account.
    password_hash: Option<String>,
    /// The uploaded picture as a `data:` URL.
    uploaded_picture: Option<String>,
    /// The phone, and one that waits to be proved.
    phones: Vec<PhoneShape>,
    /// The ways in which codes are sent, `email` or `sms`.
    codes_by: Vec<&'static str>,
    /// Second factors and passkeys, without what is secret of them.
    factors: Vec<HeldShape>,
    sessions: SessionList,
    /// The devices that it knows.
    devices: Vec<ExportedDevice>,
    /// The networks that it was used from.
    networks: Vec<String>,
    /// What the compliance rules found in it and somebody accepted.
    accepted_findings: Vec<ExceptionShape>,
    /// What happened to the account, newest first.
    events: Vec<EventShape>,
}

/// A browser or an app that signed in, as it is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportedDevice {
    id: String,
    name: Option<String>,
    browser: Option<String>,
    address: Option<String>,
    created_at: String,
    last_used_at: String,
    trusted_at: Option<String>,
}

/// A phone.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhoneShape {
    /// In the international form, such as `+49301234567`.
    number: String,
    added_at: String,
    verified_at: Option<String>,
}

/// Recovery codes. Shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodesShape {
    /// Each works once. Empty if there were some already.
    recovery_codes: Vec<String>,
}

/// A second factor or a passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldShape {
    /// `totp` or `passkey`.
    kind: &'static str,
    name: String,
    added_at: String,
    last_used_at: Option<String>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventShape {
    id: String,
    at: String,
    kind: String,
    actor: String,
    /// From which address it was done, by whom it is about or by a stranger.
    address: Option<String>,
    /// In which country that address is, by its two letters, where a file tells.
    country: Option<String>,
    /// What else is known.
    data: Option<serde_json::Value>,
}

/// A finding that was accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExceptionShape {
    /// Which rule finds it.
    rule: String,
    reason: String,
    /// By whom.
    by: String,
    at: String,
    /// From then on it is a finding again.
    until: String,
}

/// In which form a list is answered.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// A JSON document.
    #[default]
    Json,
    /// Lines for a spreadsheet; the next page is in the `Link` header.
    Csv,
}

impl From<Password> for SecretString {
    fn from(typed: Password) -> Self {
        typed.0
    }
}

impl From<AccountView> for User {
    fn from(view: AccountView) -> Self {
        let primary = |found: Option<&StoredIdentifier>| found.map(|name| name.shown.clone());
        Self {
            id: view.account.id.to_string(),
            email: primary(view.email()),
            email_verified_at: view.email().and_then(|email| time(email.verified_at)),
            username: primary(view.username()),
            identifiers: view.identifiers.into_iter().map(Name::from).collect(),
            display_name: view.account.profile.display_name,
            bio: view.account.profile.bio,
            picture: view.account.profile.picture,
            uploaded_picture: view
                .picture
                .map(|_| format!("/api/v1/people/{}/picture", view.account.id)),
            locale: view.account.profile.locale,
            role: view.account.role.as_str(),
            suspended_at: time(view.account.suspended_at),
            external_ids: view.external_ids.into_iter().map(Elsewhere::from).collect(),
            number: view.aliases.number,
            created_at: view.account.created_at.to_string(),
            updated_at: view.account.updated_at.to_string(),
            version: view.account.version,
        }
    }
}

impl From<StoredIdentifier> for Name {
    fn from(stored: StoredIdentifier) -> Self {
        Self {
            kind: stored.kind,
            value: stored.shown,
            verified_at: time(stored.verified_at),
        }
    }
}

impl From<WaitingAddress> for WaitingName {
    fn from(waits: WaitingAddress) -> Self {
        Self {
            value: waits.shown,
            asked_at: waits.asked_at.to_string(),
            expires_at: waits.expires_at.to_string(),
        }
    }
}

impl NameList {
    /// Those of an account, and those that wait for it.
    pub(crate) fn new(view: AccountView, waiting: Vec<WaitingAddress>) -> Self {
        Self {
            data: view.identifiers.into_iter().map(Name::from).collect(),
            waiting: waiting.into_iter().map(WaitingName::from).collect(),
        }
    }
}

impl From<ExternalId> for Elsewhere {
    fn from(known: ExternalId) -> Self {
        Self {
            provider: known.provider,
            external_id: known.external_id,
        }
    }
}

impl SessionList {
    /// The sessions, the asking one marked.
    pub(crate) fn new(live: Vec<Session>, asking: Option<SessionId>) -> Self {
        let shape = |session: Session| SessionShape {
            id: session.id.to_string(),
            kind: session.kind.as_str(),
            current: Some(session.id) == asking,
            device: session.device.name,
            browser: session.device.browser,
            address: session.device.address,
            created_at: session.created_at.to_string(),
            last_seen_at: session.last_seen_at.to_string(),
            expires_at: session.expires_at.to_string(),
        };
        Self {
            data: live.into_iter().map(shape).collect(),
        }
    }
}

impl Edit {
    /// With the version that the caller read.
    pub(crate) fn edit(self, headers: &HeaderMap) -> Result<EditProfile, Problem> {
        Ok(EditProfile {
            display_name: self.display_name,
            bio: self.bio,
            picture: self.picture,
            locale: self.locale,
            if_version: conditional::if_match(headers)?,
        })
    }
}

impl From<Exception> for ExceptionShape {
    fn from(accepted: Exception) -> Self {
        Self {
            rule: accepted.rule,
            reason: accepted.reason,
            by: accepted.accepted_by,
            at: accepted.accepted_at.to_string(),
            until: accepted.until.to_string(),
        }
    }
}

impl From<Export> for ExportShape {
    fn from(export: Export) -> Self {
        Self {
            user: export.account.into(),
            waiting_addresses: export.waiting.into_iter().map(WaitingName::from).collect(),
            password_hash: export.password_hash,
            uploaded_picture: export.picture.map(|picture| {
                let file = BASE64.encode(picture.bytes);
                format!("data:{};base64,{file}", picture.media_type)
            }),
            phones: export.phones.into_iter().map(PhoneShape::from).collect(),
            codes_by: export.code_ways.iter().map(|on| on.way.as_str()).collect(),
            factors: export.factors.into_iter().map(HeldShape::from).collect(),
            sessions: SessionList::new(export.sessions, None),
            devices: export
                .devices
                .into_iter()
                .map(ExportedDevice::from)
                .collect(),
            networks: export.networks,
            accepted_findings: export
                .exceptions
                .into_iter()
                .map(ExceptionShape::from)
                .collect(),
            events: export.events.into_iter().map(EventShape::from).collect(),
        }
    }
}

impl From<StoredDevice> for ExportedDevice {
    fn from(stored: StoredDevice) -> Self {
        Self {
            id: stored.id.to_string(),
            name: stored.name,
            browser: stored.browser,
            address: stored.address,
            created_at: stored.created_at.to_string(),
            last_used_at: stored.last_used_at.to_string(),
            trusted_at: time(stored.trusted_at),
        }
    }
}

impl From<StoredPhone> for PhoneShape {
    fn from(phone: StoredPhone) -> Self {
        Self {
            number: phone.number.as_str().to_owned(),
            added_at: phone.added_at.to_string(),
            verified_at: time(phone.verified_at),
        }
    }
}

impl From<Option<RecoveryCodes>> for RecoveryCodesShape {
    fn from(made: Option<RecoveryCodes>) -> Self {
        let codes = made.map_or_else(Vec::new, |RecoveryCodes(codes)| codes);
        let shown = codes.iter().map(|code| code.expose_secret().to_owned());
        Self {
            recovery_codes: shown.collect(),
        }
    }
}

/// What a factor that was added brought, with the cookie that the browser keeps.
pub(crate) fn added(web: &Web, Added { codes, renewed }: Added) -> Response {
    let cookie = cookies::renew(&web.http(), &renewed);
    let codes = RecoveryCodesShape::from(codes);
    (cookie, axum::Json(codes)).into_response()
}

impl From<Held> for HeldShape {
    fn from(held: Held) -> Self {
        Self {
            kind: held.kind,
            name: held.name,
            added_at: held.added_at.to_string(),
            last_used_at: time(held.last_used_at),
        }
    }
}

impl From<Event> for EventShape {
    fn from(event: Event) -> Self {
        Self {
            id: event.id.to_string(),
            address: event.personal_detail("address"),
            country: event.personal_detail("country"),
            at: event.at.to_string(),
            kind: event.kind,
            actor: event.actor,
            data: serde_json::from_str(&event.data).ok(),
        }
    }
}

/// The account with its version as the `ETag`.
pub(crate) fn tagged(view: AccountView) -> Response {
    let tag = conditional::etag(view.account.version);
    ([(header::ETAG, tag)], axum::Json(User::from(view))).into_response()
}

/// The names of who is to have an account; the faults of both at once.
pub(crate) fn names(
    email: Option<&str>,
    username: Option<&str>,
) -> Result<(Option<Email>, Option<Username>)> {
    let email = email.map(Email::parse).transpose();
    match (email, username.map(Username::parse).transpose()) {
        (Ok(email), Ok(username)) => Ok((email, username)),
        (Err(one), Err(other)) => Err(other.fields().iter().fold(one, |both, fault| {
            both.field(fault.pointer.clone(), fault.rule, fault.detail.clone())
        })),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

/// RFC 3339.
fn time(at: Option<Time>) -> Option<String> {
    at.map(|at| at.to_string())
}

impl Question {
    /// As it is sent.
    ///
    /// # Errors
    /// `internal` if its options are no JSON.
    pub(crate) fn of(question: &passkeys::Question) -> Result<Self> {
        let broken = |fault| Error::new(&codes::INTERNAL).because(fault);
        Ok(Self {
            ceremony: question.ceremony.expose_secret().to_owned(),
            options: serde_json::from_str(&question.options)
                .map_err(|fault: serde_json::Error| broken(fault))?,
        })
    }
}
