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
use tower::ServiceExt;

/// What answers on a listener. Cheap to clone.
#[derive(Clone)]
pub struct Surfaces {
    forward_auth: Option<ForwardAuth>,
    router: Router,
}

impl Surfaces {
    /// With forward-auth in front of the router.
    pub fn new(forward_auth: ForwardAuth, router: Router) -> Self {
        Self {
            forward_auth: Some(forward_auth),
            router,
        }
    }

    /// Answer what `peer` sent.
    pub async fn answer<B>(self, peer: SocketAddr, request: Request<B>) -> Response
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
        }
    }
}
