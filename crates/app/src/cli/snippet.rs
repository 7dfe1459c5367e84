//! `snippet`: prints what to write into the configuration of a reverse proxy.
//! The text is made on floor 5, in `proxies`, for the pages too.

use std::str::FromStr;

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use serde_json::json;
use tollgate_base::{Error, codes};
use tollgate_flows::{Ctx, ctx::Listed, sites};
use tollgate_web::proxies::{Backend, Proxy};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    terminal::Answer,
};

#[derive(Args)]
pub(crate) struct Snippet {
    /// The name or the id of a site
    site: String,
    /// The proxy in front of it
    #[arg(long = "for", value_name = "PROXY", value_parser = proxies())]
    proxy: Proxy,
    /// Where the proxy finds the app
    #[arg(long, value_name = "URL", default_value = Backend::USUAL_APP, value_parser = Backend::from_str)]
    upstream: Backend,
    /// Where the proxy finds Tollgate; where it listens, if not said
    #[arg(long, value_name = "URL", value_parser = Backend::from_str)]
    tollgate: Option<Backend>,
}

/// For clap: by their names, which completions know too.
fn proxies() -> impl TypedValueParser<Value = Proxy> {
    let names = PossibleValuesParser::new(Proxy::ALL.map(Proxy::name));
    names.try_map(|name| Proxy::by_name(&name).ok_or("no such proxy"))
}

/// The site of that name or id.
async fn named(ctx: &Ctx, name: &str) -> Result<Listed, Failure> {
    let sites = sites::list(ctx, OPERATOR, ()).await?;
    let found = sites
        .into_iter()
        .find(|listed| listed.site.name == name || listed.site.id.to_string() == name);
    found.ok_or_else(|| Error::new(&codes::SITE_MISSING).into())
}

impl Snippet {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let config = office.load()?.config;
        let tollgate = self
            .tollgate
            .unwrap_or_else(|| Backend::listening(config.server.listen));
        let listed = office
            .work(async |ctx| named(ctx, &self.site).await)
            .await?;
        let address = &listed.site.address;
        let text = self.proxy.snippet(address, &self.upstream, &tollgate)?;
        let json = json!({
            "site": listed.site.id.to_string(),
            "for": self.proxy.name(),
            "text": text,
        });
        Ok(Answer::new(json, text))
    }
}
