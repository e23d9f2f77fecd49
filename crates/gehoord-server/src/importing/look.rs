//! What was recognised in a file, before anything of it is kept.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use gehoord_conversation::{Channel, Conversation, Locale, Party};
use gehoord_ingest::pseudonym::{ConversationMasker, Pseudonymiser};
use gehoord_ingest::{ColumnMap, Format, Item, Options, detect, heading, read};
use gehoord_speech::audio::{AudioReader, Kind, kind_of};
use serde::{Deserialize, Serialize};

use super::paired;
use crate::error::ApiError;

/// So much of a file tells its format.
const HEAD: usize = 64 * 1024;
/// So many turns of the first conversation are shown, each so many characters long at most.
const TURNS: usize = 6;
const LONGEST: usize = 300;
/// So many speakers, problems and notes are shown of a file.
const SHOWN: usize = 30;
/// So many different speakers are told apart.
const SPEAKERS: usize = 1_000;

/// Code of a conversation in which nobody says anything, as the readers of other formats have it.
pub(crate) const NOTHING_SAID: &str = "no_turns";

/// The format of a recording, which no reader of words has.
pub(crate) const RECORDING: &str = "recording";
/// Code of a recording that cannot be heard.
pub(crate) const NO_SOUND: &str = "no_sound";

/// What holds for all files of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Choices {
    /// Team that serves these customers.
    pub(crate) team: String,
    /// Channel of conversations that name none.
    pub(crate) channel: Option<String>,
    /// Locale of conversations that name none.
    pub(crate) locale: Option<String>,
    /// Somebody is still at work on them.
    pub(crate) open: bool,
    /// Where they come from.
    pub(crate) source: String,
    /// Channel of recordings on which the agent speaks, 1 or 2, where somebody said so.
    #[serde(default)]
    pub(crate) agent_channel: Option<usize>,
    /// The sound of recordings is kept so many days.
    #[serde(default)]
    pub(crate) sound_days: i64,
}

/// How one file is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Reading {
    /// Sheet of a workbook.
    pub(crate) sheet: Option<String>,
    /// Field and column, when somebody said so of all columns.
    pub(crate) columns: Option<Vec<(String, String)>>,
    /// Party of values of the column of parties.
    pub(crate) parties: BTreeMap<String, String>,
    /// Party of speakers.
    pub(crate) speakers: BTreeMap<String, String>,
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Its name, as it was given.
    pub(crate) name: String,
    pub(crate) reading: Reading,
    /// None when it was read in.
    pub(crate) look: Option<Look>,
}

/// What was recognised in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Look {
    /// Id of the format; none when it cannot be seen.
    pub(crate) format: Option<String>,
    pub(crate) conversations: i64,
    pub(crate) turns: i64,
    /// So many things cannot be read; the first of them.
    pub(crate) wrong: i64,
    pub(crate) problems: Vec<Wrong>,
    /// What was left out or guessed: id of the kind, sentence, and of how many conversations.
    pub(crate) notes: Vec<(String, String, i64)>,
    /// Who spoke, as whom, in how many turns.
    pub(crate) speakers: Vec<(String, String, i64)>,
    /// The first conversation, masked.
    pub(crate) first: Option<First>,
    /// Columns of a table.
    pub(crate) table: Option<TableLook>,
    /// Channels of a recording.
    #[serde(default)]
    pub(crate) channels: usize,
}

/// What cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wrong {
    pub(crate) line: usize,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// A conversation, as it would be heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct First {
    pub(crate) channel: String,
    pub(crate) locale: Option<String>,
    pub(crate) turns: Vec<FirstTurn>,
    /// So many turns more.
    pub(crate) more: usize,
}

/// A turn of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FirstTurn {
    pub(crate) party: String,
    pub(crate) speaker: Option<String>,
    /// As the file says it, without its zone.
    pub(crate) at: Option<String>,
    pub(crate) text: String,
}

/// The columns of a table: name, field, first values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct TableLook {
    pub(crate) columns: Vec<(String, Option<String>, Vec<String>)>,
    /// Values of the column of parties, and whom they stand for.
    pub(crate) parties: Vec<(String, Option<String>)>,
    pub(crate) sheet: Option<String>,
    pub(crate) sheets: Vec<String>,
}

