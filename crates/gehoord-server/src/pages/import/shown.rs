//! What the pages of Importeren show, in words.

use askama::Template;
use gehoord_conversation::{Channel, Party};
use gehoord_store::{Import, ImportState, Person, Role, Team};

use super::upload::{FILES, MOST};
use crate::importing::SOUND_DAYS;
use crate::importing::look::{Choices, First, Look, RECORDING, Told, Wrong, words_of};
use crate::importing::work::{ERASED, Place, Skipped};
use crate::pages::contact::channel;
use crate::pages::figures::clock;
use crate::pages::frame::Frame;
use crate::pages::texts::{Lang, Texts, fill};
use crate::pages::when;

/// Code of what is told of a turn that was read.
const READ_ALL_THE_SAME: &str = "invalid_time";

/// The locales that one can choose from.
const LOCALES: [&str; 8] = ["nl-NL", "nl-BE", "en-GB", "en-US", "de-DE", "fr-BE", "fr-FR", "de-AT"];

/// A value that can be chosen: id, name, whether it is now.
pub(super) type Option3 = (String, String, bool);

#[derive(Template)]
#[template(path = "import.html")]
pub(super) struct Start {
    frame: Frame,
    teams: Vec<Team>,
    /// What one is asked to mind.
    wrong: Option<String>,
    limit: String,
    /// Bytes that are too many.
    most: usize,
    before: Vec<Before>,
}

/// An import of before.
struct Before {
    path: String,
    when: String,
    state: &'static str,
    kind: &'static str,
    count: String,
}

impl Start {
    pub(super) fn new(
        frame: Frame,
        teams: Vec<Team>,
        imports: Vec<Import>,
        wrong: Option<&str>,
        now: i64,
    ) -> Self {
        let t = frame.t;
        let limit = fill(&t.import.limit, &[("files", &FILES), ("size", &(MOST >> 20))]);
        let wrong = wrong.map(|wrong| match wrong {
            "large" | "many" => limit.clone(),
            "none" => t.import.wrong_none.clone(),
            "slow" => t.import.wrong_slow.clone(),
            _ => t.import.wrong_team.clone(),
        });
        let before = imports.into_iter().map(|import| Before {
            path: format!("/import/{}", import.id),
            when: when::moment(frame.lang, import.created_at, now),
            state: state(t, import.state),
            kind: kind(import.state),
            count: match import.state {
                ImportState::Looking | ImportState::Waiting => String::new(),
                _ => t.import.read_in.of(import.count.added + import.count.changed),
            },
        });
        let before = before.collect();
        Self { teams, wrong, limit, most: MOST, before, frame }
    }
}

fn state(t: &'static Texts, state: ImportState) -> &'static str {
    let t = &t.import;
    match state {
        ImportState::Looking => &t.looking,
        ImportState::Waiting => &t.waiting,
        ImportState::Running => &t.running,
        ImportState::Done => &t.done,
        ImportState::Stopped => &t.stopped,
        ImportState::Failed => &t.failed,
    }
}

const fn kind(state: ImportState) -> &'static str {
    match state {
        ImportState::Done => "well",
        ImportState::Failed | ImportState::Stopped => "warm",
        ImportState::Looking | ImportState::Waiting | ImportState::Running => "said",
    }
}

#[derive(Template)]
#[template(path = "import_look.html")]
pub(super) struct Looked {
    frame: Frame,
    way: String,
    sum: String,
    /// Nothing can be read in.
    nothing: bool,
    teams: Vec<Option3>,
    channels: Vec<Option3>,
    locales: Vec<Option3>,
    open: bool,
    source: String,
    /// What holds for recordings, where there are any: the channel of the agent (nothing to choose
    /// where all have one), and how long their sound is kept.
    recordings: Option<(Vec<Option3>, Vec<Option3>)>,
    files: Vec<FileLook>,
}

