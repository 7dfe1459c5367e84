//! The audit trail: every change tells, nobody rewrites what was told, and
//! what is personal can be erased without breaking it.

use std::{collections::BTreeSet, time::Duration};

use tollgate_base::{
    access::{Principal, Role},
    id::UserId,
    identifier::Identifier,
};
use tollgate_crypto::password::{Cost, Hasher};
use tollgate_flows::{
    ClientProfile, Ctx,
    account::{self, EditProfile},
    admit::Credential,
    audit::{self, Kept},
    keyring::{self, Begin},
    password::{self, ResetPassword},
    people, setup,
    signout::{self, Which},
    vouch,
};
use tollgate_records::events::EventKind;
use tollgate_store::args;
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, OTHER_PASSWORD, PASSWORD, TOKENS, boss, change_password, code, count, email, enter,
    events as told, foreign, join, miscounted, number, renew, secret, sign_in, tallied, together,
    tokens, try_in, who,
};

const NOBODY: &Principal = &Principal::Anonymous;
const OPERATOR: &Principal = &Principal::Operator;

/// What no verb of this journey does: backups, mails that nobody takes, the
/// gate, sign-in by mail, lock-outs, recoveries, second factors, passkeys, devices and clocks that
/// jump have stories of their own.
const ELSEWHERE: [EventKind; 65] = [
    EventKind::AccountUnlocked,
    EventKind::SigninSprayed,
    EventKind::SigninStuffed,
    EventKind::AuditRead,
    EventKind::AuditExported,
    EventKind::AuditExpired,
    EventKind::AuditBroken,
    EventKind::AuditReplayed,
    EventKind::WebhookCreated,
    EventKind::WebhookUpdated,
    EventKind::WebhookDeleted,
    EventKind::WebhookRotated,
    EventKind::WebhookReplayed,
    EventKind::WebhookStopped,
    EventKind::AlertAcknowledged,
    EventKind::AlertClosed,
    EventKind::ComplianceChanged,
    EventKind::FindingAccepted,
    EventKind::FindingWithdrawn,
    EventKind::AccessReported,
    EventKind::AccountReviewed,
    EventKind::LinksVoided,
    EventKind::SessionElsewhere,
    EventKind::CountryNew,
    EventKind::DeviceNew,
    EventKind::DeviceTrusted,
    EventKind::DeviceRemoved,
    EventKind::DevicesRemoved,
    EventKind::ConfirmationAsked,
    EventKind::IdentifierAdded,
    EventKind::IdentifierRemoved,
    EventKind::LockedDown,
    EventKind::RecoveryStarted,
    EventKind::RecoveryStopped,
    EventKind::AccountRecovered,
    EventKind::SignInMailed,
    EventKind::SignInTokenIssued,
    EventKind::FactorAdded,
    EventKind::FactorRemoved,
    EventKind::FactorsReset,
    EventKind::FactorBlocked,
    EventKind::PasswordBlocked,
    EventKind::SteppedUp,
    EventKind::PasskeyAdded,
    EventKind::PasskeyRenamed,
    EventKind::PasskeyRemoved,
    EventKind::PasskeyCopied,
    EventKind::RecoveryCodesMade,
    EventKind::BreachCheckFailed,
    EventKind::CodesTurnedOn,
    EventKind::CodesTurnedOff,
    EventKind::CodeSent,
    EventKind::PhoneVerified,
    EventKind::PhoneRemoved,
    EventKind::RecoveryCodeUsed,
    EventKind::BackupWritten,
    EventKind::BackupRestored,
    EventKind::MailGivenUp,
    EventKind::MailRetried,
    EventKind::MailDiscarded,
    EventKind::ClockStepped,
    EventKind::SiteCreated,
    EventKind::SiteUpdated,
    EventKind::SiteDeleted,
    EventKind::SiteEntered,
];

