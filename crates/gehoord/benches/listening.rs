//! How long listening takes. Run with
//!
//! ```sh
//! cargo bench --package gehoord --bench listening              # all, under a minute
//! cargo bench --package gehoord --bench listening -- turn      # only those with "turn" in the name
//! cargo bench --package gehoord --bench listening -- --sample-count 500 --max-time 10
//! ```
//!
//! Look at the median, on a machine that does nothing else. `item/s` counts turns (in
//! `jsonl_read_and_heard`, conversations); one takes 1 divided by that. A turn of an agent is
//! heard together with the customer turn it answers, because that is what it is judged by: those
//! benches listen to two turns and count two.

use std::fs;
use std::path::{Path, PathBuf};

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use gehoord_coaching::compose;
use gehoord_conversation::{Channel, Conversation, Locale, Party, Turn};
use gehoord_ingest::{Format, Item, Options};
use gehoord_listening::Listener;

fn main() {
    divan::main();
}

/// A customer turn and its answer, each of 100 to 160 bytes: (language, customer, agent).
const TURNS: [(&str, &str, &str); 2] = [
    (
        "nl-NL",
        "Dit is al de derde keer dat ik bel over mijn internet. Niemand belt terug en ik zit nu \
         twee weken zonder. Hier word ik moedeloos van.",
        "Drie keer bellen en twee weken zonder internet, dat is veel te lang. Ik zoek nu uit wat \
         er misging en bel u morgen voor 12.00 uur.",
    ),
    (
        "en-GB",
        "This is the third time I call about my broadband. Nobody calls me back and we have been \
         without it for two weeks. I am fed up.",
        "Three calls and two weeks without broadband, that is far too long. I will find out what \
         went wrong and call you tomorrow by noon.",
    ),
];

fn turns(language: &str) -> (&'static str, &'static str, &'static str) {
    TURNS[usize::from(language == "en")]
}

fn listener() -> Listener {
    Listener::embedded().expect("the packs that ship are right")
}

fn conversation(locale: &str, turns: &[(Party, &str)]) -> Conversation {
    let mut conversation = Conversation::new("bench", Channel::Chat);
    conversation.locale = Some(locale.parse::<Locale>().expect("a constant tag is a locale"));
    for (party, text) in turns {
        assert!((100..=160).contains(&text.len()), "{} bytes: {text}", text.len());
        conversation = conversation.with_turn(*party, *text);
    }
    conversation
}

fn listen(bencher: Bencher<'_, '_>, conversation: &Conversation) {
    let listener = listener();
    bencher
        .counter(ItemsCount::new(conversation.turns.len()))
        .bench(|| listener.listen(black_box(conversation)));
}

/// One customer turn.
#[divan::bench(args = ["nl", "en"], max_time = 3)]
fn turn_of_customer(bencher: Bencher<'_, '_>, language: &str) {
    let (locale, customer, _) = turns(language);
    listen(bencher, &conversation(locale, &[(Party::Customer, customer)]));
}

/// One customer turn and the agent turn that answers it.
#[divan::bench(args = ["nl", "en"], max_time = 3)]
fn turn_of_agent_with_its_customer(bencher: Bencher<'_, '_>, language: &str) {
    let (locale, customer, agent) = turns(language);
    listen(bencher, &conversation(locale, &[(Party::Customer, customer), (Party::Agent, agent)]));
}

/// The same two turns with the hints, as in the reply check.
#[divan::bench(args = ["nl", "en"], max_time = 3)]
fn turn_of_agent_with_hints(bencher: Bencher<'_, '_>, language: &str) {
    let (locale, customer, agent) = turns(language);
    let talk = conversation(locale, &[(Party::Customer, customer), (Party::Agent, agent)]);
    let listener = listener();
    bencher
        .counter(ItemsCount::new(talk.turns.len()))
        .bench(|| gehoord_coaching::review(&listener, black_box(&talk)));
}

/// A customer turn of 20 word pieces by the deep tier, beside the same by the fast one.
#[divan::bench(args = ["fast", "deep"], max_time = 3)]
fn sentence_by_tier(bencher: Bencher<'_, '_>, tier: &str) {
    const SENTENCE: &str =
        "Ik wacht nu al drie weken op mijn pakket en er is nog steeds niemand die mij terugbelt.";
    let talk = Conversation::new("bench", Channel::Chat).with_turn(Party::Customer, SENTENCE);
    let listener = if tier == "deep" { listener().deeper() } else { listener() };
    // It is read when it first listens.
    black_box(listener.listen(&talk));
    bencher.bench(|| listener.listen(black_box(&talk)));
}

