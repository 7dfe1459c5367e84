//! How we are reached and what we take, as floor 5 sees it.

use tollgate_flows::ctx::Rate;
use tollgate_outbound::countries::Countries;
use tollgate_web::{Http, Limits, Networks, Rates, Routes};

use crate::config::{
    self, Config,
    meant::{
        pace::{AccountPace, Pace},
        web::{ContactUrl, WebOrigin},
    },
};

/// What requests cost: those that send mail or texts, hash a password for somebody who
/// is signed in, gather a person's data or take a picture cost more than others.
const ROUTES: Routes = Routes {
    health: &["/livez", "/readyz"],
    files: &["/static/", "/.tollgate/static/", "/docs/", "/api/docs"],
    expensive: &[
        ("GET", "/api/v1/me/export"),
        ("GET", "/api/v1/people/{id}/export"),
        ("PUT", "/api/v1/me/picture"),
        ("POST", "/api/v1/signup"),
        ("POST", "/api/v1/password-reset"),
        ("POST", "/api/v1/session/mail"),
        ("POST", "/api/v1/session/second/code"),
        ("POST", "/api/v1/session/step-up"),
        ("POST", "/api/v1/session/step-up/code"),
        ("POST", "/api/v1/unlock"),
        ("PUT", "/api/v1/me/password"),
        ("POST", "/api/v1/me/verification"),
        ("POST", "/api/v1/me/identifiers"),
        ("POST", "/api/v1/me/phone"),
        ("POST", "/api/v1/me/phone/code"),
        ("POST", "/signup"),
        ("POST", "/forgot"),
        ("POST", "/signin/mail"),
        ("POST", "/signin/code/send"),
        ("POST", "/unlock/mail"),
        ("POST", "/me/password"),
        ("POST", "/me/step-up"),
        ("POST", "/me/step-up/code"),
        ("POST", "/me/picture"),
        ("POST", "/me/names"),
        ("POST", "/me/names/verify"),
        ("POST", "/me/phone"),
        ("POST", "/me/phone/code"),
        ("POST", "/auth/register/"),
        ("POST", "/password-reset/"),
    ],
};

/// How we are reached, as floor 5 sees it, where addresses are in these countries.
pub fn http(config: &Config, countries: &Countries) -> Http {
    Http {
        public_url: config.server.address(),
        listen: config.server.listen,
        trusted_proxies: config.server.trusted_proxies.clone(),
        cors_origins: config
            .http
            .cors_origins
            .iter()
            .map(WebOrigin::text)
            .collect(),
        body_limit: config.http.body_limit.bytes() as usize,
        hsts_subdomains: config.http.hsts_subdomains,
        request_timeout: config.http.request_timeout,
        limits: limits(&config.limits),
        networks: Networks {
            allow: config.network.allow.clone(),
            deny: config.network.deny.clone(),
            allow_countries: config.network.allow_countries.clone(),
            deny_countries: config.network.deny_countries.clone(),
            countries: countries.clone(),
        },
        security_contact: config.contact.security.as_ref().map(ContactUrl::text),
    }
}

fn limits(config: &config::limits::Limits) -> Limits {
    let rate = |pace: Pace| Rate {
        burst: pace.count,
        per: pace.per,
    };
    let own = |own: &AccountPace| (own.account, rate(own.pace));
    Limits {
        address: Rates {
            reading: config.address_reading.0.map(rate),
            changing: config.address_changing.0.map(rate),
            expensive: config.address_expensive.0.map(rate),
        },
        account: Rates {
            reading: config.account_reading.0.map(rate),
            changing: config.account_changing.0.map(rate),
            expensive: config.account_expensive.0.map(rate),
        },
        accounts: config.accounts.iter().map(own).collect(),
        routes: ROUTES,
    }
}