/// A file.
struct FileLook {
    at: i64,
    name: String,
    format: Option<&'static str>,
    count: String,
    /// What a recording has to do with the other files.
    together: Option<String>,
    /// All voices of the recording are on one channel.
    one_channel: bool,
    /// The agents whose call a recording may be.
    agents: Vec<Option3>,
    /// Nothing in it can be read.
    nothing: bool,
    problems: Vec<Line>,
    /// More than are listed.
    more: Option<String>,
    notes: Vec<(String, Sentence)>,
    columns: Vec<Column>,
    parties: Vec<(String, Vec<Option3>)>,
    sheets: Vec<Option3>,
    /// A column that is needed was not found, or somebody is at work on them.
    map_first: bool,
    speakers: Vec<(String, String, Vec<Option3>)>,
    first: Option<FirstLook>,
}

/// A column of a table.
struct Column {
    name: String,
    values: String,
    fields: Vec<Option3>,
}

/// The first conversation.
struct FirstLook {
    channel: &'static str,
    locale: Option<String>,
    turns: Vec<TurnLook>,
    more: Option<String>,
}

struct TurnLook {
    party: String,
    who: &'static str,
    speaker: Option<String>,
    at: Option<String>,
    text: String,
}

/// A thing that was not read, and why.
struct Line {
    place: String,
    why: &'static str,
    /// As the reader says it, where that tells more.
    exact: Option<Sentence>,
}

/// What a reader says, and in which language that is.
struct Sentence {
    text: String,
    lang: &'static str,
}

impl Sentence {
    /// In the language of the page, where somebody wrote it in that.
    fn new(lang: Lang, message: &str) -> Self {
        match gehoord_ingest::in_language(message, lang.language()) {
            Some(text) => Self { text: with_capital(&text), lang: lang.id() },
            None => Self { text: with_capital(message), lang: "en" },
        }
    }
}

/// Not where it begins with what a file holds, such as `turns[0].party`.
fn with_capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if !first.chars().all(char::is_alphabetic) {
        return text.to_owned();
    }
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

impl Looked {
    /// `writes`: what is said in recordings can be written out here.
    pub(super) fn new(
        frame: Frame,
        id: &str,
        (teams, people): (Vec<Team>, &[Person]),
        choices: &Choices,
        files: &[(i64, Told)],
        writes: bool,
    ) -> Self {
        let t = frame.t;
        let looks = || files.iter().filter_map(|(_, told)| told.look.as_ref());
        let words = words_of(files);
        let counts: Vec<i64> = files
            .iter()
            .map(|(_, told)| told.look.as_ref().map_or(0, |look| look.conversations))
            .collect();
        let conversations = super::sum_of(&counts, &words);
        let turns: i64 = looks().map(|look| look.turns).sum();
        let sum = fill(
            &t.import.sum,
            &[
                ("files", &t.import.files.of(i64::try_from(files.len()).unwrap_or_default())),
                ("conversations", &t.import.conversations.of(conversations)),
                ("turns", &t.import.turns.of(turns)),
            ],
        );
        let none = |name: &str, chosen: bool| (String::new(), name.to_owned(), chosen);
        let mut channels = vec![none(&t.import.as_format, choices.channel.is_none())];
        channels.extend(Channel::ALL.iter().map(|one| {
            let chosen = choices.channel.as_deref() == Some(one.id());
            (one.id().to_owned(), channel(t, one.id()).to_owned(), chosen)
        }));
        let mut locales = vec![none(&t.import.as_heard, choices.locale.is_none())];
        locales.extend(LOCALES.iter().map(|one| {
            let name = locale_name(t, one).to_owned();
            ((*one).to_owned(), name, choices.locale.as_deref() == Some(one))
        }));
        let team = |team: Team| {
            let chosen = team.id == choices.team;
            (team.id, team.name, chosen)
        };
        Self {
            way: format!("/import/{id}"),
            sum,
            nothing: conversations == 0,
            teams: teams.into_iter().map(team).collect(),
            channels,
            locales,
            open: choices.open,
            source: choices.source.clone(),
            recordings: files.iter().any(|(_, told)| told.is_recording()).then(|| {
                let two = looks().any(|look| look.channels == Some(2));
                let channels = if two { agent_channels(t, choices) } else { Vec::new() };
                (channels, sound_terms(t, choices))
            }),
            files: (0..)
                .zip(files)
                .map(|(place, (at, told))| {
                    let mut look = FileLook::new(frame.lang, *at, told);
                    look.together = together(t, place, files, &words, writes);
                    if told.is_recording() {
                        look.agents = agents(t, told, &choices.team, people);
                        // What is said in it is in another file, or not known.
                        look.count.clear();
                    }
                    look
                })
                .collect(),
            frame,
        }
    }
}

