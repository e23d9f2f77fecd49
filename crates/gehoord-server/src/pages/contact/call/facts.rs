//! What is told of a call, in words: the same on the page and from `gehoord listen`.

use gehoord_conversation::Language;
use gehoord_conversation::wire::voice::{
    WireMirrored, WireSound, WireSpread, WireTimeSpan, WireVoice, WireVoiceReport,
};

use crate::pages::figures::{length, number, seconds};
use crate::pages::texts::{Lang, Texts, fill};

/// So many overlaps are told one by one.
const LISTED: usize = 12;
/// Shorter turns say little of how somebody speaks, in milliseconds.
const LEAST_MS: u32 = 700;
/// So many turns at least, to say how somebody's voice went over a call.
const LEAST_TURNS: usize = 6;
const NONE: &str = "–";

/// What is told of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFacts {
    /// Whose each column is.
    pub voices: Vec<String>,
    /// Says that nobody told the voices apart, where that is so.
    pub one_voice: Option<&'static str>,
    /// What was measured, and of each voice how much.
    pub rows: Vec<(String, Vec<Cell>)>,
    /// Where somebody waited.
    pub waits: Vec<Told>,
    /// How long nobody spoke, waits apart.
    pub silence: Option<(String, String)>,
    /// Where somebody took the word, or tried to.
    pub at_once: Vec<Told>,
    /// There are more than are told.
    pub more: Option<String>,
    /// Whether the voices came to resemble each other; none of one voice.
    pub mirroring: Option<Mirror>,
}

/// A measure in words, and the moment that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The words.
    pub words: String,
    /// From the start of the call, in milliseconds.
    pub at: Option<u32>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When it began, in milliseconds from the start of the call.
    pub at: u32,
    /// What.
    pub what: String,
    /// How long it took.
    pub length: String,
}

/// Who followed whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// What is more than chance: `well`, `care` or nothing, and words.
    pub lines: Vec<(&'static str, String)>,
    /// What to say where that is nothing.
    pub none: Option<String>,
}

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The agent who was on the line.
    Agent,
    /// Anybody else.
    Other,
}

impl CallFacts {
    /// What is told of a call, in a language.
    #[must_use]
    pub fn new(report: &WireVoiceReport, language: Language, reader: Reader) -> Self {
        let lang = if language == Language::Nl { Lang::Nl } else { Lang::En };
        Self::of(report, lang, reader)
    }

    pub(crate) fn of(report: &WireVoiceReport, lang: Lang, reader: Reader) -> Self {
        let t = lang.texts();
        let voices = report.voices.iter().map(|voice| who(t, voice.party.as_deref(), reader));
        let rows = rows(t)
            .into_iter()
            .map(|(name, value)| {
                let values: Vec<Cell> =
                    report.voices.iter().map(|voice| value(lang, voice)).collect();
                (name.to_owned(), values)
            })
            .filter(|(_, values)| values.iter().any(|value| value.words != NONE));
        let waits = report.waits.iter().map(|wait| Told {
            at: wait.start_ms,
            what: match wait.kind.as_str() {
                "music" => t.call.hold_music.clone(),
                "hold" => t.call.on_hold.clone(),
                _ => t.call.long_silence.clone(),
            },
            length: length(lang, wait.end_ms.saturating_sub(wait.start_ms)),
        });
        let told: Vec<_> = report
            .overlaps
            .iter()
            .filter(|overlap| matches!(overlap.kind.as_str(), "interruption" | "attempt"))
            .collect();
        let at_once = told.iter().take(LISTED).map(|overlap| {
            let took = overlap.kind == "interruption";
            let what = if took { &t.call.took_over } else { &t.call.tried };
            Told {
                at: overlap.start_ms,
                what: fill(what, &[("who", &who(t, Some(&overlap.by), reader))]),
                length: length(lang, overlap.end_ms.saturating_sub(overlap.start_ms)),
            }
        });
        let left = i64::try_from(told.len().saturating_sub(LISTED)).unwrap_or_default();
        let silence = (report.silence_ms > 0)
            .then(|| (t.call.nobody_speaks.clone(), length(lang, report.silence_ms)));
        Self {
            voices: voices.collect(),
            one_voice: (report.voices.iter().any(|voice| voice.party.is_none()))
                .then_some(t.call.one_voice.as_str()),
            rows: rows.collect(),
            waits: waits.collect(),
            silence,
            at_once: at_once.collect(),
            more: (left > 0).then(|| t.call.and_more.of(left)),
            mirroring: mirrored(report, lang, reader),
        }
    }