/// The next turn of a conversation that goes on, after so many turns.
#[divan::bench(args = [2, 20, 200, 2000], max_time = 3)]
fn next_turn(bencher: Bencher<'_, '_>, length: usize) {
    let (locale, customer, agent) = turns("nl");
    let mut talk = conversation(locale, &[]);
    for _ in 0..length / 2 {
        talk = talk.with_turn(Party::Customer, customer).with_turn(Party::Agent, agent);
    }
    let listener = listener();
    let mut ongoing = gehoord_coaching::follow(&listener, talk);
    gehoord_coaching::hear(&listener, &mut ongoing, Turn::new(Party::Customer, customer));
    bencher.bench_local(|| {
        let turn = Turn::new(Party::Customer, black_box(customer));
        gehoord_coaching::hear_instead(&listener, &mut ongoing, turn)
    });
}

/// A mail of three thousand words is checked while its last sentence is written.
#[divan::bench(max_time = 3)]
fn draft_of_3000_words(bencher: Bencher<'_, '_>) {
    let (locale, customer, agent) = turns("nl");
    let listener = listener();
    let talk = conversation(locale, &[(Party::Customer, customer)]);
    let mut composer = gehoord_coaching::compose::Composer::new(&listener, talk);
    let mut draft = String::new();
    while draft.split_whitespace().count() < 3_000 {
        draft += agent;
        draft.push(' ');
    }
    bencher.bench_local(|| {
        composer.advise(&listener, black_box(&draft), None, compose::Moment::Typing)
    });
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn conversations(bytes: &[u8], from: Option<Format>, name: &str) -> Vec<Conversation> {
    let options = Options { from, ..Options::default() };
    let items = gehoord_ingest::read(bytes, name, &options);
    items
        .filter_map(|item| match item {
            Item::Conversation(imported) => Some(imported.conversation),
            Item::Problem(_) => None,
        })
        .collect()
}

/// The example conversations that are kept in `examples/<locale>/`.
fn examples() -> Vec<Conversation> {
    let folders = fs::read_dir(root().join("examples")).expect("examples are in the repository");
    let mut files: Vec<PathBuf> = folders
        .flatten()
        .filter_map(|folder| fs::read_dir(folder.path()).ok())
        .flat_map(|files| files.flatten().map(|file| file.path()))
        .filter(|path| path.extension().is_some_and(|e| e != "md"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).expect("the file was just seen");
        conversations(&bytes, None, &path.to_string_lossy())
    };
    files.iter().flat_map(read).collect()
}

/// All example conversations, one after the other.
#[divan::bench(max_time = 5)]
fn examples_heard(bencher: Bencher<'_, '_>) {
    let listener = listener();
    let examples = examples();
    assert!(examples.len() >= 50, "only {} examples", examples.len());
    let turns: usize = examples.iter().map(|c| c.turns.len()).sum();
    bencher.counter(ItemsCount::new(turns)).bench(|| {
        for conversation in &examples {
            black_box(gehoord_coaching::review(&listener, black_box(conversation)));
        }
    });
}

fn jsonl() -> Vec<u8> {
    fs::read(root().join("corpus/triples/nl-a.jsonl")).expect("the corpus is in the repository")
}

/// JSONL into conversations, without listening.
#[divan::bench(max_time = 3)]
fn jsonl_read(bencher: Bencher<'_, '_>) {
    let bytes = jsonl();
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench(|| conversations(black_box(&bytes), Some(Format::Jsonl), "bench.jsonl"));
}

/// JSONL into reports, as `gehoord listen` does on one core.
#[divan::bench(max_time = 3)]
fn jsonl_read_and_heard(bencher: Bencher<'_, '_>) {
    let listener = listener();
    let bytes = jsonl();
    let count = conversations(&bytes, Some(Format::Jsonl), "bench.jsonl").len();
    bencher.counter(ItemsCount::new(count)).bench(|| {
        for conversation in conversations(&bytes, Some(Format::Jsonl), "bench.jsonl") {
            black_box(listener.listen(&conversation));
        }
    });
}

/// All packs, cultures and rubrics that ship, made ready: what every start of the command costs.
#[divan::bench(max_time = 5)]
fn start() -> Listener {
    listener()
}
