//! Contacten: the list, with what to filter by; and looking for words.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gehoord_store::{ConversationFilter, ConversationRow, Cursor, Right, Search, Status, Team};
use serde::Deserialize;

use super::contact::{channel, short, way_to};
use super::frame::Frame;
use super::lines::Line;
use super::problem::{PageError, page as shown};
use super::visit::Visit;
use super::when;
use crate::access::policy;
use crate::api::extract::{Asked, after, fits};
use crate::app::App;

/// So many on one page.
const PAGE: i64 = 25;

#[derive(Template)]
#[template(path = "contacts.html")]
struct Contacts {
    frame: Frame,
    /// "From" is later than "until".
    backwards: bool,
    asked: Filter,
    /// Teams to choose from; fewer than two are no choice.
    teams: Vec<Team>,
    agent: bool,
    may_search: bool,
    lines: Vec<Line>,
    next: Option<String>,
}

/// What was asked for; empty: everything.
#[derive(Deserialize, Default, Clone)]
pub(crate) struct Filter {
    #[serde(default)]
    status: String,
    #[serde(default)]
    whose: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    /// Where the page before ended.
    after: Option<String>,
}

/// A text that was filled in.
pub(super) fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// Whether two days stand the wrong way round.
fn backwards(from: &str, until: &str) -> bool {
    let day = |text: &str| filled(text).and_then(|day| when::midnight(day, 0));
    day(from).zip(day(until)).is_some_and(|(from, until)| from > until)
}

/// The address of the next page: the same question, further back.
pub(super) fn next(path: &str, asked: &[(&str, &str)], after: &Cursor) -> String {
    let mut query = format!("{path}?after={after}");
    for (name, value) in asked.iter().filter(|(_, value)| !value.is_empty()) {
        let value: String = value.bytes().map(super::problem::encoded).collect();
        query.push_str(&format!("&{name}={value}"));
    }
    query
}

/// The list.
pub(crate) async fn list(
    State(app): State<App>,
    visit: Visit<policy::ReadConversations>,
    Asked(asked): Asked<Filter>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    fits("team", &asked.team, 200)?;
    let until = filled(&asked.until).and_then(|day| when::midnight(day, 1));
    let filter = ConversationFilter {
        team_id: filled(&asked.team).map(str::to_owned),
        status: match asked.status.as_str() {
            "open" => Some(Status::Open),
            "closed" => Some(Status::Closed),
            _ => None,
        },
        from: filled(&asked.from).and_then(|day| when::midnight(day, 0)),
        until,
        after: after(asked.after.as_deref())?,
        mine: asked.whose == "me",
        customer: None,
        limit: PAGE,
    };
    let mut request = app.store.request(&viewer, "conversation.list").await?;
    let page = request.conversations(&filter).await?;
    let (teams, people) = match viewer.may(Right::ReadPeople) {
        true => (request.teams().await?, request.people().await?),
        false => (Vec::new(), Vec::new()),
    };
    let now = request.now();
    request.finish().await?;
    let lang = frame.lang;
    let again = [
        ("status", asked.status.as_str()),
        ("whose", &asked.whose),
        ("team", &asked.team),
        ("from", &asked.from),
        ("until", &asked.until),
    ];
    let title = frame.t.frame.contacts.clone();
    let line = |row: &ConversationRow| {
        let line = Line::new(row, None, lang, now);
        if asked.whose == "me" { line } else { line.with_helper(row, &people, &viewer, lang) }
    };
    let lines = page.rows.iter().map(line).collect();
    shown(&Contacts {
        lines,
        next: page.next.map(|after| next("/contacts", &again, &after)),
        teams,
        agent: viewer.may(Right::WriteConversations),
        may_search: viewer.may(Right::Search),
        backwards: backwards(&asked.from, &asked.until),
        asked,
        frame: frame.titled(&title),
    })
}

/// A turn that was found.
struct Found {
    /// None: the viewer may read the words, and not the conversation.
    path: Option<String>,
    icon: String,
    channel: &'static str,
    /// What the contact is about, for who may read it.
    subject: Option<String>,
    speaker: &'static str,
    when: String,
    /// The words, each stretch with whether it was looked for.
    words: Vec<(String, bool)>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    /// "From" is later than "until".
    backwards: bool,
    asked: Question,
    may_read: bool,
    /// None: nothing was asked yet.
    found: Option<Vec<Found>>,
    next: Option<String>,
}

/// What to look for.
#[derive(Deserialize, Default, Clone)]
pub(crate) struct Question {
    #[serde(default)]
    words: String,
    #[serde(default)]
    party: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    after: Option<String>,
}

