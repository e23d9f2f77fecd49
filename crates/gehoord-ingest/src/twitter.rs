//! Tables of tweets, as in "Customer Support on Twitter": a row for each tweet, with the ids of
//! the tweets that it answers and that answer it.

use std::collections::{HashMap, VecDeque};

use gehoord_conversation::Channel;

use crate::columns::usual_form;
use crate::decode::decode;
use crate::item::{Imported, Item, Note, Problem, places};
use crate::options::Options;
use crate::party::only_customer;
use crate::replies::{Reply, Thread, threads};
use crate::rows::{Row, Table, delimiter};

/// Whether the first line of an input names the columns of a table of tweets.
pub(crate) fn looks_like_tweets(first: &str) -> bool {
    let names: Vec<String> = first.split(char::from(delimiter(first))).map(usual_form).collect();
    ["tweetid", "inresponsetotweetid", "text"].iter().all(|name| names.iter().any(|n| n == name))
}

/// The threads of a table of tweets, each made into a conversation when it is asked for.
#[derive(Debug)]
pub(crate) struct Tweets {
    table: Table,
    /// Ids by row: the first of the thread names the conversation.
    ids: Option<usize>,
    threads: std::vec::IntoIter<Thread>,
    options: Options,
    ready: VecDeque<Item>,
    /// A note about the whole input, for its first conversation.
    note: Option<Note>,
    problems: Vec<Problem>,
    /// How many of the problems were told.
    told: usize,
}

impl Tweets {
    /// Reads every row; fails when the columns are not those of tweets.
    pub(crate) fn read(bytes: Vec<u8>, options: &Options) -> Result<Self, Problem> {
        let decoded = decode(bytes);
        let options =
            Options { channel: options.channel.or(Some(Channel::Social)), ..options.clone() };
        let mut table = Table::read(&decoded.text, &options)?;
        let at = |name: &str| table.columns.names.iter().position(|n| usual_form(n) == name);
        let (ids, answers, answered_by) =
            (at("tweetid"), at("inresponsetotweetid"), at("responsetweetid"));
        if ids.is_none() || (answers.is_none() && answered_by.is_none()) {
            let message = "no columns 'tweet_id' and 'in_response_to_tweet_id', which say how \
                           tweets hang together; read the table with --from csv";
            return Err(Problem::new(1, "missing_column", message));
        }
        let threads = threads(&replies(&table.rows, ids, answers, answered_by));
        let mut problems = std::mem::take(&mut table.problems);
        if table.rows.is_empty() && problems.is_empty() {
            problems.push(Problem::new(1, "no_turns", "the table has no rows with a tweet"));
        }
        Ok(Self {
            table,
            ids,
            threads: threads.into_iter(),
            options,
            ready: VecDeque::new(),
            note: decoded.note,
            problems,
            told: 0,
        })
    }

    fn conversation(&mut self, thread: &Thread) -> Option<Imported> {
        let rows = &self.table.rows;
        let first = &rows[*thread.members.first()?];
        let name = cell(first, self.ids).unwrap_or("tweet").to_owned();
        let lines = |rows: &[usize], table: &Table| -> Vec<usize> {
            rows.iter().map(|i| table.rows[*i].line).collect()
        };
        let mut problems = std::mem::take(&mut self.problems);
        let imported =
            self.table.conversation(&thread.members, &name, &self.options, &mut problems);
        self.problems = problems;
        let mut imported = imported?;
        let conversation = &mut imported.conversation;
        let author = only_customer(&conversation.turns);
        conversation.customer = conversation.customer.take().or(author);
        imported.notes.splice(0..0, self.note.take());
        if !thread.orphans.is_empty() {
            let places = places("line", &lines(&thread.orphans, &self.table));
            let message = format!("the tweet that is answered in {places} is not in this file");
            imported.notes.push(Note::left_out(message));
        }
        if thread.circle {
            let message = "these tweets answer one another in a circle, so which came first was \
                           taken from their times or their order";
            imported.notes.push(Note::guessed(message));
        }
        Some(imported)
    }

    /// The problems that are not told yet and stand before `line`.
    fn tell(&mut self, line: usize) {
        while let Some(problem) = self.problems.get(self.told).filter(|p| p.line < line) {
            self.ready.push_back(Item::Problem(problem.clone()));
            self.told += 1;
        }
    }
}

impl Iterator for Tweets {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while self.ready.is_empty() {
            let Some(thread) = self.threads.next() else {
                self.tell(usize::MAX);
                break;
            };
            if let Some(imported) = self.conversation(&thread) {
                self.tell(imported.line);
                self.ready.push_back(Item::Conversation(imported));
            }
        }
        self.ready.pop_front()
    }
}

