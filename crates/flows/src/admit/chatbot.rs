//! Tokens of the chatbot dialect, as SimpleJWT makes them: minted here, or by
//! any service that shares the secret. One minted elsewhere gets a session of
//! ours when it is first seen, so that it can be revoked like any other.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Assurance, Principal},
    codes,
    hex::hex,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_crypto::{
    jwt::{Claims, Family, Fault, KidRule, MAX_LENGTH, TypRule, verify},
    mac::digest,
};
use tollgate_records::{
    accounts,
    events::EventKind,
    factors,
    sessions::{self, Device, NewSession, SessionKind},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Cached, Ctx, PURPOSE_CHATBOT, Place},
    steps::{
        elsewhere, end,
        mint::{self, Subject},
        note::{Details, Log, change},
    },
};

use super::{
    check,
    read::{self, Loaded, Named},
};

/// A new access token of the dialect.
#[derive(Debug)]
pub struct ChatbotToken {
    /// Its text.
    pub access: SecretString,
}

/// The claims that decide.
struct Read {
    number: i64,
    jti: String,
    sid: Option<String>,
    issued: Time,
    until: Time,
}

pub(super) async fn load(ctx: &Ctx, token: &SecretString, now: Time) -> Result<Cached> {
    admitted(ctx, claims(ctx, token, "access", now)?, now).await
}

/// The principal behind claims. Clients of this dialect cannot ask for a second
/// factor: whoever has to show one is nobody here.
async fn admitted(ctx: &Ctx, claims: Read, now: Time) -> Result<Cached> {
    let until = claims.until;
    let cached = session(ctx, claims, now).await?.cached(ctx, until);
    if cached.person.limited {
        return Err(Error::new(&codes::FACTOR_NEEDED));
    }
    Ok(cached)
}

/// Exchange a refresh token for an access token. It does not rotate; the same
/// one serves until it expires or its session ends.
pub(super) async fn refresh(
    ctx: &Ctx,
    _by: &Principal,
    (token, place): (&SecretString, &Place),
) -> Result<ChatbotToken> {
    let now = ctx.now();
    let claims = claims(ctx, token, "refresh", now)?;
    let number = claims.number;
    let cached = admitted(ctx, claims, now).await?;
    let checked = check(ctx, &cached, place, now);
    elsewhere::tell(ctx, (cached.person.user, cached.session.id), checked, place).await?;
    ctx.freshness().saw(cached.session.id, now);
    let subject = Subject {
        user: cached.person.user,
        session: cached.person.session,
        number,
        assurance: cached.person.assurance,
        auth_time: cached.person.auth_time,
    };
    let access = mint::chatbot(ctx, &subject, "access", ctx.policy().chatbot.access, now)?;
    Ok(ChatbotToken { access })
}

/// What was signed with the dialect's secret, whether or not it still counts.
pub(super) fn signed(ctx: &Ctx, token: &str) -> Result<Claims, Fault> {
    let keys = ctx.keys();
    let family = Family {
        keys: keys.verifiers(PURPOSE_CHATBOT),
        typ: TypRule::JwtOrAbsent,
        kid: KidRule::Ignored,
        max_len: MAX_LENGTH,
    };
    verify(token, &family).map(Claims)
}

/// Signature and claims, checked in the order in which SimpleJWT does, so that
/// the same fault gets the same answer.
fn claims(ctx: &Ctx, token: &SecretString, token_type: &str, now: Time) -> Result<Read> {
    let invalid = || Error::new(&codes::TOKEN_INVALID);
    let lacks = |pointer: &'static str| {
        Error::new(&codes::TOKEN_CLAIM).field(pointer, "required", "Missing.")
    };
    let claims = signed(ctx, token.expose_secret())?;
    let seconds = |name| {
        claims
            .optional_integer(name)
            .map(|secs| secs.map(Time::from_secs))
    };
    let until = seconds("exp")?;
    if until.is_some_and(|until| until <= now) {
        return Err(Error::new(&codes::TOKEN_EXPIRED));
    }
    let issued = seconds("iat")?;
    let not_yet = seconds("nbf")?.is_some_and(|from| from > now);
    let sub_fits = claims.optional_text("sub").is_ok();
    if not_yet || issued.is_some_and(|issued| issued > now) || !sub_fits {
        return Err(invalid());
    }
    let until = until.ok_or_else(|| lacks("/exp"))?;
    let jti = claims.optional_text("jti")?.ok_or_else(|| lacks("/jti"))?;
    match claims.optional_text("token_type")? {
        None => return Err(lacks("/token_type")),
        Some(found) if found != token_type => return Err(Error::new(&codes::TOKEN_TYPE)),
        Some(_) => {}
    }
    let policy = ctx.policy().chatbot;
    let lives = if token_type == "access" {
        policy.access
    } else {
        policy.refresh
    };
    // Where no time of issue is told it follows from the lifetime; a token that
    // lives longer than ours would seem to come from the future.
    let issued = issued.unwrap_or_else(|| until.minus(lives));
    if issued > now {
        return Err(invalid());
    }
    Ok(Read {
        number: number(&claims)?,
        jti: jti.to_owned(),
        sid: claims.optional_text("sid")?.map(ToOwned::to_owned),
        issued,
        until,
    })
}

