//! In which lane somebody tries to sign in: a device that the account knows has one
//! of its own, and so has a network that it was used from. Everybody else shares the
//! strangers' lane of that account, which an attacker shuts for strangers and for
//! nobody else. What failures at many accounts come to is in `spread`.

use std::{net::IpAddr, time::Duration};

use tollgate_base::{
    ExposeSecret, Result,
    access::{Person, Principal},
    id::{DeviceId, JobId, UserId},
    network::Network,
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    attempts::{self, Before},
    devices,
    events::EventKind,
    jobs,
    tallies::{self, Day},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    device::UserAgent,
    note::{Details, Log, change},
    queue::{Payload, UnlockJob},
    spread::{self, Pass},
    strikes::throttled,
};

/// Whose failures these would be, in which lane.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    kind: Kind,
    whose: Whose,
    network: Option<Network>,
}

/// At whose account somebody tries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// Somebody's.
    Account(UserId),
    /// The name is nobody's; its canonical form, hashed.
    Nobody([u8; 32]),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Device(DeviceId),
    Network(Network),
    Strangers,
}

/// A try that was counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Try {
    /// How long the lane is shut if it comes to nothing; not at all if zero.
    then: Duration,
    on: Day,
    at: Time,
    before: Before,
}

/// A try whose end nobody heard yet. Whoever hangs up before has failed like everybody
/// else: its owner is told, and it counts for what is seen of many accounts.
pub(crate) struct Unheard(Option<(Ctx, Principal, Lane, Try)>);

impl Unheard {
    /// They heard.
    pub(crate) fn heard(mut self) {
        self.0 = None;
    }
}

impl Drop for Unheard {
    fn drop(&mut self) {
        let Some((ctx, by, lane, tried)) = self.0.take() else {
            return;
        };
        let tasks = ctx.tasks().clone();
        tasks.spawn(async move {
            if let Err(error) = lane.failed(&ctx, &by, tried).await {
                tracing::warn!(?error, "A try that failed was not told of");
            }
        });
    }
}

/// Of an id that nobody has: looking up what it knows takes as long as for somebody.
const NOBODY: [u8; 16] = [0; 16];

impl Whose {
    /// Under which digest all tries at it are known, whichever lane they are in.
    pub(crate) fn digest(self) -> [u8; 32] {
        match self {
            Self::Account(id) => digest(&[b"signin account", id.to_string().as_bytes()]),
            Self::Nobody(name) => name,
        }
    }

    const fn account(self) -> Option<UserId> {
        match self {
            Self::Account(id) => Some(id),
            Self::Nobody(_) => None,
        }
    }
}

impl Lane {
    /// In which lane a user agent tries: the same reads for names that are nobody's.
    pub(crate) async fn of(ctx: &Ctx, whose: Whose, agent: &UserAgent) -> Result<Self> {
        let account = whose.account();
        let asked = account.unwrap_or_else(|| UserId::with_chance(Time::from_secs(0), NOBODY));
        let address = agent.device.address.as_deref();
        let network = address.and_then(|text| text.parse::<IpAddr>().ok());
        let network = network.map(Network::of);
        let mut kind = Kind::Strangers;
        for hash in agent.secrets.fingerprints() {
            if let Some(id) = devices::id_by_hash(ctx.db(), asked, hash).await? {
                kind = Kind::Device(id);
                break;
            }
        }
        if let (Kind::Strangers, Some(network)) = (kind, network)
            && devices::was_used_from(ctx.db(), asked, network).await?
        {
            kind = Kind::Network(network);
        }
        Ok(Self {
            kind,
            whose,
            network,
        })
    }

    /// Count a first step before it is evaluated. What is refused costs one read; of
    /// a stranger while the house is on guard a proof of work is asked before.
    ///
    /// # Errors
    /// `throttled`, `signin.proof_needed`.
    pub(crate) async fn enter(&self, ctx: &Ctx, agent: &UserAgent) -> Result<Try> {
        let [own, network, house] = self.standing(ctx).await?;
        if let Some(wait) = own {
            return Err(refused(self.name(), wait));
        }
        let mut pass = Pass::Free;
        if matches!(self.kind, Kind::Strangers) {
            if let Some(wait) = network {
                return Err(refused("network_shut", wait));
            }
            if house.is_some() {
                let shown = agent.proof.as_ref().map(ExposeSecret::expose_secret);
                pass = spread::prove(ctx, self.bound(), shown)?;
            }
        }
        self.count(ctx, pass).await
    }

    /// Whether a second step is looked at: not in a lane that is shut. What is wrong
    /// with it is counted in a [row](Self::row) of its own, as it takes the right
    /// password to get there.
    ///
    /// # Errors
    /// `throttled`.
    pub(crate) async fn check(&self, ctx: &Ctx) -> Result<()> {
        match self.standing(ctx).await? {
            [Some(wait), ..] => Err(refused(self.name(), wait)),
            _ => Ok(()),
        }
    }

