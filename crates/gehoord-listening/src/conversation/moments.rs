//! Moments: feelings that ask for an answer, and whether they got one.

use gehoord_conversation::{
    AgentTurn, CustomerTurn, Emotion, Evidence, Language, Moment, Need, Signal, Technique,
};

use super::{felt, is_abuse, strongest_negative};
use crate::agent::Asked;
use crate::cue::Feeling;
use crate::reading::Reading;

/// What an agent run did to the moment before it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    /// There was none.
    Nothing,
    /// It was met.
    Met,
    /// It was missed; the words that were passed over.
    Missed(Vec<Evidence>),
    /// An open question keeps it open.
    Open,
}

/// The moments so far, the last of which may still be open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending {
    moments: Vec<Kept>,
    open: Option<usize>,
}

#[derive(Debug, Clone)]
struct Kept {
    moment: Moment,
    intensity: u8,
    words: Vec<Evidence>,
    language: Option<Language>,
    points: crate::agent::Points,
    kept_open: bool,
}

impl Pending {
    /// A customer run may open a moment.
    pub(crate) fn open(&mut self, said: &[(&Reading<'_>, &CustomerTurn)], asked: &Asked) {
        let candidate = said
            .iter()
            .filter(|(_, t)| strongest_negative(t).is_some() && t.valence < 0.0 && !is_abuse(t))
            .filter(|(_, t)| {
                t.intensity >= 2 || (t.intensity == 1 && t.needs.contains(&Need::Recognition))
            })
            .max_by_key(|(r, t)| (t.intensity, std::cmp::Reverse(r.index)));
        let Some((reading, turn)) = candidate else { return };
        let Some(emotion) = strongest_negative(turn) else { return };
        if let Some(open) = self.open {
            // The story goes on: the moment stands where the feeling is strongest.
            let kept = &mut self.moments[open];
            if turn.intensity > kept.intensity {
                kept.moment.turn = reading.index;
                kept.moment.emotion = emotion;
                kept.intensity = turn.intensity;
                kept.words = felt(turn, reading.index);
            }
            return;
        }
        let same_cause_met = self.moments.last().is_some_and(|last| {
            last.moment.met == Some(true)
                && turn.intensity <= last.intensity
                && !turn.has(Signal::BrokenPromise.into())
                && (turn.cause.is_none() || last.points.shares(&asked.points))
        });
        if same_cause_met {
            return;
        }
        self.open = Some(self.moments.len());
        self.moments.push(Kept {
            moment: Moment {
                turn: reading.index,
                emotion,
                met: None,
                answered_by: None,
                why: String::new(),
            },
            intensity: turn.intensity,
            words: felt(turn, reading.index),
            language: reading.language,
            points: asked.points.clone(),
            kept_open: false,
        });
    }

    /// An agent run answers, and takes up the feeling or does not; `first` is its first turn with
    /// substance.
    pub(crate) fn answer(
        &mut self,
        reply: &AgentTurn,
        met: bool,
        asked: &Asked,
        first: usize,
    ) -> Decision {
        let Some(open) = self.open else { return Decision::Nothing };
        // First to safety: there is time for the feeling later.
        let met = met || reply.has(Signal::ToSafety);
        let kept = &mut self.moments[open];
        let asks_on = reply.has(Technique::OpenQuestion)
            && !kept.kept_open
            && !reply.has(Technique::PromiseAction)
            && !reply.has(Technique::Solve)
            && reply.breakers.is_empty();
        if !met && asks_on {
            kept.kept_open = true;
            return Decision::Open;
        }
        self.open = None;
        kept.moment.met = Some(met);
        kept.moment.answered_by = Some(first);
        if met {
            return Decision::Met;
        }
        if asked.unsafe_turn && asked.feels() != Feeling::Negative {
            return Decision::Nothing;
        }
        Decision::Missed(kept.words.clone())
    }

    /// All moments, each with its reason.
    pub(crate) fn all(&self) -> Vec<Moment> {
        self.moments
            .iter()
            .map(|kept| {
                let dutch = kept.language.is_none_or(|l| l == Language::Nl);
                let feeling = name(kept.moment.emotion, dutch);
                let why = match (kept.moment.met, dutch) {
                    (Some(true), true) => format!("Het antwoord gaat in op de {feeling}."),
                    (Some(true), false) => format!("The reply takes up the {feeling}."),
                    (Some(false), true) => format!("Het antwoord gaat niet in op de {feeling}."),
                    (Some(false), false) => format!("The reply does not take up the {feeling}."),
                    (None, true) => format!("Er kwam geen antwoord meer op de {feeling}."),
                    (None, false) => format!("Nobody answered the {feeling}."),
                };
                Moment { why, ..kept.moment.clone() }
            })
            .collect()
    }
}

/// A feeling as a noun.
fn name(emotion: Emotion, dutch: bool) -> &'static str {
    match (emotion, dutch) {
        (Emotion::Anger, true) => "boosheid",
        (Emotion::Annoyance, true) => "ergernis",
        (Emotion::Disappointment, true) => "teleurstelling",
        (Emotion::Worry, true) => "zorg",
        (Emotion::Sadness, true) => "droefheid",
        (Emotion::Powerlessness, true) => "machteloosheid",
        (Emotion::Confusion, true) => "verwarring",
        (Emotion::Embarrassment, true) => "schaamte",
        (Emotion::Relief, true) => "opluchting",
        (Emotion::Gratitude, true) => "dankbaarheid",
        (Emotion::Joy, true) => "blijdschap",
        (other, false) => other.id(),
    }
}
