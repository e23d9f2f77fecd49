//! `cargo xtask evaluate transcription`: how well and how fast speech is written out, on real
//! sentences, on speech that espeak-ng makes, and on the example dialogue from end to end.

use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use gehoord_coaching::review;
use gehoord_conversation::voice::{TimeSpan, VoiceReport};
use gehoord_conversation::{Conversation, Party, TurnReport};
use gehoord_listening::Listener;
use gehoord_speech::audio::{AudioReader, Kind};
use gehoord_speech::call::WholeCall;
use gehoord_speech::transcribe::{
    Cutter, Line, Said, Stretch, TranscribeError, Transcriber, Whisper, Word, conversation, lines,
    plan,
};
use gehoord_speech::{Call, Layout};

use crate::corpus::{self, Part};
use crate::espeak::{self, Voice};
use crate::evaluate::root;
use crate::load::machine;

/// Minutes of synthetic speech, at least, and how they are spoken.
const MINUTES: f64 = 10.0;
const VOICES: [Voice; 6] = [
    Voice { name: "nl", pace: 120, pitch: 50, gap: 8 },
    Voice { name: "nl", pace: 140, pitch: 60, gap: 8 },
    Voice { name: "nl+m1", pace: 120, pitch: 40, gap: 8 },
    Voice { name: "nl", pace: 140, pitch: 45, gap: 0 },
    Voice { name: "nl+f2", pace: 130, pitch: 55, gap: 0 },
    Voice { name: "nl+m3", pace: 165, pitch: 50, gap: 0 },
];
/// Between two sentences.
const REST_MS: usize = 700;

/// What it takes to write out.
#[derive(Default)]
struct Cost {
    sound: Duration,
    wall: Duration,
    cpu: Duration,
}

impl Cost {
    fn print(&self) {
        let per = |time: Duration| time.as_secs_f64() / self.sound.as_secs_f64().max(1e-9);
        println!(
            "  {:.1} s of sound: {:.2} s a second of sound by the clock, {:.2} s of processor",
            self.sound.as_secs_f64(),
            per(self.wall),
            per(self.cpu)
        );
    }
}

pub(crate) fn evaluate(model: Option<&Path>, threads: usize) -> Result<()> {
    let model = model.context(
        "name a model: --model target/models/ggml-base.bin (scripts/speech-model gets it)",
    )?;
    let bytes = std::fs::read(model).with_context(|| format!("cannot read {}", model.display()))?;
    let start = Instant::now();
    let whisper = Whisper::new(&bytes, threads)?;
    drop(bytes);
    println!(
        "Model {}, {}, read in {:.1} s, {threads} thread(s)",
        model.display(),
        whisper.size().name(),
        start.elapsed().as_secs_f64()
    );
    flemish(&whisper)?;
    synthetic(&whisper)?;
    dialogue(&whisper)
}

/// What was heard of a call.
struct Heard {
    voice: VoiceReport,
    lines: Vec<Line>,
}

/// Hears samples as `gehoord listen` hears a recording.
fn hear(
    whisper: &Whisper,
    channels: &[Vec<f32>],
    rate: u32,
    language: Option<&str>,
    cost: &mut Cost,
) -> Result<Heard> {
    let (start, cpu) = (Instant::now(), machine::cpu(std::process::id())?);
    let layout = if channels.len() == 2 { Layout::Two { agent: 1 } } else { Layout::One };
    let mut call = Call::new(rate, layout);
    call.push(channels);
    let WholeCall { voice, speech, .. } = call.finish_whole();
    let stretches = plan(&speech);
    let mut words: Vec<Vec<Word>> = vec![Vec::new(); channels.len()];
    let mut cutter = Cutter::new(rate, channels.len(), &stretches);
    let mut take = |stretch: &Stretch, samples: &[f32]| {
        let Said { words: said, .. } = whisper.transcribe(samples, language)?;
        let placed = said.into_iter().map(|word| Word { span: stretch.placed(word.span), ..word });
        words[stretch.channel].extend(placed);
        Ok::<(), TranscribeError>(())
    };
    cutter.push(channels, &mut take)?;
    cutter.finish(&mut take)?;
    let lines = lines(&voice, &words);
    cost.sound += Duration::from_secs_f64(channels[0].len() as f64 / f64::from(rate));
    cost.wall += start.elapsed();
    cost.cpu += machine::cpu(std::process::id())?.saturating_sub(cpu);
    Ok(Heard { voice, lines })
}

