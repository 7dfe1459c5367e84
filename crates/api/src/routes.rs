//! The roof: every operation of the API, registered once for the router and
//! for its description.

use axum::{Router, handler::Handler, routing::on};
use tollgate_web::Web;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{PathItemExt, paste, router::OpenApiRouter, routes};

use crate::{
    access, activity, alerts, audit, authz, compliance, devices, docs, factors, health, me, outbox,
    overview, passkeys, password, people, phone, picture, recovery, refusals, review, sent_codes,
    session::{self, confirmation, mail, passkey, token},
    sessions,
    signup::{self, passkey as signup_passkey},
    sites, unlock, verification, vouching, webhooks, well_known,
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

/// Each operation, named once: for the router, and for the description, which a
/// running server does not make.
macro_rules! operations {
    ($($module:ident::$handler:ident),* $(,)?) => {
        /// All operations.
        pub fn router() -> Router<Web> {
            let router = Router::new();
            $(let router = paste! {
                mount::<$module::[<__path_ $handler>], _, _>(router, &$module::$handler)
            };)*
            router
        }

        /// Their description: OpenAPI 3.1. [`docs`] hands it out as it was written
        /// into the project.
        pub fn openapi() -> openapi::OpenApi {
            let described: OpenApiRouter<Web> = OpenApiRouter::with_openapi(Description::openapi())
                $(.routes(routes!($module::$handler)))*;
            let mut description = described.into_openapi();
            authz::complete(&mut description);
            refusals::complete(&mut description);
            description
        }
    };
}

operations!(
    signup::sign_up,
    signup_passkey::begin,
    signup_passkey::finish,
    session::sign_in,
    session::sign_out,
    session::finish,
    sent_codes::send,
    session::step_up,
    sent_codes::send_step_up,
    passkey::begin,
    passkey::finish,
    mail::ask,
    mail::confirm,
    token::present,
    passkey::begin_step_up,
    passkey::finish_step_up,
    confirmation::confirm,
    session::renew,
    password::check_strength,
    password::ask,
    password::confirm,
    me::show,
    me::edit,
    me::delete,
    me::export,
    verification::ask,
    verification::confirm,
    me::names,
    me::add_name,
    me::remove_name,
    activity::show,
    activity::lock_down,
    recovery::show_mine,
    recovery::stop_mine,
    recovery::finish,
    unlock::ask,
    unlock::finish,
    picture::show_mine,
    picture::upload_mine,
    picture::remove_mine,
    picture::show,
    picture::remove,
    password::change,
    sessions::mine,
    sessions::end_several,
    sessions::end_mine,
    devices::mine,
    devices::forget_several,
    devices::forget_mine,
    factors::list,
    factors::begin,
    factors::confirm,
    factors::remove,
    factors::renew_codes,
    sent_codes::list,
    sent_codes::turn_on,
    sent_codes::turn_off,
    phone::show,
    phone::begin,
    phone::resend,
    phone::confirm,
    phone::remove,
    outbox::mine,
    passkeys::list,
    passkeys::begin,
    passkeys::finish,
    passkeys::rename,
    passkeys::remove,
    people::list,
    people::create,
    people::show,
    people::edit,
    people::delete,
    people::suspend,
    people::resume,
    people::assign_role,
    people::reset_link,
    token::issue,
    people::export,
    unlock::unlock,
    recovery::start,
    recovery::show,
    recovery::stop,
    overview::show,
    review::show,
    review::close,
    review::void_links,
    vouching::verify,
    vouching::add_external_id,
    vouching::remove_external_id,
    sessions::of_person,
    sessions::end_of_person,
    sessions::end_one_of_person,
    devices::of_person,
    devices::forget_of_person,
    devices::forget_one_of_person,
    sites::list,
    sites::create,
    sites::show,
    sites::replace,
    sites::delete,
    sites::test,
    webhooks::list,
    webhooks::create,
    webhooks::show,
    webhooks::replace,
    webhooks::delete,
    webhooks::rotate,
    webhooks::test,
    webhooks::replay,
    webhooks::list_deliveries,
    webhooks::retry,
    alerts::list,
    alerts::show,
    alerts::acknowledge,
    alerts::close,
    alerts::rules,
    alerts::channels,
    alerts::test,
    access::report,
    compliance::show,
    compliance::check,
    compliance::findings,
    compliance::accept,
    compliance::withdraw,
    outbox::list,
    outbox::retry,
    outbox::discard,
    audit::search,
    audit::export,
    audit::checkpoints,
    audit::keys,
    well_known::jwks,
    well_known::passkey_endpoints,
    well_known::security_txt,
    well_known::change_password,
    well_known::related_origins,
    health::live,
    health::ready,
    docs::openapi,
    docs::page,
    docs::style,
);

/// Where and for which methods the description says that it is.
fn mount<P, H, T>(router: Router<Web>, handler: &H) -> Router<Web>
where
    P: utoipa::Path,
    H: Handler<T, Web>,
    T: 'static,
{
    let methods = P::methods()
        .into_iter()
        .map(|method| method.to_method_filter());
    methods.fold(router, |router, method| {
        router.route(&P::path(), on(method, handler.clone()))
    })
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
