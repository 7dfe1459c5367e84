//! Argon2id in a loop at the cost that we ship: with memory that is kept on
//! huge pages, as the server does, and as the crate is called plainly.

use std::{
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use tollgate_crypto::password::Cost;
use tollgate_hugepages::HugeBuffer;

use crate::{Result, process::thread_cpu};

const PASSWORD: &[u8] = b"correct horse battery";
const SALT: &[u8] = b"a salt of 16 oct";

/// Processor seconds of one hash, from hashing for `during` on `threads` threads,
/// each with memory that it keeps.
pub(crate) fn kept(threads: usize, during: Duration) -> Result<f64> {
    hash(threads, during, || {
        let context = context();
        let mut memory = HugeBuffer::filled(Block::new(), context.params().block_count())
            .expect("memory for a hash");
        move || {
            let mut tag = [0; 32];
            context
                .hash_password_into_with_memory(PASSWORD, SALT, &mut tag, &mut memory[..])
                .expect("parameters that Argon2 takes");
        }
    })
}

/// The same with the call that everybody writes, which allocates each time.
pub(crate) fn plain(threads: usize, during: Duration) -> Result<f64> {
    hash(threads, during, || {
        let context = context();
        move || {
            let mut tag = [0; 32];
            context
                .hash_password_into(PASSWORD, SALT, &mut tag)
                .expect("parameters that Argon2 takes");
        }
    })
}

/// A process that hashes on every core at the lowest priority, until this value
/// is dropped.
pub(crate) struct Background(Child);

impl Background {
    pub(crate) fn start() -> Result<Self> {
        let mut nice = Command::new("nice");
        nice.args(["-n", "19"]).arg(std::env::current_exe()?);
        Ok(Self(nice.arg("hash").spawn()?))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Be that process.
pub(crate) fn forever() -> Result<()> {
    let cores = thread::available_parallelism()?.get();
    loop {
        kept(cores, Duration::from_hours(1))?;
    }
}

fn context() -> Argon2<'static> {
    let Cost {
        memory_kib,
        passes,
        lanes,
    } = Cost::default();
    let params = Params::new(memory_kib, passes, lanes, Some(32)).expect("our own cost");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash<F: FnMut()>(
    threads: usize,
    during: Duration,
    prepare: impl Fn() -> F + Sync,
) -> Result<f64> {
    let begun = Instant::now();
    let work = || -> Result<(f64, u32)> {
        let mut one = prepare();
        // The first touches fresh memory.
        one();
        let (before, mut hashes) = (thread_cpu()?, 0);
        while begun.elapsed() < during {
            one();
            hashes += 1;
        }
        Ok((thread_cpu()? - before, hashes))
    };
    let done: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let (mut cpu, mut hashes) = (0.0, 0);
    for one in done {
        let (spent, made) = one.map_err(|_| "a thread panicked")??;
        cpu += spent;
        hashes += made;
    }
    Ok(cpu / f64::from(hashes))
}
