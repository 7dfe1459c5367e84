//! All surfaces behind one door: what proxies ask for each request of each app,
//! and, through the router, everything else.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::ConnectInfo,
    http::Request,
    response::Response,
};
use tollgate_api::ForwardAuth;
use tollgate_web::Web;
use tower::ServiceExt;

use crate::telemetry::traces::Begun;

/// What answers on a listener. Cheap to clone.
#[derive(Clone)]
pub struct Surfaces {
    forward_auth: Option<ForwardAuth>,
    router: Router,
    /// Where requests are traced: whose proxies may have begun a trace.
    traced: Option<Web>,
}

impl Surfaces {
    /// With forward-auth in front of the router.
    pub fn new(forward_auth: ForwardAuth, router: Router) -> Self {
        Self {
            forward_auth: Some(forward_auth),
            router,
            traced: None,
        }
    }

    /// Going on with traces that proxies have begun.
    #[must_use]
    pub fn traced(self, web: Web) -> Self {
        Self {
            traced: Some(web),
            ..self
        }
    }

    /// Answer what `peer` sent.
    pub async fn answer<B>(self, peer: SocketAddr, request: Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
    {
        let begun = self.traced.as_ref();
        let begun = begun.and_then(|web| Begun::read(&web.http(), peer, request.headers()));
        match begun {
            None => self.answered(peer, request).await,
            Some(begun) => Box::pin(begun.go_on(self.answered(peer, request))).await,
        }
    }

    async fn answered<B>(self, peer: SocketAddr, request: Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
    {
        let (mut head, body) = request.into_parts();
        if let Some(forward_auth) = &self.forward_auth
            && let Some(answer) = forward_auth.answer(&mut head, peer).await
        {
            return answer;
        }
        head.extensions.insert(ConnectInfo(peer));
        let request = Request::from_parts(head, Body::new(body));
        let Ok(answer) = self.router.oneshot(request).await;
        answer
    }
}

impl From<Router> for Surfaces {
    fn from(router: Router) -> Self {
        Self {
            forward_auth: None,
            router,
            traced: None,
        }
    }
}
