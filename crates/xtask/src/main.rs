//! Tasks for whoever works on gehoord: `cargo xtask --help`.
#![allow(clippy::print_stdout, reason = "a developer's tool talks on standard output")]

mod corpora;
mod corpus;
mod cues;
#[cfg(feature = "whisper")]
#[path = "../../gehoord/tests/common/espeak.rs"]
mod espeak;
mod evaluate;
mod examples;
mod invariants;
mod learned;
mod letters;
mod load;
mod page;
mod personal;
mod plots;
mod spec;
mod suggestions;
mod tidy;
mod train;
#[cfg(feature = "whisper")]
mod transcription;
mod voice;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use gehoord_conversation::{Language, Party};
use gehoord_listening::Listener;
use gehoord_listening::cue::Side;

/// Tasks for whoever works on gehoord.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check every cue file and its own examples.
    Cues {
        /// Only cues whose path contains this.
        #[arg(default_value = "")]
        only: String,
        /// Folder of the packs.
        #[arg(long)]
        packs: Option<PathBuf>,
    },
    /// Show which cues hear a text.
    Hear {
        /// Language of the text.
        #[arg(long, default_value = "nl")]
        language: Language,
        /// Who says it.
        #[arg(long, default_value = "customer")]
        party: Party,
        /// Folder of the packs.
        #[arg(long)]
        packs: Option<PathBuf>,
        /// The text; - reads lines from standard input.
        text: String,
    },
    /// Measure how well it listens, on cases with labels.
    Evaluate {
        /// What to measure; all when absent.
        sets: Vec<Set>,
        /// Which part.
        #[arg(long, value_enum, default_value = "all")]
        part: corpus::Part,
        /// Print the cases that went wrong.
        #[arg(long)]
        show: bool,
        /// With labels: print where this label went wrong.
        #[arg(long)]
        label: Option<String>,
        /// With suggestions: which draw of turns.
        #[arg(long, default_value_t = 0)]
        draw: u64,
        /// With voice: a Python that has parselmouth and opensmile.
        #[arg(long)]
        python: Option<PathBuf>,
        /// With voice: hours of sound that speed and memory are measured on.
        #[arg(long, default_value_t = 0.2)]
        hours: f64,
        /// With transcription: the model (scripts/speech-model gets one).
        #[arg(long)]
        model: Option<PathBuf>,
        /// With transcription: how many threads write out.
        #[arg(long, default_value_t = 1)]
        threads: usize,
        /// Folder of the packs, for cues and fresh ears.
        #[arg(long)]
        packs: Option<PathBuf>,
        /// What listens.
        #[arg(long, value_enum, default_value = "both")]
        ears: Ears,
        /// Listen with this model of words, as `train --spare` writes it.
        #[arg(long)]
        words: Option<PathBuf>,
    },
    /// Measure the store and the server under load.
    Load {
        /// What to load.
        #[command(subcommand)]
        load: load::Load,
    },
    /// Fit how letters follow each other in each language, on the train part of the corpus.
    Letters,
    /// Fit the model of names that ships, for masking, on the train part of the corpus.
    Names {
        /// Write nothing: leave out one in so many marked messages in turn, and measure there.
        #[arg(long)]
        folds: Option<usize>,
        /// With folds: print the messages that went wrong.
        #[arg(long)]
        show: bool,
    },
    /// Fit the model that ships, on the train part of the corpus.
    Train {
        /// Folder of the packs.
        #[arg(long)]
        packs: Option<PathBuf>,
        /// Leave the spare part of the corpus out, and write the model to this file.
        #[arg(long)]
        spare: Option<PathBuf>,
    },
}

/// What listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Ears {
    /// What ships: cues and model.
    Both,
    /// The cues alone.
    Cues,
    /// What ships with the deep tier.
    Deep,
    /// The cues with a model that is fitted on the spot.
    Fresh,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Set {
    /// Ranked replies.
    Triples,
    /// Labels of customer turns and replies.
    Labels,
    /// Real Dutch customer service on Twitter, where it is on this machine.
    Emotwics,
    /// The example conversations against their specs.
    Examples,
    /// Both real Dutch sets from end to end, timed.
    Real,
    /// Each writer of the corpus left out in turn; only when asked for.
    Hands,
    /// How far two blind labellings agree; only when asked for.
    Agreement,
    /// Every figure as a page with plots, in docs/quality; only when asked for.
    Page,
    /// Personal data that is found in texts; only when asked for.
    Personal,
    /// What `gehoord learn` gains on real Dutch customer service; only when asked for.
    Learn,
    /// Suggestions for customer turns of the corpus; only when asked for.
    Suggestions,
    /// How voices are measured: on calls that were made, beside Praat, and how fast; only when
    /// asked for.
    Voice,
    /// How well and how fast speech is written out; only when asked for, and with
    /// `--features whisper`.
    Transcription,
    /// The same as learn, leaving one company out after another; only when asked for.
    LearnCompanies,
}

