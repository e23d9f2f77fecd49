//! A call that was recorded: both voices as lanes, its sound, and what is told of it.

mod facts;
mod lanes;

use std::ops::Range;

use gehoord_conversation::wire::voice::WireVoiceTurn;
use gehoord_store::{ConversationView, NoSound, Recording, SoundKept};
use serde_json::Value;

use super::said::Said;
use super::way;
use crate::pages::figures::{clock, length, number, seconds};
use crate::pages::texts::{Lang, Texts, fill};
use crate::pages::when;

pub use facts::{CallFacts, Cell, Mirror, Reader, Told};
use lanes::Scale;

/// So many turns of the voices stand in one table.
const TABLE: usize = 40;

/// When a turn was said, and the way there in the sound.
pub(crate) struct Spoken {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) clock: String,
    /// The sound from there on, where it is kept.
    pub(crate) sound: Option<String>,
}

/// A turn of a voice, as a row of the table.
pub(crate) struct Row {
    pub(crate) from: u32,
    pub(crate) clock: String,
    pub(crate) who: String,
    pub(crate) length: String,
    /// What was said in it: place in the conversation and the way there.
    pub(crate) said: Vec<(i64, String)>,
    /// Time before answering, loudness, pitch, pace, pauses; empty where it may not be seen.
    pub(crate) measures: Vec<String>,
}

/// A call on the page of a contact.
pub(crate) struct CallShown {
    pub(crate) svg: String,
    pub(crate) scale: Scale,
    /// Where its sound is to be had, and until when.
    pub(crate) sound: Option<(String, String)>,
    /// Why there is no sound.
    pub(crate) no_sound: Option<&'static str>,
    /// The words are not known.
    pub(crate) wordless: bool,
    /// So much of the sound is silence, in words.
    pub(crate) silenced: Option<String>,
    pub(crate) facts: CallFacts,
    /// What was written out, where nobody can tell whose words they are: when, and what.
    pub(crate) said: Vec<(String, String)>,
    /// What the agent is called.
    pub(crate) agent: String,
    /// What was measured of the agent is shown.
    pub(crate) agent_side: bool,
    pub(crate) rows: Vec<Row>,
    /// There are more turns: where to find those before, and those behind.
    pub(crate) earlier: Option<usize>,
    pub(crate) later: Option<usize>,
    spoken: Vec<Option<(u32, u32)>>,
}

/// What of a call to show.
pub(super) struct Shown<'s> {
    pub(super) id: &'s str,
    /// Stands before every id of a turn.
    pub(super) at: &'s str,
    /// It stands in a file of its own: whole, and nothing is kept of it anywhere.
    pub(super) alone: bool,
    pub(super) recording: &'s Recording,
    pub(super) view: &'s ConversationView,
    /// Turns of the conversation that are on the page.
    pub(super) window: &'s Range<i64>,
    /// The first turn of the voices in the table, where somebody asked for it.
    pub(super) first: Option<usize>,
    /// The viewer was on the line.
    pub(super) own: bool,
    pub(super) lang: Lang,
    pub(super) now: i64,
}

pub(super) fn shown(what: &Shown<'_>) -> CallShown {
    let Shown { recording, view, lang, .. } = *what;
    let t = lang.texts();
    let reader = if what.own { Reader::Agent } else { Reader::Other };
    let sound = match recording.sound {
        SoundKept::Until { until, .. } => {
            let until = fill(&t.call.until, &[("when", &when::day(lang, until, what.now))]);
            Some((format!("/api/v1/conversations/{}/recording/sound", what.id), until))
        }
        _ => None,
    };
    let silent_ms = recording.silenced.iter().map(|span| span.end_ms - span.start_ms).sum::<u32>();
    let spoken: Vec<Option<(u32, u32)>> =
        recording.spoken.iter().map(|span| span.map(|span| (span.start_ms, span.end_ms))).collect();
    let (first, rows) = table(what, &spoken, reader);
    let shown = first..first + rows.len();
    CallShown {
        svg: lanes::drawn(recording, &felt(view, &spoken), reader, t),
        scale: Scale::new(recording.voice.length_ms),
        no_sound: match recording.sound {
            _ if what.alone => None,
            SoundKept::Until { .. } => None,
            SoundKept::Gone => Some(t.call.gone.as_str()),
            SoundKept::Never(why) => Some(never(why, t)),
        },
        wordless: view.turns.is_empty(),
        said: Vec::new(),
        silenced: (sound.is_some() && silent_ms > 0).then(|| {
            let count = i64::try_from(recording.silenced.len()).unwrap_or_default();
            let length = length(lang, silent_ms);
            fill(&t.call.silenced.of(count), &[("length", &length)])
        }),
        sound,
        facts: CallFacts::of(&recording.voice, lang, reader),
        agent: facts::who(t, Some("agent"), reader),
        agent_side: recording.agent_side,
        earlier: (shown.start > 0).then(|| shown.start.saturating_sub(TABLE)),
        later: (shown.end < recording.voice.turns.len()).then_some(shown.end),
        rows,
        spoken,
    }
}

