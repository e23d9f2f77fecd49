//! What is known of a turn besides its words: what the cues heard, and what came before.

use std::sync::LazyLock;

use gehoord_conversation::{
    AgentTurn, Breaker, CustomerTurn, Emotion, Evidence, Finding, Label, Need, Party, Safety,
    Signal, Span, Technique, TurnReport,
};

use rustc_hash::FxHashSet;

use super::asking::Asks;
use crate::agent;
use crate::reading::Reading;
use crate::text::{Kind, Text};

/// So many turns back are looked at, so that long conversations cost no more a turn.
pub(crate) const NEAR: usize = 24;

/// What customers are heard to say about the contact.
const OF_CUSTOMERS: [Signal; 8] = [
    Signal::RepeatContact,
    Signal::ChurnRisk,
    Signal::Complaint,
    Signal::Cause,
    Signal::Request,
    Signal::Resolved,
    Signal::Sarcasm,
    Signal::BrokenPromise,
];

/// So many words are a courtesy.
const COURTESY: usize = 3;

/// An answer of at most so many words says little else than what was asked.
const SHORT: usize = 7;
const VERY_SHORT: usize = 3;

fn strength(findings: &[Finding], label: impl Into<Label>) -> f32 {
    let label = label.into();
    findings.iter().filter(|f| f.label == label).map(|f| f.strength).fold(0.0, f32::max)
}

/// The same, times the share of the words of the turn that the finding points at: "woedend ben ik"
/// says little else, while in a long story the same words may be about somebody else.
fn share(findings: &[Finding], label: impl Into<Label>, reading: &Reading<'_>) -> f32 {
    let label = label.into();
    let Some(finding) = findings.iter().find(|f| f.label == label) else { return 0.0 };
    let pointed_at = |span: Span| {
        let mut places = finding.evidence.iter().filter(|e| e.turn == reading.index);
        places.any(|e| e.span.overlaps(&span))
    };
    let tokens = reading.text.tokens.iter().enumerate();
    let counted = tokens.filter(|(i, _)| !reading.goes_on_with_name(*i));
    let within = counted.clone().filter(|(_, t)| pointed_at(t.span())).count();
    finding.strength * within as f32 / counted.count().max(1) as f32
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

/// Techniques that ask. Each question is heard by itself, and they are no part of what else is heard.
pub(crate) const ASKING: [Technique; 3] =
    [Technique::OpenQuestion, Technique::ClosedQuestion, Technique::CheckUnderstanding];

/// For each sentence of a turn, whether the reply stands on it.
pub(crate) fn core_of(turn: &AgentTurn, reading: &Reading<'_>) -> Vec<bool> {
    core(turn.techniques.iter().chain(&turn.signals), reading)
}

/// For each sentence of a reply, whether it stands on it by these findings; all when none would.
pub(crate) fn core<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    reading: &Reading<'_>,
) -> Vec<bool> {
    let text = &reading.text;
    let mut core: Vec<bool> = text.sentences.iter().map(|s| !s.question).collect();
    let mut kind = vec![(false, false); core.len()];
    let mut thanks = vec![false; core.len()];
    for finding in findings {
        let asks = ASKING.iter().any(|&t| finding.label == t.into());
        let feels = matches!(
            finding.label,
            Label::Technique(Technique::AcknowledgeFeeling)
                | Label::Signal(Signal::Sympathy | Signal::TemplateEmpathy)
        );
        for place in finding.evidence.iter().filter(|e| e.turn == reading.index) {
            let Some(sentence) = text.sentence_at(place.span) else { continue };
            core[sentence] &= !asks;
            kind[sentence].0 |= feels;
            let thanked = finding.label == Technique::Thank.into();
            thanks[sentence] |= thanked;
            // "Ik begrijp dat…" looks like giving back, and "dit is vervelend" like telling.
            let may_be_sympathy = matches!(
                finding.label,
                Label::Technique(Technique::Restate | Technique::Explain | Technique::Personalise)
            );
            kind[sentence].1 |= !feels && !asks && !may_be_sympathy && !thanked;
        }
    }
    for (sentence, core) in core.iter_mut().enumerate() {
        *core &= !reading.frames(sentence);
    }
    // "Bedankt voor uw bericht." and "Top." say nothing yet: what comes next is the opening.
    let says_nothing = |sentence: usize| {
        let (feels, does) = kind[sentence];
        let short = text.sentences[sentence].range().len() <= COURTESY;
        !feels && !does && (thanks[sentence] || short)
    };
    let opening = (0..core.len()).find(|&sentence| core[sentence] && !says_nothing(sentence));
    for (sentence, (feels, does)) in kind.into_iter().enumerate() {
        core[sentence] &= !feels || does || opening == Some(sentence);
    }
    if !core.contains(&true) {
        core.fill(true);
    }
    core
}