fn main() -> Result<()> {
    match Args::parse().task {
        Task::Cues { only, packs } => cues::run(&packs.unwrap_or_else(cues::packs_folder), &only),
        Task::Hear { language, party, packs, text } => {
            let side = if party == Party::Customer { Side::Customer } else { Side::Agent };
            cues::hear(&packs.unwrap_or_else(cues::packs_folder), language, side, &text)
        }
        Task::Load { load } => load::run(load),
        Task::Letters => letters::run(),
        Task::Names { folds: Some(folds), show } => personal::fit_folds(folds.max(2), show),
        Task::Names { folds: None, .. } => personal::fit(),
        Task::Train { packs, spare } => {
            train::run(evaluate::cues_alone(packs.as_deref())?.deeper(), spare)
        }
        Task::Evaluate {
            sets,
            part,
            show,
            label,
            draw,
            python,
            hours,
            model,
            threads,
            packs,
            ears,
            words,
        } => {
            if sets.contains(&Set::Transcription) {
                return transcribe(model.as_deref(), threads);
            }
            if sets.contains(&Set::Voice) {
                return voice::evaluate(python.as_deref(), hours);
            }
            anyhow::ensure!(
                words.is_none() || matches!(ears, Ears::Both),
                "--words goes with --ears both alone: the other ears have no use for it"
            );
            if part == corpus::Part::Spare && words.is_none() && !matches!(ears, Ears::Cues) {
                println!(
                    "note: the model that ships has learned from the spare part; measure one that \
                     has not with --words, made by 'cargo xtask train --spare FILE'"
                );
            }
            let listener = || -> Result<Listener> {
                Ok(match ears {
                    Ears::Cues => evaluate::cues_alone(packs.as_deref())?,
                    Ears::Fresh => {
                        let cues = evaluate::cues_alone(packs.as_deref())?;
                        train::fit(cues)?.listener
                    }
                    Ears::Both => match &words {
                        Some(words) => {
                            evaluate::cues_alone(packs.as_deref())?.with_model(train::read(words)?)
                        }
                        None => Listener::embedded()?,
                    },
                    Ears::Deep => Listener::embedded()?.deeper(),
                })
            };
            if sets.contains(&Set::Personal) {
                return personal::evaluate(part, show);
            }
            let wanted = |set: Set| sets.is_empty() || sets.contains(&set);
            if sets.contains(&Set::Learn) {
                return learned::evaluate(listener, show);
            }
            if sets.contains(&Set::LearnCompanies) {
                return learned::companies(listener, show);
            }
            if sets.contains(&Set::Hands) {
                return evaluate::hands(|| evaluate::cues_alone(packs.as_deref()));
            }
            if sets.contains(&Set::Page) {
                return page::run();
            }
            if sets.contains(&Set::Agreement) {
                return corpus::agreement();
            }
            let listener = listener()?;
            if sets.contains(&Set::Suggestions) {
                return suggestions::evaluate(&listener, draw, show);
            }
            if wanted(Set::Triples) {
                evaluate::triples(&listener, part, show)?;
            }
            if wanted(Set::Labels) {
                evaluate::labels(&listener, part, label.as_deref(), show)?;
            }
            if wanted(Set::Examples) {
                examples::run(&listener)?;
            }
            if wanted(Set::Emotwics) {
                corpora::emotwics(&listener, show)?;
            }
            if wanted(Set::Real) {
                corpora::all_the_way(&listener)?;
            }
            Ok(())
        }
    }
}

#[cfg(feature = "whisper")]
fn transcribe(model: Option<&std::path::Path>, threads: usize) -> Result<()> {
    transcription::evaluate(model, threads)
}

#[cfg(not(feature = "whisper"))]
fn transcribe(_model: Option<&std::path::Path>, _threads: usize) -> Result<()> {
    anyhow::bail!(
        "this needs speech to text: cargo run --release -p xtask --features whisper -- evaluate \
         transcription --model target/models/ggml-base.bin"
    )
}
