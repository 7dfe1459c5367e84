//! `signing-key`: the keys that sign tokens, and shared secrets.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::id::KeyId;
use tollgate_flows::keyring::{self, Begin, KeyView};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    shapes,
    terminal::{Answer, table},
};

#[derive(Subcommand)]
pub(crate) enum SigningKey {
    /// List the keys that are accepted
    List,
    /// Make the next key; the one before is accepted until it is removed
    Rotate(Rotate),
    /// Accept a key no longer: its tokens die at once
    Remove(Remove),
}

#[derive(Args)]
pub(crate) struct Rotate {
    /// access, identity, audit for checkpoints of the audit trail, or chatbot for its shared secret
    purpose: String,
    /// Sign with it at once, before other servers could hear of it
    #[arg(long)]
    now: bool,
}

#[derive(Args)]
pub(crate) struct Remove {
    /// Its id, as `signing-key list` shows it
    key: KeyId,
}

impl SigningKey {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        if matches!(self, Self::Remove(_)) {
            office
                .terminal
                .confirm("Remove this key? Whoever holds a token of it has to sign in again.")?;
        }
        office
            .work(async |ctx| match self {
                Self::List => {
                    let keys = keyring::list(ctx, OPERATOR, ()).await?;
                    let rows: Vec<[String; 5]> = keys.iter().map(row).collect();
                    let data: Vec<_> = keys.iter().map(shapes::key).collect();
                    let text = table(
                        ["ID", "PURPOSE", "ALGORITHM", "SIGNS FROM", "SIGNS NOW"],
                        &rows,
                    );
                    Ok(Answer::new(json!({ "data": data }), text))
                }
                Self::Rotate(rotate) => {
                    let begin = if rotate.now {
                        Begin::Now
                    } else {
                        Begin::Published
                    };
                    let id = keyring::rotate(ctx, OPERATOR, (rotate.purpose, begin)).await?;
                    let made = keyring::list(ctx, OPERATOR, ())
                        .await?
                        .into_iter()
                        .find(|key| key.id == id);
                    let from = made
                        .as_ref()
                        .map(|key| key.active_from.to_string())
                        .unwrap_or_default();
                    let text = format!("{id} signs from {from} on.");
                    Ok(Answer::new(
                        json!({ "key": made.as_ref().map(shapes::key) }),
                        text,
                    ))
                }
                Self::Remove(remove) => {
                    keyring::remove(ctx, OPERATOR, remove.key).await?;
                    let id = remove.key.to_string();
                    Ok(Answer::new(
                        json!({ "removed": id }),
                        format!("{id} is accepted no longer."),
                    ))
                }
            })
            .await
    }
}

fn row(key: &KeyView) -> [String; 5] {
    [
        key.id.to_string(),
        key.purpose.clone(),
        key.algorithm.to_owned(),
        key.active_from.to_string(),
        if key.signs { "yes" } else { "no" }.to_owned(),
    ]
}
