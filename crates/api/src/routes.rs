//! The roof: every operation of the API, registered once for the router and
//! for its description.

use std::sync::Arc;

use axum::{Extension, Router};
use tollgate_web::Web;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    authz, docs, factors, health, me, overview, password, people, picture, refusals, session,
    sessions, signup, sites, verification, vouching, well_known,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Tollgate", description = "Identity for self-hosted AI apps."),
    tags(
        (name = "sign-in", description = "Getting in and out"),
        (name = "me", description = "One's own account"),
        (name = "people", description = "Other people's accounts, for managers and administrators"),
        (name = "gate", description = "Apps behind the gate, and the questions that proxies ask"),
        (name = "operation", description = "For operators and other programs"),
    ),
    modifiers(&Credentials)
)]
struct Description;

/// The two credentials of our own.
struct Credentials;

/// All operations.
pub fn router() -> Router<Web> {
    let (router, description) = operations().split_for_parts();
    router.layer(Extension(Arc::new(docs::Documents::new(description))))
}

/// Their description: OpenAPI 3.1.
pub fn openapi() -> openapi::OpenApi {
    operations().split_for_parts().1
}

fn operations() -> OpenApiRouter<Web> {
    let mut operations = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(signup::sign_up))
        .routes(routes!(session::sign_in, session::sign_out))
        .routes(routes!(session::finish))
        .routes(routes!(session::renew))
        .routes(routes!(password::weigh))
        .routes(routes!(password::ask))
        .routes(routes!(password::confirm))
        .routes(routes!(me::show, me::edit, me::delete))
        .routes(routes!(me::export))
        .routes(routes!(verification::ask))
        .routes(routes!(verification::confirm))
        .routes(routes!(me::add_name, me::remove_name))
        .routes(routes!(
            picture::show_mine,
            picture::upload_mine,
            picture::remove_mine
        ))
        .routes(routes!(picture::show, picture::remove))
        .routes(routes!(password::change))
        .routes(routes!(sessions::mine, sessions::end_several))
        .routes(routes!(sessions::end_mine))
        .routes(routes!(factors::list, factors::begin))
        .routes(routes!(factors::confirm))
        .routes(routes!(factors::remove))
        .routes(routes!(factors::renew_codes))
        .routes(routes!(people::list, people::create))
        .routes(routes!(people::show, people::edit, people::delete))
        .routes(routes!(people::suspend))
        .routes(routes!(people::resume))
        .routes(routes!(people::assign_role))
        .routes(routes!(people::reset_link))
        .routes(routes!(people::export))
        .routes(routes!(overview::show))
        .routes(routes!(vouching::verify))
        .routes(routes!(
            vouching::add_external_id,
            vouching::remove_external_id
        ))
        .routes(routes!(sessions::of_person, sessions::end_of_person))
        .routes(routes!(sessions::end_one_of_person))
        .routes(routes!(sites::list, sites::create))
        .routes(routes!(sites::show, sites::replace, sites::delete))
        .routes(routes!(sites::test))
        .routes(routes!(well_known::jwks))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(docs::openapi))
        .routes(routes!(docs::page))
        .routes(routes!(docs::style));
    authz::complete(operations.get_openapi_mut());
    refusals::complete(operations.get_openapi_mut());
    operations
}

impl Modify for Credentials {
    fn modify(&self, description: &mut openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-tollgate")));
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", cookie);
    }
}