/// SimpleJWT writes the number as an integer or as text, by its release.
fn number(claims: &Claims) -> Result<i64> {
    let nobody = || Error::new(&codes::TOKEN_PERSON);
    match claims.0.get("user_id") {
        None => Err(Error::new(&codes::TOKEN_CLAIM).field("/user_id", "required", "Missing.")),
        Some(serde_json::Value::Number(number)) => number.as_i64().ok_or_else(nobody),
        Some(serde_json::Value::String(text)) => text.parse().map_err(|_| nobody()),
        Some(_) => Err(nobody()),
    }
}

/// The session behind a token: ours by its `sid`, or one that stands for it.
async fn session(ctx: &Ctx, claims: Read, now: Time) -> Result<Loaded> {
    let invalid = || Error::new(&codes::TOKEN_INVALID);
    let nobody = || Error::new(&codes::TOKEN_PERSON);
    let named = read::by_number(ctx.db(), claims.number)
        .await?
        .ok_or_else(nobody)?;
    if named.suspended {
        return Err(Error::new(&codes::ACCOUNT_SUSPENDED));
    }
    let id: SessionId = match &claims.sid {
        Some(sid) => sid.parse().map_err(|_| invalid())?,
        None => adopted(ctx, &claims, &named, now).await?,
    };
    let loaded = read::by_session(ctx.db(), id)
        .await?
        .ok_or_else(|| Error::new(&codes::SESSION_REVOKED))?;
    if loaded.session.account != named.id || loaded.session.kind != SessionKind::Chatbot {
        return Err(invalid());
    }
    loaded.active()
}

/// The session that stands for a token minted elsewhere, made if it is new: a
/// token from before the last "all sessions" is not taken in, nor one of somebody
/// with a second factor, and one that was taken in ends with its session.
async fn adopted(ctx: &Ctx, claims: &Read, named: &Named, now: Time) -> Result<SessionId> {
    // Hashed, as its text may be of any length and hold what no column takes.
    let jti = digest(&[claims.jti.as_bytes()]);
    let name = format!("{PURPOSE_CHATBOT}:{}", hex(&jti));
    if let Some(known) = sessions::by_foreign_token(ctx.db(), &name).await? {
        return Ok(known);
    }
    if claims.issued <= named.not_before.max(ctx.installation().not_before) {
        return Err(Error::new(&codes::SESSION_REVOKED));
    }
    adopt(ctx, claims, named.id, name.clone(), now).await?;
    let known = sessions::by_foreign_token(ctx.db(), &name).await?;
    known.ok_or_else(|| Error::new(&codes::TOKEN_INVALID))
}

async fn adopt(ctx: &Ctx, claims: &Read, account: UserId, name: String, now: Time) -> Result<()> {
    let new = NewSession {
        id: SessionId::new(now, ctx.entropy())?,
        account,
        kind: SessionKind::Chatbot,
        secret_hash: None,
        foreign_token: Some(name),
        epoch: ctx.installation().epoch,
        assurance: Assurance::One,
        idle_span: claims.until.since(now),
        expires_at: claims.until,
        device: Device::default(),
        device_id: None,
    };
    let (issued, policy) = (claims.issued, ctx.policy());
    change(
        ctx,
        &Principal::Anonymous,
        async move |tx: &mut Tx<'_>, log: &mut Log| {
            // Everything may have ended since the account was read.
            let revoked = || Error::new(&codes::SESSION_REVOKED);
            let owner = accounts::find_in(tx, account).await?.ok_or_else(revoked)?;
            if !owner.is_active() || issued <= owner.not_before {
                return Err(revoked());
            }
            let required = policy.second_factor.required_of(owner.role, owner.founder);
            // Whoever signed it has seen one factor at most.
            if required || factors::confirmed_in(tx, account).await? > 0 {
                return Err(Error::new(&codes::FACTOR_NEEDED));
            }
            if sessions::open(tx, &new, now).await? {
                let details = Details {
                    subject: Some(account),
                    session: Some(new.id),
                    ..Details::default()
                };
                log.note(EventKind::ForeignTokenSeen, details);
                end::end_beyond(tx, log, (account, new.id), policy.session.most, now).await?;
            }
            Ok(())
        },
    )
    .await
}
