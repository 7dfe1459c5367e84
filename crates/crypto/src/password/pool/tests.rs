//! The pool's promises: bounded, lazy, and one caller's trouble is not
//! another's.

use std::{
    pin::pin,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread::yield_now,
    time::{Duration, Instant},
};

use futures_util::{future::join_all, poll};

use super::*;

const LONG: Duration = Duration::from_mins(1);

/// Work that goes on until it is told to end.
fn gate() -> (mpsc::Sender<()>, impl FnOnce(&mut Scratch) + Send + 'static) {
    let (open, wait) = mpsc::channel::<()>();
    (open, move |_: &mut Scratch| wait.recv().unwrap_or(()))
}

/// Wait until something is so, for ten seconds at most.
fn until(so: impl Fn() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(10), "it never came");
        yield_now();
    }
}

fn threads(pool: &Pool) -> usize {
    pool.0.lock().threads
}

/// fault:F31
#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let pool = Pool::new(1, 2, 8, LONG);
    let (open, work) = gate();
    let mut first = pin!(pool.run(work));
    assert!(poll!(&mut first).is_pending());
    until(|| pool.busy() == 1);
    let (mut second, mut third) = (pin!(pool.run(|_| 2)), pin!(pool.run(|_| 3)));
    assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
    assert_eq!(pool.waiting(), 2);

    let refused = pool.run(|_| ()).await.unwrap_err();
    assert!(refused.is(&codes::HASHING_BUSY));
    assert_eq!(refused.wait(), Some(Duration::from_secs(1)));

    open.send(()).unwrap();
    first.await.unwrap();
    assert_eq!((second.await.unwrap(), third.await.unwrap()), (2, 3));
    assert_eq!((pool.busy(), pool.waiting()), (0, 0));
}

#[tokio::test]
async fn a_slot_is_free_when_its_outcome_is_told() {
    let pool = Pool::new(1, 0, 8, LONG);
    for turn in 0..1_000 {
        assert_eq!(pool.run(move |_| turn).await.unwrap(), turn);
    }
}

#[tokio::test]
async fn threads_start_when_needed_and_never_more_than_the_slots() {
    let pool = Pool::new(3, 100, 8, LONG);
    assert_eq!(threads(&pool), 0);
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let jobs = (0..100).map(|_| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        pool.run(move |_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
        })
    });
    assert!(
        join_all(jobs)
            .await
            .into_iter()
            .all(|outcome| outcome.is_ok())
    );
    assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
    assert!((1..=3).contains(&threads(&pool)));
}

#[tokio::test]
async fn an_idle_thread_ends_and_gives_its_memory_back() {
    let pool = Pool::new(1, 1, 8, Duration::from_millis(1));
    let seen = Arc::new(());
    let mark = Arc::clone(&seen);
    pool.run(move |scratch| scratch.with(8, |blocks| (blocks.len(), mark).0))
        .await
        .unwrap()
        .unwrap();
    until(|| threads(&pool) == 0);
    assert_eq!(Arc::strong_count(&seen), 1);
    assert_eq!(pool.run(|_| 7).await.unwrap(), 7);
}

/// Whatever small requests are about, sign-ins are never starved.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn one_thread_stands_back_less_than_the_others_and_goes_last() {
    let pool = Pool::new(3, 3, 8, Duration::from_millis(1));
    let all_at_once = Arc::new(Barrier::new(3));
    let here = rustix::process::nice(0).unwrap();
    let from_here = |steps: i32| (here + steps).min(19);
    let niceness = |_| {
        let all_at_once = Arc::clone(&all_at_once);
        pool.run(move |_| {
            all_at_once.wait();
            rustix::process::nice(0).unwrap()
        })
    };
    for _ in 0..2 {
        let mut seen: Vec<i32> = join_all((0..3).map(niceness))
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, [FIRST, OTHERS, OTHERS].map(from_here));
        until(|| threads(&pool) == 0);
    }
}

/// vuln:147
#[tokio::test]
async fn a_panic_harms_only_its_own_caller() {
    let pool = Pool::new(1, 1, 8, LONG);
    let fault = pool.run(|_| panic!("on purpose")).await.unwrap_err();
    assert!(fault.is(&codes::INTERNAL_PANIC));
    until(|| pool.busy() == 0);
    assert_eq!(pool.run(|_| 7).await.unwrap(), 7);
}

#[tokio::test]
async fn work_is_skipped_when_nobody_waits_for_it() {
    let pool = Pool::new(1, 2, 8, LONG);
    let (open, work) = gate();
    let mut first = pin!(pool.run(work));
    assert!(poll!(&mut first).is_pending());
    let done = Arc::new(AtomicBool::new(false));
    {
        let done = Arc::clone(&done);
        let mut gone = Box::pin(pool.run(move |_| done.store(true, Ordering::SeqCst)));
        assert!(poll!(&mut gone).is_pending());
    }
    open.send(()).unwrap();
    assert_eq!(pool.run(|_| 7).await.unwrap(), 7);
    assert!(!done.load(Ordering::SeqCst));
}

#[tokio::test]
async fn threads_end_with_the_pool() {
    let pool = Pool::new(2, 2, 8, LONG);
    pool.run(|_| ()).await.unwrap();
    let shared = Arc::clone(&pool.0);
    drop(pool);
    until(|| shared.lock().threads == 0);
}

#[test]
fn scratch_memory_is_kept_unless_it_is_unusual() {
    let mut scratch = Scratch::new(8);
    let place =
        |scratch: &mut Scratch, blocks| scratch.with(blocks, |memory| memory.as_ptr()).unwrap();
    let kept = place(&mut scratch, 8);
    assert_ne!(place(&mut scratch, 9), kept);
    assert_eq!(place(&mut scratch, 1), kept);
    assert_eq!(scratch.memory.as_ref().map(|memory| memory.len()), Some(8));
    assert!(
        scratch
            .with(usize::MAX, |_| ())
            .unwrap_err()
            .is(&codes::HASHING_BUSY)
    );
}
