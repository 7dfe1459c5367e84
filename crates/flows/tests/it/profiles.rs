//! What people say of themselves: the same limits by whichever verb it comes,
//! and no text that one of the two databases does not take.

use tollgate_base::{
    access::{Principal, Role},
    page::PageRequest,
};
use tollgate_flows::{
    Applicant, ClientProfile, Device, Filter, Opening,
    account::{self, EditProfile},
    people::{self, CreatePerson},
    signin::{self, SignIn},
    signout,
};
use tollgate_testkit::node::Node;

use crate::support::{PASSWORD, applicant, code, enter, join, secret, try_in, try_join};

/// asvs:V1.3.3, asvs:V2.2.1
#[tokio::test]
async fn a_name_has_the_same_limits_however_it_comes() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let (ann, by) = enter(ctx, "ann").await;
    let long = "n".repeat(101);
    for (name, rule) in [
        ("a\0b", "characters"),
        ("a\u{1b}[2J", "characters"),
        (&long, "too_long"),
    ] {
        let called = || Applicant {
            display_name: Some(name.to_owned()),
            ..applicant("bob")
        };
        let signed_up = try_join(ctx, called()).await.map(drop);
        let request = CreatePerson {
            applicant: called(),
            role: Role::Default,
            once: None,
        };
        let created = people::create(ctx, &Principal::Operator, request).await;
        let edit = EditProfile {
            display_name: Some(name.to_owned()),
            ..EditProfile::default()
        };
        let edited = account::edit(ctx, &by, (ann, edit)).await;
        for outcome in [signed_up, created.map(drop), edited.map(drop)] {
            assert_eq!(code(&outcome), "request.invalid", "{name:?}");
            let error = outcome.unwrap_err();
            let told: Vec<_> = error.fields().iter().map(|fault| fault.rule).collect();
            assert_eq!(told, [rule], "{name:?}");
        }
    }
    let blank = Applicant {
        display_name: Some(" \t ".into()),
        ..applicant("bob")
    };
    let bob = try_join(ctx, blank).await.unwrap();
    let bob = people::show(ctx, &Principal::Operator, bob).await.unwrap();
    assert_eq!(bob.account.profile.display_name, None);
}

/// What no row can hold is answered like anything else that is not there.
#[tokio::test]
async fn odd_characters_break_nothing() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let ann = join(ctx, "ann").await;
    for login in ["ann\0", "ann\0@example.org", "\u{10ffff}", ""] {
        let refused = try_in(ctx, login, PASSWORD, Opening::Chatbot).await;
        assert_eq!(code(&refused), "signin.failed", "{login:?}");
    }
    let odd = || Some("Lap\0top\u{7}".to_owned());
    let request = SignIn {
        login: "ann".into(),
        password: secret(PASSWORD),
        device: Device::new(odd(), odd(), odd()).into(),
        address: None,
        opening: Opening::Chatbot,
        client: ClientProfile::NATIVE,
    };
    signin::signin(ctx, &Principal::Anonymous, request)
        .await
        .unwrap();
    let live = signout::list(ctx, &Principal::Operator, ann).await.unwrap();
    assert_eq!(live[0].device.name.as_deref(), Some("Laptop"));

    for (part, found) in [
        ("an", 1),
        ("an\0", 0),
        ("\0", 0),
        ("%", 0),
        ("_nn", 0),
        ("!", 0),
    ] {
        let filter = Filter {
            part: Some(part.into()),
            ..Filter::default()
        };
        let page = PageRequest::parse(None, None).unwrap();
        let page = people::list(ctx, &Principal::Operator, (filter, page))
            .await
            .unwrap();
        assert_eq!(page.rows.len(), found, "{part:?}");
    }
}