/// asvs:V16.2.1, asvs:V16.3.1, asvs:V16.3.3
#[tokio::test]
async fn every_kind_of_change_tells_and_the_chain_holds() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    setup::link(ctx, OPERATOR, ()).await.unwrap();
    let (root, admin) = boss(ctx, "root").await;
    let root_name = Identifier::Email(email("root@example.org"));
    setup::recover(ctx, OPERATOR, root_name).await.unwrap();
    let ann = join(ctx, "ann").await;
    outdate_hash(ctx, ann).await;
    let (_, herself) = enter(ctx, "ann").await;
    let edit = EditProfile {
        bio: Some("Rides.".into()),
        ..EditProfile::default()
    };
    account::edit(ctx, &herself, (ann, edit)).await.unwrap();
    let address = Identifier::Email(email("ann@example.org"));
    vouch::verify(ctx, OPERATOR, (ann, address)).await.unwrap();
    change_password(ctx, &herself, (PASSWORD, OTHER_PASSWORD))
        .await
        .unwrap();
    signout::signout(ctx, &herself, ()).await.unwrap();
    let link = password::reset_link(ctx, &admin, ann).await.unwrap();
    let request = ResetPassword {
        token: link.token,
        new: secret(PASSWORD),
        client: ClientProfile::NATIVE,
    };
    password::reset(ctx, NOBODY, request).await.unwrap();
    node.clock.advance(Duration::from_secs(1));
    who(ctx, &Credential::ChatbotAccess(foreign(ctx, 2, "access")))
        .await
        .unwrap();
    let (_, refresh) = tokens(&sign_in(ctx, "ann", TOKENS).await);
    renew(ctx, &refresh).await.unwrap();
    node.clock.advance(Duration::from_secs(11));
    assert_eq!(code(&renew(ctx, &refresh).await), "token.reused");
    signout::end_all(ctx, &admin, (ann, Which::All))
        .await
        .unwrap();
    people::assign_role(ctx, &admin, (ann, Role::Manager))
        .await
        .unwrap();
    people::suspend(ctx, &admin, ann).await.unwrap();
    people::resume(ctx, &admin, ann).await.unwrap();
    let old = keyring::list(ctx, &admin, ()).await.unwrap().remove(0).id;
    keyring::rotate(ctx, &admin, ("access".into(), Begin::Now))
        .await
        .unwrap();
    keyring::remove(ctx, &admin, old).await.unwrap();
    account::export(ctx, &admin, ann).await.unwrap();
    account::delete(ctx, &admin, ann).await.unwrap();
    fail_often(ctx, "root", 10).await;
    node.settle().await;

    let trail = audit::export(ctx, &admin, (0, 1_000)).await.unwrap();
    let seen: BTreeSet<&str> = trail.iter().map(|event| event.kind.as_str()).collect();
    let silent: Vec<&str> = EventKind::ALL
        .iter()
        .filter(|kind| !ELSEWHERE.contains(kind))
        .map(|kind| kind.as_str())
        .filter(|kind| !seen.contains(kind))
        .collect();
    assert_eq!(silent, [""; 0]);
    let by_root = |kind: &str| {
        trail
            .iter()
            .any(|event| event.kind == kind && event.actor == root.to_string())
    };
    assert!(by_root("role.assigned") && by_root("account.deleted"));
    let verified = audit::verify(ctx, &admin, Kept::default()).await.unwrap();
    assert_eq!((verified.sealed, verified.waiting), (trail.len() as i64, 0));
    assert_eq!(
        code(&audit::verify(ctx, &herself, Kept::default()).await),
        "access.denied"
    );
}

/// asvs:V16.4.2
#[tokio::test]
async fn a_sealed_event_that_was_touched_is_found_in_every_column() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for name in ["ann", "bob", "cid"] {
        enter_once(ctx, name).await;
    }
    node.settle().await;
    let whole = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    let db = ctx.db();
    db.write_one("CREATE TABLE kept AS SELECT * FROM events", Vec::new())
        .await
        .unwrap();
    // One in the middle, with session, subject and personal data.
    db.write_one(
        "CREATE TABLE victim AS SELECT * FROM events WHERE kind = 'session.opened' ORDER BY seq LIMIT 1",
        Vec::new(),
    )
    .await
    .unwrap();
    for tamper in [
        "UPDATE events SET id = 'evt_00000000000000000000000000' WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET seq = 1000000 WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET seq = NULL, hash = NULL WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET at = at + 1 WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET kind = 'session.ended' WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET actor = 'operator' WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET subject = NULL WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET subject = session, session = subject WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET session = NULL WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET data = '{}' WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET personal = '{}' WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET personal = NULL WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET address = '192.0.2.66' WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET salt = NULL WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET salt = hash WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET personal_digest = hash WHERE id IN (SELECT id FROM victim)",
        "UPDATE events SET hash = personal_digest WHERE id IN (SELECT id FROM victim)",
        "DELETE FROM events WHERE id IN (SELECT id FROM victim)",
        "DELETE FROM events WHERE seq = 1",
    ] {
        assert_eq!(
            db.write_one(tamper, Vec::new()).await.unwrap(),
            1,
            "{tamper}"
        );
        let outcome = audit::verify(ctx, OPERATOR, Kept::default()).await;
        assert_eq!(code(&outcome), "audit.broken", "{tamper}");
        restore(ctx).await;
        assert_eq!(
            audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap(),
            whole
        );
    }
    // A cut tail leaves a chain that holds: how far others had come tells, and
    // without that the head that was kept elsewhere.
    let cut = "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)";
    db.write_one(cut, Vec::new()).await.unwrap();
    let outcome = audit::verify(ctx, OPERATOR, Kept::default()).await;
    assert_eq!(code(&outcome), "audit.broken");
    let marks = "DELETE FROM alert_marks";
    db.write_one(marks, Vec::new()).await.unwrap();
    let shorter = audit::verify(ctx, OPERATOR, Kept::default()).await.unwrap();
    let kept = Kept {
        head: Some(whole.head.clone()),
        ..Kept::default()
    };
    let kept = audit::verify(ctx, OPERATOR, kept).await;
    assert_eq!(
        code(&kept),
        "audit.broken",
        "the head that was kept is gone"
    );
    assert!(shorter.sealed == whole.sealed - 1 && shorter.head != whole.head);
}

