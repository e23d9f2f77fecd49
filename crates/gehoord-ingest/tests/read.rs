//! Every format from outside: files as they are in the wild, and files that mean harm.

use std::io::Read;
use std::time::{Duration, Instant};

use gehoord_conversation::Language;
use gehoord_ingest::{Format, Item, Options, read};
use proptest::prelude::*;

fn options(from: Option<Format>) -> Options {
    Options { from, ..Options::default() }
}

fn check(bytes: &[u8], name: &str, from: Option<Format>) -> Vec<String> {
    let shown = |item: Item| match item {
        Item::Problem(problem) => format!("{} {}", problem.line, problem.code),
        Item::Conversation(imported) => {
            let turns = imported.conversation.turns.iter().map(|turn| turn.party.id());
            let turns = turns.collect::<Vec<_>>().join(" ");
            format!("{} {}: {turns}", imported.line, imported.conversation.id)
        }
    };
    read(bytes, name, &options(from)).map(shown).collect()
}

#[test]
fn sample_files_are_read_without_being_told_the_format() {
    macro_rules! sample {
        ($name:literal, $expected:expr) => {
            assert_eq!(check(include_bytes!(concat!("samples/", $name)), $name, None), $expected);
            assert_eq!(
                check(include_bytes!(concat!("samples/", $name)), $name, None).len(),
                $expected.len()
            );
        };
    }
    sample!("chat.txt", ["1 chat-17: customer agent customer"]);
    sample!("chats.jsonl", ["1 a: customer agent", "3 invalid_conversation", "4 c: customer"]);
    sample!("gesprek.json", ["2 a: customer", "6 invalid_value"]);
    sample!("call.vtt", ["6 call.vtt: agent customer"]);
    sample!("call.srt", ["3 call.srt: agent customer"]);
    sample!("turns.csv", ["2 7: customer agent", "3 8: customer"]);
    sample!("mail.eml", ["1 mail.eml: customer"]);
    sample!("box.mbox", ["1 box.mbox: customer agent"]);
    sample!("twcs.csv", ["3 11: customer agent"]);
    sample!("utterances.jsonl", ["1 u1: customer agent", "3 u3: customer"]);
    sample!("turns.xlsx", ["4 7001: customer agent", "6 7002: customer"]);
    sample!("call.whisperx.json", ["1 call.whisperx.json: agent customer agent"]);
    sample!("call.contactlens.json", ["1 c-1001: agent customer"]);
    sample!("_chat.txt", ["2 _chat.txt: customer agent"]);
}

#[test]
fn an_unknown_format_lists_the_formats() {
    let items: Vec<Item> = read(&b"zomaar iets"[..], "x.pdf", &options(None)).collect();
    let [Item::Problem(problem)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(problem.code, "unknown_format");
    assert!(problem.message.contains("--from: text, json, jsonl"), "{problem}");
    assert_eq!(check(b"", "-", None), ["1 no_turns"]);
    assert_eq!(check(b"\xEF\xBB\xBF", "x", None), ["1 no_turns"]);
}

#[test]
fn jsonl_goes_on_after_every_kind_of_wrong_line() {
    let good = br#"{"turns":[{"party":"customer","text":"hoi"}]}"#;
    let mut input = b"\xEF\xBB\xBF".to_vec();
    for line in [&good[..], b"\xFF\xFE\xFD", b"", b"   ", b"{", &good[..], b"[]", &good[..]] {
        input.extend_from_slice(line);
        input.extend_from_slice(b"\r\n");
    }
    assert_eq!(
        check(&input, "x.jsonl", Some(Format::Jsonl)),
        [
            "1 x.jsonl:1: customer",
            "2 invalid_utf8",
            "5 invalid_json",
            "6 x.jsonl:6: customer",
            "7 invalid_conversation",
            "8 x.jsonl:8: customer"
        ]
    );
    assert!(check(b"", "x.jsonl", Some(Format::Jsonl)).is_empty());
}

/// An input that is never held: `unit`, repeated.
struct Endless<'t> {
    unit: &'t [u8],
    left: usize,
    at: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = buffer.len().min(self.left);
        for byte in &mut buffer[..n] {
            *byte = self.unit[self.at % self.unit.len()];
            self.at += 1;
        }
        self.left -= n;
        Ok(n)
    }
}