impl FileLook {
    fn new(lang: Lang, at: i64, told: &Told) -> Self {
        let t = lang.texts();
        let empty = Look::default();
        let look = told.look.as_ref().unwrap_or(&empty);
        let table = look.table.clone().unwrap_or_default();
        let left = look.wrong - i64::try_from(look.problems.len()).unwrap_or_default();
        let place = |line: usize| fill(&t.import.line, &[("line", &line)]);
        let (read, not_read): (Vec<&Wrong>, Vec<&Wrong>) =
            look.problems.iter().partition(|problem| problem.code == READ_ALL_THE_SAME);
        let problems = not_read.into_iter().map(|problem| Line {
            place: place(problem.line),
            why: why(t, &problem.code, &problem.message),
            exact: exact(lang, &problem.code, &problem.message),
        });
        let read = read.into_iter().map(|problem| {
            let text = why(t, &problem.code, &problem.message).to_owned();
            (place(problem.line), Sentence { text, lang: lang.id() })
        });
        let notes = look.notes.iter().map(|(kind, message, times)| {
            let kind = match kind.as_str() {
                "left_out" => &t.import.left_out,
                "converted" => &t.import.converted,
                _ => &t.import.guessed,
            };
            let times = if *times > 1 { format!(" ({times}×)") } else { String::new() };
            let mut said = Sentence::new(lang, message);
            said.text.push_str(&times);
            (kind.clone(), said)
        });
        let columns = table.columns.iter().map(|(name, field, values)| Column {
            name: name.clone(),
            values: values.join(" · "),
            fields: fields(t, field.as_deref()),
        });
        let taken = |value: &String| {
            look.speakers
                .iter()
                .find(|(name, ..)| name == value)
                .map(|(_, party, _)| party.as_str())
        };
        let parties = table.parties.iter().map(|(value, party)| {
            (value.clone(), parties_of(t, party.as_deref().or_else(|| taken(value)), true))
        });
        // Whom a value of a column stands for is asked once.
        let asked = |name: &String| table.parties.iter().any(|(value, _)| value == name);
        let sheets = table
            .sheets
            .iter()
            .map(|sheet| (sheet.clone(), sheet.clone(), table.sheet.as_ref() == Some(sheet)));
        let speakers =
            look.speakers.iter().filter(|(name, ..)| !asked(name)).map(|(name, party, turns)| {
                (name.clone(), t.import.turns.of(*turns), parties_of(t, Some(party), false))
            });
        // Where the file itself says who is who, nobody need be asked.
        let told_apart = matches!(look.format.as_deref(), Some("json" | "jsonl" | "twitter"));
        Self {
            at,
            name: told.name.clone(),
            format: look.format.as_deref().map(|format| format_name(t, format)),
            count: fill(
                &t.import.count,
                &[
                    ("conversations", &t.import.conversations.of(look.conversations)),
                    ("turns", &t.import.turns.of(look.turns)),
                ],
            ),
            nothing: look.conversations == 0,
            together: None,
            one_channel: look.channels == Some(1),
            agents: Vec::new(),
            more: (left > 0).then(|| t.import.more_wrong.of(left)),
            map_first: told.reading.columns.is_some()
                || look.problems.iter().any(|problem| problem.code == "missing_column"),
            problems: problems.collect(),
            notes: notes.chain(read).collect(),
            columns: columns.collect(),
            parties: parties.collect(),
            sheets: if table.sheets.len() > 1 { sheets.collect() } else { Vec::new() },
            speakers: if told_apart { Vec::new() } else { speakers.collect() },
            first: look.first.as_ref().map(|first| FirstLook::new(t, first)),
        }
    }
}

