//! The SQL of sites. Rules are one JSON column: they are read whole, in order,
//! by one reader.

use serde::{Deserialize, Serialize};
use tollgate_base::{Error, Result, codes, id::SiteId, time::Time};
use tollgate_store::{
    args, queries,
    sql::{Db, Row, Tx},
};

use super::{Draft, Rule, RuleDraft, Site, Who};

queries! {
    ADD = "INSERT INTO sites (id, name, host, url, identity_token, rules, created_at, updated_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1) ON CONFLICT DO NOTHING";
    SAVE = "UPDATE sites SET name = $2, host = $3, url = $4, identity_token = $5, rules = $6, updated_at = $7,
            version = version + 1
        WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM sites other WHERE other.id <> $1 AND (other.name = $2 OR other.host = $3))";
    ALL = "SELECT id, name, url, identity_token, rules, created_at, updated_at, version FROM sites ORDER BY name, id";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS sites FROM sites";
    FORGET = "DELETE FROM sites WHERE id = $1";
}

/// A rule as it is stored: JSON column `rules`.
#[derive(Serialize, Deserialize)]
struct StoredRule {
    path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    methods: Vec<String>,
    allow: Vec<String>,
}

/// Register a site. False if another has its name or host.
pub async fn add(tx: &mut Tx<'_>, site: &Site, now: Time) -> Result<bool> {
    Ok(tx.run(ADD, row(site, now)?).await? == 1)
}

/// Store a site as it is now. False if another has its name or host, or if it
/// is gone.
pub async fn save(tx: &mut Tx<'_>, site: &Site, now: Time) -> Result<bool> {
    Ok(tx.run(SAVE, row(site, now)?).await? == 1)
}

/// All sites by name.
pub async fn all(db: &Db) -> Result<Vec<Site>> {
    db.rows(ALL, args![]).await?.iter().map(read).collect()
}

/// The same within a transaction.
pub async fn all_in(tx: &mut Tx<'_>) -> Result<Vec<Site>> {
    tx.rows(ALL, args![]).await?.iter().map(read).collect()
}

/// How many there are.
pub async fn count(tx: &mut Tx<'_>) -> Result<i64> {
    tx.one(COUNT, args![]).await?.get("sites")
}

/// Delete a site. False if it is gone.
pub async fn forget(tx: &mut Tx<'_>, id: SiteId) -> Result<bool> {
    Ok(tx.run(FORGET, args![id]).await? == 1)
}

fn row(site: &Site, now: Time) -> Result<Vec<tollgate_store::sql::Value>> {
    let rules: Vec<StoredRule> = site.rules.iter().map(StoredRule::of).collect();
    let rules = serde_json::to_string(&rules)
        .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
    Ok(args![
        site.id,
        &site.name,
        site.address.host(),
        site.address.origin(),
        site.identity_token,
        rules,
        now
    ])
}

/// What cannot be understood any more is not guessed at: then nothing is read,
/// and what was read before stays in force.
fn read(row: &Row) -> Result<Site> {
    let broken = |fault: String| Error::new(&codes::INTERNAL_STORE).because(fault);
    let stored: Vec<StoredRule> = serde_json::from_str(&row.get::<String>("rules")?)
        .map_err(|fault| broken(fault.to_string()))?;
    let draft = Draft {
        name: row.get("name")?,
        url: row.get("url")?,
        identity_token: row.get("identity_token")?,
        rules: Some(stored.into_iter().map(RuleDraft::from).collect()),
    };
    let site = draft.understood(row.get("id")?, row.get("created_at")?);
    let site =
        site.map_err(|fault| broken(format!("site {}: {:?}", draft.name, fault.fields())))?;
    Ok(Site {
        updated_at: row.get("updated_at")?,
        version: row.get("version")?,
        ..site
    })
}

impl StoredRule {
    fn of(rule: &Rule) -> Self {
        Self {
            path: rule.path.shown().to_owned(),
            methods: rule.methods.clone(),
            allow: rule.allow.iter().map(Who::shown).collect(),
        }
    }
}

impl From<StoredRule> for RuleDraft {
    fn from(stored: StoredRule) -> Self {
        Self {
            path: stored.path,
            methods: stored.methods,
            allow: stored.allow,
        }
    }
}