    /// What this measures, and what not.
    #[must_use]
    pub fn sound_only(language: Language) -> &'static str {
        let lang = if language == Language::Nl { Lang::Nl } else { Lang::En };
        &lang.texts().call.sound_only
    }

    /// The headings of what happened at once, and of who followed whom.
    #[must_use]
    pub fn headings(language: Language) -> [&'static str; 2] {
        let lang = if language == Language::Nl { Lang::Nl } else { Lang::En };
        let t = &lang.texts().call;
        [&t.at_once, &t.mirroring]
    }
}

/// What a voice is called.
pub(super) fn who(t: &Texts, party: Option<&str>, reader: Reader) -> String {
    match (party, reader) {
        (Some("customer"), _) => t.contact.customer.clone(),
        (Some("agent"), Reader::Agent) => t.contact.you.clone(),
        (Some(_), _) => t.call.agent.clone(),
        (None, _) => t.call.all_voices.clone(),
    }
}

type Value = fn(Lang, &WireVoice) -> Cell;

fn rows(t: &'static Texts) -> [(&'static str, Value); 11] {
    let t = &t.call;
    [
        (&t.speaks, |lang, voice| {
            let talk = length(lang, voice.talk_ms);
            // The share of one side tells that of the other.
            let share = (voice.share > 0.0).then(|| format!(" ({:.0} %)", voice.share * 100.0));
            plain(format!("{talk}{}", share.unwrap_or_default()))
        }),
        (&t.turns, |_, voice| plain(voice.turns.to_string())),
        (&t.longest, |lang, voice| match voice.longest {
            Some(WireTimeSpan { start_ms, end_ms }) => {
                Cell { words: length(lang, end_ms - start_ms), at: Some(start_ms) }
            }
            None => plain(NONE),
        }),
        (&t.answers, |lang, voice| {
            let ms = |ms: i32| seconds(lang, ms);
            let both = voice.answer_ms.zip(voice.longest_answer_ms);
            let words = both.map(|(median, longest)| {
                let values: [(&str, &dyn std::fmt::Display); 2] =
                    [("median", &ms(median)), ("longest", &ms(longest))];
                fill(&lang.texts().call.at_most, &values)
            });
            plain(words.unwrap_or_else(|| NONE.to_owned()))
        }),
        (&t.interrupts, |_, voice| count(voice, voice.interruptions)),
        (&t.backchannels, |_, voice| count(voice, voice.backchannels)),
        (&t.pitch, |lang, voice| plain(range(lang, voice.sound.pitch, "Hz"))),
        (&t.pitch_moves, |lang, voice| {
            let moves = voice.sound.pitch_range.zip(voice.sound.pitch_movement);
            let words = moves.map(|(range, movement)| {
                format!("{} st, {} st/s", number(lang, range, 1), number(lang, movement, 0))
            });
            plain(words.unwrap_or_else(|| NONE.to_owned()))
        }),
        (&t.loudness, |lang, voice| plain(range(lang, voice.sound.level, "dB"))),
        (&t.pace, |lang, voice| plain(pace(lang, &voice.sound))),
        (&t.pauses, |lang, voice| {
            let sound = &voice.sound;
            plain(format!("{}, {}", sound.pauses, length(lang, sound.pauses_ms)))
        }),
    ]
}

fn plain(words: impl Into<String>) -> Cell {
    Cell { words: words.into(), at: None }
}

fn count(voice: &WireVoice, n: usize) -> Cell {
    plain(if voice.party.is_some() { n.to_string() } else { NONE.to_owned() })
}

fn pace(lang: Lang, sound: &WireSound) -> String {
    sound.pace.map_or_else(
        || NONE.to_owned(),
        |pace| format!("{} {}", number(lang, pace, 1), lang.texts().call.syllables),
    )
}

fn range(lang: Lang, spread: Option<WireSpread>, unit: &str) -> String {
    spread.map_or_else(
        || NONE.to_owned(),
        |spread| {
            let [low, median, high] =
                [spread.low, spread.median, spread.high].map(|value| number(lang, value, 0));
            format!("{median} {unit} ({low} … {high})")
        },
    )
}