/// Looks for words.
pub(crate) async fn search(
    State(app): State<App>,
    visit: Visit<policy::Search>,
    Asked(asked): Asked<Question>,
) -> Result<Response, PageError> {
    let (viewer, frame) = (visit.door.viewer, visit.frame);
    fits("words", &asked.words, 1_000)?;
    let may_read = viewer.may(Right::ReadConversations);
    let wanted: Vec<String> = stems(&asked.words);
    let (mut found, mut last) = (None, None);
    if !wanted.is_empty() {
        let until = filled(&asked.until).and_then(|day| when::midnight(day, 1));
        let search = Search {
            words: asked.words.clone(),
            from: filled(&asked.from).and_then(|day| when::midnight(day, 0)),
            until,
            after: after(asked.after.as_deref())?,
            team_id: None,
            party: Some(asked.party.clone()).filter(|p| matches!(p.as_str(), "customer" | "agent")),
            limit: PAGE,
        };
        let mut request = app.store.request(&viewer, "search").await?;
        let hits = request.search(&search).await?;
        let now = request.now();
        request.finish().await?;
        last = hits.next;
        let t = frame.t;
        let one = |hit: gehoord_store::Hit| Found {
            path: may_read.then(|| way_to(&hit.conversation_id, hit.position)),
            channel: channel(t, &hit.channel),
            icon: hit.channel,
            subject: hit.subject.filter(|subject| may_read && !subject.trim().is_empty()),
            speaker: match hit.party.as_str() {
                "customer" => &t.contact.customer,
                "bot" => &t.contact.bot,
                _ => &t.search.us,
            },
            when: when::moment(frame.lang, hit.said_at, now),
            words: marked(&around(&hit.text, &wanted), &wanted),
        };
        found = Some(hits.rows.into_iter().map(one).collect());
    }
    let again = [
        ("words", asked.words.as_str()),
        ("party", &asked.party),
        ("from", &asked.from),
        ("until", &asked.until),
    ];
    let title = frame.t.search.title.clone();
    shown(&SearchPage {
        next: last.map(|after| next("/search", &again, &after)),
        found,
        may_read,
        backwards: backwards(&asked.from, &asked.until),
        asked,
        frame: frame.titled(&title),
    })
}

/// How the words that were asked for begin, whatever their form.
fn stems(words: &str) -> Vec<String> {
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let letters: Vec<char> = word.to_lowercase().chars().collect();
            let keep = if letters.len() > 5 { letters.len() - 2 } else { letters.len() };
            letters[..keep].iter().collect()
        })
        .collect()
}

/// So many characters of what was said are shown, and so many of them before what was looked for.
const SHOWN: usize = 320;
const BEFORE: usize = 120;

/// The text on one line, cut when it is long, with what was looked for in it.
fn around(text: &str, wanted: &[String]) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = marked(&line, wanted);
    let before = parts.iter().take_while(|(_, hit)| !*hit).map(|(text, _)| text.chars().count());
    let before: usize = before.sum();
    if before <= SHOWN - BEFORE || before >= line.chars().count() {
        return short(&line, SHOWN);
    }
    let from = line.char_indices().nth(before - BEFORE).map_or(0, |(at, _)| at);
    let from = line[from..].find(' ').map_or(from, |at| from + at + 1);
    format!("…{}", short(&line[from..], SHOWN))
}

/// The text, cut into words that were looked for and what lies between.
fn marked(text: &str, wanted: &[String]) -> Vec<(String, bool)> {
    let mut cut: Vec<(String, bool)> = Vec::new();
    for piece in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = piece.to_lowercase();
        let hit = wanted.iter().any(|stem| word.starts_with(stem.as_str()));
        let end = piece.char_indices().next_back().filter(|(_, c)| hit && !c.is_alphanumeric());
        let (word, rest) = piece.split_at(end.map_or(piece.len(), |(at, _)| at));
        for (text, hit) in [(word, hit), (rest, false)] {
            match cut.last_mut() {
                Some((before, was)) if *was == hit => before.push_str(text),
                _ => cut.push((text.to_owned(), hit)),
            }
        }
    }
    cut.retain(|(text, _)| !text.is_empty());
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_for_is_marked_in_any_form() {
        let cut = marked("Twee storingen, <b>storing</b>!", &stems("storingen"));
        let hits: Vec<&str> =
            cut.iter().filter(|(_, hit)| *hit).map(|(text, _)| text.as_str()).collect();
        assert_eq!(hits, ["storingen", "storing"]);
        let whole: String = cut.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(whole, "Twee storingen, <b>storing</b>!");
    }

    #[test]
    fn what_was_looked_for_stands_in_what_is_shown() {
        let long = format!("{}een storing op zolder {}", "woord ".repeat(300), "en ".repeat(300));
        let wanted = stems("storing");
        let shown = around(&long, &wanted);
        assert!(shown.starts_with('…') && shown.contains("storing"), "{shown}");
        assert!(shown.chars().count() <= SHOWN + 2, "{shown}");
        assert_eq!(around("Een storing.", &wanted), "Een storing.");
        assert!(around(&"woord ".repeat(300), &wanted).starts_with("woord"));
    }

    #[test]
    fn the_next_page_asks_the_same() {
        let after: Cursor = "0000000000000005a-b".parse().unwrap();
        let address = next("/search", &[("words", "a&b=c é"), ("from", "")], &after);
        assert_eq!(address, "/search?after=0000000000000005a-b&words=a%26b%3Dc%20%C3%A9");
    }
}
