//! The apps behind the gate, for administrators.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{Result, id::SiteId};
use tollgate_flows::{
    Draft, Rule, RuleDraft, Verdict, Who as Allowed,
    ctx::Listed,
    sites::{self, CreateSite, EditSite, TestVisit, Tested},
};
use tollgate_web::{Problem, Web, Who, body::Json, conditional, idempotency::Keyed, input::Id};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// An app behind the gate.
#[derive(Serialize, ToSchema)]
pub(crate) struct SiteShape {
    /// Its id.
    #[schema(example = "sit_01k3bq7k3vf0q8s6r2c4e5g6h7")]
    id: String,
    /// What people call it.
    name: String,
    /// Where it is.
    #[schema(example = "https://notes.example.org")]
    url: String,
    /// Whether it gets `Tollgate-Identity`: a signed statement of who the visitor is.
    identity_token: bool,
    /// The first rule that fits decides; what no rule fits is refused.
    rules: Vec<RuleShape>,
    /// Whether it is set in the configuration and can be changed only there.
    locked: bool,
    /// When it was registered (RFC 3339); none if it is locked.
    created_at: Option<String>,
    /// When it was last changed; none if it is locked.
    updated_at: Option<String>,
    /// Its version, as in the `ETag`.
    version: i64,
}

/// Who may enter a part of a site.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleShape {
    /// This path and everything below it.
    #[serde(default = "whole")]
    path: String,
    /// By which methods; by any if there are none.
    #[serde(default)]
    methods: Vec<String>,
    /// `anyone`, `signed-in`, `role:ROLE`, `user:NAME`; nobody if there are none.
    allow: Vec<String>,
}

/// All sites.
#[derive(Serialize, ToSchema)]
pub(crate) struct SiteList {
    /// Those of the configuration first, then by name.
    data: Vec<SiteShape>,
}

/// A site that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSite {
    /// What people call it.
    name: String,
    /// Scheme, host and port.
    #[schema(example = "https://notes.example.org")]
    url: String,
    #[serde(default)]
    identity_token: bool,
    /// Left out: everybody with an account may enter.
    rules: Option<Vec<RuleShape>>,
}

/// A visit that nobody makes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    /// The address in the app.
    #[schema(example = "https://notes.example.org/admin")]
    url: String,
    /// `GET` if it is left out.
    method: Option<String>,
    /// The id of an account; a stranger if it is left out.
    user: Option<String>,
}

/// What the rules would say.
#[derive(Serialize, ToSchema)]
pub(crate) struct Answer {
    /// `allowed`, `sign-in` or `refused`.
    verdict: &'static str,
    /// `rule`, `doubt` (it fits only as some would read the address), `no-rule` or `no-site`.
    because: &'static str,
    /// Which rule, counted from 1.
    rule: Option<usize>,
    /// The path as rules compare it; none if it can be read in several ways.
    path: Option<String>,
    /// Whether the person is suspended, whom the gate takes for a stranger.
    suspended: bool,
    /// The site.
    site: Option<SiteShape>,
}

/// List the sites
#[utoipa::path(
    get, path = "/api/v1/sites", operation_id = "list_sites",
    tag = "gate", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = SiteList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<SiteList>, Problem> {
    let all = sites::list(web.ctx(), &who, ()).await?;
    let data = all.into_iter().map(SiteShape::from).collect();
    Ok(axum::Json(SiteList { data }))
}

/// Register a site
///
/// With an `Idempotency-Key` a repetition makes nothing new.
#[utoipa::path(
    post, path = "/api/v1/sites", operation_id = "create_site",
    tag = "gate", security(("bearer" = []), ("cookie" = [])), request_body = NewSite,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = SiteShape, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 409, description = "`site.taken`, `site.limit`", body = ProblemShape),
        (status = 422, description = "`idempotency.mismatch`", body = ProblemShape),
    )
)]
pub(crate) async fn create(
    State(web): State<Web>,
    Who(who): Who,
    keyed: Keyed<NewSite>,
) -> Result<Response, Problem> {
    let request = CreateSite {
        once: keyed.once(&who, "POST /api/v1/sites")?,
        draft: keyed.body.into(),
    };
    let made = sites::create(web.ctx(), &who, request).await?;
    Ok((StatusCode::CREATED, tagged(made)).into_response())
}

