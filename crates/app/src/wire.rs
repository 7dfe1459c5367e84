//! Puts the house together: from the configuration to the context that verbs
//! reach everything through, and from the surfaces to one router. What is
//! decided here is only which part gets which setting.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

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
    password::{Cost, Hasher, Peppers},
    seal::MasterKey,
};
use tollgate_flows::{
    Address, Ctx, Parts,
    ctx::{
        ChatbotPolicy, Class, EndSessions, PasswordPolicy, Policy, Registration, SessionPolicy,
        SimpleJwt, TokenPolicy, found,
    },
    setup,
};
use tollgate_outbound::{
    letters::Letters,
    mail::{Encryption, Mailer, Server, Smtp},
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
use tollgate_web::{Http, Problem, Web, finish};

use crate::{
    config::{self, Config},
    secrets_file::{self, Made},
    surfaces::Surfaces,
};

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

/// What the operator allows, as the verbs see it.
pub fn policy(config: &Config) -> Policy {
    let (attempts, session, chatbot) = (&config.attempts, &config.session, &config.chatbot);
    Policy {
        public_url: config.server.address(),
        registration: match config.signin.registration {
            config::signin::Registration::Off => Registration::Off,
            config::signin::Registration::Open => Registration::Open,
        },
        attempts: Allowance {
            failures: attempts.per_account,
            window: attempts.window,
        },
        address_rate: address_rate(attempts),
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
        session: SessionPolicy {
            idle: session.idle,
            max: session.max,
            short_idle: session.short_idle,
            short_max: session.short_max,
            retry_window: session.refresh_retry_window,
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
        chatbot: ChatbotPolicy {
            access: chatbot.access,
            refresh: chatbot.refresh,
            simplejwt: match chatbot.simplejwt {
                config::chatbot::SimpleJwt::V5_3 => SimpleJwt::V5_3,
                config::chatbot::SimpleJwt::V5_5 => SimpleJwt::V5_5,
            },
        },
        sites: config.sites.0.clone(),
    }
}

const fn class(said: config::password::Class) -> Class {
    match said {
        config::password::Class::Upper => Class::Upper,
        config::password::Class::Lower => Class::Lower,
        config::password::Class::Digit => Class::Digit,
        config::password::Class::Symbol => Class::Symbol,
    }
}

/// How we are reached, as floor 5 sees it.
pub fn http(config: &Config) -> Http {
    Http {
        public_url: config.server.address(),
        listen: config.server.listen,
        trusted_proxies: config.server.trusted_proxies.clone(),
        cors_origins: config
            .http
            .cors_origins
            .iter()
            .map(config::meant::web::WebOrigin::text)
            .collect(),
        body_limit: config.http.body_limit.bytes() as usize,
        request_timeout: config.http.request_timeout,
    }
}

/// All surfaces, with the layers of the house.
pub fn surfaces(web: &Web, config: &Config) -> Surfaces {
    let mut router = tollgate_api::routes::router()
        .merge(tollgate_console::routes::router())
        .merge(tollgate_manual::routes::router())
        .merge(tollgate_dialects::routes::router(config.chatbot.enabled));
    if !config.server.listen.ip().is_loopback() {
        router = router.route_layer(from_fn_with_state(web.clone(), closed_until_set_up));
    }
    let pages = tollgate_console::refused;
    let router = finish(router, web.clone(), pages);
    Surfaces::new(ForwardAuth::new(web.clone()), router)
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
        Some(url) => (Bus::redis(url)?, Counters::redis(url)?),
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
        letters: letters(&config.mail)?,
        clock: core.clock,
        entropy: core.entropy,
        master: core.master,
        policy: policy(config),
        installation: core.installation,
    })
}

/// Whoever takes our mail.
///
/// # Errors
/// `config.invalid` if the file of authorities is none.
pub fn mailer(mail: &config::mail::Mail) -> Result<Mailer> {
    use config::mail::Delivery;

    let from = mail.from.to_string();
    let url = match (mail.delivery, &mail.url) {
        (Delivery::Smtp, Some(url)) => url,
        (Delivery::Log, _) => return Ok(Mailer::Log),
        _ => {
            let folder = mail.folder.clone();
            return Ok(Mailer::Folder { folder, from });
        }
    };
    let server = Server {
        host: url.host().to_owned(),
        port: url.port(),
        encryption: match url.is_tls() {
            true => Encryption::Tls,
            false if url.is_loopback() || mail.allow_plain => Encryption::None,
            false => Encryption::StartTls,
        },
        user: url.user(),
        password: mail.password.as_deref().cloned(),
        roots: mail.tls_root_file.clone(),
        patience: mail.timeout,
        from,
    };
    Ok(Mailer::Smtp(Arc::new(Smtp::new(server)?)))
}

/// What our mail says.
///
/// # Errors
/// `config.invalid` if a template cannot be used.
pub fn letters(mail: &config::mail::Mail) -> Result<Letters> {
    Letters::load(mail.templates.as_deref())
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

    use super::{Use, http, open, surfaces};
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
        let web = Web::new(ctx.clone(), http(&public));
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
