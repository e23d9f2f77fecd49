//! Calls that were made, and what is true of them.

use gehoord_conversation::Party;
use gehoord_conversation::voice::{OverlapKind, TimeSpan, VoiceReport};
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Dice, Line, Made, Script};
use gehoord_speech::{Call, Layout};

use crate::{GROSS, at, frames};

/// Calls that are made, and turns in each.
const CALLS: u64 = 20;
const TURNS: u32 = 16;
fn manner(channel: usize, dice: &mut Dice) -> Manner {
    let (pitch, length) = if channel == 0 { (118.0, 1.0) } else { (205.0, 0.87) };
    Manner {
        pitch: pitch * dice.between(0.85, 1.2),
        movement: dice.between(2.0, 6.0),
        pace: dice.between(3.8, 6.2),
        level: dice.between(-27.0, -16.0),
        length,
    }
}

/// A call, with the overlaps that are in it: who, what, when.
pub(crate) fn call(seed: u64, turns: u32) -> (Script, Vec<(Party, OverlapKind, TimeSpan)>) {
    let mut dice = Dice::new(seed);
    let noise = dice.between(-68.0, -50.0);
    let mut script = Script { noise: Some(noise), seed, ..Script::default() };
    let mut overlaps = Vec::new();
    let mut at = 600.0;
    let party = |channel| if channel == 0 { Party::Agent } else { Party::Customer };
    for i in 0..turns {
        let channel = i as usize % 2;
        let manner = manner(channel, &mut dice);
        let syllables = dice.between(7.0, 30.0) as u32;
        let line = Line { channel, start: at as u32, syllables, manner };
        let end = line.end();
        script.lines.push(line);
        let other = 1 - channel;
        let listens = Manner { pace: 4.5, level: -24.0, ..self::manner(other, &mut dice) };
        at = end as f32 + dice.between(250.0, 1500.0);
        match (i % 4, end - line.start > 3000) {
            // "Ja" in the middle.
            (0, true) => {
                let start = line.start + 1000 + (dice.unit() * 600.0) as u32;
                let word = Line { channel: other, start, syllables: 2, manner: listens };
                let span = TimeSpan::new(start, word.end());
                overlaps.push((party(other), OverlapKind::Backchannel, span));
                script.lines.push(word);
            }
            // The next turn begins before this one has ended.
            (2, true) => {
                let over = dice.between(450.0, 1200.0);
                at = end as f32 - over;
                let span = TimeSpan::new(at as u32, end);
                overlaps.push((party(other), OverlapKind::Interruption, span));
            }
            _ => {}
        }
    }
    script.length = at as u32 + 6000;
    (script, overlaps)
}

fn hear(made: &Made) -> VoiceReport {
    let mut call = Call::new(made.rate, Layout::Two { agent: 0 });
    call.push(&made.channels);
    call.finish()
}

#[derive(Default)]
struct Tally {
    edges: Vec<f32>,
    turns: (usize, usize, usize),
    overlaps: (usize, usize, usize),
    overlap_edges: Vec<f32>,
    share: Vec<f32>,
    answers: Vec<f32>,
    pace: Vec<f32>,
    pitch: Vec<f32>,
    gross: usize,
    missed_voice: usize,
    false_voice: usize,
}

pub(crate) fn made_calls() {
    println!("Calls that were made ({CALLS} of {TURNS} turns, noise of the line -68 to -50 dB)");
    for over_the_line in [false, true] {
        let mut tally = Tally::default();
        for seed in 0..CALLS {
            let (script, overlaps) = call(1_000 + seed, TURNS);
            let made = script.make();
            let made = if over_the_line { made.over_the_line() } else { made };
            let report = hear(&made);
            tally.call(&script, &overlaps, &report);
            tally.frames(&made);
        }
        tally.print(if over_the_line { "8 kHz µ-law" } else { "16 kHz" });
    }
    println!();
}

