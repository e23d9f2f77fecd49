//! What each fuzz target does with its bytes, and what must be true of what comes out.
//!
//! `cargo +nightly fuzz run listen -- -max_total_time=60` looks for input that breaks it
//! (`fuzz/README.md`). What was found is kept in `fuzz/regressions/<target>/` and replayed in the
//! ordinary tests by `crates/gehoord/tests/hostile.rs`, which compiles this same file.

use std::io::Cursor;
use std::sync::LazyLock;

use gehoord_conversation::voice::VoiceReport;
use gehoord_conversation::wire::{WireCall, WireReport};
use gehoord_conversation::{
    Channel, Conversation, Evidence, Finding, HeardParts, Language, Party, Report, Span, TurnReport,
};
use gehoord_ingest::{Format, Item, Options};
use gehoord_listening::{Listener, cue, due};
use gehoord_speech::audio::g711::Law;
use gehoord_speech::audio::{AudioReader, Kind, kind_of};
use gehoord_speech::running::Recent;
use gehoord_speech::telephony::audiohook::Session;
use gehoord_speech::telephony::twilio::Stream;
use gehoord_speech::telephony::{ProtocolError, Said};
use gehoord_speech::transcribe::ModelSize;
use gehoord_speech::{Call, Layout, Running};

/// Every target; each has a file in `fuzz_targets/` and a folder in `regressions/`.
pub const TARGETS: &[&str] = &[
    "listen",
    "pattern",
    "due",
    "ingest_text",
    "ingest_json",
    "ingest_jsonl",
    "ingest_vtt",
    "ingest_srt",
    "ingest_eml",
    "ingest_mbox",
    "ingest_csv",
    "ingest_whatsapp",
    "ingest_twitter",
    "ingest_convokit",
    "ingest_xlsx",
    "ingest_whisperx",
    "ingest_contactlens",
    "sound",
    "decode",
    "speech_model",
    "twilio",
    "audiohook",
];

/// Seconds of sound that are heard, so that one input does not take long.
const MOST: f64 = 60.0;

/// The listener that ships.
pub static LISTENER: LazyLock<Listener> =
    LazyLock::new(|| Listener::embedded().expect("the packs that ship are right"));

/// Makes the listener, so that the first input does not pay for it.
pub fn start() {
    // libFuzzer ends at every panic; those of decoders are caught where they are called, and only what
    // gets out is wrong.
    drop(std::panic::take_hook());
    LazyLock::force(&LISTENER);
}

/// Runs one target; panics when something is wrong.
pub fn run(target: &str, data: &[u8]) {
    match target {
        "listen" => listen(&String::from_utf8_lossy(data)),
        "pattern" => drop(cue::pattern::parse(&String::from_utf8_lossy(data))),
        "sound" => drop(sound(data)),
        "decode" => decode(data),
        "speech_model" => drop(ModelSize::of(data)),
        "twilio" => twilio(data),
        "audiohook" => audiohook(data),
        "due" => times(&String::from_utf8_lossy(data)),
        other => {
            let format = other.strip_prefix("ingest_").expect("a target of TARGETS");
            let format: Format = format.parse().expect("the target is named after its format");
            ingest(data, Some(format), "fuzz");
        }
    }
}

/// A text as a conversation: one line is one turn; `<` starts a customer turn, `>` an agent turn,
/// `%` a bot turn, and any other line is of the party whose turn it is. A first line that is a
/// locale is the locale.
fn listen(text: &str) {
    let mut conversation = Conversation::new("fuzz", Channel::Chat);
    let mut lines = text.split('\n').peekable();
    if let Some(locale) = lines.peek().and_then(|line| line.parse().ok()) {
        conversation.locale = Some(locale);
        lines.next();
    }
    let mut next = Party::Customer;
    for line in lines {
        let (party, words) = match line.chars().next() {
            Some('<') => (Party::Customer, &line[1..]),
            Some('>') => (Party::Agent, &line[1..]),
            Some('%') => (Party::Bot, &line[1..]),
            _ => (next, line),
        };
        next = if party == Party::Agent { Party::Customer } else { Party::Agent };
        conversation = conversation.with_turn(party, words);
    }
    review(&conversation);
}

/// A file of sound by whatever it says that it is, decoded and not heard, so that more of them are
/// tried: each block has as much of every channel, and only numbers.
fn decode(data: &[u8]) {
    let source = Box::new(Cursor::new(data.to_vec()));
    let Ok(mut reader) = AudioReader::open(Kind::Container, source) else { return };
    let channels = reader.channels();
    assert!((1..=2).contains(&channels) && reader.rate() >= 8_000);
    while reader.seconds() < MOST
        && let Some(block) = reader.next_block()
    {
        assert_eq!(block.channels.len(), channels);
        assert!(block.channels.iter().all(|one| one.len() == block.channels[0].len()));
    }
    drop(reader.notes());
}

