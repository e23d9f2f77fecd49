//! `cargo xtask train`: the model that ships, from the corpus of this repository.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use gehoord_conversation::Conversation;
use gehoord_listening::fit::{Labelled, Settings, Trained, train};
use gehoord_listening::{Listener, Model};

use crate::corpus::{self, Part};
use crate::evaluate::root;

/// Where the model that ships lies.
pub(crate) fn model_file() -> PathBuf {
    root().join("crates/gehoord-listening/models/words.bin")
}

/// Reads a model that was written by fitting.
pub(crate) fn read(file: &Path) -> Result<Model> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    // One model for as long as the program runs.
    Ok(Model::parse(Vec::leak(bytes))?)
}

/// What is learned from: each case, and each of its candidate replies.
fn labelled(cases: Vec<Conversation>) -> Vec<Labelled> {
    let mut labelled = Vec::new();
    for (group, case) in cases.into_iter().enumerate() {
        let foreign = corpus::cues_know(&case);
        let held = corpus::is_held(&case);
        for reply in &case.replies {
            let mut conversation = case.answered_by(reply);
            if let Some(turn) = conversation.turns.last_mut() {
                turn.gold.insert("better".to_owned(), (2 - i64::from(reply.rank)).into());
            }
            labelled.push(Labelled { conversation, group, weight: 1.0, foreign, held });
        }
        labelled.push(Labelled { conversation: case, group, weight: 1.0, foreign, held });
    }
    labelled
}

/// Fits a model on the train part of the corpus.
pub(crate) fn fit(listener: Listener) -> Result<Trained> {
    Ok(fit_on(listener, corpus::cases(Part::Train)?))
}

/// Fits a model on some cases.
pub(crate) fn fit_on(listener: Listener, cases: Vec<Conversation>) -> Trained {
    let labelled = labelled(cases);
    let settings = Settings { groups: 1, ..Settings::shipped() };
    let version = format!("words-{}", env!("CARGO_PKG_VERSION"));
    train(listener, &labelled, &version, settings)
}

/// Fits the model and writes it. With `spare`, leaves the spare part of the corpus out and writes
/// the model there: for `evaluate --part spare --words`.
pub(crate) fn run(listener: Listener, spare: Option<PathBuf>) -> Result<()> {
    let start = Instant::now();
    let mut cases = corpus::cases(Part::Train)?;
    if spare.is_some() {
        cases.retain(|case| !corpus::is_spare(case));
    }
    let trained = fit_on(listener, cases);
    for warning in &trained.warnings {
        println!("{warning}");
    }
    let file = spare.unwrap_or_else(model_file);
    std::fs::write(&file, &trained.bytes)
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!(
        "{} bytes in {:.0} s, written to {}",
        trained.bytes.len(),
        start.elapsed().as_secs_f32(),
        file.display()
    );
    Ok(())
}
