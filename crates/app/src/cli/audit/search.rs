//! `audit search`: the trail by who, what, when and where.

use clap::Args;
use tollgate_base::{Error, codes, time::Time};
use tollgate_flows::{
    Class, Ctx, EventKind, Level,
    audit::{self, Search as Wanted},
};

use super::{
    super::{
        exit::Failure,
        office::{Named, OPERATOR},
        terminal::{Answer, Terminal},
    },
    show,
};

/// Events of one look.
const PAGE: u32 = 500;

#[derive(Args)]
pub(crate) struct Search {
    /// Only this kind, such as session.opened; may be said several times
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Vec<EventKind>,
    /// Only this class: sign-ins, security, administration or operation
    #[arg(long, value_name = "CLASS", value_parser = class)]
    class: Option<Class>,
    /// Only this level: info, warn or error
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    level: Option<Level>,
    /// Only what happened to this account
    #[arg(long, value_name = "USER", value_parser = Named::parse)]
    user: Option<Named>,
    /// Only what this one did: an account, operator, anonymous or chore:NAME
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,
    /// Only in this session
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Only from this address
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Only with this text in what is known of it
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// Not before this time or day, in UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Time>,
    /// Before this time or day, in UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Time>,
    /// At most so many, the newest first
    #[arg(long, short = 'n', default_value_t = 100)]
    limit: usize,
}

impl Search {
    pub(super) async fn run(self, ctx: &Ctx, terminal: Terminal) -> Result<Answer, Failure> {
        let most = self.limit;
        let wanted = self.wanted(ctx).await?;
        let (mut shown, mut cursor) = (0, None);
        while shown < most {
            // No more than is shown: how much was found is told.
            let limit = u32::try_from(most - shown).unwrap_or(PAGE).min(PAGE);
            let page = audit::search(ctx, OPERATOR, (wanted.clone(), limit, cursor)).await?;
            for event in &page.rows {
                if !show(terminal, event) {
                    return Ok(Answer::written());
                }
            }
            shown += page.rows.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(Answer::written())
    }

    async fn wanted(self, ctx: &Ctx) -> Result<Wanted, Error> {
        let subject = match &self.user {
            Some(user) => Some(user.find(ctx).await?.account.id.to_string()),
            None => None,
        };
        let actor = match self.actor {
            Some(actor) => Some(acting(ctx, actor).await?),
            None => None,
        };
        Ok(Wanted {
            kinds: self.kind,
            class: self.class,
            level: self.level,
            actor,
            subject,
            session: self.session,
            address: self.address,
            text: self.text,
            from: self.from,
            to: self.to,
        })
    }
}

/// As the trail names whoever acts.
async fn acting(ctx: &Ctx, said: String) -> Result<String, Error> {
    if matches!(said.as_str(), "operator" | "anonymous") || said.starts_with("chore:") {
        return Ok(said);
    }
    let named = Named::parse(&said)
        .map_err(|says| Error::new(&codes::REQUEST_INVALID).detail(format!("--actor: {says}.")))?;
    match named {
        // Whoever is gone can be asked for by their id.
        Named::Id(id) => Ok(id.to_string()),
        Named::Identifier(_) => Ok(named.find(ctx).await?.account.id.to_string()),
    }
}

fn kind(text: &str) -> Result<EventKind, String> {
    EventKind::parse(text).ok_or_else(|| "no event has that name; see the manual".to_owned())
}

fn class(text: &str) -> Result<Class, String> {
    Class::parse(text).ok_or_else(|| "sign-ins, security, administration or operation".to_owned())
}

fn level(text: &str) -> Result<Level, String> {
    Level::parse(text).ok_or_else(|| "info, warn or error".to_owned())
}

/// A day is its midnight.
fn time(text: &str) -> Result<Time, String> {
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        _ => text.to_owned(),
    };
    let form = "give a day such as 2026-03-01, or a time such as 2026-03-01T12:00:00Z";
    whole.parse().map_err(|_| form.to_owned())
}
