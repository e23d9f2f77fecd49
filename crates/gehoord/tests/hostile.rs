//! Input that means harm, or looks as if: megabytes of nonsense, broken bytes, deep nesting, and
//! whatever fuzzing found. Nothing may panic, hang, or point beside its text.
//!
//! What must be true of a report is in `fuzz/src/lib.rs`, which the fuzz targets share. Every test
//! here has `hostile` in its name: nextest gives these their own limits (`.config/nextest.toml`).

#![expect(clippy::print_stderr, reason = "how long each case took, for who looks into a slow one")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use gehoord_conversation::{Channel, Conversation, Label, Language, Party};
use gehoord_ingest::Format;
use gehoord_listening::Handbook;
use proptest::prelude::*;

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is the library of another package")]
mod fuzz;

/// The longest that one hostile input may take, in the dev profile on two shared cores.
const LIMIT: Duration = Duration::from_secs(20);

const MB: usize = 1_000_000;

/// Enough to see what grows with the square of its input, where many inputs are tried.
const ENOUGH: usize = MB / 4;

/// Runs `work` and fails when it takes longer than [`LIMIT`], also when it would never end.
fn in_time<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    fuzz::start();
    let (send, done) = channel();
    let start = Instant::now();
    // The stack of a worker thread: deep nesting must not need more.
    let worker = std::thread::spawn(move || {
        let result = work();
        let _ = send.send(());
        result
    });
    match done.recv_timeout(LIMIT) {
        Err(RecvTimeoutError::Timeout) => panic!("{what}: not done after {LIMIT:?}"),
        // Done, or it panicked: joining tells.
        _ => match worker.join() {
            Ok(result) => {
                eprintln!("{what}: {:?}", start.elapsed());
                result
            }
            Err(panic) => std::panic::resume_unwind(panic),
        },
    }
}

/// `piece` again and again, `bytes` long or a little less.
fn repeated(piece: &str, bytes: usize) -> String {
    piece.repeat((bytes / piece.len()).max(1))
}

/// Listens to one text as what a customer says, as the answer to something short, and as the answer
/// to itself.
fn heard_from_both_sides(what: &str, text: &str) {
    use Party::{Agent, Customer};
    let short = "Ik wacht al drie weken, dit kan echt niet.";
    for (who, turns) in [
        ("answered", [(Customer, short), (Agent, text), (Customer, text)].as_slice()),
        ("mirrored", [(Customer, text), (Agent, text)].as_slice()),
    ] {
        let mut conversation = Conversation::new(what, Channel::Email);
        for (party, words) in turns {
            conversation = conversation.with_turn(*party, *words);
        }
        in_time(&format!("{what}, {who}"), move || fuzz::review(&conversation));
    }
}

/// Reads bytes as a file and listens to all that is in it; how many conversations and problems.
fn read_and_heard(what: &str, bytes: Vec<u8>, from: Option<Format>) -> (usize, usize) {
    let name = what.to_owned();
    in_time(what, move || fuzz::ingest(&bytes, from, &name))
}

/// A conversation as one line of JSONL.
fn line(turns: impl Iterator<Item = (&'static str, String)>) -> Vec<u8> {
    let turns: Vec<_> =
        turns.map(|(party, text)| serde_json::json!({ "party": party, "text": text })).collect();
    let mut line = serde_json::json!({ "id": "x", "turns": turns }).to_string();
    line.push('\n');
    line.into_bytes()
}

fn talk(n: usize, customer: &str, agent: &str) -> Conversation {
    let turn = |i: usize| match i % 2 {
        0 => (Party::Customer, customer),
        _ => (Party::Agent, agent),
    };
    (0..n).map(turn).fold(Conversation::new("talk", Channel::Chat), |talk, (party, text)| {
        talk.with_turn(party, text)
    })
}

// ---- what fuzzing found

#[test]
fn hostile_cases_of_earlier_days_stay_harmless() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/regressions");
    let mut replayed = 0;
    for target in fuzz::TARGETS {
        let cases = std::fs::read_dir(folder.join(target));
        let cases = cases.unwrap_or_else(|error| panic!("fuzz/regressions/{target}: {error}"));
        for case in cases {
            let case = case.expect("the folder can be read").path();
            let data = std::fs::read(&case).expect("the file was just seen");
            let name = case.file_name().expect("a file has a name").to_string_lossy();
            in_time(&format!("{target}/{name}"), move || fuzz::run(target, &data));
            replayed += 1;
        }
    }
    assert!(replayed >= fuzz::TARGETS.len(), "only {replayed} cases");
}

