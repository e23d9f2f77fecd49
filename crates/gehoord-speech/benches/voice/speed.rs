//! How fast, and with how much memory.

use std::io::Cursor;
use std::process::Command;
use std::time::Instant;

use gehoord_speech::audio::{AudioReader, Kind};
use gehoord_speech::synthesis::{Form, wav};
use gehoord_speech::{Call, Layout};

use crate::calls::call;
use crate::{Args, frames};

pub(crate) fn speed(args: &Args) {
    println!("How fast, on one core");
    let minutes = (args.hours * 60.0).max(1.0);
    let made = call(3_000, 12).0.make();
    for made in [made.over_the_line(), made] {
        let seconds = made.channels[0].len() as f64 / f64::from(made.rate);
        let bytes = wav(&[&made.channels[0], &made.channels[1]], made.rate, Form::Pcm);
        let rounds = (minutes * 60.0 / seconds).ceil() as u32;
        let mut call = Call::new(made.rate, Layout::Two { agent: 0 });
        let (start, busy) = (Instant::now(), busy_seconds());
        for _ in 0..rounds {
            let mut reader =
                AudioReader::open(Kind::Container, Box::new(Cursor::new(bytes.clone())))
                    .expect("sound");
            while let Some(block) = reader.next_block() {
                call.push(&block.channels);
            }
        }
        let report = call.finish();
        let (took, busy) = (start.elapsed().as_secs_f64(), busy_seconds() - busy);
        let length = f64::from(report.length_ms) / 1000.0;
        println!(
            "  two channels of {} Hz, {:.1} min: {busy:.2} s of processor time ({took:.2} s by the clock), {:.0} times real time; {} turns; memory {} at most",
            made.rate,
            length / 60.0,
            length / busy,
            report.turns.len(),
            memory()
        );
    }
    let Some(python) = &args.python else { return };
    let made = call(3_000, 12).0.make();
    let file = std::env::temp_dir().join(format!("gehoord-voice-{}.wav", std::process::id()));
    let bytes = wav(&[&made.channels[0]], made.rate, Form::Pcm);
    std::fs::write(&file, bytes).expect("a file of sound");
    let busy = busy_seconds();
    let n = frames(&made.channels[0], made.rate).len();
    let busy = busy_seconds() - busy;
    let seconds = n as f64 / 100.0;
    println!("  one channel of {} Hz: {:.0} times real time", made.rate, seconds / busy);
    let out = Command::new(python).arg(&args.script).arg("time").arg(&file).output();
    let smile =
        out.ok().and_then(|out| String::from_utf8_lossy(&out.stdout).trim().parse::<f64>().ok());
    match smile {
        Some(took) => {
            println!("  openSMILE eGeMAPS on the same: {:.0} times real time", seconds / took)
        }
        None => println!(
            "  openSMILE left out: this Python has none (scripts/praat.py says how to get it)"
        ),
    }
    let _ = std::fs::remove_file(&file);
}

/// Seconds that this thread had a processor; where the system does not say, those of the clock.
fn busy_seconds() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let clock = START.get_or_init(Instant::now).elapsed().as_secs_f64();
    nanoseconds.map_or(clock, |nanoseconds| nanoseconds / 1e9)
}

/// The most memory that was in use, where the system says it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("unknown".to_owned(), |peak| peak.trim().to_owned())
}
