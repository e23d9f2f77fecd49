//! Words with the turns of the voices in which they were said.

use gehoord_conversation::voice::{TimeSpan, VoiceReport};
use gehoord_conversation::{Channel, Conversation, Locale, Party, Span, Turn};

use super::Word;

/// What was said in one turn of a voice.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Whose voice; `None` where voices are not told apart.
    pub party: Option<Party>,
    /// The words, in order; at least one.
    pub words: Vec<Word>,
}

impl Line {
    /// From its first to its last word.
    #[must_use]
    pub fn span(&self) -> TimeSpan {
        let start = self.words.first().map_or(0, |word| word.span.start_ms);
        TimeSpan::new(start, self.words.last().map_or(start, |word| word.span.end_ms))
    }

    /// Its words as text.
    #[must_use]
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

/// The words of each channel (from 0), in the order of time, as lines: one for each turn of a voice
/// in which something was said, in the order of the turns.
#[must_use]
pub fn lines(report: &VoiceReport, channels: &[Vec<Word>]) -> Vec<Line> {
    let mut said: Vec<Vec<Word>> = vec![Vec::new(); report.turns.len()];
    for (voice, words) in report.voices.iter().zip(channels) {
        for word in words {
            let own = report.turns.iter().enumerate().filter(|(_, turn)| turn.party == voice.party);
            let nearest = own.min_by_key(|(_, turn)| {
                let shared = turn.span.shared_ms(word.span);
                (std::cmp::Reverse(shared), apart(turn.span, word.span))
            });
            if let Some((turn, _)) = nearest {
                said[turn].push(word.clone());
            }
        }
    }
    let lines = report.turns.iter().zip(said).filter(|(_, words)| !words.is_empty());
    lines.map(|(turn, words)| Line { party: turn.party, words }).collect()
}

/// How long it is between two spans.
fn apart(a: TimeSpan, b: TimeSpan) -> u32 {
    a.start_ms.saturating_sub(b.end_ms).max(b.start_ms.saturating_sub(a.end_ms))
}

/// A model tells when a word was said to about so many milliseconds: a word is kept as said so much
/// earlier and later than it tells, so that a name that is silenced is silenced whole.
const ABOUT_MS: u32 = 400;

/// The lines as a conversation whose turns and words know when they were said; `None` where voices
/// are not told apart, as nobody can tell then which words are the customer's. The time of a word is
/// wider than the word.
#[must_use]
pub fn conversation(id: &str, locale: Option<Locale>, lines: &[Line]) -> Option<Conversation> {
    let mut conversation = Conversation::new(id, Channel::Phone);
    conversation.locale = locale;
    for line in lines {
        let mut turn = Turn::new(line.party?, line.text());
        let span = line.span();
        for (key, ms) in [("start", span.start_ms), ("end", span.end_ms)] {
            turn.meta.insert(key.to_owned(), seconds(ms).into());
        }
        let mut at = 0;
        let word = |word: &Word| {
            let place = Span::new(at, at + word.text.len());
            at = place.end + 1;
            let start = word.span.start_ms.saturating_sub(ABOUT_MS);
            (place, seconds(start), seconds(word.span.end_ms.saturating_add(ABOUT_MS)))
        };
        let words: Vec<_> = line.words.iter().map(word).collect();
        turn.set_said_when(&words);
        conversation.turns.push(turn);
    }
    (!conversation.turns.is_empty()).then_some(conversation)
}

fn seconds(ms: u32) -> f64 {
    f64::from(ms) / 1000.0
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::voice::{Sound, Voice, VoiceTurn};

    use super::*;

    fn report(turns: &[(Party, u32, u32)]) -> VoiceReport {
        let voice = |party| Voice {
            party: Some(party),
            channel: 1,
            talk_ms: 0,
            share: 0.5,
            turns: 1,
            longest: None,
            answer_ms: None,
            interruptions: 0,
            backchannels: 0,
            sound: Sound::default(),
        };
        let turn = |(party, start, end): &(Party, u32, u32)| VoiceTurn {
            party: Some(*party),
            span: TimeSpan::new(*start, *end),
            backchannel: false,
            answered_after_ms: None,
            sound: Sound::default(),
            said: Vec::new(),
        };
        VoiceReport {
            voices: vec![voice(Party::Customer), voice(Party::Agent)],
            turns: turns.iter().map(turn).collect(),
            ..VoiceReport::default()
        }
    }

    fn word(text: &str, start: u32, end: u32) -> Word {
        Word { text: text.to_owned(), span: TimeSpan::new(start, end), confidence: 0.9 }
    }

    #[test]
    fn words_go_to_the_turn_of_their_own_voice_even_where_both_speak() {
        let report = report(&[
            (Party::Customer, 0, 5_000),
            (Party::Agent, 2_000, 2_400),
            (Party::Agent, 4_800, 8_000),
        ]);
        let customer = vec![word("Ik", 100, 300), word("wacht.", 4_700, 5_100)];
        // The last begins where the voice is not heard yet, and lies nearest to its second turn.
        let agent = vec![word("Ja.", 2_050, 2_300), word("Wat", 4_600, 4_700)];
        let lines = lines(&report, &[customer, agent]);
        let said: Vec<_> = lines.iter().map(|line| (line.party.unwrap(), line.text())).collect();
        assert_eq!(
            said,
            [
                (Party::Customer, "Ik wacht.".to_owned()),
                (Party::Agent, "Ja.".to_owned()),
                (Party::Agent, "Wat".to_owned()),
            ]
        );
        let conversation = conversation("call", None, &lines).unwrap();
        assert_eq!(conversation.turns[0].spoken(), Some(TimeSpan::new(100, 5_100)));
        assert_eq!(conversation.channel, Channel::Phone);
        let turn = &conversation.turns[0];
        let words = turn.said_when();
        let words: Vec<(&str, u32, u32)> = words
            .iter()
            .map(|(at, time)| (at.of(&turn.text), time.start_ms, time.end_ms))
            .collect();
        assert_eq!(words, [("Ik", 0, 700), ("wacht.", 4_300, 5_500)]);
    }

    #[test]
    fn voices_that_are_not_told_apart_make_no_conversation() {
        let mut report = report(&[(Party::Customer, 0, 5_000)]);
        report.voices.truncate(1);
        report.voices[0].party = None;
        report.turns[0].party = None;
        let lines = lines(&report, &[vec![word("Hallo", 0, 400)]]);
        assert_eq!((lines.len(), lines[0].text().as_str()), (1, "Hallo"));
        assert_eq!(conversation("call", None, &lines), None);
        assert_eq!(conversation("call", None, &[]), None);
    }
}
