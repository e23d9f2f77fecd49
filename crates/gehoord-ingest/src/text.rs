//! Speaker-labelled text: `Klant: …`, one turn a label, lines without a label go on.

use gehoord_conversation::{Channel, Conversation, Turn};
use jiff::civil::{Date, DateTime, Time};

use crate::Options;
use crate::decode::decode;
use crate::header::Header;
use crate::item::{Imported, Item, Note, Problem, capped, clip, left_out};
use crate::label::{Labelled, label, leading_stamp};
use crate::party::{assign, is_bare_role, role_of, speakers_of};
use crate::speaker_lines::{SpeakerLines, is_separator};
use crate::time::{Stamp, on_clock};

/// Whether the first lines look like speaker-labelled text.
pub(crate) fn looks_like_text(text: &str) -> bool {
    let known = |line: &str| label(line).is_some_and(|l| role_of(l.name).is_some());
    let stamped = |line: &str| label(line).is_some_and(|l| l.stamp.is_some());
    text.lines().any(known) || text.lines().filter(|line| stamped(line)).count() >= 2
}

/// Reads the conversations of a speaker-labelled text.
pub(crate) fn read_text(bytes: Vec<u8>, name: &str, options: &Options) -> Vec<Item> {
    let decoded = decode(bytes);
    let lines: Vec<&str> = decoded.text.lines().collect();
    let labels = SpeakerLines::of(&lines, options);
    let sections = sections(&lines, &labels);
    let several = sections.len() > 1;
    let mut items = capped(sections.into_iter().map(|(from, to)| {
        let id = if several { format!("{name}:{}", from + 1) } else { name.to_owned() };
        read_section(&lines, from, to, &labels, &id, options)
    }));
    if items.is_empty() {
        items.push(Item::Problem(Problem::new(1, "no_turns", "the input is empty")));
    }
    crate::json::attach(decoded.note, &mut items);
    items
}

/// The conversations of an input, as ranges of lines: cut at `---` or `===` after a blank line
/// and before a label or a header.
fn sections(lines: &[&str], labels: &SpeakerLines<'_>) -> Vec<(usize, usize)> {
    let mut cuts = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        if !is_separator(line) {
            continue;
        }
        let blank_before = i == 0 || lines[i - 1].trim().is_empty();
        let next = (i + 1..lines.len()).find(|j| !lines[*j].trim().is_empty());
        let starts = next.is_none_or(|j| {
            labels.by_line[j].is_some()
                || Header::parse(lines[j]).is_some()
                || is_separator(lines[j])
        });
        if blank_before && starts {
            cuts.push(i);
        }
    }
    let mut sections = Vec::with_capacity(cuts.len() + 1);
    let mut from = 0;
    for cut in cuts.into_iter().chain([lines.len()]) {
        let first = (from..cut).find(|i| !lines[*i].trim().is_empty());
        if let Some(first) = first {
            sections.push((first, cut));
        }
        from = cut + 1;
    }
    sections
}

/// A turn before it is known who its speaker is.
struct RawTurn<'t> {
    label: Labelled<'t>,
    text: String,
}

/// What the lines of one conversation hold.
#[derive(Default)]
struct Section<'t> {
    turns: Vec<RawTurn<'t>>,
    header: Header,
    orphans: Vec<usize>,
    system: Vec<usize>,
    empty: Vec<usize>,
}

fn read_section(
    lines: &[&str],
    from: usize,
    to: usize,
    labels: &SpeakerLines<'_>,
    id: &str,
    options: &Options,
) -> Item {
    let mut section = collect(lines, from, to, labels);
    if section.turns.is_empty() {
        let message = "no line starts with a speaker; expected lines such as 'Klant: …' and \
                       'Medewerker: …' (or name the agents with --agent)";
        return Item::Problem(Problem::new(from + 1, "no_turns", message));
    }
    let mut conversation = Conversation::new(id, options.channel.unwrap_or(Channel::Chat));
    let mut notes = section.header.apply(&mut conversation, options);
    notes.extend(section.left_out());
    if section.header.channel.is_none() && options.channel.is_none() {
        let caller = section.turns.iter().find(|turn| is_caller(turn.label.name));
        if let Some(caller) = caller {
            conversation.channel = Channel::Phone;
            let name = clip(caller.label.name);
            let message = format!("the channel was taken to be phone, because of '{name}'");
            notes.push(Note::guessed(message));
        }
    }
    let spoken = conversation.channel.is_spoken();
    let said = section.turns.iter().map(|turn| (turn.label.name, turn.text.as_str()));
    let (speakers, index) = speakers_of(said);
    let (parties, guesses) = assign(&speakers, &options.agents, spoken);
    notes.extend(guesses);
    let mut clock = Clock::new(&section.turns, section.header.date);
    for (turn, speaker) in section.turns.iter().zip(index) {
        conversation.turns.push(Turn {
            at: turn.label.stamp.and_then(|stamp| clock.at(stamp)),
            speaker: (!is_bare_role(turn.label.name)).then(|| turn.label.name.to_owned()),
            ..Turn::new(parties[speaker], turn.text.clone())
        });
    }
    Item::Conversation(Imported { line: from + 1, conversation, notes })
}