impl FirstLook {
    fn new(t: &'static Texts, first: &First) -> Self {
        let turns = first.turns.iter().map(|turn| TurnLook {
            who: party_name(t, &turn.party),
            party: turn.party.clone(),
            speaker: turn.speaker.clone(),
            at: turn.at.clone(),
            text: turn.text.clone(),
        });
        let more = i64::try_from(first.more).unwrap_or(i64::MAX);
        Self {
            channel: channel(t, &first.channel),
            locale: first.locale.clone(),
            turns: turns.collect(),
            more: (more > 0).then(|| t.import.more_turns.of(more)),
        }
    }
}

/// What a file has to do with the others: the words of a recording, or a recording with or without
/// words.
fn together(
    t: &'static Texts,
    place: usize,
    files: &[(i64, Told)],
    words: &[Option<usize>],
    writes: bool,
) -> Option<String> {
    let (_, told) = files.get(place)?;
    let name = |place: usize| files.get(place).map_or("", |(_, told)| told.name.as_str());
    if let Some(recording) = words.iter().position(|words| *words == Some(place)) {
        return Some(fill(&t.import.words_of, &[("name", &name(recording))]));
    }
    let look = told.look.as_ref().filter(|look| look.conversations > 0)?;
    match words.get(place).copied().flatten() {
        _ if !told.is_recording() => None,
        Some(words) => Some(fill(&t.import.with_words, &[("name", &name(words))])),
        None if !writes => Some(t.import.without_words.clone()),
        None if look.channels == Some(2) => Some(t.import.writes_words.clone()),
        None => Some(t.import.why_one_channel.clone()),
    }
}

/// The agents of the team, and nobody. Where nobody was asked and there is one agent, it is theirs.
fn agents(t: &'static Texts, told: &Told, team: &str, people: &[Person]) -> Vec<Option3> {
    let agents: Vec<&Person> = people
        .iter()
        .filter(|one| one.role == Role::Agent && one.active)
        .filter(|one| one.team_id.as_deref() == Some(team))
        .collect();
    let chosen = match (&told.reading.agent, &agents[..]) {
        (Some(agent), _) => agent.as_str(),
        (None, [only]) => only.id.as_str(),
        (None, _) => "",
    };
    if agents.is_empty() {
        return Vec::new();
    }
    let nobody = (String::new(), t.import.call_of_unknown.clone(), chosen.is_empty());
    let known = agents.iter().map(|one| (one.id.clone(), one.name.clone(), one.id == chosen));
    std::iter::once(nobody).chain(known).collect()
}

fn agent_channels(t: &'static Texts, choices: &Choices) -> Vec<Option3> {
    let t = &t.import;
    let one = |id: &str, name: &str, channel: Option<usize>| {
        (id.to_owned(), name.to_owned(), choices.agent_channel == channel)
    };
    vec![
        one("", &t.agent_by_words, None),
        one("1", &t.agent_first, Some(1)),
        one("2", &t.agent_second, Some(2)),
    ]
}

/// How long sound may be kept: some terms, and the one that was chosen.
fn sound_terms(t: &'static Texts, choices: &Choices) -> Vec<Option3> {
    let mut days = vec![0, 7, 14, SOUND_DAYS, 90];
    if !days.contains(&choices.sound_days) {
        days.push(choices.sound_days);
    }
    let name = |days: i64| match days {
        0 => t.import.sound_none.clone(),
        days => t.import.sound_days.of(days),
    };
    days.into_iter().map(|one| (one.to_string(), name(one), one == choices.sound_days)).collect()
}

/// The fields that a column can hold, and the one that it was taken for.
fn fields(t: &'static Texts, chosen: Option<&str>) -> Vec<Option3> {
    let t = &t.import;
    let all = [
        ("", &t.field_none),
        ("conversation", &t.field_conversation),
        ("party", &t.field_party),
        ("text", &t.field_text),
        ("at", &t.field_at),
        ("speaker", &t.field_speaker),
        ("customer", &t.field_customer),
        ("subject", &t.field_subject),
        ("channel", &t.field_channel),
        ("locale", &t.field_locale),
        ("external_id", &t.field_external),
    ];
    all.iter()
        .map(|(id, name)| ((*id).to_owned(), (*name).clone(), chosen.unwrap_or_default() == *id))
        .collect()
}