impl Choices {
    /// What they say about reading a file.
    pub(crate) fn options(&self, reading: &Reading) -> Result<Options, ApiError> {
        let wrong = |what: &dyn std::fmt::Display| ApiError::Invalid(what.to_string());
        let channel: Option<Channel> =
            self.channel.as_deref().map(str::parse).transpose().map_err(|e| wrong(&e))?;
        let locale: Option<Locale> =
            self.locale.as_deref().map(str::parse).transpose().map_err(|e| wrong(&e))?;
        let party = |id: &String| id.parse::<Party>().map_err(|e| wrong(&e));
        let mut parties = Vec::with_capacity(reading.parties.len());
        for (value, id) in &reading.parties {
            parties.push((value.as_str(), party(id)?));
        }
        let sheet = reading.sheet.as_deref();
        let map = match &reading.columns {
            Some(columns) => {
                let columns = columns.iter().map(|(field, name)| (field.as_str(), name.as_str()));
                Some(ColumnMap::whole(columns, parties, sheet).map_err(|e| wrong(&e))?)
            }
            None => sheet.map(|sheet| ColumnMap::default().of_sheet(sheet)),
        };
        let mut speakers = BTreeMap::new();
        for (name, id) in &reading.speakers {
            speakers.insert(name.clone(), party(id)?);
        }
        Ok(Options { from: None, locale, channel, agents: Vec::new(), map, speakers })
    }
}

