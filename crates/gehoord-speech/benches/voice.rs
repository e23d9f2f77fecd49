//! How well voices are measured: on calls that were made, beside Praat, and how fast.
//!
//! `cargo xtask evaluate voice` runs this, with Praat and real sentences where they are there.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a tool that measures"
)]
#![allow(missing_docs, reason = "a program")]

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use gehoord_conversation::Party;
use gehoord_conversation::voice::{OverlapKind, TimeSpan, VoiceReport};
use gehoord_speech::audio::{AudioReader, Kind};
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Dice, Form, Line, Made, Script, wav};
use gehoord_speech::{Call, Frame, Layout, Track};

/// Calls that are made, and turns in each.
const CALLS: u64 = 20;
const TURNS: u32 = 16;
/// Pitch that is off by more than this is grossly wrong.
const GROSS: f32 = 0.2;

#[derive(Default)]
struct Args {
    data: Option<PathBuf>,
    python: Option<PathBuf>,
    script: PathBuf,
    hours: f64,
    part: Option<String>,
}

fn main() {
    let mut args = Args { hours: 0.2, ..Args::default() };
    let mut given = std::env::args().skip(1);
    while let Some(flag) = given.next() {
        let mut value = || given.next().unwrap_or_default();
        match flag.as_str() {
            "--data" => args.data = Some(value().into()),
            "--python" => args.python = Some(value().into()),
            "--script" => args.script = value().into(),
            "--part" => args.part = Some(value()),
            "--hours" => args.hours = value().parse().unwrap_or(args.hours),
            _ => {}
        }
    }
    let wanted = |part: &str| args.part.as_deref().is_none_or(|asked| asked == part);
    if wanted("calls") {
        made_calls();
    }
    if wanted("praat") {
        praat(&args);
    }
    if wanted("speed") {
        speed(&args);
    }
}