// ---- size

#[test]
fn hostile_line_of_megabytes_in_every_format() {
    const SENTENCE: &str = "Ik heb drie keer gebeld, niemand belt terug en ik ben er klaar mee ";
    for format in Format::ALL {
        // What is heard is the same in every format. What is too long for a turn is one clear error.
        let most = if matches!(format, Format::Text | Format::Jsonl) { 10 * MB } else { 400_000 };
        let long = repeated(SENTENCE, most);
        let bytes = match format {
            Format::Text => format!("Klant: {long}\nMedewerker: Vervelend."),
            Format::Json | Format::Jsonl => {
                String::from_utf8(line([("customer", long.clone())].into_iter())).unwrap()
            }
            Format::Vtt => format!("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Klant>{long}\n"),
            Format::Srt => format!("1\n00:00:01,000 --> 00:00:02,000\nKlant: {long}\n"),
            Format::Twitter => {
                format!("tweet_id,inbound,text,in_response_to_tweet_id\n1,True,\"{long}\",1\n")
            }
            Format::ConvoKit => serde_json::json!({
                "id": 1, "conversation_id": 1, "speaker": "a", "reply_to": null, "text": long
            })
            .to_string(),
            // No workbook, which takes a problem; workbooks are in the tests of gehoord-ingest.
            Format::WhisperX => serde_json::json!({
                "segments": [{ "start": 0, "end": 1, "text": long, "speaker": "Klant" }]
            })
            .to_string(),
            Format::ContactLens => serde_json::json!({
                "Transcript": [{ "ParticipantId": "CUSTOMER", "Content": long }]
            })
            .to_string(),
            Format::Xlsx => long.clone(),
            Format::Csv => format!("party,text\ncustomer,\"{long}\"\n"),
            Format::WhatsApp => format!("31-12-24 21:41 - Jan: {long}\n"),
            Format::Eml => format!("From: a@b.nl\nSubject: x\n\n{long}\n"),
            Format::Mbox => {
                format!("From a@b.nl Mon Mar  2 10:02:00 2026\nFrom: a@b.nl\n\n{long}\n")
            }
        };
        let (conversations, problems) =
            read_and_heard(&format!("a long line as {format}"), bytes.into_bytes(), Some(*format));
        assert!(conversations + problems > 0, "{format}: nothing came out");
    }
}

#[test]
fn hostile_number_of_turns() {
    let turn = |i: usize| {
        let (party, text) = match i % 2 {
            0 => ("customer", "Dit is al de derde keer dat ik bel, ik ben het zat."),
            _ => ("agent", "Ik begrijp het, maar dat is ons beleid. Ik bel u morgen terug."),
        };
        (party, text.to_owned())
    };
    // Too many for a conversation, so one clear error.
    let bytes = line((0..100_000).map(turn));
    assert_eq!(read_and_heard("100,000 turns", bytes, Some(Format::Jsonl)), (0, 1));
    let bytes = line((0..30_000).map(turn));
    assert_eq!(read_and_heard("30,000 turns", bytes, Some(Format::Jsonl)), (1, 0));
}

#[test]
fn hostile_number_of_turns_of_one_side() {
    for (what, party, text) in [
        ("customer", "customer", "Dit is al de derde keer dat ik bel, ik ben het zat."),
        ("agent", "agent", "Ik begrijp het. Ik bel u morgen voor 12.00 uur terug."),
        ("bot", "bot", "Welkom."),
    ] {
        let opening = std::iter::once(("customer", "Waar blijft mijn pakket?".to_owned()));
        let turns = opening.chain((1..30_000).map(|_| (party, text.to_owned())));
        let what = format!("30,000 {what} turns");
        assert_eq!(read_and_heard(&what, line(turns), Some(Format::Jsonl)), (1, 0));
    }
}

#[test]
fn hostile_number_of_hms() {
    let mut conversation = talk(0, "", "");
    for i in 0..100_000 {
        let (party, text) = match i % 2 {
            0 => (Party::Customer, "en toen belde ik weer"),
            _ => (Party::Agent, "hm-hm"),
        };
        conversation = conversation.with_turn(party, text);
    }
    let conversation = conversation.with_turn(Party::Agent, "Dat is vervelend, u belde drie keer.");
    in_time("100,000 turns with hm-hm", move || fuzz::review(&conversation));
}