    /// A second step came to nothing: charts show it.
    pub(crate) async fn missed(&self, ctx: &Ctx) -> Result<()> {
        let (subject, on) = (self.subject(), Day::of(ctx.now()));
        let miss = async move |tx: &mut Tx<'_>| {
            tallies::count(tx, on, tallies::SIGNIN_FAILED, 1, subject[0]).await
        };
        ctx.db().write(miss).await
    }

    async fn standing(&self, ctx: &Ctx) -> Result<[Option<Duration>; 3]> {
        let subjects = [
            self.subject(),
            spread::network(self.network),
            spread::house(),
        ];
        attempts::standing(ctx.db(), subjects, ctx.policy().attempts, ctx.now()).await
    }

    async fn count(&self, ctx: &Ctx, pass: Pass) -> Result<Try> {
        let (now, allowance) = (ctx.now(), ctx.policy().attempts);
        let nobody = self.whose.account().is_none();
        let (subject, on) = (self.subject(), Day::of(now));
        let strike = async move |tx: &mut Tx<'_>| {
            if let Pass::Once(proof) = pass
                && !spread::use_up(tx, proof, now).await?
            {
                return Ok(None);
            }
            let struck = attempts::strike_in_row(tx, (subject, nobody), allowance, now).await?;
            if struck.wait.is_none() {
                tallies::count(tx, on, tallies::SIGNIN_FAILED, 1, subject[0]).await?;
            }
            Ok(Some(struck))
        };
        let Some(struck) = ctx.db().write(strike).await? else {
            return Err(spread::ask(ctx, self.bound())?);
        };
        if let Some(wait) = struck.wait {
            return Err(refused(self.name(), wait));
        }
        metrics::counter!("tollgate_signin_evaluated_total", "lane" => self.name()).increment(1);
        Ok(Try {
            then: struck.then,
            on,
            at: now,
            before: struck.before,
        })
    }

    /// A first step came to nothing.
    pub(crate) async fn failed(&self, ctx: &Ctx, by: &Principal, tried: Try) -> Result<()> {
        self.stopped(ctx, by, tried).await?;
        match self.kind {
            Kind::Strangers => spread::failed(ctx, by, self.whose.digest(), self.network).await,
            _ => Ok(()),
        }
    }

    /// Until whoever tries is told what came of it, for which they may not wait.
    pub(crate) fn until_heard(&self, ctx: &Ctx, by: &Principal, tried: Try) -> Unheard {
        Unheard(Some((ctx.clone(), by.clone(), self.clone(), tried)))
    }

    /// A first step was not judged, or went well and led nowhere: no failure either.
    pub(crate) async fn excuse(&self, ctx: &Ctx, tried: Try) -> Result<()> {
        let lane = self.clone();
        let excuse = async move |tx: &mut Tx<'_>| lane.take_back(tx, tried).await;
        ctx.db().write(excuse).await
    }

    /// A first step went well, which is no failure; right passwords of somebody who
    /// never shows the second factor shut nothing.
    pub(crate) async fn went_well(&self, tx: &mut Tx<'_>, tried: Try, done: bool) -> Result<()> {
        if !done {
            return self.take_back(tx, tried).await;
        }
        self.uncount(tx, tried).await?;
        self.forgive(tx).await
    }

    async fn take_back(&self, tx: &mut Tx<'_>, tried: Try) -> Result<()> {
        self.uncount(tx, tried).await?;
        attempts::take_back(tx, self.subject(), tried.before, tried.at).await
    }

    /// For charts.
    async fn uncount(&self, tx: &mut Tx<'_>, tried: Try) -> Result<()> {
        let slot = self.subject()[0];
        tallies::count(tx, tried.on, tallies::SIGNIN_FAILED, -1, slot).await
    }

    /// The last step went well: what failed before in this lane is forgiven.
    pub(crate) async fn forgive(&self, tx: &mut Tx<'_>) -> Result<()> {
        attempts::forgive(tx, self.subject()).await.map(drop)
    }

    /// If that shut the lane, one event tells of it, and a mail tells the owner how to
    /// come in all the same.
    async fn stopped(&self, ctx: &Ctx, by: &Principal, tried: Try) -> Result<()> {
        if tried.then.is_zero() {
            return Ok(());
        }
        let (now, account, lane) = (ctx.now(), self.whose.account(), self.name());
        let job = JobId::new(now, ctx.entropy())?;
        let payload = UnlockJob {
            account: account.map(|id| id.to_string()),
            login: None,
        }
        .to_payload()?;
        change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
            let mut details = Details {
                subject: account,
                ..Details::default()
            };
            details.data.say("lane", lane);
            let seconds = tried.then.as_secs();
            details.data.say("seconds", seconds);
            log.note(EventKind::SigninBlocked, details);
            jobs::add(tx, job, UnlockJob::QUEUE, &payload, now).await
        })
        .await
    }

    /// Where codes of a second step are counted: a known device and a known network
    /// have rows of their own, and all others share the account's.
    pub(crate) fn row(&self, what: Row, account: UserId) -> [u8; 32] {
        match self.kind {
            Kind::Device(device) => what.on(account, &device.to_string()),
            Kind::Network(network) => what.on(account, &network.to_string()),
            Kind::Strangers => what.of(account),
        }
    }

    /// Its row, where the account knows who is in it: not that of strangers.
    pub(crate) fn known(&self) -> Option<[u8; 32]> {
        match self.kind {
            Kind::Device(_) | Kind::Network(_) => Some(self.subject()),
            Kind::Strangers => None,
        }
    }

    fn subject(&self) -> [u8; 32] {
        let whose = self.whose.digest();
        match self.kind {
            Kind::Device(id) => of_device(whose, id),
            Kind::Network(network) => of_network(whose, &network.to_string()),
            Kind::Strangers => whose,
        }
    }

    /// What a proof of work is bound to.
    fn bound(&self) -> [u8; 32] {
        digest(&[
            b"signin",
            &self.whose.digest(),
            &spread::network(self.network),
        ])
    }

    const fn name(&self) -> &'static str {
        match self.kind {
            Kind::Device(_) => "device",
            Kind::Network(_) => "network",
            Kind::Strangers => "strangers",
        }
    }
}

