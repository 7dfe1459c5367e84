//! `demo`: sample people in an empty installation, so that its pages have
//! something to show. Everything is done by the house's own verbs, under a
//! clock that begins thirty days ago and is moved up to now.

mod cast;

use std::{collections::BTreeSet, net::IpAddr, path::PathBuf, time::Duration};

use clap::Args;
use serde_json::json;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::Principal,
    codes,
    hex::hex,
    id::UserId,
    identifier::{Email, Identifier, Username},
    page::PageRequest,
    time::{Clock, Time},
};
use tollgate_flows::{
    Applicant, ClientProfile, Credentials, Ctx, Device, ExternalId, Filter, Opening,
    account::{self, EditProfile},
    admit::{self, Credential, Place},
    audit, keyring, outbox,
    password::{self, ChangePassword, ResetPassword},
    people::{self, CreatePerson},
    refresh::{self, Refresh},
    setup::{self, Condition},
    signin::{self, SignIn, Step},
    signout, tend, vouch,
};

use crate::wire::{self, Use};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    terminal::{Answer, fields, secret},
};

use cast::{CAST, Part};

/// How far back the sample goes.
const DAYS: u32 = 30;
/// Who changes their password, and who forgets it.
const CHANGERS: [usize; 2] = [4, 6];
const DAY: Duration = Duration::from_hours(24);
/// Minutes between two people on one day.
const STEP: Duration = Duration::from_mins(23);

#[derive(Args)]
pub(crate) struct Demo {
    /// The file that holds the password of all sample people, or - for standard input; without it
    /// one is made and printed
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// The sample while it is made.
struct Stage<'a> {
    ctx: &'a Ctx,
    clock: &'a Clock,
    password: &'a SecretString,
    admin: UserId,
    people: Vec<(UserId, &'static Part)>,
    /// Who still has their first password, by handle.
    unchanged: BTreeSet<&'static str>,
    sessions: u32,
}

impl Demo {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let config = office.load()?.config;
        let now = Clock::machine().now();
        let clock = Clock::fake(now);
        let (ctx, _) = wire::open_at(&config, Use::Command, clock.clone()).await?;
        let chosen = self.password_file.as_deref().map(secret).transpose()?;
        let password = match &chosen {
            Some(password) => password.clone(),
            None => drawn(&ctx, config.password.min_length as usize)?,
        };
        let shared = wire::chatbot_secret(&config);
        let made = fill(office, &ctx, &clock, &password, shared).await;
        ctx.db().close().await;
        let (people, sessions) = made?;
        let address = ctx.policy().public_url.clone();
        let shown = match chosen {
            Some(_) => "the one you gave".to_owned(),
            None => password.expose_secret().to_owned(),
        };
        let rows = [
            ("  address", address.clone()),
            ("  administrator", sample_address(&CAST[0])),
            ("  manager", sample_address(&CAST[1])),
            ("  person", sample_address(&CAST[3])),
            ("  password", format!("{shown}   the same for all of them")),
        ];
        let text = format!(
            "This installation holds sample data now: {people} people and {DAYS} days of what they did.\n\
             Nobody of them is real. Keep it away from other networks.\n\n{}\n\n\
             To begin anew, stop the server and remove its data.",
            fields(&rows)
        );
        let json = json!({
            "sample": true,
            "people": people,
            "sessions": sessions,
            "address": address,
            "administrator": sample_address(&CAST[0]),
            "password": chosen.is_none().then(|| password.expose_secret().to_owned()),
        });
        Ok(Answer::new(json, text))
    }
}

async fn fill(
    office: &Office,
    ctx: &Ctx,
    clock: &Clock,
    password: &SecretString,
    shared: Option<SecretString>,
) -> Result<(usize, u32)> {
    refuse_unless_empty(ctx).await?;
    office
        .terminal
        .words("Filling this installation with sample data …");
    let now = clock.now();
    clock.set(now.minus(DAY * DAYS));
    keyring::load(ctx, &Principal::Chore("demo"), shared).await?;
    let admin = setup::create_admin(
        ctx,
        OPERATOR,
        (applicant(&CAST[0], password)?, Condition::First),
    );
    let admin = admin.await?.account.id;
    let mut stage = Stage {
        ctx,
        clock,
        password,
        admin,
        people: vec![(admin, &CAST[0])],
        unchanged: BTreeSet::new(),
        sessions: 0,
    };
    for day in 0..DAYS {
        stage.day(day, now.minus(DAY * (DAYS - day))).await?;
    }
    clock.set(now);
    // What they would be told by mail reaches nobody.
    outbox::clear(ctx, &Principal::Chore("demo"), ()).await?;
    tend::store_seen(ctx, &Principal::Chore("demo"), ()).await?;
    audit::seal(ctx, &Principal::Chore("demo"), ()).await?;
    Ok((stage.people.len(), stage.sessions))
}