/// Show a site
#[utoipa::path(
    get, path = "/api/v1/sites/{id}", operation_id = "show_site",
    tag = "gate", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = SiteShape, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`site.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<SiteId>,
) -> Result<Response, Problem> {
    Ok(tagged(sites::show(web.ctx(), &who, id).await?))
}

/// Replace a site
#[utoipa::path(
    put, path = "/api/v1/sites/{id}", operation_id = "replace_site",
    tag = "gate", security(("bearer" = []), ("cookie" = [])), request_body = NewSite,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, body = SiteShape, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`site.missing`", body = ProblemShape),
        (status = 409, description = "`site.locked`, `site.taken`", body = ProblemShape),
        (status = 412, description = "`version.mismatch`", body = ProblemShape),
    )
)]
pub(crate) async fn replace(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<SiteId>,
    headers: HeaderMap,
    Json(body): Json<NewSite>,
) -> Result<Response, Problem> {
    let request = EditSite {
        id,
        draft: body.into(),
        if_version: conditional::if_match(&headers)?,
    };
    Ok(tagged(sites::edit(web.ctx(), &who, request).await?))
}

/// Delete a site
///
/// Whoever asks for it is refused from now on.
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}", operation_id = "delete_site",
    tag = "gate", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`site.missing`", body = ProblemShape),
        (status = 409, description = "`site.locked`", body = ProblemShape),
    )
)]
pub(crate) async fn delete(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<SiteId>,
) -> Result<StatusCode, Problem> {
    sites::delete(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask which rule decides
#[utoipa::path(
    post, path = "/api/v1/sites/test", operation_id = "test_site",
    tag = "gate", security(("bearer" = []), ("cookie" = [])), request_body = Test,
    responses(
        (status = 200, body = Answer),
        (status = 400, description = "`request.invalid`, `id.malformed`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn test(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<Test>,
) -> Result<axum::Json<Answer>, Problem> {
    let request = TestVisit {
        url: body.url,
        method: body.method.unwrap_or_else(|| "GET".into()),
        user: body.user.map(|user| user.parse()).transpose()?,
    };
    Ok(axum::Json(
        sites::test(web.ctx(), &who, request).await?.into(),
    ))
}

fn whole() -> String {
    "/".into()
}

fn tagged(listed: Listed) -> Response {
    let tag = conditional::etag(listed.site.version);
    ([(header::ETAG, tag)], axum::Json(SiteShape::from(listed))).into_response()
}

impl From<NewSite> for Draft {
    fn from(body: NewSite) -> Self {
        let rules = |rules: Vec<RuleShape>| rules.into_iter().map(RuleDraft::from).collect();
        Self {
            name: body.name,
            url: body.url,
            identity_token: body.identity_token,
            rules: body.rules.map(rules),
        }
    }
}

impl From<RuleShape> for RuleDraft {
    fn from(body: RuleShape) -> Self {
        Self {
            path: body.path,
            methods: body.methods,
            allow: body.allow,
        }
    }
}

impl From<Listed> for SiteShape {
    fn from(listed: Listed) -> Self {
        let (site, stored) = (listed.site, !listed.locked);
        Self {
            id: site.id.to_string(),
            name: site.name.clone(),
            url: site.address.origin().to_owned(),
            identity_token: site.identity_token,
            rules: site.rules.iter().map(RuleShape::of).collect(),
            locked: listed.locked,
            created_at: stored.then(|| site.created_at.to_string()),
            updated_at: stored.then(|| site.updated_at.to_string()),
            version: site.version,
        }
    }
}

impl RuleShape {
    fn of(rule: &Rule) -> Self {
        Self {
            path: rule.path.shown().to_owned(),
            methods: rule.methods.clone(),
            allow: rule.allow.iter().map(Allowed::shown).collect(),
        }
    }
}

impl From<Tested> for Answer {
    fn from(tested: Tested) -> Self {
        let (verdict, because) = match tested.judgement {
            None => (Verdict::Refused, "no-site"),
            Some(found) if found.rule.is_none() => (found.verdict, "no-rule"),
            Some(found) => (found.verdict, if found.certain { "rule" } else { "doubt" }),
        };
        Self {
            verdict: verdict.as_str(),
            because,
            rule: tested
                .judgement
                .and_then(|found| found.rule)
                .map(|place| place + 1),
            path: tested.path.shown().map(ToOwned::to_owned),
            suspended: tested.suspended,
            site: tested.site.map(SiteShape::from),
        }
    }
}
