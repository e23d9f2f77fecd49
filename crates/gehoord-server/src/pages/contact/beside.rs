//! What stands beside the turns: what went well, promises, what this customer has been through,
//! signals, the verdict.

use gehoord_conversation::wire::report::{WireMoment, WireParts, WireTurnReport};
use gehoord_listening::Rubric;
use gehoord_store::{Contact, ConversationView, CustomerAnswer, PromiseRow, PromiseState};
use jiff::ToSpan;
use jiff::civil::Weekday;

use super::capital;
use super::said::name;
use super::sum::{self, Part};
use crate::pages::texts::{Lang, Texts, fill};
use crate::pages::when;

/// What is heard less strongly is a maybe.
pub(super) const LIKELY: f32 = 0.6;
/// A time as a field of a form has it.
const FIELD: &str = "%Y-%m-%dT%H:%M";
/// So many lines say what went well.
const WELL: usize = 3;
/// The longest quote, in characters.
const QUOTE: usize = 110;

/// Something that went well: what it is, and the words.
pub(crate) struct Well {
    pub(crate) name: String,
    pub(crate) words: String,
    pub(crate) position: i64,
}

/// That the customer was in touch before: a fact only where that was heard as more than a maybe.
pub(super) fn before(view: &ConversationView, lang: Lang) -> String {
    let t = &lang.texts().contact;
    let sure = view.turns.iter().any(|turn| {
        let report = turn.finding.clone().and_then(|report| serde_json::from_value(report).ok());
        let Some(WireTurnReport::Customer { signals, .. }) = report else { return false };
        signals.iter().any(|one| one.label == "repeat_contact" && one.strength >= LIKELY)
    });
    if sure { t.before.clone() } else { t.before_maybe.clone() }
}

/// What went well, the best listening first. Empty where the viewer may not see how the agents did.
pub(crate) fn well(view: &ConversationView, name: impl Fn(&str) -> String) -> Vec<Well> {
    const ORDER: [&str; 8] = [
        "to_safety",
        "acknowledge_feeling",
        "restate",
        "take_ownership",
        "promise_action",
        "open_question",
        "solve",
        "check_understanding",
    ];
    let mut found: Vec<(usize, Well)> = Vec::new();
    for turn in &view.turns {
        let report = turn.finding.clone().and_then(|report| serde_json::from_value(report).ok());
        let Some(WireTurnReport::Agent { techniques, breakers, signals, hints, .. }) = report
        else {
            continue;
        };
        // Where somebody was left in danger, nothing else is an example.
        if hints.iter().any(|hint| hint.label == "danger") {
            continue;
        }
        for finding in techniques.iter().chain(&signals).filter(|finding| finding.strength >= 0.6) {
            let Some(rank) = ORDER.iter().position(|label| *label == finding.label) else {
                continue;
            };
            let own = |turn_of: usize| i64::try_from(turn_of) == Ok(turn.position);
            let place = finding.evidence.iter().filter(|place| own(place.turn));
            let Some(place) = place.max_by_key(|place| place.end - place.start) else { continue };
            // Words that were taken back in the same breath are no example.
            let taken_back = breakers.iter().any(|breaker| {
                breaker.strength >= 0.6
                    && breaker.evidence.iter().any(|other| {
                        own(other.turn) && other.start < place.end && place.start < other.end
                    })
            });
            if taken_back || found.iter().any(|(known, _)| *known == rank) {
                continue;
            }
            let words = short(&place.text, QUOTE);
            found.push((rank, Well { name: name(&finding.label), words, position: turn.position }));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(WELL).map(|(_, well)| well).collect()
}

/// The words on one line, cut when they are long.
pub(crate) fn short(words: &str, longest: usize) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= longest {
        return words;
    }
    let cut: String = words.chars().take(longest).collect();
    format!("{}…", cut.trim_end())
}

/// A promise as the page shows it.
pub(crate) struct Promised {
    pub(crate) id: String,
    pub(crate) what: String,
    /// Who took it on, when it is not the agent.
    pub(crate) who: Option<&'static str>,
    pub(crate) state: &'static str,
    /// Look of the state.
    pub(crate) kind: &'static str,
    /// When at the latest, in words.
    pub(crate) due: String,
    /// The way to the turn that it was made in.
    pub(crate) way: String,
    /// Nobody said yet whether it was done.
    pub(crate) open: bool,
    /// Its time is over: "Is dit gelukt?"
    pub(crate) ask: bool,
    /// The agent has not said yet that this is what was promised.
    pub(crate) confirm: bool,
    /// A time that is proposed, for the form.
    pub(crate) proposed: String,
    /// The first time that can be chosen.
    pub(crate) soonest: String,
    /// No time was given.
    pub(crate) timeless: bool,
    pub(crate) reason: Option<String>,
    /// What one can write before the time is over, when it will not be done by then.
    pub(crate) draft: Option<String>,
}

/// `way`: the way to the turn that it was made in.
pub(crate) fn promised(row: &PromiseRow, way: String, lang: Lang, now: i64) -> Promised {
    let t = &lang.texts().promise;
    let (state, kind) = match row.state {
        PromiseState::Open => (&t.open, ""),
        PromiseState::Due => (&t.due, "said"),
        PromiseState::OverdueUnknown => (&t.overdue, "warm"),
        PromiseState::Kept => (&t.kept, "well"),
        PromiseState::Broken => (&t.broken, "care"),
        PromiseState::Withdrawn => (&t.withdrawn, ""),
    };
    let open = row.state.is_open();
    let due = match (row.due_at, &row.when) {
        (Some(at), _) => fill(&t.until, &[("when", &when::moment(lang, at, now))]),
        (None, Some(said)) => fill(&t.vague, &[("when", said)]),
        (None, None) => t.timeless.clone(),
    };
    let ask = row.state == PromiseState::OverdueUnknown;
    Promised {
        id: row.id.clone(),
        what: short(&row.what, 200),
        who: match row.who.as_str() {
            "colleague" => Some(&t.by_colleague),
            "firm" => Some(&t.by_firm),
            _ => None,
        },
        state,
        kind,
        due,
        way,
        open,
        ask,
        confirm: open && !row.confirmed && !ask,
        proposed: proposed(row.due_at, now),
        soonest: when::local(now).strftime(FIELD).to_string(),
        timeless: row.due_at.is_none(),
        reason: row.reason.clone(),
        draft: row.due_at.filter(|_| row.state == PromiseState::Due).map(|at| {
            let (what, when) = (short(&row.what, 200), when::moment(lang, at, now));
            fill(&t.draft_words, &[("what", &what), ("when", &when)])
        }),
    }
}

/// A time for the form: the one that was given while it is to come, else five o'clock on the next
/// working day.
fn proposed(due_at: Option<i64>, now: i64) -> String {
    let time = match due_at.filter(|due| *due > now) {
        Some(due) => when::local(due),
        None => {
            let mut day = when::local(now);
            loop {
                day = day.checked_add(1.day()).unwrap_or(day);
                if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    break;
                }
            }
            day.with().hour(17).minute(0).build().unwrap_or(day)
        }
    };
    time.strftime(FIELD).to_string()
}