#[test]
fn hostile_absence_of_everything() {
    for format in Format::ALL {
        for bytes in [&b""[..], b"\n", b"\0", b"{}", b"[]", b"{\"turns\":[]}", b"WEBVTT", b"a,b\n"]
        {
            read_and_heard(&format!("nothing as {format}"), bytes.to_vec(), Some(*format));
        }
    }
    for conversation in [talk(0, "", ""), talk(5, "", ""), talk(5, " ", "\n\t "), talk(1, "?", "")]
    {
        in_time("no words", move || fuzz::review(&conversation));
    }
}

// ---- characters

#[test]
fn hostile_characters() {
    for (what, piece) in [
        ("emoji", "😡🤬👩‍👩‍👧‍👦🇳🇱👍🏽☹️"),
        ("flags", "🇳🇱🇧"),
        ("right to left", "\u{202E}אני מחכה שלושה שבועות.\u{202C} أنا غاضب جدا! "),
        ("Dutch turned round", "ik ben \u{202E}zoob\u{202C} en \u{2067}teleurgesteld\u{2069}. "),
        ("zero width", "ik\u{200B} b\u{200D}en\u{FEFF} bo\u{AD}os\u{2060}. "),
        ("only zero width", "\u{200B}\u{200D}\u{FEFF}"),
        ("combining", "bo\u{301}\u{302}\u{303}o\u{308}s "),
        ("only combining", "\u{301}"),
        ("control", "\u{0}\u{1}\u{7F}\u{85}\u{2028}\u{2029}\r"),
        ("wide", "ｉｋ　ｂｅｎ　ｂｏｏｓ。"),
        ("Turkish and sharp s", "İSTANBUL ıßẞ ǅ ŉ ﬁ ʼn "),
        ("mathematical", "𝖎𝖐 𝖇𝖊𝖓 𝖇𝖔𝖔𝖘 "),
        ("end of Unicode", "\u{10FFFF}\u{FFFD}\u{E000}"),
        ("spaces", " "),
        ("lines", "\n"),
        ("lines of one letter", "a\n"),
    ] {
        heard_from_both_sides(what, &repeated(piece, ENOUGH));
    }
}

#[test]
fn hostile_bytes() {
    let broken: Vec<u8> = (0..MB).map(|i| (i * 7 % 256) as u8).collect();
    for format in Format::ALL {
        for (what, bytes) in [
            ("broken bytes", broken.clone()),
            ("0xFF", vec![0xFF; MB]),
            ("zero bytes", vec![0; MB]),
            ("UTF-16", [&b"\xFF\xFE"[..], &broken[..]].concat()),
            ("half a character", [b"Klant: ik ben boos ".repeat(9), vec![0xE2, 0x82]].concat()),
        ] {
            read_and_heard(&format!("{what} as {format}"), bytes, Some(*format));
        }
    }
}

// ---- words and marks

#[test]
fn hostile_word_of_five_megabytes() {
    for (what, piece) in [
        ("letter", "a"),
        ("capital", "A"),
        ("digit", "1"),
        ("accent", "é"),
        ("hyphen", "a-"),
        ("apostrophe", "a'"),
        ("digit with point", "1."),
        ("handle", "@a"),
        ("underscore", "_"),
        ("link", "http://a.nl/"),
        ("address", "a@b.nl"),
    ] {
        let most = if matches!(what, "letter" | "accent" | "hyphen") { 5 * MB } else { MB };
        heard_from_both_sides(&format!("{most} bytes of {what}"), &repeated(piece, most));
    }
}

#[test]
fn hostile_marks() {
    const LONG: &[&str] = &["“", "”", "«", "?!", "a.b.c."];
    for piece in [
        "\"", "“", "”", "„", "«", "»", "'", "’", "“ ", "« ", "“a", "\"a ", "?!", "? ! ", "a? ",
        "a! ", ".", "…", "a.b.c.", "a. ", "A.", "bv. ", ",", "a,", "a-", "--", "(", ")", "(a", "[",
        "[a", "<", "<a", "{", "@", "#", "*", ":-", ":)", ":'-", "<3", "^^", "/", "\\", "_", "|",
        "http://", "www.", "12.00 ", "1,", "€ 1", "a\r\n", "- a\n", "> a\n",
    ] {
        let most = if LONG.contains(&piece) { MB } else { ENOUGH };
        heard_from_both_sides(&format!("{most} bytes of {piece:?}"), &repeated(piece, most));
    }
}

