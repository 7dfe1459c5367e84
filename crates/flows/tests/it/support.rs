//! What the stories share: people who sign up and in, credentials of every
//! kind, crowds that act at once, and a look into the tables.

use std::{future::Future, time::Duration};

use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tollgate_base::{
    ExposeSecret, Result, SecretString,
    access::{Principal, Role},
    entropy::Entropy,
    error::Kind,
    id::{KeyId, UserId},
    identifier::{Email, Identifier, Username},
    time::Clock,
};
use tollgate_crypto::{
    jwt::{SigningKey, sign_plain},
    password::{Cost, Hasher},
    seal::MasterKey,
};
use tollgate_flows::{
    Applicant, ClientProfile, Countries, Credentials, Ctx, Opening, Parts, Renewed, SignedIn,
    UserAgent, account,
    admit::{self, Credential, Place},
    backup::{self, Sessions},
    ctx::found,
    keyring::{self, KeyView},
    password::{self, AskReset, ChangePassword, ResetPassword},
    refresh::{self, Refresh},
    setup::{self, Condition},
    signin::{self, SignIn, Step},
    signup::{self, SignUp},
    verify,
};
use tollgate_outbound::{
    breaches::Breaches, channels::Channels, courier::Courier, letters::Letters, mail::Mailer,
    reach::Reach, sms::Texter,
};
use tollgate_records::{schema, sessions::Device};
use tollgate_store::{
    bus::Bus,
    counters::Counters,
    migrate,
    sql::{Db, Settings, Value},
};
use tollgate_testkit::{
    node::{CHATBOT_SECRET, Node},
    services::PostgresDatabase,
};

/// The password of everybody, unless a story gives another.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// A password to change to.
pub(crate) const OTHER_PASSWORD: &str = "purple monkey dishwasher";
/// A cookie for a session that ends soon.
pub(crate) const COOKIE: Opening = Opening::Cookie { remember: false };
/// A token pair for a session that lives long.
pub(crate) const TOKENS: Opening = Opening::Tokens { remember: true };

/// Secrets from text.
pub(crate) fn secret(text: impl Into<String>) -> SecretString {
    SecretString::from(text.into())
}