// ---- calls that were made

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
fn call(seed: u64, turns: u32) -> (Script, Vec<(Party, OverlapKind, TimeSpan)>) {
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

fn made_calls() {
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

/// The value that a share of the list lies below.
fn at(list: &mut [f32], share: f32) -> f32 {
    list.sort_by(f32::total_cmp);
    let last = list.len().saturating_sub(1) as f32;
    list.get((last * share).round() as usize).copied().unwrap_or_default()
}

fn frames(samples: &[f32], rate: u32) -> Vec<Frame> {
    let mut track = Track::new(rate);
    let mut frames = Vec::new();
    track.push(samples, |frame| frames.push(frame));
    track.finish(|frame| frames.push(frame));
    frames
}

// ---- beside Praat

fn praat(args: &Args) {
    println!("Beside Praat");
    let Some(python) = &args.python else {
        println!(
            "  left out: no --python with parselmouth (scripts/praat.py says how to get one)\n"
        );
        return;
    };
    let has = Command::new(python).args(["-c", "import parselmouth"]).output();
    if !has.is_ok_and(|out| out.status.success()) {
        println!(
            "  left out: {} has no parselmouth (scripts/praat.py says how to get it)\n",
            python.display()
        );
        return;
    }
    let folder = std::env::temp_dir().join(format!("gehoord-voice-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for sound");
    let mut sets: Vec<(&str, Vec<Sounded>)> = Vec::new();
    let made: Vec<Made> = (0..4).map(|seed| call(2_000 + seed, 8).0.make()).collect();
    let clean = made.iter().flat_map(|made| made.channels.iter().map(|c| (c.clone(), made.rate)));
    sets.push(("made, 16 kHz", clean.collect()));
    let lines: Vec<Made> = made.iter().map(Made::over_the_line).collect();
    let over = lines.iter().flat_map(|made| made.channels.iter().map(|c| (c.clone(), made.rate)));
    sets.push(("made, 8 kHz µ-law", over.collect()));
    match args.data.as_deref().map(sentences).filter(|all| !all.is_empty()) {
        Some(real) => {
            let over = real.iter().map(|(samples, rate)| over_the_line(samples, *rate)).collect();
            sets.push(("real sentences", real));
            sets.push(("real, 8 kHz µ-law", over));
        }
        None => println!("  real sentences left out: they are not in ../shared/data/dutch_vl_tts"),
    }
    for (name, sounds) in &sets {
        let mut peer = Peer::default();
        for (i, (samples, rate)) in sounds.iter().enumerate() {
            let file = folder.join(format!("{i}.wav"));
            std::fs::write(&file, wav(&[samples], *rate, Form::Pcm)).expect("a file of sound");
            let out = Command::new(python).arg(&args.script).arg("measure").arg(&file).output();
            let text = out.map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
            peer.compare(&frames(samples, *rate), &text.unwrap_or_default());
        }
        peer.print(name);
    }
    let _ = std::fs::remove_dir_all(&folder);
    println!();
}

/// Samples of one channel, and how many a second.
type Sounded = (Vec<f32>, u32);

fn over_the_line(samples: &[f32], rate: u32) -> Sounded {
    let made = Made { rate, channels: vec![samples.to_vec()], pitch: Vec::new() };
    (made.over_the_line().channels.remove(0), 8_000)
}

fn sentences(data: &Path) -> Vec<Sounded> {
    let folder = std::fs::read_dir(data.join("dutch_vl_tts")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "wav"));
    files.sort();
    files
        .iter()
        .map(|file| {
            let bytes = std::fs::read(file).expect("the file was just seen");
            let mut reader =
                AudioReader::open(Kind::Container, Box::new(Cursor::new(bytes))).expect("sound");
            let mut samples = Vec::new();
            while let Some(block) = reader.next_block() {
                samples.extend_from_slice(&block.channels[0]);
            }
            (samples, reader.rate())
        })
        .collect()
}

#[derive(Default)]
struct Peer {
    pitch: Vec<f32>,
    gross: usize,
    only_here: usize,
    only_there: usize,
    level: Vec<f32>,
    formants: [Vec<f32>; 3],
    usual: [Vec<f32>; 3],
    frames: usize,
}

impl Peer {
    fn compare(&mut self, frames: &[Frame], text: &str) {
        let mut levels = Vec::new();
        for (frame, line) in frames.iter().zip(text.lines()) {
            let praat: Vec<f32> = line.split('\t').filter_map(|value| value.parse().ok()).collect();
            let [pitch, level, f1, f2, f3, u1, u2, u3] = praat[..] else { continue };
            self.frames += 1;
            if frame.speech && level > 0.0 {
                levels.push(frame.level - level);
            }
            match (frame.pitch, pitch > 0.0) {
                (Some(heard), true) => {
                    let off = (heard / pitch - 1.0).abs();
                    self.gross += usize::from(off > GROSS);
                    self.pitch.push(off);
                    let Some(found) = frame.formants else { continue };
                    for (i, (praat, usual)) in
                        [(f1, u1), (f2, u2), (f3, u3)].into_iter().enumerate()
                    {
                        if praat > 0.0 {
                            self.formants[i].push((found[i] / praat - 1.0).abs());
                        }
                        if usual > 0.0 {
                            self.usual[i].push((found[i] / usual - 1.0).abs());
                        }
                    }
                }
                (Some(_), false) => self.only_here += 1,
                (None, true) => self.only_there += 1,
                (None, false) => {}
            }
        }
        // Both count from another loudest sound; that is the same everywhere.
        let middle = at(&mut levels, 0.5);
        self.level.extend(levels.iter().map(|level| (level - middle).abs()));
    }

    fn print(mut self, name: &str) {
        let both = self.pitch.len().max(1) as f32;
        println!(
            "  {name}: {} frames, voiced in both {both}, only here {}, only in Praat {}",
            self.frames, self.only_here, self.only_there
        );
        println!(
            "    pitch: off by {:.3} % at the median, {:.2} % in a twentieth; gross {:.2} %",
            100.0 * at(&mut self.pitch, 0.5),
            100.0 * at(&mut self.pitch, 0.95),
            100.0 * self.gross as f32 / both
        );
        println!(
            "    level: off by {:.2} dB at the median, {:.2} dB in a twentieth",
            at(&mut self.level, 0.5),
            at(&mut self.level, 0.95)
        );
        let all = |list: &mut [Vec<f32>; 3]| {
            list.each_mut().map(|one| format!("{:.2} %", 100.0 * at(one, 0.5))).join(", ")
        };
        println!("    formants 1, 2, 3: off by {} at the median", all(&mut self.formants));
        println!("    against Praat's five formants up to 5 kHz: {}", all(&mut self.usual));
    }
}

// ---- how fast

fn speed(args: &Args) {
    println!("How fast, on one core");
    let minutes = (args.hours * 60.0).max(1.0);
    let made = call(3_000, 12).0.make();
    for made in [made.over_the_line(), made] {
        let seconds = made.channels[0].len() as f64 / f64::from(made.rate);
        let bytes = wav(&[&made.channels[0], &made.channels[1]], made.rate, Form::Pcm);
        let rounds = (minutes * 60.0 / seconds).ceil() as u32;
        let mut call = Call::new(made.rate, Layout::Two { agent: 0 });
        let (start, busy) = (Instant::now(), busy_seconds());
        for _ in 0..rounds {
            let mut reader =
                AudioReader::open(Kind::Container, Box::new(Cursor::new(bytes.clone())))
                    .expect("sound");
            while let Some(block) = reader.next_block() {
                call.push(&block.channels);
            }
        }
        let report = call.finish();
        let (took, busy) = (start.elapsed().as_secs_f64(), busy_seconds() - busy);
        let length = f64::from(report.length_ms) / 1000.0;
        println!(
            "  two channels of {} Hz, {:.1} min: {busy:.2} s of processor time ({took:.2} s by the clock), {:.0} times real time; {} turns; memory {} at most",
            made.rate,
            length / 60.0,
            length / busy,
            report.turns.len(),
            memory()
        );
    }
    let Some(python) = &args.python else { return };
    let made = call(3_000, 12).0.make();
    let file = std::env::temp_dir().join(format!("gehoord-voice-{}.wav", std::process::id()));
    let bytes = wav(&[&made.channels[0]], made.rate, Form::Pcm);
    std::fs::write(&file, bytes).expect("a file of sound");
    let busy = busy_seconds();
    let n = frames(&made.channels[0], made.rate).len();
    let busy = busy_seconds() - busy;
    let seconds = n as f64 / 100.0;
    println!("  one channel of {} Hz: {:.0} times real time", made.rate, seconds / busy);
    let out = Command::new(python).arg(&args.script).arg("time").arg(&file).output();
    let smile =
        out.ok().and_then(|out| String::from_utf8_lossy(&out.stdout).trim().parse::<f64>().ok());
    match smile {
        Some(took) => {
            println!("  openSMILE eGeMAPS on the same: {:.0} times real time", seconds / took)
        }
        None => println!(
            "  openSMILE left out: this Python has none (scripts/praat.py says how to get it)"
        ),
    }
    let _ = std::fs::remove_file(&file);
}

/// Seconds that this thread had a processor; where the system does not say, those of the clock.
fn busy_seconds() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let clock = START.get_or_init(Instant::now).elapsed().as_secs_f64();
    nanoseconds.map_or(clock, |nanoseconds| nanoseconds / 1e9)
}

/// The most memory that was in use, where the system says it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("unknown".to_owned(), |peak| peak.trim().to_owned())
}
