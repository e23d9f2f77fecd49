//! Exports of WhatsApp chats: a date, a time and a name before each message, in the form of the
//! phone's language and country.

use gehoord_conversation::{Channel, Conversation, Turn};

use crate::Options;
use crate::decode::decode;
use crate::item::{Imported, Item, Note, Problem, left_out};
use crate::label::visible_start;
use crate::party::{assign, is_bare_role, only_customer, speakers_of};
use crate::speaker_lines::is_separator;
use crate::time::{DayOrder, Stamp, on_clock_of, take_stamp_in};
use crate::whatsapp_words::{is_app_notice, is_attachment, without_edit_mark};

/// Whether the first lines look like an export of WhatsApp, and not like any other text with
/// times: a dash after the time or seconds within brackets, and names rather than roles.
pub(crate) fn looks_like_whatsapp(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(100);
    let first = lines.clone().next().and_then(start);
    let typical = |s: &Start<'_>| !s.stamp.bracketed || s.stamp.seconds;
    let named = |s: Start<'_>| name_and_words(s.rest).is_some_and(|(n, _)| !is_bare_role(n));
    first.is_some_and(|first| typical(&first))
        && !lines.clone().any(is_separator)
        && lines.any(|line| start(line).is_some_and(named))
}

/// Reads the conversation of an export.
pub(crate) fn read_whatsapp(bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let decoded = decode(bytes);
    let chat = Chat::of(&decoded.text);
    let Some(first) = chat.messages.first() else {
        let message = "no line starts with a date, a time and a name; expected lines such as \
                       '31-12-24 21:41 - Naam: …' or '[31-12-2024 21:41:05] Naam: …'";
        return vec![Item::Problem(Problem::new(1, "no_turns", message))];
    };
    let line = first.line;
    let mut notes: Vec<Note> = decoded.note.into_iter().collect();
    notes.extend(chat.left_out());
    let (order, guess) = day_order(&chat.messages, options);
    notes.extend(guess);
    let channel = options.channel.unwrap_or(Channel::Chat);
    let mut conversation = Conversation::new(name, channel);
    conversation.locale.clone_from(&options.locale);
    let (speakers, index) = speakers_of(chat.messages.iter().map(|m| (m.name, m.text.as_str())));
    let (parties, guesses) = assign(&speakers, &options.agents, channel.is_spoken());
    notes.extend(guesses);
    for (message, speaker) in chat.messages.iter().zip(index) {
        let at = clock(message.stamp, order);
        conversation.turns.push(Turn {
            at: at.and_then(|at| on_clock_of(options.locale.as_ref(), at)),
            speaker: (!is_bare_role(message.name)).then(|| message.name.to_owned()),
            ..Turn::new(parties[speaker], message.text.clone())
        });
    }
    conversation.customer = only_customer(&conversation.turns);
    vec![Item::Conversation(Imported { line, conversation, notes })]
}

/// A line with a date and a time before it.
struct Start<'t> {
    stamp: Stamp,
    /// The date and time as they stand, without a bracket before them.
    written: &'t str,
    rest: &'t str,
}

fn start(line: &str) -> Option<Start<'_>> {
    let line = visible_start(line);
    let (stamp, used) = take_stamp_in(line, DayOrder::DayFirst)?;
    stamp.date.and(stamp.time)?;
    let mut rest = line[used..].trim_start_matches([' ', '\u{A0}', '\u{202F}']);
    if !stamp.bracketed {
        rest = rest.strip_prefix(['-', '–'])?;
    }
    Some(Start { stamp, written: line[..used].trim_matches(['[', ']']), rest: visible_start(rest) })
}

/// The name and the words of a line that somebody wrote; `None` for a line of the app itself.
fn name_and_words(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.trim_end();
    let (name, words) = rest.split_once(": ").or(rest.strip_suffix(':').map(|name| (name, "")))?;
    let name = visible_start(name).trim_start_matches('~');
    let name = visible_start(name).trim_end();
    // "Jan changed the subject to “A: b”" has a colon too.
    let is_name = !name.is_empty()
        && name.chars().count() <= 60
        && name.split_whitespace().count() <= 8
        && !name.contains(['"', '“', '”', '„', '«', '‘']);
    is_name.then_some((name, words))
}

struct Message<'t> {
    line: usize,
    stamp: &'t str,
    name: &'t str,
    text: String,
}

/// What the lines of an export hold.
#[derive(Default)]
struct Chat<'t> {
    messages: Vec<Message<'t>>,
    /// Lines that the app itself wrote.
    notices: Vec<usize>,
    attachments: Vec<usize>,
    edit_marks: Vec<usize>,
    orphans: Vec<usize>,
    empty: Vec<usize>,
}