/// The median of a measure.
pub(super) fn middle(lang: Lang, spread: Option<WireSpread>, unit: &str) -> String {
    spread.map_or_else(
        || NONE.to_owned(),
        |spread| format!("{} {unit}", number(lang, spread.median, 0)),
    )
}

/// Who followed whom, as far as it is more than chance. Good is a customer who follows; an agent who
/// first follows and then leads down is why.
fn mirrored(report: &WireVoiceReport, lang: Lang, reader: Reader) -> Option<Mirror> {
    let mirroring = report.mirroring.as_ref()?;
    let t = &lang.texts().call;
    if mirroring.measures.is_empty() {
        return Some(Mirror { lines: Vec::new(), none: Some(t.too_few.clone()) });
    }
    let mut lines = Vec::new();
    for one in &mirroring.measures {
        lines.extend(line_of(report, one, lang, reader));
    }
    let none = lines.is_empty().then(|| t.no_mirroring.clone());
    Some(Mirror { lines, none })
}

fn line_of(
    report: &WireVoiceReport,
    one: &WireMirrored,
    lang: Lang,
    reader: Reader,
) -> Vec<(&'static str, String)> {
    let t = &lang.texts().call;
    let what = super::super::capital(match one.measure.as_str() {
        "loudness" => &t.loudness,
        "pace" => &t.pace,
        _ => &t.pitch,
    });
    let (agent, them) = match reader {
        Reader::Agent => (&t.you, &t.you_object),
        Reader::Other => (&t.the_agent, &t.the_agent),
    };
    let went = Went::of(report, &one.measure);
    let mut from_to = [String::new(), String::new()];
    if let Some(went) = &went {
        from_to = [went.from, went.to].map(|value| went.words(lang, value));
    }
    let said = |text: &str| {
        fill(
            text,
            &[
                ("what", &what),
                ("agent", agent),
                ("them", them),
                ("from", &from_to[0]),
                ("to", &from_to[1]),
            ],
        )
    };
    let mut lines = Vec::new();
    if one.customer_follows.real {
        let led_down = went.as_ref().is_some_and(Went::is_down);
        lines.push(("well", said(if led_down { &t.led_down } else { &t.customer_followed })));
    }
    if one.agent_follows.real {
        lines.push(match went.as_ref().is_some_and(Went::is_up) {
            true => ("care", said(&t.agent_followed_up)),
            false => ("", said(&t.agent_followed)),
        });
    }
    if one.convergence.real {
        lines.push(("", said(&t.came_nearer)));
    }
    if one.proximity.real {
        lines.push(("", said(&t.were_near)));
    }
    lines
}

/// How a measure of the agent's voice went over a call: its first third and its last.
struct Went {
    measure: Measure,
    from: f32,
    to: f32,
}

#[derive(Clone, Copy)]
enum Measure {
    Loudness,
    Pace,
    Pitch,
}

impl Went {
    fn of(report: &WireVoiceReport, measure: &str) -> Option<Self> {
        let measure = match measure {
            "loudness" => Measure::Loudness,
            "pace" => Measure::Pace,
            _ => Measure::Pitch,
        };
        let value = |sound: &WireSound| match measure {
            Measure::Loudness => sound.level.map(|level| level.median),
            Measure::Pace => sound.pace,
            Measure::Pitch => sound.pitch.map(|pitch| pitch.median),
        };
        let values: Vec<f32> = report
            .turns
            .iter()
            .filter(|turn| turn.party.as_deref() == Some("agent") && !turn.backchannel)
            .filter(|turn| turn.end_ms.saturating_sub(turn.start_ms) >= LEAST_MS)
            .filter_map(|turn| value(&turn.sound))
            .collect();
        if values.len() < LEAST_TURNS {
            return None;
        }
        let third = values.len() / 3;
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        let (from, to) = (mean(&values[..third]), mean(&values[values.len() - third..]));
        Some(Self { measure, from, to })
    }

    /// So much that one hears it: decibels, syllables a second, semitones.
    fn rise(&self) -> f32 {
        match self.measure {
            Measure::Loudness => (self.to - self.from) / 2.0,
            Measure::Pace => (self.to - self.from) / 0.3,
            Measure::Pitch => 12.0 * (self.to / self.from).log2(),
        }
    }

    fn is_up(&self) -> bool {
        self.rise() >= 1.0
    }

    fn is_down(&self) -> bool {
        self.rise() <= -1.0
    }

