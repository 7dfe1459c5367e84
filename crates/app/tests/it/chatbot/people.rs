//! Registering, signing in and out, and setting a new password, end to end.

use std::time::Duration;

use serde_json::json;
use tollgate_flows::ctx::Registration;
use tollgate_records::attempts::Allowance;
use tollgate_store::counters::Rate;

use super::{ANN, Chatbot, PASSWORD};

const NEW: &str = "a new horse each day";

#[tokio::test]
async fn somebody_registers_signs_in_and_is_out_everywhere_at_once() {
    let chatbot = Chatbot::with_ann().await;
    let (phone, phone_refresh) = chatbot.login().await;
    let (laptop, laptop_refresh) = chatbot.login().await;
    let me = chatbot.status(&phone).await;
    assert_eq!(
        me.body,
        r#"{"authenticated":true,"user":{"id":1,"email":"ann@example.org"}}"#
    );

    let renewed = chatbot.refresh(&laptop_refresh).await;
    assert_eq!(chatbot.status(&renewed.text("access")).await.status, 200);

    let out = chatbot.ask("POST", "/auth/logout/", &phone).await;
    assert_eq!(out.status, 200, "{out:?}");
    for token in [&phone, &laptop, &renewed.text("access")] {
        let answer = chatbot.status(token).await;
        assert_eq!(
            (answer.status, answer.text("code").as_str()),
            (401, "token_not_valid")
        );
    }
    for token in [&phone_refresh, &laptop_refresh] {
        let answer = chatbot.refresh(token).await;
        assert_eq!(
            (answer.status, answer.text("detail").as_str()),
            (401, "Token is blacklisted")
        );
    }
    chatbot.login().await;
}

#[tokio::test]
async fn an_address_is_trimmed_and_its_case_does_not_count() {
    let chatbot = Chatbot::with_ann().await;
    let login = json!({"email": "  ANN@Example.org ", "password": PASSWORD, "remember_me": "on"});
    let answer = chatbot.post("/auth/login/", login).await;
    assert_eq!(answer.json()["email"], ANN);
    assert!(
        answer
            .header("set-cookie")
            .is_some_and(|cookie| cookie.contains("Max-Age=2592000"))
    );
}

#[tokio::test]
async fn an_expired_token_does_not_keep_anybody_from_signing_in() {
    let chatbot = Chatbot::with_ann().await;
    let (access, _) = chatbot.login().await;
    chatbot.node.clock.advance(Duration::from_hours(2));
    let answer = chatbot.status(&access).await;
    assert_eq!(answer.json()["messages"][0]["message"], "Token is expired");
    let request = axum::http::Request::post("/auth/login/")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {access}"))
        .body(
            json!({"email": ANN, "password": PASSWORD})
                .to_string()
                .into(),
        )
        .expect("a request");
    assert_eq!(chatbot.send(request).await.status, 200);
}

