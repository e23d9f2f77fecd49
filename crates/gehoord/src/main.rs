//! `gehoord`: was this customer heard?
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its caller")]

mod args;
mod bench;
mod check;
mod explain;
mod input;
mod keep;
mod labelled;
mod learn;
mod listen;
mod mask;
mod pipeline;
mod sheets;
mod show;
mod sound;
mod told;
mod transcription;
mod ui;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Args, Contract, Task};

/// All good.
const GOOD: u8 = 0;
/// Some inputs failed; the rest is done.
const SOME_FAILED: u8 = 1;
/// The command was used wrongly, or could not start.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let args = Args::parse();
    let ui = args.ui();
    let done = match args.task {
        Task::Listen(task) => listen::run(&task, ui),
        Task::Check(task) => check::run(&task, ui),
        Task::Mask(task) => mask::run(&task, ui),
        Task::Learn(task) => learn::run(&task, ui),
        Task::Bench(task) => bench::run(&task, ui),
        Task::Keep(task) => keep::run(&task, ui),
        Task::Explain { label } => explain::run(label.as_deref(), ui),
        Task::Schema { contract } => {
            let schema = match contract {
                Contract::Input => gehoord_conversation::wire::schema::input(),
                Contract::Call => gehoord_conversation::wire::schema::call(),
                Contract::Report => gehoord_conversation::wire::schema::report(),
            };
            show::print(&format!("{schema:#}\n")).map(|()| GOOD)
        }
        Task::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "gehoord", &mut script);
            show::print(&String::from_utf8_lossy(&script)).map(|()| GOOD)
        }
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("gehoord: {}", ui.error(&error));
            ExitCode::from(USAGE)
        }
    }
}
