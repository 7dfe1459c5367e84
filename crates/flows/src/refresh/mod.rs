//! Exchanging a refresh token for the next pair.
//!
//! A token is exchanged once. Whoever presents it again within a moment, while
//! its successor is unused, lost the answer and gets the same successor;
//! anybody else has a copy, and the session ends.

pub mod read;
pub mod rotate;

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, access::Principal, codes, time::Time,
};
use tollgate_crypto::token::{self, Prefix};
use tollgate_records::{
    events::EventKind,
    sessions::{self, EndReason, Presented, Session},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Binding, Ctx, Place},
    steps::{
        elsewhere,
        land::Credentials,
        mint::{self, Subject},
        note::{Details, Log, change},
    },
};

use read::Found;

/// A token that is presented.
#[derive(Debug)]
pub struct Refresh {
    /// Its text.
    pub token: SecretString,
    /// From where.
    pub place: Place,
}

/// What a transaction decided; committed in every case, as ending a session is
/// a change too.
enum Decided {
    Renewed {
        session: Box<Session>,
        number: i64,
    },
    Refused(Error),
    /// The session belongs elsewhere.
    Elsewhere(Box<Session>, Error),
}

/// Exchange it.
///
/// # Errors
/// `token.invalid`, `token.expired`, `token.reused`, `session.revoked`,
/// `session.expired`, `session.device`, `session.network`, `account.suspended`.
pub async fn refresh(ctx: &Ctx, by: &Principal, request: Refresh) -> Result<Credentials> {
    let outcome = exchange(ctx, by, request).await;
    let result = match &outcome {
        Ok(_) => "ok",
        Err(error) => error.code().name,
    };
    metrics::counter!("tollgate_refreshes_total", "result" => result).increment(1);
    outcome
}

async fn exchange(ctx: &Ctx, by: &Principal, request: Refresh) -> Result<Credentials> {
    let presented = request.token.expose_secret();
    if !token::shaped(presented, Prefix::Refresh) {
        return Err(Error::new(&codes::TOKEN_INVALID));
    }
    let (now, epoch) = (ctx.now(), ctx.installation().epoch);
    let retry_window = ctx.policy().session.retry_window;
    let hash = token::fingerprint(presented);
    let key = ctx.master().derive("refresh successor");
    let refresh = token::successor(&key, presented, Prefix::Refresh);
    let next = token::fingerprint(refresh.expose_secret());
    // One statement does not look where a session belongs.
    let (binding, place) = (ctx.binding(), request.place.clone());
    if binding == Binding::Off
        && let Some(subject) = rotate::at_once(ctx, by, hash, next, now).await?
    {
        return renew(ctx, &subject, refresh, now);
    }
    let decided = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let Some(found) = read::presented(tx, hash).await? else {
            return Ok(Decided::Refused(Error::new(&codes::TOKEN_INVALID)));
        };
        let Found { token, session, .. } = found;
        if let Err(refusal) = session.check(epoch, session.last_seen_at, now) {
            return Ok(Decided::Refused(refusal));
        }
        if found.suspended {
            return Ok(Decided::Refused(Error::new(&codes::ACCOUNT_SUSPENDED)));
        }
        if let Err(refusal) = found.bond.check(binding, &place) {
            return Ok(Decided::Elsewhere(Box::new(session), refusal));
        }
        match token.present(found.successor_used, retry_window, now) {
            Presented::Expired => return Ok(Decided::Refused(Error::new(&codes::TOKEN_EXPIRED))),
            Presented::Retry => {}
            Presented::Reused => {
                end_family(tx, log, &session, now).await?;
                return Ok(Decided::Refused(Error::new(&codes::TOKEN_REUSED)));
            }
            Presented::Rotate => {
                if !sessions::use_refresh(tx, hash, now).await? {
                    return Err(Error::new(&codes::STORE_BUSY));
                }
                let generation = token.generation + 1;
                let expires_at = now.plus(session.idle_span).min(session.expires_at);
                sessions::add_refresh(tx, next, session.id, generation, expires_at, now).await?;
                sessions::saw(tx, session.id, now).await?;
                log.note(EventKind::SessionRefreshed, about(&session));
            }
        }
        Ok(Decided::Renewed {
            session: Box::new(session),
            number: found.number,
        })
    })
    .await?;
    match decided {
        Decided::Refused(refusal) => Err(refusal),
        Decided::Elsewhere(session, refusal) => {
            let whose = (session.account, session.id);
            elsewhere::tell(ctx, whose, Err(refusal), &request.place).await?;
            Err(Error::new(&codes::SESSION_REVOKED))
        }
        Decided::Renewed { session, number } => {
            let subject = Subject {
                user: session.account,
                session: session.id,
                number,
                assurance: session.assurance,
                auth_time: session.auth_time,
            };
            renew(ctx, &subject, refresh, now)
        }
    }
}

fn renew(ctx: &Ctx, subject: &Subject, refresh: SecretString, now: Time) -> Result<Credentials> {
    let (access, access_lives) = mint::access(ctx, subject, now)?;
    Ok(Credentials::Tokens {
        access,
        access_lives,
        refresh,
    })
}

async fn end_family(tx: &mut Tx<'_>, log: &mut Log, session: &Session, now: Time) -> Result<()> {
    if sessions::end(tx, session.id, EndReason::TokenReused, now).await? {
        log.note(EventKind::TokenReused, about(session));
    }
    Ok(())
}

fn about(session: &Session) -> Details {
    Details {
        actor: Some(session.account),
        subject: Some(session.account),
        session: Some(session.id),
        ..Details::default()
    }
}