/// Somebody called `name`, at `name@example.org`.
pub(crate) fn applicant(name: &str) -> Applicant {
    Applicant {
        email: Some(email(&format!("{name}@example.org"))),
        username: Some(Username::parse(name).unwrap()),
        display_name: None,
        password: Some(secret(PASSWORD)),
    }
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// Sign somebody up.
pub(crate) async fn join(ctx: &Ctx, name: &str) -> UserId {
    try_join(ctx, applicant(name)).await.unwrap()
}

pub(crate) async fn try_join(ctx: &Ctx, applicant: Applicant) -> Result<UserId> {
    let request = SignUp {
        applicant,
        address: None,
        locale: None,
        client: ClientProfile::NATIVE,
    };
    let made = signup::signup(ctx, &Principal::Anonymous, request).await?;
    Ok(made.account.id)
}

/// The same without the mail that follows: nothing waits to be sent.
pub(crate) async fn join_quietly(ctx: &Ctx, name: &str) -> UserId {
    let id = join(ctx, name).await;
    let sql = "DELETE FROM jobs";
    ctx.db().write_one(sql, Vec::new()).await.unwrap();
    id
}

/// Make an administrator and sign them in.
pub(crate) async fn boss(ctx: &Ctx, name: &str) -> (UserId, Principal) {
    let wanted = (applicant(name), Condition::Always);
    setup::create_admin(ctx, &Principal::Operator, wanted)
        .await
        .unwrap();
    enter(ctx, name).await
}

/// Sign in by cookie: who it is, and as whom they act.
pub(crate) async fn enter(ctx: &Ctx, name: &str) -> (UserId, Principal) {
    let signed_in = sign_in(ctx, name, COOKIE).await;
    let principal = who(ctx, &cookie(&signed_in)).await.unwrap();
    (signed_in.account.account.id, principal)
}

/// Sign in with [`PASSWORD`].
pub(crate) async fn sign_in(ctx: &Ctx, login: &str, opening: Opening) -> SignedIn {
    try_in(ctx, login, PASSWORD, opening).await.unwrap()
}

pub(crate) async fn try_in(
    ctx: &Ctx,
    login: &str,
    password: &str,
    opening: Opening,
) -> Result<SignedIn> {
    let request = SignIn {
        login: login.into(),
        password: secret(password),
        device: Device::new(Some("Laptop".into()), None, Some("192.0.2.7".into())).into(),
        address: None,
        opening,
        client: ClientProfile::NATIVE,
    };
    match signin::signin(ctx, &Principal::Anonymous, request).await? {
        Step::Done(signed_in) => Ok(*signed_in),
        Step::Second(_) => panic!("{login} has a second factor"),
        Step::Confirm(_) => panic!("{login} has to confirm it"),
    }
}

/// Admit a credential.
pub(crate) async fn who(ctx: &Ctx, credential: &Credential) -> Result<Principal> {
    who_at(ctx, credential, &Place::default()).await
}

/// The same from some place.
pub(crate) async fn who_at(ctx: &Ctx, credential: &Credential, place: &Place) -> Result<Principal> {
    admit::admit(ctx, &Principal::Anonymous, (credential, place)).await
}

pub(crate) async fn renew(ctx: &Ctx, token: &SecretString) -> Result<SecretString> {
    let request = Refresh {
        token: token.clone(),
        place: Place::default(),
    };
    match refresh::refresh(ctx, &Principal::Anonymous, request).await? {
        Credentials::Tokens { refresh, .. } => Ok(refresh),
        Credentials::Cookie { .. } => panic!("a refresh token is never exchanged for a cookie"),
    }
}

/// The tokens of the links to a page that were mailed to an address.
pub(crate) fn links(node: &Node, page: &str, to: &str) -> Vec<SecretString> {
    let to = format!("To: {to}\n");
    let mails = node
        .mails_to(page)
        .into_iter()
        .filter(|mail| mail.contains(&to));
    let token = |mail: String| {
        let rest = mail.split_once(&format!("{page}#")).unwrap().1;
        secret(rest.split_whitespace().next().unwrap())
    };
    mails.map(token).collect()
}

/// Give oneself one more address, and open the link that is sent there.
pub(crate) async fn adopt(node: &Node, by: &Principal, address: &str) {
    let new = Identifier::Email(email(address));
    let request = (by.user().unwrap(), new);
    account::add_identifier(&node.ctx, by, request)
        .await
        .unwrap();
    node.settle().await;
    let link = links(node, "/verify", address).remove(0);
    verify::confirm(&node.ctx, by, link).await.unwrap();
}

/// Ask for a link to set a new password with.
pub(crate) async fn ask_reset(ctx: &Ctx, to: &str, device: UserAgent) -> Result<()> {
    let request = AskReset {
        email: email(to),
        device,
        address: None,
    };
    password::request_reset(ctx, &Principal::Anonymous, request).await
}

/// Set a new password by a link.
pub(crate) async fn reset(ctx: &Ctx, token: &SecretString, new: &str) -> Result<()> {
    let request = ResetPassword {
        token: token.clone(),
        new: secret(new),
        client: ClientProfile::NATIVE,
    };
    password::reset(ctx, &Principal::Anonymous, request).await
}

/// Change one's own password; other sessions end.
pub(crate) async fn change_password(
    ctx: &Ctx,
    by: &Principal,
    (current, new): (&str, &str),
) -> Result<()> {
    let request = ChangePassword {
        current: Some(secret(current)),
        new: secret(new),
        end_others: true,
        client: ClientProfile::NATIVE,
    };
    password::change_own(ctx, by, request).await.map(drop)
}

/// The key of a purpose that signs now.
pub(crate) async fn signer(ctx: &Ctx, purpose: &str) -> KeyId {
    let keys = keyring::list(ctx, &Principal::Operator, ()).await.unwrap();
    let signs = |key: &&KeyView| key.purpose == purpose && key.signs;
    keys.iter().find(signs).unwrap().id
}

/// The cookie of a sign-in.
pub(crate) fn cookie(signed_in: &SignedIn) -> Credential {
    match &signed_in.credentials {
        Credentials::Cookie { secret, .. } => Credential::Cookie(secret.clone()),
        Credentials::Tokens { .. } => panic!("there is no cookie"),
    }
}

/// The cookie that took the place of another.
pub(crate) fn renewed(renewed: &Renewed) -> Credential {
    match renewed.credentials() {
        Some(Credentials::Cookie { secret, .. }) => Credential::Cookie(secret.clone()),
        other => panic!("there is no cookie: {other:?}"),
    }
}

/// The access and the refresh token of a sign-in.
pub(crate) fn tokens(signed_in: &SignedIn) -> (SecretString, SecretString) {
    match &signed_in.credentials {
        Credentials::Tokens {
            access, refresh, ..
        } => (access.clone(), refresh.clone()),
        Credentials::Cookie { .. } => panic!("there are no tokens"),
    }
}

/// A chatbot token as a service that shares the secret makes it.
pub(crate) fn foreign(ctx: &Ctx, number: i64, token_type: &str) -> SecretString {
    let chance: [u8; 16] = Entropy.bytes().unwrap();
    let claims = json!({
        "token_type": token_type,
        "exp": ctx.now().secs() + 3_000,
        "iat": ctx.now().secs(),
        "jti": tollgate_base::hex::hex(&chance),
        "user_id": number.to_string(),
    });
    secret(sign_plain(&chatbot_key(CHATBOT_SECRET), &claims).unwrap())
}

pub(crate) fn chatbot_key(secret: &str) -> SigningKey {
    SigningKey::from_shared_secret("elsewhere", secret.as_bytes()).unwrap()
}

/// Whether a credential is accepted. A refusal must be that of a stranger: a
/// busy or broken server proves nothing.
pub(crate) fn accepted<T>(outcome: Result<T>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) if error.kind() == Kind::Stranger => false,
        Err(error) => panic!("neither accepted nor refused: {error:?}"),
    }
}

