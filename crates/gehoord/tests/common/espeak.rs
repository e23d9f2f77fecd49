//! Speech for tests and measuring, spoken by espeak-ng where that is installed.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Samples a second that espeak-ng makes.
pub(crate) const RATE: u32 = 22_050;

/// How it speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice {
    /// Its name in espeak-ng.
    pub(crate) name: &'static str,
    /// Words a minute.
    pub(crate) pace: u32,
    /// 0–99.
    pub(crate) pitch: u32,
    /// Rest after each word, in steps of 10 ms. Models understand it far better with some.
    pub(crate) gap: u32,
}

/// Samples of −1 to 1; `None` where espeak-ng is not installed.
pub(crate) fn speak(text: &str, voice: Voice) -> Option<Vec<f32>> {
    let output = Command::new("espeak-ng")
        .args(["-v", voice.name, "-s", &voice.pace.to_string(), "-p", &voice.pitch.to_string()])
        .args(["-g", &voice.gap.to_string(), "--stdout", text])
        .output()
        .ok()?;
    // A WAV file of one channel and 16 bits, whose head is as short as can be.
    let samples = output.stdout.get(44..)?.as_chunks::<2>().0;
    Some(samples.iter().map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0).collect())
}

/// A call, and what is true of it.
#[derive(Debug)]
pub(crate) struct Dialogue {
    /// The customer, and the agent.
    pub(crate) channels: Vec<Vec<f32>>,
    /// What both say, the agent's "Ja." left out.
    pub(crate) said: [String; 2],
    /// When the agent says "Ja." while the customer speaks, in milliseconds.
    pub(crate) overlap: (u32, u32),
    /// How long the agent waits before answering.
    pub(crate) answer_ms: u32,
    /// How long the agent pauses between two sentences.
    pub(crate) pause_ms: u32,
}

/// The third contact about the same thing (examples/nl-NL/third-contact.json), spoken on two
/// channels; `None` without espeak-ng.
pub(crate) fn third_contact(root: &Path) -> Option<Dialogue> {
    const CUSTOMER: Voice = Voice { name: "nl", pace: 120, pitch: 60, gap: 8 };
    const AGENT: Voice = Voice { name: "nl", pace: 140, pitch: 40, gap: 0 };
    const START_MS: u32 = 1_000;
    const ANSWER_MS: u32 = 1_200;
    const PAUSE_MS: u32 = 900;
    let text = std::fs::read_to_string(root.join("examples/nl-NL/third-contact.json")).ok()?;
    let example: Value = serde_json::from_str(&text).ok()?;
    let said = [0, 1].map(|turn| example["turns"][turn]["text"].as_str().unwrap_or_default());
    let (first, second) = said[1].split_once(". ")?;
    let complaint = bare(speak(said[0], CUSTOMER)?);
    let (ja, first, second) =
        (bare(speak("Ja.", AGENT)?), bare(speak(first, AGENT)?), bare(speak(second, AGENT)?));
    let overlap = START_MS + ms(&complaint) / 2;
    let answer = START_MS + ms(&complaint) + ANSWER_MS;
    let goes_on = answer + ms(&first) + PAUSE_MS;
    let length = goes_on + ms(&second) + 1_000;
    let mut channels = vec![vec![0.0; at(length)]; 2];
    for (channel, start, samples) in
        [(0, START_MS, &complaint), (1, overlap, &ja), (1, answer, &first), (1, goes_on, &second)]
    {
        channels[channel][at(start)..][..samples.len()].copy_from_slice(samples);
    }
    Some(Dialogue {
        channels,
        said: said.map(str::to_owned),
        overlap: (overlap, overlap + ms(&ja)),
        answer_ms: ANSWER_MS,
        pause_ms: PAUSE_MS,
    })
}

/// Without the silence before and after.
fn bare(samples: Vec<f32>) -> Vec<f32> {
    let sounds = |sample: &f32| sample.abs() > 0.003;
    let start = samples.iter().position(sounds).unwrap_or_default();
    let end = samples.iter().rposition(sounds).map_or(0, |last| last + 1);
    samples[start..end.max(start)].to_vec()
}

fn ms(samples: &[f32]) -> u32 {
    (samples.len() as u64 * 1000 / u64::from(RATE)) as u32
}

fn at(ms: u32) -> usize {
    (u64::from(ms) * u64::from(RATE) / 1000) as usize
}
