//! Calls as WhisperX JSON: segments with times, cut by speaker.

use gehoord_conversation::{Channel, Conversation, Span, Turn};
use serde::Deserialize;

use crate::Options;
use crate::decode::decode;
use crate::item::{Imported, Item, Note, Problem, left_out};
use crate::party::{assign, is_bare_role, speakers_of};
use crate::transcript::{Piece, documents, spoken_at};

/// Whether the head of a JSON text is a file of WhisperX, and not a conversation.
pub(crate) fn looks_like_whisperx(head: &str) -> bool {
    let has = |key: &str| head.contains(&format!("\"{key}\""));
    has("segments") && has("start") && has("end") && has("text") && !has("turns")
}

#[derive(Deserialize)]
struct File {
    segments: Vec<Segment>,
    #[serde(default)]
    language: Option<String>,
}

#[derive(Deserialize)]
struct Segment {
    #[serde(default)]
    start: Option<f64>,
    #[serde(default)]
    end: Option<f64>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    speaker: Option<String>,
    #[serde(default)]
    words: Vec<Word>,
}

#[derive(Deserialize)]
struct Word {
    #[serde(default)]
    word: String,
    #[serde(default)]
    start: Option<f64>,
    #[serde(default)]
    end: Option<f64>,
    #[serde(default)]
    speaker: Option<String>,
}

/// What one speaker said in one go.
struct Said {
    speaker: String,
    text: String,
    start: Option<f64>,
    end: Option<f64>,
    /// When its words were said.
    words: Vec<Piece>,
}

impl Said {
    /// Goes on with what the same speaker said next.
    fn add(&mut self, next: &Self) {
        self.text.push(' ');
        let from = self.text.len();
        self.text.push_str(&next.text);
        self.end = next.end.or(self.end);
        self.words.extend(next.words.iter().map(|(words, start, end)| {
            (Span::new(words.start + from, words.end + from), *start, *end)
        }));
    }
}

/// Reads the calls of a file of WhisperX.
pub(crate) fn read_whisperx(bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let decoded = decode(bytes);
    let mut items = documents(&decoded.text, name, "a file of WhisperX with \"segments\"", {
        |file: File, line, id| conversation(file, line, id, options)
    });
    crate::json::attach(decoded.note, &mut items);
    items
}

fn conversation(file: File, line: usize, id: &str, options: &Options) -> Item {
    let mut said: Vec<Said> = Vec::new();
    let mut nobody = Vec::new();
    for (number, segment) in (1..).zip(file.segments) {
        for piece in by_speaker(segment) {
            if piece.text.is_empty() {
                continue;
            }
            let same = |last: &&mut Said| piece.speaker.is_empty() || last.speaker == piece.speaker;
            match said.last_mut().filter(same) {
                Some(last) => last.add(&piece),
                None if piece.speaker.is_empty() => nobody.push(number),
                None => said.push(piece),
            }
        }
    }
    if said.is_empty() {
        let message = match nobody.is_empty() {
            true => "no segment has words",
            false => {
                "no segment names its \"speaker\"; let WhisperX tell the speakers apart (--diarize)"
            }
        };
        return Item::Problem(Problem::new(line, "no_turns", message));
    }
    let mut notes: Vec<Note> =
        left_out(&nobody, "segment", "before the first speaker", "segment").into_iter().collect();
    let channel = options.channel.unwrap_or(Channel::Phone);
    let mut conversation = Conversation::new(id, channel);
    let heard = file.language.and_then(|language| language.parse().ok());
    conversation.locale = options.locale.clone().or(heard);
    let (speakers, index) =
        speakers_of(said.iter().map(|said| (said.speaker.as_str(), said.text.as_str())));
    let (parties, guesses) = assign(&speakers, &options.agents, channel.is_spoken());
    notes.extend(guesses);
    drop(speakers);
    for (said, speaker) in said.into_iter().zip(index) {
        let mut turn = Turn::new(parties[speaker], said.text);
        turn.speaker = Some(said.speaker).filter(|name| !is_bare_role(name));
        spoken_at(&mut turn, said.start, said.end);
        turn.set_said_when(&said.words);
        conversation.turns.push(turn);
    }
    Item::Conversation(Imported { line, conversation, notes })
}

/// A segment as it was said: its text as it stands, unless its words have several speakers.
fn by_speaker(segment: Segment) -> Vec<Said> {
    let mut named = segment.words.iter().filter_map(|word| word.speaker.as_deref());
    let first = named.next();
    let several = named.any(|name| Some(name) != first);
    if !several {
        let speaker = segment.speaker.as_deref().or(first).unwrap_or_default();
        let text = segment.text.trim().to_owned();
        return vec![Said {
            speaker: speaker.trim().to_owned(),
            words: words_of(&segment, &text),
            text,
            start: segment.start,
            end: segment.end,
        }];
    }
    let mut pieces: Vec<Said> = Vec::new();
    for word in &segment.words {
        // A word without a speaker, such as a number, is of who was speaking.
        let speaker = word.speaker.as_deref().map(str::trim);
        let goes_on = |last: &&mut Said| speaker.is_none_or(|name| last.speaker == name);
        let text = word.word.trim().to_owned();
        let time = word.start.zip(word.end);
        let next = Said {
            speaker: speaker.or(first).unwrap_or_default().to_owned(),
            start: word.start,
            end: word.end,
            words: time
                .map(|(start, end)| (Span::new(0, text.len()), start, end))
                .into_iter()
                .collect(),
            text,
        };
        match pieces.last_mut().filter(goes_on) {
            Some(last) => last.add(&next),
            None => pieces.push(Said { start: next.start.or(segment.start), ..next }),
        }
    }
    pieces
}

