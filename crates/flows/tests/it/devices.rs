//! Devices that an account knows: how they come to be known, what is left out on
//! those that are trusted, and who may have them forgotten.

use std::{fs, time::Duration};

use tollgate_base::{
    Result, SecretString,
    access::Principal,
    id::{DeviceId, UserId},
};
use tollgate_flows::{
    ClientProfile, Countries, Ctx, DeviceSecrets, Opening, SignedIn, UserAgent,
    backup::Sessions,
    ctx::{DevicePolicy, SecondFactor},
    devices::{self, KnownDevice, Which},
    factors, people,
    signin::{self, Finish, SignIn, Step},
};
use tollgate_records::sessions::Device;
use tollgate_testkit::{countries, node::Node};

use crate::{
    authenticator::{App, equipped},
    support::{
        Bare, COOKIE, OTHER_PASSWORD, PASSWORD, TOKENS, boss, change_password, code, cookie,
        events, join, secret, text, together, tokens, who,
    },
};

/// A browser with what it keeps.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) address: &'static str,
    pub(crate) secrets: DeviceSecrets,
}

impl Browser {
    pub(crate) fn at(address: &'static str) -> Self {
        Self {
            address,
            secrets: DeviceSecrets::default(),
        }
    }

    pub(crate) fn agent(&self) -> UserAgent {
        let browser = Some("Firefox on Linux".to_owned());
        let device = Device::new(None, browser, Some(self.address.to_owned()));
        UserAgent {
            device,
            secrets: self.secrets.clone(),
            keeps: true,
            proof: None,
        }
    }

    pub(crate) async fn try_in(&self, ctx: &Ctx, login: &str, opening: Opening) -> Result<Step> {
        let request = SignIn {
            login: login.into(),
            password: secret(PASSWORD),
            device: self.agent(),
            address: None,
            opening,
            client: ClientProfile::NATIVE,
        };
        signin::signin(ctx, &Principal::Anonymous, request).await
    }

    /// Keep what a sign-in gave.
    pub(crate) fn keep(&mut self, signed_in: SignedIn) -> SignedIn {
        self.secrets = signed_in
            .device
            .clone()
            .expect("there is something to keep");
        signed_in
    }

    /// Sign in with nothing but the password.
    pub(crate) async fn enter(&mut self, ctx: &Ctx, login: &str) -> SignedIn {
        match self.try_in(ctx, login, COOKIE).await.unwrap() {
            Step::Done(signed_in) => self.keep(*signed_in),
            more => panic!("{login} is asked for more: {more:?}"),
        }
    }

    /// The first step of two.
    async fn first(&self, ctx: &Ctx, login: &str) -> SecretString {
        match self.try_in(ctx, login, COOKIE).await.unwrap() {
            Step::Second(challenge) => challenge,
            other => panic!("no second step: {other:?}"),
        }
    }

    async fn second(&mut self, ctx: &Ctx, challenge: SecretString, app: &App, trust: bool) {
        let request = Finish {
            challenge,
            code: app.shows(ctx),
            device: self.agent(),
            trust,
            address: None,
            opening: COOKIE,
        };
        let signed_in = signin::finish(ctx, &Principal::Anonymous, request).await;
        self.keep(signed_in.unwrap());
    }

    /// Both steps, and no more second steps here.
    async fn trust(&mut self, node: &Node, login: &str, app: &App) {
        let challenge = self.first(&node.ctx, login).await;
        self.second(&node.ctx, challenge, app, true).await;
        node.clock.advance(Duration::from_secs(30));
    }
}

async fn known(ctx: &Ctx, of: UserId) -> Vec<KnownDevice> {
    devices::list(ctx, &Principal::Operator, of).await.unwrap()
}

fn ids(known: &[KnownDevice]) -> Vec<DeviceId> {
    known.iter().map(|device| device.stored.id).collect()
}

fn set(ctx: &Ctx, change: impl Fn(&mut DevicePolicy)) {
    let mut policy = (*ctx.policy()).clone();
    change(&mut policy.devices);
    ctx.set_policy(policy);
}

