//! The DevTools protocol over a pipe: commands go out, answers come back to who
//! asked, events go to the journal of their tab. Messages end with a zero byte.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    process::{ChildStdin, ChildStdout},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use serde_json::{Value, json};
use tokio::{sync::oneshot, time::timeout};

use crate::{DEADLINE, journal::Journal};

/// What a command came to.
pub(crate) type Answer = Result<Value, String>;

/// One browser's pipe. It is read on a thread of its own, so that tests with
/// runtimes of their own may share it.
pub(crate) struct Wire {
    out: Mutex<ChildStdin>,
    desk: Arc<Mutex<Desk>>,
    last_id: AtomicU64,
}

/// Who waits for what.
#[derive(Default)]
struct Desk {
    answers: HashMap<u64, oneshot::Sender<Answer>>,
    journals: HashMap<String, Arc<Journal>>,
}

impl Wire {
    pub(crate) fn new(out: ChildStdin, incoming: ChildStdout) -> Self {
        let desk = Arc::default();
        let mine = Arc::clone(&desk);
        thread::spawn(move || read(incoming, &mine));
        Self {
            out: Mutex::new(out),
            desk,
            last_id: AtomicU64::new(0),
        }
    }

    /// Send a command to a tab, or without `session` to the browser; wait for
    /// what it says.
    pub(crate) async fn ask(&self, session: Option<&str>, method: &str, params: Value) -> Answer {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (answer, answered) = oneshot::channel();
        lock(&self.desk).answers.insert(id, answer);
        self.send(id, session, method, params);
        let said = timeout(DEADLINE, answered).await;
        lock(&self.desk).answers.remove(&id);
        said.unwrap_or_else(|_| panic!("{method}: no answer in {DEADLINE:?}"))
            .unwrap_or_else(|_| panic!("{method}: the browser has ended"))
    }

    /// Send a command to the browser whose answer nobody waits for.
    pub(crate) fn tell(&self, method: &str, params: Value) {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        self.send(id, None, method, params);
    }

    /// From now on, what tab `session` tells is written down.
    pub(crate) fn write_down(&self, session: &str) -> Arc<Journal> {
        let journal = Arc::<Journal>::default();
        let mut desk = lock(&self.desk);
        desk.journals
            .insert(session.to_owned(), Arc::clone(&journal));
        journal
    }

    /// Tab `session` is gone.
    pub(crate) fn forget(&self, session: &str) {
        lock(&self.desk).journals.remove(session);
    }

    fn send(&self, id: u64, session: Option<&str>, method: &str, params: Value) {
        let mut message = json!({ "id": id, "method": method });
        message["params"] = params;
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut line = message.to_string().into_bytes();
        line.push(0);
        // A browser that has ended is told by whoever waits for an answer.
        let _ended = lock(&self.out).write_all(&line);
    }
}

/// Hand out messages until the browser ends.
fn read(incoming: ChildStdout, desk: &Mutex<Desk>) {
    let mut incoming = BufReader::new(incoming);
    let mut line = Vec::new();
    while incoming.read_until(0, &mut line).is_ok_and(|read| read > 0) {
        let message = serde_json::from_slice(line.strip_suffix(&[0]).unwrap_or(&line));
        hand_out(message.expect("the browser speaks JSON"), desk);
        line.clear();
    }
    lock(desk).answers.clear();
}

fn hand_out(mut message: Value, desk: &Mutex<Desk>) {
    let mut desk = lock(desk);
    if let Some(id) = message["id"].as_u64() {
        let answer = match message.get("error") {
            None => Ok(message["result"].take()),
            Some(error) => Err(error.to_string()),
        };
        if let Some(waiting) = desk.answers.remove(&id) {
            let _gave_up = waiting.send(answer);
        }
    } else if let (Some(session), Some(method)) =
        (message["sessionId"].as_str(), message["method"].as_str())
        && let Some(journal) = desk.journals.get(session)
    {
        journal.note(method, &message["params"]);
    }
}

/// A test that panicked elsewhere is not ours to tell.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