/// asvs:V14.2.4
#[tokio::test]
async fn a_deleted_persons_data_leave_the_trail_and_the_chain_holds() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, admin) = boss(ctx, "root").await;
    let (ann, _) = enter_once(ctx, "ann").await;
    let (bob, _) = enter_once(ctx, "bob").await;
    node.settle().await;
    let before = audit::verify(ctx, &admin, Kept::default()).await.unwrap();
    let personal = async |of: UserId| {
        let sql = "SELECT CAST(count(*) AS BIGINT) AS number FROM events
            WHERE subject = $1 AND (personal IS NOT NULL OR salt IS NOT NULL)";
        number(ctx, sql, args![of]).await
    };
    assert_eq!(personal(ann).await, 1);
    account::delete(ctx, &admin, ann).await.unwrap();
    node.settle().await;
    assert_eq!(personal(ann).await, 0);
    assert_eq!(personal(bob).await, 1);
    let after = audit::verify(ctx, &admin, Kept::default()).await.unwrap();
    assert_eq!(after.sealed, before.sealed + 1);
    let hers = audit::page(ctx, &admin, (None, Some(ann.to_string()), 100))
        .await
        .unwrap();
    assert!(hers.len() >= 3, "that it happened stays");
}

/// asvs:V15.4.2, asvs:V16.4.2
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sealers_on_two_nodes_never_fork_the_chain() {
    let node = Node::new().await;
    let other = node.second().await;
    for round in 0..5 {
        let nodes = [node.ctx.clone(), other.ctx.clone()];
        let clock = node.clock.clone();
        together(12, move |place| {
            let (ctx, clock) = (nodes[place % 2].clone(), clock.clone());
            async move {
                if place < 4 {
                    join(&ctx, &format!("person{round}x{place}")).await;
                }
                // The lease that usually keeps them apart is over for each of them.
                clock.advance(Duration::from_secs(11));
                // Whoever loses too often gives up; the next round goes on.
                let _ = audit::seal(&ctx, &Principal::Chore("seal"), ()).await;
            }
        })
        .await;
        node.settle().await;
        other.settle().await;
    }
    let verified = audit::verify(&other.ctx, OPERATOR, Kept::default())
        .await
        .unwrap();
    assert_eq!(told(&node.ctx, "account.created").await, 20);
    assert_eq!(verified.waiting, 0);
    assert_eq!(miscounted(&node.ctx).await, 0);
    assert!(tallied(&node.ctx, "account.created").await == 20);
}

/// asvs:V16.3.3, vuln:88
#[tokio::test]
async fn refusals_are_counted_and_not_told_one_by_one() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    for name in ["ann", "nobody"] {
        let before = told(ctx, "signin.blocked").await;
        fail_often(ctx, name, 40).await;
        assert_eq!(told(ctx, "signin.blocked").await, before + 1, "{name}");
    }
    let all = "SELECT CAST(count(*) AS BIGINT) AS number FROM events";
    let quiet = number(ctx, all, Vec::new()).await;
    let stranger = secret("tgr_".to_owned() + &"A".repeat(43));
    let refusals = together(20, |_| {
        let (ctx, stranger) = (ctx.clone(), stranger.clone());
        async move { renew(&ctx, &stranger).await }
    })
    .await;
    assert_eq!(count(&refusals, "token.invalid"), 20);
    assert_eq!(number(ctx, all, Vec::new()).await, quiet);
}

async fn enter_once(ctx: &Ctx, name: &str) -> (UserId, Principal) {
    join(ctx, name).await;
    enter(ctx, name).await
}

async fn fail_often(ctx: &Ctx, name: &str, often: usize) {
    for _ in 0..often {
        let outcome = try_in(ctx, name, "wrong guess", COOKIE).await;
        assert!(matches!(code(&outcome), "signin.failed" | "throttled"));
    }
}

/// Give somebody a hash that is to be replaced: [`PASSWORD`] at another cost
/// than the node's.
async fn outdate_hash(ctx: &Ctx, id: UserId) {
    let other = Cost::default();
    let hash = Hasher::new(other, 1, 1)
        .hash(&secret(PASSWORD), [7; 16])
        .await
        .unwrap();
    let sql = "UPDATE passwords SET hash = $2 WHERE account_id = $1";
    ctx.db().write_one(sql, args![id, hash]).await.unwrap();
}

async fn restore(ctx: &Ctx) {
    for sql in [
        "DELETE FROM events",
        "INSERT INTO events SELECT * FROM kept",
    ] {
        ctx.db().write_one(sql, Vec::new()).await.unwrap();
    }
}
