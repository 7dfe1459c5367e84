//! Puts the house together: from the configuration to the context that verbs
//! reach everything through, and from the surfaces to one router. What is
//! decided here is only which part gets which setting.

mod edge;
mod outbound;

use std::time::{Duration, Instant};

use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tollgate_api::ForwardAuth;
use tollgate_base::{
    Error, Result, SecretString, access::Principal, codes, entropy::Entropy, time::Clock,
};
use tollgate_crypto::{
    jwt::Algorithm,
    mac::mac,
    password::{Cost, Hasher, Peppers},
    seal::MasterKey,
};
use tollgate_flows::{
    Address, Countries, Ctx, Parts,
    ctx::{
        AuditPolicy, Binding, ByMail, CharacterClass, ChatbotPolicy, CompliancePolicy,
        Confirmation, DevicePolicy, EndSessions, Keep, PasswordPolicy, Policy, Proof, Registration,
        SecondFactor, SentCodes, SessionPolicy, Setting, SimpleJwt, SpreadPolicy, TokenPolicy,
        found,
    },
    setup,
};
use tollgate_records::{
    attempts::Allowance,
    installation::{self, Installation},
    schema,
};
use tollgate_store::{
    bus::Bus,
    counters::{Counters, Rate},
    migrate,
    sql::{Db, Settings},
};
use tollgate_web::{Problem, Web, finish};

use crate::{
    config::{self, Config, Loaded, fault::Origin, meant::web::WebOrigin},
    secrets_file::{self, Made},
    surfaces::Surfaces,
};

use outbound::{alert_policy, breaches, channels, countries, courier, whole_breaches};

pub use edge::http;
pub use outbound::{check_files, letters, mailer, texter};

/// What answers before there is an administrator, wherever we listen.
const OPEN_BEFORE_SETUP: [&str; 6] = [
    "/",
    "/setup",
    "/password/strength",
    "/preferences",
    "/livez",
    "/readyz",
];
/// And whatever is below these.
const STATIC: [&str; 3] = ["/static/", "/.tollgate/static/", "/docs/"];

/// For whom the parts are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A server: it shares rate windows and wake-ups with other nodes.
    Server,
    /// A command that soon ends: servers read of its changes in the events.
    Command,
}

/// What opening the installation found.
#[derive(Debug)]
pub struct Opening {
    /// Whether the data folder was there.
    pub data: Made,
    /// Whether the secrets file was there.
    pub secrets: Made,
    /// The version of the schema, after migrations.
    pub schema: i64,
    /// How long opening and migrating the database took.
    pub took: Duration,
    /// What the operator should hear: sentences.
    pub warnings: Vec<String>,
}

/// The database alone, as it is: nothing is migrated.
///
/// # Errors
/// `store.down` and the others of [`Db::open`], `file.failed`.
pub async fn database(config: &Config) -> Result<Db> {
    secrets_file::make_folder(&config.server.data_dir)?;
    let mut settings = Settings::new(config.database.url.to_secret());
    settings
        .tls_root_file
        .clone_from(&config.database.tls_root_file);
    #[cfg(debug_assertions)]
    {
        settings.fail_points = crate::fail_points::from_environment();
    }
    Db::open(settings).await
}

/// Open the installation, or make it if this is its first start.
///
/// # Errors
/// `secrets.mismatch`, `migration.failed`, `file.failed`, `config.invalid`,
/// `store.down` and the others of [`Db::open`].
pub async fn open(config: &Config, purpose: Use) -> Result<(Ctx, Opening)> {
    open_at(config, purpose, Clock::machine()).await
}

