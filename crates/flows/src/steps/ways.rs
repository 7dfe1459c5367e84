//! Every way in, and the controls that each shares with the others. A session
//! is opened by the ways of this list alone; the page of the manual and the
//! matrix of the tests are made from it.

use tollgate_base::codes::{self, Code};

macro_rules! ways {
    ($($(#[doc = $doc:literal])+ $id:ident = $controls:expr;)*) => {
        /// A way in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Way { $($(#[doc = $doc])+ $id,)* }

        impl Way {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$id),*];

            /// What guards it.
            pub const fn controls(self) -> Controls {
                match self { $(Self::$id => $controls,)* }
            }

            /// What it is, as a sentence.
            pub fn about(self) -> String {
                match self { $(Self::$id => [$($doc.trim_ascii()),+].join(" "),)* }
            }
        }
    };
}

/// What guards a way in.
#[derive(Clone, Copy, Debug)]
pub struct Controls {
    /// Its name, as `way` in the event `session.opened` too.
    pub name: &'static str,
    /// Where it is shown.
    pub at: &'static [(&'static str, &'static str)],
    /// What comes of it.
    pub gives: Gives,
    /// Whether tries from one address of the network are limited.
    pub throttled: bool,
    /// What wrong tries count against.
    pub tries: Tries,
    /// What it is beside the account's second factor.
    pub second: Second,
    /// What it answers for a suspended account; nothing where it lets nobody in
    /// anyway.
    pub suspended: Option<&'static Code>,
    /// Whether it is only for verified addresses.
    pub verified: bool,
}

/// What comes of a way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A session.
    Session,
    /// A session, after a first step.
    SecondStep,
    /// The first account, and a session.
    Account,
    /// A new password, and no session.
    Password,
    /// One more credential of the session behind it.
    Credential,
    /// What the session behind it may do.
    Access,
}

/// What wrong tries count against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// The account, together with all other ways that say so.
    Account,
    /// The passkey.
    Passkey,
    /// The link or code that was issued.
    Secret,
    /// Nothing: it has more than a hundred random bits, or a signature.
    Nothing,
}

/// What a way in is beside the account's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// One factor: the second is asked for.
    Asked,
    /// One factor, where nobody can be asked: refused.
    Refused,
    /// It is the second factor.
    Itself,
    /// It is the second factor, and none beside a stronger one or where one is required.
    Weak,
    /// It is asked for where there is none.
    Instead,
    /// It is two factors.
    Both,
    /// It is worth what its session is worth.
    Kept,
    /// There is none yet, or nothing is opened: the next sign-in asks.
    Later,
    /// It was given for one factor, and ends when a second is added.
    Ended,
}

/// What may stand in the way of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurdle {
    /// The account is suspended.
    Suspended,
    /// Too many wrong tries at the account.
    Locked,
    /// The account has a second factor.
    SecondFactor,
    /// The account must have a second factor, and has none.
    FactorRequired,
    /// The account's address was never verified.
    Unverified,
    /// Too many tries from one address of the network.
    Flooded,
}

/// What a way in answers.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// As without the hurdle.
    In,
    /// The second factor is asked for.
    SecondStep,
    /// In, to add a second factor and for nothing else.
    Limited,
    /// It is refused.
    Refused(&'static Code),
}

impl Hurdle {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Suspended,
        Self::Locked,
        Self::SecondFactor,
        Self::FactorRequired,
        Self::Unverified,
        Self::Flooded,
    ];
}