impl Tally {
    fn call(
        &mut self,
        script: &Script,
        overlaps: &[(Party, OverlapKind, TimeSpan)],
        report: &VoiceReport,
    ) {
        let mut found = 0;
        for line in &script.lines {
            let party = if line.channel == 0 { Party::Agent } else { Party::Customer };
            let own = report.turns.iter().filter(|turn| turn.party == Some(party));
            let span = TimeSpan::new(line.start, line.end());
            let Some(turn) = own.max_by_key(|turn| turn.span.shared_ms(span)) else { continue };
            let off =
                [turn.span.start_ms.abs_diff(line.start), turn.span.end_ms.abs_diff(line.end())];
            if off.iter().all(|off| *off <= 200) {
                found += 1;
                self.edges.extend(off.map(|off| off as f32));
                if line.syllables > 6 {
                    let pace = turn.sound.pace.unwrap_or_default();
                    self.pace.push((pace / line.manner.pace - 1.0).abs());
                }
            }
        }
        self.turns.0 += script.lines.len();
        self.turns.1 += found;
        self.turns.2 += report.turns.len();
        self.overlaps.0 += overlaps.len();
        self.overlaps.2 += report.overlaps.len();
        for (party, kind, span) in overlaps {
            let same = report.overlaps.iter().find(|overlap| {
                overlap.by == *party && overlap.kind == *kind && overlap.span.shared_ms(*span) > 0
            });
            if let Some(overlap) = same {
                self.overlaps.1 += 1;
                let off = [
                    overlap.span.start_ms.abs_diff(span.start_ms),
                    overlap.span.end_ms.abs_diff(span.end_ms),
                ];
                self.overlap_edges.extend(off.map(|off| off as f32));
            }
        }
        let talk = |channel: usize| -> u32 {
            let own = script.lines.iter().filter(|line| line.channel == channel);
            own.map(|line| line.end() - line.start).sum()
        };
        let known = talk(0) as f32 / (talk(0) + talk(1)) as f32;
        self.share.push((report.voices[0].share - known).abs());
        let mut last: Option<&Line> = None;
        let mut lines: Vec<&Line> = script.lines.iter().filter(|line| line.syllables > 6).collect();
        lines.sort_by_key(|line| line.start);
        for line in lines {
            let known = last.map(|last| line.start as f32 - last.end() as f32);
            let heard = report
                .turns
                .iter()
                .find(|turn| turn.span.start_ms.abs_diff(line.start) <= 200 && !turn.backchannel)
                .and_then(|turn| turn.answered_after_ms);
            if let (Some(known), Some(heard)) = (known, heard) {
                self.answers.push((heard as f32 - known).abs());
            }
            last = Some(line);
        }
    }

    fn frames(&mut self, made: &Made) {
        for (samples, known) in made.channels.iter().zip(&made.pitch) {
            for (frame, known) in frames(samples, made.rate).iter().zip(known) {
                match (frame.pitch.filter(|_| frame.speech), *known > 0.0) {
                    (Some(heard), true) => {
                        let off = (heard / known - 1.0).abs();
                        self.gross += usize::from(off > GROSS);
                        self.pitch.push(off);
                    }
                    (None, true) => self.missed_voice += 1,
                    (Some(_), false) => self.false_voice += 1,
                    (None, false) => {}
                }
            }
        }
    }

    fn print(mut self, how: &str) {
        println!("  {how}");
        let (there, found, heard) = self.turns;
        println!("    turns and short words: {there} there, {found} found, {heard} heard");
        edges("    begin and end", &mut self.edges);
        let (there, found, heard) = self.overlaps;
        println!("    overlaps: {there} there, {found} found with who and what, {heard} heard");
        edges("    begin and end of overlaps", &mut self.overlap_edges);
        edges("    time before answering", &mut self.answers);
        println!(
            "    talk share: off by {:.4} at the median, {:.4} at most",
            at(&mut self.share, 0.5),
            at(&mut self.share, 1.0)
        );
        println!("    pace: off by {:.1} % at the median", 100.0 * at(&mut self.pace, 0.5));
        let both = self.pitch.len().max(1) as f32;
        let voiced = (self.pitch.len() + self.missed_voice).max(1) as f32;
        println!(
            "    pitch, {both} frames: off by {:.2} % at the median, gross {:.2} %; {:.1} % of voice missed, {:.1} % too much",
            100.0 * at(&mut self.pitch, 0.5),
            100.0 * self.gross as f32 / both,
            100.0 * self.missed_voice as f32 / voiced,
            100.0 * self.false_voice as f32 / voiced
        );
    }
}

fn edges(what: &str, off: &mut [f32]) {
    let within = off.iter().filter(|off| **off <= 50.0).count() as f32;
    println!(
        "{what}: {:.0} ms off at the median, {:.0} ms in a twentieth, {:.0} ms at most; {:.1} % within 50 ms",
        at(off, 0.5),
        at(off, 0.95),
        at(off, 1.0),
        100.0 * within / off.len().max(1) as f32
    );
}