#[test]
fn a_line_without_end_is_a_problem_and_the_rest_goes_on() {
    let good = b"\n{\"turns\":[]}\n";
    let long = Endless { unit: b"a", left: 70 * 1024 * 1024, at: 0 };
    let reader = std::io::BufReader::new(long.chain(&good[..]));
    let items: Vec<Item> = read(reader, "x.jsonl", &options(Some(Format::Jsonl))).collect();
    assert_eq!(items.len(), 2);
    let Item::Problem(problem) = &items[0] else { panic!() };
    assert_eq!((problem.line, problem.code), (1, "line_too_long"));
    let Item::Conversation(imported) = &items[1] else { panic!() };
    assert_eq!(imported.line, 2);
}

#[test]
fn what_nobody_could_have_held_is_no_conversation_and_the_rest_goes_on() {
    let line = |turns: usize, bytes: usize| {
        let turn = serde_json::json!({ "party": "customer", "text": "a".repeat(bytes) });
        serde_json::json!({ "turns": vec![turn; turns] }).to_string()
    };
    let lines = [line(30_001, 1), line(1, 600 << 10), line(9, 500 << 10), line(2, 10)].join("\n");
    let items: Vec<Item> = read(lines.as_bytes(), "x.jsonl", &options(None)).collect();
    let told = |item: &Item| match item {
        Item::Problem(problem) => {
            assert_eq!(problem.code, "too_large");
            (problem.line, problem.told(Language::Nl).chars().take(30).collect())
        }
        Item::Conversation(imported) => (imported.line, "read".to_owned()),
    };
    let told: Vec<(usize, String)> = items.iter().map(told).collect();
    let expected = [
        (1, "één gesprek heeft 30001 beurte"),
        (2, "beurt 1 heeft 600 KiB aan woor"),
        (3, "één gesprek heeft 4500 KiB aan"),
        (4, "read"),
    ];
    assert_eq!(told, expected.map(|(line, words)| (line, words.to_owned())));
}

#[test]
fn other_formats_stop_at_64_mib() {
    let endless = Endless { unit: b"Klant: hoi\n", left: 65 * 1024 * 1024, at: 0 };
    let reader = std::io::BufReader::new(endless);
    let items: Vec<Item> = read(reader, "x.txt", &options(None)).collect();
    let [Item::Problem(problem)] = &items[..] else { panic!("{}", items.len()) };
    assert_eq!(problem.code, "too_large");
}

#[test]
fn a_reader_that_fails_is_a_problem() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("weg"))
        }
    }
    let reader = std::io::BufReader::new(Broken);
    let items: Vec<Item> = read(reader, "x", &options(None)).collect();
    let [Item::Problem(problem)] = &items[..] else { panic!() };
    assert_eq!(problem.code, "io_error");
}

/// A table of tweets that answer what `answers` says.
fn tweets(answers: impl Fn(usize) -> usize) -> Vec<u8> {
    let rows = (0..50_000).map(|i| format!("{i},a,True,,hoi,,{}\n", answers(i)));
    let header = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,\
                  in_response_to_tweet_id\n";
    [header.to_owned()].into_iter().chain(rows).collect::<String>().into_bytes()
}

/// Utterances of one conversation that answer what `answers` says.
fn utterances(answers: impl Fn(usize) -> usize) -> Vec<u8> {
    let line = |i| {
        let to = answers(i);
        format!("{{\"id\":{i},\"root\":1,\"user\":\"u{i}\",\"reply_to\":{to},\"text\":\"hoi\"}}\n")
    };
    (0..50_000).map(line).collect::<String>().into_bytes()
}

