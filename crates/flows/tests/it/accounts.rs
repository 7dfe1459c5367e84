//! What an account is called, in which spellings, and what there is of it: all
//! of that can be taken out, and nothing of it stays behind.

use std::collections::BTreeSet;

use tollgate_base::{access::Principal, id::UserId, identifier::Username};
use tollgate_flows::{Applicant, Ctx, account, password};
use tollgate_records::schema::TABLES;
use tollgate_store::args;
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, TOKENS, applicant, boss, code, count, email, enter, join, number, sign_in, together,
    try_join,
};

/// vuln:110, asvs:V6.1.1
#[tokio::test]
async fn one_name_in_two_spellings_is_taken() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "straße").await;
    for spelling in ["STRASSE", "ＳＴＲＡＳＳＥ", "Straße", " strasse ", "ﬆrasse"] {
        let same = Username::parse(spelling).unwrap();
        let new = Applicant {
            username: Some(same),
            email: None,
            ..applicant("bob")
        };
        assert_eq!(
            code(&try_join(ctx, new).await),
            "identifier.taken",
            "{spelling}"
        );
        let same = email(&format!("{}@EXAMPLE.org", spelling.trim()));
        let new = Applicant {
            username: None,
            email: Some(same),
            ..applicant("bob")
        };
        assert_eq!(
            code(&try_join(ctx, new).await),
            "identifier.taken",
            "{spelling}"
        );
    }
}

/// asvs:V15.4.2, vuln:110
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_gets_aliases_of_its_own_and_none_comes_back() {
    let node = Node::new().await;
    let other = node.second().await;
    let nodes = [node.ctx.clone(), other.ctx.clone()];
    let made = together(20, |place| {
        let ctx = nodes[place % 2].clone();
        // Half of them want one name, spelled differently.
        let name = if place < 10 {
            ["ann", "ANN"][place % 2].into()
        } else {
            format!("p{place}")
        };
        async move { try_join(&ctx, applicant(&name)).await }
    })
    .await;
    assert_eq!(
        (count(&made, "ok"), count(&made, "identifier.taken")),
        (11, 9)
    );
    let ctx = &node.ctx;
    let highest = "SELECT CAST(max(number) AS BIGINT) AS number FROM aliases";
    let before = number(ctx, highest, Vec::new()).await;
    for id in made.into_iter().flatten() {
        account::delete(ctx, &Principal::Operator, id)
            .await
            .unwrap();
    }
    join(ctx, "zoe").await;
    assert!(number(ctx, highest, Vec::new()).await > before);
}

/// asvs:V14.2.4
#[tokio::test]
async fn an_export_has_all_and_a_deletion_leaves_nothing() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    boss(ctx, "root").await;
    let ann = join(ctx, "ann").await;
    let (_, herself) = enter(ctx, "ann").await;
    sign_in(ctx, "ann", TOKENS).await;
    sign_in(ctx, "ann", COOKIE).await;
    password::reset_link(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    let sql = "INSERT INTO idempotency (principal, route, idempotency_key, body_hash, result_id, created_at)
        VALUES ($1, 'POST', 'key', $2, 'usr_x', 0)";
    ctx.db()
        .write_one(sql, args![ann, vec![0; 32]])
        .await
        .unwrap();
    let link = "INSERT INTO external_ids (provider, external_id, account_id, created_at) VALUES ('x', 'y', $1, 0)";
    ctx.db().write_one(link, args![ann]).await.unwrap();
    let former = "INSERT INTO former_passwords (account_id, hash, replaced_at) VALUES ($1, 'x', 0)";
    ctx.db().write_one(former, args![ann]).await.unwrap();
    let picture = "INSERT INTO pictures (account_id, media_type, bytes, tag, changed_at)
        VALUES ($1, 'image/png', $2, 'x', 0)";
    let bytes: Vec<u8> = vec![1, 2];
    ctx.db()
        .write_one(picture, args![ann, bytes])
        .await
        .unwrap();

    let factor = "INSERT INTO factors (id, account_id, kind, name, secret, last_step, created_at)
        VALUES ('fac_00000000000000000000000000', $1, 'totp', 'Phone', $2, 0, 0)";
    let sealed: Vec<u8> = vec![1, 2];
    ctx.db()
        .write_one(factor, args![ann, sealed])
        .await
        .unwrap();
    let codes = "INSERT INTO recovery_codes (account_id, hash) VALUES ($1, 'x')";
    ctx.db().write_one(codes, args![ann]).await.unwrap();
    let passkey = "INSERT INTO passkeys (id, account_id, credential_id, name, credential, counter, backup_eligible, backed_up, created_at)
        VALUES ('psk_00000000000000000000000000', $1, $2, 'Phone', $2, 0, false, false, 0)";
    let bytes: Vec<u8> = vec![1, 2];
    ctx.db()
        .write_one(passkey, args![ann, bytes.clone()])
        .await
        .unwrap();
    let recovery =
        "INSERT INTO recoveries (account_id, job_id, started_by, started_at, ready_at, expires_at)
        VALUES ($1, 'job_x', 'operator', 0, 0, 0)";
    ctx.db().write_one(recovery, args![ann]).await.unwrap();
    let ceremony = "INSERT INTO passkey_ceremonies (hash, purpose, account_id, state, expires_at)
        VALUES ($2, 'registration', $1, $2, 0)";
    ctx.db()
        .write_one(ceremony, args![ann, bytes])
        .await
        .unwrap();

    let device = "INSERT INTO devices (id, account_id, hash, name, created_at, last_used_at)
        VALUES ('dev_01k3bq7k3vf0q8s6r2c4e5g6h7', $1, $2, 'Tablet', 0, 0)";
    let hash: Vec<u8> = vec![1; 32];
    ctx.db().write_one(device, args![ann, hash]).await.unwrap();

    let phone = "INSERT INTO phones (account_id, number, added_at) VALUES ($1, '+49301234567', 0)";
    ctx.db().write_one(phone, args![ann]).await.unwrap();
    let way = "INSERT INTO code_ways (account_id, way, target, added_at) VALUES ($1, 'sms', '+49301234567', 0)";
    ctx.db().write_one(way, args![ann]).await.unwrap();
    let waits = "INSERT INTO waiting_addresses (account_id, canonical, shown, asked_at, expires_at)
        VALUES ($1, 'ann@example.net', 'ann@example.net', 0, 9000000000000000)";
    ctx.db().write_one(waits, args![ann]).await.unwrap();
    let job = "INSERT INTO jobs (id, queue, payload, created_at, run_at, tries, account_id)
        VALUES ('job_x', 'notice', '{}', 0, 0, 1, $1)";
    ctx.db().write_one(job, args![ann]).await.unwrap();

    let excused =
        "INSERT INTO compliance_exceptions (rule, subject, reason, accepted_by, accepted_at, until)
        VALUES ('dormant', $1, 'on leave', 'operator', 0, 9000000000000000)";
    ctx.db().write_one(excused, args![ann]).await.unwrap();

    let showed = "UPDATE sessions SET assurance = 2 WHERE account_id = $1";
    ctx.db().write_one(showed, args![ann]).await.unwrap();
    let export = account::export(ctx, &herself, ann).await.unwrap();
    assert_eq!(export.devices[0].name.as_deref(), Some("Tablet"));
    assert_eq!(export.networks, ["192.0.2.0/24"]);
    assert_eq!((export.phones.len(), export.code_ways.len()), (1, 1));
    assert_eq!(export.waiting[0].shown, "ann@example.net");
    assert_eq!(export.exceptions[0].reason, "on leave");
    assert_eq!(export.account.account.id, ann);
    assert_eq!(
        (
            export.account.identifiers.len(),
            export.account.external_ids.len()
        ),
        (2, 1)
    );
    assert_eq!(export.sessions.len(), 3);
    assert_eq!(export.picture.as_ref().unwrap().bytes, [1, 2]);
    let kinds: Vec<_> = export.factors.iter().map(|held| held.kind).collect();
    assert_eq!(kinds, ["totp", "passkey"]);
    assert!(export.password_hash.is_some() && export.events.len() == 5);

    for (table, rows) in traces(ctx, ann).await {
        assert!(rows > 0, "the story puts something into {table}");
    }
    account::delete(ctx, &herself, ann).await.unwrap();
    for (table, rows) in traces(ctx, ann).await {
        assert_eq!(rows, 0, "{table}");
    }
}