fn is_caller(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "beller" | "inbeller" | "caller" | "anrufer" | "appelant"
    )
}

fn collect<'t>(
    lines: &[&'t str],
    from: usize,
    to: usize,
    labels: &SpeakerLines<'t>,
) -> Section<'t> {
    let mut section = Section::default();
    let mut starts: Vec<usize> = Vec::new();
    for (i, line) in lines.iter().enumerate().take(to).skip(from) {
        if let Some(label) = labels.by_line[i] {
            section.turns.push(RawTurn { label, text: label.rest.to_owned() });
            starts.push(i + 1);
            continue;
        }
        let Some(turn) = section.turns.last_mut() else {
            if !section.header.take(line, i + 1) && !line.trim().is_empty() {
                section.orphans.push(i + 1);
            }
            continue;
        };
        // "[10:05] Gesprek overgedragen": said by nobody.
        let (stamp, _) = leading_stamp(line);
        let full = |stamp: Stamp| stamp.bracketed || (stamp.date.is_some() && stamp.time.is_some());
        if labels.stamped && stamp.is_some_and(full) {
            section.system.push(i + 1);
            continue;
        }
        turn.text.push('\n');
        turn.text.push_str(line.trim_end());
    }
    let mut start = starts.into_iter();
    section.turns.retain_mut(|turn| {
        let line = start.next().unwrap_or_default();
        turn.text = turn.text.trim().to_owned();
        if turn.text.is_empty() {
            section.empty.push(line);
        }
        !turn.text.is_empty()
    });
    section
}

impl Section<'_> {
    fn left_out(&self) -> impl Iterator<Item = Note> {
        let notes = [
            left_out(&self.orphans, "line", "without a speaker before the first turn", "line"),
            left_out(&self.system, "line", "with a time but no speaker", "line"),
            left_out(&self.empty, "turn", "without words", "line"),
        ];
        notes.into_iter().flatten()
    }
}

/// Puts stamps on the calendar: with the date they carry, that of the header, or none.
struct Clock {
    day: Option<Date>,
    /// Where the recording starts, when stamps count from there.
    start: Option<DateTime>,
    elapsed: bool,
    last: Option<Time>,
}