/// The same by another clock than the machine's.
///
/// # Errors
/// As [`open`].
pub async fn open_at(config: &Config, purpose: Use, clock: Clock) -> Result<(Ctx, Opening)> {
    let data = secrets_file::make_folder(&config.server.data_dir)?;
    let (entropy, begun) = (Entropy, Instant::now());
    let db = database(config).await?;
    let report = migrate::run(&db, schema::MIGRATIONS, clock.now()).await?;
    let took = begun.elapsed();
    let (master, secrets) = master_key(config, installation::read(&db).await?.as_ref(), &entropy)?;
    let facts = found(&db, &entropy, &master).await?;
    let folder = secrets_file::too_open(&config.server.data_dir);
    let warnings = folder
        .into_iter()
        .chain(secrets_file::too_open(&config.secrets.file))
        .collect();
    let ctx = assemble(
        config,
        purpose,
        Core {
            db,
            master,
            installation: facts,
            clock,
            entropy,
        },
    )?;
    Ok((
        ctx,
        Opening {
            data,
            secrets,
            schema: report.version,
            took,
            warnings,
        },
    ))
}

/// A database that holds nothing yet, for a backup to be read into. The secrets
/// file has to be there already: what is in the backup was sealed with it.
///
/// # Errors
/// As [`open`].
pub async fn open_for_restore(config: &Config) -> Result<Ctx> {
    let missing = || {
        let detail = format!("{} is missing.", config.secrets.file.display());
        Error::new(&codes::SECRETS_MISMATCH).detail(detail)
    };
    let master = secrets_file::read(&config.secrets.file)?.ok_or_else(missing)?;
    let (clock, entropy) = (Clock::machine(), Entropy);
    let db = database(config).await?;
    migrate::run(&db, schema::MIGRATIONS, clock.now()).await?;
    let facts = Installation {
        id: String::new(),
        epoch: 0,
        not_before: clock.now(),
        master_key_id: master.id(),
        set_up_at: None,
    };
    assemble(
        config,
        Use::Command,
        Core {
            db,
            master,
            installation: facts,
            clock,
            entropy,
        },
    )
}

/// How many zero bits a proof of work has: about a second of a browser's time.
const WORK: u32 = 18;
/// Settings that are about security: whole tables, and single ones of others.
const SECURITY: [&str; 22] = [
    "profile",
    "public_url",
    "trusted_proxies",
    "signin",
    "passkeys",
    "password",
    "recovery",
    "session",
    "devices",
    "tokens",
    "compliance",
    "limits",
    "network",
    "tls",
    "http",
    "audit",
    "alerts",
    "contact",
    "webhooks",
    "mail.allow_plain",
    "sms.allow_plain",
    "metrics_listen",
];

/// The settings in force that are about security, and where each was set.
pub fn settings(loaded: &Loaded) -> Vec<Setting> {
    let about = |row: &config::Row| {
        let table = row.key.split('.').next().unwrap_or_default();
        SECURITY.contains(&table) || SECURITY.contains(&row.key)
    };
    let setting = |row: config::Row| Setting {
        key: row.key,
        value: row.value,
        origin: (row.origin != Origin::BuiltIn).then(|| row.origin.to_string()),
    };
    let rows = config::show(loaded).into_iter();
    rows.filter(about).map(setting).collect()
}

