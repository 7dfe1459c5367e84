//! People in large numbers: written through the rooms that own the tables, many
//! to a transaction, as no interface makes a million accounts in a minute.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tollgate_base::{
    ExposeSecret, SecretString,
    access::{Assurance, Role},
    entropy::Entropy,
    id::{SessionId, SiteId, UserId},
    identifier::Identifier,
    time::{Clock, Time},
};
use tollgate_crypto::{
    password::{Cost, Hasher},
    token::{self, Prefix},
};
use tollgate_records::{
    accounts::{self, NewAccount, Profile},
    aliases, installation, passwords,
    sessions::{self, Device, NewSession, SessionKind},
    sites::{self, Draft, Site},
};
use tollgate_store::sql::{Db, Settings, Tx};

use crate::{
    Result,
    client::{Answer, Caller, Same, Turns, get, post},
    server::Home,
};

/// Where the app behind the gate is.
pub(crate) const SITE: &str = "http://notes.example.org";
/// Everybody's.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// Different hashes of it, where that matters.
const SALTS: usize = 100;
/// People in one transaction: many, as the pages of indexes that are hit at
/// random are then written once for many of them.
const TOGETHER: usize = 20_000;
/// How long one transaction may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// How long their sessions live.
const LIVES: Duration = Duration::from_hours(24 * 14);

/// Whom the drivers act for.
pub(crate) struct People {
    next: usize,
    sample: Vec<Arc<Person>>,
}

struct Person {
    name: String,
    cookie: SecretString,
    refresh: SecretString,
}

/// People of each sort that strangers are to tell from nobody.
pub(crate) struct Crowd;

/// A sort of people, or nobody.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Sort {
    Known,
    Suspended,
    WithoutPassword,
    Unverified,
    Nobody,
}

/// Somebody who renews their tokens.
pub(crate) struct Refresher {
    request: Vec<u8>,
    access: String,
}

impl People {
    /// Fill the database of a home. Everybody has a session; at least `sample`
    /// sessions, spread over all people, are for drivers to act for.
    pub(crate) async fn fill(home: &Home, people: usize, sample: usize) -> Result<Self> {
        let mut settings = Settings::new(home.database().to_owned().into());
        settings.write_deadline = PATIENCE;
        let db = Db::open(settings).await?;
        let facts = installation::read(&db).await?.ok_or("not founded")?;
        let hasher = Hasher::new(Cost::default(), 1, 1);
        let hash = hasher
            .hash(&PASSWORD.to_owned().into(), Entropy.bytes()?)
            .await?;
        let now = Clock::machine().now();
        let (every, each) = ((people / sample).max(1), sample.div_ceil(people));
        let site = site(now)?;
        db.write(async move |tx: &mut Tx<'_>| sites::add(tx, &site, now).await)
            .await?;
        let mut found = Vec::new();
        for first in (0..people).step_by(TOGETHER) {
            let crowd = (first..people.min(first + TOGETHER))
                .map(|place| {
                    let drawn = if place.is_multiple_of(every) { each } else { 0 };
                    Newcomer::draw(place, drawn, facts.epoch, now)
                })
                .collect::<Result<Vec<_>>>()?;
            for newcomer in &crowd {
                found.extend(newcomer.sessions.iter().filter_map(Session::sample));
            }
            let hash = hash.clone();
            let crowd = Arc::new(crowd);
            db.write(async move |tx: &mut Tx<'_>| {
                for newcomer in crowd.iter() {
                    newcomer.write(tx, Some(&hash), now).await?;
                }
                Ok(())
            })
            .await?;
        }
        db.close().await;
        Ok(Self {
            next: 0,
            sample: found,
        })
    }

    /// `count` of them who sign in again and again.
    pub(crate) fn signing_in(&mut self, count: usize) -> Vec<Same> {
        self.signins(count).map(Same).collect()
    }

    /// `count` of them who sign in once each.
    pub(crate) fn signing_in_once(&mut self, count: usize) -> Turns {
        Turns::new(self.signins(count).collect())
    }

