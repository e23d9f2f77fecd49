//! How a call sounded, for people.

use std::fmt::Write as _;

use gehoord_conversation::Party;
use gehoord_conversation::voice::{
    Mirrored, MirroredMeasure, OverlapKind, Sound, Spread, Tested, TimeSpan, Voice, WaitKind,
};

use super::Page;
use crate::sound::Heard;
use crate::ui::Ui;

/// Columns of a name and of a voice.
const NAME: usize = 24;
const COLUMN: usize = 26;
/// So many overlaps are listed.
const LISTED: usize = 12;

impl Page<'_> {
    /// One recording, and its words where they were given.
    pub(crate) fn call(&self, heard: &Heard<'_>) -> String {
        let (ui, voice) = (self.ui, &heard.voice);
        let mut out = String::new();
        let title = format!("{} · {}", heard.id, clock(voice.length_ms));
        let _ = writeln!(out, "{}\n", self.bold(&title));
        self.row(&mut out, "", voice.voices.iter().map(|one| who(ui, one.party)));
        for (name, value) in rows() {
            let values: Vec<String> = voice.voices.iter().map(|one| value(ui, one)).collect();
            if values.iter().any(|value| value != NONE) {
                self.row(&mut out, name(ui), values);
            }
        }
        if !voice.waits.is_empty() || voice.silence_ms > 0 {
            let _ = writeln!(out);
        }
        for wait in &voice.waits {
            let kind = match wait.kind {
                WaitKind::Music => ui.hold_music(),
                WaitKind::Silence => ui.long_silence(),
            };
            let _ = writeln!(out, "{kind:<NAME$}{}", stretch(ui, wait.span));
        }
        if voice.silence_ms > 0 {
            let _ = writeln!(out, "{:<NAME$}{}", ui.nobody_speaks(), seconds(ui, voice.silence_ms));
        }
        self.overlaps(&mut out, heard);
        self.mirroring(&mut out, heard);
        let _ = writeln!(out, "\n{}", ui.sound_only());
        if let Some((said, report)) = &heard.words {
            out.push('\n');
            out.push_str(&self.conversation(said, report));
        } else if !heard.lines.is_empty() {
            self.heading(&mut out, self.ui.was_said());
            for line in &heard.lines {
                let _ = writeln!(out, "  {:>7}  {}", clock(line.span().start_ms), line.text());
            }
            out.push('\n');
        } else {
            out.push('\n');
        }
        out
    }

    fn row<T: AsRef<str>>(
        &self,
        out: &mut String,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let _ = write!(out, "{name:<NAME$}");
        let cells: Vec<String> =
            values.into_iter().map(|value| format!("{:<COLUMN$}", value.as_ref())).collect();
        let _ = writeln!(out, "{}", cells.concat().trim_end());
    }

    fn overlaps(&self, out: &mut String, heard: &Heard<'_>) {
        let told = |kind| [OverlapKind::Interruption, OverlapKind::Attempt].contains(&kind);
        let told: Vec<_> = heard.voice.overlaps.iter().filter(|o| told(o.kind)).collect();
        if told.is_empty() {
            return;
        }
        self.heading(out, self.ui.at_once());
        for overlap in told.iter().take(LISTED) {
            let what = match overlap.kind {
                OverlapKind::Interruption => self.ui.took_over(),
                _ => self.ui.tried(),
            };
            let (start, party) = (clock(overlap.span.start_ms), self.ui.party(overlap.by));
            let length = seconds(self.ui, overlap.span.length_ms());
            let _ = writeln!(out, "  {start:>7}  {party} {what} ({length})");
        }
        if told.len() > LISTED {
            let _ = writeln!(out, "  {}", self.ui.and_more(told.len() - LISTED));
        }
    }

    fn mirroring(&self, out: &mut String, heard: &Heard<'_>) {
        let Some(mirroring) = &heard.voice.mirroring else { return };
        self.heading(out, self.ui.mirroring());
        if mirroring.measures.is_empty() {
            let _ = writeln!(out, "  {}", self.ui.too_few_turns());
            return;
        }
        let mut any = false;
        for one in &mirroring.measures {
            for (tested, words) in said(self.ui, one) {
                if tested.real {
                    any = true;
                    let (what, value) =
                        (measure(self.ui, one.measure), number(self.ui, tested.value, 2));
                    let _ = writeln!(out, "  {what}: {words} ({value})");
                }
            }
        }
        if !any {
            let _ = writeln!(out, "  {}", self.ui.no_mirroring());
        }
    }
}

