//! How well voices are measured: on calls that were made, beside Praat, and how fast.
//!
//! `cargo xtask evaluate voice` runs this, with Praat and real sentences where they are there.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a tool that measures"
)]
#![allow(missing_docs, reason = "a program")]

mod calls;
mod mouths;
mod peers;
mod speed;

use std::path::PathBuf;

use gehoord_speech::{Frame, Track};

/// Pitch that is off by more than this is grossly wrong.
const GROSS: f32 = 0.2;

#[derive(Default)]
struct Args {
    data: Option<PathBuf>,
    python: Option<PathBuf>,
    script: PathBuf,
    hours: f64,
    part: Option<String>,
}

fn main() {
    let mut args = Args { hours: 0.2, ..Args::default() };
    let mut given = std::env::args().skip(1);
    while let Some(flag) = given.next() {
        let mut value = || given.next().unwrap_or_default();
        match flag.as_str() {
            "--data" => args.data = Some(value().into()),
            "--python" => args.python = Some(value().into()),
            "--script" => args.script = value().into(),
            "--part" => args.part = Some(value()),
            "--hours" => args.hours = value().parse().unwrap_or(args.hours),
            _ => {}
        }
    }
    let wanted = |part: &str| args.part.as_deref().is_none_or(|asked| asked == part);
    if wanted("calls") {
        calls::made_calls();
    }
    if wanted("mouths") {
        mouths::mouths();
    }
    if wanted("praat") {
        peers::praat(&args);
    }
    if wanted("speed") {
        speed::speed(&args);
    }
}

/// The value that a share of the list lies below.
fn at(list: &mut [f32], share: f32) -> f32 {
    list.sort_by(f32::total_cmp);
    let last = list.len().saturating_sub(1) as f32;
    list.get((last * share).round() as usize).copied().unwrap_or_default()
}

fn frames(samples: &[f32], rate: u32) -> Vec<Frame> {
    let mut track = Track::new(rate);
    let mut frames = Vec::new();
    track.push(samples, |frame| frames.push(frame));
    track.finish(|frame| frames.push(frame));
    frames
}
