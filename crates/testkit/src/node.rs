//! A server without its walls: real context, real database, a clock that tests
//! move and hashes that cost little. Several may share one database.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::sync::Mutex;
use tollgate_base::{
    SecretString,
    access::Principal,
    entropy::Entropy,
    fail::FailPoints,
    time::{Clock, Time},
};
use tollgate_crypto::{
    jwt::Algorithm,
    password::{Cost, Hasher, Peppers},
    seal::MasterKey,
};
use tollgate_flows::{
    Ctx, Parts, alerts, audit,
    ctx::{
        AlertPolicy, AuditPolicy, Binding, ByMail, ChatbotPolicy, CompliancePolicy, Confirmation,
        DevicePolicy, PasswordPolicy, Policy, Proof, Registration, SecondFactor, SentCodes,
        SessionPolicy, SimpleJwt, SpreadPolicy, TokenPolicy, found,
    },
    deliver, keyring, tend,
    watch::Feed,
    webhooks,
};
use tollgate_outbound::{
    breaches::Breaches,
    channels::Channels,
    countries::Countries,
    courier::Courier,
    letters::Letters,
    mail::{Encryption, Mailer, Server, Smtp},
    reach::Reach,
    sms::Texter,
};
use tollgate_records::{attempts::Allowance, schema};
use tollgate_store::{
    bus::Bus,
    counters::{Counters, Rate},
    migrate,
    sql::{Db, Settings},
};

use crate::services::{PostgresDatabase, SMTP_PASSWORD, SMTP_USER, SmtpServer, redis_url};

/// The chatbot dialect's shared secret in tests.
pub const CHATBOT_SECRET: &str = "a shared secret of tests, 32 bytes and more";

/// How long a mail server in tests may take, by the machine's clock.
const SMTP_PATIENCE: Duration = Duration::from_secs(2);

/// How long a receiver of webhooks in tests may take, by the machine's clock.
const CALL_PATIENCE: Duration = Duration::from_millis(500);

/// A running server as far as verbs are concerned.
pub struct Node {
    /// Everything that a verb may reach.
    pub ctx: Ctx,
    /// The clock of this node and of all that share its database.
    pub clock: Clock,
    feed: Mutex<Feed>,
    ground: Arc<Ground>,
}

/// What nodes share.
struct Ground {
    folder: TempDir,
    database: Option<PostgresDatabase>,
    master: [u8; 32],
    fail_points: FailPoints,
    smtp: Option<u16>,
    texter: Option<Texter>,
    /// What vouches for receivers of webhooks, which may be on this machine then.
    roots: Option<PathBuf>,
    channels: Channels,
    alerts: AlertPolicy,
    countries: Countries,
}

/// What a node has that others do not.
struct Wanted {
    fail_points: FailPoints,
    smtp: Option<u16>,
    texter: Option<Texter>,
    breaches: Breaches,
    roots: Option<PathBuf>,
    channels: Channels,
    alerts: AlertPolicy,
    countries: Countries,
}

impl Wanted {
    fn nothing() -> Self {
        Self {
            fail_points: FailPoints::none(),
            smtp: None,
            texter: None,
            breaches: Breaches::default(),
            roots: None,
            channels: Channels::default(),
            alerts: AlertPolicy::default(),
            countries: Countries::default(),
        }
    }
}

impl Node {
    /// An installation of its own: on SQLite, or on PostgreSQL with
    /// `TEST_DATABASE_URL` (and Redis with `TEST_REDIS_URL`).
    pub async fn new() -> Self {
        Self::found(Wanted::nothing()).await
    }

    /// As [`Node::new`], its database with fail-points.
    pub async fn with(fail_points: FailPoints) -> Self {
        Self::found(Wanted {
            fail_points,
            ..Wanted::nothing()
        })
        .await
    }

    /// As [`Node::new`], its mail handed to that server.
    pub async fn mailing(server: &SmtpServer) -> Self {
        Self::found(Wanted {
            smtp: Some(server.port()),
            ..Wanted::nothing()
        })
        .await
    }

    /// As [`Node::new`], its texts handed to that one.
    pub async fn texting(texter: Texter) -> Self {
        Self::found(Wanted {
            texter: Some(texter),
            ..Wanted::nothing()
        })
        .await
    }

    /// As [`Node::new`], asking these about new passwords.
    pub async fn asking(breaches: Breaches) -> Self {
        Self::found(Wanted {
            breaches,
            ..Wanted::nothing()
        })
        .await
    }

