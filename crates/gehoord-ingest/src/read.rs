//! The one way in: a reader and options to items.

use std::collections::VecDeque;
use std::io::{self, BufRead, Chain, Cursor, Read};

use crate::item::{Imported, Item, Problem};
use crate::lines::{LIMIT, Line, next_line, read_whole};
use crate::twitter::Tweets;
use crate::{
    Format, Options, contact_lens, convokit, detect, json, mail, opening, subtitles, table, text,
    whatsapp, whisperx, xlsx,
};

/// How much of an input is looked at to see its format.
const HEAD: usize = 64 * 1024;

/// Reads the conversations of an input. `name` (a file name) names conversations that have no
/// name, and helps to see the format. JSONL is read line by line; other formats as a whole,
/// up to 64 MiB (tables of tweets: 1 GiB).
///
/// ```
/// use gehoord_ingest::{Item, Options, read};
///
/// let text = "Klant: Ik wacht al een week.\nMedewerker: Dat is lang. Ik zoek het uit.\n";
/// let items: Vec<Item> = read(text.as_bytes(), "chat.txt", &Options::default()).collect();
/// let [Item::Conversation(imported)] = &items[..] else { panic!() };
/// assert_eq!(imported.conversation.turns.len(), 2);
/// ```
pub fn read<R: BufRead>(reader: R, name: &str, options: &Options) -> Items<R> {
    Items {
        name: match name {
            "" | "-" => "stdin".to_owned(),
            name => name.to_owned(),
        },
        options: options.clone(),
        state: State::Start(reader),
    }
}

/// The conversations and problems of one input, in its order; made by [`read`](fn@read).
#[derive(Debug)]
pub struct Items<R> {
    name: String,
    options: Options,
    state: State<R>,
}

#[derive(Debug)]
enum State<R> {
    Start(R),
    Lines { reader: Chain<Cursor<Vec<u8>>, R>, line: usize },
    Tweets(Box<Tweets>),
    Ready(VecDeque<Item>),
}

impl<R: BufRead> Iterator for Items<R> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let done = State::Ready(VecDeque::new());
            match std::mem::replace(&mut self.state, done) {
                State::Start(reader) => self.state = self.start(reader),
                State::Ready(mut items) => {
                    let item = items.pop_front();
                    self.state = State::Ready(items);
                    return item.map(|item| self.opened(item));
                }
                State::Tweets(mut tweets) => {
                    let item = tweets.next();
                    self.state = State::Tweets(tweets);
                    return item.map(|item| self.opened(item));
                }
                State::Lines { mut reader, line } => {
                    let line = line + 1;
                    let item = match next_line(&mut reader, LIMIT) {
                        Ok(None) => return None,
                        Ok(Some(Line::Fits(bytes))) => {
                            json::read_line(&bytes, line, &self.name, &self.options)
                        }
                        Ok(Some(Line::TooLong)) => Some(Item::Problem(too_long(line))),
                        Err(error) => return Some(Item::Problem(io_error(line, &error))),
                    };
                    self.state = State::Lines { reader, line };
                    if item.is_some() {
                        return item.map(|item| self.opened(item));
                    }
                }
            }
        }
    }
}

impl<R: BufRead> Items<R> {
    fn start(&self, mut reader: R) -> State<R> {
        let mut head = Vec::new();
        if let Err(error) = (&mut reader).take(HEAD as u64).read_to_end(&mut head) {
            return problem(io_error(1, &error));
        }
        let format = match self.options.from.or_else(|| detect(Some(&self.name), &head)) {
            Some(format) => format,
            None => return problem(unknown_format(&head)),
        };
        // UTF-16 has no lines to stream.
        let streams = format == Format::Jsonl && crate::decode::utf16(&head).is_none();
        let mut reader = Cursor::new(head).chain(reader);
        if streams {
            return State::Lines { reader, line: 0 };
        }
        match read_whole(&mut reader, most(format)) {
            Ok(Some(bytes)) => self.whole(format, bytes),
            Ok(None) => problem(too_large(format)),
            Err(error) => problem(io_error(1, &error)),
        }
    }

