//! A contact as a file of its own, for `gehoord listen --format html`: looks like the page, from the
//! same parts, and asks for nothing from anywhere. It has no script; its style sheet stands in it,
//! and its own rules for contents allow nothing else. It names parties, never who spoke: no export
//! joins a person and a score.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gehoord_conversation::voice::{VoiceLines, VoiceReport};
use gehoord_conversation::wire::WireReport;
use gehoord_conversation::wire::report::WireTurnReport;
use gehoord_conversation::{Channel, Conversation, Language, Outcome, Party, Promise, Report};
use gehoord_listening::Rubric;
use gehoord_store::{Analysis, ConversationRow, ConversationView, NoSound, Recording, SoundKept};
use gehoord_store::{PromiseRow, PromiseState, TurnView};
use jiff::Zoned;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::beside::{self, Promised, Signal, Verdict, Well, channel};
use super::call::{self, CallShown};
use super::course::{self, Course};
use super::said::{Said, Saying};
use super::{capital, last_signals, most_urgent, well, with_signals};
use crate::pages::assets::style;
use crate::pages::figures::{clock, length};
use crate::pages::frame::Frame;
use crate::pages::texts::{Lang, fill};
use crate::pages::when;

/// So many signals, and so many promises, are listed beside the turns.
const LISTED: usize = 40;
/// 1970: nothing is of its day or year, so a file says whole dates.
const LONG_AGO: i64 = 0;

/// How a call sounded, for its sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sounded {
    /// Name of the recording.
    pub id: String,
    /// How it was said.
    pub voice: VoiceReport,
    /// How loud and how high both voices were.
    pub lines: VoiceLines,
    /// What was written out where nobody can tell whose words they are: when it begins, in
    /// milliseconds, and the words.
    pub said: Vec<(u32, String)>,
}

/// One conversation with what was heard in it, drawn.
pub struct Sheet {
    title: String,
    name: String,
    facts: Vec<String>,
    html: String,
}

#[derive(Template)]
#[template(path = "contact/sheet.html")]
struct Drawn {
    frame: Frame,
    at: String,
    /// Only for the forms of the page, which no file has.
    id: &'static str,
    title: String,
    icon: &'static str,
    channel: &'static str,
    name: String,
    facts: Vec<String>,
    several: bool,
    turns: Vec<Said>,
    /// None of a call whose words are not known: then there is nothing but how it sounded.
    verdict: Option<Verdict>,
    answer: Option<(&'static str, Option<String>)>,
    well: Vec<Well>,
    promises: Vec<Promised>,
    signals: Option<Vec<Signal>>,
    met: String,
    /// Says that not all signals or promises are listed.
    not_all: Option<String>,
    course: Option<Course>,
    /// How it sounded, where it was a recording.
    call: Option<CallShown>,
    /// The table of its turns stands open: nobody can ask for it later.
    call_table: bool,
    may_doubt: bool,
    may_settle: bool,
}

impl Drawn {
    fn capital(&self, text: &str) -> String {
        capital(text)
    }

    /// The customer gave no sign that asked for more than an answer.
    fn nothing_signalled(&self) -> bool {
        self.signals.as_ref().is_none_or(Vec::is_empty)
    }

    /// The way to a turn.
    fn way(&self, position: &i64) -> String {
        format!("#{}turn-{position}", self.at)
    }
}

/// What stands in a list of contents.
struct Entry<'s> {
    place: String,
    title: &'s str,
    name: &'s str,
    facts: String,
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct Page<'s> {
    frame: Frame,
    style: &'static str,
    /// Of the style sheet, so that no other is used.
    digest: String,
    entries: Vec<Entry<'s>>,
    contacts: Vec<&'s str>,
}

impl Sheet {
    /// Draws a conversation in a language of the pages (English for any other than Dutch).
    /// `number`: its place in a file of several, from 1; none where it has a file to itself.
    ///
    /// # Errors
    /// When it cannot be drawn, in words.
    pub fn new(
        language: Language,
        conversation: &Conversation,
        report: &Report,
        number: Option<usize>,
    ) -> Result<Self, String> {
        Self::drawn(language, conversation, Some(report), None, number)
    }

