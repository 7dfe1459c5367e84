//! Pictures of people: uploaded as files, sent as files.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tollgate_base::id::UserId;
use tollgate_flows::{Picture, picture};
use tollgate_web::{Problem, Web, Who, conditional, input::Id, upload::Upload};

use crate::shapes::{ProblemShape, User, tagged};

/// A file that a browser neither runs nor guesses at.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
/// Kept by the browser of whoever may see it, and asked for again each time.
const CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// My picture
#[utoipa::path(
    get, path = "/api/v1/me/picture", operation_id = "show_my_picture",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("If-None-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "`image/png` or `image/jpeg`, 256 pixels square", content_type = "image/*", body = Vec<u8>),
        (status = 304, description = "It is the one that the caller has."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`picture.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show_mine(
    State(web): State<Web>,
    Who(who): Who,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = picture::show(web.ctx(), &who, who.person()?.user).await?;
    Ok(file(&headers, found))
}

/// Upload my picture
///
/// A JPEG, PNG or WebP file of 5 MiB and 40 megapixels at most. Its middle is
/// cut out, made small and encoded anew.
#[utoipa::path(
    put, path = "/api/v1/me/picture", operation_id = "upload_my_picture",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    request_body(content = Vec<u8>, content_type = "image/*"),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`picture.kind`, `picture.broken`, `picture.animated`, `picture.too_large`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 503, description = "`busy.imaging`", body = ProblemShape),
    )
)]
pub(crate) async fn upload_mine(
    State(web): State<Web>,
    Who(who): Who,
    Upload(file): Upload,
) -> Result<Response, Problem> {
    let request = (who.person()?.user, file);
    Ok(tagged(picture::upload(web.ctx(), &who, request).await?))
}

/// Remove my picture
#[utoipa::path(
    delete, path = "/api/v1/me/picture", operation_id = "remove_my_picture",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn remove_mine(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<Response, Problem> {
    let me = who.person()?.user;
    Ok(tagged(picture::remove(web.ctx(), &who, me).await?))
}

/// A person's picture
#[utoipa::path(
    get, path = "/api/v1/people/{id}/picture", operation_id = "show_picture",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path), ("If-None-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "`image/png` or `image/jpeg`, 256 pixels square", content_type = "image/*", body = Vec<u8>),
        (status = 304, description = "It is the one that the caller has."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`, `picture.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(file(&headers, picture::show(web.ctx(), &who, id).await?))
}

/// Remove a person's picture
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/picture", operation_id = "remove_picture",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn remove(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<Response, Problem> {
    Ok(tagged(picture::remove(web.ctx(), &who, id).await?))
}

/// The file, under a name of ours, unless the caller has it.
fn file(headers: &HeaderMap, found: Picture) -> Response {
    let known = [
        (header::ETAG, conditional::file_etag(&found.tag)),
        (header::CACHE_CONTROL, CACHE),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    if conditional::has_file(headers, &found.tag) {
        return (StatusCode::NOT_MODIFIED, known).into_response();
    }
    let name = match found.media_type.as_str() {
        "image/png" => "attachment; filename=\"picture.png\"",
        _ => "attachment; filename=\"picture.jpg\"",
    };
    let about = [
        (header::CONTENT_TYPE, found.media_type),
        (header::CONTENT_DISPOSITION, name.to_owned()),
    ];
    (known, about, found.bytes).into_response()
}
