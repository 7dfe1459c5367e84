//! A server without its walls: real context, real database, a clock that tests
//! move and hashes that cost little. Several may share one database.

use std::{sync::Arc, time::Duration};

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
    password::{Cost, Hasher},
    seal::MasterKey,
};
use tollgate_flows::{
    Ctx, Parts, audit,
    ctx::{
        ChatbotPolicy, PasswordPolicy, Policy, Registration, SessionPolicy, SimpleJwt, TokenPolicy,
        found,
    },
    deliver, keyring, tend,
    watch::Feed,
};
use tollgate_outbound::{
    letters::Letters,
    mail::{Encryption, Mailer, Server, Smtp},
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
}

impl Node {
    /// An installation of its own: on SQLite, or on PostgreSQL with
    /// `TEST_DATABASE_URL` (and Redis with `TEST_REDIS_URL`).
    pub async fn new() -> Self {
        Self::found(FailPoints::none(), None).await
    }

    /// As [`Node::new`], its database with fail-points.
    pub async fn with(fail_points: FailPoints) -> Self {
        Self::found(fail_points, None).await
    }

    /// As [`Node::new`], its mail handed to that server.
    pub async fn mailing(server: &SmtpServer) -> Self {
        Self::found(FailPoints::none(), Some(server.port())).await
    }

    async fn found(fail_points: FailPoints, smtp: Option<u16>) -> Self {
        let ground = Ground {
            folder: tempfile::tempdir().expect("the system has a temporary folder"),
            database: PostgresDatabase::create(),
            master: Entropy.bytes().expect("the system has random numbers"),
            fail_points,
            smtp,
        };
        Self::on(
            Arc::new(ground),
            Clock::fake(Time::from_secs(1_800_000_000)),
        )
        .await
    }

    /// One more node on the same database, with caches of its own.
    pub async fn second(&self) -> Self {
        Self::on(self.ground.clone(), self.clock.clone()).await
    }

    async fn on(ground: Arc<Ground>, clock: Clock) -> Self {
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
            hasher: Hasher::new(cheap, 2, 64),
            mailer: ground.mailer(),
            letters: Letters::load(None).expect("they are built in"),
            clock: clock.clone(),
            entropy: Entropy,
            master,
            policy: policy(),
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
        audit::seal(&self.ctx, &by, ())
            .await
            .expect("events are sealed");
        tend::store_seen(&self.ctx, &by, ())
            .await
            .expect("uses are stored");
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
        let Ok(folder) = std::fs::read_dir(self.ground.folder.path().join("mail")) else {
            return Vec::new();
        };
        folder
            .map(|file| {
                std::fs::read_to_string(file.expect("a mail").path()).expect("a mail in UTF-8")
            })
            .collect()
    }
}

impl Ground {
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
        attempts: Allowance {
            failures: 10,
            window: Duration::from_mins(15),
        },
        address_rate: Rate {
            burst: 10_000,
            per: Duration::from_mins(1),
        },
        password: PasswordPolicy {
            least: 8,
            ..PasswordPolicy::default()
        },
        session: SessionPolicy {
            idle: Duration::from_hours(14 * 24),
            max: Duration::from_hours(90 * 24),
            short_idle: Duration::from_hours(12),
            short_max: Duration::from_hours(24),
            retry_window: Duration::from_secs(10),
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
        sites: Vec::new(),
    }
}
