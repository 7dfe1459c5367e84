//! One credential of every kind in one hand, and which of them are accepted.

use tollgate_base::{SecretString, access::Principal, id::UserId};
use tollgate_flows::{
    Ctx, Opening,
    admit::{self, Credential, Place},
};

use crate::support::{COOKIE, TOKENS, accepted, cookie, foreign, renew, sign_in, tokens, who};

/// Everything a person may hold. `UNSEEN` was never presented before the act.
pub(crate) const ALL: [&str; 8] = [
    "cookie",
    "access",
    "refresh",
    "chatbot access",
    "chatbot refresh",
    "foreign access",
    "foreign refresh",
    UNSEEN,
];
pub(crate) const UNSEEN: &str = "unseen foreign access";

/// How a credential is presented.
enum Held {
    Admitted(Credential),
    Rotating(SecretString),
    ChatbotRefresh(SecretString),
}

/// One credential of each kind, by name.
pub(crate) struct Purse {
    pub(crate) user: UserId,
    held: Vec<(&'static str, Held)>,
}

impl Purse {
    pub(crate) async fn fill(ctx: &Ctx, name: &str) -> Self {
        let signed_in = sign_in(ctx, name, COOKIE).await;
        let (user, number) = (
            signed_in.account.account.id,
            signed_in.account.aliases.number,
        );
        let (access, refresh) = tokens(&sign_in(ctx, name, TOKENS).await);
        let (chatbot, chatbot_refresh) = tokens(&sign_in(ctx, name, Opening::Chatbot).await);
        let chatbot_access = |token| Held::Admitted(Credential::ChatbotAccess(token));
        let held = [
            Held::Admitted(cookie(&signed_in)),
            Held::Admitted(Credential::Access(access)),
            Held::Rotating(refresh),
            chatbot_access(chatbot),
            Held::ChatbotRefresh(chatbot_refresh),
            chatbot_access(foreign(ctx, number, "access")),
            Held::ChatbotRefresh(foreign(ctx, number, "refresh")),
            chatbot_access(foreign(ctx, number, "access")),
        ];
        let held = ALL.into_iter().zip(held).collect();
        Self { user, held }
    }

    /// Which of `names` are accepted. Within the retry window a rotating token
    /// may be presented again, as its successor stays unused here.
    pub(crate) async fn living(&self, ctx: &Ctx, names: &[&'static str]) -> Vec<&'static str> {
        let mut living = Vec::new();
        for (name, held) in self.held.iter().filter(|(name, _)| names.contains(name)) {
            let lives = match held {
                Held::Admitted(credential) => accepted(who(ctx, credential).await),
                Held::Rotating(token) => accepted(renew(ctx, token).await),
                Held::ChatbotRefresh(token) => accepted(
                    admit::chatbot_refresh(ctx, &Principal::Anonymous, (token, &Place::default()))
                        .await,
                ),
            };
            if lives {
                living.push(*name);
            }
        }
        living
    }

    /// As whom a credential acts.
    pub(crate) async fn acts(&self, ctx: &Ctx, name: &str) -> Principal {
        let (_, held) = self.held.iter().find(|(known, _)| *known == name).unwrap();
        match held {
            Held::Admitted(credential) => who(ctx, credential).await.unwrap(),
            _ => panic!("{name} admits to nothing"),
        }
    }
}