/// What the operator allows, as the verbs see it.
pub fn policy(config: &Config) -> Policy {
    let (attempts, session, chatbot) = (&config.attempts, &config.session, &config.chatbot);
    Policy {
        public_url: config.server.address(),
        registration: match config.signin.registration {
            config::signin::Registration::Off => Registration::Off,
            config::signin::Registration::Open => Registration::Open,
        },
        by_mail: match config.signin.by_mail {
            _ if config.server.profile == config::server::Profile::Strict => ByMail::Off,
            config::signin::ByMail::Off => ByMail::Off,
            config::signin::ByMail::Link => ByMail::Link,
            config::signin::ByMail::Code => ByMail::Code,
        },
        second_factor: second_factor(config.signin.second_factor),
        recovery_wait: config.recovery.wait,
        attempts: Allowance {
            failures: attempts.per_account,
            window: attempts.window,
        },
        spread: SpreadPolicy {
            per_network: attempts.per_network,
            house: attempts.in_all,
            proof: match config.signin.proof {
                config::signin::Proof::Off => Proof::Off,
                config::signin::Proof::Auto => Proof::Bits(WORK),
            },
        },
        address_rate: address_rate(attempts),
        related_origins: config
            .passkeys
            .related_origins
            .iter()
            .map(WebOrigin::text)
            .collect(),
        password: PasswordPolicy {
            least: config.password.min_length as usize,
            history: config.password.history,
            end_sessions: match config.password.end_sessions {
                config::password::EndSessions::Offer => EndSessions::Offer,
                config::password::EndSessions::Always => EndSessions::Always,
            },
            require: config.password.require.iter().copied().map(class).collect(),
            words: config.password.context_words.clone(),
            host: Address::parse(&config.server.address())
                .map(|address| address.hostname().to_owned())
                .unwrap_or_default(),
        },
        sent_codes: match config.server.profile {
            config::server::Profile::Strict => SentCodes::default(),
            config::server::Profile::Standard => SentCodes {
                email: config.signin.email_codes,
                sms: config.signin.sms_codes,
            },
        },
        session: SessionPolicy {
            idle: session.idle,
            max: session.max,
            short_idle: session.short_idle,
            short_max: session.short_max,
            retry_window: session.refresh_retry_window,
            most: session.most,
            binding: match session.bind {
                config::session::Bind::Off => Binding::Off,
                config::session::Bind::Device => Binding::Device,
                config::session::Bind::Network => Binding::Network,
            },
        },
        devices: DevicePolicy {
            trust: config.devices.trust.0,
            confirm: match config.devices.confirm {
                config::devices::Confirm::Off => Confirmation::Off,
                config::devices::Confirm::Device => Confirmation::Device,
                config::devices::Confirm::Network => Confirmation::Network,
            },
        },
        compliance: CompliancePolicy {
            dormant: config.compliance.dormant,
            unused: config.compliance.unused,
            unverified: config.compliance.unverified,
            admins: config.compliance.admins,
            key_age: config.compliance.key_age,
            backup: config.compliance.backup,
        },
        tokens: TokenPolicy {
            access: config.tokens.access,
            algorithm: match config.tokens.algorithm {
                config::tokens::Algorithm::EdDsa => Algorithm::EdDsa,
                config::tokens::Algorithm::Es256 => Algorithm::Es256,
                config::tokens::Algorithm::Rs256 => Algorithm::Rs256,
            },
            issuer: config.tokens.issuer.as_str().to_owned(),
            audience: config.tokens.audience.clone(),
        },
        audit: AuditPolicy {
            keep: Keep {
                sign_ins: config.audit.keep_sign_ins.0,
                security: config.audit.keep_security.0,
                administration: config.audit.keep_administration.0,
                operation: config.audit.keep_operation.0,
            },
            checkpoint_every: config.audit.checkpoint_every,
            checkpoint_events: config.audit.checkpoint_events,
            syslog: outbound::syslog(config),
        },
        chatbot: ChatbotPolicy {
            access: chatbot.access,
            refresh: chatbot.refresh,
            simplejwt: match chatbot.simplejwt {
                config::chatbot::SimpleJwt::V5_3 => SimpleJwt::V5_3,
                config::chatbot::SimpleJwt::V5_5 => SimpleJwt::V5_5,
            },
        },
        alerts: alert_policy(&config.alerts),
        sites: config.sites.0.clone(),
    }
}

const fn second_factor(said: config::signin::SecondFactor) -> SecondFactor {
    match said {
        config::signin::SecondFactor::Off => SecondFactor::Off,
        config::signin::SecondFactor::Offered => SecondFactor::Offered,
        config::signin::SecondFactor::Founder => SecondFactor::Founder,
        config::signin::SecondFactor::Admins => SecondFactor::Admins,
        config::signin::SecondFactor::Managers => SecondFactor::Managers,
        config::signin::SecondFactor::All => SecondFactor::All,
    }
}

