//! The example conversations and the Markdown specs beside them: what must be heard, what must
//! not.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gehoord_coaching::review;
use gehoord_conversation::Conversation;
use gehoord_ingest::{Item, Options};
use gehoord_listening::Listener;

use crate::evaluate::root;
use crate::spec::{self, Checked};

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
pub(crate) fn conversations() -> Result<Vec<Conversation>> {
    specs()?.iter().map(|spec| conversation_of(spec)).collect()
}

/// Checks every example against its spec.
pub(crate) fn check(listener: &Listener) -> Result<Checked> {
    let mut wrong = Vec::new();
    let mut all = Checked { checks: 0, open: 0, failures: Vec::new() };
    for path in specs()? {
        let text = std::fs::read_to_string(&path)?;
        let conversation = conversation_of(&path)?;
        let report = review(listener, &conversation);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        match spec::check(&text, &conversation, &report) {
            Ok(checked) => {
                all.checks += checked.checks;
                all.open += checked.open;
                wrong.extend(checked.failures.into_iter().map(|f| format!("{folder}/{name}: {f}")));
            }
            Err(error) => wrong.push(format!("{folder}/{name}: {error}")),
        }
    }
    Ok(Checked { failures: wrong, ..all })
}

/// Prints what fails.
pub(crate) fn run(listener: &Listener) -> Result<()> {
    let checked = check(listener)?;
    for line in &checked.failures {
        println!("{line}");
    }
    println!(
        "Examples: {} checks, {} fail, {} are known not to hold yet",
        checked.checks,
        checked.failures.len(),
        checked.open
    );
    Ok(())
}