    /// As [`Node::new`], its webhooks trusting what that file vouches for, also on this
    /// machine.
    pub async fn calling(roots: PathBuf) -> Self {
        Self::found(Wanted {
            roots: Some(roots),
            ..Wanted::nothing()
        })
        .await
    }

    /// As [`Node::new`], its alerts told there.
    pub async fn telling(channels: Channels, alerts: AlertPolicy) -> Self {
        Self::found(Wanted {
            channels,
            alerts,
            ..Wanted::nothing()
        })
        .await
    }

    /// As [`Node::new`], its mail handed to that server, alerts among it.
    pub async fn mailing_alerts(server: &SmtpServer, alerts: AlertPolicy) -> Self {
        Self::found(Wanted {
            smtp: Some(server.port()),
            alerts,
            ..Wanted::nothing()
        })
        .await
    }

    /// As [`Node::new`], addresses being in these countries.
    pub async fn among(countries: Countries) -> Self {
        Self::found(Wanted {
            countries,
            ..Wanted::nothing()
        })
        .await
    }

    async fn found(wanted: Wanted) -> Self {
        let ground = Ground {
            folder: tempfile::tempdir().expect("the system has a temporary folder"),
            database: PostgresDatabase::create(),
            master: Entropy.bytes().expect("the system has random numbers"),
            fail_points: wanted.fail_points,
            smtp: wanted.smtp,
            texter: wanted.texter,
            roots: wanted.roots,
            channels: wanted.channels,
            alerts: wanted.alerts,
            countries: wanted.countries,
        };
        let clock = Clock::fake(Time::from_secs(1_800_000_000));
        Self::on(Arc::new(ground), clock, Peppers::default(), wanted.breaches).await
    }

    /// One more node on the same database, with caches of its own.
    pub async fn second(&self) -> Self {
        self.peppered(Peppers::default()).await
    }

    /// The same, its operator having set these peppers.
    pub async fn peppered(&self, peppers: Peppers) -> Self {
        let (ground, clock) = (self.ground.clone(), self.clock.clone());
        Self::on(ground, clock, peppers, Breaches::default()).await
    }

    async fn on(ground: Arc<Ground>, clock: Clock, peppers: Peppers, breaches: Breaches) -> Self {
        // Whoever waits for it is not as large as all that it does.
        Box::pin(Self::built(ground, clock, peppers, breaches)).await
    }

    async fn built(
        ground: Arc<Ground>,
        clock: Clock,
        peppers: Peppers,
        breaches: Breaches,
    ) -> Self {
        let mut settings = Settings::new(ground.url());
        settings.fail_points = ground.fail_points.clone();
        let db = Db::open(settings).await.expect("the database opens");
        migrate::run(&db, schema::MIGRATIONS, clock.now())
            .await
            .expect("the database migrates");
        let master = MasterKey::from_bytes(&ground.master);
        let installation = found(&db, &Entropy, &master)
            .await
            .expect("the installation is founded");
        let cheap = Cost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let parts = Parts {
            db,
            bus: redis_url().map_or_else(Bus::local, |url| {
                Bus::redis(&url.into()).expect("a Redis URL")
            }),
            counters: Counters::memory(),
            hasher: Hasher::new(cheap, 2, 64).with_peppers(peppers),
            mailer: ground.mailer(),
            texter: ground.texter(),
            breaches,
            countries: ground.countries.clone(),
            letters: Letters::load(None).expect("they are built in"),
            courier: ground.courier(),
            channels: ground.channels.clone(),
            clock: clock.clone(),
            entropy: Entropy,
            master,
            policy: Policy {
                alerts: ground.alerts.clone(),
                ..policy()
            },
            installation,
        };
        let ctx = Ctx::new(parts).expect("the context stands");
        let secret = SecretString::from(CHATBOT_SECRET);
        keyring::load(&ctx, &Principal::Chore("start"), Some(secret))
            .await
            .expect("the keys load");
        let node = Self {
            ctx,
            clock,
            feed: Mutex::default(),
            ground,
        };
        node.settle().await;
        node
    }

    /// Run one round of every chore.
    pub async fn settle(&self) {
        let by = Principal::Chore("test");
        deliver::deliver(&self.ctx, &by, ())
            .await
            .expect("mail is delivered");
        deliver::texts(&self.ctx, &by, ())
            .await
            .expect("texts are delivered");
        audit::seal(&self.ctx, &by, ())
            .await
            .expect("events are sealed");
        tend::store_seen(&self.ctx, &by, ())
            .await
            .expect("uses are stored");
        webhooks::deliver(&self.ctx, &by, ())
            .await
            .expect("events are sent");
        alerts::watch(&self.ctx, &by, ())
            .await
            .expect("alerts are raised");
        alerts::tell(&self.ctx, &by, ())
            .await
            .expect("alerts are told");
        self.follow().await;
    }