/// How many rows there are, by table.
macro_rules! rows {
    ($($table:literal where $condition:literal,)*) => {
        [$((
            $table,
            concat!("SELECT CAST(count(*) AS BIGINT) AS number FROM ", $table, " WHERE ", $condition),
        )),*]
    };
}

/// Rows of an account in every table that may have some.
async fn traces(ctx: &Ctx, of: UserId) -> Vec<(&'static str, i64)> {
    const PERSONAL: [(&str, &str); 23] = rows![
        "accounts" where "id = $1",
        "identifiers" where "account_id = $1",
        "waiting_addresses" where "account_id = $1",
        "external_ids" where "account_id = $1",
        "passwords" where "account_id = $1",
        "former_passwords" where "account_id = $1",
        "factors" where "account_id = $1",
        "recovery_codes" where "account_id = $1",
        "code_ways" where "account_id = $1",
        "passkeys" where "account_id = $1",
        "passkey_ceremonies" where "account_id = $1",
        "devices" where "account_id = $1",
        "networks" where "account_id = $1",
        "phones" where "account_id = $1",
        "jobs" where "account_id = $1",
        "pictures" where "account_id = $1",
        "aliases" where "account_id = $1",
        "sessions" where "account_id = $1",
        "refresh_tokens" where "session_id NOT IN (SELECT id FROM sessions WHERE account_id <> $1)",
        "one_time_secrets" where "account_id = $1",
        "recoveries" where "account_id = $1",
        "idempotency" where "principal = $1",
        "compliance_exceptions" where "subject = $1",
    ];
    /// The audit trail is told of elsewhere; jobs that did not fail find nobody
    /// and go.
    const OTHER: [&str; 17] = [
        "compliance_counts",
        "installation",
        "alias_counters",
        "signing_keys",
        "sites",
        "attempts",
        "events",
        "checkpoint_keys",
        "checkpoints",
        "cursors",
        "tallies",
        // They name accounts by their ids, as the trail does.
        "webhooks",
        "webhook_deliveries",
        "alerts",
        "alert_notices",
        "alert_channels",
        "alert_marks",
    ];
    let known: BTreeSet<&str> = PERSONAL
        .iter()
        .map(|(table, _)| *table)
        .chain(OTHER)
        .collect();
    let all: BTreeSet<&str> = TABLES.iter().copied().collect();
    assert_eq!(known, all, "a new table is considered here");
    let mut traces = Vec::new();
    for (table, sql) in PERSONAL {
        traces.push((table, number(ctx, sql, args![of]).await));
    }
    traces
}