/// Inputs that a naive reader needs hours, or a deep stack, for.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let many = |unit: &str, n: usize| unit.repeat(n).into_bytes();
    vec![
        ("empty", Vec::new()),
        ("mark only", b"\xEF\xBB\xBF".to_vec()),
        ("utf16 mark only", b"\xFF\xFE".to_vec()),
        ("zeros", vec![0; 100_000]),
        ("no utf-8", vec![0xFF; 100_000]),
        ("one long line", many("woord ", 1_700_000)),
        ("one long turn", [b"Klant: ".to_vec(), many("woord ", 1_700_000)].concat()),
        ("many turns", many("Klant: hoi daar\nMedewerker: dag ook\n", 50_000)),
        (
            "many names",
            (0..50_000).flat_map(|i| format!("N{i}: hoi daar\n").into_bytes()).collect(),
        ),
        ("many colons", many(":", 2_000_000)),
        ("many short colons", many("a: ", 1_000_000)),
        ("many rulers", many("\n---\n", 300_000)),
        ("open arrays", many("[", 1_000_000)),
        ("open objects", many("{\"turns\":", 200_000)),
        ("close", many("]}", 500_000)),
        ("quotes", many("\"", 1_000_001)),
        ("cues", many("00:01.000 --> 00:02.000\n<v Klant>hoi\n\n", 50_000)),
        (
            "open tags",
            [b"WEBVTT\n\n00:01.000 --> 00:02.000\n".to_vec(), many("<v ", 500_000)].concat(),
        ),
        ("rows", [b"ticket,role,text\n".to_vec(), many("1,customer,hoi\n", 100_000)].concat()),
        ("columns", many("role,text,", 100_000)),
        (
            "open quote",
            [b"ticket,role,text\n".to_vec(), many("1,customer,\"hoi\n", 100_001)].concat(),
        ),
        ("mails", many("From x\nFrom: a@b.nl\nSubject: Re: x\n\nhoi\n\n", 20_000)),
        ("from lines", many("From x\n\n", 300_000)),
        ("headers", many("Subject: x\n", 300_000)),
        ("intros", [b"From: a@b.nl\n\n".to_vec(), many("Op 1 a\n", 500_000)].concat()),
        (
            "html",
            [b"From: a@b.nl\nContent-Type: text/html\n\n".to_vec(), many("<div><b><p", 200_000)]
                .concat(),
        ),
        (
            "digest",
            many("From: a@b.nl\nContent-Type: multipart/digest; boundary=a\n\n--a\n\n", 20_000),
        ),
        ("chat", many("31-12-24 21:41 - N: hoi <\n", 50_000)),
        (
            "chat names",
            (0..50_000).flat_map(|i| format!("1/2/24, 9:41 - N{i}: a\n").into_bytes()).collect(),
        ),
        ("tweets in a ring", tweets(|i| (i + 1) % 50_000)),
        ("tweets in a chain", tweets(|i| i + 1)),
        ("tweets below one", tweets(|_| 0)),
        ("tweets without a root", tweets(|_| 99_999)),
        ("utterances in a ring", utterances(|i| (i + 1) % 50_000)),
        ("utterances below one that is not there", utterances(|_| 99_999)),
        (
            "segments",
            [
                b"{\"segments\":[".to_vec(),
                many("{\"start\":0,\"end\":1,\"text\":\"hoi\",\"speaker\":\"a\"},", 50_000),
                b"{}]}".to_vec(),
            ]
            .concat(),
        ),
        (
            "files of segments",
            many("{\"segments\":[{\"text\":\"hoi\",\"speaker\":\"a\"}]} ", 50_000),
        ),
        (
            "entries",
            [
                b"{\"Transcript\":[".to_vec(),
                many("{\"ParticipantId\":\"AGENT\",\"Content\":\"hoi\"},", 50_000),
                b"{}]}".to_vec(),
            ]
            .concat(),
        ),
        ("right to left", many("\u{202E}Klant\u{202C}: \u{5E9}\u{5DC}\u{5D5}\u{5DD}\n", 10_000)),
    ]
}

fn ends_within_seconds(format: Format) {
    for (what, bytes) in hostile() {
        let start = Instant::now();
        let items = read(&bytes[..], "x", &options(Some(format))).count();
        let took = start.elapsed();
        let most = Duration::from_secs(10);
        assert!(took < most, "{what} as {format}: {took:?} for {items} items");
        let kept = if format == Format::Jsonl { usize::MAX } else { 110_000 };
        assert!(items <= kept, "{what} as {format}: {items} items");
    }
}