fn parties_of(t: &'static Texts, chosen: Option<&str>, unknown: bool) -> Vec<Option3> {
    let none = (unknown && chosen.is_none())
        .then(|| (String::new(), t.import.party_unknown.clone(), true));
    let known = Party::ALL.iter().map(|party| {
        let id = party.id();
        (id.to_owned(), party_name(t, id).to_owned(), chosen == Some(id))
    });
    none.into_iter().chain(known).collect()
}

fn party_name(t: &'static Texts, party: &str) -> &'static str {
    match party {
        "agent" => &t.import.party_agent,
        "colleague" => &t.import.party_colleague,
        "bot" => &t.import.party_bot,
        _ => &t.import.party_customer,
    }
}

fn format_name(t: &'static Texts, format: &str) -> &'static str {
    let t = &t.import;
    match format {
        "json" | "jsonl" => &t.format_json,
        "vtt" | "srt" => &t.format_subtitles,
        "eml" | "mbox" => &t.format_mail,
        "csv" => &t.format_csv,
        "xlsx" => &t.format_xlsx,
        "whatsapp" => &t.format_whatsapp,
        "twitter" => &t.format_twitter,
        "convokit" => &t.format_convokit,
        "whisperx" | "contactlens" => &t.format_call,
        RECORDING => &t.format_recording,
        _ => &t.format_text,
    }
}

fn locale_name(t: &'static Texts, locale: &'static str) -> &'static str {
    match locale {
        "nl-NL" => &t.culture.nl_nl,
        "nl-BE" => &t.culture.nl_be,
        "en-GB" => &t.culture.en_gb,
        "en-US" => &t.culture.en_us,
        "de-DE" => &t.culture.de_de,
        "de-AT" => &t.import.locale_de_at,
        "fr-FR" => &t.culture.fr_fr,
        "fr-BE" => &t.culture.fr_be,
        _ => locale,
    }
}

/// Why something was not read in.
fn why(t: &'static Texts, code: &str, message: &str) -> &'static str {
    let t = &t.import;
    match code {
        "no_turns" if message.starts_with("no line starts with a speaker") => &t.why_speakers,
        "invalid_json" => &t.why_json,
        "invalid_conversation" | "invalid_value" => &t.why_conversation,
        "unknown_format" => &t.why_format,
        "invalid_utf8" => &t.why_utf8,
        "line_too_long" | "too_large" => &t.why_large,
        "no_turns" => &t.why_empty,
        "missing_column" => &t.why_column,
        "bad_row" => &t.why_row,
        "invalid_mail" => &t.why_mail,
        "invalid_workbook" | "missing_sheet" => &t.why_workbook,
        "invalid_time" => &t.why_time,
        "twice" => &t.why_twice,
        "no_sound" => &t.why_sound,
        "several" => &t.why_several,
        "other_call" => &t.why_other_call,
        "one_channel" => &t.why_one_channel,
        "not_written" => &t.why_not_written,
        "no_words" => &t.why_no_words,
        "unsure" => &t.why_unsure,
        _ => &t.why_refused,
    }
}

/// What the reader said of it, where that tells more than the code.
fn exact(lang: Lang, code: &str, message: &str) -> Option<Sentence> {
    const ENOUGH: [&str; 8] = [
        "unknown_format",
        "no_turns",
        "twice",
        "several",
        "other_call",
        "one_channel",
        "no_words",
        "unsure",
    ];
    let more = !ENOUGH.contains(&code) && code != READ_ALL_THE_SAME;
    (more && !message.is_empty()).then(|| Sentence::new(lang, without_code(code, message)))
}

/// The same without what the words for the code say already.
fn without_code<'m>(code: &str, message: &'m str) -> &'m str {
    match code {
        "invalid_workbook" => {
            let why = message.strip_prefix("the workbook cannot be read: ").unwrap_or(message);
            why.split_once(';').map_or(why, |(why, _)| why)
        }
        "invalid_json" => message.strip_prefix("not valid JSON: ").unwrap_or(message),
        _ => message,
    }
}