impl Way {
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.controls().name
    }

    /// Whether it proves that somebody reads the account's mail, and no more.
    pub(crate) const fn is_by_mail(self) -> bool {
        matches!(self, Self::MailLink | Self::MailCode | Self::EmailCode)
    }

    /// What it answers at a hurdle.
    pub fn at(self, hurdle: Hurdle) -> Outcome {
        let controls = self.controls();
        let refused = match hurdle {
            Hurdle::Suspended => controls.suspended,
            Hurdle::Locked => (controls.tries == Tries::Account).then_some(&codes::THROTTLED),
            Hurdle::Flooded => controls.throttled.then_some(&codes::THROTTLED),
            Hurdle::Unverified => controls.verified.then_some(&codes::ONE_TIME_INVALID),
            Hurdle::SecondFactor if controls.second == Second::Asked => {
                return Outcome::SecondStep;
            }
            Hurdle::FactorRequired => match (controls.second, controls.gives) {
                (Second::Asked | Second::Later, Gives::Session | Gives::Account) => {
                    return Outcome::Limited;
                }
                (Second::Weak | Second::Instead, _) => return Outcome::Limited,
                (Second::Refused | Second::Ended, _) => Some(&codes::FACTOR_NEEDED),
                (Second::Kept, Gives::Access) => Some(&codes::FACTOR_REQUIRED),
                _ => None,
            },
            Hurdle::SecondFactor => match controls.second {
                Second::Refused => Some(&codes::FACTOR_NEEDED),
                Second::Weak => Some(&codes::FACTOR_CODE),
                Second::Ended => Some(&codes::SESSION_REVOKED),
                Second::Instead => Some(&codes::ONE_TIME_INVALID),
                _ => None,
            },
        };
        refused.map_or(Outcome::In, Outcome::Refused)
    }
}

/// A link that was made for somebody.
const LINK: Controls = Controls {
    name: "",
    at: &[],
    gives: Gives::Session,
    throttled: true,
    tries: Tries::Secret,
    second: Second::Asked,
    suspended: Some(&codes::ONE_TIME_INVALID),
    verified: false,
};

/// Something that a session gave.
const CREDENTIAL: Controls = Controls {
    name: "",
    at: &[],
    gives: Gives::Access,
    throttled: false,
    tries: Tries::Nothing,
    second: Second::Kept,
    suspended: Some(&codes::ACCOUNT_SUSPENDED),
    verified: false,
};

/// A code after a first step.
const CODE: Controls = Controls {
    name: "",
    at: &[("POST", "/api/v1/session/second"), ("POST", "/signin/code")],
    gives: Gives::SecondStep,
    throttled: true,
    tries: Tries::Account,
    second: Second::Itself,
    suspended: Some(&codes::ONE_TIME_INVALID),
    verified: false,
};

/// A password.
const PASSWORD: Controls = Controls {
    name: "password",
    at: &[("POST", "/api/v1/session"), ("POST", "/signin")],
    gives: Gives::Session,
    throttled: true,
    tries: Tries::Account,
    second: Second::Asked,
    suspended: Some(&codes::SIGNIN_FAILED),
    verified: false,
};

