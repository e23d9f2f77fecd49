//! Sound for calls of the demo: voices that are made, as nobody's own should be played to strangers.
//! What they say is not to be understood; who speaks when, how fast, how loud and how high is as the
//! words would have it.

use std::io::Cursor;

use anyhow::{Context, Result};
use gehoord_conversation::{Conversation, Party, Span};
use gehoord_speech::audio::{AudioReader, kind_of};
use gehoord_speech::recording::{Heard, hear};
use gehoord_speech::synthesis::voice::Manner;
use gehoord_speech::synthesis::{Dice, Form, Line, Script, wav};

/// Channels of both parties.
const CUSTOMER: usize = 0;
const AGENT: usize = 1;
/// Silence between two turns, in milliseconds.
const REST: u32 = 650;
/// Before the first turn.
const BEGIN: u32 = 800;

/// Gives the turns of a conversation their times, and makes the call that they would be. The customer
/// speaks fast at first; the agent speaks more calmly from turn to turn, and the customer follows.
pub(super) fn recorded(conversation: &mut Conversation, seed: u64) -> Result<Heard> {
    let mut lines: Vec<Line> = Vec::new();
    let mut at = BEGIN;
    let mut dice = Dice::new(seed + 100);
    // How much livelier or calmer than the course of the call the agent's last turn was.
    let mut lively = 0.0_f32;
    let count = conversation.turns.len().max(2) as f32 - 1.0;
    for (index, turn) in conversation.turns.iter_mut().enumerate() {
        let calm = index as f32 / count;
        let channel = if turn.party == Party::Customer { CUSTOMER } else { AGENT };
        if channel == AGENT {
            lively = dice.between(-1.0, 1.0);
        }
        let manner = match channel {
            CUSTOMER => Manner {
                pitch: 212.0 - 18.0 * calm,
                movement: 5.0 - 1.5 * calm,
                pace: 5.4 - 0.9 * calm + 0.5 * lively,
                level: -19.0 - 4.0 * calm + 2.0 * lively,
                length: 0.87,
            },
            _ => Manner {
                pitch: 122.0 - 8.0 * calm,
                movement: 4.0,
                pace: 4.9 - 0.8 * calm + 0.5 * lively,
                level: -21.0 - 3.0 * calm + 2.0 * lively,
                length: 1.0,
            },
        };
        let begin = at;
        let mut words = Vec::new();
        for sentence in sentences(&turn.text) {
            let said = sentence.of(&turn.text);
            let line = Line { channel, start: at, syllables: syllables(said), manner };
            words.extend(timed(&turn.text, sentence, at, line.end()));
            at = line.end() + 260;
            lines.push(line);
        }
        let end = at - 260;
        turn.meta.insert("start".to_owned(), (f64::from(begin) / 1000.0).into());
        turn.meta.insert("end".to_owned(), (f64::from(end) / 1000.0).into());
        turn.set_said_when(&words);
        // While the customer tells the story, the agent shows that they listen; and once the customer
        // does not wait for the end.
        let long = end - begin > 5_000;
        if channel == CUSTOMER && long {
            let manner =
                Manner { pitch: 110.0, movement: 2.0, pace: 3.0, level: -27.0, length: 1.0 };
            lines.push(Line { channel: AGENT, start: begin + 3_000, syllables: 1, manner });
        }
        at = match index {
            1 => end - 500,
            _ => end + REST + 150 * (index as u32 % 3),
        };
    }
    let length = lines.iter().map(Line::end).max().unwrap_or_default() + 1_000;
    let made = Script { lines, noise: Some(-62.0), length, seed, ..Script::default() }.make();
    let made = made.over_the_line();
    let bytes = wav(&[&made.channels[CUSTOMER], &made.channels[AGENT]], made.rate, Form::MuLaw);
    let kind = kind_of(Some("call.wav"), &bytes[..bytes.len().min(64)]).context("a call")?;
    let reader = AudioReader::open(kind, Box::new(Cursor::new(bytes)))?;
    Ok(hear(reader, Some(AGENT), Some(conversation), true))
}

/// The sentences of a text.
fn sentences(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, sign) in text.char_indices() {
        let end = at + sign.len_utf8();
        let over = matches!(sign, '.' | '?' | '!') && text[end..].starts_with(' ');
        if over || end == text.len() {
            let words = text[from..end].trim_start();
            if words.chars().any(char::is_alphabetic) {
                found.push(Span::new(end - words.len(), end));
            }
            from = end;
        }
    }
    found
}

/// Groups of vowels: about as many syllables.
fn syllables(text: &str) -> u32 {
    let vowel = |c: char| "aeiouyáéëèïóöü".contains(c.to_ascii_lowercase());
    let mut before = false;
    let mut count = 0;
    for c in text.chars() {
        count += u32::from(vowel(c) && !before);
        before = vowel(c);
    }
    count.max(1)
}

/// When each word of a sentence is said, by its share of the letters: place, start and end in seconds.
fn timed(text: &str, sentence: Span, start: u32, end: u32) -> Vec<(Span, f64, f64)> {
    let words = sentence.of(text);
    let length = words.len().max(1) as f64;
    let at = |place: usize| {
        let share = (place - sentence.start) as f64 / length;
        (f64::from(start) + f64::from(end - start) * share) / 1000.0
    };
    let mut found = Vec::new();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let from = word.as_ptr() as usize - text.as_ptr() as usize;
        found.push((Span::new(from, from + word.len()), at(from), at(from + word.len())));
    }
    found
}
