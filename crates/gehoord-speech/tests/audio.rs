//! Files of sound from outside: as they are in the wild, broken off, and files that mean harm.
//!
//! The samples hold 0.3 s of a tone of 440 Hz on the left from 0.3 s on, then one of 660 Hz on the
//! right, and end at 1.2 s.
#![allow(
    clippy::disallowed_methods,
    reason = "a test looks at the clock to see that nothing hangs"
)]

use std::io::Cursor;
use std::time::{Duration, Instant};

use gehoord_speech::audio::g711::Law;
use gehoord_speech::audio::{AudioError, AudioReader, Kind, kind_of};
use gehoord_speech::synthesis::{Form, wav};
use proptest::prelude::*;

const SAMPLES: [(&str, &[u8]); 4] = [
    ("tones.mp3", include_bytes!("samples/tones.mp3")),
    ("tones.ogg", include_bytes!("samples/tones.ogg")),
    ("tones.flac", include_bytes!("samples/tones.flac")),
    ("tones.m4a", include_bytes!("samples/tones.m4a")),
];

struct Read {
    rate: u32,
    channels: Vec<Vec<f32>>,
    notes: Vec<String>,
}

fn read(kind: Kind, bytes: &[u8]) -> Result<Read, AudioError> {
    let mut reader = AudioReader::open(kind, Box::new(Cursor::new(bytes.to_vec())))?;
    let mut channels = vec![Vec::new(); reader.channels()];
    while let Some(block) = reader.next_block() {
        assert_eq!(block.channels.len(), channels.len());
        for (all, samples) in channels.iter_mut().zip(&block.channels) {
            assert_eq!(samples.len(), block.channels[0].len());
            assert!(samples.iter().all(|x| (-1.0..=1.0).contains(x)));
            all.extend_from_slice(samples);
        }
    }
    assert!(reader.next_block().is_none(), "it goes on after its end");
    Ok(Read { rate: reader.rate(), channels, notes: reader.notes() })
}

/// When a channel is loud, in milliseconds.
fn loud(samples: &[f32], rate: u32) -> (usize, usize) {
    let ms = |i: usize| i * 1000 / rate as usize;
    let first = samples.iter().position(|x| x.abs() > 0.2).expect("a tone");
    let last = samples.iter().rposition(|x| x.abs() > 0.2).expect("a tone");
    (ms(first), ms(last))
}

fn tones(rate: u32) -> Vec<Vec<f32>> {
    let n = rate as usize * 12 / 10;
    let tone = |from: f32, hertz: f32| {
        let at = move |i: usize| {
            let t = i as f32 / rate as f32;
            let on = (from..from + 0.3).contains(&t);
            if on { 0.5 * (std::f32::consts::TAU * hertz * t).sin() } else { 0.0 }
        };
        (0..n).map(at).collect()
    };
    vec![tone(0.3, 440.0), tone(0.6, 660.0)]
}

fn check(read: &Read, what: &str) {
    assert_eq!(read.channels.len(), 2, "{what}");
    for (samples, start) in read.channels.iter().zip([300, 600]) {
        let (from, to) = loud(samples, read.rate);
        assert!(
            from.abs_diff(start) <= 30 && to.abs_diff(start + 300) <= 30,
            "{what}: {from} {to}"
        );
    }
}

#[test]
fn every_kind_has_its_tones_at_their_times() {
    for (name, bytes) in SAMPLES {
        let kind = kind_of(Some(name), &bytes[..64]).unwrap();
        let read = read(kind, bytes).unwrap();
        check(&read, name);
        assert!(read.notes.is_empty(), "{name}: {:?}", read.notes);
    }
    for rate in [8_000, 16_000, 44_100, 48_000] {
        for form in [Form::Pcm, Form::MuLaw] {
            let sound = tones(rate);
            let bytes = wav(&[&sound[0], &sound[1]], rate, form);
            let read = read(Kind::Container, &bytes).unwrap();
            assert_eq!(read.rate, rate);
            check(&read, &format!("WAV {rate} {form:?}"));
        }
    }
}

#[test]
fn raw_g711_is_one_channel_of_8_khz() {
    let sound = tones(8_000);
    for law in [Law::Mu, Law::A] {
        let bytes: Vec<u8> = sound[0].iter().map(|x| law.encode(*x)).collect();
        let read = read(Kind::Raw(law), &bytes).unwrap();
        assert_eq!((read.rate, read.channels.len(), read.channels[0].len()), (8_000, 1, 9_600));
        let (from, to) = loud(&read.channels[0], 8_000);
        assert!(from.abs_diff(300) <= 2 && to.abs_diff(600) <= 2, "{law:?}");
    }
}