/// A contact of this customer, as the page shows it.
pub(crate) struct Passed {
    /// None: it is of another team.
    pub(crate) path: Option<String>,
    pub(crate) here: bool,
    pub(crate) nth: String,
    pub(crate) icon: String,
    pub(crate) channel: &'static str,
    pub(crate) subject: String,
    pub(crate) when: String,
    /// What happened: waiting, promises.
    pub(crate) facts: Vec<String>,
}

pub(crate) fn passed(contacts: &[Contact], id: &str, lang: Lang, now: i64) -> Vec<Passed> {
    let t = &lang.texts().journey;
    (1_i64..)
        .zip(contacts)
        .map(|(nth, contact)| {
            let row = &contact.row;
            let mut facts = Vec::new();
            if let Some(since) = row.waiting_since.filter(|_| row.status == "open") {
                facts.push(fill(&t.waits, &[("span", &when::span(lang, now - since))]));
            } else if let Some(wait) = contact.longest_wait.filter(|wait| *wait >= 15 * 60_000) {
                facts.push(fill(&t.waited, &[("span", &when::span(lang, wait))]));
            }
            for (count, text) in
                [(contact.broken, &t.broken), (contact.kept, &t.kept), (contact.open, &t.open)]
            {
                if count > 0 {
                    facts.push(text.of(count));
                }
            }
            Passed {
                path: contact.within_reach.then(|| format!("/contacts/{}", row.id)),
                here: row.id == id,
                nth: when::ordinal(lang, nth),
                icon: row.channel.clone(),
                channel: channel(lang.texts(), &row.channel),
                subject: if contact.within_reach {
                    row.subject.clone().unwrap_or_default()
                } else {
                    String::new()
                },
                when: when::moment(lang, row.started_at, now),
                facts,
            }
        })
        .collect()
}

