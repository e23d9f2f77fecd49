//! Which mails belong together.

use std::collections::HashMap;

use crate::mail::message::Mail;

/// Mails that belong together, in the order in which they were written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Thread {
    /// Indices of its mails.
    pub(crate) members: Vec<usize>,
    /// How many are here by their subject alone.
    pub(crate) by_subject: usize,
}

/// Puts mails into threads by what they say they answer; an answer that does not say it, by its
/// subject, among mails with the same correspondents.
pub(crate) fn threads(mails: &[Mail]) -> Vec<Thread> {
    let mut sets = Sets { parent: (0..mails.len()).collect() };
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for (i, mail) in mails.iter().enumerate() {
        for id in mail.id.iter().chain(&mail.answers) {
            let first = *by_id.entry(id).or_insert(i);
            sets.join(first, i);
        }
    }
    let mut by_subject: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, mail) in mails.iter().enumerate() {
        if !mail.base_subject.is_empty() {
            by_subject.entry(&mail.base_subject).or_default().push(i);
        }
    }
    let mut joined = vec![false; mails.len()];
    for (i, mail) in mails.iter().enumerate() {
        let (true, Some(subject)) = (mail.answers.is_empty(), &mail.reply_subject) else {
            continue;
        };
        let others = by_subject.get(subject.as_str()).into_iter().flatten();
        // The first hundred will do: a subject that more mails share says nothing.
        let original =
            others.take(100).copied().find(|o| *o != i && share_someone(mail, &mails[*o]));
        if let Some(original) = original {
            joined[i] = sets.root(original) != sets.root(i);
            sets.join(original, i);
        }
    }
    let mut index: HashMap<usize, usize> = HashMap::new();
    let mut threads: Vec<Thread> = Vec::new();
    for (i, joined) in joined.iter().enumerate() {
        let root = sets.root(i);
        let at = *index.entry(root).or_insert_with(|| {
            threads.push(Thread { members: Vec::new(), by_subject: 0 });
            threads.len() - 1
        });
        threads[at].members.push(i);
        threads[at].by_subject += usize::from(*joined);
    }
    for thread in &mut threads {
        if thread.members.iter().all(|i| mails[*i].at.is_some()) {
            thread.members.sort_by_key(|i| mails[*i].at.as_ref().map(jiff::Zoned::timestamp));
        }
    }
    threads
}

/// Whether the writer of one is the writer or a reader of the other.
fn share_someone(a: &Mail, b: &Mail) -> bool {
    let takes_part = |mail: &Mail, address: &Option<String>| {
        address.is_some()
            && (mail.writer.address == *address
                || mail.readers.iter().any(|r| r.address == *address))
    };
    takes_part(a, &b.writer.address) || takes_part(b, &a.writer.address)
}

/// Sets that are joined two by two.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    /// The earlier mail stays the root.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}