const fn class(said: config::password::Class) -> CharacterClass {
    match said {
        config::password::Class::Upper => CharacterClass::Upper,
        config::password::Class::Lower => CharacterClass::Lower,
        config::password::Class::Digit => CharacterClass::Digit,
        config::password::Class::Symbol => CharacterClass::Symbol,
    }
}

/// All surfaces, with the layers of the house.
pub fn surfaces(web: &Web, config: &Config) -> Surfaces {
    let mut router = tollgate_api::routes::router()
        .merge(tollgate_console::routes::router())
        .merge(tollgate_manual::routes::router())
        .merge(tollgate_dialects::routes::router(config.chatbot.enabled));
    let secure = config.tls.files().map(|_| config.tls.listen);
    let mut listens = [Some(config.server.listen), secure].into_iter().flatten();
    if listens.any(|listen| !listen.ip().is_loopback()) {
        router = router.route_layer(from_fn_with_state(web.clone(), closed_until_set_up));
    }
    let pages = tollgate_console::refused;
    let router = finish(router, web.clone(), pages);
    let surfaces = Surfaces::new(ForwardAuth::new(web.clone()), router);
    match config.traces.endpoint {
        Some(_) => surfaces.traced(web.clone()),
        None => surfaces,
    }
}

/// Where strangers can reach us, nothing but setting up, health, the manual and
/// static files answers before there is an administrator.
async fn closed_until_set_up(
    State(web): State<Web>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let path = request.uri().path();
    let open =
        OPEN_BEFORE_SETUP.contains(&path) || STATIC.iter().any(|folder| path.starts_with(folder));
    if !open && setup::is_open(web.ctx(), &Principal::Anonymous, ()).await? {
        return Err(Error::new(&codes::SETUP_REQUIRED).into());
    }
    Ok(next.run(request).await)
}

/// The secret that the chatbot's tokens are signed with, if the operator has one.
pub fn chatbot_secret(config: &Config) -> Option<SecretString> {
    config.chatbot.secret.as_deref().cloned()
}

/// The parts on which the others rest.
struct Core {
    db: Db,
    master: MasterKey,
    installation: Installation,
    clock: Clock,
    entropy: Entropy,
}

fn assemble(config: &Config, purpose: Use, core: Core) -> Result<Ctx> {
    let redis = config.redis.url.as_ref().filter(|_| purpose == Use::Server);
    let redis = redis.map(config::meant::backend::RedisUrl::to_secret);
    let (bus, counters) = match &redis {
        Some(url) => {
            let key = mac(&core.master.derive("rate windows"), &[b"redis"]);
            (Bus::redis(url)?, Counters::redis(url, &key)?)
        }
        None => (Bus::local(), Counters::memory()),
    };
    let password = &config.password;
    let peppers = password.peppers.iter().map(|pepper| (**pepper).clone());
    let cost = Cost::new(password.memory_kib, password.passes, password.lanes)?;
    Ctx::new(Parts {
        db: core.db,
        bus,
        counters,
        hasher: Hasher::new(cost, password.slots, password.queue)
            .with_peppers(Peppers::new(peppers)),
        mailer: mailer(&config.mail)?,
        texter: texter(&config.sms)?,
        breaches: match purpose {
            Use::Server => whole_breaches(&config.password)?,
            Use::Command => breaches(&config.password)?,
        },
        // Commands ask nobody where they are.
        countries: match purpose {
            Use::Server => countries(&config.network)?,
            Use::Command => Countries::default(),
        },
        letters: letters(&config.mail)?,
        courier: courier(&config.webhooks)?,
        channels: channels(&config.alerts)?,
        clock: core.clock,
        entropy: core.entropy,
        master: core.master,
        policy: policy(config),
        installation: core.installation,
    })
}