#[test]
fn hostile_repetition_of_cue_words() {
    const LONG: &[&str] = &["nog steeds geen "];
    for piece in [
        "nog steeds geen ",
        "nog steeds geen antwoord ",
        "nog steeds geen antwoord. ",
        "niet ",
        "niet boos ",
        "ik ben niet boos, ",
        "heel heel erg boos ",
        "BOOS!!! ",
        "drie keer twee keer ",
        "ik bel u morgen voor 12.00 uur terug. ",
        "ik bel u zo snel mogelijk terug ",
        "morgen voor 12.00 ",
        "vrijdag tussen 10 en 12 ",
        "binnen twee ",
        "ik begrijp het, maar ",
        "Ik begrijp dat dit vervelend is. ",
        "Sorry voor het ongemak. ",
        "dat is ons beleid, ",
        "Wat is uw naam? ",
        "Kunt u vertellen wat er gebeurd is? ",
        "u je ",
        "lekker bezig hoor, ",
        "still no reply ",
        "I understand, but ",
        "not not ",
        "I will call you back tomorrow by noon. ",
        "ik ben boos I am angry. ",
    ] {
        let most = if LONG.contains(&piece) { MB } else { ENOUGH };
        heard_from_both_sides(&format!("{most} bytes of {piece:?}"), &repeated(piece, most));
    }
}

#[test]
fn hostile_concert_of_every_cue_that_ships() {
    for &language in Language::ALL {
        let handbook = Handbook::embedded(language).expect("the handbook that ships is right");
        let mut sentences: Vec<String> =
            Label::all().flat_map(|l| handbook.cues(l)).flat_map(|(_, c)| c.must_match).collect();
        sentences.sort();
        assert!(sentences.len() > 300, "only {} sentences", sentences.len());
        let lines = sentences.join("\n");
        let breathless =
            lines.replace(|c: char| !c.is_alphanumeric() && c != '\'', " ").to_lowercase();
        for (what, all) in [("in lines", lines), ("in one breath", breathless)] {
            heard_from_both_sides(&format!("cues of {language} {what}"), &repeated(&all, ENOUGH));
        }
        let mut long = Conversation::new("all", Channel::Chat);
        for (i, sentence) in sentences.iter().cycle().take(20_000).enumerate() {
            let party = if i % 3 == 0 { Party::Customer } else { Party::Agent };
            long = long.with_turn(party, sentence.as_str());
        }
        in_time(&format!("cues of {language} in 20,000 turns"), move || fuzz::review(&long));
    }
}

#[test]
fn hostile_story_given_back() {
    let mut story = String::new();
    for i in 0..20_000 {
        let _ =
            write!(story, "Mijn pakket nummer {i} is {i} keer niet op tijd bezorgd in straat{i}. ");
    }
    let reply = story.replace("Mijn", "Uw");
    let conversation = talk(2, &story, &reply);
    in_time("1 MB given back", move || fuzz::review(&conversation));
    let conversation = talk(2, &story, &repeated("Uw pakket is bezorgd in uw straat. ", MB));
    in_time("1 MB given back in part", move || fuzz::review(&conversation));
}

// ---- nesting

#[test]
fn hostile_nesting() {
    let deep = 100_000;
    let json = |open: &str, close: &str| format!("{}{}", open.repeat(deep), close.repeat(deep));
    for (what, bytes) in [
        ("arrays", json("[", "]")),
        ("objects", json("{\"turns\":", "}")),
        ("open objects", "{\"a\":[".repeat(deep)),
        ("arrays in meta", format!("{{\"turns\":[],\"meta\":{{\"a\":{}}}}}", json("[", "]"))),
    ] {
        for format in [Format::Json, Format::Jsonl] {
            let what = format!("nested {what} as {format}");
            let bytes = bytes.clone().into_bytes();
            let (conversations, problems) = read_and_heard(&what, bytes, Some(format));
            assert_eq!((conversations, problems > 0), (0, true), "{what}");
        }
    }
    let header = "From: a@b.nl\nSubject: x\nMIME-Version: 1.0\n";
    let mut parts = header.to_owned();
    for i in 0..10_000 {
        let _ = write!(parts, "Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n");
    }
    let html = |tag: &str| {
        let open = format!("<{tag}>").repeat(deep);
        format!("{header}Content-Type: text/html\n\n{open}Ik ben boos.")
    };
    let mails = format!("{header}Content-Type: message/rfc822\n\n").repeat(10_000);
    for (what, bytes) in [
        ("nested parts", parts),
        ("nested mails", mails),
        ("nested div", html("div")),
        ("nested blockquote", html("blockquote")),
        ("nested table", html("table><tr><td")),
        ("nested list", html("ul><li")),
        ("nested bold", html("b")),
        ("nested span", html("span")),
        ("nested quotes", format!("{header}\n{} Ik ben boos.\n", ">".repeat(MB))),
        ("nested replies", format!("{header}\n{}", "Op 1 mei schreef a@b.nl:\n> ".repeat(20_000))),
    ] {
        for format in [Format::Eml, Format::Mbox] {
            let start =
                if format == Format::Mbox { "From a@b.nl Mon Mar  2 10:02:00 2026\n" } else { "" };
            let bytes = format!("{start}{bytes}").into_bytes();
            read_and_heard(&format!("{what} as {format}"), bytes, Some(format));
        }
    }
}