/// Real people and sample people never meet.
async fn refuse_unless_empty(ctx: &Ctx) -> Result<()> {
    let first = PageRequest {
        limit: 1,
        after: None,
    };
    let anybody = people::list(ctx, OPERATOR, (Filter::default(), first)).await?;
    if anybody.rows.is_empty() && setup::is_open(ctx, OPERATOR, ()).await? {
        Ok(())
    } else {
        Err(Error::new(&codes::DEMO_NOT_EMPTY))
    }
}

impl Stage<'_> {
    /// One day: who joins, who comes, and what else happens.
    async fn day(&mut self, day: u32, begins: Time) -> Result<()> {
        self.clock.set(begins);
        for part in CAST[1..].iter().filter(|part| part.joins == day) {
            self.join(part).await?;
        }
        for place in 0..self.people.len() {
            let (id, part) = self.people[place];
            let (order, usual) = (place as u32, if day % 7 > 4 { 3 } else { 1 });
            if (day + order).is_multiple_of(part.every * usual) {
                self.visit(id, part, day + order).await?;
            }
            self.clock.advance(STEP);
        }
        self.happen(day).await?;
        audit::seal(self.ctx, &Principal::Chore("demo"), ()).await?;
        Ok(())
    }

    async fn join(&mut self, part: &'static Part) -> Result<()> {
        if CHANGERS.contains(&self.people.len()) {
            self.unchanged.insert(part.handle);
        }
        let mut applicant = applicant(part, &self.password_of(part))?;
        // Some bring their address later, and nobody has vouched for it yet.
        let later = applicant.email.take_if(|_| part.joins % 3 == 2);
        let request = CreatePerson {
            applicant,
            role: part.role,
            once: None,
        };
        let id = people::create(self.ctx, OPERATOR, request)
            .await?
            .account
            .id;
        let words = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let edit = EditProfile {
            bio: words(part.bio),
            locale: words(part.locale),
            ..EditProfile::default()
        };
        account::edit(self.ctx, OPERATOR, (id, edit)).await?;
        if let Some(email) = later {
            account::add_identifier(self.ctx, OPERATOR, (id, Identifier::Email(email))).await?;
        }
        self.people.push((id, part));
        self.clock.advance(STEP);
        Ok(())
    }

    /// A sign-in by browser or program; some sign out again.
    async fn visit(&mut self, id: UserId, part: &Part, chance: u32) -> Result<()> {
        let opening = match chance % 5 {
            0 => Opening::Tokens { remember: true },
            1 => Opening::Chatbot,
            _ => Opening::Cookie {
                remember: chance.is_multiple_of(2),
            },
        };
        let request = sign_in(part, self.password_of(part), opening);
        let signed_in = match signin::signin(self.ctx, &Principal::Anonymous, request).await {
            Ok(Step::Done(signed_in)) => signed_in,
            // Nobody here has a second factor, and no policy asks for mail.
            Ok(Step::Second(_) | Step::Confirm(_)) => return Ok(()),
            // Somebody suspended stays outside.
            Err(refused) if refused.is(&codes::SIGNIN_FAILED) => return Ok(()),
            Err(fault) => return Err(fault),
        };
        self.sessions += 1;
        match signed_in.credentials {
            Credentials::Cookie { secret, .. } if chance.is_multiple_of(3) => {
                let who = self.admit(secret).await?;
                self.clock.advance(STEP);
                if id != self.admin {
                    signout::signout(self.ctx, &who, ()).await?;
                }
            }
            Credentials::Tokens { refresh, .. } if opening != Opening::Chatbot => {
                self.clock.advance(STEP);
                let request = Refresh {
                    token: refresh,
                    place: Place::default(),
                };
                refresh::refresh(self.ctx, &Principal::Anonymous, request).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// What does not happen every day.
    async fn happen(&mut self, day: u32) -> Result<()> {
        let (ctx, who) = (self.ctx, |place: usize| self.people[place].0);
        match day {
            7 => self.change_password(CHANGERS[0]).await?,
            10 => self.forget_password(CHANGERS[1]).await?,
            14 => people::suspend(ctx, OPERATOR, who(8)).await?,
            16 => people::resume(ctx, OPERATOR, who(8)).await?,
            18 => self.guess(5).await?,
            20 => {
                let elsewhere = ExternalId {
                    provider: "directory".to_owned(),
                    external_id: "uid=omar,ou=people".to_owned(),
                };
                vouch::add_external_id(ctx, OPERATOR, (who(14), elsewhere)).await?;
            }
            23 => people::suspend(ctx, OPERATOR, who(9)).await?,
            26 => {
                signout::end_all(ctx, OPERATOR, (who(12), signout::Which::All)).await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn change_password(&mut self, place: usize) -> Result<()> {
        let (part, opening) = (self.people[place].1, Opening::Cookie { remember: true });
        let request = sign_in(part, self.password_of(part), opening);
        let Step::Done(signed_in) =
            signin::signin(self.ctx, &Principal::Anonymous, request).await?
        else {
            return Ok(());
        };
        let Credentials::Cookie { secret, .. } = signed_in.credentials else {
            return Ok(());
        };
        self.sessions += 1;
        let who = self.admit(secret).await?;
        let request = ChangePassword {
            current: Some(self.password_of(part)),
            new: self.password.clone(),
            end_others: true,
            client: ClientProfile::NATIVE,
        };
        let _ = password::change_own(self.ctx, &who, request).await?;
        self.unchanged.remove(part.handle);
        Ok(())
    }

    async fn forget_password(&mut self, place: usize) -> Result<()> {
        let (id, part) = self.people[place];
        let link = password::reset_link(self.ctx, OPERATOR, id).await?;
        let request = ResetPassword {
            token: link.token,
            new: self.password.clone(),
            client: ClientProfile::NATIVE,
        };
        password::reset(self.ctx, &Principal::Anonymous, request).await?;
        self.unchanged.remove(part.handle);
        Ok(())
    }

    /// That of all of them, or the one that it will replace.
    fn password_of(&self, part: &Part) -> SecretString {
        if self.unchanged.contains(part.handle) {
            format!("{} before", self.password.expose_secret()).into()
        } else {
            self.password.clone()
        }
    }

    async fn admit(&self, cookie: SecretString) -> Result<Principal> {
        let shown = (&Credential::Cookie(cookie), &Place::default());
        admit::admit(self.ctx, &Principal::Anonymous, shown).await
    }

    /// Somebody guesses until the account takes no more.
    async fn guess(&mut self, place: usize) -> Result<()> {
        let part = self.people[place].1;
        let opening = Opening::Cookie { remember: false };
        for _ in 0..self.ctx.policy().attempts.failures {
            let request = sign_in(part, SecretString::from("guessed"), opening);
            match signin::signin(self.ctx, &Principal::Anonymous, request).await {
                Err(fault) if !fault.is(&codes::SIGNIN_FAILED) => return Err(fault),
                _ => {}
            }
        }
        Ok(())
    }
}

fn sign_in(part: &Part, password: SecretString, opening: Opening) -> SignIn {
    let address = IpAddr::from([203, 0, 113, part.host]);
    let browser = Some(part.browser.to_owned());
    SignIn {
        login: part.handle.to_owned(),
        password,
        device: Device::new(None, browser, Some(address.to_string())).into(),
        address: Some(address),
        opening,
        client: ClientProfile::NATIVE,
    }
}

fn applicant(part: &Part, password: &SecretString) -> Result<Applicant> {
    Ok(Applicant {
        email: Some(Email::parse(&sample_address(part))?),
        username: Some(Username::parse(part.handle)?),
        display_name: Some(part.name.to_owned()),
        password: Some(password.clone()),
    })
}

fn sample_address(part: &Part) -> String {
    format!("{}@example.org", part.handle)
}

/// A password that nobody can know beforehand, as long as passwords must be.
fn drawn(ctx: &Ctx, least: usize) -> Result<SecretString> {
    let text = hex(&ctx.entropy().bytes::<32>()?);
    Ok(SecretString::from(&text[..least.max(16)]))
}
