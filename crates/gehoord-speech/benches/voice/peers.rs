//! Beside Praat, frame by frame.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use gehoord_speech::Frame;
use gehoord_speech::audio::{AudioReader, Kind};
use gehoord_speech::synthesis::{Form, Made, wav};

use crate::calls::call;
use crate::{Args, GROSS, at, frames};

pub(crate) fn praat(args: &Args) {
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
