//! Many things at once, out in the order in which they came in, with bounded memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So many batches for each worker may be under way.
const UNDER_WAY: usize = 4;
/// So many bytes may be under way, and one item beyond that.
const BYTES_UNDER_WAY: usize = 4 << 20;
/// Items are handed out together up to so many, or so many bytes: handing over costs more than a
/// short item.
const BATCH: usize = 32;
const BATCH_BYTES: usize = 16 << 10;

/// Runs `work` on every item of `items` with `jobs` threads and hands the results to `take` in the
/// order of the items. `bytes` says about how large an item is. Stops early, without error, when
/// `take` returns false.
pub(crate) fn ordered<I, T, R>(
    items: I,
    jobs: usize,
    bytes: impl Fn(&T) -> usize + Sync,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> bool,
) where
    I: Iterator<Item = T> + Send,
    T: Send,
    R: Send,
{
    if jobs <= 1 {
        // Nothing to wait for, so no threads.
        let _ = items.map(work).all(take);
        return;
    }
    let source = Mutex::new(Source { items: items.fuse(), waiting: None, batches: 0 });
    let window = Window::new(jobs * UNDER_WAY);
    let (send, receive) = sync_channel::<Done<R>>(jobs * 2);
    std::thread::scope(|scope| {
        let (source, window, bytes, work) = (&source, &window, &bytes, &work);
        for _ in 0..jobs {
            let send = send.clone();
            scope.spawn(move || {
                let _stops = StopsAll(window);
                labour(source, window, bytes, work, &send);
            });
        }
        drop(send);
        collect(receive, window, &mut take);
    });
}

/// Where items come from.
struct Source<I: Iterator> {
    items: I,
    /// An item that was too large for the batch before it, with its size.
    waiting: Option<(I::Item, usize)>,
    batches: usize,
}

struct Batch<T> {
    number: usize,
    bytes: usize,
    items: VecDeque<T>,
}

struct Done<R> {
    number: usize,
    bytes: usize,
    results: Vec<R>,
}

impl<I: Iterator> Source<I> {
    fn next(&mut self, bytes: impl Fn(&I::Item) -> usize) -> Option<Batch<I::Item>> {
        let mut batch = Batch { number: self.batches, bytes: 0, items: VecDeque::new() };
        while batch.items.len() < BATCH {
            let next = self.waiting.take().or_else(|| {
                let item = self.items.next()?;
                let size = bytes(&item);
                Some((item, size))
            });
            let Some((item, size)) = next else { break };
            if !batch.items.is_empty() && batch.bytes.saturating_add(size) > BATCH_BYTES {
                self.waiting = Some((item, size));
                break;
            }
            batch.bytes += size;
            batch.items.push_back(item);
        }
        self.batches += 1;
        (!batch.items.is_empty()).then_some(batch)
    }
}

fn labour<I: Iterator, R>(
    source: &Mutex<Source<I>>,
    window: &Window,
    bytes: impl Fn(&I::Item) -> usize,
    work: impl Fn(I::Item) -> R,
    send: &SyncSender<Done<R>>,
) {
    loop {
        let batch = {
            // Held until there is room, so that batches start in their order.
            let mut source = lock(source);
            let Some(batch) = source.next(&bytes) else { return };
            if !window.enter(batch.number, batch.bytes) {
                return;
            }
            batch
        };
        let results = batch.items.into_iter().map(&work).collect();
        let done = Done { number: batch.number, bytes: batch.bytes, results };
        if send.send(done).is_err() {
            return;
        }
    }
}

fn collect<R>(receive: Receiver<Done<R>>, window: &Window, take: &mut impl FnMut(R) -> bool) {
    let mut early = BTreeMap::new();
    let mut expected = 0;
    for done in &receive {
        early.insert(done.number, done);
        while let Some(done) = early.remove(&expected) {
            expected += 1;
            if !done.results.into_iter().all(&mut *take) {
                return window.stop();
            }
            window.leave(done.bytes);
        }
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the readers from running far ahead of the slowest batch.
struct Window {
    size: usize,
    state: Mutex<UnderWay>,
    moved: Condvar,
}

#[derive(Default)]
struct UnderWay {
    /// Batches that were taken.
    taken: usize,
    /// Bytes of the batches that were not.
    bytes: usize,
    stopped: bool,
}

impl Window {
    fn new(size: usize) -> Self {
        Self { size, state: Mutex::default(), moved: Condvar::new() }
    }

    /// Waits until batch `number` may start; false when everything stops.
    fn enter(&self, number: usize, bytes: usize) -> bool {
        let mut state = lock(&self.state);
        let must_wait = |s: &UnderWay| {
            let full = s.bytes > 0 && s.bytes.saturating_add(bytes) > BYTES_UNDER_WAY;
            !s.stopped && (full || number >= s.taken + self.size)
        };
        while must_wait(&state) {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.bytes += bytes;
        !state.stopped
    }

    fn leave(&self, bytes: usize) {
        let mut state = lock(&self.state);
        state.taken += 1;
        state.bytes -= bytes;
        self.moved.notify_all();
    }

    fn stop(&self) {
        lock(&self.state).stopped = true;
        self.moved.notify_all();
    }
}

/// A worker that panics leaves nobody waiting for it.
struct StopsAll<'w>(&'w Window);

impl Drop for StopsAll<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let slow_first = |n: u64| {
            std::thread::sleep(std::time::Duration::from_micros(if n.is_multiple_of(7) {
                900
            } else {
                10
            }));
            n
        };
        for (jobs, bytes) in
            [(1, 0), (4, 0), (4, BATCH_BYTES), (3, BYTES_UNDER_WAY), (2, usize::MAX)]
        {
            let mut seen = Vec::new();
            ordered(
                0..500,
                jobs,
                |_| bytes,
                slow_first,
                |n| {
                    seen.push(n);
                    true
                },
            );
            assert_eq!(seen, (0..500).collect::<Vec<u64>>());
        }
    }

    /// Many times over, because what may go wrong is a race: a worker left waiting for another.
    #[test]
    fn a_taker_that_stops_stops_everything() {
        for last in (1..=100).cycle().take(1_000) {
            let mut taken = 0;
            let mut take = |_| {
                taken += 1;
                taken < last
            };
            ordered(0.., 3, |_| 3_000, |n: u64| n, &mut take);
            assert_eq!(taken, last);
        }
    }

    #[test]
    fn large_items_are_not_all_in_memory_at_once() {
        const LARGE: usize = BYTES_UNDER_WAY / 2;
        let (there, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items = (0..200).inspect(|_| {
            most.fetch_max(there.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        });
        ordered(
            items,
            8,
            |_| LARGE,
            |n| n,
            |_| {
                there.fetch_sub(1, Ordering::SeqCst);
                true
            },
        );
        // Two under way, one that waits for room and one read to see that its batch is full.
        assert!(most.load(Ordering::SeqCst) <= 4, "{most:?}");
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_worker_that_panics_ends_everything() {
        ordered(0..1_000, 3, |_| BATCH_BYTES, |n| assert_ne!(n, 400), |()| true);
    }
}
