//! Traces: where the time of requests went, in the words of OpenTelemetry, on its
//! way to a collector. The rest of the house makes spans and knows nothing of it;
//! which of them are told, and what of them, stands in `shapes`.

mod sending;
mod shapes;

use std::{net::SocketAddr, time::Duration};

use axum::http::HeaderMap;
use opentelemetry::{
    Context, KeyValue,
    context::FutureExt,
    propagation::{Extractor, TextMapPropagator},
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracer, SdkTracerProvider, SpanLimits},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};
use tollgate_base::{Result, spans};
use tollgate_outbound::collector::{Collector, Place};
use tollgate_web::Http;
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use crate::config;

use self::{sending::Sending, shapes::Beginnings};

/// Spans that wait for the collector; more are dropped and counted.
const QUEUE: usize = 2_048;
/// How long the last ones may take at the end.
const FLUSH: Duration = Duration::from_secs(3);

/// What makes traces of spans, and sends them.
pub struct Traces {
    tracer: SdkTracer,
    stop: watch::Sender<bool>,
    sending: JoinHandle<()>,
}

/// What another server has begun, and we go on with.
pub struct Begun(Context);

impl Traces {
    /// Begin to send, if the operator named a collector. Nobody waits for it.
    ///
    /// # Errors
    /// `config.invalid` if the file of authorities is none.
    pub fn open(settings: &config::traces::Traces) -> Result<Option<Self>> {
        let Some(url) = settings.place() else {
            return Ok(None);
        };
        let collector = Collector::new(&Place {
            url,
            authorization: settings.authorization.as_deref().cloned(),
            roots: settings.tls_root_file.clone(),
            patience: settings.timeout,
        })?;
        // Nothing of it is taken from the environment: what is not said here would be.
        let resource = Resource::builder_empty()
            .with_attributes([
                KeyValue::new("service.name", settings.service_name.clone()),
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            ])
            .build();
        let (queue, waiting) = mpsc::channel(QUEUE);
        let beginnings = Beginnings(Sampler::TraceIdRatioBased(settings.share.as_fraction()));
        let tracer = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(beginnings)))
            .with_span_limits(SpanLimits::default())
            .with_resource(resource.clone())
            .with_span_processor(sending::Queue(queue))
            .build()
            .tracer("tollgate");
        let (stop, stopping) = watch::channel(false);
        let sending = Sending::new(collector, &resource, (waiting, stopping)).run();
        #[expect(
            clippy::disallowed_methods,
            reason = "it tells of the tasks that the end waits for, and ends after them"
        )]
        let sending = tokio::spawn(sending);
        Ok(Some(Self {
            tracer,
            stop,
            sending,
        }))
    }

    /// What hears of spans.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
    {
        let ours = Targets::new().with_target(spans::TARGET, Level::TRACE);
        tracing_opentelemetry::layer()
            .with_tracer(self.tracer.clone())
            .with_location(false)
            .with_threads(false)
            .with_context_activation(false)
            .with_tracked_inactivity(false)
            .with_filter(ours)
    }

    /// Send what waits, and end.
    pub async fn finish(mut self) {
        self.stop.send_replace(true);
        if timeout(FLUSH, &mut self.sending).await.is_err() {
            self.sending.abort();
            tracing::warn!("The last traces are lost: the collector took too long");
        }
    }
}

impl Begun {
    /// What the headers of a request say (W3C Trace Context), if the other end of the
    /// socket is a proxy whose word is taken: anybody else could have their requests
    /// traced, or hang them into the traces of others.
    pub fn read(http: &Http, peer: SocketAddr, headers: &HeaderMap) -> Option<Self> {
        if !http.trusts(peer.ip()) {
            return None;
        }
        let said =
            TraceContextPropagator::new().extract_with_context(&Context::new(), &One(headers));
        let valid = said.span().span_context().is_valid();
        valid.then_some(Self(said))
    }

    /// Do what goes on with it.
    pub async fn go_on<F: Future>(self, work: F) -> F::Output {
        work.with_context(self.0).await
    }
}

/// The one header that is read, if it came once.
struct One<'a>(&'a HeaderMap);

const PARENT: &str = "traceparent";

impl Extractor for One<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let mut all = self.0.get_all(PARENT).iter();
        match (key, all.next(), all.next()) {
            (PARENT, Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![PARENT]
    }
}