/// A recording in any form, or else raw G.711: it is heard, and what is told of it lies within it.
fn sound(data: &[u8]) -> (u32, usize) {
    let odd = data.first().is_some_and(|first| first % 2 == 1);
    let kind = kind_of(None, data).unwrap_or(Kind::Raw(if odd { Law::A } else { Law::Mu }));
    let Ok(mut reader) = AudioReader::open(kind, Box::new(Cursor::new(data.to_vec()))) else {
        return (0, 0);
    };
    let two = reader.channels() == 2;
    let layout = if two { Layout::Two { agent: 1 } } else { Layout::One };
    let mut call = Call::new(reader.rate(), layout);
    while reader.seconds() < MOST
        && let Some(block) = reader.next_block()
    {
        assert_eq!(block.channels.len(), if two { 2 } else { 1 });
        call.push(&block.channels);
    }
    assert!(reader.notes().iter().all(|note| !note.trim().is_empty() && !note.contains('\n')));
    let report = call.finish();
    report_in_range(&report, two);
    (report.length_ms, report.turns.len())
}

/// What is told of a call lies within it; `two` voices are told apart.
fn report_in_range(report: &VoiceReport, two: bool) {
    let within = |start: u32, end: u32| assert!(start < end && end <= report.length_ms + 10);
    for turn in &report.turns {
        within(turn.span.start_ms, turn.span.end_ms);
        assert_eq!(turn.party.is_some(), two);
        for spread in [turn.sound.pitch, turn.sound.level].into_iter().flatten() {
            assert!(spread.low <= spread.median && spread.median <= spread.high, "{spread:?}");
        }
        turn.sound.pitch.iter().for_each(|pitch| in_range("pitch", pitch.median, 70.0, 510.0));
    }
    assert!(report.turns.is_sorted_by_key(|turn| turn.span.start_ms));
    report.overlaps.iter().for_each(|overlap| within(overlap.span.start_ms, overlap.span.end_ms));
    report.waits.iter().for_each(|wait| within(wait.span.start_ms, wait.span.end_ms));
    report.voices.iter().for_each(|voice| in_range("share", voice.share, 0.0, 1.0));
    let wire = WireCall::new("fuzz", report, None);
    serde_json::to_writer(std::io::sink(), &wire).expect("a report can be written");
}

/// Messages of Twilio, a line each: what cannot be is an error of one line.
fn twilio(data: &[u8]) {
    let (mut stream, mut running) = (Stream::default(), Running::measured());
    for line in String::from_utf8_lossy(data).split('\n') {
        said(stream.message(line), &mut running);
    }
    running_in_range(running);
}

/// Messages of AudioHook: after a text line that is not empty, an empty one says that what follows
/// up to the next is sound.
fn audiohook(data: &[u8]) {
    let (mut session, mut running) = (Session::default(), Running::measured());
    let mut bytes = false;
    for line in data.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            bytes = true;
        } else if std::mem::take(&mut bytes) {
            said(session.bytes(line), &mut running);
        } else {
            let turn = session.text(&String::from_utf8_lossy(line));
            if let Ok(Some(answer)) = turn.as_ref().map(|turn| &turn.answer) {
                serde_json::from_str::<serde_json::Value>(answer).expect("an answer is JSON");
            }
            said(turn.map(|turn| turn.said), &mut running);
        }
    }
    running_in_range(running);
}