fn text(lines: &[Line]) -> String {
    lines.iter().map(Line::text).collect::<Vec<_>>().join(" ")
}

/// Five real sentences. No text of them is given anywhere, so there is nothing to hold them against.
fn flemish(whisper: &Whisper) -> Result<()> {
    println!("\nReal Flemish sentences (no text of them is given, so no errors are counted):");
    let folder = root().join("../shared/data/dutch_vl_tts");
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "wav"));
    files.sort();
    if files.is_empty() {
        println!("  left out: they are not in ../shared/data/dutch_vl_tts");
    }
    let mut cost = Cost::default();
    for file in &files {
        let bytes = std::fs::read(file)?;
        let mut reader = AudioReader::open(Kind::Container, Box::new(Cursor::new(bytes)))?;
        let mut samples = Vec::new();
        while let Some(block) = reader.next_block() {
            samples.extend_from_slice(&block.channels[0]);
        }
        let heard = hear(whisper, &[samples], reader.rate(), Some("nl"), &mut cost)?;
        let sure: Vec<f32> =
            heard.lines.iter().flat_map(|line| &line.words).map(|word| word.confidence).collect();
        let mean = sure.iter().sum::<f32>() / sure.len().max(1) as f32;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        println!("  {name} (sure {mean:.2}): {}", text(&heard.lines));
    }
    cost.print();
    Ok(())
}

/// Sentences of the train part of the corpus that are nothing but words.
fn sentences() -> Result<Vec<String>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for case in corpus::cases(Part::Train)? {
        if !case.locale.as_ref().is_some_and(|locale| locale.as_str().starts_with("nl")) {
            continue;
        }
        for turn in &case.turns {
            for sentence in turn.text.split_inclusive(['.', '?', '!']).map(str::trim) {
                let words = sentence.split(' ').count();
                let plain = |c: char| c.is_lowercase() || " ,.?'".contains(c);
                let begins = sentence.chars().next().is_some_and(char::is_uppercase);
                let ends = sentence.ends_with(['.', '?']);
                let rest: String = sentence.chars().skip(1).collect();
                if (6..=18).contains(&words)
                    && begins
                    && ends
                    && rest.chars().all(plain)
                    && seen.insert(sentence.to_owned())
                {
                    found.push(sentence.to_owned());
                }
            }
        }
    }
    // A bit of everything, the same each time.
    let step = found.len().div_euclid(400).max(1);
    Ok(found.into_iter().step_by(step).collect())
}

fn synthetic(whisper: &Whisper) -> Result<()> {
    println!(
        "\nSynthetic Dutch speech (espeak-ng; its voices are hard to understand for people too):"
    );
    let sentences = sentences()?;
    let mut sentences = sentences.iter();
    let (mut all, mut cost) = (Errors::default(), Cost::default());
    for voice in VOICES {
        let mut samples: Vec<f32> = Vec::new();
        let mut said = String::new();
        while (samples.len() as f64)
            < MINUTES * 60.0 / VOICES.len() as f64 * f64::from(espeak::RATE)
        {
            let sentence = sentences.next().context("too few sentences in the corpus")?;
            let Some(spoken) = espeak::speak(sentence, voice) else {
                println!("  left out: espeak-ng is not installed");
                return Ok(());
            };
            samples.extend(spoken);
            samples.resize(samples.len() + REST_MS * espeak::RATE as usize / 1000, 0.0);
            said.push_str(sentence);
            said.push(' ');
        }
        let heard = hear(whisper, &[samples], espeak::RATE, Some("nl"), &mut cost)?;
        let errors = Errors::of(&said, &text(&heard.lines));
        let Voice { name, pace, pitch, gap } = voice;
        let rest = gap * 10;
        let shown = errors.shown();
        println!(
            "  {name}, {pace} words a minute, pitch {pitch}, {rest} ms between words: {shown}"
        );
        all.add(&errors);
    }
    println!("  all: {}", all.shown());
    cost.print();
    Ok(())
}

