//! Files of learned models that something happened to: a disk, a mail program, somebody's editor.
//! Reading one gives an error or a model, and a model never panics, whatever its numbers are.

use std::ops::Range;
use std::sync::{Mutex, OnceLock};

use gehoord_conversation::wire::{WireReport, read_conversation};
use gehoord_conversation::{Conversation, HeadValue, Report};
use gehoord_listening::Listener;
use gehoord_listening::fit::{AdaptedModel, ModelFileError, Settings, learn};
use proptest::prelude::*;
use serde_json::json;

const TOPICS: [(&str, &str); 3] =
    [("bezorging", "het pakket"), ("factuur", "de rekening"), ("techniek", "de modem")];

fn conversation(i: usize, labelled: bool) -> Conversation {
    let (topic, thing) = TOPICS[i % 3];
    let (late, promise) = (i.is_multiple_of(2), i % 5 < 2);
    let late_words = if late { "Ik wacht nu al weken." } else { "Alvast bedankt!" };
    let reply = if promise { "Ik regel het voor u." } else { "Dat kan helaas niet." };
    let mut json = json!({
        "id": "c", "locale": "nl-NL",
        "turns": [
            {"party": "customer", "text": format!("Hallo. Het gaat om {thing}. {late_words}")},
            {"party": "agent", "text": reply},
        ],
    });
    if labelled {
        let moods = if late { vec!["ongeduldig"] } else { vec![] };
        json["turns"][0]["gold"] = json!({"soort": topic, "toon": moods, "haast": i % 7});
        json["turns"][1]["gold"] = json!({"toezegging": promise});
        json["gold"] = json!({"cijfer": i % 2 + i % 3});
    }
    read_conversation(&json.to_string(), "").unwrap()
}

/// A model with heads of every shape and level.
fn good() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let conversations: Vec<_> = (0..48).map(|i| conversation(i, true)).collect();
        let settings = Settings { passes: 5, ..Settings::default() };
        let listener = Listener::embedded().unwrap();
        learn(&listener, &conversations, settings, |_| {}).unwrap().model.to_bytes()
    })
}

/// Number of places in a model, words and meanings together.
const ROWS: usize = (1 << 17) + 128;

/// Size of the words that are no names.
const KNOWN: usize = 1 << 17;

/// Where names, ranges, blends and thresholds stand: all but the weights of places.
fn frames() -> &'static [Range<usize>] {
    static FRAMES: OnceLock<Vec<Range<usize>>> = OnceLock::new();
    FRAMES.get_or_init(|| {
        let file = good();
        let mut frames = Vec::new();
        let (mut start, mut at) = (0, 0);
        // The weights of a level of `width` columns stand behind their length.
        while let Some(four) = file.get(at..at + 4).filter(|_| frames.len() < 3) {
            let length = u32::from_le_bytes(four.try_into().unwrap()) as usize;
            if length.is_multiple_of(ROWS) && (2..20).contains(&(length / ROWS)) {
                frames.push(start..at + 4);
                start = at + 4 + length;
                at = start;
            } else {
                at += 1;
            }
        }
        assert_eq!(frames.len(), 3, "customer, agent and conversation");
        // Behind them the words that are no names, with their length.
        assert_eq!(start + 4 + KNOWN, file.len());
        frames.push(start..start + 4);
        frames
    })
}

/// A place in the file, more often than not outside the weights of places.
fn place() -> impl Strategy<Value = usize> {
    let spots: Vec<usize> = frames().iter().cloned().flatten().collect();
    prop_oneof![
        8 => proptest::sample::select(spots),
        1 => 0..good().len(),
    ]
}

/// Listens with `model`.
fn listen(model: AdaptedModel) -> Report {
    static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);
    let mut slot = LISTENER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let listener = slot.take().unwrap_or_else(|| Listener::embedded().unwrap());
    let listener = listener.with_adapted(model);
    let conversation = conversation(1, false);
    let report = listener.listen(&conversation);
    *slot = Some(listener);
    drop(slot);
    // It can be written, and its numbers are numbers.
    let written = serde_json::to_string(&WireReport::new(&report, &conversation)).unwrap();
    assert!(!written.is_empty());
    report
}

/// Reads `file`, and listens if it is a model.
fn read(file: &[u8]) -> Result<Report, ModelFileError> {
    AdaptedModel::from_bytes(file).map(listen)
}

fn check_answers(report: &Report) {
    for answer in &report.heads {
        let labels = match &answer.value {
            HeadValue::Labels(labels) => labels.as_slice(),
            HeadValue::One(label) => std::slice::from_ref(label),
            HeadValue::Number(number) => {
                assert!(number.is_finite(), "{answer:?}");
                &[]
            }
            HeadValue::Flag(_) => &[],
        };
        for label in labels {
            assert!((0.0..=1.0).contains(&label.strength), "{answer:?}");
        }
    }
}