impl<'t> Chat<'t> {
    fn of(text: &'t str) -> Self {
        let mut chat = Self::default();
        // Whether the lines that follow go on with a message, or with what the app wrote.
        let mut in_message = None;
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(start) = start(line) {
                let written = name_and_words(start.rest).filter(|(_, words)| !is_app_notice(words));
                in_message = Some(written.is_some());
                match written {
                    Some((name, words)) => {
                        let stamp = start.written;
                        let text = String::new();
                        chat.messages.push(Message { line: number, stamp, name, text });
                        chat.go_on(number, words);
                    }
                    None => chat.notices.push(number),
                }
                continue;
            }
            match in_message {
                Some(true) => chat.go_on(number, line),
                Some(false) => {}
                None if line.trim().is_empty() => {}
                None => chat.orphans.push(number),
            }
        }
        let Self { messages, attachments, empty, .. } = &mut chat;
        messages.retain_mut(|message| {
            message.text.truncate(message.text.trim_end().len());
            if message.text.is_empty() && attachments.binary_search(&message.line).is_err() {
                empty.push(message.line);
            }
            !message.text.is_empty()
        });
        chat
    }

    /// Adds a line to the last message.
    fn go_on(&mut self, number: usize, line: &str) {
        let Some(message) = self.messages.last_mut() else { return };
        if is_attachment(line) {
            self.attachments.push(number);
            return;
        }
        let line = visible_start(line).trim_end();
        let words = without_edit_mark(line);
        if words.len() < line.len() {
            self.edit_marks.push(number);
        }
        if !message.text.is_empty() {
            message.text.push('\n');
        }
        message.text.push_str(words);
    }

    fn left_out(&self) -> impl Iterator<Item = Note> {
        let notes = [
            left_out(&self.orphans, "line", "before the first message", "line"),
            left_out(&self.notices, "line", "of the app itself", "line"),
            left_out(&self.attachments, "attachment", "of which only the name is there", "line"),
            left_out(&self.edit_marks, "mark", "that a message was edited", "line"),
            left_out(&self.empty, "message", "without words", "line"),
        ];
        notes.into_iter().flatten()
    }
}

fn clock(written: &str, order: DayOrder) -> Option<jiff::civil::DateTime> {
    let (stamp, _) = take_stamp_in(written, order)?;
    Some(stamp.date?.to_datetime(stamp.time?))
}

/// Whether the day or the month comes first: by dates that fit one way only, by which way the
/// messages are in the order of time, by the locale, or guessed.
fn day_order(messages: &[Message<'_>], options: &Options) -> (DayOrder, Option<Note>) {
    use DayOrder::{DayFirst, MonthFirst};
    let month_first = |why: &str| {
        let message = format!("dates were read with the month first, because {why}");
        (MonthFirst, Some(Note::guessed(message)))
    };
    match DayOrder::told(messages.iter().map(|message| message.stamp)) {
        Some(MonthFirst) => return month_first("some fit no other way"),
        Some(DayFirst) => return (DayFirst, None),
        None => {}
    }
    let steps_back = |order| {
        let times: Vec<_> = messages.iter().filter_map(|m| clock(m.stamp, order)).collect();
        times.windows(2).filter(|pair| pair[1] < pair[0]).count()
    };
    match steps_back(DayFirst).cmp(&steps_back(MonthFirst)) {
        std::cmp::Ordering::Less => return (DayFirst, None),
        std::cmp::Ordering::Greater => {
            return month_first("only so the messages are in the order of time");
        }
        std::cmp::Ordering::Equal => {}
    }
    if let Some(country) = options.locale.as_ref().and_then(|locale| locale.country()) {
        return (if country == "US" { MonthFirst } else { DayFirst }, None);
    }
    // Only with slashes do some countries put the month first.
    let differs = |m: &Message<'_>| clock(m.stamp, DayFirst) != clock(m.stamp, MonthFirst);
    if !messages.iter().any(|m| m.stamp.contains('/') && differs(m)) {
        return (DayFirst, None);
    }
    // Capitals after the time are how phones set to the United States write it.
    let capitals = messages.iter().all(|m| m.stamp.ends_with("AM") || m.stamp.ends_with("PM"));
    let (order, first, other) = match capitals {
        true => (MonthFirst, "month", "en-GB"),
        false => (DayFirst, "day", "en-US"),
    };
    let message = format!(
        "the dates can be read with the day or with the month first; they were read with the \
         {first} first, use --locale (such as {other}) to say otherwise"
    );
    (order, Some(Note::guessed(message)))
}

#[cfg(test)]
#[path = "whatsapp_tests.rs"]
mod tests;