/// The code of a refusal, or `ok`.
pub(crate) fn code<T>(outcome: &Result<T>) -> &'static str {
    match outcome {
        Ok(_) => "ok",
        Err(error) => error.code().name,
    }
}

/// How many outcomes have this code.
pub(crate) fn count<T>(outcomes: &[Result<T>], name: &str) -> usize {
    let fits = |outcome: &&Result<T>| code(outcome) == name;
    outcomes.iter().filter(fits).count()
}

/// Start `many` futures at once and gather what they come to, in no order.
pub(crate) async fn together<T, F>(many: usize, act: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut crowd = JoinSet::new();
    for place in 0..many {
        crowd.spawn(act(place));
    }
    crowd.join_all().await
}

/// One number out of the database.
pub(crate) async fn number(ctx: &Ctx, sql: &'static str, args: Vec<Value>) -> i64 {
    let row = ctx.db().one(sql, args).await.unwrap();
    row.get("number").unwrap()
}

/// How many events of a kind there are.
pub(crate) async fn events(ctx: &Ctx, kind: &str) -> i64 {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS number FROM events WHERE kind = $1";
    number(ctx, sql, vec![kind.into()]).await
}

/// Give somebody a role behind the verbs' back.
pub(crate) async fn force_role(ctx: &Ctx, id: UserId, role: Role) {
    let sql = "UPDATE accounts SET role = $2 WHERE id = $1";
    ctx.db()
        .write_one(sql, vec![id.into(), role.into()])
        .await
        .unwrap();
}

/// An installation whose master key the story knows: founded, without keys.
pub(crate) struct Bare {
    pub(crate) ctx: Ctx,
    pub(crate) folder: TempDir,
    _database: Option<PostgresDatabase>,
}

impl Bare {
    /// With the policy of `like`.
    pub(crate) async fn new(like: &Ctx, master: [u8; 32], clock: Clock) -> Self {
        let (folder, database) = (tempfile::tempdir().unwrap(), PostgresDatabase::create());
        let url = database.as_ref().map_or_else(
            || format!("sqlite://{}", folder.path().join("tollgate.db").display()),
            PostgresDatabase::url,
        );
        let db = Db::open(Settings::new(url.into())).await.unwrap();
        migrate::run(&db, schema::MIGRATIONS, clock.now())
            .await
            .unwrap();
        let master = MasterKey::from_bytes(&master);
        let parts = Parts {
            installation: found(&db, &Entropy, &master).await.unwrap(),
            db,
            bus: Bus::local(),
            counters: Counters::memory(),
            hasher: Hasher::new(CHEAP, 2, 64),
            mailer: Mailer::Folder {
                folder: folder.path().join("mail"),
                from: "Tollgate <tollgate@localhost>".into(),
            },
            texter: Texter::Folder(folder.path().join("texts")),
            breaches: Breaches::default(),
            countries: Countries::default(),
            letters: Letters::load(None).unwrap(),
            courier: Courier::new(Reach::default(), None, Duration::from_secs(1)).unwrap(),
            channels: Channels::default(),
            clock,
            entropy: Entropy,
            master,
            policy: (*like.policy()).clone(),
        };
        Self {
            ctx: Ctx::new(parts).unwrap(),
            folder,
            _database: database,
        }
    }

    /// Make or read its keys, as a start does.
    pub(crate) async fn load_keys(&self) {
        let (by, shared) = (Principal::Chore("start"), secret(CHATBOT_SECRET));
        keyring::load(&self.ctx, &by, Some(shared)).await.unwrap();
    }

    /// Fill it from a backup of another one with the same master key. The
    /// command finds a database that was migrated and not founded.
    pub(crate) async fn restore(&self, from: &Ctx, sessions: Sessions) {
        let (by, path) = (Principal::Operator, self.folder.path().join("backup"));
        backup::write(from, &by, path.clone()).await.unwrap();
        let sql = "DELETE FROM installation";
        self.ctx.db().write_one(sql, Vec::new()).await.unwrap();
        let request = (path, sessions);
        backup::restore(&self.ctx, &by, request).await.unwrap();
        self.load_keys().await;
    }
}

const CHEAP: Cost = Cost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

/// The text of a secret.
pub(crate) fn text(secret: &SecretString) -> &str {
    secret.expose_secret()
}

/// How often charts say that something happened.
pub(crate) async fn tallied(ctx: &Ctx, what: &str) -> i64 {
    let sql = "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) AS number FROM tallies WHERE what = $1";
    number(ctx, sql, vec![what.into()]).await
}

/// Days and kinds of sealed events whose tally is another number.
pub(crate) async fn miscounted(ctx: &Ctx) -> i64 {
    let sql = "SELECT CAST(count(*) AS BIGINT) AS number FROM
        (SELECT at / 86400000000 AS day, kind, count(*) AS n FROM events WHERE seq IS NOT NULL
            GROUP BY at / 86400000000, kind) e
        LEFT JOIN (SELECT day, what, sum(n) AS n FROM tallies GROUP BY day, what) t
            ON t.day = e.day AND t.what = e.kind
        WHERE t.n IS NULL OR t.n <> e.n";
    number(ctx, sql, Vec::new()).await
}