#[test]
fn g711_in_a_wav_with_a_short_head_is_read() {
    let sound = tones(8_000);
    let mut bytes = wav(&[&sound[0], &sound[1]], 8_000, Form::MuLaw);
    // The head without its last two bytes, and a chunk that nobody knows before the sound.
    bytes[16] = 16;
    bytes.splice(36..38, *b"fact\x04\0\0\0abcd");
    let whole = read(Kind::Container, &bytes).unwrap();
    check(&whole, "short head");
    assert!(whole.notes.is_empty(), "{:?}", whole.notes);
    let cut = read(Kind::Container, &bytes[..bytes.len() / 2]).unwrap();
    assert!(cut.notes[0].contains("cut off"), "{:?}", cut.notes);
    let seven = read(Kind::Container, &bytes[..7]).err().unwrap().to_string();
    assert!(seven.contains("expected WAV"), "{seven}");
}

#[test]
fn what_is_no_sound_says_what_is_expected() {
    let opus = include_bytes!("samples/tones.opus");
    let kind = kind_of(Some("x.ogg"), &opus[..64]).unwrap();
    let error = read(kind, opus).err().unwrap().to_string();
    assert!(error.contains("Opus") && error.contains("ffmpeg"), "{error}");
    for bytes in [&b""[..], b"Klant: hoi", &[0; 5000], &[0xFF; 5000]] {
        let error = read(Kind::Container, bytes).err().unwrap().to_string();
        assert!(error.contains("expected WAV, MP3"), "{error}");
    }
    let sound = tones(8_000);
    let slow = wav(&[&sound[0]], 4_000, Form::Pcm);
    let error = read(Kind::Container, &slow).err().unwrap().to_string();
    assert!(error.contains("4000 samples a second"), "{error}");
}

#[test]
fn what_was_cut_off_is_read_as_far_as_it_goes_and_says_so() {
    let sound = tones(16_000);
    let whole = wav(&[&sound[0], &sound[1]], 16_000, Form::Pcm);
    let files = SAMPLES.iter().map(|(name, bytes)| (*name, bytes.to_vec()));
    for (name, bytes) in files.chain([("tones.wav", whole)]) {
        // The index of an M4A stands at its end, and so short an Ogg is one page: nothing is left.
        let part = &bytes[..bytes.len() * 2 / 3];
        match read(Kind::Container, part) {
            Ok(read) => {
                let seconds = read.channels[0].len() as f64 / f64::from(read.rate);
                assert!((0.3..1.19).contains(&seconds), "{name}: {seconds}");
                let (from, _) = loud(&read.channels[0], read.rate);
                assert!(from.abs_diff(300) <= 30, "{name}: {from}");
                let told = read.notes.iter().any(|note| note.contains("cut off"));
                // An MP3 without a head does not know how long it should be.
                assert!(told || name == "tones.mp3", "{name}: {:?}", read.notes);
            }
            Err(error) => assert!(["tones.m4a", "tones.ogg"].contains(&name), "{name}: {error}"),
        }
    }
}

#[test]
fn damage_in_the_middle_leaves_the_rest_at_its_time() {
    for (name, bytes) in SAMPLES {
        let mut bytes = bytes.to_vec();
        let middle = bytes.len() * 45 / 100;
        bytes[middle..middle + 60].fill(0xA5);
        let Ok(read) = read(Kind::Container, &bytes) else { continue };
        if name == "tones.flac" && !read.notes.is_empty() {
            let seconds = read.channels[0].len() as f64 / f64::from(read.rate);
            assert!(seconds > 0.3, "{seconds}");
        }
    }
}

#[test]
fn a_wav_that_was_sent_while_it_was_made_has_no_length_and_is_read() {
    let sound = tones(8_000);
    let mut bytes = wav(&[&sound[0], &sound[1]], 8_000, Form::Pcm);
    bytes[4..8].fill(0xFF);
    bytes[40..44].fill(0xFF);
    let read = read(Kind::Container, &bytes).unwrap();
    check(&read, "no length");
    assert!(read.notes.is_empty(), "{:?}", read.notes);
}

/// Whatever a file of sound is made of, changed here and there.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let sound = tones(8_000);
    let mut files: Vec<Vec<u8>> = SAMPLES.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    files.push(wav(&[&sound[0], &sound[1]], 8_000, Form::Pcm));
    files.push(wav(&[&sound[0]], 8_000, Form::MuLaw));
    let change = (any::<prop::sample::Index>(), any::<u8>());
    let near = (0..300_usize, any::<u8>());
    let changes = (prop::collection::vec(change, 0..6), prop::collection::vec(near, 0..6));
    (prop::sample::select(files), changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, (anywhere, head), end, cut)| {
            for (place, byte) in anywhere {
                let i = place.index(bytes.len());
                bytes[i] = byte;
            }
            for (i, byte) in head {
                bytes[i] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic_or_hang(bytes in damaged()) {
        let start = Instant::now();
        let _ = read(Kind::Container, &bytes);
        prop_assert!(start.elapsed() < Duration::from_secs(10));
    }
}
