//! A store that grows: how fast it fills, and whether it answers as fast when it is large.

use std::time::Instant;

use anyhow::{Result, ensure};
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_ingest::pseudonym::{Masks, Pseudonymiser};
use gehoord_listening::Listener;
use gehoord_server::intake::{Place as Destination, take_in};
use gehoord_store::{ConversationFilter, NewConversation, NewTurn, Search, Status, Store, Viewer};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::sentences::{COMMON, Chance, MIDDLING, RARE};
use super::{Agent, Place, agents, machine, pages, quantile, sentences};

/// Turns of each conversation.
const TURNS: usize = 15;
/// Conversations in one transaction.
const STEP: usize = 1_000;
/// One conversation in so many is heard too: findings and promises.
const HEARD: usize = 10;
/// One conversation in so many is still open.
const OPEN: usize = 20;
/// Teams that share the conversations.
const TEAMS: usize = 5;
/// Days over which they are spread.
const DAYS: i64 = 3 * 365;
/// How often each question is asked.
const TIMES: usize = 25;
/// Every answer comes within so many milliseconds.
const AIM: f64 = 50.0;

/// Fills a store up to so many conversations and asks it at 1 %, 10 % and 100 % of them.
pub(super) async fn run(conversations: usize, place: &Place) -> Result<()> {
    let store = place.open().await?;
    let agents = agents(&store, TEAMS).await?;
    pages::people(&store, &agents[0]).await?;
    let ears = (Listener::embedded()?, Pseudonymiser::embedded());
    let mut chance = Chance::new(1);
    let now = Timestamp::now();
    println!("{:?}, {}", store.backend(), machine::load());
    let mut kept = Vec::with_capacity(conversations);
    let mut late = Vec::new();
    for goal in [conversations / 100, conversations / 10, conversations] {
        let started = Instant::now();
        let before = kept.len();
        while kept.len() < goal {
            let end = goal.min(kept.len() + STEP);
            fill(&store, &agents, &ears, &mut chance, now, &mut kept, end).await?;
        }
        store.count_up().await?;
        let took = started.elapsed().as_secs_f64();
        let turns = (goal - before) * TURNS;
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = turns as f64 / took;
        println!(
            "\n{goal} conversations (+{turns} turns in {took:.0} s: {rate:.0} turns/s), {}",
            machine::load()
        );
        late.extend(ask(&store, &agents, &kept, &mut chance, now).await?);
        // The first is of the first team, and was heard.
        late.extend(pages::ask(place, &kept[0]).await?);
    }
    store.close().await;
    ensure!(late.is_empty(), "over what is aimed at: {}", late.join("; "));
    Ok(())
}

/// Keeps conversations up to the `end`th in one transaction.
async fn fill(
    store: &Store,
    agents: &[Agent],
    ears: &(Listener, Pseudonymiser),
    chance: &mut Chance,
    now: Timestamp,
    kept: &mut Vec<String>,
    end: usize,
) -> Result<()> {
    let mut request = store.request(&Viewer::operator(), "import").await?;
    while kept.len() < end {
        let number = kept.len();
        let given = conversation(chance, number, now)?;
        let agent = serving(agents, number);
        let destination = Destination {
            source: "load",
            team_id: Some(&agent.team),
            assigned_to: agent.viewer.person_id(),
            status: if number.is_multiple_of(OPEN) { Status::Open } else { Status::Closed },
        };
        let id = if number.is_multiple_of(HEARD) {
            let intake = take_in(&given, &destination, Masks::default(), &ears.0, &ears.1);
            let written = request.write_conversation(&intake.new).await?;
            request.write_report(written.id(), &intake.report, 0).await?;
            written.id().to_owned()
        } else {
            request.write_conversation(&plain(given, &destination)).await?.id().to_owned()
        };
        kept.push(id);
    }
    Ok(request.finish().await?)
}

/// Whose conversation it is; each has heard and unheard, open and closed ones.
fn serving(agents: &[Agent], number: usize) -> &Agent {
    &agents[number / OPEN % agents.len()]
}

/// The conversation as it is kept, without listening to it; there is nothing to mask in it.
fn plain(given: Conversation, destination: &Destination<'_>) -> NewConversation {
    let turn = |turn: Turn| NewTurn {
        party: turn.party.id().to_owned(),
        speaker: None,
        person_id: None,
        text: turn.text,
        at: turn.at.as_ref().map(ToString::to_string),
        said_at: turn.at.as_ref().map(|at| at.timestamp().as_millisecond()),
        external_id: None,
    };
    NewConversation {
        source: destination.source.to_owned(),
        external_id: given.id,
        customer: given.customer,
        team_id: destination.team_id.map(str::to_owned),
        assigned_to: destination.assigned_to.map(str::to_owned),
        channel: given.channel.id().to_owned(),
        locale: None,
        subject: None,
        status: destination.status,
        turns: given.turns.into_iter().map(turn).collect(),
        originals: Vec::new(),
    }
}

