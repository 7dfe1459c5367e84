//! Spans on their way to the collector, in batches: nobody waits for them, as many
//! as there is room for wait themselves, and what is not taken is counted.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use opentelemetry::Context;
use opentelemetry_proto::{
    tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    transform::{
        common::tonic::ResourceAttributesWithSchema,
        trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use prost::Message;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until},
};
use tollgate_outbound::collector::{Collector, Refusal};

use super::shapes::fitted;

/// Most spans of one batch.
const BATCH: usize = 512;
/// For how long a batch is gathered.
const GATHERED: Duration = Duration::from_secs(1);
/// How long to wait before a batch is tried again, so often.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Where spans that ended go.
#[derive(Debug)]
pub(super) struct Queue(pub(super) mpsc::Sender<SpanData>);

/// What takes them from there to the collector.
pub(super) struct Sending {
    collector: Arc<Collector>,
    resource: ResourceAttributesWithSchema,
    waiting: mpsc::Receiver<SpanData>,
    stopping: watch::Receiver<bool>,
    failing: bool,
}

impl SpanProcessor for Queue {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        if let Some(span) = fitted(span)
            && self.0.try_send(span).is_err()
        {
            count("dropped", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _patience: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Sending {
    /// Nothing is sent yet.
    pub(super) fn new(
        collector: Collector,
        resource: &Resource,
        (waiting, stopping): (mpsc::Receiver<SpanData>, watch::Receiver<bool>),
    ) -> Self {
        Self {
            collector: Arc::new(collector),
            resource: resource.into(),
            waiting,
            stopping,
            failing: false,
        }
    }

    /// Until it is to stop and nothing waits.
    pub(super) async fn run(mut self) {
        loop {
            let batch = self.gather().await;
            if batch.is_empty() {
                return;
            }
            self.hand_over(batch).await;
        }
    }

    /// The next batch; none only at the end.
    async fn gather(&mut self) -> Vec<SpanData> {
        let mut batch = Vec::new();
        tokio::select! {
            _ = self.waiting.recv_many(&mut batch, BATCH) => {}
            () = stop(&mut self.stopping) => {}
        }
        let until = Instant::now() + GATHERED;
        while batch.len() < BATCH && !*self.stopping.borrow() {
            let room = BATCH - batch.len();
            tokio::select! {
                _ = self.waiting.recv_many(&mut batch, room) => {}
                () = sleep_until(until) => break,
                () = stop(&mut self.stopping) => {}
            }
        }
        while batch.len() < BATCH
            && let Ok(span) = self.waiting.try_recv()
        {
            batch.push(span);
        }
        batch
    }

    async fn hand_over(&mut self, batch: Vec<SpanData>) {
        let spans = batch.len() as u64;
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body: Bytes = ExportTraceServiceRequest { resource_spans }
            .encode_to_vec()
            .into();
        let mut pauses = PAUSES.into_iter();
        let refusal = loop {
            let refusal = match self.collector.take(body.clone()).await {
                Ok(answer) => return self.taken(spans, answer),
                Err(refusal) => refusal,
            };
            match (&refusal, pauses.next()) {
                (Refusal::Later(_), Some(pause)) if !*self.stopping.borrow() => {
                    tokio::select! {
                        () = sleep(pause) => {}
                        () = stop(&mut self.stopping) => {}
                    }
                }
                _ => break refusal,
            }
        };
        count("lost", spans);
        // Once: it may stay away for long.
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!("Traces are lost, as the collector does not take them: {refusal}");
        }
    }

    /// It may have taken some of them only.
    fn taken(&mut self, spans: u64, answer: Bytes) {
        let answer = ExportTraceServiceResponse::decode(answer).unwrap_or_default();
        let rejected = answer.partial_success.map_or(0, |some| some.rejected_spans);
        let lost = u64::try_from(rejected).unwrap_or(0).min(spans);
        count("lost", lost);
        count("sent", spans - lost);
        if std::mem::replace(&mut self.failing, false) {
            tracing::info!("The collector takes traces again");
        }
    }
}

/// Until it is to stop; the one who would say so may be gone.
async fn stop(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

fn count(result: &'static str, spans: u64) {
    metrics::counter!("tollgate_trace_spans_total", "result" => result).increment(spans);
}