/// What a channel is called.
pub(crate) fn channel(t: &'static Texts, channel: &str) -> &'static str {
    match channel {
        "phone" => &t.channel.phone,
        "email" => &t.channel.email,
        "social" => &t.channel.social,
        "in_person" => &t.channel.in_person,
        _ => &t.channel.chat,
    }
}

/// A signal of the customer: whether somebody took it up.
pub(crate) struct Signal {
    pub(crate) position: i64,
    /// None: nobody answered yet.
    pub(crate) met: Option<bool>,
    pub(crate) answered_by: Option<i64>,
    /// The customer's words.
    pub(crate) words: String,
    /// Where it was missed: what the answer did instead.
    pub(crate) how: Vec<String>,
}

/// The signals, where the viewer may see how the agents did.
pub(crate) fn signals(view: &ConversationView) -> Option<Vec<Signal>> {
    let moments = &view.analysis.as_ref()?.agent_side.as_ref()?["moments"];
    let moments: Vec<WireMoment> = serde_json::from_value(moments.clone()).ok()?;
    let signal = |moment: WireMoment| {
        let position = i64::try_from(moment.turn).ok()?;
        Some(Signal {
            position,
            met: moment.met,
            answered_by: moment.answered_by.and_then(|turn| i64::try_from(turn).ok()),
            words: words_of(view, position, &moment.emotion),
            how: Vec::new(),
        })
    };
    Some(moments.into_iter().filter_map(signal).collect())
}

/// Tells of each signal that was missed what its answer did instead.
pub(crate) fn told_how(signals: &mut [Signal], view: &ConversationView, lang: Lang) {
    for signal in signals.iter_mut().filter(|signal| signal.met == Some(false)) {
        let Some(by) = signal.answered_by else { continue };
        let turn = view.turns.iter().find(|turn| turn.position == by);
        let report = turn.and_then(|turn| serde_json::from_value(turn.finding.clone()?).ok());
        let Some(WireTurnReport::Agent { breakers, .. }) = report else { continue };
        let clear = breakers.iter().filter(|finding| finding.strength >= 0.6);
        let told = clear.map(|finding| {
            let own = |turn: usize| i64::try_from(turn) == Ok(by);
            let words = finding.evidence.iter().find(|place| own(place.turn));
            let name = capital(&name(lang, &finding.label));
            words.map_or_else(
                || name.clone(),
                |place| format!("{name}: “{}”", short(&place.text, QUOTE)),
            )
        });
        signal.how = told.take(2).collect();
        if signal.how.is_empty() {
            signal.how.push(lang.texts().contact.passed_over.clone());
        }
    }
}

/// The words in a turn that brought a feeling: what happened, rather than what was felt.
fn words_of(view: &ConversationView, position: i64, emotion: &str) -> String {
    let Some(turn) = view.turns.iter().find(|turn| turn.position == position) else {
        return String::new();
    };
    let report = turn.finding.clone().and_then(|report| serde_json::from_value(report).ok());
    let Some(WireTurnReport::Customer { emotions, cause, .. }) = report else {
        return short(&turn.text, QUOTE);
    };
    let evidence = emotions
        .iter()
        .find(|finding| finding.label == emotion)
        .and_then(|finding| finding.evidence.first())
        .map(|evidence| evidence.text.clone());
    let words = cause.map(|cause| cause.text).or(evidence).unwrap_or_else(|| turn.text.clone());
    short(&words, QUOTE)
}

/// The verdict, as an estimate from the words.
pub(crate) struct Verdict {
    pub(crate) words: &'static str,
    pub(crate) score: i64,
    /// What it is made of.
    pub(crate) parts: Vec<Part>,
    /// What the whole of the conversation adds or takes off; none where the weights are not known.
    pub(crate) rest: Option<i64>,
    /// There was enough to go by.
    pub(crate) sure: bool,
}

/// None where the viewer may not see how the agents did. Its weights are shown where it was made with
/// this rubric.
pub(crate) fn verdict(
    view: &ConversationView,
    rubric: Option<&Rubric>,
    t: &'static Texts,
) -> Option<Verdict> {
    let analysis = view.analysis.as_ref()?;
    let heard = &analysis.agent_side.as_ref()?["heard"];
    let rubric = rubric.filter(|rubric| rubric.version == analysis.versions.rubric);
    let words = match analysis.verdict.as_deref() {
        Some("heard") => &t.verdict.heard,
        Some("partly") => &t.verdict.partly,
        Some(_) => &t.verdict.not,
        None => &t.verdict.too_little,
    };
    let kept: Option<WireParts> = serde_json::from_value(heard["parts"].clone()).ok();
    let score = heard["score"].as_f64().unwrap_or_default().round();
    #[expect(clippy::cast_possible_truncation, reason = "0 to 100")]
    let score = score as i64;
    let parts = kept.map(|kept| sum::parts(view, &kept, score, rubric, t));
    let (parts, rest) = parts.unwrap_or_default();
    Some(Verdict { words, score, parts, rest, sure: heard["sure"].as_str() == Some("enough") })
}

/// What the customer answered themselves: that is the truth.
pub(crate) fn answered(
    answer: &CustomerAnswer,
    t: &'static Texts,
) -> (&'static str, Option<String>) {
    let words = match answer.answer.as_str() {
        "yes" => &t.verdict.customer_yes,
        "partly" => &t.verdict.customer_partly,
        _ => &t.verdict.customer_no,
    };
    (words, answer.sentence.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_proposed_on_a_working_day() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let friday = at("2026-03-06T10:00:00+01:00");
        assert_eq!(proposed(None, friday), "2026-03-09T17:00");
        assert_eq!(proposed(Some(friday + 60_000), friday), "2026-03-06T10:01");
        assert_eq!(proposed(Some(friday - 60_000), friday), "2026-03-09T17:00");
    }

    #[test]
    fn a_long_quote_is_cut() {
        assert_eq!(short(" a \n b ", 10), "a b");
        assert_eq!(short("aaaa bbbb", 5), "aaaa…");
    }
}
