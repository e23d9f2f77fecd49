//! Recordings of calls: which words belong to which, and what of their sound is kept.

use std::io::Read;

use gehoord_conversation::Conversation;
use gehoord_conversation::voice::{TimeSpan, WaitKind};
use gehoord_conversation::wire::voice::WireTimeSpan;
use gehoord_ingest::pseudonym::{MaskedSpan, when_said};
use gehoord_speech::call::Fit;
use gehoord_speech::recording::{Heard, without_words};
use gehoord_store::{NewRecording, NoSound, hex};
use sha2::{Digest, Sha256};

/// The sound of a recording is kept so many days, where nobody says otherwise.
pub const SOUND_DAYS: i64 = 30;
/// It can be kept so long at most.
pub const MOST_SOUND_DAYS: i64 = 3_650;

/// A recording that was heard, on its way to be kept.
pub struct Recorded {
    heard: Heard,
    /// Days that its sound is kept; none: not at all.
    days: Option<i64>,
}

impl Recorded {
    /// What was heard in a recording, whose sound is kept so many days; with 0 it is not.
    #[must_use]
    pub fn new(heard: Heard, days: i64) -> Self {
        Self { heard, days: (days > 0).then_some(days) }
    }

    /// What is kept, when these places of the words were masked. Personal data, hold and what no
    /// words stand for are silence in it.
    #[must_use]
    pub fn kept(&mut self, given: &Conversation, spans: &[Vec<MaskedSpan>]) -> NewRecording {
        let masked = when_said(given, spans);
        let known = match (&masked, self.heard.fit) {
            _ if self.days.is_none() => Err(NoSound::NotAsked),
            _ if given.turns.is_empty() => Err(NoSound::NoWords),
            (None, _) | (_, None | Some(Fit::NoTimes)) => Err(NoSound::NoTimes),
            (Some(masked), _) => Ok(masked),
        };
        let mut silenced: Vec<TimeSpan> = Vec::new();
        let sound = match (known, &mut self.heard.tape) {
            (Err(why), _) => Err(why),
            (Ok(_), None) => Err(NoSound::TooLong),
            (Ok(masked), Some(tape)) => {
                let waits = self.heard.voice.waits.iter();
                let music = waits.filter(|wait| wait.kind == WaitKind::Music).map(|wait| wait.span);
                silenced.extend(masked);
                silenced.extend(music);
                silenced.extend(without_words(&self.heard.voice, given));
                silenced.sort_by_key(|span| span.start_ms);
                silenced.iter().for_each(|span| tape.silence(*span));
                Ok(tape.wav())
            }
        };
        NewRecording {
            voice: (&self.heard.voice).into(),
            lines: (&self.heard.lines).into(),
            spoken: given.turns.iter().map(|turn| turn.spoken().map(WireTimeSpan::from)).collect(),
            silenced: silenced.into_iter().map(WireTimeSpan::from).collect(),
            sound,
            days: self.days.unwrap_or_default(),
            agent_id: None,
        }
    }
}

/// For each file whether it is a recording, and which other file has its words: the one that is
/// called the same but for its ending.
#[must_use]
pub fn paired(files: &[(&str, bool)]) -> Vec<Option<usize>> {
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase();
    let words_of = |recording: &str| {
        let stem = stem(recording);
        files.iter().position(|(name, is_recording)| {
            let name = name.to_lowercase();
            let rest = name.strip_prefix(&stem).filter(|rest| rest.starts_with('.'));
            !is_recording && rest.is_some()
        })
    };
    let one = |(name, is_recording): &(&str, bool)| words_of(name).filter(|_| *is_recording);
    files.iter().map(one).collect()
}

/// SHA-256 of a recording, by which it is known again whatever it is called.
///
/// # Errors
/// When it cannot be read.
pub fn fingerprint(from: &mut impl Read) -> std::io::Result<String> {
    let mut digest = Sha256::new();
    std::io::copy(from, &mut digest)?;
    Ok(hex(&digest.finalize()))
}

/// Gives the conversation of a recording a name by which it is known again: its own, where its words
/// name it, or that of the sound.
pub fn name_recording(conversation: &mut Conversation, ending: &str, fingerprint: &str) {
    if conversation.external_id.is_none() {
        conversation.id = format!("recording.{ending}@{fingerprint}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_has_the_words_of_the_file_that_is_called_the_same() {
        let files = [
            ("a.wav", true),
            ("Call 1.json", false),
            ("call 1.WAV", true),
            ("b.whisperx.json", false),
            ("b.mp3", true),
            ("a2.vtt", false),
        ];
        assert_eq!(paired(&files), [None, None, Some(1), None, Some(3), None]);
    }
}