/// Size and place of a turn, of which `words` words in `sentences` sentences count.
fn frame(
    reading: &Reading<'_>,
    before: &[Reading<'_>],
    words: usize,
    sentences: usize,
    into: &mut Vec<f32>,
) {
    let own = |r: &&Reading<'_>| r.turn.party == reading.turn.party;
    let near = &before[before.len().saturating_sub(NEAR)..];
    let earlier = near.iter().filter(own).count();
    into.push((1.0 + words as f32).ln());
    into.push((1.0 + sentences as f32).ln());
    into.push(flag(earlier == 0));
    into.push((earlier as f32).min(4.0));
    into.push(flag(near.iter().any(|r| r.turn.party == Party::Agent)));
}

/// What is known of a customer turn.
pub(crate) fn of_customer(
    turn: &CustomerTurn,
    reading: &Reading<'_>,
    before: &[Reading<'_>],
    into: &mut Vec<f32>,
) {
    frame(reading, before, reading.count_words(), reading.text.sentences.len(), into);
    into.push((reading.text.sentences.iter().filter(|s| s.question).count() as f32).min(4.0));
    // "al drie weken" is a sigh, unless somebody asked since when.
    let answers = reading.answers(before);
    let few = |most: usize| flag(answers && reading.count_words() <= most);
    into.extend([flag(answers), few(SHORT), few(VERY_SHORT)]);
    into.extend(Emotion::ALL.iter().map(|&l| strength(&turn.emotions, l)));
    into.extend(Emotion::ALL.iter().map(|&l| share(&turn.emotions, l, reading)));
    into.extend(Need::ALL.iter().map(|&l| strength(&turn.signals, l)));
    into.extend(Safety::ALL.iter().map(|&l| strength(&turn.signals, l)));
    into.extend(Safety::ALL.iter().map(|&l| share(&turn.signals, l, reading)));
    into.extend(OF_CUSTOMERS.iter().map(|&l| strength(&turn.signals, l)));
    into.extend([
        f32::from(turn.intensity),
        turn.valence,
        flag(turn.complaint),
        flag(turn.cause.is_some()),
    ]);
}

/// What the customer brought to a reply, in numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Brought {
    intensity: f32,
    lowest: f32,
    highest: f32,
    complaint: f32,
    repeat: f32,
    unsafe_turn: f32,
    asks: f32,
    words: f32,
    /// The most that is believed of each label of the customer's turns.
    believed: Vec<f32>,
}

impl Brought {
    /// What the run of customer turns before turn `index` brought.
    pub(crate) fn before(index: usize, turns: &[TurnReport], readings: &[Reading<'_>]) -> Self {
        let mut brought = Self::default();
        let mut run = false;
        let near = turns[..index].iter().zip(readings).rev().take(NEAR);
        for (turn, reading) in near {
            match turn {
                TurnReport::Customer(turn) => {
                    run = true;
                    brought.add(turn, reading);
                }
                // The agent's own words just before, or the turn that closes the run.
                _ if run => break,
                _ => {}
            }
        }
        brought
    }

    /// The same with what a model believes of the customer's turns, `width` numbers each.
    pub(crate) fn with_beliefs(
        mut self,
        index: usize,
        turns: &[TurnReport],
        beliefs: &[Vec<f32>],
        width: usize,
    ) -> Self {
        self.believed = vec![0.0; width];
        let near = turns[..index].iter().zip(beliefs).rev().take(NEAR);
        let run = near.skip_while(|(turn, _)| !matches!(turn, TurnReport::Customer(_)));
        for (_, beliefs) in run.take_while(|(turn, _)| matches!(turn, TurnReport::Customer(_))) {
            for (most, believed) in self.believed.iter_mut().zip(beliefs) {
                *most = most.max(*believed);
            }
        }
        self
    }

    fn add(&mut self, turn: &CustomerTurn, reading: &Reading<'_>) {
        self.intensity = self.intensity.max(f32::from(turn.intensity));
        self.lowest = self.lowest.min(turn.valence);
        self.highest = self.highest.max(turn.valence);
        self.complaint = self.complaint.max(flag(turn.complaint));
        self.repeat = self.repeat.max(flag(turn.repeat_contact));
        self.unsafe_turn = self.unsafe_turn.max(flag(!turn.safety.is_empty()));
        self.asks = self.asks.max(flag(reading.text.sentences.iter().any(|s| s.question)));
        self.words = (self.words.exp() + reading.count_words() as f32).ln();
    }
}

/// What is known of sentence `sentence` of a reply that asks so many `questions`, which is one of them.
pub(crate) fn of_question(
    asks: Asks,
    sentence: usize,
    questions: usize,
    text: &Text,
    into: &mut Vec<f32>,
) {
    into.extend(asks.heard);
    into.extend(asks.told.map(flag));
    let words = text.sentences[sentence].range().len();
    into.extend([
        flag(text.sentences[sentence].question),
        flag(sentence + 1 == text.sentences.len()),
        flag(sentence == 0),
        (questions as f32).min(4.0),
        (1.0 + words as f32).ln(),
    ]);
}

/// What is known of a reply besides its questions.
pub(crate) fn beside_questions(turn: &AgentTurn, before: &[Reading<'_>], into: &mut Vec<f32>) {
    let near = &before[before.len().saturating_sub(NEAR)..];
    let spoke = near.iter().any(|r| r.turn.party == Party::Agent);
    into.push(flag(spoke));
    let beside = Technique::ALL.iter().filter(|t| !ASKING.contains(t));
    into.extend(beside.map(|&l| strength(&turn.techniques, l)));
    into.push(strength(&turn.signals, Signal::Resolved));
}

/// Labels of which it counts in which sentence a cue heard them.
static IN_CUSTOMERS: LazyLock<Vec<Label>> = LazyLock::new(|| {
    let emotions = Emotion::ALL.iter().map(|&l| l.into());
    let needs = Need::ALL.iter().map(|&l| l.into());
    let safety = Safety::ALL.iter().map(|&l| l.into());
    emotions.chain(needs).chain(safety).chain(OF_CUSTOMERS.map(Label::from)).collect()
});
static IN_REPLIES: LazyLock<Vec<Label>> = LazyLock::new(|| {
    let techniques = Technique::ALL.iter().filter(|t| !ASKING.contains(t)).map(|&l| l.into());
    let breakers = Breaker::ALL.iter().map(|&l| l.into());
    techniques.chain(breakers).chain(agent::SIGNALS.map(Label::from)).collect()
});

/// The words of the customer turns just before a reply.
pub(crate) fn said_by_customer<'r>(before: &'r [Reading<'_>]) -> FxHashSet<&'r str> {
    let run = before.iter().rev().take(NEAR);
    let run = run.take_while(|r| r.turn.party == Party::Customer);
    run.flat_map(words).collect()
}

/// Words that are no names.
fn words<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = &'r str> {
    let tokens = reading.text.tokens.iter().zip(&reading.names);
    let words = tokens.filter(|(t, name)| t.kind == Kind::Word && !**name);
    words.map(|(t, _)| reading.text.norm(t))
}

/// What is known of sentence `at` of a turn besides its words: the cues that stand in it, its size and
/// marks, and how much of it the customer `said` before.
pub(crate) fn of_sentence(reading: &Reading<'_>, at: usize, said: &FxHashSet<&str>) -> Vec<f32> {
    /// A word of so many letters says something by itself.
    const LONG: usize = 5;
    let sentence = &reading.text.sentences[at];
    let labels = if reading.turn.party == Party::Customer { &*IN_CUSTOMERS } else { &*IN_REPLIES };
    let mut known = vec![0.0; labels.len()];
    // Cues stand in order of place.
    let first = reading.heard.partition_point(|h| h.sentence < at);
    for heard in reading.heard[first..].iter().take_while(|h| h.sentence == at) {
        if let Some(index) = labels.iter().position(|label| *label == heard.label) {
            known[index] = heard.strength.max(known[index]);
        }
    }
    let tokens = || sentence.range().map(|i| (&reading.text.tokens[i], reading.names[i]));
    let words = || tokens().filter(|(t, name)| t.kind == Kind::Word && !name);
    let words = || words().map(|(t, _)| reading.text.norm(t));
    let long = || words().filter(|word| word.chars().count() >= LONG);
    let again = long().filter(|word| said.contains(word)).count() as f32;
    let any_again = words().filter(|word| said.contains(word)).count() as f32;
    known.extend([
        (1.0 + words().count() as f32).ln(),
        flag(sentence.question),
        f32::from(sentence.bangs.min(2)),
        again.min(5.0),
        again / long().count().max(1) as f32,
        any_again / words().count().max(1) as f32,
        flag(tokens().any(|(t, _)| t.kind == Kind::Number)),
        flag(tokens().any(|(_, name)| name)),
    ]);
    known
}

/// What is known of an agent turn that stands on the sentences of `core`.
pub(crate) fn of_agent(
    turn: &AgentTurn,
    core: &[bool],
    brought: Brought,
    reading: &Reading<'_>,
    before: &[Reading<'_>],
    into: &mut Vec<f32>,
) {
    let counts = |sentence: usize| core.get(sentence).copied().unwrap_or_default();
    let words = (0..reading.text.tokens.len())
        .filter(|&i| counts(reading.text.tokens[i].sentence as usize))
        .filter(|&i| !reading.goes_on_with_name(i))
        .count();
    frame(reading, before, words, core.iter().filter(|c| **c).count(), into);
    // Sympathy counts where the reply stands on it, and once.
    let stands = |findings: &[Finding], label: Label| {
        let places = findings.iter().filter(|f| f.label == label).flat_map(|f| &f.evidence);
        let mut places = places.filter(|e| e.turn == reading.index);
        flag(places.any(|e| reading.text.sentence_at(e.span).is_some_and(counts)))
    };
    let techniques = Technique::ALL.iter().filter(|&t| !ASKING.contains(t));
    into.extend(techniques.map(|&l| match l {
        Technique::AcknowledgeFeeling => stands(&turn.techniques, l.into()),
        _ => strength(&turn.techniques, l),
    }));
    // Told over the whole run, by the number of questions, or by where sympathy stands.
    let told_apart = [Breaker::IgnoreFeeling, Breaker::Interrogation, Breaker::Scripted];
    let breakers = Breaker::ALL.iter().filter(|&l| !told_apart.contains(l));
    // A form of address that changes only in a question must not change what else is heard.
    let all_stand = |findings: &[Finding], label: Label| {
        let mut places = findings.iter().filter(|f| f.label == label).flat_map(|f| &f.evidence);
        let counted = |e: &Evidence| {
            e.turn != reading.index || reading.text.sentence_at(e.span).is_some_and(counts)
        };
        flag(places.all(counted))
    };
    into.extend(breakers.map(|&l| {
        let stands = match l {
            Breaker::Register => all_stand(&turn.breakers, l.into()),
            _ => stands(&turn.breakers, l.into()),
        };
        strength(&turn.breakers, l) * stands
    }));
    into.extend(agent::SIGNALS.iter().map(|&l| match l {
        Signal::Sympathy | Signal::TemplateEmpathy => stands(&turn.signals, l.into()),
        _ => strength(&turn.signals, l),
    }));
    let Brought { intensity, lowest, highest, complaint, repeat, unsafe_turn, .. } = brought;
    into.extend([intensity, lowest, highest, complaint, repeat, unsafe_turn]);
    into.extend([brought.asks, brought.words]);
    into.extend([turn.coverage.unwrap_or(0.5), turn.fidelity.unwrap_or(1.0)]);
    into.extend(brought.believed);
}
