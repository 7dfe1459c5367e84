//! What must not be told: secrets and personal data stay out of errors, out of
//! the log at its loudest, and out of what the audit trail keeps for ever.

use std::{fs, path::Path, sync::Mutex};

use tollgate_base::{
    Error, Result, SecretString,
    access::Principal,
    identifier::{Email, Username},
};
use tollgate_flows::{
    Applicant, ClientProfile, Credentials, Ctx, Device, Opening, UserAgent,
    account::{self, EditProfile},
    admit::{self, Credential, Place},
    audit, deliver,
    password::{self, ResetPassword},
    people,
    setup::{self, SetUp},
    signin::{self, SignIn, Step},
    signup::{self, SignUp},
};
use tollgate_store::sql::TALKATIVE;
use tollgate_testkit::node::Node;
use tracing_subscriber::{
    Layer, filter::Targets, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::support::{Bare, ask_reset, change_password, code, renew, secret, text, who};

const NOBODY: &Principal = &Principal::Anonymous;

/// Personal data of somebody who is nobody else in any story.
const PERSONAL: [&str; 6] = [
    "canary-mail",
    "canary-user",
    "Canary Shown",
    "canary bio",
    "canary device",
    "203.0.113.77",
];
/// Passwords of theirs, good and bad.
const PASSWORDS: [&str; 4] = [
    "yellow bird phrase one",
    "yellow bird phrase two",
    "yellow bird phrase three",
    "yellow bird wrong guess",
];

/// Everything that was logged, by whichever thread.
static HEARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Somebody who goes through everything and notes what must not be seen again.
struct Journey {
    ctx: Ctx,
    secrets: Vec<SecretString>,
    errors: Vec<Error>,
}

impl Journey {
    fn keep(&mut self, credentials: &Credentials) {
        match credentials {
            Credentials::Cookie { secret, .. } => self.secrets.push(secret.clone()),
            Credentials::Tokens {
                access, refresh, ..
            } => {
                self.secrets.extend([access.clone(), refresh.clone()]);
            }
        }
    }

    fn refused<T>(&mut self, wanted: &str, outcome: Result<T>) {
        assert_eq!(code(&outcome), wanted);
        self.errors.extend(outcome.err());
    }

    async fn sign_in(&mut self, password: &str, opening: Opening) -> Result<Credentials> {
        let request = SignIn {
            login: "Canary-Mail@example.org".into(),
            password: secret(password),
            device: device().into(),
            address: None,
            opening,
            client: ClientProfile::NATIVE,
        };
        let Step::Done(signed_in) = signin::signin(&self.ctx, NOBODY, request).await? else {
            panic!("nobody here has a second factor");
        };
        self.keep(&signed_in.credentials);
        Ok(signed_in.credentials)
    }

    /// A whole life, with everything that goes wrong in one.
    async fn live(&mut self, mail: &Path) {
        let ctx = self.ctx.clone();
        let link = setup::link(&ctx, &Principal::Operator, ()).await.unwrap();
        self.secrets.push(link.clone());
        let request = SetUp {
            token: link.clone(),
            admin: applicant(PASSWORDS[0]),
            device: device().into(),
        };
        let made = setup::set_up(&ctx, NOBODY, request).await.unwrap();
        let id = made.account.account.id;
        self.keep(&made.credentials);
        let again = SetUp {
            token: link,
            admin: applicant(PASSWORDS[0]),
            device: device().into(),
        };
        self.refused("one_time.invalid", setup::set_up(&ctx, NOBODY, again).await);
        for (wanted, password) in [
            ("identifier.taken", PASSWORDS[0]),
            ("password.weak", "canary-user"),
        ] {
            let request = SignUp {
                applicant: applicant(password),
                address: None,
                locale: None,
                client: ClientProfile::NATIVE,
            };
            self.refused(wanted, signup::signup(&ctx, NOBODY, request).await);
        }
        self.refused(
            "identifier.invalid",
            Email::parse("canary-mail@@example.org"),
        );
        self.refused("identifier.invalid", Username::parse("canary-user@"));
        let failed = self.sign_in(PASSWORDS[3], Opening::Chatbot).await;
        self.refused("signin.failed", failed);

        let cookie = self
            .sign_in(PASSWORDS[0], Opening::Cookie { remember: true })
            .await
            .unwrap();
        let Credentials::Cookie { secret: cookie, .. } = cookie else {
            panic!("a cookie")
        };
        let herself = who(&ctx, &Credential::Cookie(cookie.clone()))
            .await
            .unwrap();
        self.refused(
            "token.invalid",
            who(&ctx, &Credential::Access(cookie)).await,
        );
        let edit = EditProfile {
            bio: Some(PERSONAL[3].into()),
            ..EditProfile::default()
        };
        account::edit(&ctx, &herself, (id, edit)).await.unwrap();
        let edit = EditProfile {
            picture: Some("canary bio".into()),
            ..EditProfile::default()
        };
        self.refused(
            "request.invalid",
            account::edit(&ctx, &herself, (id, edit)).await,
        );
        for (wanted, current) in [("password.wrong", PASSWORDS[3]), ("ok", PASSWORDS[0])] {
            let changed = change_password(&ctx, &herself, (current, PASSWORDS[1])).await;
            self.refused(wanted, changed);
        }
        let chatbot = self.sign_in(PASSWORDS[1], Opening::Chatbot).await.unwrap();
        let Credentials::Tokens {
            access, refresh, ..
        } = chatbot
        else {
            panic!("tokens")
        };
        self.refused(
            "token.type",
            who(&ctx, &Credential::ChatbotAccess(refresh.clone())).await,
        );
        self.secrets.push(
            admit::chatbot_refresh(&ctx, NOBODY, (&refresh, &Place::default()))
                .await
                .unwrap()
                .access,
        );
        let broken = secret(format!("{}x", text(&access)));
        self.refused(
            "token.invalid",
            who(&ctx, &Credential::ChatbotAccess(broken)).await,
        );
        let pair = self
            .sign_in(PASSWORDS[1], Opening::Tokens { remember: true })
            .await
            .unwrap();
        let Credentials::Tokens { refresh, .. } = pair else {
            panic!("tokens")
        };
        let second = renew(&ctx, &refresh).await.unwrap();
        self.secrets
            .extend([renew(&ctx, &second).await.unwrap(), second]);
        self.refused("token.reused", renew(&ctx, &refresh).await);
        self.reset(mail).await;
        self.refused("admin.last", people::suspend(&ctx, &herself, id).await);
        account::export(&ctx, &herself, id).await.unwrap();
    }

    async fn reset(&mut self, mail: &Path) {
        let ctx = self.ctx.clone();
        ask_reset(&ctx, "canary-mail@example.org", UserAgent::default())
            .await
            .unwrap();
        deliver::deliver(&ctx, &Principal::Chore("test"), ())
            .await
            .unwrap();
        let letters = fs::read_dir(mail).unwrap();
        let mut letters = letters.map(|letter| fs::read_to_string(letter.unwrap().path()).unwrap());
        let letter = letters.find(|letter| letter.contains("Token: ")).unwrap();
        let token = letter.split("Token: ").nth(1).unwrap();
        let token = secret(token.split_whitespace().next().unwrap());
        self.secrets.push(token.clone());
        for wanted in ["ok", "one_time.invalid"] {
            let request = ResetPassword {
                token: token.clone(),
                new: secret(PASSWORDS[2]),
                client: ClientProfile::NATIVE,
            };
            self.refused(wanted, password::reset(&ctx, NOBODY, request).await);
        }
    }
}

/// asvs:V14.1.2, asvs:V16.2.5, asvs:V16.5.1
#[tokio::test]
async fn nothing_secret_or_personal_is_told() {
    // The driver for PostgreSQL tells its statements; telemetry hushes it.
    let loudest: Targets = format!("trace,{TALKATIVE}=warn").parse().unwrap();
    let ears = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(|| HEARD.make_writer())
        .with_filter(loudest);
    // For all threads: other stories are heard too, and know no canary.
    tracing_subscriber::registry()
        .with(ears)
        .try_init()
        .unwrap();

    let node = Node::new().await;
    let bare = Bare::new(&node.ctx, [9; 32], node.clock.clone()).await;
    bare.load_keys().await;
    let ctx = &bare.ctx;
    let mut journey = Journey {
        ctx: ctx.clone(),
        secrets: Vec::new(),
        errors: Vec::new(),
    };
    journey.live(&bare.folder.path().join("mail")).await;
    audit::seal(ctx, &Principal::Chore("test"), ())
        .await
        .unwrap();
    tracing::warn!("this line was heard");

    let trail = audit::export(ctx, &Principal::Operator, (0, 1_000))
        .await
        .unwrap();
    let kept = format!(
        "{:?}",
        trail
            .iter()
            .map(|e| (&e.kind, &e.actor, &e.data))
            .collect::<Vec<_>>()
    );
    let erasable: String = trail.iter().filter_map(|e| e.personal.clone()).collect();
    let shown: String = journey.errors.iter().map(ToString::to_string).collect();
    let told = format!("{shown} {:?}", journey.errors);
    let log = String::from_utf8(HEARD.lock().unwrap().clone()).unwrap();
    assert!(log.contains("this line was heard") && log.contains("session.opened"));
    assert!(trail.len() > 15 && journey.errors.len() > 10);
    assert!(
        erasable.contains(PERSONAL[5]),
        "where an address may stand it does"
    );

    let secrets: Vec<&str> = journey.secrets.iter().map(text).chain(PASSWORDS).collect();
    for (place, content) in [("events", &kept), ("errors", &told), ("log", &log)] {
        let content = content.to_lowercase();
        for canary in secrets.iter().copied().chain(PERSONAL) {
            assert!(
                !content.contains(&canary.to_lowercase()),
                "{canary} is told in the {place}"
            );
        }
    }
    for canary in secrets {
        assert!(
            !erasable.contains(canary),
            "{canary} is told in the personal data"
        );
        assert!(
            !in_clear(bare.folder.path(), canary),
            "{canary} lies in the database"
        );
    }
}

/// Whether a text stands in a file of the folder; the mails lie in one below.
fn in_clear(folder: &Path, text: &str) -> bool {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files.filter(|path| path.is_file()).any(|path| {
        let bytes = fs::read(path).unwrap();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

fn applicant(password: &str) -> Applicant {
    Applicant {
        email: Some(Email::parse("Canary-Mail@example.org").unwrap()),
        username: Some(Username::parse(PERSONAL[1]).unwrap()),
        display_name: Some(PERSONAL[2].into()),
        password: Some(secret(password)),
    }
}

fn device() -> Device {
    Device::new(Some(PERSONAL[4].into()), None, Some(PERSONAL[5].into()))
}
