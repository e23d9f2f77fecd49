//! Calls as subtitles: WebVTT and SubRip, with the speaker as voice tag or as label.

use gehoord_conversation::{Channel, Conversation, Span, Turn};

use crate::Options;
use crate::cues::{Cues, cut, voices};
use crate::decode::decode;
use crate::item::{Imported, Item, Note, Problem, left_out};
use crate::party::{assign, is_bare_role, speakers_of};
use crate::speaker_lines::SpeakerLines;
use crate::transcript::{Piece as Timed, spoken_at};

/// Reads the conversation of a file of subtitles.
pub(crate) fn read_subtitles(bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let decoded = decode(bytes);
    let cues = cut(&decoded.text);
    let spoken = spoken(&cues, options);
    if spoken.utterances.is_empty() {
        let message = if cues.cues.is_empty() {
            "no cue with a time such as '00:00:01.000 --> 00:00:04.000' in this input"
        } else {
            "no cue names its speaker; expected a voice tag ('<v Klant>…') or a label ('Klant: …')"
        };
        return vec![Item::Problem(Problem::new(1, "no_turns", message))];
    }
    let mut notes: Vec<Note> = decoded.note.into_iter().collect();
    notes.extend(
        [
            left_out(&cues.comments, "block", "of comment or style", "line"),
            left_out(&cues.strays, "line", "outside any cue", "line"),
            left_out(&spoken.orphans, "line", "without a speaker before the first turn", "line"),
        ]
        .into_iter()
        .flatten(),
    );
    let channel = options.channel.unwrap_or(Channel::Phone);
    let mut conversation = Conversation::new(name, channel);
    conversation.locale.clone_from(&options.locale);
    let said = spoken.utterances.iter().map(|said| (said.speaker.as_str(), said.text.as_str()));
    let (speakers, index) = speakers_of(said);
    let (parties, guesses) = assign(&speakers, &options.agents, channel.is_spoken());
    notes.extend(guesses);
    for (said, speaker) in spoken.utterances.iter().zip(index) {
        let mut turn = Turn::new(parties[speaker], said.text.clone());
        turn.speaker = (!is_bare_role(&said.speaker)).then(|| said.speaker.clone());
        // Seconds from the start of the recording: there is no clock in a file of subtitles.
        spoken_at(&mut turn, said.start, said.end);
        turn.set_said_when(&said.cues);
        conversation.turns.push(turn);
    }
    let line = cues.cues.first().map_or(1, |cue| cue.line);
    vec![Item::Conversation(Imported { line, conversation, notes })]
}

/// What one speaker said in one go, over one cue or several.
struct Utterance {
    speaker: String,
    text: String,
    start: Option<f64>,
    end: Option<f64>,
    /// What was said in which cue.
    cues: Vec<Timed>,
}

impl Utterance {
    fn add(&mut self, text: &str, time: Option<(f64, f64)>) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push(' ');
        }
        let from = self.text.len();
        self.text.push_str(text);
        let cue = time.filter(|_| !text.is_empty());
        self.cues.extend(cue.map(|(start, end)| (Span::new(from, self.text.len()), start, end)));
        self.end = time.map(|(_, end)| end).or(self.end);
    }
}

#[derive(Default)]
struct Spoken {
    utterances: Vec<Utterance>,
    orphans: Vec<usize>,
}

/// A line of a cue after its tags are gone.
struct Piece<'t> {
    line: usize,
    voice: Option<&'t str>,
    text: String,
    time: Option<(f64, f64)>,
}