    fn words(&self, lang: Lang, value: f32) -> String {
        match self.measure {
            Measure::Loudness => format!("{} dB", number(lang, value, 0)),
            Measure::Pace => {
                format!("{} {}", number(lang, value, 1), lang.texts().call.syllables)
            }
            Measure::Pitch => format!("{} Hz", number(lang, value, 0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Party;
    use gehoord_conversation::voice::{
        Mirrored, MirroredMeasure, Mirroring, Overlap, OverlapKind, Sound, Tested, TimeSpan,
        VoiceReport, VoiceTurn,
    };

    use super::*;

    /// Twelve turns of an agent whose pace goes from one to the other.
    fn report(from: f32, to: f32, agent_follows: bool, customer_follows: bool) -> WireVoiceReport {
        let turn = |i: u32| VoiceTurn {
            party: Some(Party::Agent),
            span: TimeSpan::new(i * 3_000, i * 3_000 + 2_000),
            backchannel: false,
            answered_after_ms: None,
            sound: Sound { pace: Some(from + (to - from) * i as f32 / 11.0), ..Sound::default() },
            said: Vec::new(),
        };
        let tested = |real: bool| Tested { value: 0.5, chance: 0.001, real };
        let measure = Mirrored {
            measure: MirroredMeasure::Pace,
            proximity: tested(false),
            convergence: tested(false),
            agent_follows: tested(agent_follows),
            customer_follows: tested(customer_follows),
        };
        let report = VoiceReport {
            length_ms: 40_000,
            turns: (0..12).map(turn).collect(),
            mirroring: Some(Mirroring { pairs: 20, measures: vec![measure] }),
            ..VoiceReport::default()
        };
        (&report).into()
    }

    fn lines(report: &WireVoiceReport, reader: Reader) -> Vec<(&'static str, String)> {
        let facts = CallFacts::of(report, Lang::Nl, reader);
        facts.mirroring.map(|mirror| mirror.lines).unwrap_or_default()
    }

    #[test]
    fn a_customer_who_follows_is_good_and_following_upward_is_not() {
        let led = lines(&report(5.0, 4.0, false, true), Reader::Agent);
        let [("well", words)] = &led[..] else { panic!("{led:?}") };
        assert!(words.starts_with("Tempo: de klant volgde jou naar beneden (van 4,9"), "{words}");
        let steady = lines(&report(4.5, 4.5, false, true), Reader::Other);
        assert_eq!(steady, [("well", "Tempo: de klant volgde de medewerker.".to_owned())]);
        let up = lines(&report(4.0, 5.0, true, false), Reader::Agent);
        let [("care", words)] = &up[..] else { panic!("{up:?}") };
        assert!(words.contains("jij volgde de klant omhoog"), "{words}");
        let along = lines(&report(4.5, 4.5, true, false), Reader::Agent);
        assert_eq!(along, [("", "Tempo: jij volgde de klant.".to_owned())]);
    }

    #[test]
    fn what_is_chance_is_not_called_mirroring() {
        let chance = report(5.0, 4.0, false, false);
        assert!(lines(&chance, Reader::Agent).is_empty());
        let mirror = CallFacts::of(&chance, Lang::Nl, Reader::Agent).mirroring.unwrap();
        assert_eq!(mirror.none.as_deref(), Some("niet meer dan toeval"));
    }

    #[test]
    fn of_words_said_at_once_only_those_are_told_that_wanted_the_word() {
        let overlap = |kind, start| Overlap {
            span: TimeSpan::new(start, start + 500),
            by: Party::Customer,
            kind,
        };
        let mut overlaps: Vec<Overlap> =
            (0..14).map(|i| overlap(OverlapKind::Interruption, i * 1_000)).collect();
        overlaps.push(overlap(OverlapKind::Backchannel, 20_000));
        overlaps.push(overlap(OverlapKind::Handover, 21_000));
        let report = VoiceReport { overlaps, ..VoiceReport::default() };
        let facts = CallFacts::of(&(&report).into(), Lang::Nl, Reader::Other);
        assert_eq!(facts.at_once.len(), LISTED);
        assert_eq!(facts.more.as_deref(), Some("en nog 2"));
        let told = &facts.at_once[1];
        assert_eq!(
            (told.at, told.what.as_str(), told.length.as_str()),
            (1_000, "Klant nam het woord af", "0,5 s")
        );
    }
}
