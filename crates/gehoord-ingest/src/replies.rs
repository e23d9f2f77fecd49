//! Messages that say which message they answer, put into threads.

use std::collections::{HashMap, VecDeque};

/// A message as [`threads`] needs it: its id, and the id of the message that it answers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reply<'t> {
    pub(crate) id: Option<&'t str>,
    pub(crate) answers: Option<&'t str>,
}

/// Messages that hang together over their answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Thread {
    /// Their indices: each message after the one it answers. Never empty.
    pub(crate) members: Vec<usize>,
    /// Those of them that answer a message that is not there.
    pub(crate) orphans: Vec<usize>,
    /// Whether they answer one another in a circle, which was opened at its first message.
    pub(crate) circle: bool,
}

/// The threads of some messages, by where each begins. Every message is in one thread, once;
/// messages that answer the same missing message are in one thread. Takes linear time.
pub(crate) fn threads(messages: &[Reply<'_>]) -> Vec<Thread> {
    let forest = Forest::of(messages);
    let mut seen = vec![false; forest.parents.len()];
    let mut threads = Vec::new();
    for root in 0..forest.parents.len() {
        if forest.parents[root].is_none() {
            threads.push(forest.below(root, &mut seen));
        }
    }
    // What no root leads to hangs below a circle.
    let mut walk_of = vec![usize::MAX; forest.parents.len()];
    for start in 0..messages.len() {
        if !seen[start] {
            let first = forest.first_of_circle(start, &mut walk_of);
            threads.push(Thread { circle: true, ..forest.below(first, &mut seen) });
        }
    }
    threads.sort_by_key(|thread| thread.members.first().copied());
    threads
}

/// What each message answers. Messages that are not there come after those that are.
struct Forest {
    real: usize,
    parents: Vec<Option<usize>>,
    first_child: Vec<Option<usize>>,
    next_sibling: Vec<Option<usize>>,
}

impl Forest {
    fn of(messages: &[Reply<'_>]) -> Self {
        let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(messages.len());
        for (i, message) in messages.iter().enumerate() {
            if let Some(id) = message.id {
                by_id.entry(id).or_insert(i);
            }
        }
        let mut all = messages.len();
        let mut parents: Vec<Option<usize>> = Vec::with_capacity(all);
        for (i, message) in messages.iter().enumerate() {
            let parent = message.answers.map(|id| {
                *by_id.entry(id).or_insert_with(|| {
                    all += 1;
                    all - 1
                })
            });
            parents.push(parent.filter(|parent| *parent != i));
        }
        parents.resize(all, None);
        let mut first_child = vec![None; all];
        let mut next_sibling = vec![None; all];
        for i in (0..all).rev() {
            if let Some(parent) = parents[i] {
                next_sibling[i] = first_child[parent].replace(i);
            }
        }
        Self { real: messages.len(), parents, first_child, next_sibling }
    }

    /// The thread below a message, level by level.
    fn below(&self, root: usize, seen: &mut [bool]) -> Thread {
        let mut thread = Thread::default();
        let mut queue = VecDeque::from([root]);
        seen[root] = true;
        while let Some(i) = queue.pop_front() {
            if i < self.real {
                thread.members.push(i);
                if self.parents[i].is_some_and(|parent| parent >= self.real) {
                    thread.orphans.push(i);
                }
            }
            let mut child = self.first_child[i];
            while let Some(at) = child {
                if !std::mem::replace(&mut seen[at], true) {
                    queue.push_back(at);
                }
                child = self.next_sibling[at];
            }
        }
        thread
    }

    /// The first message of the circle above `start`. `walk_of` says which walk came past.
    fn first_of_circle(&self, start: usize, walk_of: &mut [usize]) -> usize {
        let mut at = start;
        while walk_of[at] != start {
            walk_of[at] = start;
            at = self.parents[at].unwrap_or(at);
        }
        let (on_circle, mut first) = (at, at);
        while let Some(parent) = self.parents[at].filter(|parent| *parent != on_circle) {
            at = parent;
            first = first.min(at);
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1<2` is message 1, which answers message 2.
    fn check(messages: &str) -> Vec<(Vec<usize>, usize, bool)> {
        let parse = |message: &'static str| {
            let (id, answers) = message.split_once('<').unwrap_or((message, ""));
            let some = |id: &'static str| Some(id).filter(|id| !id.is_empty());
            Reply { id: some(id), answers: some(answers) }
        };
        let messages: &'static str = Box::leak(messages.to_owned().into_boxed_str());
        let messages: Vec<Reply<'_>> = messages.split(' ').map(parse).collect();
        let threads = threads(&messages);
        threads.into_iter().map(|t| (t.members, t.orphans.len(), t.circle)).collect()
    }

    #[test]
    fn answers_come_after_what_they_answer_wherever_they_stand() {
        assert_eq!(check("3<2 2<1 9 1 4<2"), [(vec![2], 0, false), (vec![3, 1, 0, 4], 0, false)]);
    }

    #[test]
    fn a_message_that_is_not_there_holds_its_answers_together() {
        assert_eq!(
            check("1<7 2 3<7 4<8"),
            [(vec![0, 2], 2, false), (vec![1], 0, false), (vec![3], 1, false)]
        );
    }

    #[test]
    fn circles_end_and_nothing_is_lost() {
        assert_eq!(check("1<1"), [(vec![0], 0, false)]);
        assert_eq!(check("5<3 1<2 2<3 3<1"), [(vec![1, 3, 0, 2], 0, true)]);
        assert_eq!(check("1 1<1 <1"), [(vec![0, 1, 2], 0, false)]);
        let ring: String = (0..1000).map(|i| format!("{i}<{} ", (i + 1) % 1000)).collect();
        let found = check(ring.trim_end());
        assert_eq!((found.len(), found[0].0.len(), found[0].2), (1, 1000, true));
    }
}
