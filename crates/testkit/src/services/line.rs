//! A line to a server that a test can make slow, silent or dead: TCP, byte for
//! byte, between whoever connects to it and the server.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::JoinSet,
    time::sleep,
};

/// What a line does with what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carriage {
    /// It passes it on.
    Whole,
    /// It passes it on so much later.
    Late(Duration),
    /// It keeps it until it is whole again, and says nothing: a cable that is out.
    Silent,
    /// It resets every connection.
    Reset,
}

/// A line. Its connections end with this value.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    carriage: watch::Sender<Carriage>,
    /// Whatever passes ends with it.
    _work: JoinSet<()>,
}

impl Line {
    /// To a server on this machine.
    pub async fn to(server: SocketAddr) -> Self {
        Self::from(Ipv4Addr::LOCALHOST, server).await
    }

    /// The same, from that address of this machine.
    pub async fn from(address: Ipv4Addr, server: SocketAddr) -> Self {
        let listener = TcpListener::bind((address, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (carriage, seen) = watch::channel(Carriage::Whole);
        let mut work = JoinSet::new();
        work.spawn(async move {
            let mut visitors = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                visitors.spawn(connect(near, server, seen.clone()));
            }
        });
        Self {
            address,
            carriage,
            _work: work,
        }
    }

    /// Where to connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on it does this.
    pub fn set(&self, carriage: Carriage) {
        self.carriage.send_replace(carriage);
    }
}

async fn connect(mut near: TcpStream, server: SocketAddr, mut carriage: watch::Receiver<Carriage>) {
    let whole = |carriage: &Carriage| *carriage != Carriage::Silent;
    if carriage.wait_for(whole).await.is_err() {
        return;
    }
    let Ok(mut far) = TcpStream::connect(server).await else {
        return;
    };
    for end in [&near, &far] {
        let _ = end.set_nodelay(true);
    }
    {
        let ((near_in, near_out), (far_in, far_out)) = (near.split(), far.split());
        let mut broken = carriage.clone();
        tokio::select! {
            () = carry(near_in, far_out, carriage.clone()) => return,
            () = carry(far_in, near_out, carriage.clone()) => return,
            _ = broken.wait_for(|carriage| *carriage == Carriage::Reset) => {}
        }
    }
    for end in [near, far] {
        // What is dropped now is reset, not closed.
        let _ = end.set_zero_linger();
    }
}

/// Until either end has had enough.
async fn carry(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut carriage: watch::Receiver<Carriage>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let now = *carriage.borrow_and_update();
        match now {
            Carriage::Late(late) => sleep(late).await,
            Carriage::Silent => {
                let again = carriage.wait_for(|carriage| *carriage != Carriage::Silent);
                if again.await.is_err() {
                    return;
                }
            }
            Carriage::Whole | Carriage::Reset => {}
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
