//! How many requests may come from one address and from one account, by what
//! they cost: buckets that every answer of the API tells of
//! (draft-ietf-httpapi-ratelimit-headers-11). What proxies ask at the gate,
//! questions about health and static files are not counted.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method},
};
use tollgate_base::{Error, Result, access::Principal, codes, id::UserId, network::host};
use tollgate_flows::{
    Ctx,
    ctx::{Rate, Taken},
};

use crate::{observe, origin::is_safe, state::Web};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// How many requests may come.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// From one address.
    pub address: Rates,
    /// From one account.
    pub account: Rates,
    /// From these accounts instead, whatever they cost.
    pub accounts: HashMap<UserId, Rate>,
    /// What each costs.
    pub routes: Routes,
}

/// What requests cost, by where they go. The rest is told by their methods.
#[derive(Clone, Copy, Debug, Default)]
pub struct Routes {
    /// By which a machine asks itself how it is: never counted, nor judged by
    /// networks if it is this machine that asks.
    pub health: &'static [&'static str],
    /// Folders of files that cost nothing.
    pub files: &'static [&'static str],
    /// Method and route of what costs more than others.
    pub expensive: &'static [(&'static str, &'static str)],
}

/// By what they cost; without a rate they are not counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    /// Those that only read.
    pub reading: Option<Rate>,
    /// Those that change something.
    pub changing: Option<Rate>,
    /// Those that cost more than others.
    pub expensive: Option<Rate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Cost {
    Reading,
    Changing,
    Expensive,
}

/// What a request has been counted in.
#[derive(Clone)]
pub(crate) struct Meter(Arc<Counted>);

struct Counted {
    cost: Cost,
    address: OnceLock<(Rate, Taken)>,
    account: OnceLock<(Rate, Taken)>,
}

impl Rates {
    const fn of(&self, cost: Cost) -> Option<Rate> {
        match cost {
            Cost::Reading => self.reading,
            Cost::Changing => self.changing,
            Cost::Expensive => self.expensive,
        }
    }
}

impl Cost {
    fn of(request: &Request, routes: &Routes) -> Self {
        let (method, route) = (request.method(), request.extensions().get::<MatchedPath>());
        let route = route.map_or("", MatchedPath::as_str);
        // What is asked for its headers alone is made all the same.
        let made = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        if routes.expensive.contains(&(made.as_str(), route)) {
            Self::Expensive
        } else if is_safe(method) {
            Self::Reading
        } else {
            Self::Changing
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Changing => "changing",
            Self::Expensive => "expensive",
        }
    }
}

impl Meter {
    /// Attach one to a request, if it counts.
    pub(crate) fn attach(request: &mut Request, routes: &Routes) -> Option<Self> {
        let path = request.uri().path();
        let below = |folder: &&str| path.starts_with(*folder);
        if routes.health.contains(&path) || routes.files.iter().any(below) {
            return None;
        }
        let meter = Self(Arc::new(Counted {
            cost: Cost::of(request, routes),
            address: OnceLock::new(),
            account: OnceLock::new(),
        }));
        request.extensions_mut().insert(meter.clone());
        Some(meter)
    }

    /// Count the request for its address.
    pub(crate) async fn count_address(&self, web: &Web, peer: Option<IpAddr>) -> Result<()> {
        let cost = self.0.cost;
        let (Some(address), Some(rate)) = (peer, web.http().limits.address.of(cost)) else {
            return Ok(());
        };
        let host = host(address);
        let taken = match cost {
            Cost::Reading => web.ctx().spend_here(&(cost, host), rate),
            _ => spend(web.ctx(), "address", cost, &host, rate).await,
        };
        let _ = self.0.address.set((rate, taken));
        judge(web.ctx(), "address", cost, taken)
    }

    async fn count_account(&self, web: &Web, user: UserId) -> Result<()> {
        let (cost, http) = (self.0.cost, web.http());
        let own = http.limits.accounts.get(&user).copied();
        let Some(rate) = own.or(http.limits.account.of(cost)) else {
            return Ok(());
        };
        // Several parts of one request may ask who it is.
        if self.0.account.get().is_some() {
            return Ok(());
        }
        let taken = match cost {
            Cost::Reading => web.ctx().spend_here(&(cost, user), rate),
            _ => spend(web.ctx(), "account", cost, &user, rate).await,
        };
        let _ = self.0.account.set((rate, taken));
        judge(web.ctx(), "account", cost, taken)
    }

    /// Tell how much is left, as structured fields (RFC 9651).
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let buckets = [("address", &self.0.address), ("account", &self.0.account)];
        let (mut policy, mut state) = (String::with_capacity(96), String::with_capacity(96));
        for (name, bucket) in buckets {
            let Some((rate, taken)) = bucket.get() else {
                continue;
            };
            for text in [&mut policy, &mut state] {
                if !text.is_empty() {
                    text.push_str(", ");
                }
                for part in ["\"", name, "-", self.0.cost.name(), "\""] {
                    text.push_str(part);
                }
            }
            let full = taken.full_after.as_secs() + u64::from(taken.full_after.subsec_nanos() > 0);
            number(&mut policy, ";q=", rate.burst.into());
            number(&mut policy, ";w=", rate.per.as_secs());
            number(&mut state, ";r=", taken.remaining.into());
            number(&mut state, ";t=", full);
        }
        for (name, text) in [(POLICY, policy), (STATE, state)] {
            if let Ok(value) = HeaderValue::try_from(text)
                && !value.is_empty()
            {
                headers.insert(name, value);
            }
        }
    }
}

/// Who asks is known: the request's line in the log names them, and it is counted
/// for their account.
///
/// # Errors
/// `throttled`, with the time to wait.
pub async fn note_asker(web: &Web, extensions: &Extensions, who: &Principal) -> Result<()> {
    let Some(user) = who.user() else {
        return Ok(());
    };
    observe::asked_by(user);
    match extensions.get::<Meter>() {
        Some(meter) => meter.count_account(web, user).await,
        None => Ok(()),
    }
}

/// Whether an answer at this path tells how much is left.
pub(crate) fn tells(path: &str) -> bool {
    path.starts_with("/api/")
}

async fn spend(
    ctx: &Ctx,
    by: &str,
    cost: Cost,
    whose: &impl std::fmt::Display,
    rate: Rate,
) -> Taken {
    let key = format!("requests {by} {}:{whose}", cost.name());
    ctx.spend(&key, rate).await
}

fn judge(ctx: &Ctx, by: &'static str, cost: Cost, taken: Taken) -> Result<()> {
    if taken.allowed {
        return Ok(());
    }
    metrics::counter!("tollgate_requests_throttled_total", "by" => by, "cost" => cost.name())
        .increment(1);
    ctx.note_throttled();
    Err(Error::new(&codes::THROTTLED).retry_after(taken.retry_after))
}

/// A parameter. On the path of every request: the formatting of `std` takes three
/// times as long.
fn number(text: &mut String, name: &str, value: u64) {
    let (mut digits, mut at, mut rest) = ([0; 20], 20, value);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    text.push_str(name);
    text.push_str(str::from_utf8(&digits[at..]).unwrap_or_default());
}
