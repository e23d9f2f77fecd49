//! Mail: one message, or a mailbox whose messages are put together into conversations.
//!
//! Read in this order: [`message`] (one mail), [`quote`], [`signature`] and [`html`] (what of its
//! text the writer wrote), [`thread`] (which mails belong together), [`writer`] (who is who).

mod html;
mod message;
mod quote;
mod signature;
mod thread;
mod writer;

use gehoord_conversation::{Channel, Conversation, Turn};

use crate::item::{Imported, Item, Note, Problem, capped, clip, places, push_capped};
use crate::mail::message::Mail;
use crate::{Format, Options};

/// Reads the conversations of a mail or a mailbox.
pub(crate) fn read_mail(
    mut bytes: Vec<u8>,
    format: Format,
    name: &str,
    options: &Options,
) -> Vec<Item> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let mut note = None;
    if crate::decode::utf16(&bytes).is_some() {
        let decoded = crate::decode::decode(bytes);
        (bytes, note) = (decoded.text.into_bytes(), decoded.note);
    }
    if bytes.trim_ascii().is_empty() {
        return vec![Item::Problem(Problem::new(1, "no_turns", "the input is empty"))];
    }
    let mut mails = Vec::new();
    let mut problems = Vec::new();
    let mut parse = |line: usize, raw: &[u8]| match Mail::parse(raw, line, options) {
        Ok(mail) => mails.push(mail),
        Err(problem) => push_capped(&mut problems, problem),
    };
    match format {
        Format::Mbox => messages(&bytes, parse),
        _ => parse(1, &bytes),
    }
    drop(bytes);
    let mut items: Vec<Item> = problems.into_iter().map(Item::Problem).collect();
    let threads = thread::threads(&mails);
    let several = threads.len() > 1;
    for thread in threads {
        let members: Vec<&Mail> = thread.members.iter().map(|i| &mails[*i]).collect();
        items.push(conversation(&members, thread.by_subject, several, name, options));
    }
    items.sort_by_key(|item| match item {
        Item::Conversation(imported) => imported.line,
        Item::Problem(problem) => problem.line,
    });
    let mut items = capped(items.into_iter());
    crate::json::attach(note, &mut items);
    items
}

/// Hands out the messages of a mailbox, with the line where each starts: after a line `From …` at
/// the top or below a blank line. Without such a line the whole is one message.
fn messages(bytes: &[u8], mut found: impl FnMut(usize, &[u8])) {
    // Where the message began, when one did.
    let mut begun: Option<usize> = None;
    let mut message: Vec<u8> = Vec::new();
    let mut blank = true;
    for (number, line) in (1..).zip(bytes.split_inclusive(|b| *b == b'\n')) {
        let starts = blank && line.starts_with(b"From ");
        blank = line.trim_ascii().is_empty();
        if starts {
            if let Some(begun) = begun.replace(number) {
                found(begun, &message);
            }
            message.clear();
            continue;
        }
        if begun.is_none() {
            if blank {
                continue;
            }
            begun = Some(number);
        }
        let quoted = line.iter().position(|b| *b != b'>').filter(|at| *at > 0);
        let escaped = quoted.is_some_and(|at| line[at..].starts_with(b"From "));
        message.extend_from_slice(if escaped { &line[1..] } else { line });
    }
    if let Some(begun) = begun {
        found(begun, &message);
    }
}

/// One thread as a conversation: one mail, one turn.
fn conversation(
    mails: &[&Mail],
    by_subject: usize,
    several: bool,
    name: &str,
    options: &Options,
) -> Item {
    let line = mails.iter().map(|mail| mail.line).min().unwrap_or(1);
    let id = if several { format!("{name}:{line}") } else { name.to_owned() };
    let mut conversation = Conversation::new(id, options.channel.unwrap_or(Channel::Email));
    conversation.locale.clone_from(&options.locale);
    conversation.subject = mails.iter().find_map(|mail| mail.subject.clone());
    conversation.external_id = mails.first().and_then(|mail| mail.id.clone());
    let mut notes = left_out(mails);
    if by_subject > 0 {
        let message = format!("{by_subject} of the mails were put here by their subject alone");
        notes.push(Note::guessed(message));
    }
    let written: Vec<&Mail> = mails.iter().copied().filter(|m| !m.text.is_empty()).collect();
    if written.is_empty() {
        let message = "the mail holds no words of its writer: only quoted text, attachments or \
                       nothing at all";
        return Item::Problem(Problem::new(line, "no_turns", message));
    }
    let (parties, guesses) = writer::parties(&written, &options.agents);
    notes.extend(guesses);
    conversation.customer = writer::customer(&written, &parties);
    for (mail, party) in written.iter().zip(parties) {
        conversation.turns.push(Turn {
            at: mail.at.clone(),
            speaker: mail.writer.name.clone().or_else(|| mail.writer.address.clone()),
            external_id: mail.id.clone(),
            ..Turn::new(party, mail.text.clone())
        });
    }
    Item::Conversation(Imported { line, conversation, notes })
}

/// What of these mails is not in their turns.
fn left_out(mails: &[&Mail]) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut note = |what: &str, count: &dyn Fn(&Mail) -> usize| {
        let which: Vec<usize> = mails.iter().filter(|m| count(m) > 0).map(|m| m.line).collect();
        let total: usize = mails.iter().map(|mail| count(mail)).sum();
        if total > 0 {
            let (plural, be) = if total == 1 { ("", "was") } else { ("s", "were") };
            let what = what.replacen('*', plural, 1);
            let mail = if which.len() == 1 { "mail" } else { "mails" };
            let places = places("line", &which);
            let message = format!("{total} {what} {be} left out ({mail} at {places})");
            notes.push(Note::left_out(message));
        }
    };
    note("quoted line*", &|mail| mail.quoted);
    note("line* of signature or disclaimer", &|mail| mail.signature);
    note("attachment*", &|mail| mail.attachments);
    note("hidden piece* of HTML", &|mail| mail.hidden);
    note("mail* without words of the writer", &|mail| usize::from(mail.text.is_empty()));
    for date in mails.iter().filter_map(|mail| mail.wrong_date.as_deref()) {
        let message = format!("the date '{}' is not a date of mail and was left out", clip(date));
        notes.push(Note::left_out(message));
    }
    notes
}

#[cfg(test)]
mod tests;