/// What a file is called while it is read: its name may hold that of a customer, and becomes part of
/// ids, so only its ending stays.
pub(crate) fn plain_name(name: &str) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending.filter(|ending| {
        (1..=8).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    ending.map_or_else(|| "file".to_owned(), |ending| format!("file.{ending}"))
}

/// Reads a file and says what was recognised. Nothing of it is kept.
pub(crate) fn look(
    bytes: &Arc<[u8]>,
    name: &str,
    options: &Options,
    finder: &Pseudonymiser,
) -> Look {
    let plain = plain_name(name);
    let mut look = Look::default();
    if let Some(kind) = kind_of(Some(&plain), &bytes[..bytes.len().min(64)]) {
        return recording(bytes, kind);
    }
    let format = options.from.or_else(|| detect(Some(&plain), &bytes[..bytes.len().min(HEAD)]));
    look.format = format.map(|format| format.id().to_owned());
    look.table = format.and_then(|format| table(bytes, format, options));
    let mut speakers: BTreeMap<(String, String), i64> = BTreeMap::new();
    for item in read(Cursor::new(&bytes[..]), &plain, options) {
        match item {
            Item::Problem(problem) => {
                look.wrong += 1;
                if look.problems.len() < SHOWN {
                    let (line, code) = (problem.line, problem.code.to_owned());
                    let message = said(&problem.message).to_owned();
                    look.problems.push(Wrong { line, code, message });
                }
            }
            Item::Conversation(imported) if imported.conversation.turns.is_empty() => {
                look.wrong += 1;
                if look.problems.len() < SHOWN {
                    let (line, code) = (imported.line, NOTHING_SAID.to_owned());
                    look.problems.push(Wrong { line, code, message: String::new() });
                }
            }
            Item::Conversation(imported) => {
                look.conversations += 1;
                look.turns += i64::try_from(imported.conversation.turns.len()).unwrap_or(i64::MAX);
                for turn in &imported.conversation.turns {
                    let Some(name) = &turn.speaker else { continue };
                    let who = (name.clone(), turn.party.id().to_owned());
                    if speakers.len() < SPEAKERS || speakers.contains_key(&who) {
                        *speakers.entry(who).or_default() += 1;
                    }
                }
                for note in imported.notes {
                    let (kind, message) = (note.kind.id(), said(&note.message));
                    if let Some(known) = look.notes.iter_mut().find(|known| known.1 == message) {
                        known.2 += 1;
                    } else if look.notes.len() < SHOWN {
                        look.notes.push((kind.to_owned(), message.to_owned(), 1));
                    }
                }
                if look.first.is_none() {
                    look.first = Some(first(&imported.conversation, finder));
                }
            }
        }
    }
    let mut speakers: Vec<_> =
        speakers.into_iter().map(|((name, party), turns)| (name, party, turns)).collect();
    speakers.sort_by_key(|(.., turns)| -turns);
    // One who is taken for two parties is asked about once, as whom they speak most.
    let mut seen = std::collections::HashSet::new();
    speakers.retain(|(name, ..)| seen.insert(name.clone()));
    speakers.truncate(SHOWN);
    look.speakers = speakers;
    look
}

/// A note or a problem without what to type at a command.
pub(crate) fn said(message: &str) -> &str {
    const AT_A_COMMAND: [&str; 4] =
        ["; use --", "; say it with --", "; see 'gehoord", "; say what they mean"];
    let end = AT_A_COMMAND.iter().filter_map(|words| message.find(words)).min();
    &message[..end.unwrap_or(message.len())]
}

/// A recording: nothing of it is heard yet.
fn recording(bytes: &Arc<[u8]>, kind: Kind) -> Look {
    let mut look = Look { format: Some(RECORDING.to_owned()), ..Look::default() };
    match AudioReader::open(kind, Box::new(Cursor::new(Arc::clone(bytes)))) {
        Ok(reader) => (look.conversations, look.channels) = (1, reader.channels()),
        Err(error) => {
            let code = NO_SOUND.to_owned();
            look.wrong = 1;
            look.problems.push(Wrong { line: 1, code, message: error.to_string() });
        }
    }
    look
}

impl Told {
    /// Whether it is a recording.
    pub(crate) fn is_recording(&self) -> bool {
        self.look.as_ref().is_some_and(|look| look.format.as_deref() == Some(RECORDING))
    }
}

/// For each file the place of the one that has its words, where it is a recording that can be heard.
pub(crate) fn words_of(files: &[(i64, Told)]) -> Vec<Option<usize>> {
    let named: Vec<(&str, bool)> =
        files.iter().map(|(_, told)| (told.name.as_str(), told.is_recording())).collect();
    paired(&named)
}

fn table(bytes: &[u8], format: Format, options: &Options) -> Option<TableLook> {
    let heading = heading(bytes, format, options).ok()??;
    let columns = heading.columns.into_iter();
    Some(TableLook {
        columns: columns.map(|c| (c.name, c.field.map(str::to_owned), c.values)).collect(),
        parties: heading
            .parties
            .into_iter()
            .map(|(value, party)| (value, party.map(|party| party.id().to_owned())))
            .collect(),
        sheet: heading.sheet,
        sheets: heading.sheets,
    })
}

fn first(conversation: &Conversation, finder: &Pseudonymiser) -> First {
    let mut shown = conversation.clone();
    shown.turns.truncate(TURNS);
    let masked = ConversationMasker::new(finder, None).conversation(&shown).conversation;
    let turns = masked.turns.iter().zip(&shown.turns).map(|(masked, given)| {
        let mut text: String = masked.text.chars().take(LONGEST).collect();
        if masked.text.chars().nth(LONGEST).is_some() {
            text.push('…');
        }
        FirstTurn {
            party: given.party.id().to_owned(),
            speaker: given.speaker.clone(),
            at: given.at.as_ref().map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()),
            text,
        }
    });
    First {
        channel: conversation.channel.id().to_owned(),
        locale: conversation.locale.as_ref().map(ToString::to_string),
        turns: turns.collect(),
        more: conversation.turns.len().saturating_sub(TURNS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_only_the_ending_is_left() {
        assert_eq!(plain_name("WhatsApp-chat met Jan.TXT"), "file.txt");
        assert_eq!(plain_name("../../etc/passwd"), "file");
        assert_eq!(plain_name("a./../b"), "file");
        assert_eq!(plain_name(""), "file");
    }

    #[test]
    fn what_was_recognised_is_told_in_masks() {
        let text = "Jan: Ik ben Jan de Vries, bel me op 0612345678\nSanne: Dag, waarmee kan ik u \
                    helpen?\nJan: Mijn pakket is er niet.\nSanne: Dat zoek ik uit.\n";
        let look = look(
            &text.as_bytes().into(),
            "Jan.txt",
            &Options::default(),
            &Pseudonymiser::embedded(),
        );
        assert_eq!((look.format.as_deref(), look.conversations, look.turns), (Some("text"), 1, 4));
        let first = look.first.unwrap();
        assert!(!first.turns[0].text.contains("0612345678"), "{first:?}");
        let speakers = [("Jan", "customer", 2), ("Sanne", "agent", 2)];
        let seen: Vec<_> =
            look.speakers.iter().map(|(n, p, c)| (n.as_str(), p.as_str(), *c)).collect();
        assert_eq!(seen, speakers);
        assert!(
            look.notes.iter().all(|(_, message, _)| !message.contains("--")),
            "{:?}",
            look.notes
        );
    }
}