    /// `clients` of them who renew their tokens.
    pub(crate) fn refreshing(&mut self, clients: usize) -> Vec<Refresher> {
        let chosen = self.take(clients);
        chosen
            .iter()
            .map(|person| Refresher::with(person.refresh.expose_secret(), ""))
            .collect()
    }

    /// `count` of them who come to `path` once each, by cookie.
    pub(crate) fn visiting(&mut self, path: &str, count: usize) -> Turns {
        let requests = self.take(count).into_iter().map(|person| {
            let cookie = format!("tollgate={}", person.cookie.expose_secret());
            get(path, &[("cookie", &cookie)])
        });
        Turns::new(requests.collect())
    }

    /// What `count` of them sign in with.
    pub(crate) fn names(&mut self, count: usize) -> Vec<String> {
        let chosen = self.take(count);
        chosen.iter().map(|person| person.name.clone()).collect()
    }

    fn signins(&mut self, count: usize) -> impl Iterator<Item = Vec<u8>> {
        self.take(count).into_iter().map(|person| {
            let body = json!({ "login": person.name, "password": PASSWORD, "mode": "token" });
            post("/api/v1/session", &body)
        })
    }

    /// People whom nothing was asked of before.
    fn take(&mut self, count: usize) -> Vec<Arc<Person>> {
        let taken = &self.sample[self.next..self.next + count];
        self.next += count;
        taken.to_vec()
    }
}

impl Crowd {
    /// Fill the database of a home with so many of each sort.
    pub(crate) async fn fill(home: &Home, each: usize) -> Result<()> {
        let mut settings = Settings::new(home.database().to_owned().into());
        settings.write_deadline = PATIENCE;
        let db = Db::open(settings).await?;
        let facts = installation::read(&db).await?.ok_or("not founded")?;
        let hasher = Hasher::new(Cost::default(), 1, 1);
        let password = PASSWORD.to_owned().into();
        // Which memory Argon2id visits depends on the salt: nobody's share one.
        let mut hashes = Vec::new();
        for _ in 0..SALTS {
            hashes.push(hasher.hash(&password, Entropy.bytes()?).await?);
        }
        let (hashes, now) = (Arc::new(hashes), Clock::machine().now());
        for sort in Sort::ALL {
            if sort == Sort::Nobody {
                continue;
            }
            let crowd = (0..each)
                .map(|place| {
                    let mut newcomer = Newcomer::called(&sort.address(place), 0, facts.epoch, now)?;
                    newcomer.account.verified_at = (sort != Sort::Unverified).then_some(now);
                    Ok(newcomer)
                })
                .collect::<Result<Vec<_>>>()?;
            let (hashes, crowd) = (hashes.clone(), Arc::new(crowd));
            db.write(async move |tx: &mut Tx<'_>| {
                for (newcomer, hash) in crowd.iter().zip(hashes.iter().cycle()) {
                    let hash = (sort != Sort::WithoutPassword).then_some(hash.as_str());
                    newcomer.write(tx, hash, now).await?;
                    if sort == Sort::Suspended {
                        accounts::set_suspended(tx, newcomer.account.id, true, now).await?;
                    }
                }
                Ok(())
            })
            .await?;
        }
        db.close().await;
        Ok(())
    }
}

impl Sort {
    pub(crate) const ALL: [Self; 5] = [
        Self::Known,
        Self::Suspended,
        Self::WithoutPassword,
        Self::Unverified,
        Self::Nobody,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Suspended => "suspended",
            Self::WithoutPassword => "without a password",
            Self::Unverified => "unverified",
            Self::Nobody => "nobody",
        }
    }

    /// What one of them signs in with; as long for each sort.
    pub(crate) fn address(self, place: usize) -> String {
        format!("sort{}person{place:07}@example.org", self as u8)
    }
}

impl Refresher {
    fn with(refresh: &str, access: &str) -> Self {
        let body = json!({ "refresh_token": refresh });
        Self {
            request: post("/api/v1/session/refresh", &body),
            access: access.to_owned(),
        }
    }

