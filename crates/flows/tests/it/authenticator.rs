//! What stories of second factors share: an authenticator app, somebody who has
//! one, the two steps of a sign-in, and an act that something overtakes.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use tokio::task::JoinSet;
use tollgate_base::{
    ExposeSecret, Result, SecretString,
    access::Principal,
    fail::{FailPoints, Moment},
    id::FactorId,
};
use tollgate_flows::{
    ClientProfile, Ctx, Device, SignedIn,
    factors::{self, Begin, RecoveryCodes},
    signin::{self, Finish, SignIn, Step},
};
use tollgate_testkit::node::Node;
use totp_rs::{Algorithm, Secret, TOTP};

use crate::support::{COOKIE, PASSWORD, enter, join_quietly, secret};

/// An authenticator app, as its makers write it.
pub(crate) struct App {
    pub(crate) id: FactorId,
    totp: TOTP,
}

impl App {
    pub(crate) fn scan(id: FactorId, text: &SecretString) -> Self {
        let bytes = Secret::Encoded(text.expose_secret().to_owned());
        let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes.to_bytes().unwrap()).unwrap();
        Self { id, totp }
    }

    /// What it shows now.
    pub(crate) fn shows(&self, ctx: &Ctx) -> SecretString {
        secret(self.totp.generate(ctx.now().secs().unsigned_abs()))
    }
}

pub(crate) async fn begin(ctx: &Ctx, by: &Principal, password: &str) -> Result<App> {
    let request = Begin {
        name: "Phone".into(),
        password: Some(secret(password)),
    };
    let begun = factors::begin(ctx, by, request).await?;
    Ok(App::scan(begun.id, &begun.text))
}

pub(crate) async fn add_app(ctx: &Ctx, by: &Principal) -> (App, Option<RecoveryCodes>) {
    let app = begin(ctx, by, PASSWORD).await.unwrap();
    let added = factors::confirm(ctx, by, (app.id, app.shows(ctx))).await;
    (app, added.unwrap().codes)
}

/// Somebody with an app, and their recovery codes.
pub(crate) async fn equipped(node: &Node, name: &str) -> (Principal, App, Vec<SecretString>) {
    let ctx = &node.ctx;
    join_quietly(ctx, name).await;
    let (_, by) = enter(ctx, name).await;
    let (app, codes) = add_app(ctx, &by).await;
    let RecoveryCodes(codes) = codes.expect("the first app brings codes");
    node.clock.advance(Duration::from_secs(30));
    (by, app, codes)
}

/// The first step, with a password that is right.
pub(crate) async fn challenge(ctx: &Ctx, login: &str, password: &str) -> SecretString {
    let request = SignIn {
        login: login.into(),
        password: secret(password),
        device: Device::default().into(),
        address: None,
        opening: COOKIE,
        client: ClientProfile::NATIVE,
    };
    match signin::signin(ctx, &Principal::Anonymous, request).await {
        Ok(Step::Second(challenge)) => challenge,
        other => panic!("no second step: {other:?}"),
    }
}

pub(crate) async fn finish(
    ctx: &Ctx,
    challenge: &SecretString,
    code: &SecretString,
) -> Result<SignedIn> {
    let request = Finish {
        challenge: challenge.clone(),
        code: code.clone(),
        device: Device::default().into(),
        trust: false,
        address: None,
        opening: COOKIE,
    };
    signin::finish(ctx, &Principal::Anonymous, request).await
}

/// A node on which an act can be held up before one of its writes, while
/// something else overtakes it.
pub(crate) struct Crossing {
    pub(crate) node: Node,
    /// Writes until somebody is held up, their own among them; 0 for nobody.
    writes: Arc<AtomicUsize>,
    held: Mutex<mpsc::Receiver<()>>,
    go: mpsc::Sender<()>,
}

impl Crossing {
    pub(crate) async fn new() -> Self {
        let writes = Arc::new(AtomicUsize::new(0));
        let (hold, held) = mpsc::channel();
        let (go, going) = mpsc::channel();
        let (counted, going) = (writes.clone(), Mutex::new(going));
        let stop = move |moment, _: &str| {
            let less = |left: usize| left.checked_sub(1);
            if moment == Moment::Write
                && counted.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less) == Ok(1)
            {
                hold.send(()).unwrap();
                let going = going.lock().unwrap_or_else(PoisonError::into_inner);
                going.recv().unwrap();
            }
        };
        Self {
            node: Node::with(FailPoints::new(stop)).await,
            writes,
            held: Mutex::new(held),
            go,
        }
    }

    /// Hold `act` up before its write of that number, counted from 1, and let it
    /// go on when `meanwhile` is done. Needs a runtime of several threads.
    pub(crate) async fn overtaken<T: Send + 'static>(
        &self,
        write: usize,
        act: impl Future<Output = T> + Send + 'static,
        meanwhile: impl Future<Output = ()>,
    ) -> T {
        self.writes.store(write, Ordering::SeqCst);
        let mut acts = JoinSet::new();
        acts.spawn(act);
        tokio::task::block_in_place(|| {
            let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.recv_timeout(Duration::from_secs(20)).unwrap();
        });
        meanwhile.await;
        self.go.send(()).unwrap();
        acts.join_next().await.unwrap().unwrap()
    }
}
