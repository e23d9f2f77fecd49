//! What is known of a turn besides its words: what the cues heard, and what came before.

use gehoord_conversation::{
    AgentTurn, Breaker, CustomerTurn, Emotion, Finding, Label, Need, Party, Safety, Signal,
    Technique, TurnReport,
};

use crate::reading::Reading;

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

/// What agents are heard to say about the contact.
const OF_AGENTS: [Signal; 8] = [
    Signal::TemplateEmpathy,
    Signal::Sympathy,
    Signal::OwnFault,
    Signal::WarmTransfer,
    Signal::Refusal,
    Signal::Offer,
    Signal::Resolved,
    Signal::Boundary,
];

fn strength(findings: &[Finding], label: impl Into<Label>) -> f32 {
    let label = label.into();
    findings.iter().filter(|f| f.label == label).map(|f| f.strength).fold(0.0, f32::max)
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

/// Size and place of a turn.
fn frame(reading: &Reading<'_>, before: &[Reading<'_>], into: &mut Vec<f32>) {
    let own = |r: &&Reading<'_>| r.turn.party == reading.turn.party;
    let earlier = before.iter().filter(own).count();
    into.push((1.0 + reading.count_words() as f32).ln());
    into.push((1.0 + reading.text.sentences.len() as f32).ln());
    into.push((reading.text.sentences.iter().filter(|s| s.question).count() as f32).min(4.0));
    into.push(flag(earlier == 0));
    into.push((earlier as f32).min(4.0));
    into.push(flag(before.iter().any(|r| r.turn.party == Party::Agent)));
}

/// What is known of a customer turn.
pub(crate) fn of_customer(
    turn: &CustomerTurn,
    reading: &Reading<'_>,
    before: &[Reading<'_>],
    into: &mut Vec<f32>,
) {
    frame(reading, before, into);
    into.extend(Emotion::ALL.iter().map(|&l| strength(&turn.emotions, l)));
    into.extend(Need::ALL.iter().map(|&l| strength(&turn.signals, l)));
    into.extend(Safety::ALL.iter().map(|&l| strength(&turn.signals, l)));
    into.extend(OF_CUSTOMERS.iter().map(|&l| strength(&turn.signals, l)));
    into.extend([f32::from(turn.intensity), turn.valence, flag(turn.complaint), flag(turn.cause.is_some())]);
}

/// What the customer brought to a reply, in numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Brought {
    intensity: f32,
    lowest: f32,
    highest: f32,
    complaint: f32,
    repeat: f32,
    unsafe_turn: f32,
    asks: f32,
    words: f32,
}

impl Brought {
    /// What the run of customer turns before turn `index` brought.
    pub(crate) fn before(index: usize, turns: &[TurnReport], readings: &[Reading<'_>]) -> Self {
        let mut brought = Self::default();
        let mut run = false;
        for (turn, reading) in turns[..index].iter().zip(readings).rev() {
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

/// What is known of an agent turn.
pub(crate) fn of_agent(
    turn: &AgentTurn,
    reading: &Reading<'_>,
    before: &[Reading<'_>],
    brought: Brought,
    into: &mut Vec<f32>,
) {
    frame(reading, before, into);
    into.extend(Technique::ALL.iter().map(|&l| strength(&turn.techniques, l)));
    // Whether a feeling was passed over is decided over the whole run, later.
    let breakers = Breaker::ALL.iter().filter(|&&l| l != Breaker::IgnoreFeeling);
    into.extend(breakers.map(|&l| strength(&turn.breakers, l)));
    into.extend(OF_AGENTS.iter().map(|&l| strength(&turn.signals, l)));
    let Brought { intensity, lowest, highest, complaint, repeat, unsafe_turn, asks, words } = brought;
    into.extend([intensity, lowest, highest, complaint, repeat, unsafe_turn, asks, words]);
    into.extend([turn.coverage.unwrap_or(0.5), turn.fidelity.unwrap_or(1.0)]);
}

/// How a turn was answered.
pub(crate) fn of_answer(answer: Option<(&TurnReport, &Reading<'_>)>, into: &mut Vec<f32>) {
    let none = AgentTurn::default();
    let (agent, customer) = match answer {
        Some((TurnReport::Agent(turn), _)) => (turn, None),
        Some((TurnReport::Customer(turn), _)) => (&none, Some(turn)),
        _ => (&none, None),
    };
    into.push(flag(answer.is_some()));
    into.push(answer.map_or(0.0, |(_, r)| (1.0 + r.count_words() as f32).ln()));
    into.extend(Technique::ALL.iter().map(|&l| strength(&agent.techniques, l)));
    into.extend(OF_AGENTS.iter().map(|&l| strength(&agent.signals, l)));
    into.extend(customer.map_or([0.0; 3], |c| {
        let thanks = strength(&c.emotions, Emotion::Gratitude);
        [c.valence, f32::from(c.intensity), thanks]
    }));
}
