//! A talk that all calls of a system hold, message by message, and what is to be told of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gehoord_conversation::Party;
use gehoord_speech::Running;
use gehoord_speech::audio::g711::Law;
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Line, Script};
use serde_json::{Value, json};

/// Samples of a millisecond.
const MS: usize = 8;
/// A message of one voice of Twilio, and one of both voices of AudioHook, in milliseconds.
const TWILIO_MS: usize = 20;
const AUDIOHOOK_MS: usize = 100;
/// A ping of AudioHook so often.
const PING_MS: usize = 5_000;
/// A hold begins after so long, lasts so long; a piece is left out after so long, of so long.
const HOLD: (usize, usize) = (10_000, 3_000);
const DISCARD: (usize, usize) = (16_000, 500);

/// What is sent at once.
pub(super) enum Post {
    /// Messages of Twilio.
    Texts(Vec<String>),
    /// Sound of AudioHook.
    Bytes(Vec<u8>),
    /// A message of control of AudioHook.
    Control(&'static str, Value),
}

/// What is sent, and when.
pub(super) struct Step {
    /// So long after the start of the call.
    pub(super) due_ms: u64,
    /// The call is told up to here.
    pub(super) until_ms: u64,
    pub(super) post: Post,
}

/// A talk in messages.
pub(super) struct Talk {
    pub(super) steps: Vec<Step>,
    /// How far in the call a finding stands, in milliseconds, and after which step it is due.
    pub(super) due: Vec<(u64, usize)>,
    /// From one message of sound to the next.
    pub(super) every_ms: u64,
    pub(super) length_ms: u64,
    /// So much of it is heard in the end, and so much is missing because it was left out.
    pub(super) heard_ms: u64,
    pub(super) missing_ms: u64,
}

impl Talk {
    /// In messages of Twilio.
    pub(super) fn twilio(seconds: u64) -> Self {
        let voices = voices(seconds);
        let mut made = Made::new(TWILIO_MS);
        let count = voices[0].len() / (TWILIO_MS * MS);
        for n in 0..count {
            let span = n * TWILIO_MS * MS..(n + 1) * TWILIO_MS * MS;
            let mut texts = Vec::new();
            for (side, track) in ["inbound", "outbound"].iter().enumerate() {
                let payload = STANDARD.encode(&voices[side][span.clone()]);
                let sequence = (2 * n + 2 + side).to_string();
                let media = json!({"event": "media", "sequenceNumber": sequence,
                    "streamSid": "MZ", "media": {"track": track, "chunk": (n + 1).to_string(),
                    "timestamp": (n * TWILIO_MS).to_string(), "payload": payload}});
                texts.push(media.to_string());
            }
            made.hear(&voices, span);
            made.step((n + 1) * TWILIO_MS, Post::Texts(texts));
        }
        made.talk()
    }

    /// In messages of AudioHook, with pings, a hold and a piece that is left out.
    pub(super) fn audiohook(seconds: u64) -> Self {
        let voices = voices(seconds);
        let mut made = Made::new(AUDIOHOOK_MS);
        let mut at_ms = 0;
        while (at_ms + AUDIOHOOK_MS) * MS <= voices[0].len() {
            if at_ms % PING_MS == 0 {
                made.step(at_ms, Post::Control("ping", json!({"rtt": "PT0.1S"})));
            }
            if at_ms == HOLD.0 {
                made.step(at_ms, Post::Control("paused", json!({})));
                made.running.pause(((at_ms + HOLD.1) * MS) as u64);
                made.at_ms = at_ms + HOLD.1;
                at_ms = made.at_ms;
                let left_out = json!({"start": "PT10S", "discarded": "PT3S"});
                made.step(at_ms, Post::Control("resumed", left_out));
            }
            if at_ms == DISCARD.0 {
                at_ms += DISCARD.1;
                let left_out = json!({"start": "PT16S", "discarded": "PT0.5S"});
                made.step(at_ms, Post::Control("discarded", left_out));
            }
            let span = at_ms * MS..(at_ms + AUDIOHOOK_MS) * MS;
            let both = voices[0][span.clone()].iter().zip(&voices[1][span.clone()]);
            let bytes = both.flat_map(|(customer, agent)| [*customer, *agent]).collect();
            made.hear(&voices, span);
            at_ms += AUDIOHOOK_MS;
            made.step(at_ms, Post::Bytes(bytes));
        }
        made.talk()
    }

