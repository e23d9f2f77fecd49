//! Utterances of a ConvoKit corpus: one JSON object a line, with the conversation it belongs to
//! and the utterance it answers.

use std::collections::HashMap;

use gehoord_conversation::{Channel, Conversation, Party, Turn};
use jiff::Zoned;
use serde_json::{Map, Value};

use crate::Options;
use crate::decode::decode;
use crate::item::{Imported, Item, Note, Problem, clip, left_out, places, push_capped};
use crate::party::{assign, is_bare_role, is_given_agent, only_customer, speakers_of};
use crate::replies::{Reply, threads};
use crate::table::known_party;
use crate::time::{DayOrder, parse_time};

/// Whether the first line of an input is an utterance, and not a whole conversation.
pub(crate) fn looks_like_utterance(first: &str) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| first.contains(&format!("\"{key}\"")));
    has(&["text"]) && has(SPEAKER) && has(CONVERSATION) && has(REPLY_TO) && !has(&["turns"])
}

// Names of the fields; those of older versions last.
const SPEAKER: &[&str] = &["speaker", "user"];
const CONVERSATION: &[&str] = &["conversation_id", "root"];
const REPLY_TO: &[&str] = &["reply_to", "reply-to"];

/// Reads the conversations of a file of utterances.
pub(crate) fn read_utterances(bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let decoded = decode(bytes);
    let mut problems = Vec::new();
    let mut groups: Vec<Vec<Utterance>> = Vec::new();
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for (number, line) in (1..).zip(decoded.text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        match Utterance::parse(line, number, options) {
            Ok(utterance) => {
                let group = *by_id.entry(utterance.conversation.clone()).or_insert_with(|| {
                    groups.push(Vec::new());
                    groups.len() - 1
                });
                groups[group].push(utterance);
            }
            Err(problem) => push_capped(&mut problems, problem),
        }
    }
    let mut items = Vec::with_capacity(groups.len());
    for group in groups {
        let line = group.first().map_or(1, |first| first.line);
        match conversation(group, options) {
            Some(imported) => items.push(Item::Conversation(imported)),
            None => {
                let message = "no utterance of this conversation has words";
                push_capped(&mut problems, Problem::new(line, "no_turns", message));
            }
        }
    }
    if items.is_empty() && problems.is_empty() {
        let message = format!("no utterance in '{}'; expected one JSON object a line", clip(name));
        problems.push(Problem::new(1, "no_turns", message));
    }
    items.extend(problems.into_iter().map(Item::Problem));
    items.sort_by_key(|item| match item {
        Item::Conversation(imported) => imported.line,
        Item::Problem(problem) => problem.line,
    });
    crate::json::attach(decoded.note, &mut items);
    items
}

/// When an utterance was made.
enum When {
    At(Zoned),
    /// Seconds from some start, or a number that only orders.
    Count(f64),
    Unknown,
}

struct Utterance {
    line: usize,
    id: Option<String>,
    conversation: String,
    speaker: String,
    /// As the corpus says; `None` when it does not.
    party: Option<Party>,
    answers: Option<String>,
    when: When,
    /// Whether there is a timestamp that cannot be read.
    wrong_time: bool,
    text: String,
    meta: Map<String, Value>,
}

impl Utterance {
    fn parse(line: &str, number: usize, options: &Options) -> Result<Self, Problem> {
        let invalid = |message: &str| Problem::new(number, "invalid_conversation", message);
        let mut fields = match serde_json::from_str(line) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(invalid("not an utterance: expected a JSON object")),
            Err(error) => {
                let column = error.column();
                let message = format!("not valid JSON (column {column}); expected one utterance");
                return Err(Problem::new(number, "invalid_json", message));
            }
        };
        let conversation = take(&mut fields, CONVERSATION).as_ref().and_then(word);
        let conversation = conversation
            .ok_or_else(|| invalid("the utterance does not say its \"conversation_id\""))?;
        let speaker = take(&mut fields, SPEAKER).unwrap_or_default();
        let (name, about) = match &speaker {
            Value::Object(about) => {
                (["id", "name"].iter().find_map(|key| word(about.get(*key)?)), Some(about))
            }
            other => (word(other), None),
        };
        let name = name.ok_or_else(|| invalid("the utterance does not say its \"speaker\""))?;
        let text = match take(&mut fields, &["text"]) {
            Some(Value::String(text)) => text,
            None | Some(Value::Null) => String::new(),
            Some(_) => return Err(invalid("the \"text\" of the utterance is not a string")),
        };
        let mut meta = match take(&mut fields, &["meta"]) {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        let of_speaker = about.and_then(|about| about.get("meta")).and_then(Value::as_object);
        let party = [Some(&meta), of_speaker, about].into_iter().flatten().find_map(party_of);
        let stamp = take(&mut fields, &["timestamp"]).unwrap_or_default();
        let when = when(&stamp, options);
        let wrong_time = matches!(when, When::Unknown) && !stamp.is_null();
        if matches!(when, When::Count(_)) {
            meta.entry("timestamp").or_insert(stamp);
        }
        let id = take(&mut fields, &["id"]).as_ref().and_then(word);
        let answers = take(&mut fields, REPLY_TO).as_ref().and_then(word);
        // Whatever else there is, but no empty lists, such as of vectors.
        for (key, value) in fields {
            if !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()) {
                meta.entry(key).or_insert(value);
            }
        }
        let speaker = name;
        let (line, text) = (number, text.trim().to_owned());
        Ok(Self { line, id, conversation, speaker, party, answers, when, wrong_time, text, meta })
    }
}