#[test]
fn a_whole_file_gives_the_model_that_was_written() {
    let model = AdaptedModel::from_bytes(good()).unwrap();
    assert!(model.to_bytes() == good());
    let mut heads: Vec<_> = model.heads().map(|h| h.name.clone()).collect();
    heads.sort();
    assert_eq!(heads, ["cijfer", "haast", "soort", "toezegging", "toon"]);
    let report = listen(model);
    assert_eq!(report.heads.len(), 5);
    check_answers(&report);
}

#[test]
fn a_file_that_ends_early_is_damaged_wherever_it_ends() {
    let file = good();
    let edges = frames().iter().flat_map(|f| [f.start, f.end]);
    let cuts = frames()[0].clone().chain(edges).chain([file.len() - 1]);
    for end in cuts.filter(|end| *end < file.len()) {
        let found = AdaptedModel::from_bytes(&file[..end]).err();
        let right = match found {
            Some(ModelFileError::NoModel) => end < 8,
            Some(ModelFileError::Damaged { at }) => end >= 8 && at <= end,
            _ => false,
        };
        assert!(right, "cut at {end}: {found:?}");
    }
}

#[test]
fn a_range_the_wrong_way_round_is_damage() {
    // The range of the first head stands behind its name, its shape and one more number.
    let name = b"haast";
    let at = good().windows(name.len()).position(|w| w == name).unwrap() + name.len() + 8;
    let bytes = |f: f32| f.to_le_bytes();
    assert_eq!(good()[at + 4..at + 8], bytes(6.0), "the highest number seen");
    for (low, high) in [(7.0, 6.0), (0.0, -1.0), (f32::MIN, f32::MAX), (f32::NAN, 6.0)] {
        let mut file = good().to_vec();
        file[at..at + 4].copy_from_slice(&bytes(low));
        file[at + 4..at + 8].copy_from_slice(&bytes(high));
        match read(&file) {
            Err(ModelFileError::Damaged { .. }) => {}
            other => panic!("{low} to {high}: {other:?}"),
        }
    }
}

#[test]
fn numbers_beyond_all_bounds_give_answers_within_theirs() {
    // Every float of the first level's blends and thresholds at the edge of what there is.
    const COLUMNS: usize = 5;
    let frame = frames()[0].clone();
    let toon = b"ongeduldig";
    let blends = good().windows(toon.len()).position(|w| w == toon).unwrap() + toon.len();
    for value in [f32::MAX, f32::MIN, 0.0, f32::MIN_POSITIVE] {
        let mut file = good().to_vec();
        let mut at = blends;
        let mut set = |at: usize, count: usize| {
            for n in 0..count {
                let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
                file[at + 4 * n..at + 4 * n + 4].copy_from_slice(&(sign * value).to_le_bytes());
            }
        };
        for _ in 0..COLUMNS {
            let length = u32::from_le_bytes(good()[at..at + 4].try_into().unwrap()) as usize;
            // The weights of a column and its constant.
            set(at + 4, length + 1);
            at += 4 * (length + 2);
        }
        // Thresholds of four languages and of none.
        set(at, 5 * COLUMNS);
        at += 4 * 5 * COLUMNS;
        // Behind them stands that no sentences are judged, and how long the weights of places are.
        assert_eq!(at, frame.end - 8, "that were all columns");
        check_answers(&read(&file).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_give_an_error_or_a_model(
        changes in prop::collection::vec((place(), any::<u8>()), 1..6)
    ) {
        let mut file = good().to_vec();
        for (at, change) in changes {
            file[at] ^= change;
        }
        let _ = read(&file);
    }

    #[test]
    fn changed_numbers_give_an_error_or_a_model(
        at in place(),
        number in prop_oneof![
            Just(0_u32), Just(1), Just(u32::MAX), Just(1 << 26), 0..100_u32, any::<u32>(),
            Just(f32::MAX.to_bits()), Just(f32::MIN.to_bits()), Just(f32::NAN.to_bits()),
            any::<f32>().prop_map(f32::to_bits),
        ],
    ) {
        let mut file = good().to_vec();
        if let Some(four) = file.get_mut(at..at + 4) {
            four.copy_from_slice(&number.to_le_bytes());
        }
        let _ = read(&file);
    }

    #[test]
    fn missing_or_added_bytes_are_damage_or_give_a_model(
        at in place(),
        length in 1..64_usize,
        added in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let file = good();
        let end = (at + length).min(file.len());
        let _ = read(&[&file[..at], &added, &file[end..]].concat());
        prop_assert!(AdaptedModel::from_bytes(&file[..at]).is_err());
        if !added.is_empty() {
            prop_assert!(AdaptedModel::from_bytes(&[file, &added].concat()).is_err());
        }
    }

    #[test]
    fn noise_behind_the_magic_is_no_model(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(AdaptedModel::from_bytes(&noise).is_err());
        prop_assert!(AdaptedModel::from_bytes(&[b"gehoord\0\x01\0\0\0", &noise[..]].concat()).is_err());
    }
}