fn cell(row: &Row, at: Option<usize>) -> Option<&str> {
    row.record.get(at?).map(str::trim).filter(|text| !text.is_empty())
}

/// What each tweet answers: as it says itself, or else as the answered tweet says.
fn replies(
    rows: &[Row],
    ids: Option<usize>,
    answers: Option<usize>,
    answered_by: Option<usize>,
) -> Vec<Reply<'_>> {
    let mut said_by_other: HashMap<&str, &str> = HashMap::new();
    for row in rows {
        let (Some(id), Some(list)) = (cell(row, ids), cell(row, answered_by)) else { continue };
        for answer in list.split(',').map(str::trim).filter(|answer| !answer.is_empty()) {
            said_by_other.entry(answer).or_insert(id);
        }
    }
    rows.iter()
        .map(|row| {
            let id = cell(row, ids);
            let other = || said_by_other.get(id?).copied();
            Reply { id, answers: cell(row, answers).or_else(other) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::shown;

    const HEADER: &str =
        "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n";

    fn read(rows: &str) -> Vec<Item> {
        let csv = format!("{HEADER}{rows}");
        Tweets::read(csv.into_bytes(), &Options::default()).unwrap().collect()
    }

    fn check(rows: &str) -> Vec<String> {
        shown(read(rows))
    }

    fn notes(rows: &str) -> String {
        let items = read(rows);
        let notes = items.iter().flat_map(|item| match item {
            Item::Conversation(imported) => imported.notes.clone(),
            Item::Problem(_) => Vec::new(),
        });
        notes.map(|note| note.message).collect::<Vec<_>>().join("; ")
    }

    const AT: &str = "Tue Oct 31 22:10:47 +0000 2017";

    #[test]
    fn threads_are_joined_wherever_their_tweets_stand() {
        let rows = format!(
            "3,115712,True,Tue Oct 31 22:12:00 +0000 2017,\"still nothing, really\",,2\n\
             9,115713,True,{AT},other,10,\n\
             2,sprintcare,False,Tue Oct 31 22:11:00 +0000 2017,sorry,\"3\",1\n\
             1,115712,True,{AT},help,2,\n10,sprintcare,False,{AT},hello,,\n"
        );
        assert_eq!(
            check(&rows),
            [
                "3 9: customer other, agent hello",
                "5 1: customer help, agent sorry, customer still nothing, really"
            ]
        );
        let items = read(&rows);
        let Item::Conversation(imported) = &items[1] else { panic!("{items:?}") };
        let (conversation, turn) = (&imported.conversation, &imported.conversation.turns[1]);
        assert_eq!(conversation.channel, Channel::Social);
        assert_eq!(conversation.customer.as_deref(), Some("115712"));
        assert_eq!(turn.speaker.as_deref(), Some("sprintcare"));
        assert_eq!(turn.external_id.as_deref(), Some("2"));
        let at = turn.at.as_ref().unwrap();
        assert_eq!(at.timestamp().to_string(), "2017-10-31T22:11:00Z");
        assert!(imported.notes.is_empty(), "{:?}", imported.notes);
    }

    #[test]
    fn circles_and_missing_tweets_lose_nothing() {
        let rows = format!(
            "1,a,True,{AT},one,,2\n2,b,False,{AT},two,,1\n3,a,True,{AT},three,,77\n\
             4,b,False,{AT},four,,77\n5,a,True,{AT},five,,5\n"
        );
        assert_eq!(
            check(&rows),
            [
                "2 1: customer one, agent two",
                "4 3: customer three, agent four",
                "6 5: customer five"
            ]
        );
        let notes = notes(&rows);
        assert!(notes.contains("in a circle"), "{notes}");
        assert!(notes.contains("answered in lines 4-5 is not in this file"), "{notes}");
    }

    #[test]
    fn bad_rows_stand_in_their_place() {
        let rows = format!(
            "1,a,True,{AT},one,,\n2,a,True\n3,a,True,gisteren,three,,\n4,a,True,{AT},four,,\n"
        );
        assert_eq!(
            check(&rows),
            [
                "2 1: customer one",
                "3 bad_row",
                "4 3: customer three",
                "4 invalid_time",
                "5 4: customer four"
            ]
        );
        assert_eq!(check(""), ["1 no_turns"]);
    }

    #[test]
    fn other_tables_are_one_clear_problem() {
        for csv in ["", "a,b\n1,2\n", "author_id,text\nx,y\n"] {
            let problem = Tweets::read(csv.into(), &Options::default()).unwrap_err();
            assert!(["no_turns", "missing_column"].contains(&problem.code), "{problem}");
        }
        assert!(looks_like_tweets(HEADER.trim_end()));
        assert!(!looks_like_tweets("tweet_id,author_id,text"));
    }
}
