//! Logs, metrics and traces: where lines go and how they look, the recorder whose
//! numbers the metrics listener shows, and who is told of spans. Which facts are
//! told is decided where they happen.

mod json;
pub mod numbers;
#[cfg(feature = "otel")]
pub mod traces;
#[cfg(not(feature = "otel"))]
#[path = "telemetry/untraced.rs"]
pub mod traces;

use std::{
    io::{self, IsTerminal},
    panic,
};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::Subscriber;
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    fmt,
    layer::SubscriberExt,
    registry::LookupSpan,
    reload,
    util::{SubscriberInitExt, TryInitError},
};

use tollgate_base::spans;
use tollgate_store::sql::TALKATIVE;

use self::{json::Json, traces::Traces};
use crate::config::log::{Format, Log};

/// Upper bounds of what takes time, in seconds.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Upper bounds of what is counted by batch.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Changes which lines are written while the server runs.
#[derive(Clone)]
pub struct LogLevel(reload::Handle<Targets, Registry>);

impl LogLevel {
    /// From now on. The configuration has checked the directives.
    pub fn set(&self, directives: &str) {
        // It fails only when the subscriber is gone, and the lines with it.
        let _ = self.0.reload(filter(directives));
    }
}

/// Write a server's log to standard error, and tell `traces` of spans.
///
/// # Errors
/// When this process has a log already.
pub fn log(settings: &Log, color: bool, traces: Option<&Traces>) -> Result<LogLevel, TryInitError> {
    let (filter, handle) = reload::Layer::new(filter(settings.level.as_str()));
    let registry = tracing_subscriber::registry();
    match traces {
        None => registry
            .with(filter)
            .with(lines(settings, color))
            .try_init()?,
        // What the log leaves out may be of interest to who traces.
        Some(traces) => registry
            .with(lines(settings, color).with_filter(filter))
            .with(traces.layer())
            .try_init()?,
    }
    Ok(LogLevel(handle))
}

fn lines<S>(settings: &Log, color: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    let text = match settings.format {
        Format::Auto => io::stderr().is_terminal(),
        Format::Text => true,
        Format::Json => false,
    };
    let layer = fmt::layer().with_writer(io::stderr).with_target(true);
    if text {
        layer.with_ansi(color).boxed()
    } else {
        layer.fmt_fields(Json).event_format(Json).boxed()
    }
}

/// Collect metrics for this process.
///
/// # Errors
/// When it does so already.
pub fn metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), SIZES)?
        .install_recorder()?;
    numbers::describe();
    Ok(handle)
}

/// Count and log every panic of this process, on whatever thread. Where it was
/// is told; what it says might quote a value.
pub fn tell_of_panics() {
    panic::set_hook(Box::new(|panic| {
        metrics::counter!("tollgate_panics_total").increment(1);
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "Panicked");
    }));
}

/// The operator's own words about a library that talks too much count. Spans for
/// traces are not the log's.
fn filter(directives: &str) -> Targets {
    let all = format!("{TALKATIVE}=warn,{directives},{}=off", spans::TARGET);
    all.parse().expect("the configuration has read it")
}