    /// Draws a call with how it sounded, and with its words where they are known.
    ///
    /// # Errors
    /// When it cannot be drawn, in words.
    pub fn of_call(
        language: Language,
        sounded: &Sounded,
        words: Option<(&Conversation, &Report)>,
        number: Option<usize>,
    ) -> Result<Self, String> {
        match words {
            Some((said, report)) => {
                Self::drawn(language, said, Some(report), Some(sounded), number)
            }
            None => {
                let nothing = Conversation::new(&sounded.id, Channel::Phone);
                Self::drawn(language, &nothing, None, Some(sounded), number)
            }
        }
    }

    fn drawn(
        language: Language,
        conversation: &Conversation,
        report: Option<&Report>,
        sounded: Option<&Sounded>,
        number: Option<usize>,
    ) -> Result<Self, String> {
        let lang = lang(language);
        let t = lang.texts();
        let view = view(conversation, report)?;
        let at = number.map_or_else(String::new, |number| format!("c{number}-"));
        let signals = beside::signals(&view).unwrap_or_default();
        let met = signals.iter().filter(|signal| signal.met == Some(true)).count();
        let met = fill(&t.contact.met_of, &[("met", &met), ("all", &signals.len())]);
        let around = Saying {
            at: &at,
            lang,
            t,
            originals: &std::collections::BTreeMap::new(),
            feedback: &[],
            doubt: None,
        };
        let mut turns = with_signals(turns(conversation, &view, &around), Some(&signals), t);
        let call = sounded.map(|sounded| call_of(sounded, conversation, &view, &at, lang));
        if let Some(call) = &call {
            call.tell(&mut turns);
        }
        let promises = report.map_or(&[][..], |report| &report.promises);
        let not_all = signals.len() > LISTED || promises.len() > LISTED;
        let mut signals = last_signals(signals, LISTED);
        beside::told_how(&mut signals, &view, lang);
        let mut course = course::course(&view, t);
        for point in course.iter_mut().flat_map(|course| &mut course.points) {
            let turn =
                usize::try_from(point.position).ok().and_then(|at| conversation.turns.get(at));
            if turn.is_none_or(|turn| turn.at.is_none()) {
                point.clock.clear();
            }
        }
        let promises: Vec<PromiseRow> = promises.iter().enumerate().map(promise).collect();
        let title = title(conversation, lang);
        let facts = facts(&view, conversation, sounded, lang);
        let drawn = Drawn {
            frame: frame(lang, ""),
            id: "",
            title: number.map_or_else(|| title.clone(), |number| format!("{number}. {title}")),
            icon: conversation.channel.id(),
            channel: channel(t, conversation.channel.id()),
            name: conversation.id.clone(),
            facts: facts.clone(),
            several: number.is_some(),
            turns,
            verdict: beside::verdict(&view, Rubric::new(Rubric::shipped()).ok().as_ref(), t),
            answer: None,
            well: well(&view, lang),
            promises: most_urgent(promises, LISTED)
                .iter()
                .map(|row| {
                    let way = format!("#{at}turn-{}", row.position);
                    beside::promised(row, way, lang, LONG_AGO)
                })
                .collect(),
            signals: Some(signals),
            met,
            not_all: not_all.then(|| fill(&t.sheet.last, &[("n", &LISTED)])),
            course,
            call_table: call.is_some(),
            call,
            may_doubt: false,
            may_settle: false,
            at,
        };
        let html = drawn.render().map_err(|error| error.to_string())?;
        Ok(Self { title, name: conversation.id.clone(), facts, html })
    }

    /// A file with all of these; with a list of contents where there are several.
    ///
    /// # Errors
    /// When it cannot be drawn, in words.
    pub fn page(language: Language, sheets: &[Self]) -> Result<String, String> {
        let entry = |(at, sheet)| Self::entry(format!("#c{at}"), sheet);
        let entries =
            if sheets.len() > 1 { (1..).zip(sheets).map(entry).collect() } else { vec![] };
        whole(language, entries, sheets)
    }

    /// A list of contents alone, for files of one conversation each: where each is, beside the
    /// list, and what it is.
    ///
    /// # Errors
    /// When it cannot be drawn, in words.
    pub fn contents(language: Language, files: &[(String, Self)]) -> Result<String, String> {
        let entries = files.iter().map(|(file, sheet)| {
            let file: String = file.bytes().map(crate::pages::problem::encoded).collect();
            Self::entry(file, sheet)
        });
        whole(language, entries.collect(), &[])
    }