/// Where the words of a segment stand in its text, and when they were said. The aligner gives no time
/// to what it cannot say aloud, such as a number; of a segment whose words are not those of its text
/// only its own time is known.
fn words_of(segment: &Segment, text: &str) -> Vec<Piece> {
    let mut words = Vec::with_capacity(segment.words.len());
    let mut from = 0;
    for word in &segment.words {
        let wanted = word.word.trim();
        let Some(at) = text[from..].find(wanted) else {
            words.clear();
            break;
        };
        let place = Span::new(from + at, from + at + wanted.len());
        from = place.end;
        if let Some((start, end)) = word.start.zip(word.end).filter(|_| !wanted.is_empty()) {
            words.push((place, start, end));
        }
    }
    let whole = segment.start.zip(segment.end).filter(|_| words.is_empty());
    words.extend(whole.map(|(start, end)| (Span::new(0, text.len()), start, end)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::shown;

    fn check(json: &str) -> Vec<String> {
        shown(read_whisperx(json.into(), "x", &Options::default()))
    }

    #[test]
    fn segments_of_one_speaker_are_one_turn() {
        let json = r#"{"segments":[
            {"start":0.5,"end":1.5,"text":" Goedemorgen met Sanne.","speaker":"SPEAKER_00"},
            {"start":1.5,"end":2.0,"text":" Waarmee kan ik u helpen?","speaker":"SPEAKER_00"},
            {"start":2.5,"end":4.0,"text":" Ik wacht al een week.","speaker":"SPEAKER_01"}],
            "word_segments":[],"language":"nl"}"#;
        assert_eq!(
            check(json),
            ["1 x: agent Goedemorgen met Sanne. Waarmee kan ik u helpen?, \
              customer Ik wacht al een week."]
        );
        let items = read_whisperx(json.into(), "x", &Options::default());
        let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
        let conversation = &imported.conversation;
        assert_eq!(conversation.locale.as_ref().unwrap().as_str(), "nl");
        assert_eq!(conversation.channel, Channel::Phone);
        let first = &conversation.turns[0];
        assert_eq!(
            (first.meta["start"].as_f64(), first.meta["end"].as_f64()),
            (Some(0.5), Some(2.0))
        );
        assert_eq!(first.speaker.as_deref(), Some("SPEAKER_00"));
    }

    #[test]
    fn words_of_another_speaker_cut_a_segment() {
        let json = r#"{"segments":[{"start":0,"end":3,"text":"Hallo ja 12 dag","speaker":"Agent","words":[
            {"word":"Hallo","start":0,"end":1,"speaker":"Agent"},
            {"word":"ja","start":1.2,"end":1.5,"speaker":"Klant"},
            {"word":"12"},
            {"word":"dag","start":2,"end":3,"speaker":"Agent"}]}]}"#;
        assert_eq!(check(json), ["1 x: agent Hallo, customer ja 12, agent dag"]);
    }

    #[test]
    fn words_are_known_by_their_times_and_places() {
        let json = r#"{"segments":[
            {"start":0.0,"end":2.0,"text":" Met Jan 12.","speaker":"Klant","words":[
                {"word":"Met","start":0.1,"end":0.4},{"word":"Jan","start":0.5,"end":0.9},
                {"word":"12."}]},
            {"start":2.0,"end":3.0,"text":" Zeg maar.","speaker":"Klant","words":[
                {"word":"heel","start":2.1,"end":2.2}]}]}"#;
        let items = read_whisperx(json.into(), "x", &Options::default());
        let Item::Conversation(imported) = &items[0] else { panic!("{items:?}") };
        let turn = &imported.conversation.turns[0];
        let said = turn.said_when();
        let said: Vec<(&str, u32, u32)> =
            said.iter().map(|(at, time)| (at.of(&turn.text), time.start_ms, time.end_ms)).collect();
        assert_eq!(said, [("Met", 100, 400), ("Jan", 500, 900), ("Zeg maar.", 2000, 3000)]);
    }

    #[test]
    fn without_speakers_it_says_what_to_do() {
        let json = r#"{"segments":[{"start":0,"end":1,"text":"hoi"}],"language":"nl"}"#;
        let items = read_whisperx(json.into(), "x", &Options::default());
        let [Item::Problem(problem)] = &items[..] else { panic!("{items:?}") };
        assert_eq!(problem.code, "no_turns");
        assert!(problem.message.contains("--diarize"), "{problem}");
        assert_eq!(check(r#"{"segments":[]}"#), ["1 no_turns"]);
    }

    #[test]
    fn several_files_in_a_row_are_read_and_a_wrong_one_ends_them() {
        let one = r#"{"segments":[{"start":0,"end":1,"text":"hoi","speaker":"Klant"}]}"#;
        assert_eq!(
            check(&format!("{one}\n{one}\n{{\"segments\":7}}")),
            ["1 x:1: customer hoi", "2 x:2: customer hoi", "3 invalid_conversation"]
        );
        assert_eq!(check("{\"segments\":["), ["1 invalid_json"]);
        assert_eq!(check(""), ["1 no_turns"]);
    }
}