ways! {
    /// A name and its password: that somebody knows it.
    Password = PASSWORD;
    /// The code of an authenticator app after a first step: that somebody has
    /// the device.
    Totp = Controls { name: "totp", ..CODE };
    /// A recovery code after a first step: that somebody has the list.
    RecoveryCode = Controls { name: "recovery_code", ..CODE };
    /// A code in a mail, after a first step that was no mail: that somebody reads it.
    /// Weaker than an app, and off by default.
    EmailCode = Controls {
        name: "email_code",
        second: Second::Weak,
        verified: true,
        ..CODE
    };
    /// A code in a text message, after a first step: that somebody has the number.
    /// Weaker than an app, and off by default.
    SmsCode = Controls {
        name: "sms_code",
        second: Second::Weak,
        ..CODE
    };
    /// A code in a mail after a first step from where the account was not used before:
    /// that somebody reads mail to a verified address. Off by default.
    Confirmation = Controls {
        name: "confirmation",
        at: &[
            ("POST", "/api/v1/session/confirmation"),
            ("POST", "/signin/confirm"),
        ],
        second: Second::Instead,
        verified: true,
        ..CODE
    };
    /// A passkey, alone or after a first step: that somebody has the device and
    /// can unlock it.
    Passkey = Controls {
        name: "passkey",
        at: &[
            ("POST", "/api/v1/session/passkey/confirmation"),
            ("POST", "/signin/passkey"),
        ],
        tries: Tries::Passkey,
        second: Second::Both,
        suspended: Some(&codes::PASSKEY_REFUSED),
        ..PASSWORD
    };
    /// A link in a mail, in the browser that asked for it: that somebody reads
    /// mail to a verified address.
    MailLink = Controls {
        name: "mail_link",
        at: &[
            ("POST", "/api/v1/session/mail/confirmation"),
            ("POST", "/signin/link"),
        ],
        verified: true,
        ..LINK
    };
    /// A code in a mail, in the browser that asked for it: that somebody reads
    /// mail to a verified address.
    MailCode = Controls {
        name: "mail_code",
        at: &[
            ("POST", "/api/v1/session/mail/confirmation"),
            ("POST", "/signin/mail/code"),
        ],
        verified: true,
        ..LINK
    };
    /// A link that an administrator made and passed on: that somebody got it.
    SignInToken = Controls {
        name: "sign_in_token",
        at: &[
            ("POST", "/api/v1/session/token"),
            ("POST", "/signin/token"),
        ],
        ..LINK
    };
    /// The link that is printed where the server runs: that somebody reads it
    /// there. It makes the first account.
    Setup = Controls {
        name: "setup",
        at: &[("POST", "/setup"), ("POST", "/setup/passkey/confirm")],
        gives: Gives::Account,
        throttled: false,
        second: Second::Later,
        suspended: None,
        ..LINK
    };
    /// A link that sets a new password: that somebody reads the mail, or got it
    /// from who looks after people.
    ResetLink = Controls {
        name: "reset_link",
        at: &[
            ("POST", "/api/v1/password-reset/confirm"),
            ("POST", "/reset"),
            ("POST", "/password-reset-confirm/"),
        ],
        gives: Gives::Password,
        throttled: false,
        second: Second::Later,
        suspended: None,
        ..LINK
    };
    /// The link of a recovery, after its wait: that somebody reads mail to a verified
    /// address, and that nobody objected.
    RecoveryLink = Controls {
        name: "recovery_link",
        at: &[("POST", "/api/v1/recovery"), ("POST", "/recover")],
        gives: Gives::Password,
        throttled: false,
        second: Second::Later,
        suspended: None,
        verified: true,
        ..LINK
    };
    /// The cookie of our pages: that it is the browser which signed in.
    Cookie = Controls { name: "cookie", ..CREDENTIAL };
    /// An access token of ours: that it is the program which signed in.
    Bearer = Controls { name: "bearer", ..CREDENTIAL };
    /// A refresh token of ours, once: that it is the program which signed in.
    Refresh = Controls {
        name: "refresh",
        at: &[("POST", "/api/v1/session/refresh")],
        gives: Gives::Credential,
        suspended: Some(&codes::SESSION_REVOKED),
        ..CREDENTIAL
    };
    /// A ticket to an app, once, in the browser that asked for it: that this
    /// browser is signed in with us.
    SiteTicket = Controls {
        name: "site_ticket",
        at: &[("GET", "/.tollgate/land")],
        gives: Gives::Credential,
        ..CREDENTIAL
    };
    /// The cookie on an app's host: that the browser came there by a ticket.
    SiteCookie = Controls { name: "site_cookie", ..CREDENTIAL };
    /// A name and its password, in the chatbot's words.
    ChatbotLogin = Controls {
        name: "chatbot_login",
        at: &[("POST", "/auth/login/"), ("POST", "/api/token/")],
        second: Second::Refused,
        ..PASSWORD
    };
    /// An access token of the chatbot's family.
    ChatbotBearer = Controls {
        name: "chatbot_bearer",
        second: Second::Ended,
        ..CREDENTIAL
    };
    /// A refresh token of the chatbot's family.
    ChatbotRefresh = Controls {
        name: "chatbot_refresh",
        at: &[("POST", "/api/token/refresh/")],
        gives: Gives::Credential,
        second: Second::Ended,
        ..CREDENTIAL
    };
    /// A token of the chatbot's family that another service signed with the
    /// shared secret: that this service vouches for somebody.
    ForeignToken = Controls {
        name: "foreign_token",
        second: Second::Refused,
        ..CREDENTIAL
    };
}