macro_rules! hostile_inputs_end {
    ($($test:ident: $format:ident,)*) => {
        $(#[test] fn $test() { ends_within_seconds(Format::$format); })*
    };
}

hostile_inputs_end! {
    hostile_inputs_end_as_text: Text,
    hostile_inputs_end_as_json: Json,
    hostile_inputs_end_as_jsonl: Jsonl,
    hostile_inputs_end_as_vtt: Vtt,
    hostile_inputs_end_as_srt: Srt,
    hostile_inputs_end_as_eml: Eml,
    hostile_inputs_end_as_mbox: Mbox,
    hostile_inputs_end_as_csv: Csv,
    hostile_inputs_end_as_whatsapp: WhatsApp,
    hostile_inputs_end_as_twitter: Twitter,
    hostile_inputs_end_as_convokit: ConvoKit,
    hostile_inputs_end_as_xlsx: Xlsx,
    hostile_inputs_end_as_whisperx: WhisperX,
    hostile_inputs_end_as_contactlens: ContactLens,
}

/// Pieces that the formats are made of, in any order.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&str] = &[
        "Klant: ",
        "Medewerker: ",
        "Jan",
        ": ",
        "\n",
        "\r\n",
        "\n\n",
        "---",
        "===",
        "# date: ",
        "# id: a",
        "2026-03-02",
        "02-03-2026 10:02",
        "[10:02:13]",
        "(00:01:05)",
        "31-12-24 21:41 - ",
        "\n[1/2/2024 à 9:41:00\u{202F}PM] ~ Jan: ",
        "<Media weggelaten>",
        "\u{200E}<Dit bericht is bewerkt>",
        " ",
        "{",
        "}",
        "[",
        "]",
        "\"turns\":",
        "\"party\":\"customer\",",
        "\"text\":\"hoi\"",
        ",",
        "{\"id\":1,\"conversation_id\":1,\"speaker\":\"a\",\"reply_to\":2,\"text\":\"hoi\"",
        ",\"timestamp\":1509487907",
        ",\"timestamp\":\"1e999\"",
        ",\"meta\":{\"role\":\"agent\"}",
        "}\n",
        "{\"segments\":[",
        "{\"start\":0.1,\"end\":1e308,\"text\":\"hoi\",\"speaker\":\"Klant\"}",
        "\"words\":[{\"word\":\"12\"}],",
        "],\"language\":\"nl\"}",
        "{\"Participants\":[{\"ParticipantId\":\"1\",\"ParticipantRole\":\"AGENT\"}],\"Transcript\":[",
        "{\"ParticipantId\":\"1\",\"Content\":\"hoi\",\"BeginOffsetMillis\":-1}",
        "]}",
        "WEBVTT\n\n",
        "1\n",
        "00:00:01.000 --> 00:00:02.000\n",
        "00:01,0 --> ",
        "<v Klant>",
        "</v>",
        "<",
        ">",
        "&amp;",
        "NOTE x\n",
        "From x\n",
        "From: a@b.nl\n",
        "Subject: Re: x\n",
        "Date: Mon, 2 Mar 2026\n",
        "Message-ID: <1@a>\n",
        "In-Reply-To: <1@a>\n",
        "Content-Type: text/html\n",
        "Content-Type: multipart/mixed; boundary=b\n",
        "Content-Type: message/rfc822\n",
        "--b\n",
        "--b--\n",
        "Content-Transfer-Encoding: base64\n",
        "=?utf-8?Q?=C3?=",
        "<p>",
        "<blockquote>",
        "<table><tr><td>",
        "Op 1 mei schreef a@b.nl:\n",
        "> oud\n",
        "Van: x\nAan: y\nOnderwerp: z\n",
        "-- \n",
        "Groet,\n",
        "ticket,role,text\n",
        "PK\u{3}\u{4}",
        "PK\u{5}\u{6}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        "tweet_id,author_id,inbound,text,response_tweet_id,in_response_to_tweet_id\n",
        "1,a,True,hoi,\"2,3\",2\n",
        "2,b,False,hoi,,1\n",
        "1,customer,",
        "\"",
        ";",
        "\t",
        "|",
        "sep=;\n",
        "\u{FEFF}",
        "\u{202E}",
        "\u{1F600}",
        "e\u{301}",
        "\0",
    ];
    prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ]
}

fn inputs() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..2000),
        4 => prop::collection::vec(piece(), 0..80).prop_map(|pieces| pieces.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in inputs()) {
        for format in Format::ALL {
            let items: Vec<Item> = read(&bytes[..], "x", &options(Some(*format))).collect();
            for item in items {
                match item {
                    Item::Problem(problem) => prop_assert!(problem.line >= 1),
                    Item::Conversation(imported) => prop_assert!(imported.line >= 1),
                }
            }
        }
        let _ = read(&bytes[..], "x", &options(None)).count();
    }

    #[test]
    fn messages_are_one_short_line(bytes in inputs()) {
        for format in Format::ALL {
            for item in read(&bytes[..], "x", &options(Some(*format))) {
                let messages = match item {
                    Item::Problem(problem) => vec![problem.message],
                    Item::Conversation(i) => i.notes.into_iter().map(|note| note.message).collect(),
                };
                for message in messages {
                    prop_assert!(!message.contains('\n'), "{}", message);
                    prop_assert!(message.chars().count() < 2000, "{}", message);
                }
            }
        }
    }
}
