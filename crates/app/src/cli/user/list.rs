//! `user list`: a page of accounts.

use clap::Args;
use serde_json::json;
use tollgate_base::{
    access::Role,
    page::{Cursor, PageRequest},
};
use tollgate_flows::{AccountView, Filter, people};

use super::role;
use crate::cli::{
    exit::Failure,
    office::{OPERATOR, Office},
    shapes,
    terminal::{Answer, plain, table},
};

#[derive(Args)]
pub(crate) struct List {
    /// Only this role
    #[arg(long, value_parser = role)]
    role: Option<Role>,
    /// Only suspended accounts
    #[arg(long, conflicts_with = "active")]
    suspended: bool,
    /// Only accounts that are not suspended
    #[arg(long)]
    active: bool,
    /// Only those with this in their name, address or username
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Most rows, from 1 to 200
    #[arg(long, value_name = "ROWS")]
    limit: Option<u32>,
    /// Go on where the last page ended
    #[arg(long)]
    cursor: Option<String>,
}

impl List {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let page = PageRequest::parse(self.limit, self.cursor.as_deref())?;
        let suspended = (self.suspended || self.active).then_some(self.suspended);
        let filter = Filter {
            role: self.role,
            suspended,
            part: self.search,
        };
        office
            .work(async |ctx| {
                let page = people::list(ctx, OPERATOR, (filter, page)).await?;
                let next = page.next.as_ref().map(Cursor::encode);
                let rows: Vec<[String; 4]> = page.rows.iter().map(row).collect();
                if let Some(cursor) = &next {
                    office
                        .terminal
                        .words(&format!("There is more: --cursor {cursor}"));
                }
                let data: Vec<_> = page.rows.iter().map(shapes::account).collect();
                let text = table(["ID", "SIGNS IN AS", "ROLE", "STATE"], &rows);
                Ok(Answer::new(
                    json!({ "data": data, "next_cursor": next }),
                    text,
                ))
            })
            .await
    }
}

fn row(view: &AccountView) -> [String; 4] {
    let account = &view.account;
    let first = view
        .identifiers
        .first()
        .map(|identifier| plain(&identifier.shown))
        .unwrap_or_default();
    let state = if account.is_active() {
        "active"
    } else {
        "suspended"
    };
    [
        account.id.to_string(),
        first,
        account.role.to_string(),
        state.to_owned(),
    ]
}