/// The master key of this installation. A new one is only made for a database
/// that nothing was sealed in yet.
fn master_key(
    config: &Config,
    facts: Option<&Installation>,
    entropy: &Entropy,
) -> Result<(MasterKey, Made)> {
    let path = &config.secrets.file;
    if let Some(key) = secrets_file::read(path)? {
        return Ok((key, Made::Before));
    }
    if facts.is_some() {
        let detail = format!(
            "The database was set up before, but {} is missing.",
            path.display()
        );
        return Err(Error::new(&codes::SECRETS_MISMATCH).detail(detail));
    }
    if let Some(folder) = path.parent() {
        secrets_file::make_folder(folder)?;
    }
    secrets_file::create(path, entropy)
}

/// A full bucket and the time that it takes to fill.
fn address_rate(attempts: &config::signin::Attempts) -> Rate {
    let (burst, per_minute) = (attempts.address_burst, attempts.address_per_minute);
    Rate {
        burst,
        per: Duration::from_mins(1) * burst / per_minute,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use axum::{
        body::Body,
        http::{Request, StatusCode},
    };
    use tempfile::tempdir;
    use tollgate_base::{access::Principal, identifier::Username};
    use tollgate_flows::{
        Applicant,
        setup::{self, Condition},
    };
    use tollgate_web::Web;

    use super::{Use, http, open, policy, surfaces};
    use crate::{
        config::{Config, load, sources::Sources},
        surfaces::Surfaces,
    };

    fn config(flags: &[(&str, &str)]) -> Config {
        let flags = flags
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let sources = Sources {
            flags: flags.collect(),
            ..Sources::default()
        };
        load(&sources).unwrap().config
    }

    /// asvs:V6.3.6, asvs:V6.6.1
    #[test]
    fn the_strict_profile_sends_no_codes() {
        let wanted = ("signin.email_codes", "true");
        let sends = |flags: &[(&str, &str)]| policy(&config(flags)).sent_codes.email;
        assert!(sends(&[wanted]));
        assert!(!sends(&[]) && !sends(&[wanted, ("profile", "strict")]));
        let by_mail = ("signin.by_mail", "link");
        let opens = |flags: &[(&str, &str)]| policy(&config(flags)).by_mail != super::ByMail::Off;
        assert!(opens(&[by_mail]) && !opens(&[by_mail, ("profile", "strict")]));
    }

    async fn status(surfaces: &Surfaces, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        surfaces.clone().answer(peer, request).await.status()
    }

    #[tokio::test]
    async fn in_public_nothing_answers_before_there_is_an_administrator() {
        let folder = tempdir().unwrap();
        let data = folder.path().display().to_string();
        let public = config(&[("data_dir", &data), ("listen", "0.0.0.0:1")]);
        let (ctx, _) = open(&public, Use::Command).await.unwrap();
        let web = Web::new(ctx.clone(), http(&public, ctx.countries()));
        let closed = surfaces(&web, &public);
        for path in [
            "/",
            "/setup",
            "/static/pages.0123456789abcdef.css",
            "/.tollgate/static/pages.0123456789abcdef.css",
            "/docs/",
            "/livez",
        ] {
            assert_eq!(status(&closed, path).await, StatusCode::OK, "{path}");
        }
        for path in ["/reset", "/auth/status/", "/api/v1/me"] {
            assert_eq!(status(&closed, path).await, StatusCode::FORBIDDEN, "{path}");
        }
        let private = surfaces(&web, &config(&[("data_dir", &data)]));
        assert_eq!(
            status(&private, "/reset").await,
            StatusCode::OK,
            "this machine trusts itself"
        );

        let admin = Applicant {
            email: None,
            username: Some(Username::parse("ann").unwrap()),
            display_name: None,
            password: None,
        };
        setup::create_admin(&ctx, &Principal::Operator, (admin, Condition::First))
            .await
            .unwrap();
        assert_eq!(status(&closed, "/reset").await, StatusCode::OK);
        assert_eq!(
            status(&closed, "/api/v1/me").await,
            StatusCode::UNAUTHORIZED
        );
        ctx.db().close().await;
    }
}
