//! What a tab tells while pages live in it: loads, requests, complaints.

use std::{collections::VecDeque, sync::Mutex};

use serde_json::Value;
use tokio::{sync::Notify, time::timeout};

use crate::{DEADLINE, wire::lock};

/// Most entries of one kind; older ones go.
const MOST: usize = 10_000;

/// One request of a page.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where it went.
    pub url: String,
    /// What it was for, in the browser's words: `Document`, `Stylesheet`, …
    pub kind: String,
    /// Bytes of the answer as they came over the network, head and body.
    pub bytes: u64,
    id: String,
}

/// What a tab has told so far.
#[derive(Default)]
pub(crate) struct Journal {
    entries: Mutex<Entries>,
    changed: Notify,
}

#[derive(Default)]
struct Entries {
    loads: usize,
    choosers: VecDeque<u64>,
    requests: VecDeque<Asked>,
    complaints: VecDeque<String>,
}

impl Journal {
    /// Write down an event if it is of interest.
    pub(crate) fn note(&self, method: &str, event: &Value) {
        let mut entries = lock(&self.entries);
        match method {
            "Page.loadEventFired" => entries.loads += 1,
            "Page.fileChooserOpened" => {
                let node = event["backendNodeId"].as_u64().unwrap_or_default();
                push(&mut entries.choosers, node);
            }
            "Network.requestWillBeSent" => {
                let asked = Asked {
                    url: text(&event["request"]["url"]),
                    kind: text(&event["type"]),
                    bytes: 0,
                    id: text(&event["requestId"]),
                };
                push(&mut entries.requests, asked);
            }
            "Network.loadingFinished" => {
                let id = event["requestId"].as_str().unwrap_or_default();
                let mut newest_first = entries.requests.iter_mut().rev();
                if let Some(asked) = newest_first.find(|asked| asked.id == id) {
                    let bytes = event["encodedDataLength"].as_f64().unwrap_or_default();
                    asked.bytes = bytes as u64;
                }
            }
            _ => {
                if let Some(complaint) = complaint(method, event, &entries.requests) {
                    push(&mut entries.complaints, complaint);
                }
            }
        }
        drop(entries);
        self.changed.notify_waiters();
    }

    /// How many pages have loaded so far.
    pub(crate) fn loads(&self) -> usize {
        lock(&self.entries).loads
    }

    /// Wait for the load after the first `before` ones.
    pub(crate) async fn loaded_after(&self, before: usize) {
        let wait = self.wait(|entries| (entries.loads > before).then_some(()));
        timeout(DEADLINE, wait)
            .await
            .unwrap_or_else(|_| panic!("no page has loaded in {DEADLINE:?}"));
    }

    /// Wait for a dialog that asks for a file; the node that opened it.
    pub(crate) async fn chooser(&self) -> u64 {
        timeout(DEADLINE, self.wait(|entries| entries.choosers.pop_front()))
            .await
            .unwrap_or_else(|_| panic!("no file was asked for in {DEADLINE:?}"))
    }

    /// Everything that was asked for.
    pub(crate) fn requests(&self) -> Vec<Asked> {
        lock(&self.entries).requests.iter().cloned().collect()
    }

    /// Errors of scripts, of the console and of the browser itself, among them
    /// violations of the content security policy.
    pub(crate) fn complaints(&self) -> Vec<String> {
        lock(&self.entries).complaints.iter().cloned().collect()
    }

    async fn wait<T>(&self, mut look: impl FnMut(&mut Entries) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = look(&mut lock(&self.entries)) {
                return found;
            }
            changed.await;
        }
    }
}

/// What somebody who reads the console would call wrong.
fn complaint(method: &str, event: &Value, requests: &VecDeque<Asked>) -> Option<String> {
    match method {
        "Runtime.exceptionThrown" => Some(format!("exception: {}", event["exceptionDetails"])),
        "Runtime.consoleAPICalled" => {
            let kind = event["type"].as_str().unwrap_or_default();
            matches!(kind, "error" | "warning" | "assert")
                .then(|| format!("console.{kind}: {}", event["args"]))
        }
        "Log.entryAdded" => {
            let entry = &event["entry"];
            let level = entry["level"].as_str().unwrap_or_default();
            // A page may answer with a status of its own, such as 422 to a wrong form.
            let at = entry["url"].as_str().unwrap_or_default();
            let without_fragment = at.split('#').next().unwrap_or_default();
            let is_page = entry["source"] == "network"
                && requests
                    .iter()
                    .any(|asked| without_fragment == asked.url && asked.kind == "Document");
            (matches!(level, "error" | "warning") && !is_page)
                .then(|| format!("{level}: {} ({at})", text(&entry["text"])))
        }
        "Audits.issueAdded" => Some(format!("issue: {}", event["issue"])),
        _ => None,
    }
}

fn push<T>(entries: &mut VecDeque<T>, entry: T) {
    if entries.len() == MOST {
        entries.pop_front();
    }
    entries.push_back(entry);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