fn dialogue(whisper: &Whisper) -> Result<()> {
    println!("\nThe third contact (examples/nl-NL/third-contact.json), spoken on two channels:");
    let Some(call) = espeak::third_contact(&root()) else {
        println!("  left out: espeak-ng is not installed");
        return Ok(());
    };
    let mut cost = Cost::default();
    let mut heard = hear(whisper, &call.channels, espeak::RATE, Some("nl"), &mut cost)?;
    for line in &heard.lines {
        let party = line.party.map_or("?", Party::id);
        println!("  {:>6} ms  {party:<9} {}", line.span().start_ms, line.text());
    }
    for (party, said) in [(Party::Customer, &call.said[0]), (Party::Agent, &call.said[1])] {
        let own = heard.lines.iter().filter(|line| line.party == Some(party));
        let own: Vec<String> = own.map(Line::text).collect();
        println!("  words of the {party}: {}", Errors::of(said, &own.join(" ")).shown());
    }
    let said = conversation("third-contact", "nl-NL".parse().ok(), &heard.lines)
        .context("no words were heard")?;
    gehoord_speech::call::lay_beside(&mut heard.voice, &said);
    words_of(&said)?;
    voice_of(&heard.voice, &call);
    cost.print();
    Ok(())
}

/// What is told of the words.
fn words_of(said: &Conversation) -> Result<()> {
    let report = review(&Listener::embedded()?, said);
    for (index, turn) in report.turns.iter().enumerate() {
        match turn {
            TurnReport::Customer(turn) => {
                let labels: Vec<&str> =
                    turn.emotions.iter().chain(&turn.signals).map(|f| f.label.id()).collect();
                println!(
                    "  turn {index}, customer: {} (intensity {})",
                    labels.join(", "),
                    turn.intensity
                );
            }
            TurnReport::Agent(turn) => {
                let labels: Vec<&str> =
                    turn.techniques.iter().chain(&turn.breakers).map(|f| f.label.id()).collect();
                println!("  turn {index}, agent: {}", labels.join(", "));
            }
            TurnReport::Other { .. } => {}
        }
    }
    println!("  heard {:.0} of 100, promises {}", report.heard.score, report.promises.len());
    Ok(())
}

/// How it was said, beside what is known of it.
fn voice_of(voice: &VoiceReport, call: &espeak::Dialogue) {
    for overlap in &voice.overlaps {
        let TimeSpan { start_ms, end_ms } = overlap.span;
        println!(
            "  overlap {start_ms}–{end_ms} ms, {:?} by the {} (known: {}–{} ms)",
            overlap.kind, overlap.by, call.overlap.0, call.overlap.1
        );
    }
    let agent = voice.voices.iter().find(|voice| voice.party == Some(Party::Agent));
    if let Some(agent) = agent {
        println!(
            "  the agent answers after {} ms (known: {}), pauses {} ms (known: {})",
            agent.answer_ms.map_or(0, |(median, _)| median),
            call.answer_ms,
            agent.sound.longest_pause_ms,
            call.pause_ms
        );
    }
}

/// Word errors: how many words were changed, left out and put in.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Errors {
    words: usize,
    wrong: usize,
}

impl Errors {
    /// The least changes that make one text of the other (Levenshtein over words, in lower case and
    /// without punctuation).
    fn of(said: &str, heard: &str) -> Self {
        let words = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
            words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
        };
        let (said, heard) = (words(said), words(heard));
        let mut row: Vec<usize> = (0..=heard.len()).collect();
        for (i, word) in said.iter().enumerate() {
            let mut before = row[0];
            row[0] = i + 1;
            for (j, other) in heard.iter().enumerate() {
                let changed = before + usize::from(word != other);
                before = row[j + 1];
                row[j + 1] = changed.min(before + 1).min(row[j] + 1);
            }
        }
        Self { words: said.len(), wrong: row[heard.len()] }
    }

    fn add(&mut self, other: &Self) {
        self.words += other.words;
        self.wrong += other.wrong;
    }

    fn shown(self) -> String {
        let rate = 100.0 * self.wrong as f64 / self.words.max(1) as f64;
        format!("word error rate {rate:.1} % ({} of {} words)", self.wrong, self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_errors_are_the_least_changes() {
        for (said, heard, wrong) in [
            ("Ik wacht al drie weken.", "ik wacht al drie weken", 0),
            ("Ik wacht al drie weken.", "Ik wacht drie weken", 1),
            ("Ik wacht al drie weken.", "Ik wacht nu al wel drie weken", 2),
            ("Ik wacht al drie weken.", "Ik lach al vier keer weken", 3),
            ("Ja.", "", 1),
            ("", "Ja.", 1),
        ] {
            assert_eq!(Errors::of(said, heard).wrong, wrong, "{heard}");
        }
    }
}
