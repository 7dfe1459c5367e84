//! The wire shapes that several rooms share.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use tollgate_base::{
    Result, SecretString,
    id::SessionId,
    identifier::{Email, Username},
    time::Time,
};
use tollgate_flows::{
    AccountView, Event, ExternalId, Session, StoredIdentifier,
    account::{EditProfile, Export},
};
use tollgate_web::{Problem, conditional};
use utoipa::ToSchema;

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
    /// In PHC or a foreign form: it moves with the account.
    password_hash: Option<String>,
    /// The uploaded picture as a `data:` URL.
    uploaded_picture: Option<String>,
    sessions: SessionList,
    /// What happened to the account, newest first.
    events: Vec<EventShape>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventShape {
    id: String,
    at: String,
    kind: String,
    actor: String,
    /// What else is known.
    data: Option<serde_json::Value>,
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

impl From<Export> for ExportShape {
    fn from(export: Export) -> Self {
        Self {
            user: export.account.into(),
            password_hash: export.password_hash,
            uploaded_picture: export.picture.map(|picture| {
                let file = BASE64.encode(picture.bytes);
                format!("data:{};base64,{file}", picture.media_type)
            }),
            sessions: SessionList::new(export.sessions, None),
            events: export.events.into_iter().map(EventShape::from).collect(),
        }
    }
}

impl From<Event> for EventShape {
    fn from(event: Event) -> Self {
        Self {
            id: event.id.to_string(),
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
