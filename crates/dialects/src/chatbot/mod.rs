//! Speaks the wire format of a chatbot's Django backend. Routes only.
//! `docs/dialects/chatbot.md` says where it differs, and why.

mod caller;
mod cookie;
mod error;
mod map;
mod wire;

use axum::{
    Router,
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tollgate_base::{ExposeSecret, access::Principal::Anonymous};
use tollgate_flows::{account, admit, password, password::AskReset, signin, signout, signup};
use tollgate_web::{Peer, Web, device, place};

use self::{
    caller::Caller,
    wire::{Access, LoggedIn, LoggedOut, Message, Pair, Status, User},
};
use crate::drf::{Form, Input, Negotiated, Refusal, View, json, mount, simplejwt};

/// Every operation.
pub(crate) const LISTING: &[(&str, &str)] = &[
    ("POST", "/auth/register/"),
    ("POST", "/auth/login/"),
    ("GET", "/auth/status/"),
    ("POST", "/auth/logout/"),
    ("POST", "/password-reset/"),
    ("POST", "/password-reset-confirm/"),
    ("POST", "/api/token/"),
    ("POST", "/api/token/refresh/"),
];

static REGISTER: View = view("Register", "User registration");
static LOGIN: View = view("Login", "User login");
static STATUS: View = View {
    allow: "GET, HEAD, OPTIONS",
    ..view("Auth Status", "Check auth status")
};
static LOGOUT: View = view("Logout", "User logout");
static RESET: View = view("Password Reset", "Request password reset");
static CONFIRM: View = view("Password Reset Confirm", "Confirm password reset");
static OBTAIN: View = View {
    inputs: &[input("email", "Email"), input("password", "Password")],
    ..view(
        "Token Obtain Pair",
        "Takes a set of user credentials and returns an access and refresh JSON web\n\
         token pair to prove the authentication of those credentials.",
    )
};
static REFRESH: View = View {
    inputs: &[
        input("refresh", "Refresh"),
        Input {
            required: false,
            read_only: true,
            ..input("access", "Access")
        },
    ],
    ..view(
        "Token Refresh",
        "Takes a refresh type JSON web token and returns an access type JSON web\n\
         token if the refresh token is valid.",
    )
};

/// Its endpoints.
pub(crate) fn routes() -> Router<Web> {
    let router = Router::new();
    let router = mount::<Negotiated>(router, "/auth/register/", &REGISTER, post(register));
    let router = mount::<Negotiated>(router, "/auth/login/", &LOGIN, post(login));
    let router = mount::<Caller>(router, "/auth/status/", &STATUS, get(status));
    let router = mount::<Caller>(router, "/auth/logout/", &LOGOUT, post(logout));
    let router = mount::<Negotiated>(router, "/password-reset/", &RESET, post(request_reset));
    let router = mount::<Negotiated>(router, "/password-reset-confirm/", &CONFIRM, post(reset));
    let router = mount::<Negotiated>(router, "/api/token/", &OBTAIN, post(obtain));
    mount::<Negotiated>(router, "/api/token/refresh/", &REFRESH, post(refresh))
}

async fn register(
    State(web): State<Web>,
    Peer(address): Peer,
    form: Form,
) -> Result<Response, Refusal> {
    let mut fields = form.fields()?;
    let (email, password) = (fields.email("email"), fields.text("password"));
    let faults = fields.faults();
    let request = map::sign_up(email, password, address);
    let outcome = if faults.is_empty() {
        signup::signup(web.ctx(), &Anonymous, request)
            .await
            .map(drop)
    } else {
        signup::review(web.ctx(), &Anonymous, &request).await
    };
    let least = web.ctx().policy().password.least;
    match outcome {
        Err(refused) => Err(error::register(refused, faults, least)),
        Ok(()) => {
            faults.none()?;
            Ok(json(
                StatusCode::CREATED,
                &Message {
                    message: "User created successfully",
                },
            ))
        }
    }
}

async fn login(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let login = map::login(&web, form, &headers, peer)?;
    let step = signin::signin(web.ctx(), &Anonymous, login.request)
        .await
        .map_err(error::login)?;
    let opened = map::opened(step)?;
    let body = LoggedIn {
        access_token: opened.access.expose_secret(),
        refresh_token: opened.refresh.expose_secret(),
        user_id: opened.account.aliases.number,
        email: map::email(&opened.account),
    };
    let cookie = cookie::cookie(&opened.refresh, login.kept, web.ctx().now())?;
    Ok(([(header::SET_COOKIE, cookie)], json(StatusCode::OK, &body)).into_response())
}

async fn status(State(web): State<Web>, Caller(by): Caller) -> Result<Response, Refusal> {
    let me = account::me(web.ctx(), &by, ()).await?;
    let user = User {
        id: me.aliases.number,
        email: map::email(&me),
    };
    Ok(json(
        StatusCode::OK,
        &Status {
            authenticated: true,
            user,
        },
    ))
}

async fn logout(State(web): State<Web>, Caller(by): Caller) -> Result<Response, Refusal> {
    let everywhere = (by.person()?.user, signout::Which::All);
    signout::end_all(web.ctx(), &by, everywhere)
        .await
        .map_err(error::logout)?;
    let body = LoggedOut {
        status: "success",
        message: "User logged out successfully.",
    };
    Ok((
        [(header::SET_COOKIE, cookie::CLEARED)],
        json(StatusCode::OK, &body),
    )
        .into_response())
}

async fn request_reset(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let request = AskReset {
        email: map::forgetful(form)?,
        device: device(&web, &headers, peer),
        address: peer.0,
    };
    password::request_reset(web.ctx(), &Anonymous, request).await?;
    Ok(json(
        StatusCode::OK,
        &Message {
            message: "Reset email sent",
        },
    ))
}

async fn reset(State(web): State<Web>, form: Form) -> Result<Response, Refusal> {
    let confirmation = map::confirmation(form)?;
    let (field, least) = (confirmation.field, web.ctx().policy().password.least);
    let outcome = password::reset(web.ctx(), &Anonymous, confirmation.request).await;
    outcome.map_err(|refused| error::reset(refused, field, least))?;
    Ok(json(
        StatusCode::OK,
        &Message {
            message: "Password has been reset",
        },
    ))
}

async fn obtain(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let request = map::obtain(&web, form, &headers, peer)?;
    let step = signin::signin(web.ctx(), &Anonymous, request)
        .await
        .map_err(error::obtain)?;
    let opened = map::opened(step)?;
    let body = Pair {
        refresh: opened.refresh.expose_secret(),
        access: opened.access.expose_secret(),
    };
    Ok(json(StatusCode::OK, &body))
}

async fn refresh(
    State(web): State<Web>,
    headers: HeaderMap,
    extensions: Extensions,
    form: Form,
) -> Result<Response, Refusal> {
    let token = map::refresh(form)?;
    let place = place(&web, &headers, &extensions);
    let renewed = admit::chatbot_refresh(web.ctx(), &Anonymous, (&token, &place)).await;
    let wording = web.ctx().policy().chatbot.simplejwt;
    let renewed = renewed.map_err(|error| simplejwt::refresh(error, wording))?;
    Ok(json(
        StatusCode::OK,
        &Access {
            access: renewed.access.expose_secret(),
        },
    ))
}

const fn view(name: &'static str, description: &'static str) -> View {
    View {
        name,
        description,
        allow: "POST, OPTIONS",
        inputs: &[],
    }
}

const fn input(name: &'static str, label: &'static str) -> Input {
    Input {
        name,
        kind: "string",
        required: true,
        read_only: false,
        label,
    }
}
