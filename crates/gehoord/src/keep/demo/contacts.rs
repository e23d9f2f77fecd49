//! Eight weeks of conversations: short talks that were written for the corpus, the examples of the
//! repository, and contacts of a few customers that hang together and end today.

use anyhow::{Context, Result, anyhow};
use gehoord_conversation::{Channel, Conversation, Party, Turn};
use gehoord_ingest::{Item, Options, pseudonym::Masks};
use gehoord_server::App;
use gehoord_server::importing::{Recorded, SOUND_DAYS};
use gehoord_server::intake::{Place, take_in};
use gehoord_store::{HeardAnswer, PromiseState, Request, Status};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use serde::Deserialize;

use super::stories::{STORIES, Story};
use super::{EVERYBODY, agents, calls, operator, viewer};

const WEEKS: usize = 8;
/// So many seconds lie between turns that do not say when they were.
const GAP: i64 = 45;
/// So many conversations are written in one transaction.
const TOGETHER: usize = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    contact: Vec<Contact>,
}

/// A contact as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Contact {
    customer: String,
    team: usize,
    agent: Option<String>,
    channel: String,
    subject: String,
    days: Option<i64>,
    at: Option<String>,
    ago: Option<i64>,
    gap: Option<i64>,
    #[serde(default)]
    open: bool,
    promise: Option<String>,
    /// It has sound.
    #[serde(default)]
    recorded: bool,
    turns: Vec<(String, String)>,
}

/// A talk as `demo/talks.jsonl` has it: from the train part of `corpus/cases`, so made up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Talk {
    team: usize,
    locale: String,
    channel: String,
    subject: String,
    turns: Vec<(String, String)>,
}

/// A conversation and where it goes.
struct Planned {
    conversation: Conversation,
    team: usize,
    agent: Option<String>,
    status: Status,
    /// Where its promises stand: none, as the clock has it.
    promises: Option<PromiseState>,
    answer: Option<HeardAnswer>,
    recorded: bool,
}

/// Writes all of them.
pub(super) async fn write(app: &App, teams: &[String]) -> Result<()> {
    let now = Timestamp::now().to_zoned(TimeZone::get("Europe/Amsterdam")?);
    let mut planned = talks(&now)?;
    planned.extend(earlier(&now)?);
    planned.extend(of_today(&now)?);
    let mut ids = Vec::with_capacity(planned.len());
    for together in planned.chunks(TOGETHER) {
        let mut request = app.store().request(&operator(), "demo.contacts").await?;
        for one in together {
            let seed = ids.len() as u64;
            ids.push(keep(app, &mut request, one, teams, seed).await?);
        }
        request.finish().await?;
    }
    lay_before_the_coach(app, &planned, &ids).await
}

async fn keep(
    app: &App,
    request: &mut Request,
    one: &Planned,
    teams: &[String],
    seed: u64,
) -> Result<String> {
    let assigned = match &one.agent {
        Some(login) => request.person_by_login(login).await?.map(|person| person.id),
        None => None,
    };
    let place = Place {
        source: "demo",
        team_id: teams.get(one.team).map(String::as_str),
        assigned_to: assigned.as_deref(),
        status: one.status,
    };
    let (listener, finder) = app.ears();
    let mut conversation = one.conversation.clone();
    let heard = match one.recorded {
        true => Some(calls::recorded(&mut conversation, seed)?),
        false => None,
    };
    let intake = take_in(&conversation, &place, Masks::default(), &listener, finder);
    let written = request.write_conversation(&intake.new).await?;
    let id = written.id().to_owned();
    request.write_report(&id, &intake.report, 0).await?;
    if let Some(heard) = heard {
        let kept = Recorded::new(heard, SOUND_DAYS).kept(&conversation, &intake.spans);
        request.write_recording(&id, &kept).await?;
    }
    if let Some(state) = one.promises {
        for promise in request.promises(&id).await? {
            request.settle_promise(&promise.id, state, None).await?;
        }
    }
    if let Some(answer) = one.answer {
        request.answer(&id, answer, None).await?;
    }
    Ok(id)
}

