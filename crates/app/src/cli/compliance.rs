//! `compliance`: what the rules find, and what of it is accepted until a day.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::{page::PageRequest, time::Time};
use tollgate_flows::{
    Ctx,
    compliance::{self, Accept, Finding, Line, Named, Subject},
    rules::Severity,
};

use super::{
    exit::{Exit, Failure},
    office::{OPERATOR, Office},
    shapes,
    terminal::{Answer, plain, table},
};

#[derive(Subcommand)]
pub(crate) enum Compliance {
    /// Check all rules now; exit code 8 if something critical is found
    Report,
    /// List what one rule finds
    List(List),
    /// Accept a finding until a day
    Accept(Accepted),
    /// Have an accepted finding count again
    Withdraw(Which),
}

#[derive(Args)]
pub(crate) struct List {
    /// Its name, as `compliance report` shows it
    #[arg(value_parser = rule)]
    rule: Named,
}

#[derive(Args)]
pub(crate) struct Which {
    /// The rule's name
    #[arg(value_parser = rule)]
    rule: Named,
    /// What it found, as `compliance list` shows it
    #[arg(value_parser = subject)]
    subject: Subject,
}

#[derive(Args)]
pub(crate) struct Accepted {
    #[command(flatten)]
    which: Which,
    /// Why
    #[arg(long)]
    reason: String,
    /// From then on it is a finding again, such as 2027-01-31T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Time,
}

impl Compliance {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        office
            .work(async |ctx| match self {
                Self::Report => report(ctx).await,
                Self::List(list) => list.run(ctx).await,
                Self::Accept(accepted) => {
                    let Which { rule, subject } = accepted.which;
                    let json = json!({ "rule": rule.0.name, "accepted": subject.0 });
                    let text = format!("{} is accepted until {}.", subject.0, accepted.until);
                    let (reason, until) = (accepted.reason, accepted.until);
                    let request = Accept {
                        rule,
                        subject,
                        reason,
                        until,
                    };
                    compliance::accept(ctx, OPERATOR, request).await?;
                    Ok(Answer::new(json, text))
                }
                Self::Withdraw(which) => {
                    let json = json!({ "rule": which.rule.0.name, "withdrawn": which.subject.0 });
                    let text = format!("{} counts again.", which.subject.0);
                    compliance::withdraw(ctx, OPERATOR, (which.rule, which.subject)).await?;
                    Ok(Answer::new(json, text))
                }
            })
            .await
    }
}

async fn report(ctx: &Ctx) -> Result<Answer, Failure> {
    let report = compliance::check(ctx, OPERATOR, ()).await?;
    let row = |line: &Line| {
        [
            line.rule.name.to_owned(),
            line.rule.severity.as_str().to_owned(),
            line.findings.to_string(),
            line.accepted.to_string(),
            line.rule.title.to_owned(),
        ]
    };
    let shape = |line: &Line| {
        json!({
            "rule": line.rule.name,
            "severity": line.rule.severity.as_str(),
            "title": line.rule.title,
            "help": line.rule.help,
            "findings": line.findings,
            "accepted": line.accepted,
            "since": line.since.map(|since| since.to_string()),
        })
    };
    let rows: Vec<_> = report.lines.iter().map(row).collect();
    let data: Vec<_> = report.lines.iter().map(shape).collect();
    let text = table(["RULE", "SEVERITY", "FOUND", "ACCEPTED", "WHAT"], &rows);
    let checked = report.checked_at.map(|at| at.to_string());
    let answer = Answer::new(json!({ "checked_at": checked, "rules": data }), text);
    Ok(match report.count(Severity::Critical) {
        0 => answer,
        _ => answer.exiting(Exit::Some),
    })
}

impl List {
    async fn run(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = PageRequest {
                limit: PageRequest::MOST,
                after,
            };
            let mut more = compliance::findings(ctx, OPERATOR, (self.rule, page)).await?;
            found.append(&mut more.rows);
            after = more.next;
            if after.is_none() {
                break;
            }
        }
        let until = |it: &Finding| it.accepted.as_ref().map(|it| it.until.to_string());
        let row = |it: &Finding| {
            [
                it.subject.clone(),
                plain(&it.name),
                plain(&it.detail),
                until(it).unwrap_or_default(),
            ]
        };
        let shape = |it: &Finding| {
            json!({
                "subject": it.subject,
                "name": it.name,
                "detail": it.detail,
                "accepted": it.accepted.as_ref().map(shapes::exception),
            })
        };
        let rows: Vec<_> = found.iter().map(row).collect();
        let data: Vec<_> = found.iter().map(shape).collect();
        let text = table(["FOUND", "NAME", "WHAT ABOUT IT", "ACCEPTED UNTIL"], &rows);
        Ok(Answer::new(
            json!({ "rule": self.rule.0.name, "data": data }),
            text,
        ))
    }
}

fn rule(name: &str) -> Result<Named, String> {
    name.parse()
        .map_err(|_| "no such rule; tollgate compliance report lists them".to_owned())
}

fn subject(id: &str) -> Result<Subject, String> {
    id.parse().map_err(|_| "not an id".to_owned())
}

fn time(text: &str) -> Result<Time, String> {
    text.parse()
        .map_err(|_| "not a time such as 2027-01-31T00:00:00Z".to_owned())
}