fn spoken(cues: &Cues<'_>, options: &Options) -> Spoken {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for cue in &cues.cues {
        let mut voice = None;
        for (line, payload) in (cue.line..).zip(&cue.payload) {
            for (voice, text) in voices(payload, &mut voice) {
                let text = text.trim_start_matches(['-', '–', '>', ' ']).to_owned();
                pieces.push(Piece { line, voice, text, time: cue.time });
            }
        }
    }
    // Labels are judged over all that has no voice tag.
    let plain = |piece: &Piece<'_>| piece.voice.is_none();
    let lines: Vec<&str> = pieces.iter().filter(|p| plain(p)).map(|p| p.text.as_str()).collect();
    let labels = SpeakerLines::of(&lines, options);
    let mut labels = labels.by_line.into_iter();
    let mut spoken = Spoken::default();
    for piece in &pieces {
        let label = if plain(piece) { labels.next().flatten() } else { None };
        let named = piece.voice.or(label.map(|label| label.name));
        let text = label.map_or(piece.text.as_str(), |label| label.rest);
        let same = |last: &&mut Utterance| named.is_none_or(|name| last.speaker == name);
        match (spoken.utterances.last_mut().filter(same), named) {
            (Some(last), _) => last.add(text, piece.time),
            (None, Some(name)) => {
                let start = piece.time.map(|(start, _)| start);
                let (speaker, said) = (name.to_owned(), String::new());
                let mut one = Utterance { speaker, text: said, start, end: None, cues: Vec::new() };
                one.add(text, piece.time);
                spoken.utterances.push(one);
            }
            (None, None) => spoken.orphans.push(piece.line),
        }
    }
    spoken.utterances.retain(|said| !said.text.is_empty());
    spoken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (Vec<String>, String) {
        let items = read_subtitles(text.into(), "x.vtt", &Options::default());
        let [Item::Conversation(imported)] = &items[..] else { panic!("{items:?}") };
        let turns = imported.conversation.turns.iter();
        let notes: Vec<_> = imported.notes.iter().map(ToString::to_string).collect();
        (turns.map(|turn| format!("{}: {}", turn.party, turn.text)).collect(), notes.join("; "))
    }

    #[test]
    fn cues_of_one_voice_are_one_turn() {
        let vtt = "WEBVTT\n\nNOTE opgenomen\n\n1\n00:00:01.000 --> 00:00:02.000 align:start\n\
                   <v Klant>Ik wacht</v>\n\n00:02.000 --> 00:03.000\n<v Klant>al een week.\n\n\
                   00:03.000 --> 00:04.000\n<v Agent>Dat is lang.</v><v Klant>Ja!</v>\n";
        let (turns, notes) = check(vtt);
        assert_eq!(
            turns,
            ["customer: Ik wacht al een week.", "agent: Dat is lang.", "customer: Ja!"]
        );
        assert!(notes.contains("1 block of comment or style was left out (line 3)"), "{notes}");
    }

    #[test]
    fn labels_in_srt_are_speakers() {
        let srt = "1\r\n00:00:01,000 --> 00:00:02,000\r\nSanne: Goedemorgen met Sanne.\r\n\r\n2\r\n\
                   00:00:02,000 --> 00:00:03,000\r\nJan: Ik bel over iets\r\n\r\n3\r\n\
                   00:00:03,000 --> 00:00:04,000\r\nen nog iets.\r\n\r\n4\r\n\
                   00:00:04,000 --> 00:00:05,000\r\nSanne: Vertelt u maar.\r\n";
        let (turns, _) = check(srt);
        assert_eq!(
            turns,
            [
                "agent: Goedemorgen met Sanne.",
                "customer: Ik bel over iets en nog iets.",
                "agent: Vertelt u maar."
            ]
        );
    }

    #[test]
    fn times_are_kept_as_seconds() {
        let vtt =
            "WEBVTT\n\n00:01.500 --> 00:02.000\n<v Klant>a\n\n00:02.000 --> 00:04.250\n<v Klant>b";
        let items = read_subtitles(vtt.into(), "x", &Options::default());
        let [Item::Conversation(imported)] = &items[..] else { panic!("{items:?}") };
        let turn = &imported.conversation.turns[0];
        assert_eq!(
            (turn.meta["start"].as_f64(), turn.meta["end"].as_f64()),
            (Some(1.5), Some(4.25))
        );
        assert_eq!(imported.conversation.channel, Channel::Phone);
    }

    #[test]
    fn without_speakers_there_is_one_clear_problem() {
        for (text, words) in [
            ("", "no cue with a time"),
            ("WEBVTT", "no cue with a time"),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\nhoi daar", "no cue names its speaker"),
        ] {
            let items = read_subtitles(text.into(), "x", &Options::default());
            let [Item::Problem(problem)] = &items[..] else { panic!("{items:?}") };
            assert_eq!(problem.code, "no_turns");
            assert!(problem.message.contains(words), "{}", problem.message);
        }
    }
}