    /// The same without what was drawn, for a list of contents.
    #[must_use]
    pub fn without_drawing(self) -> Self {
        Self { html: String::new(), ..self }
    }

    fn entry(place: String, sheet: &Self) -> Entry<'_> {
        let facts = sheet.facts.join(" · ");
        Entry { place, title: &sheet.title, name: &sheet.name, facts }
    }
}

fn whole(language: Language, entries: Vec<Entry<'_>>, sheets: &[Sheet]) -> Result<String, String> {
    let lang = lang(language);
    let title = match sheets {
        [one] => &one.title,
        _ => &lang.texts().sheet.title,
    };
    let page = Page {
        frame: frame(lang, title),
        style: style(),
        digest: STANDARD.encode(Sha256::digest(style())),
        entries,
        contacts: sheets.iter().map(|sheet| sheet.html.as_str()).collect(),
    };
    page.render().map_err(|error| error.to_string())
}

fn lang(language: Language) -> Lang {
    Lang::of_id(language.id()).unwrap_or(Lang::En)
}

fn frame(lang: Lang, title: &str) -> Frame {
    Frame::alone(lang).titled(title)
}

/// The subject, or how it was held, and when where that is known.
fn title(conversation: &Conversation, lang: Lang) -> String {
    let t = lang.texts();
    let subject = conversation.subject.as_deref().map(str::trim).filter(|s| !s.is_empty());
    let channel = channel(t, conversation.channel.id());
    match (subject, first_time(conversation)) {
        (Some(subject), _) => subject.to_owned(),
        (None, Some(at)) => {
            let day = when::day(lang, on_its_clock(at), LONG_AGO);
            fill(&t.contact.untitled, &[("channel", &channel), ("when", &day)])
        }
        (None, None) => channel.to_owned(),
    }
}

fn first_time(conversation: &Conversation) -> Option<&Zoned> {
    conversation.turns.iter().find_map(|turn| turn.at.as_ref())
}

fn facts(
    view: &ConversationView,
    conversation: &Conversation,
    sounded: Option<&Sounded>,
    lang: Lang,
) -> Vec<String> {
    let t = lang.texts();
    let mut facts = Vec::new();
    if view.row.repeat_contact != 0 {
        facts.push(super::beside::before(view, lang));
    }
    if let Some(first) = first_time(conversation) {
        facts.push(when::moment(lang, on_its_clock(first), LONG_AGO));
    }
    facts.extend(sounded.map(|sounded| length(lang, sounded.voice.length_ms)));
    if !view.turns.is_empty() {
        facts.push(t.sheet.turns.of(view.row.turns));
    }
    facts
}

/// How it sounded, as the page of a call that is kept shows it to who was not on the line.
fn call_of(
    sounded: &Sounded,
    conversation: &Conversation,
    view: &ConversationView,
    at: &str,
    lang: Lang,
) -> CallShown {
    let recording = Recording {
        voice: (&sounded.voice).into(),
        lines: (&sounded.lines).into(),
        spoken: conversation.turns.iter().map(|turn| turn.spoken().map(Into::into)).collect(),
        silenced: Vec::new(),
        sound: SoundKept::Never(NoSound::NotAsked),
        agent_id: None,
        agent_side: true,
    };
    let said = sounded.said.iter().map(|(at, words)| (clock(*at), words.clone()));
    let mut shown = call::shown(&call::Shown {
        id: "",
        at,
        alone: true,
        recording: &recording,
        view,
        window: &(0..i64::MAX),
        first: None,
        own: false,
        lang,
        now: LONG_AGO,
    });
    shown.said = said.collect();
    shown
}

/// A moment that reads here as it does on the clock of the conversation.
fn on_its_clock(at: &Zoned) -> i64 {
    let here = when::local(0).time_zone().clone();
    let moved = at.datetime().to_zoned(here);
    moved.map_or_else(|_| at.timestamp(), |moved| moved.timestamp()).as_millisecond()
}