/// vuln:43: a device is known by what it keeps, and by nothing else.
#[tokio::test]
async fn a_browser_is_known_again_and_another_is_not() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let mut home = Browser::at("203.0.113.7");
    home.enter(ctx, "ann").await;
    let first = ids(&known(ctx, ann).await);
    node.clock.advance(Duration::from_hours(1));
    home.enter(ctx, "ann").await;
    let again = known(ctx, ann).await;
    assert_eq!(ids(&again), first);
    assert_eq!(again[0].last_used_at, ctx.now());
    assert!(again[0].stored.created_at < ctx.now());

    Browser::at("203.0.113.7").enter(ctx, "ann").await;
    assert_eq!(known(ctx, ann).await.len(), 2, "alike, and not the same");

    // What Ann's browser keeps is worth nothing for Bob.
    let bob = join(ctx, "bob").await;
    let shared = home.secrets.clone();
    home.enter(ctx, "bob").await;
    assert_eq!(known(ctx, bob).await.len(), 1);
    assert_ne!(home.secrets.text().expose(), shared.text().expose());
    home.enter(ctx, "ann").await;
    assert_eq!(known(ctx, ann).await.len(), 2, "and it is still Ann's too");
}

trait Expose {
    fn expose(&self) -> String;
}

impl Expose for SecretString {
    fn expose(&self) -> String {
        text(self).to_owned()
    }
}

/// asvs:V6.3.5: once for each device, and not for the first.
#[tokio::test]
async fn an_owner_is_told_of_a_new_device_once() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (mut home, mut away) = (Browser::at("203.0.113.7"), Browser::at("198.51.100.4"));
    home.enter(ctx, "ann").await;
    home.enter(ctx, "ann").await;
    node.settle().await;
    let new = |mail: &String| mail.contains("Subject: A new device signed in to your account");
    let news = || node.mails().into_iter().filter(new).collect::<Vec<_>>();
    assert_eq!(news().len(), 0, "the first one is no news");
    away.enter(ctx, "ann").await;
    away.enter(ctx, "ann").await;
    node.settle().await;
    let mails = news();
    let [mail] = mails.as_slice() else {
        panic!("{mails:?}");
    };
    assert!(mail.contains("Firefox on Linux, 198.51.100.4"), "{mail}");
    assert_eq!(events(ctx, "device.new").await, 1);
    // Another browser where the account was used all the time: that is what is said.
    Browser::at("203.0.113.7").enter(ctx, "ann").await;
    node.settle().await;
    let mails = news();
    let mail = mails.iter().find(|mail| mail.contains("203.0.113.7"));
    let mail = mail.unwrap_or_else(|| panic!("{mails:?}"));
    assert!(!mail.contains("where it was not used"), "{mail}");
}

/// asvs:V6.3.5: also on a device that is known, and once.
#[tokio::test]
async fn an_owner_is_told_of_a_new_country_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    let known = [
        ("203.0.113.0/24", "DE"),
        ("203.0.114.0/24", "DE"),
        ("2001:db8:5::/48", "ES"),
    ];
    fs::write(&file, countries::file(&known)).unwrap();
    let node = Node::among(Countries::open(&file).unwrap()).await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let mut laptop = Browser::at("203.0.113.7");
    for (address, told) in [
        ("203.0.113.7", 0),
        ("203.0.114.7", 0),
        // Where that is, the file does not tell.
        ("198.51.100.4", 0),
        ("2001:db8:5::1", 1),
        ("2001:db8:5::2", 1),
        ("203.0.114.7", 1),
    ] {
        laptop.address = address;
        laptop.enter(ctx, "ann").await;
        assert_eq!(events(ctx, "country.new").await, told, "{address}");
    }
    node.settle().await;
    let mails = node.mails();
    let mail = mails
        .iter()
        .find(|mail| mail.contains("from a new country"));
    let mail = mail.unwrap_or_else(|| panic!("{mails:?}"));
    assert!(
        mail.contains("Firefox on Linux, 2001:db8:5::1, ES"),
        "{mail}"
    );
}

/// asvs:V6.3.3: on a trusted device the second step is left out, the session is
/// worth one factor, and the trust ends by itself.
#[tokio::test]
async fn a_trusted_device_needs_no_second_step_for_a_while() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    let ann = by.user().unwrap();
    let mut home = Browser::at("203.0.113.7");
    let plain = home.first(ctx, "ann").await;
    home.second(ctx, plain, &app, false).await;
    node.clock.advance(Duration::from_secs(30));
    home.first(ctx, "ann").await;
    home.trust(&node, "ann", &app).await;
    assert_eq!(events(ctx, "device.trusted").await, 1);
    node.settle().await;
    let trusted = |mail: &String| mail.contains("without the second step from now on");
    assert_eq!(node.mails().iter().filter(|mail| trusted(mail)).count(), 1);

    let signed_in = home.enter(ctx, "ann").await;
    let herself = who(ctx, &cookie(&signed_in)).await.unwrap();
    let refused = factors::renew_codes(ctx, &herself, Some(secret(PASSWORD))).await;
    assert_eq!(code(&refused), "factor.fresh", "one factor was shown");
    Browser::at("203.0.113.7").first(ctx, "ann").await;

    let until = known(ctx, ann).await[0].trusted_until.unwrap();
    let second = Duration::from_secs(1);
    node.clock.advance(until.minus(second).since(ctx.now()));
    home.enter(ctx, "ann").await;
    node.clock.advance(second);
    home.first(ctx, "ann").await;
}

