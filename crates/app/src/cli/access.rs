//! `access`: who has access to what.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::access::Role;
use tollgate_flows::{
    Ctx,
    access::{self, Access as Row, Ask},
    sites,
};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    terminal::{Answer, plain, table},
    user,
};

#[derive(Subcommand)]
pub(crate) enum Access {
    /// List every account with its role, its factors, its last use and the apps it gets into
    Report(Report),
}

#[derive(Args)]
pub(crate) struct Report {
    /// Only people of this role: admin, manager or default
    #[arg(long, value_parser = user::role)]
    role: Option<Role>,
    /// Only people whom this app lets in: its id or its name
    #[arg(long)]
    site: Option<String>,
}

impl Access {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let Self::Report(report) = self;
        office.work(async |ctx| report.run(ctx).await).await
    }
}

impl Report {
    async fn run(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let site = match &self.site {
            None => None,
            Some(wanted) => {
                let all = sites::list(ctx, OPERATOR, ()).await?;
                let named = all.iter().find(|listed| listed.site.name == *wanted);
                Some(named.map_or_else(|| wanted.parse(), |listed| Ok(listed.site.id))?)
            }
        };
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let ask = Ask {
                role: self.role,
                site,
                after,
                most: access::MOST,
            };
            let mut more = access::report(ctx, OPERATOR, ask).await?;
            rows.append(&mut more.rows);
            after = more.next;
            if after.is_none() {
                break;
            }
        }
        let data: Vec<_> = rows.iter().map(shape).collect();
        let rows: Vec<_> = rows.iter().map(line).collect();
        let heading = [
            "ID",
            "NAME",
            "ROLE",
            "STATE",
            "FACTORS",
            "SESSIONS",
            "DEVICES",
            "LAST USED",
            "APPS",
        ];
        Ok(Answer::new(json!({ "data": data }), table(heading, &rows)))
    }
}

fn line(row: &Row) -> [String; 9] {
    let it = &row.standing;
    let sites: Vec<String> = row.sites.iter().map(|entry| plain(&entry.name)).collect();
    [
        it.id.to_string(),
        plain(&row.name),
        it.role.to_string(),
        state(row).to_owned(),
        it.factors().to_string(),
        it.sessions.to_string(),
        it.devices.to_string(),
        it.last_used_at
            .map_or_else(|| "never".to_owned(), |at| at.to_string()),
        sites.join(", "),
    ]
}

fn shape(row: &Row) -> serde_json::Value {
    let it = &row.standing;
    let sites = row.sites.iter().map(
        |entry| json!({ "id": entry.site.to_string(), "name": entry.name, "rules": entry.rules }),
    );
    json!({
        "id": it.id.to_string(),
        "name": row.name,
        "identifiers": row.identifiers.iter().map(|it| &it.shown).collect::<Vec<_>>(),
        "role": it.role.as_str(),
        "state": state(row),
        "created_at": it.created_at.to_string(),
        "last_used_at": it.last_used_at.map(|at| at.to_string()),
        "apps": it.apps,
        "passkeys": it.passkeys,
        "sent_codes": it.sent_codes,
        "recovery_codes": it.recovery_codes,
        "sessions": it.sessions,
        "devices": it.devices,
        "sites": sites.collect::<Vec<_>>(),
    })
}

fn state(row: &Row) -> &'static str {
    if row.standing.is_active() {
        "active"
    } else {
        "suspended"
    }
}