const NONE: &str = "–";

type Row = (fn(Ui) -> &'static str, fn(Ui, &Voice) -> String);

fn rows() -> [Row; 11] {
    [
        (Ui::speaks, |ui, voice| {
            format!("{} ({} %)", seconds(ui, voice.talk_ms), (voice.share * 100.0).round())
        }),
        (Ui::voice_turns, |_, voice| voice.turns.to_string()),
        (Ui::longest_turn, |ui, voice| {
            voice.longest.map_or(NONE.to_owned(), |span| stretch(ui, span))
        }),
        (Ui::answers_after, |ui, voice| {
            let both = |(median, longest): (i32, i32)| {
                let ms = |ms: i32| number(ui, ms as f32 / 1000.0, 1);
                format!("{} s ({} {} s)", ms(median), ui.at_most(), ms(longest))
            };
            voice.answer_ms.map_or(NONE.to_owned(), both)
        }),
        (Ui::interrupts, |_, voice| count(voice.party, voice.interruptions)),
        (Ui::listens_along, |_, voice| count(voice.party, voice.backchannels)),
        (Ui::pitch, |ui, voice| range(ui, voice.sound.pitch, "Hz", 0)),
        (Ui::pitch_moves, |ui, voice| {
            let moves = voice.sound.pitch_range.zip(voice.sound.pitch_movement);
            moves.map_or(NONE.to_owned(), |(range, movement)| {
                format!("{} st, {} st/s", number(ui, range, 1), number(ui, movement, 0))
            })
        }),
        (Ui::loudness, |ui, voice| range(ui, voice.sound.level, "dB", 0)),
        (Ui::pace, |ui, voice| {
            let told = |pace| format!("{} {}", number(ui, pace, 1), ui.syllables());
            voice.sound.pace.map_or(NONE.to_owned(), told)
        }),
        (Ui::pauses, |ui, voice| pauses(ui, &voice.sound)),
    ]
}

fn who(ui: Ui, party: Option<Party>) -> &'static str {
    party.map_or_else(|| ui.all_voices(), |party| ui.party(party))
}

fn count(party: Option<Party>, n: usize) -> String {
    party.map_or(NONE.to_owned(), |_| n.to_string())
}

fn range(ui: Ui, spread: Option<Spread>, unit: &str, digits: usize) -> String {
    spread.map_or(NONE.to_owned(), |spread| {
        let [low, median, high] =
            [spread.low, spread.median, spread.high].map(|value| number(ui, value, digits));
        format!("{median} {unit} ({low} … {high})")
    })
}

fn pauses(ui: Ui, sound: &Sound) -> String {
    format!("{}, {}", sound.pauses, seconds(ui, sound.pauses_ms))
}

fn measure(ui: Ui, measure: MirroredMeasure) -> &'static str {
    match measure {
        MirroredMeasure::Loudness => ui.loudness(),
        MirroredMeasure::Pace => ui.pace(),
        MirroredMeasure::Pitch => ui.pitch(),
    }
}

fn said(ui: Ui, one: &Mirrored) -> [(Tested, &'static str); 4] {
    [
        (one.customer_follows, ui.customer_followed()),
        (one.agent_follows, ui.agent_followed()),
        (one.convergence, ui.came_nearer()),
        (one.proximity, ui.were_near()),
    ]
}

fn stretch(ui: Ui, span: TimeSpan) -> String {
    format!("{} ({})", seconds(ui, span.length_ms()), clock(span.start_ms))
}

/// Minutes and seconds.
fn clock(ms: u32) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1000 % 60)
}

fn seconds(ui: Ui, ms: u32) -> String {
    match ms {
        ..60_000 => format!("{} s", number(ui, ms as f32 / 1000.0, 1)),
        _ => format!("{} min", clock(ms)),
    }
}

/// A number with the sign for decimals of the language.
fn number(ui: Ui, value: f32, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    // Nothing is less than nothing.
    let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    let text = text.replace('-', if zero { "" } else { "−" });
    if ui == Ui::Nl { text.replace('.', ",") } else { text }
}
