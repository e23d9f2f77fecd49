//! What `learn` and `bench` share: labelled conversations in, and a listener that may have been
//! taught.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gehoord_conversation::Conversation;
use gehoord_ingest::{Item, Options};
use gehoord_listening::Listener;
use gehoord_listening::fit::AdaptedModel;

use crate::args::Tier;
use crate::ui::Ui;

/// The listener that ships, with a model from `gehoord learn` if one is given.
pub(crate) fn listener(model: Option<&Path>, tier: Tier) -> Result<Listener> {
    let listener = tier.listener()?;
    let Some(file) = model else { return Ok(listener) };
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let model = AdaptedModel::from_bytes(&bytes).with_context(|| file.display().to_string())?;
    if tier == Tier::Deep {
        bail!("{} was learned on the fast tier; leave out --tier deep", file.display());
    }
    if model.base() != listener.model_version() {
        bail!(
            "{} was learned on model {}, this version has {}; learn it again with 'gehoord learn'",
            file.display(),
            model.base(),
            listener.model_version()
        );
    }
    Ok(listener.with_adapted(model))
}

/// All conversations of `files`. What cannot be read is told on standard error; the second value
/// says whether there was any.
pub(crate) fn conversations(files: &[PathBuf], ui: Ui) -> Result<(Vec<Conversation>, bool)> {
    let mut conversations = Vec::new();
    let mut failed = false;
    for file in files {
        let name = file.display().to_string();
        let reader: Box<dyn BufRead> = if name == "-" {
            Box::new(io::stdin().lock())
        } else {
            let opened = File::open(file).with_context(|| format!("cannot read {name}"))?;
            if file.is_dir() {
                bail!("{name} is a folder; name its files, for instance {name}/*.jsonl");
            }
            Box::new(BufReader::new(opened))
        };
        for item in gehoord_ingest::read(reader, &name, &Options::default()) {
            match item {
                Item::Conversation(imported) => conversations.push(imported.conversation),
                Item::Problem(problem) => {
                    eprintln!("{name}:{}: {}", problem.line, problem.told(ui.language()));
                    failed = true;
                }
            }
        }
    }
    if conversations.is_empty() {
        bail!(
            "no conversations in {}",
            files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ")
        );
    }
    Ok((conversations, failed))
}