/// Each of these ends the trust at once.
#[tokio::test]
async fn trust_ends_with_what_it_rests_on() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    boss(ctx, "root").await;
    let (by, app, _) = equipped(&node, "ann").await;
    let ann = by.user().unwrap();
    let mut home = Browser::at("203.0.113.7");

    home.trust(&node, "ann", &app).await;
    set(ctx, |devices| devices.trust = None);
    home.first(ctx, "ann").await;
    set(ctx, |devices| {
        devices.trust = Some(Duration::from_hours(24));
    });
    home.enter(ctx, "ann").await;

    let id = ids(&known(ctx, ann).await)[0];
    devices::forget(ctx, &by, (ann, id)).await.unwrap();
    home.first(ctx, "ann").await;

    home.trust(&node, "ann", &app).await;
    people::suspend(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    people::resume(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    home.first(ctx, "ann").await;

    home.trust(&node, "ann", &app).await;
    let signed_in = home.enter(ctx, "ann").await;
    let herself = who(ctx, &cookie(&signed_in)).await.unwrap();
    let _ = tollgate_flows::step_up::step_up(ctx, &herself, app.shows(ctx))
        .await
        .unwrap();
    change_password(ctx, &herself, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    change_password(ctx, &herself, (OTHER_PASSWORD, PASSWORD))
        .await
        .unwrap();
    home.first(ctx, "ann").await;
    node.clock.advance(Duration::from_secs(30));

    home.trust(&node, "ann", &app).await;
    factors::reset(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    assert!(known(ctx, ann).await[0].trusted_until.is_none());
}

/// A backup may hold a trust that was taken away since.
#[tokio::test]
async fn a_restore_ends_the_trust_with_the_sessions() {
    let node = Node::new().await;
    let bare = || Bare::new(&node.ctx, [7; 32], node.clock.clone());
    let (old, ended, kept) = (bare().await, bare().await, bare().await);
    old.load_keys().await;
    let ann = join(&old.ctx, "ann").await;
    let mut home = Browser::at("203.0.113.7");
    home.enter(&old.ctx, "ann").await;
    let sql = "UPDATE devices SET trusted_at = $1";
    let now = tollgate_store::args![node.clock.now()];
    old.ctx.db().write_one(sql, now).await.unwrap();
    assert!(known(&old.ctx, ann).await[0].trusted_until.is_some());
    ended.restore(&old.ctx, Sessions::End).await;
    kept.restore(&old.ctx, Sessions::Keep).await;
    assert!(known(&ended.ctx, ann).await[0].trusted_until.is_none());
    assert!(known(&kept.ctx, ann).await[0].trusted_until.is_some());
}

/// Where a second factor is a must, no device stands for it.
#[tokio::test]
async fn whoever_must_show_a_factor_shows_it_on_every_device() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    let ann = by.user().unwrap();
    let mut home = Browser::at("203.0.113.7");
    home.trust(&node, "ann", &app).await;
    let require = |asks| {
        let mut policy = (*ctx.policy()).clone();
        policy.second_factor = asks;
        ctx.set_policy(policy);
    };
    let offered = async |challenge: &SecretString| {
        let offers = signin::offers_trust(ctx, &Principal::Anonymous, challenge).await;
        offers.unwrap().is_some()
    };
    require(SecondFactor::All);
    let challenge = home.first(ctx, "ann").await;
    assert!(!offered(&challenge).await);
    assert!(known(ctx, ann).await[0].trusted_until.is_none());
    require(SecondFactor::Admins);
    assert!(offered(&challenge).await);
    home.enter(ctx, "ann").await;
    assert!(!offered(&secret("tgo_none")).await);

    // What is wished for where it does not count is not kept for when it would.
    require(SecondFactor::All);
    let mut away = Browser::at("198.51.100.4");
    away.trust(&node, "ann", &app).await;
    require(SecondFactor::Admins);
    away.first(ctx, "ann").await;
}

/// Forgetting a device signs it out, on every node.
#[tokio::test]
async fn a_forgotten_device_is_signed_out() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let (mut home, mut away) = (Browser::at("203.0.113.7"), Browser::at("198.51.100.4"));
    let held = cookie(&home.enter(ctx, "ann").await);
    let stolen = cookie(&away.enter(ctx, "ann").await);
    let herself = who(ctx, &held).await.unwrap();
    who(ctx, &stolen).await.unwrap();
    let mine = devices::list(ctx, &herself, ann).await.unwrap();
    let current: Vec<_> = mine.iter().map(|device| device.is_current).collect();
    assert_eq!(current.iter().filter(|it| **it).count(), 1);
    let other = mine.iter().find(|device| !device.is_current).unwrap();

    let (_, bob) = {
        join(ctx, "bob").await;
        crate::support::enter(ctx, "bob").await
    };
    let refused = devices::forget(ctx, &bob, (bob.user().unwrap(), other.stored.id)).await;
    assert_eq!(code(&refused), "device.missing");
    let refused = devices::forget(ctx, &bob, (ann, other.stored.id)).await;
    assert_eq!(code(&refused), "access.denied");

    devices::forget(ctx, &herself, (ann, other.stored.id))
        .await
        .unwrap();
    assert_eq!(code(&who(ctx, &stolen).await), "session.revoked");
    who(ctx, &held).await.unwrap();
    away.enter(ctx, "ann").await;
    let gone = devices::forget_several(ctx, &herself, (ann, Which::Others)).await;
    assert_eq!(gone.unwrap(), 1);
    who(ctx, &held).await.unwrap();
    let gone = devices::forget_several(ctx, &herself, (ann, Which::All)).await;
    assert_eq!(gone.unwrap(), 1);
    assert_eq!(code(&who(ctx, &held).await), "session.revoked");
}

/// A script that signs in over and over pushes nobody's trusted device out.
#[tokio::test]
async fn an_account_knows_so_many_devices_and_the_least_used_goes() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (by, app, _) = equipped(&node, "ann").await;
    let ann = by.user().unwrap();
    let mut home = Browser::at("203.0.113.7");
    home.trust(&node, "ann", &app).await;
    let trusted = ids(&known(ctx, ann).await)[0];
    let plain = "INSERT INTO devices (id, account_id, hash, created_at, last_used_at) VALUES ($1, $2, $3, $4, $4)";
    for place in 0..60_u8 {
        let id = DeviceId::with_chance(ctx.now(), [place; 16]);
        let later = ctx.now().plus(Duration::from_secs(u64::from(place)));
        let row = tollgate_store::args![id, ann, vec![place; 32], later];
        ctx.db().write_one(plain, row).await.unwrap();
    }
    let mut new = Browser::at("203.0.113.7");
    let challenge = new.first(ctx, "ann").await;
    new.second(ctx, challenge, &app, false).await;
    let left = known(ctx, ann).await;
    assert_eq!(left.len(), 50);
    assert!(ids(&left).contains(&trusted));
    home.enter(ctx, "ann").await;
}