/// Codes that are counted in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// Second factors.
    SecondFactor,
    /// Codes that confirm a sign-in.
    Confirmation,
    /// Passwords of somebody who is signed in.
    Password,
}

impl Row {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::SecondFactor => b"second factor tries",
            Self::Confirmation => b"confirmation tries",
            Self::Password => b"current password tries",
        }
    }

    /// Of one session: what others try at the account shuts nothing for whoever is
    /// signed in.
    pub(crate) fn in_session(self, person: &Person) -> [u8; 32] {
        self.on(person.user, &person.session.to_string())
    }

    fn of(self, account: UserId) -> [u8; 32] {
        digest(&[self.label(), account.to_string().as_bytes()])
    }

    fn on(self, account: UserId, place: &str) -> [u8; 32] {
        let account = account.to_string();
        digest(&[self.label(), account.as_bytes(), place.as_bytes()])
    }
}

/// Until when strangers' tries at an account are refused, if they are.
pub(crate) async fn shut_until(ctx: &Ctx, account: UserId) -> Result<Option<Time>> {
    let subject = Whose::Account(account).digest();
    // Nothing is known by these two.
    let subjects = [subject, [0; 32], [1; 32]];
    let (now, allowance) = (ctx.now(), ctx.policy().attempts);
    let [wait, ..] = attempts::standing(ctx.db(), subjects, allowance, now).await?;
    Ok(wait.map(|wait| now.plus(wait)))
}

/// Open every lane of an account. Says whether anything had been counted.
pub(crate) async fn open(tx: &mut Tx<'_>, account: UserId) -> Result<bool> {
    let whose = Whose::Account(account).digest();
    let mut subjects = vec![whose];
    for device in devices::of_in(tx, account).await? {
        subjects.push(of_device(whose, device.id));
    }
    for network in devices::networks_in(tx, account).await? {
        subjects.push(of_network(whose, &network));
    }
    forgive(tx, subjects).await
}

/// Forget wrong codes that were shown, on whichever device.
pub(crate) async fn forgive_codes(tx: &mut Tx<'_>, account: UserId) -> Result<bool> {
    let mut subjects = Vec::new();
    let devices = devices::of_in(tx, account).await?;
    let mut places: Vec<String> = devices.iter().map(|it| it.id.to_string()).collect();
    places.extend(devices::networks_in(tx, account).await?);
    for row in [Row::SecondFactor, Row::Confirmation] {
        subjects.push(row.of(account));
        subjects.extend(places.iter().map(|place| row.on(account, place)));
    }
    forgive(tx, subjects).await
}

async fn forgive(tx: &mut Tx<'_>, subjects: Vec<[u8; 32]>) -> Result<bool> {
    let mut any = false;
    for subject in subjects {
        any |= attempts::forgive(tx, subject).await?;
    }
    Ok(any)
}

fn of_device(whose: [u8; 32], id: DeviceId) -> [u8; 32] {
    digest(&[b"signin device", &whose, id.to_string().as_bytes()])
}

fn of_network(whose: [u8; 32], network: &str) -> [u8; 32] {
    digest(&[b"signin network", &whose, network.as_bytes()])
}

fn refused(reason: &'static str, wait: Duration) -> tollgate_base::Error {
    count_refused(reason);
    throttled(wait)
}

/// Count a sign-in that was refused before anything was hashed.
pub(crate) fn count_refused(reason: &'static str) {
    metrics::counter!("tollgate_signin_refused_total", "reason" => reason).increment(1);
}
