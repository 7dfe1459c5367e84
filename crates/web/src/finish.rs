//! The layers of the whole house, in their one order: every answer has an id,
//! its headers and a measurement; no request outlives its deadline; a panic
//! harms only the request that it happens in.

use std::{future::ready, panic::AssertUnwindSafe, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::Method,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tokio::time::timeout;
use tollgate_base::{Error, codes};
use tollgate_flows::Ctx;
use tracing::Instrument;

use crate::{
    body,
    cors::Cors,
    gate, headers,
    limits::{self, Meter},
    networks,
    observe::{self, Watch},
    pages::{Asked, RefusalPage},
    peer::Peer,
    problem::{Problem, Told},
    request_id,
    state::{Http, Web},
    unread, upload,
};

/// Complete a router: answers for what it has no route for, and the layers.
/// Browsers are told of refusals by `page`.
pub fn finish(router: Router<Web>, web: Web, page: RefusalPage) -> Router {
    router
        .fallback(|| ready(refuse(Error::new(&codes::ROUTE_MISSING))))
        .method_not_allowed_fallback(|| ready(refuse(Error::new(&codes::ROUTE_METHOD))))
        .layer(from_fn_with_state((web.clone(), page), house))
        .with_state(web)
}

/// Give an answer from outside of the layers what every answer has: its id, its
/// headers and a deadline.
pub async fn bare(web: &Web, work: impl Future<Output = Response>) -> Response {
    let (http, id) = (web.http(), request_id::draw(web.ctx()));
    let work = async {
        let late = || Error::new(&codes::REQUEST_TIMEOUT).retry_after(Duration::from_secs(1));
        match timeout(http.request_timeout, work).await {
            Ok(response) => response,
            Err(_) => refuse(late()),
        }
    };
    let mut response = request_id::scope(id, work).await;
    headers::secure(response.headers_mut(), &http);
    response
        .headers_mut()
        .insert(request_id::HEADER, request_id::value(id));
    response
}

async fn house(
    State((web, page)): State<(Web, RefusalPage)>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = Asked::by_browser(&request);
    let (http, id) = (web.http(), request_id::draw(web.ctx()));
    let watch = Watch::begin(&request, id);
    let cors = Cors::of(&request, &http);
    let Peer(from) = Peer::of(request.headers(), request.extensions(), &http);
    let meter = Meter::attach(&mut request, &http.limits.routes);
    let tells = limits::tells(request.uri().path());
    let network = networks::check(&request, &http);
    let count = async {
        match &meter {
            Some(meter) => meter.count_address(&web, from).await,
            None => Ok(()),
        }
    };
    let work = async {
        let response = match (network, cors.preflight()) {
            (Err(refusal), _) => refuse(refusal),
            (Ok(()), Some(response)) => response,
            (Ok(()), None) => match count.await {
                Ok(()) => guarded(request, next, &http).await,
                Err(refusal) => refuse(refusal),
            },
        };
        let told = response.extensions().get::<Told>().cloned();
        let response = match (asked, told) {
            (Some(asked), Some(Told(error))) => Asked::dress(&response, page(&web, &asked, &error)),
            _ => response,
        };
        (response, observe::seen())
    };
    let work = Ctx::asked_from(from, work);
    let (mut response, seen) = request_id::scope(id, observe::scope(work))
        .instrument(watch.span.clone())
        .instrument(watch.trace.clone())
        .await;
    headers::secure(response.headers_mut(), &http);
    if let Some(meter) = meter.filter(|_| tells) {
        meter.tell(response.headers_mut());
    }
    cors.mark(response.headers_mut());
    response
        .headers_mut()
        .insert(request_id::HEADER, request_id::value(id));
    watch.end(response.status(), seen);
    response
}

/// Handle the request, or say why not. A handler that is too slow or panics is
/// dropped where it stands; what it has committed stays committed.
async fn guarded(request: Request, next: Next, http: &Http) -> Response {
    let (head, body) = request.into_parts();
    let (body, end) = unread::watch(body);
    let tunnel = head.method == Method::CONNECT;
    let mut response = handled(Request::from_parts(head, body), next, http).await;
    end.mark(&mut response);
    if tunnel {
        // Whoever asked may take what follows for the tunnel's, and we for requests.
        unread::close(&mut response);
    }
    response
}

async fn handled(request: Request, next: Next, http: &Http) -> Response {
    if let Err(refusal) = gate::check(&request, http) {
        return refuse(refusal);
    }
    let most = upload::limit(request.headers(), http);
    let request = request.map(|body| body::limited(body, most));
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match timeout(http.request_timeout, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => refuse(Error::new(&codes::INTERNAL_PANIC).because("a handler panicked")),
        Err(_) => refuse(Error::new(&codes::REQUEST_TIMEOUT).retry_after(Duration::from_secs(1))),
    }
}

fn refuse(error: Error) -> Response {
    Problem::from(error).into_response()
}