/// The turns; no names, and times only where they are known.
fn turns(conversation: &Conversation, view: &ConversationView, around: &Saying<'_>) -> Vec<Said> {
    let t = around.t;
    let mut before = None;
    let one = |(turn, shown): (&gehoord_conversation::Turn, &TurnView)| {
        let speaker = match turn.party {
            Party::Customer => t.contact.customer.clone(),
            Party::Agent => capital(&t.role.agent),
            Party::Colleague => capital(&t.contact.colleague),
            Party::Bot => t.contact.bot.clone(),
        };
        let Some(at) = &turn.at else {
            let mut said = around.said(shown, speaker, None);
            said.clock.clear();
            return said;
        };
        let day =
            (before != Some(at.date())).then(|| when::day(around.lang, on_its_clock(at), LONG_AGO));
        before = Some(at.date());
        let mut said = around.said(shown, speaker, day);
        said.machine = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        said
    };
    conversation.turns.iter().zip(&view.turns).map(one).collect()
}

/// A conversation that nobody keeps, as the page reads one that is kept.
fn view(conversation: &Conversation, report: Option<&Report>) -> Result<ConversationView, String> {
    let mut wire = report.map(|report| WireReport::new(report, conversation));
    let findings = wire.as_mut().map(|wire| std::mem::take(&mut wire.turns)).unwrap_or_default();
    let repeat = findings.iter().any(
        |turn| matches!(turn, WireTurnReport::Customer { repeat_contact, .. } if *repeat_contact),
    );
    let mut turns = Vec::with_capacity(conversation.turns.len());
    for ((position, turn), finding) in (0_i64..).zip(&conversation.turns).zip(findings) {
        turns.push(TurnView {
            position,
            party: turn.party.id().to_owned(),
            person_id: None,
            text: turn.text.clone(),
            at: turn.at.as_ref().map(ToString::to_string),
            said_at: turn.at.as_ref().map_or(0, on_its_clock),
            external_id: None,
            finding: Some(serde_json::to_value(finding).map_err(|error| error.to_string())?),
        });
    }
    let at = |turn: Option<&TurnView>| turn.map_or(0, |turn| turn.said_at);
    Ok(ConversationView {
        row: ConversationRow {
            id: conversation.id.clone(),
            source: String::new(),
            external_id: String::new(),
            customer: None,
            team_id: None,
            assigned_to: None,
            channel: conversation.channel.id().to_owned(),
            locale: wire.as_ref().map(|wire| wire.locale.clone()),
            subject: conversation.subject.clone(),
            status: "closed".to_owned(),
            started_at: at(turns.first()),
            last_at: at(turns.last()),
            closed_at: None,
            waiting_since: None,
            turns: i64::try_from(turns.len()).unwrap_or(i64::MAX),
            repeat_contact: i64::from(repeat),
            danger: 0,
            next_due: None,
        },
        analysis: wire.map(|wire| Analysis {
            versions: wire.versions,
            locale: wire.locale,
            turns: i64::try_from(turns.len()).unwrap_or(i64::MAX),
            heard_at: 0,
            customer_side: json!({"trajectory": wire.trajectory, "complaint": wire.complaint}),
            agent_side: Some(json!({"heard": wire.heard, "moments": wire.moments})),
            verdict: report
                .and_then(|report| report.heard.verdict())
                .map(|verdict| verdict.id().to_owned()),
        }),
        turns,
        originals: Vec::new(),
    })
}

/// A promise: kept or broken where the conversation shows it, else open.
fn promise((number, promise): (usize, &Promise)) -> PromiseRow {
    PromiseRow {
        id: number.to_string(),
        conversation_id: String::new(),
        position: i64::try_from(promise.turn).unwrap_or_default(),
        who: promise.who.id().to_owned(),
        what: promise.what.clone(),
        when: promise.when.clone(),
        due: promise.due.as_ref().map(ToString::to_string),
        due_at: promise.due.as_ref().map(on_its_clock),
        complete: promise.complete,
        state: match promise.shown.as_ref().map(|shown| shown.outcome) {
            Some(Outcome::Kept) => PromiseState::Kept,
            Some(Outcome::Broken) => PromiseState::Broken,
            None => PromiseState::Open,
        },
        confirmed: true,
        changed_by: None,
        reason: None,
        shown: None,
    }
}
