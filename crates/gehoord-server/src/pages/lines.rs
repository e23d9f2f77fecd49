//! A contact as one line of a list: what happened, never what was felt.

use gehoord_store::{ConversationRow, Person, Viewer};

use super::contact::channel;
use super::texts::{Lang, fill};
use super::when;

/// The line.
pub(crate) struct Line {
    pub(crate) path: String,
    pub(crate) icon: String,
    pub(crate) channel: &'static str,
    pub(crate) title: String,
    /// When something last happened.
    pub(crate) when: String,
    /// Facts, each with whether it asks for something.
    pub(crate) facts: Vec<(String, bool)>,
}

impl Line {
    /// `contact`: which contact of this customer it is, where that was looked up.
    pub(crate) fn new(row: &ConversationRow, contact: Option<i64>, lang: Lang, now: i64) -> Self {
        let t = lang.texts();
        let open = row.status == "open";
        let mut facts = Vec::new();
        if row.danger != 0 && open {
            facts.push((t.contact.danger.clone(), true));
        }
        match contact {
            Some(nth) if nth > 1 => {
                facts.push((fill(&t.contact.nth, &[("nth", &when::ordinal(lang, nth))]), false));
            }
            _ if row.repeat_contact != 0 => facts.push((t.contact.before_maybe.clone(), false)),
            _ => {}
        }
        if let Some(since) = row.waiting_since.filter(|_| open) {
            let span = when::span(lang, now - since);
            facts.push((fill(&t.contact.waits, &[("span", &span)]), true));
        }
        if let Some(due) = row.next_due {
            let text = if due < now { &t.today.promise_over } else { &t.today.promise_due };
            let when = when::moment(lang, due, now);
            facts.push((fill(text, &[("when", &when)]), true));
        }
        if !open {
            facts.push((t.contact.closed.clone(), false));
        }
        let channel = channel(t, &row.channel);
        Self {
            path: format!("/contacts/{}", row.id),
            icon: row.channel.clone(),
            channel,
            title: row.subject.clone().unwrap_or_else(|| {
                let when = when::day(lang, row.started_at, now);
                fill(&t.contact.untitled, &[("channel", &channel), ("when", &when)])
            }),
            when: when::moment(lang, row.last_at, now),
            facts,
        }
    }

    /// The same with who helps the customer now, in a list of more than one's own.
    pub(crate) fn with_helper(
        mut self,
        row: &ConversationRow,
        people: &[Person],
        viewer: &Viewer,
        lang: Lang,
    ) -> Self {
        let t = &lang.texts().contact;
        let name = |id: &str| people.iter().find(|person| person.id == id);
        let helper = match row.assigned_to.as_deref() {
            _ if row.status != "open" => None,
            None => Some(t.nobodys.clone()),
            Some(id) if viewer.person_id() == Some(id) => Some(t.yours.clone()),
            Some(id) => name(id).map(|person| fill(&t.with, &[("name", &person.name)])),
        };
        self.facts.extend(helper.map(|helper| (helper, false)));
        self
    }
}