fn take(fields: &mut Map<String, Value>, names: &[&str]) -> Option<Value> {
    names.iter().find_map(|name| fields.shift_remove(*name))
}

/// A name or a number, as text.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Numbers of ten and thirteen digits are seconds and milliseconds since 1970; smaller ones count
/// from the start of the conversation.
fn when(stamp: &Value, options: &Options) -> When {
    let number = match stamp {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            if let Ok(at) = parse_time(text, options.locale.as_ref(), DayOrder::DayFirst) {
                return When::At(at);
            }
            text.trim().parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    };
    let Some(number) = number else { return When::Unknown };
    match parse_time(&format!("{:.0}", number.trunc()), None, DayOrder::DayFirst) {
        Ok(at) => When::At(at),
        Err(_) => When::Count(number),
    }
}

/// The party that the fields about an utterance or a speaker tell.
fn party_of(about: &Map<String, Value>) -> Option<Party> {
    const ROLE: &[&str] = &["role", "party", "speaker_type", "speaker_role", "user_type"];
    const FLAGS: &[(&str, Party, Option<Party>)] = &[
        ("is_agent", Party::Agent, Some(Party::Customer)),
        ("agent", Party::Agent, Some(Party::Customer)),
        ("is_employee", Party::Agent, Some(Party::Customer)),
        ("is_customer", Party::Customer, Some(Party::Agent)),
        ("inbound", Party::Customer, Some(Party::Agent)),
        ("is_bot", Party::Bot, None),
    ];
    let by_role = || ROLE.iter().find_map(|key| known_party(about.get(*key)?.as_str()?, None));
    let by_flag = || {
        FLAGS.iter().find_map(
            |(key, yes, no)| {
                if about.get(*key)?.as_bool()? { Some(*yes) } else { *no }
            },
        )
    };
    by_role().or_else(by_flag)
}

/// The conversation of some utterances; `None` when none has words.
fn conversation(mut said: Vec<Utterance>, options: &Options) -> Option<Imported> {
    let line = said.first()?.line;
    let id = said.first()?.conversation.clone();
    let mut notes = Vec::new();
    said = in_order(said, &mut notes);
    let lines = |keep: &dyn Fn(&Utterance) -> bool| -> Vec<usize> {
        let mut lines: Vec<_> = said.iter().filter(|u| keep(u)).map(|u| u.line).collect();
        lines.sort_unstable();
        lines
    };
    let (empty, wrong) = (lines(&|u| u.text.is_empty()), lines(&|u| u.wrong_time));
    notes.extend(left_out(&empty, "utterance", "without words", "line"));
    notes.extend(left_out(&wrong, "timestamp", "that is no time", "line"));
    said.retain(|utterance| !utterance.text.is_empty());
    let channel = options.channel.unwrap_or(Channel::Chat);
    let mut conversation = Conversation::new(id, channel);
    conversation.locale.clone_from(&options.locale);
    // Who is known goes by the name of the role.
    let labels = said.iter().map(|utterance| {
        let given = is_given_agent(&utterance.speaker, &options.agents);
        let party = if given { Some(Party::Agent) } else { utterance.party };
        (party.map_or(utterance.speaker.as_str(), |party| party.id()), utterance.text.as_str())
    });
    let (speakers, index) = speakers_of(labels);
    let (parties, guesses) = assign(&speakers, &options.agents, channel.is_spoken());
    notes.extend(guesses);
    drop(speakers);
    for (utterance, speaker) in said.into_iter().zip(index) {
        conversation.turns.push(Turn {
            at: match utterance.when {
                When::At(at) => Some(at),
                _ => None,
            },
            speaker: Some(utterance.speaker).filter(|name| !is_bare_role(name)),
            external_id: utterance.id,
            meta: utterance.meta,
            ..Turn::new(parties[speaker], utterance.text)
        });
    }
    conversation.customer = only_customer(&conversation.turns);
    (!conversation.turns.is_empty()).then_some(Imported { line, conversation, notes })
}

/// Each utterance after the one it answers, and by time where every one has a time.
fn in_order(said: Vec<Utterance>, notes: &mut Vec<Note>) -> Vec<Utterance> {
    let replies: Vec<Reply<'_>> =
        said.iter().map(|u| Reply { id: u.id.as_deref(), answers: u.answers.as_deref() }).collect();
    let mut order = Vec::with_capacity(said.len());
    let mut orphans = Vec::new();
    let mut circle = false;
    for thread in threads(&replies) {
        order.extend(thread.members);
        orphans.extend(thread.orphans.iter().map(|i| said[*i].line));
        circle |= thread.circle;
    }
    if !orphans.is_empty() {
        orphans.sort_unstable();
        let places = places("line", &orphans);
        let message =
            format!("the utterance that is answered in {places} is not in this conversation");
        notes.push(Note::left_out(message));
    }
    if circle {
        let message = "some utterances answer one another in a circle, so which came first was \
                       taken from their times or their order";
        notes.push(Note::guessed(message));
    }
    if said.iter().all(|u| matches!(u.when, When::At(_))) {
        order.sort_by_key(|i| match &said[*i].when {
            When::At(at) => Some(at.timestamp()),
            _ => None,
        });
    } else if said.iter().all(|u| matches!(u.when, When::Count(_))) {
        let count = |i: usize| if let When::Count(n) = said[i].when { n } else { 0.0 };
        order.sort_by(|a, b| count(*a).total_cmp(&count(*b)));
    }
    let mut said: Vec<Option<Utterance>> = said.into_iter().map(Some).collect();
    order.into_iter().filter_map(|i| said[i].take()).collect()
}

#[cfg(test)]
#[path = "convokit_tests.rs"]
mod tests;
