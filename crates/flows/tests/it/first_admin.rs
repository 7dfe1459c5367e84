//! The first administrator, by whichever way there comes to be one: from then
//! on nobody else becomes it.

use tollgate_base::{
    Result,
    access::{Principal, Role},
    id::UserId,
    identifier::Identifier,
};
use tollgate_flows::{
    Ctx, Device,
    people::{self, CreatePerson},
    setup::{self, Condition, SetUp},
};
use tollgate_testkit::node::Node;

use crate::support::{applicant, code, events, join};

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
            device: Device::default(),
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