/// asvs:V7.1.2: one more than there may be ends the one that was used least lately.
#[tokio::test]
async fn there_are_no_more_sessions_than_there_may_be() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    let mut policy = (*ctx.policy()).clone();
    policy.session.most = 3;
    ctx.set_policy(policy);
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(cookie(&crate::support::sign_in(ctx, "ann", COOKIE).await));
        node.clock.advance(Duration::from_mins(1));
    }
    who(ctx, &held[0]).await.unwrap();
    node.settle().await;
    let signed_in = crate::support::sign_in(ctx, "ann", TOKENS).await;
    let (access, _) = tokens(&signed_in);
    who(ctx, &tollgate_flows::admit::Credential::Access(access))
        .await
        .unwrap();
    let codes = |outcome: Result<Principal>| code(&outcome);
    assert_eq!(codes(who(ctx, &held[0]).await), "ok", "it was used since");
    assert_eq!(codes(who(ctx, &held[1]).await), "session.revoked");
    assert_eq!(codes(who(ctx, &held[2]).await), "ok");
    let because = "SELECT CAST(count(*) AS BIGINT) AS number FROM events
        WHERE kind = 'session.ended' AND data LIKE '%too_many%' AND subject = $1";
    let ended = crate::support::number(ctx, because, tollgate_store::args![ann]).await;
    assert_eq!(ended, 1);

    let crowd = together(10, |_| {
        let ctx = ctx.clone();
        async move { crate::support::try_in(&ctx, "ann", PASSWORD, COOKIE).await }
    })
    .await;
    assert!(crowd.iter().all(Result::is_ok));
    let live = tollgate_flows::signout::list(ctx, &Principal::Operator, ann).await;
    assert_eq!(live.unwrap().len(), 3);
}