    /// Messages that hold sound.
    pub(super) fn sounds(&self) -> usize {
        let sounds = |step: &Step| match &step.post {
            Post::Texts(texts) => texts.len(),
            Post::Bytes(_) => 1,
            Post::Control(..) => 0,
        };
        self.steps.iter().map(sounds).sum()
    }

    /// Messages that ask for an answer.
    pub(super) fn pings(&self) -> usize {
        let ping = |step: &&Step| matches!(step.post, Post::Control("ping", _));
        self.steps.iter().filter(ping).count()
    }

    /// The step with the sound of this moment of the call.
    pub(super) fn step_of(&self, at_ms: u64) -> usize {
        self.steps.partition_point(|step| step.until_ms < at_ms).min(self.steps.len() - 1)
    }
}

/// A talk while it is made, with what is told of it.
struct Made {
    running: Running,
    steps: Vec<Step>,
    due: Vec<(u64, usize)>,
    every_ms: usize,
    at_ms: usize,
}

impl Made {
    fn new(every_ms: usize) -> Self {
        let (steps, due) = (Vec::new(), Vec::new());
        Self { running: Running::default(), steps, due, every_ms, at_ms: 0 }
    }

    /// Hears what the next step holds.
    fn hear(&mut self, voices: &[Vec<u8>; 2], span: std::ops::Range<usize>) {
        for (side, party) in [Party::Customer, Party::Agent].into_iter().enumerate() {
            let samples: Vec<f32> =
                voices[side][span.clone()].iter().map(|byte| Law::Mu.decode(*byte)).collect();
            self.running.push(party, span.start as u64, &samples);
            // Twilio sends one voice after the other.
            if self.every_ms == TWILIO_MS {
                self.news();
            }
        }
        self.news();
    }

    fn news(&mut self) {
        let step = self.steps.len();
        self.due.extend(self.running.news().map(|now| (now.at_ms, step)));
    }

    fn step(&mut self, until_ms: usize, post: Post) {
        let sound = !matches!(post, Post::Control(..));
        let due_ms = if sound { until_ms - self.every_ms } else { until_ms };
        self.at_ms = until_ms;
        let (due_ms, until_ms) = (due_ms as u64, until_ms as u64);
        self.steps.push(Step { due_ms, until_ms, post });
    }

    fn talk(self) -> Talk {
        let end = self.running.finish();
        Talk {
            steps: self.steps,
            due: self.due,
            every_ms: self.every_ms as u64,
            length_ms: self.at_ms as u64,
            heard_ms: end.at_ms,
            missing_ms: end.missing_ms,
        }
    }
}

/// Both voices in µ-law, customer and agent: each speaks four seconds in turn; now and then the next
/// begins too early.
fn voices(seconds: u64) -> [Vec<u8>; 2] {
    let length = u32::try_from(seconds * 1000).unwrap_or(u32::MAX);
    let manner = |pitch| Manner { pitch, movement: 4.0, pace: 4.7, level: -21.0, length: 1.0 };
    let lines = (0..length.saturating_sub(5_000) / 4_500).map(|n| Line {
        channel: (n % 2) as usize,
        start: 500 + n * 4_500 - if n % 4 == 3 { 400 } else { 0 },
        syllables: 19,
        manner: manner(if n % 2 == 0 { 120.0 } else { 205.0 }),
    });
    let lines = lines.collect();
    let made = Script { lines, noise: Some(-62.0), length, ..Script::default() }.make();
    let made = made.over_the_line();
    [1, 0].map(|channel: usize| {
        made.channels[channel].iter().map(|sample| Law::Mu.encode(*sample)).collect()
    })
}
