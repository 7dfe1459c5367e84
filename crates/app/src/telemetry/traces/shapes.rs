//! What a collector may be told: each span of ours, its kind, and what may stand in
//! it. What is not listed here is not told, whoever notes it.

use opentelemetry::{
    Context, KeyValue, Value,
    trace::{Link, SpanKind, Status, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{
    Sampler, SamplingDecision, SamplingResult, ShouldSample, SpanData, SpanEvents, SpanLinks,
};

/// A span of ours.
#[derive(Debug)]
struct Shape {
    name: &'static str,
    kind: SpanKind,
    /// Whether a trace may begin with it. A look into the database that no request
    /// waits for is of no interest.
    begins: bool,
    says: &'static [&'static str],
}

const REQUEST: &str = "request";
const METHOD: &str = "http.request.method";
const ROUTE: &str = "http.route";
const STATUS: &str = "http.response.status_code";
const FAULT: &str = "error.type";

const SHAPES: &[Shape] = &[
    Shape {
        name: REQUEST,
        kind: SpanKind::Server,
        begins: true,
        says: &[METHOD, ROUTE, STATUS, "request.id"],
    },
    Shape {
        name: "delivery",
        kind: SpanKind::Consumer,
        begins: true,
        says: &["job.id", "job.queue", FAULT],
    },
    Shape {
        name: "webhook",
        kind: SpanKind::Consumer,
        begins: true,
        says: &["webhook.id"],
    },
    Shape {
        name: "database read",
        kind: SpanKind::Client,
        begins: false,
        says: &["db.system.name", "db.query.text", FAULT],
    },
    Shape {
        name: "database write",
        kind: SpanKind::Client,
        begins: false,
        says: &["db.system.name", "db.query.text", FAULT],
    },
    Shape {
        name: "redis",
        kind: SpanKind::Client,
        begins: false,
        says: &[],
    },
    Shape {
        name: "outbound call",
        kind: SpanKind::Client,
        begins: false,
        says: &[STATUS, FAULT],
    },
    Shape {
        name: "password hash",
        kind: SpanKind::Internal,
        begins: false,
        says: &[],
    },
];

/// Decides of what nobody has decided yet.
#[derive(Clone, Debug)]
pub(super) struct Beginnings(pub(super) Sampler);

impl ShouldSample for Beginnings {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        if shape(name).is_some_and(|shape| shape.begins) {
            let chance = &self.0;
            return chance.should_sample(parent, trace, name, kind, attributes, links);
        }
        SamplingResult {
            decision: SamplingDecision::Drop,
            attributes: Vec::new(),
            trace_state: TraceState::NONE,
        }
    }
}

/// The span as it may be told, if it may be.
pub(super) fn fitted(mut span: SpanData) -> Option<SpanData> {
    let shape = shape(&span.name)?;
    span.attributes
        .retain(|said| shape.says.contains(&said.key.as_str()));
    (span.events, span.links) = (SpanEvents::default(), SpanLinks::default());
    span.span_kind = shape.kind.clone();
    let said = |key: &str| {
        let found = span.attributes.iter().find(|said| said.key.as_str() == key);
        found.map(|said| &said.value)
    };
    let broke = matches!(said(STATUS), Some(Value::I64(500..)));
    span.status = if broke || said(FAULT).is_some() {
        Status::error("")
    } else {
        Status::Unset
    };
    if shape.name == REQUEST {
        let words = [said(METHOD), said(ROUTE)].map(|word| word.map(Value::as_str));
        span.name = words
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
            .into();
    }
    Some(span)
}

fn shape(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.name == name)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use opentelemetry::{
        Context, KeyValue,
        trace::{Span as _, Status, Tracer, TracerProvider},
    };
    use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
    use tokio::sync::mpsc;

    use super::{super::sending::Queue, Beginnings, SHAPES};

    fn named(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, names);
                continue;
            }
            let text = fs::read_to_string(path).unwrap_or_default();
            let made = text.split("target: spans::TARGET, \"").skip(1);
            names.extend(made.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
        }
    }

    /// What is not on the list is told to nobody, and what nobody makes is not on it.
    #[test]
    fn the_list_has_each_span_that_is_made() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut made = BTreeSet::new();
        for room in ["crypto", "flows", "outbound", "store", "web"] {
            named(&crates.join(room).join("src"), &mut made);
        }
        let listed: BTreeSet<String> = SHAPES.iter().map(|shape| shape.name.to_owned()).collect();
        assert_eq!(made, listed);
    }

    /// asvs:V16.2.5
    #[test]
    fn what_is_not_listed_is_told_to_nobody() {
        let (queue, mut told) = mpsc::channel(8);
        let beginnings = Beginnings(Sampler::AlwaysOn);
        let tracer = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(beginnings)))
            .with_span_processor(Queue(queue))
            .build()
            .tracer("test");
        let mut make = |name: &'static str| {
            let said = [
                KeyValue::new("http.request.method", "GET"),
                KeyValue::new("http.route", "/a/{b}"),
                KeyValue::new("http.response.status_code", 503),
                KeyValue::new("url.path", "/a/canary"),
            ];
            let span = tracer.span_builder(name).with_attributes(said);
            let mut span = span.start_with_context(&tracer, &Context::new());
            span.add_event("canary", Vec::new());
            span.end();
            told.try_recv().ok()
        };
        let span = make("request").expect("a trace may begin with it");
        assert_eq!((&*span.name, span.attributes.len()), ("GET /a/{b}", 3));
        assert_eq!(span.status, Status::error(""));
        assert!(!format!("{span:?}").contains("canary"));
        assert!(make("database read").is_none() && make("another").is_none());
    }
}