    /// The newest access token; empty before the first answer.
    pub(crate) fn access(&self) -> &str {
        &self.access
    }
}

impl Caller for Refresher {
    fn ask(&mut self) -> &[u8] {
        &self.request
    }

    fn hear(&mut self, answer: &Answer) {
        answer.expect(200);
        let body = answer.json();
        let token = |name: &str| body[name].as_str().expect("a token").to_owned();
        *self = Self::with(&token("refresh_token"), &token("access_token"));
    }
}

/// An app behind the gate, open to everybody who is signed in.
fn site(now: Time) -> Result<Site> {
    let draft = Draft {
        name: "notes".to_owned(),
        url: SITE.to_owned(),
        identity_token: false,
        rules: None,
    };
    Ok(draft.understood(SiteId::new(now, &Entropy)?, now)?)
}

/// Somebody who is about to be written.
struct Newcomer {
    account: NewAccount,
    sessions: Vec<Session>,
}

/// A session with its secrets: one kept by tokens and, for those whom drivers
/// act for, one kept by a cookie.
struct Session {
    name: String,
    tokens: NewSession,
    refresh: SecretString,
    cookie: Option<(NewSession, SecretString)>,
}

impl Newcomer {
    fn draw(place: usize, sampled: usize, epoch: i64, now: Time) -> Result<Self> {
        Self::called(
            &format!("person{place:07}@example.org"),
            sampled,
            epoch,
            now,
        )
    }

    fn called(name: &str, sampled: usize, epoch: i64, now: Time) -> Result<Self> {
        let id = UserId::new(now, &Entropy)?;
        let sessions = (0..sampled.max(1))
            .map(|_| Session::draw(name, id, sampled > 0, epoch, now))
            .collect::<Result<_>>()?;
        let account = NewAccount {
            id,
            role: Role::Default,
            founder: false,
            identifiers: vec![Identifier::parse(name)?],
            verified_at: None,
            profile: Profile::default(),
        };
        Ok(Self { account, sessions })
    }

    async fn write(
        &self,
        tx: &mut Tx<'_>,
        hash: Option<&str>,
        now: Time,
    ) -> tollgate_base::Result<()> {
        let id = self.account.id;
        accounts::create(tx, &self.account, now).await?;
        if let Some(hash) = hash {
            passwords::set(tx, id, hash, now).await?;
        }
        aliases::give(tx, id).await?;
        for session in &self.sessions {
            let tokens = &session.tokens;
            sessions::open(tx, tokens, now).await?;
            let refresh = token::fingerprint(session.refresh.expose_secret());
            sessions::add_refresh(tx, refresh, tokens.id, 1, tokens.expires_at, now).await?;
            if let Some((cookie, _)) = &session.cookie {
                sessions::open(tx, cookie, now).await?;
            }
        }
        Ok(())
    }
}

impl Session {
    fn draw(name: &str, account: UserId, sampled: bool, epoch: i64, now: Time) -> Result<Self> {
        let session = |kind, secret_hash| -> Result<NewSession> {
            Ok(NewSession {
                id: SessionId::new(now, &Entropy)?,
                account,
                kind,
                secret_hash,
                foreign_token: None,
                epoch,
                assurance: Assurance::One,
                idle_span: LIVES,
                expires_at: now.plus(LIVES),
                device: Device::default(),
                device_id: None,
            })
        };
        let cookie = if sampled {
            let secret = token::mint(&Entropy, Prefix::Session)?;
            let hash = token::fingerprint(secret.expose_secret());
            Some((session(SessionKind::Cookie, Some(hash))?, secret))
        } else {
            None
        };
        Ok(Self {
            name: name.to_owned(),
            tokens: session(SessionKind::Token, None)?,
            refresh: token::mint(&Entropy, Prefix::Refresh)?,
            cookie,
        })
    }

    fn sample(&self) -> Option<Arc<Person>> {
        let (_, cookie) = self.cookie.as_ref()?;
        Some(Arc::new(Person {
            name: self.name.clone(),
            cookie: cookie.clone(),
            refresh: self.refresh.clone(),
        }))
    }
}
