//! What happens to an act about factors when something else is faster.

use std::time::Duration;

use tollgate_base::access::Principal;
use tollgate_flows::{
    ClientProfile, Device,
    factors::{self, Begin},
    password,
    signin::{self, SignIn, Step},
};

use crate::{
    authenticator::{Crossing, begin, equipped},
    support::{COOKIE, OTHER_PASSWORD, PASSWORD, code, enter, join, reset, secret},
};

/// asvs:V6.3.3: whoever was about to get in by a password alone does not once
/// an app is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sign_in_that_an_app_overtakes_opens_nothing() {
    let crossing = Crossing::new().await;
    let ctx = &crossing.node.ctx;
    join(ctx, "ann").await;
    let (_, by) = enter(ctx, "ann").await;
    let app = begin(ctx, &by, PASSWORD).await.unwrap();
    let request = SignIn {
        login: "ann".into(),
        password: secret(PASSWORD),
        device: Device::default().into(),
        address: None,
        opening: COOKIE,
        client: ClientProfile::NATIVE,
    };
    let its = ctx.clone();
    let sign_in = async move { signin::signin(&its, &Principal::Anonymous, request).await };
    let confirm = async {
        let made = factors::confirm(ctx, &by, (app.id, app.shows(ctx))).await;
        made.unwrap();
    };
    let step = Box::pin(crossing.overtaken(2, sign_in, confirm)).await;
    assert!(matches!(step, Ok(Step::Second(_))), "{step:?}");
}

/// asvs:V6.2.3: a password that is none any more proves nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_former_password_proved_changes_no_factor() {
    let crossing = Crossing::new().await;
    let ctx = &crossing.node.ctx;
    let (by, app, _) = equipped(&crossing.node, "ann").await;
    let user = by.user().unwrap();
    let (mut old, mut new) = (PASSWORD, OTHER_PASSWORD);
    for act in ["begin", "remove", "renew"] {
        let (its, by, id, typed) = (ctx.clone(), by.clone(), app.id, secret(old));
        let acts = async move {
            match act {
                "begin" => {
                    let name = "Tablet".into();
                    let request = Begin {
                        name,
                        password: Some(typed),
                    };
                    factors::begin(&its, &by, request).await.map(|_| ())
                }
                "remove" => factors::remove(&its, &by, (id, Some(typed))).await,
                _ => factors::renew_codes(&its, &by, Some(typed))
                    .await
                    .map(|_| ()),
            }
        };
        let replace = async {
            let link = password::reset_link(ctx, &Principal::Operator, user).await;
            reset(ctx, &link.unwrap().token, new).await.unwrap();
        };
        let outcome = crossing.overtaken(3, acts, replace).await;
        assert_eq!(code(&outcome), "password.wrong", "{act}");
        (old, new) = (new, old);
    }
}

/// asvs:V6.4.4: there is no app without recovery codes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_app_that_becomes_the_only_one_brings_codes() {
    let crossing = Crossing::new().await;
    let ctx = &crossing.node.ctx;
    let (by, first, _) = equipped(&crossing.node, "ann").await;
    let second = begin(ctx, &by, PASSWORD).await.unwrap();
    let (its, whose, shown) = (ctx.clone(), by.clone(), (second.id, second.shows(ctx)));
    let confirm = async move { factors::confirm(&its, &whose, shown).await };
    let remove = async {
        let gone = factors::remove(ctx, &by, (first.id, Some(secret(PASSWORD)))).await;
        gone.unwrap();
    };
    let made = crossing.overtaken(2, confirm, remove).await.unwrap();
    assert_eq!(made.codes.map(|codes| codes.0.len()), Some(10));
    crossing.node.clock.advance(Duration::from_secs(30));
    let has = factors::list(ctx, &by, by.user().unwrap()).await.unwrap();
    assert_eq!((has.apps.len(), has.codes_left), (1, 10));
}