impl CallShown {
    /// The sound from a moment on.
    pub(crate) fn from(&self, ms: &u32) -> Option<String> {
        let (sound, _) = self.sound.as_ref()?;
        Some(format!("{sound}#t={}.{}", ms / 1000, ms % 1000 / 100))
    }

    pub(crate) fn clock(&self, ms: &u32) -> String {
        clock(*ms)
    }

    /// Tells each turn when it was said.
    pub(super) fn tell(&self, turns: &mut [Said]) {
        for turn in turns {
            let place = usize::try_from(turn.position).ok();
            let spoken = place.and_then(|place| self.spoken.get(place).copied().flatten());
            turn.spoken = spoken.map(|(from, to)| Spoken {
                from,
                to,
                clock: clock(from),
                sound: self.from(&from),
            });
        }
    }
}

const fn never(why: NoSound, t: &'static Texts) -> &'static str {
    let t = &t.call;
    match why {
        NoSound::NoWords => t.no_words.as_str(),
        NoSound::NoTimes => t.no_times.as_str(),
        NoSound::TooLong => t.too_long.as_str(),
        NoSound::NotAsked => t.not_asked.as_str(),
        NoSound::Running => t.ran_here.as_str(),
    }
}

/// The customer's turns: when, and how they were, as the words tell it.
fn felt(view: &ConversationView, spoken: &[Option<(u32, u32)>]) -> Vec<lanes::Felt> {
    let known = view.analysis.as_ref().and_then(|analysis| {
        analysis.customer_side["trajectory"]["valence"].as_array().map(Vec::as_slice)
    });
    let how = known.unwrap_or_default().iter().filter_map(Value::as_f64);
    let turns = view.turns.iter().filter(|turn| turn.party == "customer");
    let when = turns.map(|turn| {
        let place = usize::try_from(turn.position).ok()?;
        let (from, to) = spoken.get(place).copied().flatten()?;
        Some(from.midpoint(to))
    });
    when.zip(how).filter_map(|(when, how)| Some((when?, how))).collect()
}

/// The turns of the voices that belong to what is on the page, and the place of the first.
fn table(what: &Shown<'_>, spoken: &[Option<(u32, u32)>], reader: Reader) -> (usize, Vec<Row>) {
    let turns = &what.recording.voice.turns;
    let on_page = |turn: &WireVoiceTurn| {
        turn.said.iter().any(|said| i64::try_from(*said).is_ok_and(|at| what.window.contains(&at)))
    };
    let of_page = || spoken.iter().flatten().next().and(turns.iter().position(on_page));
    let of_page = || of_page().filter(|_| !what.alone);
    let most = if what.alone { usize::MAX } else { TABLE };
    let first = what.first.or_else(of_page).unwrap_or_default().min(turns.len());
    let t = what.lang.texts();
    let row = |turn: &WireVoiceTurn| {
        let seen = what.recording.agent_side || turn.party.as_deref() == Some("customer");
        Row {
            from: turn.start_ms,
            clock: clock(turn.start_ms),
            who: facts::who(t, turn.party.as_deref(), reader),
            length: length(what.lang, turn.end_ms.saturating_sub(turn.start_ms)),
            said: turn
                .said
                .iter()
                .filter_map(|said| i64::try_from(*said).ok())
                .map(|said| match what.alone {
                    true => (said + 1, format!("#{}turn-{said}", what.at)),
                    false => (said + 1, way(what.window, said)),
                })
                .collect(),
            measures: if seen { measures(turn, what.lang) } else { Vec::new() },
        }
    };
    (first, turns.iter().skip(first).take(most).map(row).collect())
}

fn measures(turn: &WireVoiceTurn, lang: Lang) -> Vec<String> {
    let sound = &turn.sound;
    let none = || "–".to_owned();
    let answered =
        turn.answered_after_ms.map_or_else(none, |ms| format!("{} s", seconds(lang, ms)));
    let pauses = match sound.pauses {
        0 => none(),
        pauses => format!("{pauses}, {}", length(lang, sound.pauses_ms)),
    };
    vec![
        answered,
        facts::middle(lang, sound.level, "dB"),
        facts::middle(lang, sound.pitch, "Hz"),
        sound.pace.map_or_else(none, |pace| number(lang, pace, 1)),
        pauses,
    ]
}