#[tokio::test]
async fn a_suspended_person_is_inactive_at_once() {
    let chatbot = Chatbot::with_ann().await;
    let (access, refresh) = chatbot.login().await;
    assert_eq!(chatbot.status(&access).await.status, 200);
    chatbot.suspend(ANN).await;
    let answer = chatbot.status(&access).await;
    assert_eq!(
        answer.body,
        r#"{"detail":"User is inactive","code":"user_inactive"}"#
    );
    assert_eq!(chatbot.refresh(&refresh).await.status, 401);
    let login = chatbot
        .post("/auth/login/", json!({"email": ANN, "password": PASSWORD}))
        .await;
    assert_eq!(login.body, r#"{"error":"Invalid credentials"}"#);
}

/// asvs:V6.3.8: asking tells nothing about who has an account.
#[tokio::test]
async fn a_forgotten_password_is_set_by_mail() {
    let chatbot = Chatbot::with_ann().await;
    let (access, refresh) = chatbot.login().await;
    let [known, unknown] = [ANN, "eve@example.org"].map(|email| json!({ "email": email }));
    let known = chatbot.post("/password-reset/", known).await;
    let unknown = chatbot.post("/password-reset/", unknown).await;
    assert_eq!((known.status, &known.body), (200, &unknown.body));
    assert_eq!(known.body, r#"{"message":"Reset email sent"}"#);
    chatbot.node.settle().await;
    assert_eq!(chatbot.node.mails_to("/reset").len(), 1);
    let token = chatbot.reset_token();

    for (wrong, body) in [
        (json!({"token": token, "password": "123"}), "too short"),
        (
            json!({"token": token, "new_password": NEW, "new_password_confirm": "other"}),
            "didn't match",
        ),
        (
            json!({"token": "rubbish", "password": NEW}),
            "Invalid token.",
        ),
    ] {
        let answer = chatbot.post("/password-reset-confirm/", wrong).await;
        assert!(
            answer.status == 400 && answer.body.contains(body),
            "{answer:?}"
        );
    }
    let form =
        json!({"uidb64": "MQ", "token": token, "new_password": NEW, "new_password_confirm": NEW});
    let answer = chatbot.post("/password-reset-confirm/", form.clone()).await;
    assert_eq!(answer.body, r#"{"message":"Password has been reset"}"#);

    assert_eq!(chatbot.status(&access).await.status, 401);
    assert_eq!(chatbot.refresh(&refresh).await.status, 401);
    let login = async |password| {
        chatbot
            .post("/auth/login/", json!({"email": ANN, "password": password}))
            .await
            .status
    };
    assert_eq!((login(PASSWORD).await, login(NEW).await), (401, 200));
    let again = chatbot.post("/password-reset-confirm/", form).await;
    assert_eq!(again.body, r#"{"token":["Invalid token."]}"#);
}

#[tokio::test]
async fn each_way_of_confirming_a_new_password_is_taken() {
    for names in [
        &["password"][..],
        &["password", "password_confirm"],
        &["new_password"],
        &["new_password", "new_password_confirm"],
    ] {
        let chatbot = Chatbot::with_ann().await;
        chatbot
            .post("/password-reset/", json!({ "email": ANN }))
            .await;
        chatbot.node.settle().await;
        let mut form = json!({ "token": chatbot.reset_token() });
        for name in names {
            form[name] = json!(NEW);
        }
        let answer = chatbot.post("/password-reset-confirm/", form).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let login = chatbot
            .post("/auth/login/", json!({"email": ANN, "password": NEW}))
            .await;
        assert_eq!(login.status, 200, "{login:?}");
    }
}

#[tokio::test]
async fn where_registration_is_off_the_answer_names_the_setting() {
    let chatbot = Chatbot::new().await;
    chatbot.allow(|policy| policy.registration = Registration::Off);
    for body in [json!({"email": ANN, "password": PASSWORD}), json!({})] {
        let answer = chatbot.post("/auth/register/", body).await;
        assert_eq!(answer.status, 403);
        assert!(
            answer
                .text("error")
                .contains(r#"[signin] registration = "open""#),
            "{answer:?}"
        );
    }
}

/// The number in the sentence, in the header and in the policy is one.
#[tokio::test]
async fn whoever_guesses_is_told_how_long_to_wait() {
    let chatbot = Chatbot::with_ann().await;
    chatbot.allow(|policy| {
        policy.attempts = Allowance {
            failures: 2,
            window: Duration::from_mins(15),
        };
        policy.address_rate = Rate {
            burst: 1,
            per: Duration::from_secs(30),
        };
    });
    let guess = async || {
        chatbot
            .post("/auth/login/", json!({"email": ANN, "password": "guess"}))
            .await
    };
    assert_eq!((guess().await.status, guess().await.status), (401, 401));
    let answer = guess().await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("900"))
    );
    assert_eq!(
        answer.body,
        r#"{"detail":"Request was throttled. Expected available in 900 seconds."}"#
    );
}

#[tokio::test]
async fn without_its_last_slash_a_path_is_nothing() {
    let chatbot = Chatbot::with_ann().await;
    for (_, path) in tollgate_dialects::routes::LISTING {
        let answer = chatbot.post(path.trim_end_matches('/'), json!({})).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (404, r#"{"detail":"Not found."}"#),
            "{path}"
        );
    }
}

impl Chatbot {
    /// The token in the one mail that was sent.
    pub(super) fn reset_token(&self) -> String {
        let mails = self.node.mails_to("/reset");
        let token = mails.first().and_then(|mail| {
            let (_, rest) = mail.split_once("Token: ")?;
            rest.split_whitespace().next()
        });
        token
            .unwrap_or_else(|| panic!("no token in {mails:?}"))
            .to_owned()
    }
}