    /// The item, with speakers as the caller knows them, and the lines of a bot at its start told
    /// apart from the customer's.
    fn opened(&self, mut item: Item) -> Item {
        let Item::Conversation(imported) = &mut item else { return item };
        if let Some(problem) = no_conversation(imported) {
            return Item::Problem(problem);
        }
        for turn in &mut imported.conversation.turns {
            let given = turn.speaker.as_ref().and_then(|name| self.options.speakers.get(name));
            turn.party = given.copied().unwrap_or(turn.party);
        }
        imported.notes.extend(opening::recognise(&mut imported.conversation));
        item
    }

    fn whole(&self, format: Format, bytes: Vec<u8>) -> State<R> {
        let (name, options) = (self.name.as_str(), &self.options);
        let items = match format {
            Format::Json | Format::Jsonl => json::read_json(bytes, name, options),
            Format::Text => text::read_text(bytes, name, options),
            Format::Vtt | Format::Srt => subtitles::read_subtitles(bytes, name, options),
            Format::Csv => table::read_table(bytes, name, options),
            Format::Eml | Format::Mbox => mail::read_mail(bytes, format, name, options),
            Format::WhatsApp => whatsapp::read_whatsapp(bytes, name, options),
            Format::Xlsx => xlsx::read_workbook(&bytes, name, options),
            Format::ConvoKit => convokit::read_utterances(bytes, name, options),
            Format::WhisperX => whisperx::read_whisperx(bytes, name, options),
            Format::ContactLens => contact_lens::read_contact_lens(bytes, name, options),
            Format::Twitter => {
                return match Tweets::read(bytes, options) {
                    Ok(tweets) => State::Tweets(Box::new(tweets)),
                    Err(wrong) => problem(wrong),
                };
            }
        };
        State::Ready(items.into())
    }
}

/// The largest input that is read as a whole. Threads of tweets may have their parts anywhere in
/// a file, so that cutting it up would cut them too.
fn most(format: Format) -> usize {
    if format == Format::Twitter { 16 * LIMIT } else { LIMIT }
}

fn problem<R>(problem: Problem) -> State<R> {
    State::Ready(VecDeque::from([Item::Problem(problem)]))
}

fn too_long(line: usize) -> Problem {
    let message =
        "the line is longer than 64 MiB and was skipped; expected one conversation a line";
    Problem::new(line, "line_too_long", message)
}

fn too_large(format: Format) -> Problem {
    let message = format!(
        "the input is larger than {} MiB, which is the most that is read as {format}; cut it into \
         smaller files, or write it as jsonl, which has no limit",
        most(format) >> 20
    );
    Problem::new(1, "too_large", message)
}

/// Memory grows with a conversation: what nobody could have held is not listened to. A year of
/// messages between two people has fewer turns, and the longest mail fewer words.
fn no_conversation(imported: &Imported) -> Option<Problem> {
    const MOST_TURNS: usize = 30_000;
    const MOST_KIB: (usize, usize) = (512, 4 * 1024);
    let turns = &imported.conversation.turns;
    let problem = |message: String| Some(Problem::new(imported.line, "too_large", message));
    if turns.len() > MOST_TURNS {
        return problem(format!(
            "one conversation has {} turns, more than the {MOST_TURNS} that are listened to; cut it \
             into parts, such as one for each month",
            turns.len()
        ));
    }
    let kib = |text: &str| text.len() >> 10;
    if let Some(long) = turns.iter().position(|turn| kib(&turn.text) > MOST_KIB.0) {
        return problem(format!(
            "turn {} has {} KiB of words, more than the {} that one turn may have; look whether it is \
             one message",
            long + 1,
            kib(&turns[long].text),
            MOST_KIB.0
        ));
    }
    let all: usize = turns.iter().map(|turn| turn.text.len()).sum();
    (all >> 10 > MOST_KIB.1)
        .then(|| {
            problem(format!(
                "one conversation has {} KiB of words, more than the {} that are listened to; cut it \
                 into parts, such as one for each month",
                all >> 10,
                MOST_KIB.1
            ))
        })
        .flatten()
}

fn unknown_format(head: &[u8]) -> Problem {
    if head.trim_ascii().is_empty() || head == b"\xEF\xBB\xBF" {
        return Problem::new(1, "no_turns", "the input is empty");
    }
    let message = format!(
        "the format cannot be seen from the content or the name; say it with --from: {}",
        Format::ids().join(", ")
    );
    Problem::new(1, "unknown_format", message)
}

fn io_error(line: usize, error: &io::Error) -> Problem {
    Problem::new(line, "io_error", format!("the input could not be read: {error}"))
}