#[derive(Template)]
#[template(path = "import_over.html")]
pub(super) struct Over {
    frame: Frame,
    way: String,
    heading: String,
    words: String,
    /// It goes on by itself.
    going: bool,
    failed: bool,
    progress: String,
    done: i64,
    total: i64,
    /// A recording whose words are being written out: how far it is, and that in milliseconds.
    writing: Option<(String, u64, u64)>,
    counts: Vec<(&'static str, i64)>,
    skipped: Vec<(String, Line)>,
    /// What came in, and is to be looked at all the same.
    notes: Vec<(String, Line)>,
    /// How many were left out because their customer was erased.
    erased: Option<String>,
    more: Option<String>,
}

impl Over {
    pub(super) fn new(
        frame: Frame,
        import: &Import,
        names: &[&str],
        skipped: Vec<Skipped>,
        now: i64,
    ) -> Self {
        let t = frame.t;
        let total = import.total.unwrap_or_default().max(import.done);
        let going = matches!(import.state, ImportState::Waiting | ImportState::Running);
        // Who is at it gives a sign of life within a minute.
        let still = going && now - import.changed_at > 90_000;
        let words = match import.state {
            _ if still => &t.import.still,
            ImportState::Waiting => &t.import.waiting_what,
            ImportState::Stopped => &t.import.stopped_what,
            ImportState::Failed => match import.error.as_deref() {
                Some("forbidden") => &t.import.failed_right,
                Some("gone") => &t.import.failed_gone,
                _ => &t.import.failed_what,
            },
            ImportState::Done => &t.import.done_what,
            ImportState::Running | ImportState::Looking => &t.import.running_what,
        };
        let count = import.count;
        let name_of = |file: i64| usize::try_from(file).ok().and_then(|at| names.get(at));
        let line = |one: Skipped| {
            let name = name_of(one.file);
            let line = Line {
                place: fill(&t.import.line, &[("line", &one.line)]),
                why: why(t, &one.code, &one.message),
                exact: exact(frame.lang, &one.code, &one.message),
            };
            (name.map_or_else(String::new, |name| (*name).to_owned()), line)
        };
        let (notes, skipped): (Vec<Skipped>, Vec<Skipped>) =
            skipped.into_iter().partition(|one| one.kept);
        let listed = i64::try_from(skipped.len()).unwrap_or_default();
        // Told as a number: nobody needs to know which ones.
        let (erased, skipped): (Vec<Skipped>, Vec<Skipped>) =
            skipped.into_iter().partition(|one| one.code == ERASED);
        let erased = i64::try_from(erased.len()).unwrap_or_default();
        let place = Place::of(import.place.as_deref());
        let writing = place.written.filter(|_| going).map(|(done, all)| {
            let name = name_of(place.file).copied().unwrap_or_default();
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("name", &name), ("done", &clock(done)), ("all", &clock(all))];
            (fill(&t.import.writing, &values), done, all)
        });
        Self {
            way: format!("/import/{}", import.id),
            heading: state(t, import.state).to_owned(),
            words: words.clone(),
            going,
            failed: matches!(import.state, ImportState::Failed | ImportState::Stopped),
            progress: fill(&t.import.progress, &[("done", &import.done), ("total", &total)]),
            done: import.done,
            total: total.max(1),
            counts: vec![
                (&t.import.added, count.added),
                (&t.import.changed, count.changed),
                (&t.import.same, count.same),
                (&t.import.skipped, count.skipped),
            ],
            erased: (erased > 0).then(|| t.import.erased.of(erased)),
            more: (count.skipped > listed).then(|| t.import.more_wrong.of(count.skipped - listed)),
            skipped: skipped.into_iter().map(line).collect(),
            notes: notes.into_iter().map(line).collect(),
            writing,
            frame,
        }
    }
}
