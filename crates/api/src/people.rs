//! Looking after people, for managers and administrators.

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{
    ExposeSecret,
    access::Role,
    id::UserId,
    page::{Cursor, PageRequest},
};
use tollgate_flows::{
    Applicant, Filter, Once, account, password,
    people::{self, CreatePerson},
};
use tollgate_web::{
    Problem, Web, Who,
    body::Json,
    idempotency::Keyed,
    input::{Id, Query},
    paging,
};
use utoipa::ToSchema;

use crate::shapes::{Edit, ExportShape, Password, ProblemShape, User, names, tagged};

/// Which people, and how many of them.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// From 1 to 200; 50 if left out.
    limit: Option<u32>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// Only of this role.
    role: Option<String>,
    /// Only suspended people, or only others.
    suspended: Option<bool>,
    /// A part of a name, address or username.
    q: Option<String>,
}

/// A page of people, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct People {
    data: Vec<User>,
    /// Where to go on; `null` on the last page.
    next_cursor: Option<String>,
}

/// Somebody who is to have an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    email: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    /// `admin`, `manager` or `default`.
    role: Option<String>,
    /// Without one they set it by a reset link.
    password: Option<Password>,
}

/// A role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleBody {
    /// `admin`, `manager` or `default`.
    role: String,
}

/// A link that sets a password, to be passed on by hand. Shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResetLinkShape {
    link: String,
    token: String,
}

/// List people
#[utoipa::path(
    get, path = "/api/v1/people", operation_id = "list_people",
    tag = "people", security(("bearer" = []), ("cookie" = [])), params(Search),
    responses(
        (status = 200, body = People, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "`request.invalid`, `cursor.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
    OriginalUri(uri): OriginalUri,
    Query(search): Query<Search>,
) -> Result<Response, Problem> {
    let page = PageRequest::parse(search.limit, search.cursor.as_deref())?;
    let found = people::list(web.ctx(), &who, (search.filter()?, page)).await?;
    let mut headers = HeaderMap::new();
    if let Some(next) = &found.next {
        headers.insert(header::LINK, paging::next_link(&uri, next));
    }
    let next_cursor = found.next.as_ref().map(Cursor::encode);
    let data = found.rows.into_iter().map(User::from).collect();
    Ok((headers, axum::Json(People { data, next_cursor })).into_response())
}

/// Make an account for somebody
///
/// Its address counts as verified: whoever makes an account vouches for it.
/// With an `Idempotency-Key` a repetition makes nothing new.
#[utoipa::path(
    post, path = "/api/v1/people", operation_id = "create_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = NewPerson,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`request.invalid`, `identifier.invalid`, `password.weak`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`", body = ProblemShape),
        (status = 422, description = "`idempotency.mismatch`", body = ProblemShape),
    )
)]
pub(crate) async fn create(
    State(web): State<Web>,
    Who(who): Who,
    keyed: Keyed<NewPerson>,
) -> Result<Response, Problem> {
    let once = keyed.once(&who, "POST /api/v1/people")?;
    let made = people::create(web.ctx(), &who, keyed.body.request(once)?).await?;
    Ok((StatusCode::CREATED, tagged(made)).into_response())
}

/// A person
#[utoipa::path(
    get, path = "/api/v1/people/{id}", operation_id = "show_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<Response, Problem> {
    Ok(tagged(people::show(web.ctx(), &who, id).await?))
}

/// Change a person's profile
#[utoipa::path(
    patch, path = "/api/v1/people/{id}", operation_id = "edit_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = Edit,
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
        (status = 412, description = "`version.mismatch`", body = ProblemShape),
    )
)]
pub(crate) async fn edit(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
    headers: HeaderMap,
    Json(body): Json<Edit>,
) -> Result<Response, Problem> {
    Ok(tagged(
        account::edit(web.ctx(), &who, (id, body.edit(&headers)?)).await?,
    ))
}

/// Delete a person
#[utoipa::path(
    delete, path = "/api/v1/people/{id}", operation_id = "delete_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "The account and all that belongs to it are gone."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
        (status = 409, description = "`admin.last`", body = ProblemShape),
    )
)]
pub(crate) async fn delete(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    account::delete(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspend a person
///
/// All their sessions end at once.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/suspend", operation_id = "suspend_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "They are out."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
        (status = 409, description = "`admin.last`", body = ProblemShape),
    )
)]
pub(crate) async fn suspend(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    people::suspend(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a suspended person sign in again
#[utoipa::path(
    post, path = "/api/v1/people/{id}/resume", operation_id = "resume_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "They may sign in."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn resume(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    people::resume(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a person a role
#[utoipa::path(
    put, path = "/api/v1/people/{id}/role",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = RoleBody,
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is in force with the next request."),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
        (status = 409, description = "`admin.last`", body = ProblemShape),
    )
)]
pub(crate) async fn assign_role(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
    Json(body): Json<RoleBody>,
) -> Result<StatusCode, Problem> {
    people::assign_role(web.ctx(), &who, (id, body.role.parse::<Role>()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a reset link for a person
///
/// To be passed on by hand. It works once; earlier ones are void.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/reset-link", operation_id = "make_reset_link",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ResetLinkShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn reset_link(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<axum::Json<ResetLinkShape>, Problem> {
    let made = password::reset_link(web.ctx(), &who, id).await?;
    let token = made.token.expose_secret().to_owned();
    Ok(axum::Json(ResetLinkShape {
        link: format!("{}/reset#{token}", web.http().public_url),
        token,
    }))
}

/// Take a person's data out
#[utoipa::path(
    get, path = "/api/v1/people/{id}/export", operation_id = "export_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ExportShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn export(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<axum::Json<ExportShape>, Problem> {
    Ok(axum::Json(
        account::export(web.ctx(), &who, id).await?.into(),
    ))
}

impl Search {
    fn filter(&self) -> Result<Filter, Problem> {
        Ok(Filter {
            role: self.role.as_deref().map(str::parse).transpose()?,
            suspended: self.suspended,
            part: self.q.clone(),
        })
    }
}

impl NewPerson {
    fn request(self, once: Option<Once>) -> Result<CreatePerson, Problem> {
        let (email, username) = names(self.email.as_deref(), self.username.as_deref())?;
        let applicant = Applicant {
            email,
            username,
            display_name: self.display_name,
            password: self.password.map(|password| password.0),
        };
        let role = self
            .role
            .as_deref()
            .map(str::parse)
            .transpose()?
            .unwrap_or(Role::Default);
        Ok(CreatePerson {
            applicant,
            role,
            once,
        })
    }
}
