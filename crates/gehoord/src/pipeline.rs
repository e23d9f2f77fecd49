//! Many things at once, out in the order in which they came in, with bounded memory.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// So many items for each worker may be under way.
const UNDER_WAY: usize = 16;

/// Runs `work` on every item of `items` with `jobs` threads and hands the results to `take` in the
/// order of the items. Stops early, without error, when `take` returns false.
pub(crate) fn ordered<I, T, R>(
    items: I,
    jobs: usize,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> bool,
) where
    I: Iterator<Item = T> + Send,
    T: Send,
    R: Send,
{
    let jobs = jobs.max(1);
    let window = Window::new(jobs * UNDER_WAY);
    let (send_item, receive_item) = sync_channel::<(usize, T)>(jobs * 2);
    let (send_result, receive_result) = sync_channel::<(usize, R)>(jobs * 2);
    // Held by the workers alone: when the last one stops, a waiting feeder is told so.
    let receive_item = Arc::new(Mutex::new(receive_item));
    std::thread::scope(|scope| {
        let (window, work) = (&window, &work);
        scope.spawn(move || feed(items, &send_item, window));
        for _ in 0..jobs {
            let (receive_item, send_result) = (Arc::clone(&receive_item), send_result.clone());
            scope.spawn(move || {
                while let Some((number, item)) = next(&receive_item) {
                    if send_result.send((number, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop((receive_item, send_result));
        collect(&receive_result, window, &mut take);
        window.stop();
        drop(receive_result);
    });
}

fn feed<T>(items: impl Iterator<Item = T>, send: &SyncSender<(usize, T)>, window: &Window) {
    for (number, item) in items.enumerate() {
        if !window.enter(number) || send.send((number, item)).is_err() {
            return;
        }
    }
}

fn next<T>(receive: &Mutex<Receiver<T>>) -> Option<T> {
    receive.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn collect<R>(receive: &Receiver<(usize, R)>, window: &Window, take: &mut impl FnMut(R) -> bool) {
    let mut early = BTreeMap::new();
    let mut expected = 0;
    for (number, result) in receive {
        early.insert(number, result);
        while let Some(result) = early.remove(&expected) {
            expected += 1;
            if !take(result) {
                return;
            }
            window.advance(expected);
        }
    }
}

/// Keeps the reader from running far ahead of the slowest item.
struct Window {
    size: usize,
    state: Arc<(Mutex<(usize, bool)>, Condvar)>,
}

impl Window {
    fn new(size: usize) -> Self {
        Self { size, state: Arc::new((Mutex::new((0, false)), Condvar::new())) }
    }

    /// Waits until item `number` may start; false when everything stops.
    fn enter(&self, number: usize) -> bool {
        let (lock, moved) = &*self.state;
        let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.1 && number >= state.0 + self.size {
            state = moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.1
    }

    fn advance(&self, done: usize) {
        self.change(|state| state.0 = done);
    }

    fn stop(&self) {
        self.change(|state| state.1 = true);
    }

    fn change(&self, change: impl FnOnce(&mut (usize, bool))) {
        let (lock, moved) = &*self.state;
        change(&mut lock.lock().unwrap_or_else(PoisonError::into_inner));
        moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let mut seen = Vec::new();
        let slow_first = |n: u64| {
            std::thread::sleep(std::time::Duration::from_micros(if n.is_multiple_of(7) {
                900
            } else {
                10
            }));
            n
        };
        ordered(0..500, 4, slow_first, |n| {
            seen.push(n);
            true
        });
        assert_eq!(seen, (0..500).collect::<Vec<u64>>());
    }

    /// Many times over, because what may go wrong is a race: a feeder left waiting for a worker.
    #[test]
    fn a_taker_that_stops_stops_everything() {
        for last in (1..=10).cycle().take(500) {
            let mut taken = 0;
            let mut take = |_| {
                taken += 1;
                taken < last
            };
            ordered(0.., 3, |n: u64| n, &mut take);
            assert_eq!(taken, last);
        }
    }
}