impl Clock {
    fn new(turns: &[RawTurn<'_>], header: Option<(Date, Option<Time>)>) -> Self {
        let first = turns.iter().find_map(|turn| turn.label.stamp);
        let early = Time::constant(0, 10, 0, 0);
        let elapsed = first.is_some_and(|first| {
            first.date.is_none() && first.seconds && first.time.is_some_and(|time| time <= early)
        });
        let start = header.and_then(|(date, time)| Some(date.to_datetime(time?)));
        Self { day: header.map(|(date, _)| date), start, elapsed, last: None }
    }

    fn at(&mut self, stamp: Stamp) -> Option<jiff::Zoned> {
        let time = stamp.time?;
        if let Some(date) = stamp.date {
            return on_clock(date.to_datetime(time));
        }
        if self.elapsed {
            let since = time.duration_since(Time::midnight());
            return on_clock(self.start?.checked_add(since).ok()?);
        }
        // Past midnight the day is the next one.
        let back = self.last.is_some_and(|last| last.duration_since(time).as_hours() >= 12);
        if back {
            self.day = self.day.and_then(|day| day.tomorrow().ok());
        }
        self.last = Some(time);
        on_clock(self.day?.to_datetime(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> Imported {
        let mut items = read_text(text.into(), "x.txt", &Options::default());
        assert_eq!(items.len(), 1, "{items:?}");
        match items.remove(0) {
            Item::Conversation(imported) => imported,
            Item::Problem(problem) => panic!("{problem}"),
        }
    }

    fn check(text: &str) -> Vec<String> {
        let turns = read_one(text).conversation.turns;
        turns.into_iter().map(|turn| format!("{}: {}", turn.party, turn.text)).collect()
    }

    fn notes(text: &str) -> String {
        read_one(text).notes.iter().map(|n| n.message.clone()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn turns_go_on_over_lines() {
        let text = "Klant: Ik wacht al een week.\r\n\r\nLet op: dit is de derde keer.\r\n\
                    Medewerker: Dat is lang.\r\n";
        assert_eq!(
            check(text),
            [
                "customer: Ik wacht al een week.\n\nLet op: dit is de derde keer.",
                "agent: Dat is lang."
            ]
        );
    }

    #[test]
    fn what_is_left_out_is_said() {
        let text = "Verslag\nvan een gesprek\nKlant: hoi\nMedewerker:\nKlant: nog daar?";
        let notes = notes(text);
        assert!(
            notes.contains(
                "2 lines without a speaker before the first turn were left out (lines 1-2)"
            ),
            "{notes}"
        );
        assert!(notes.contains("1 turn without words was left out (line 4)"), "{notes}");
    }

    #[test]
    fn a_guess_is_said_with_its_reason() {
        let text =
            "Jan: Hoi\nSanne: Goedemiddag, waarmee kan ik u helpen?\nJan: Mijn pakket\nSanne: Ok";
        assert_eq!(read_one(text).conversation.turns[1].party.id(), "agent");
        let notes = notes(text);
        assert!(notes.contains("'Sanne' was taken to be the agent"), "{notes}");
        assert!(notes.contains("'waarmee kan ik'"), "{notes}");
    }

    #[test]
    fn a_ruler_separates_conversations() {
        let text = "# id: a\nKlant: een\n\n---\n# id: b\nKlant: twee\n---\nMedewerker: drie\n\n===\nKlant: vier";
        let items = read_text(text.into(), "x", &Options::default());
        let seen: Vec<_> = items
            .iter()
            .map(|item| match item {
                Item::Conversation(i) => {
                    (i.line, i.conversation.id.as_str(), i.conversation.turns.len())
                }
                Item::Problem(problem) => panic!("{problem}"),
            })
            .collect();
        assert_eq!(seen, [(1, "a", 1), (5, "b", 2), (11, "x:11", 1)]);
    }

    #[test]
    fn times_take_the_date_of_the_header_and_pass_midnight() {
        let text = "# date: 2026-03-02\n[23:58] Klant: een\n[00:01] Agent: twee\n";
        let at = |text: &str| -> Vec<String> {
            let turns = read_one(text).conversation.turns;
            let shown =
                turns.iter().map(|turn| turn.at.as_ref().map(|at| at.datetime().to_string()));
            shown.map(Option::unwrap_or_default).collect()
        };
        assert_eq!(at(text), ["2026-03-02T23:58:00", "2026-03-03T00:01:00"]);
        assert_eq!(at("[23:58] Klant: een"), [""]);
        let recording = "# date: 2026-03-02 10:00\n(00:00:05) Klant: een\n(00:01:05) Agent: twee";
        assert_eq!(at(recording), ["2026-03-02T10:00:05", "2026-03-02T10:01:05"]);
        assert_eq!(at("# date: 2026-03-02\n(00:00:05) Klant: een"), [""]);
    }

    #[test]
    fn a_chat_export_keeps_its_words_and_drops_the_system_lines() {
        let text = "02-03-2026 10:02 - Berichten zijn versleuteld.\n\
                    02-03-2026 10:02 - Jan Jansen: Mijn pakket is er niet\n\
                    02-03-2026 10:03 - Webshop: Goedemorgen, waarmee kan ik u helpen?\n\
                    om 10:04 belde ik u\n\
                    02-03-2026 10:05 - Webshop heeft het gesprek gesloten\n";
        assert_eq!(
            check(text),
            [
                "customer: Mijn pakket is er niet",
                "agent: Goedemorgen, waarmee kan ik u helpen?\nom 10:04 belde ik u"
            ]
        );
        assert!(notes(text).contains("1 line with a time but no speaker was left out (line 5)"));
    }

    #[test]
    fn other_scripts_are_read() {
        let text = "\u{200F}Klant: שלום, איפה החבילה שלי?\nMedewerker: مرحبا";
        assert_eq!(check(text), ["customer: שלום, איפה החבילה שלי?", "agent: مرحبا"]);
    }

    #[test]
    fn a_caller_means_a_call() {
        let imported = read_one("Beller: hoi\nMedewerker: dag");
        assert_eq!(imported.conversation.channel, Channel::Phone);
    }

    #[test]
    fn without_a_turn_there_is_one_clear_problem() {
        for text in ["", "\u{FEFF}", "zomaar een tekst", "---\n---", "# id: 3"] {
            let items = read_text(text.into(), "x", &Options::default());
            let [Item::Problem(problem)] = &items[..] else { panic!("{text}: {items:?}") };
            assert_eq!(problem.code, "no_turns");
        }
    }
}