// ---- anything at all

/// Words and marks that mechanisms act on, and any Unicode at all.
fn piece() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "ik",
        "u",
        "je",
        "niet",
        "geen",
        "nog",
        "steeds",
        "al",
        "drie",
        "keer",
        "weken",
        "gebeld",
        "boos",
        "BOOS",
        "teleurgesteld",
        "bang",
        "blij",
        "dank",
        "begrijp",
        "snap",
        "dat",
        "maar",
        "beleid",
        "sorry",
        "excuses",
        "ongemak",
        "bel",
        "terug",
        "morgen",
        "voor",
        "12.00",
        "uur",
        "binnen",
        "twee",
        "werkdagen",
        "zo snel mogelijk",
        "wat",
        "waarom",
        "hoe",
        "kunt",
        "wilt",
        "klacht",
        "opzeggen",
        "advocaat",
        "pakket",
        "rekening",
        "vervelend",
        "helaas",
        "gewoon",
        "I",
        "am",
        "not",
        "angry",
        "still",
        "no",
        "reply",
        "thank",
        "you",
        "understand",
        "but",
        "policy",
        "tomorrow",
        "by",
        "noon",
        "call",
        "sorry",
        "the",
        "and",
        "is",
        "what",
        "why",
        "[naam]",
        "@klant",
        "NAME-M",
        "<at_user>",
        "http://a.nl/b",
        "a@b.nl",
        "😡",
        "🙏🏽",
        ":)",
        ":(",
        "...",
        ".",
        ",",
        "?",
        "!",
        "?!",
        "\"",
        "“",
        "”",
        "'",
        "-",
        "—",
        ":",
        ";",
        "(",
        ")",
        "\n",
        "\n\n",
        " ",
        "\t",
        "\u{200B}",
        "\u{301}",
        "ß",
        "İ",
        "é",
        "hm-hm",
        "ok",
        "3",
        "1e",
    ];
    prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "\\PC{0,12}",
        1 => any::<char>().prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    let joined = |pieces: Vec<(String, bool)>| {
        let spaced =
            pieces.into_iter().map(|(piece, space)| if space { piece + " " } else { piece });
        spaced.collect::<String>()
    };
    prop::collection::vec((piece(), prop::bool::weighted(0.85)), 0..24).prop_map(joined)
}

fn conversation() -> impl Strategy<Value = Conversation> {
    let party = prop::sample::select(
        &[
            Party::Customer,
            Party::Customer,
            Party::Customer,
            Party::Agent,
            Party::Agent,
            Party::Agent,
            Party::Colleague,
            Party::Bot,
        ][..],
    );
    let locale = prop::sample::select(
        &[None, Some("nl-NL"), Some("nl-BE"), Some("en-GB"), Some("en"), Some("de-DE"), Some("xx")]
            [..],
    );
    let turns = prop::collection::vec((party, text()), 0..10);
    (turns, locale, prop::sample::select(Channel::ALL)).prop_map(|(turns, locale, channel)| {
        let mut conversation = Conversation::new("any", channel);
        conversation.locale = locale.map(|tag| tag.parse().expect("a constant tag is a locale"));
        turns.into_iter().fold(conversation, |all, (party, text)| all.with_turn(party, text))
    })
}

proptest! {
    // Regressions are kept in fuzz/regressions, where they have names.
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_conversations_are_heard_the_same_twice(conversation in conversation()) {
        let once = fuzz::review(&conversation);
        prop_assert_eq!(once, fuzz::review(&conversation));
    }

    #[test]
    fn hostile_patterns_are_read_or_refused(pattern in "[a-z*()|<>_.0-9#@^$!?, é]{0,40}") {
        fuzz::run("pattern", pattern.as_bytes());
    }

    #[test]
    fn hostile_times_lie_in_their_text(text in text()) {
        fuzz::run("due", text.as_bytes());
    }
}