    /// Hear of what other nodes did.
    pub async fn follow(&self) {
        let by = Principal::Chore("test");
        self.feed
            .lock()
            .await
            .follow(&self.ctx, &by)
            .await
            .expect("the feed is read");
    }

    /// The texts of all mails that were sent, in no order.
    pub fn mails(&self) -> Vec<String> {
        self.ground.messages("mail")
    }

    /// The texts that were sent, in no order.
    pub fn texts(&self) -> Vec<String> {
        self.ground.messages("texts")
    }

    /// Those of them that lead to a page, such as `/reset`.
    pub fn mails_to(&self, page: &str) -> Vec<String> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.contains(&format!("{page}#")));
        mails
    }
}

impl Ground {
    fn courier(&self) -> Courier {
        let here = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().expect("a network"));
        let reach = match self.roots {
            Some(_) => Reach::with(here.to_vec()),
            None => Reach::default(),
        };
        Courier::new(reach, self.roots.as_deref(), CALL_PATIENCE).expect("it is well set")
    }

    fn texter(&self) -> Texter {
        let folder = || Texter::Folder(self.folder.path().join("texts"));
        self.texter.clone().unwrap_or_else(folder)
    }

    fn messages(&self, folder: &str) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join(folder)) else {
            return Vec::new();
        };
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            std::fs::read_to_string(file.expect("a message").path()).expect("it is in UTF-8")
        };
        folder.map(read).collect()
    }

    fn mailer(&self) -> Mailer {
        let Some(port) = self.smtp else {
            return Mailer::Folder {
                folder: self.folder.path().join("mail"),
                from: "Tollgate <tollgate@localhost>".into(),
            };
        };
        let server = Server {
            host: "127.0.0.1".into(),
            port,
            encryption: Encryption::None,
            user: Some(SMTP_USER.into()),
            password: Some(SMTP_PASSWORD.into()),
            roots: None,
            patience: SMTP_PATIENCE,
            from: "Tollgate <tollgate@example.org>".into(),
        };
        Mailer::Smtp(Arc::new(Smtp::new(server).expect("it is well set")))
    }

    fn url(&self) -> SecretString {
        match &self.database {
            Some(database) => database.url().into(),
            None => format!(
                "sqlite://{}",
                self.folder.path().join("tollgate.db").display()
            )
            .into(),
        }
    }
}

/// Open registration, and limits that tests seldom meet by chance.
fn policy() -> Policy {
    Policy {
        public_url: "http://localhost:8700".into(),
        registration: Registration::Open,
        by_mail: ByMail::Off,
        attempts: Allowance {
            failures: 10,
            window: Duration::from_mins(15),
        },
        spread: SpreadPolicy {
            per_network: 20,
            house: 100,
            proof: Proof::Bits(8),
        },
        address_rate: Rate {
            burst: 10_000,
            per: Duration::from_mins(1),
        },
        related_origins: Vec::new(),
        second_factor: SecondFactor::Offered,
        recovery_wait: Duration::from_hours(24),
        password: PasswordPolicy {
            least: 8,
            ..PasswordPolicy::default()
        },
        sent_codes: SentCodes::default(),
        session: SessionPolicy {
            idle: Duration::from_hours(14 * 24),
            max: Duration::from_hours(90 * 24),
            short_idle: Duration::from_hours(12),
            short_max: Duration::from_hours(24),
            retry_window: Duration::from_secs(10),
            most: 0,
            binding: Binding::Off,
        },
        devices: DevicePolicy {
            trust: Some(Duration::from_hours(30 * 24)),
            confirm: Confirmation::Off,
        },
        compliance: CompliancePolicy {
            dormant: Duration::from_hours(90 * 24),
            unused: Duration::from_hours(30 * 24),
            unverified: Duration::from_hours(90 * 24),
            admins: 5,
            key_age: Duration::from_hours(365 * 24),
            backup: Duration::from_hours(7 * 24),
        },
        tokens: TokenPolicy {
            access: Duration::from_mins(5),
            algorithm: Algorithm::EdDsa,
            issuer: "http://localhost:8700".into(),
            audience: "tollgate".into(),
        },
        chatbot: ChatbotPolicy {
            access: Duration::from_hours(1),
            refresh: Duration::from_hours(14 * 24),
            simplejwt: SimpleJwt::V5_5,
        },
        audit: AuditPolicy::default(),
        alerts: AlertPolicy::default(),
        sites: Vec::new(),
    }
}