/// The talks, spread over the weeks until this one, between nine and five on working days.
fn talks(now: &Zoned) -> Result<Vec<Planned>> {
    let file = include_str!("../../../demo/talks.jsonl");
    let mut planned = Vec::new();
    for (at, line) in file.lines().enumerate() {
        let talk: Talk = serde_json::from_str(line).context("a talk of the demo")?;
        let channel: Channel = talk.channel.parse().map_err(|error| anyhow!("{error}"))?;
        let mut conversation = Conversation::new(format!("talk-{at}"), channel);
        conversation.subject = Some(talk.subject);
        conversation.locale = talk.locale.parse().ok();
        conversation.customer = Some(format!("klant-{}", at * 29 % 157));
        for (party, text) in &talk.turns {
            let party: Party = party.parse().map_err(|error| anyhow!("{error}"))?;
            conversation.turns.push(Turn::new(party, text));
        }
        let mut begin = now.checked_sub((2 + i64::try_from(at * 17 % (WEEKS * 7))?).days())?;
        while matches!(begin.weekday(), Weekday::Saturday | Weekday::Sunday) {
            begin = begin.checked_sub(1.day())?;
        }
        let minute = i64::try_from(at * 37 % (8 * 60))?;
        let begin = begin.with().time(Time::constant(9, 0, 0, 0)).build()?;
        let begin = begin.checked_add(minute.minutes())?;
        if let Some(first) = conversation.turns.first_mut() {
            first.at = Some(begin.clone());
        }
        set_times(&mut conversation, &begin, GAP)?;
        planned.push(closed(conversation, talk.team, at)?);
    }
    Ok(planned)
}

/// A conversation that is over; `number` chooses who had it and how it ended.
fn closed(mut conversation: Conversation, team: usize, number: usize) -> Result<Planned> {
    let agents = agents(team);
    let agent = agents.get(number % agents.len().max(1)).context("an agent of the demo")?;
    name_speakers(&mut conversation, agent.name);
    Ok(Planned {
        conversation,
        team,
        agent: Some(agent.login.to_owned()),
        status: Status::Closed,
        promises: Some(match number % 9 {
            0 => PromiseState::Broken,
            1 => PromiseState::Withdrawn,
            _ => PromiseState::Kept,
        }),
        answer: match number % 6 {
            0 | 3 => Some(HeardAnswer::Yes),
            1 => Some(HeardAnswer::Partly),
            5 => Some(HeardAnswer::No),
            _ => None,
        },
        recorded: false,
    })
}

/// The examples, two weeks each.
fn earlier(now: &Zoned) -> Result<Vec<Planned>> {
    let mut planned = Vec::new();
    for (at, story) in STORIES.iter().enumerate() {
        let example = read(story)?;
        for week in 1..=WEEKS {
            // No story often: people say something else every time.
            if (at + week) % 4 != 0 {
                continue;
            }
            let mut conversation = example.clone();
            conversation.id = format!("{}-{week}", story.name);
            conversation.subject = Some(story.subject.to_owned());
            conversation.customer = Some(format!("klant-{}", (at * 29 + week * 17) % 211));
            let days = i64::try_from(week * 7)? - i64::try_from(at % 5)?;
            let begin = now.checked_sub(days.days())?;
            set_times(&mut conversation, &begin, GAP)?;
            planned.push(closed(conversation, story.team, at * 5 + week)?);
        }
    }
    Ok(planned)
}

fn read(story: &Story) -> Result<Conversation> {
    let mut items = gehoord_ingest::read(story.file.as_bytes(), story.name, &Options::default());
    match items.next() {
        Some(Item::Conversation(imported)) => Ok(imported.conversation),
        Some(Item::Problem(problem)) => Err(anyhow!("{}: {}", story.name, problem.message)),
        None => Err(anyhow!("{}: nothing in it", story.name)),
    }
}

