//! The first administrator, by whichever way there comes to be one: from then
//! on nobody else becomes it.

use tollgate_base::{
    Result,
    access::{Principal, Role},
    id::UserId,
    identifier::Identifier,
};
use tollgate_flows::{
    Ctx, Device, audit,
    ctx::{Policy, SecondFactor},
    people::{self, CreatePerson},
    setup::{self, Condition, SetUp},
};
use tollgate_testkit::node::Node;

use crate::support::{COOKIE, applicant, code, cookie, events, join, sign_in, who};

/// vuln:83, vuln:120: a link that was printed before is void.
#[tokio::test]
async fn setup_closes_by_whichever_way_there_is_an_administrator() {
    for way in ["made", "raised", "recovered"] {
        let node = Node::new().await;
        let ctx = &node.ctx;
        let ann = join(ctx, "ann").await;
        let token = setup::link(ctx, &Principal::Operator, ()).await.unwrap();
        assert!(
            setup::is_open(ctx, &Principal::Anonymous, ())
                .await
                .unwrap()
        );

        make_one(ctx, way, ann).await.unwrap();
        assert!(
            !setup::is_open(ctx, &Principal::Anonymous, ())
                .await
                .unwrap(),
            "{way}"
        );
        assert_eq!(events(ctx, "installation.set_up").await, 1, "{way}");
        let request = SetUp {
            token,
            admin: applicant("eve"),
            device: Device::default().into(),
        };
        let late = setup::set_up(ctx, &Principal::Anonymous, request).await;
        assert_eq!(code(&late), "one_time.invalid", "{way}");
        let second = setup::link(ctx, &Principal::Operator, ()).await;
        assert_eq!(code(&second), "admin.exists", "{way}");
        let wanted = (applicant("eve"), Condition::First);
        let second = setup::create_admin(ctx, &Principal::Operator, wanted).await;
        assert_eq!(code(&second), "admin.exists", "{way}");
    }
}

async fn make_one(ctx: &Ctx, way: &str, ann: UserId) -> Result<()> {
    let by = Principal::Operator;
    match way {
        "made" => {
            let request = CreatePerson {
                applicant: applicant("root"),
                role: Role::Admin,
                once: None,
            };
            people::create(ctx, &by, request).await.map(drop)
        }
        "raised" => people::assign_role(ctx, &by, (ann, Role::Admin)).await,
        _ => {
            let ann = Identifier::parse("ann").unwrap();
            setup::recover(ctx, &by, ann).await.map(drop)
        }
    }
}

/// asvs:V6.3.3: whoever came by the link must have a second factor by default;
/// whoever the operator made may not have a client that knows one.
#[tokio::test]
async fn whoever_came_by_the_link_must_have_a_second_factor() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    ctx.set_policy(Policy {
        second_factor: SecondFactor::Founder,
        ..(*ctx.policy()).clone()
    });
    let request = SetUp {
        token: setup::link(ctx, &Principal::Operator, ()).await.unwrap(),
        admin: applicant("ann"),
        device: Device::default().into(),
    };
    let ann = setup::set_up(ctx, &Principal::Anonymous, request)
        .await
        .unwrap();
    assert!(ann.limited);
    let by = who(ctx, &cookie(&ann)).await.unwrap();
    let refused = audit::page(ctx, &by, (None, None, 1)).await;
    assert_eq!(code(&refused), "factor.required");

    let wanted = (applicant("boss"), Condition::Always);
    setup::create_admin(ctx, &Principal::Operator, wanted)
        .await
        .unwrap();
    let boss = sign_in(ctx, "boss@example.org", COOKIE).await;
    assert!(!boss.limited);
    let by = who(ctx, &cookie(&boss)).await.unwrap();
    audit::page(ctx, &by, (None, None, 1)).await.unwrap();

    people::assign_role(ctx, &by, (ann.account.account.id, Role::Manager))
        .await
        .unwrap();
    let ann = sign_in(ctx, "ann@example.org", COOKIE).await;
    assert!(!ann.limited, "who is no administrator any more need not");
}