fn said(said: Result<Said, ProtocolError>, running: &mut Running) {
    match said {
        Ok(Said::Sound(sounds)) => {
            for sound in sounds {
                running.push(sound.party, sound.at, &sound.samples);
            }
        }
        Ok(Said::GoesOn(at)) => running.pause(at),
        Ok(_) => {}
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}

fn running_in_range(mut running: Running) {
    let recent = running.recent();
    assert!(recent.slots.len() <= Recent::MOST, "{} slots", recent.slots.len());
    running.over();
    if let Some(whole) = running.whole() {
        report_in_range(&whole.voice, true);
    }
    let now = running.now();
    assert!(now.at_ms <= 12 * 3_600_000 + 1_000, "{now:?}");
    assert!(now.hold_ms <= now.held_ms && now.held_ms <= now.at_ms, "{now:?}");
    assert!(now.let_out_ms.is_none_or(|ago| ago <= now.at_ms), "{now:?}");
    for voice in [now.customer, now.agent] {
        assert!(voice.talk_ms <= now.at_ms && voice.longest_ms <= now.at_ms, "{now:?}");
        assert!(voice.interruptions <= voice.overlaps && voice.quiet_ms <= now.at_ms, "{now:?}");
        voice.share.iter().for_each(|share| in_range("share", *share, 0.0, 1.0));
        voice.pace.iter().for_each(|pace| in_range("pace", *pace, 0.0, 100.0));
    }
}

/// Times are found on char boundaries and in order, and resolve on any day of any country.
fn times(text: &str) {
    const SAID: [&str; 4] = [
        "2026-03-01T10:00:00+01:00[Europe/Amsterdam]",
        "2024-02-29T23:59:59+01:00[Europe/Amsterdam]",
        "2026-10-25T02:30:00+01:00[Europe/Amsterdam]",
        "9999-12-30T12:00:00+00:00[UTC]",
    ];
    for language in Language::ALL {
        let mut end = 0;
        for when in due::find(text, *language) {
            let Span { start, end: last } = when.span;
            assert!(text.get(start..last).is_some_and(|w| !w.trim().is_empty()), "{when:?}");
            assert!(end <= start, "{when:?} overlaps what stands before it");
            end = last;
            for said in SAID {
                let said: jiff::Zoned = said.parse().expect("a constant time");
                for country in [None, Some("NL"), Some("BE"), Some("GB"), Some("US"), Some("??")] {
                    drop(due::resolve(&when, &said, country));
                }
            }
        }
    }
}

/// Reads `bytes`, reviews what was read; gives how many conversations and problems there were.
pub fn ingest(bytes: &[u8], from: Option<Format>, name: &str) -> (usize, usize) {
    let options = Options { from, ..Options::default() };
    let (mut conversations, mut problems) = (0, 0);
    for item in gehoord_ingest::read(bytes, name, &options) {
        match item {
            Item::Conversation(imported) => {
                conversations += 1;
                review(&imported.conversation);
            }
            Item::Problem(problem) => {
                problems += 1;
                assert!(problem.line > 0 && !problem.message.is_empty(), "{problem:?}");
            }
        }
    }
    (conversations, problems)
}

/// Reviews a conversation and checks the report.
pub fn review(conversation: &Conversation) -> Report {
    let report = gehoord_coaching::review(&LISTENER, conversation);
    check(conversation, &report);
    report
}

/// What is true of every report: each place lies in its text and has words, each number is within
/// its range, and the report can be written.
pub fn check(conversation: &Conversation, report: &Report) {
    assert_eq!(report.turns.len(), conversation.turns.len());
    in_range("heard", report.heard.score, 0.0, 100.0);
    parts_in_range(&report.heard.parts);
    for valence in &report.trajectory.valence {
        in_range("valence", *valence, -1.0, 1.0);
    }
    for (index, turn) in report.turns.iter().enumerate() {
        match turn {
            TurnReport::Customer(turn) => {
                in_range("valence", turn.valence, -1.0, 1.0);
                assert!(turn.intensity <= 3, "intensity {}", turn.intensity);
                turn.emotions.iter().chain(&turn.signals).for_each(|f| has_words(conversation, f));
                if let Some(cause) = &turn.cause {
                    place_has_words(conversation, &Evidence::new(index, cause.span), "cause");
                }
            }
            TurnReport::Agent(turn) => {
                let findings = turn.techniques.iter().chain(&turn.breakers).chain(&turn.signals);
                findings.for_each(|f| has_words(conversation, f));
                turn.score.iter().for_each(|s| in_range("score", *s, 0.0, 100.0));
                parts_in_range(&turn.parts);
                turn.coverage.iter().for_each(|c| in_range("coverage", *c, 0.0, 1.0));
                turn.fidelity.iter().for_each(|f| in_range("fidelity", *f, 0.0, 1.0));
                turn.passed_over.iter().for_each(|p| place_has_words(conversation, p, "point"));
                assert!(turn.hints.iter().all(|h| !h.text.trim().is_empty()), "an empty hint");
            }
            TurnReport::Other { .. } => {}
        }
    }
    for moment in &report.moments {
        let customer = matches!(report.turns.get(moment.turn), Some(TurnReport::Customer(_)));
        assert!(customer, "a moment in no customer turn: {moment:?}");
        assert!(moment.answered_by.is_none_or(|a| a > moment.turn && a < report.turns.len()));
        assert_eq!(moment.met.is_some(), moment.answered_by.is_some(), "{moment:?}");
    }
    for promise in &report.promises {
        assert!(matches!(report.turns.get(promise.turn), Some(TurnReport::Agent(_))));
        assert!(!promise.what.trim().is_empty() && !promise.evidence.is_empty());
        promise.evidence.iter().for_each(|e| place_has_words(conversation, e, "promise"));
    }
    let wire = WireReport::new(report, conversation);
    serde_json::to_writer(std::io::sink(), &wire).expect("a report can be written");
}

fn has_words(conversation: &Conversation, finding: &Finding) {
    in_range(&finding.rule, finding.strength, 0.0, 1.0);
    assert!(!finding.evidence.is_empty(), "{} ({}) without evidence", finding.label, finding.rule);
    for evidence in &finding.evidence {
        place_has_words(conversation, evidence, &finding.rule);
    }
}

fn place_has_words(conversation: &Conversation, place: &Evidence, what: &str) {
    let text = conversation.turns.get(place.turn).map(|turn| turn.text.as_str());
    let words = text.and_then(|text| text.get(place.span.start..place.span.end));
    let Some(words) = words else { panic!("{what}: {place:?} lies in no text") };
    assert!(!words.trim().is_empty(), "{what}: {place:?} has no words");
}

fn parts_in_range(parts: &HeardParts) {
    let all = [parts.acknowledged, parts.understood, parts.explored, parts.acted, parts.tone];
    all.iter().flatten().for_each(|part| in_range("part", *part, 0.0, 100.0));
}

fn in_range(what: &str, value: f32, low: f32, high: f32) {
    assert!((low..=high).contains(&value), "{what}: {value} is not in {low}–{high}");
}
