//! The example conversations and the Markdown specs beside them: what must be heard, what must
//! not.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gehoord_coaching::review;
use gehoord_conversation::Conversation;
use gehoord_ingest::{Item, Options};
use gehoord_listening::Listener;

use crate::evaluate::root;
use crate::spec;

/// All specs, in order.
fn specs() -> Result<Vec<PathBuf>> {
    let mut specs = Vec::new();
    let mut open = vec![root().join("examples")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).context("examples/ is part of the repository")? {
            let path = entry?.path();
            let in_folder = path.parent().is_some_and(|p| !p.ends_with("examples"));
            if path.is_dir() {
                open.push(path);
            } else if in_folder && path.extension().is_some_and(|e| e == "md") {
                specs.push(path);
            }
        }
    }
    specs.sort();
    Ok(specs)
}

/// The conversation beside a spec.
pub(crate) fn conversation_of(spec: &Path) -> Result<Conversation> {
    let file = ["json", "txt", "eml", "vtt"]
        .iter()
        .map(|extension| spec.with_extension(extension))
        .find(|path| path.is_file())
        .with_context(|| format!("{} has no conversation beside it", spec.display()))?;
    let bytes = std::fs::read(&file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match gehoord_ingest::read(bytes.as_slice(), &name, &Options::default()).next() {
        Some(Item::Conversation(imported)) => Ok(imported.conversation),
        other => bail!("{}: {other:?}", file.display()),
    }
}

/// All example conversations.
#[cfg(test)]
pub(crate) fn conversations() -> Result<Vec<Conversation>> {
    specs()?.iter().map(|spec| conversation_of(spec)).collect()
}

/// Checks every example against its spec: how many checks there are, and what fails.
pub(crate) fn check(listener: &Listener) -> Result<(usize, Vec<String>)> {
    let mut wrong = Vec::new();
    let mut checks = 0;
    for path in specs()? {
        let text = std::fs::read_to_string(&path)?;
        let conversation = conversation_of(&path)?;
        let report = review(listener, &conversation);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        match spec::check(&text, &conversation, &report) {
            Ok((count, failures)) => {
                checks += count;
                wrong.extend(failures.into_iter().map(|f| format!("{folder}/{name}: {f}")));
            }
            Err(error) => wrong.push(format!("{folder}/{name}: {error}")),
        }
    }
    Ok((checks, wrong))
}

/// Prints what fails.
pub(crate) fn run(listener: &Listener) -> Result<()> {
    let (checks, wrong) = check(listener)?;
    for line in &wrong {
        println!("{line}");
    }
    println!("Examples: {} of {checks} checks hold", checks - wrong.len());
    Ok(())
}