/// Has the conversation begin at `begin`, at the time of day that it has, or at ten; with the time
/// between its turns that it has, or `gap` seconds.
fn set_times(conversation: &mut Conversation, begin: &Zoned, gap: i64) -> Result<()> {
    let first = conversation.turns.first().and_then(|turn| turn.at.clone());
    let time = first.as_ref().map_or(Time::constant(10, 0, 0, 0), |first| first.time());
    let begin = begin.with().time(time).build()?;
    let mut last = begin.clone();
    for turn in &mut conversation.turns {
        let after: Span = match (&turn.at, &first) {
            (Some(at), Some(first)) => (at.timestamp() - first.timestamp()).get_seconds().seconds(),
            _ => (last.timestamp() - begin.timestamp()).get_seconds().seconds(),
        };
        let at = begin.checked_add(after)?;
        last = at.checked_add(gap.seconds())?;
        turn.at = Some(at);
    }
    Ok(())
}

fn name_speakers(conversation: &mut Conversation, agent: &str) {
    for turn in &mut conversation.turns {
        turn.speaker = (turn.party == Party::Agent).then(|| agent.to_owned());
    }
}

/// The contacts of the file.
fn of_today(now: &Zoned) -> Result<Vec<Planned>> {
    let file: File = toml::from_str(include_str!("../../../demo/contacts.toml"))?;
    let mut planned = Vec::new();
    for (at, contact) in file.contact.into_iter().enumerate() {
        let channel: Channel = contact.channel.parse().map_err(|error| anyhow!("{error}"))?;
        let name = format!("{}-{at}", contact.customer);
        let mut conversation = Conversation::new(&name, channel);
        conversation.customer = Some(contact.customer.clone());
        conversation.subject = Some(contact.subject.clone());
        conversation.locale = "nl-NL".parse().ok();
        for (party, text) in &contact.turns {
            let party: Party = party.parse().map_err(|error| anyhow!("{error}"))?;
            conversation.turns.push(Turn::new(party, text));
        }
        let gap = contact.gap.unwrap_or(GAP);
        let turns = i64::try_from(contact.turns.len())? - 1;
        let begin = match (contact.days, &contact.at, contact.ago) {
            (Some(days), Some(at), _) => {
                let time: Time = at.parse()?;
                now.checked_sub(days.days())?.with().time(time).build()?
            }
            (.., Some(ago)) => now.checked_sub((ago * 60 + turns * gap).seconds())?,
            _ => return Err(anyhow!("{name}: when was it?")),
        };
        for (turn, after) in conversation.turns.iter_mut().zip(0_i64..) {
            turn.at = Some(begin.checked_add((after * gap).seconds())?);
        }
        if let Some(login) = &contact.agent {
            let agent = EVERYBODY.iter().find(|one| one.login == login).context("no such agent")?;
            name_speakers(&mut conversation, agent.name);
        }
        planned.push(Planned {
            conversation,
            team: contact.team,
            agent: contact.agent,
            status: if contact.open { Status::Open } else { Status::Closed },
            promises: match contact.promise.as_deref() {
                Some("broken") => Some(PromiseState::Broken),
                Some("kept") => Some(PromiseState::Kept),
                _ => None,
            },
            answer: None,
            recorded: contact.recorded,
        });
    }
    Ok(planned)
}

/// The first agent asks the coach about one of their conversations.
async fn lay_before_the_coach(app: &App, planned: &[Planned], ids: &[String]) -> Result<()> {
    let asks = viewer(app, "samira").await?;
    let coach = viewer(app, "noor").await?;
    let about = planned.iter().zip(ids).find(|(one, _)| {
        one.agent.as_deref() == Some("samira") && one.conversation.id.starts_with("monteur")
    });
    let Some((_, id)) = about else { return Ok(()) };
    let question = "Ik zei sorry en beloofde terug te komen, maar het voelde vlak. Wat had ik nog \
                    kunnen vragen?";
    let mut request = app.store().request(&asks, "demo.share").await?;
    request.share(id, None, coach.person_id().unwrap_or_default(), question).await?;
    request.finish().await?;
    Ok(())
}