/// Customer and agent in turn, half a minute apart, at some moment of the last three years.
fn conversation(chance: &mut Chance, number: usize, now: Timestamp) -> Result<Conversation> {
    let mut conversation = Conversation::new(format!("load-{number}"), Channel::Chat);
    conversation.customer = Some(format!("customer-{}", chance.below(20_000)));
    let back = i64::try_from(chance.below(86_400 * DAYS.unsigned_abs()))?;
    let mut at = now - back.seconds();
    for turn in 0..TURNS {
        let (party, text) = if turn % 2 == 0 {
            (Party::Customer, sentences::customer(chance))
        } else {
            (Party::Agent, sentences::agent(chance))
        };
        let mut said = Turn::new(party, text);
        said.at = Some(at.to_zoned(TimeZone::UTC));
        conversation.turns.push(said);
        at += 30.seconds();
    }
    Ok(conversation)
}

/// Asks everything and prints how long it took; gives what took too long.
async fn ask(
    store: &Store,
    agents: &[Agent],
    kept: &[String],
    chance: &mut Chance,
    now: Timestamp,
) -> Result<Vec<String>> {
    let mut late = Vec::new();
    let mut note = |what: &str, mut took: Vec<f64>, found: usize| {
        took.sort_by(f64::total_cmp);
        let (half, most) = (quantile(&took, 0.5), quantile(&took, 0.95));
        println!("  {what:<34} median {half:>7.2} ms, 95 % {most:>7.2} ms, {found} found");
        if half > AIM {
            late.push(format!("{what} at {}: {half:.0} ms", kept.len()));
        }
    };
    let (mut took, mut histories) = (Vec::new(), Vec::new());
    let (mut found, mut contacts) = (0, 0);
    for _ in 0..TIMES {
        // One that was heard.
        let number = usize::try_from(chance.below((kept.len() / HEARD) as u64))? * HEARD;
        let viewer = &serving(agents, number).viewer;
        let started = Instant::now();
        let mut request = store.request(viewer, "conversation.read").await?;
        found = request.conversation(&kept[number]).await?.turns.len();
        request.finish().await?;
        took.push(started.elapsed().as_secs_f64() * 1e3);
        let started = Instant::now();
        let mut request = store.request(viewer, "conversation.history").await?;
        contacts = contacts.max(request.history(&kept[number]).await?.len());
        request.finish().await?;
        histories.push(started.elapsed().as_secs_f64() * 1e3);
    }
    note("read a conversation", took, found);
    note("contacts of one customer", histories, contacts);

    let middle = now - (24 * 500).hours();
    let ago = |hours: i64| (now - hours.hours()).as_millisecond();
    let lists = [
        ("list, the newest", ConversationFilter::default()),
        (
            "list of a day",
            ConversationFilter {
                from: Some((middle - 24.hours()).as_millisecond()),
                until: Some(middle.as_millisecond()),
                ..Default::default()
            },
        ),
        (
            "list, open ones",
            ConversationFilter { status: Some(Status::Open), ..Default::default() },
        ),
        ("list, my own", ConversationFilter { mine: true, ..Default::default() }),
        (
            "list of one customer",
            ConversationFilter {
                customer: Some(customer_of(store, &kept[0]).await?),
                ..Default::default()
            },
        ),
    ];
    for (what, filter) in lists {
        let (mut took, mut found) = (Vec::new(), 0);
        for time in 0..TIMES {
            let started = Instant::now();
            let viewer = &agents[time % agents.len()].viewer;
            let mut request = store.request(viewer, "conversation.list").await?;
            found = found.max(request.conversations(&filter).await?.rows.len());
            request.finish().await?;
            took.push(started.elapsed().as_secs_f64() * 1e3);
        }
        note(what, took, found);
    }

    let (mut took, mut found) = (Vec::new(), 0);
    for time in 0..TIMES {
        let started = Instant::now();
        let mut request = store.request(&agents[time % TEAMS].viewer, "promises").await?;
        found = found.max(request.open_promises(None, None, 50).await?.rows.len());
        request.finish().await?;
        took.push(started.elapsed().as_secs_f64() * 1e3);
    }
    note("open promises", took, found);

    for (how, words) in [("rare", RARE), ("middling", MIDDLING), ("common", COMMON)] {
        for (window, from) in [("day", Some(ago(24))), ("month", Some(ago(24 * 30))), ("all", None)]
        {
            let search = Search { words: words.to_owned(), from, ..Search::default() };
            let (mut took, mut found) = (Vec::new(), 0);
            for time in 0..TIMES {
                let started = Instant::now();
                let mut request = store.request(&agents[time % TEAMS].viewer, "search").await?;
                found = found.max(request.search(&search).await?.rows.len());
                request.finish().await?;
                took.push(started.elapsed().as_secs_f64() * 1e3);
            }
            note(&format!("search, {how} word, {window}"), took, found);
        }
    }
    Ok(late)
}

async fn customer_of(store: &Store, id: &str) -> Result<String> {
    let mut request = store.request(&Viewer::machine(), "conversation.read").await?;
    let customer = request.conversation(id).await?.row.customer;
    request.finish().await?;
    Ok(customer.unwrap_or_default())
}
