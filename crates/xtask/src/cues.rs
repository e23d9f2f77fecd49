//! `cargo xtask cues`: every cue file is valid and hears its own examples.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gehoord_conversation::Language;
use gehoord_listening::cue::{CueFile, Pack, PackFile, Side, file::default_party};
use gehoord_listening::mechanism;

/// Where the packs of this repository stand.
pub(crate) fn packs_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gehoord-listening/packs")
}

/// Files of one language, by path inside its folder.
pub(crate) fn read_pack(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in
            std::fs::read_dir(&dir).with_context(|| format!("cannot read {}", dir.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                let contents = std::fs::read_to_string(&path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                files.insert(name, contents);
            }
        }
    }
    Ok(files)
}

/// The pack of `language` as it is on disk, without the files that are wrong, and what is wrong
/// with those.
pub(crate) fn load_pack(folder: &Path, language: Language) -> Result<(Pack, Vec<String>)> {
    let mut files = read_pack(&folder.join(language.id()))?;
    let mut wrong = Vec::new();
    loop {
        let pack_files: Vec<PackFile<'_>> =
            files.iter().map(|(path, contents)| PackFile { path, contents }).collect();
        let errors = match Pack::new(language, &pack_files) {
            Ok(pack) => return Ok((pack, wrong)),
            Err(errors) => errors,
        };
        let before = files.len();
        for error in errors {
            files.remove(&error.file);
            wrong.push(format!("{language}/{error}"));
        }
        if files.len() == before {
            bail!("{}", wrong.join("\n"));
        }
    }
}

/// Everything that is wrong with the pack of `language`, one sentence each; `only` limits the
/// check of examples to cue paths that contain it.
pub(crate) fn check(folder: &Path, language: Language, only: &str) -> Result<(usize, Vec<String>)> {
    let files = read_pack(&folder.join(language.id()))?;
    let (pack, mut wrong) = load_pack(folder, language)?;
    let mut cues = 0;
    for (path, contents) in files.iter().filter(|(p, _)| p.starts_with("cues/") && p.contains(only))
    {
        cues += 1;
        let Ok(cue) = toml::from_str::<CueFile>(contents) else { continue };
        let rule =
            format!("{language}/{}", path.trim_start_matches("cues/").trim_end_matches(".toml"));
        let party = match &cue.party {
            Some(party) => party.parse()?,
            None => default_party(cue.label.parse()?),
        };
        let side = match party {
            gehoord_conversation::Party::Customer => Side::Customer,
            _ => Side::Agent,
        };
        let heard = |example: &str| {
            let text = pack.read(example);
            mechanism::hear(&pack, &text, side, None)
                .into_iter()
                .any(|h| *pack.cues()[h.cue].rule == rule && (h.label.id() == cue.label))
        };
        for example in cue.must_match.iter().filter(|e| !heard(e)) {
            wrong.push(format!("{language}/{path}: must_match is not heard: {example}"));
        }
        for example in cue.must_not_match.iter().filter(|e| heard(e)) {
            wrong.push(format!("{language}/{path}: must_not_match is heard: {example}"));
        }
    }
    Ok((cues, wrong))
}

/// Runs the check over all languages.
pub(crate) fn run(folder: &Path, only: &str) -> Result<()> {
    let mut total = 0;
    let mut wrong = Vec::new();
    for &language in Language::ALL {
        let (cues, errors) = check(folder, language, only)?;
        total += cues;
        wrong.extend(errors);
    }
    for line in &wrong {
        println!("{line}");
    }
    println!("{total} cues checked, {} problems", wrong.len());
    if !wrong.is_empty() {
        bail!("{} problems in the cue files", wrong.len());
    }
    Ok(())
}

/// Prints which cues hear `text`.
pub(crate) fn hear(folder: &Path, language: Language, side: Side, text: &str) -> Result<()> {
    let (pack, _) = load_pack(folder, language)?;
    let lines: Vec<String> = match text {
        "-" => std::io::stdin().lines().collect::<Result<_, _>>()?,
        text => vec![text.to_owned()],
    };
    for line in &lines {
        if lines.len() > 1 {
            println!("{line}");
        }
        let read = pack.read(line);
        for h in mechanism::hear(&pack, &read, side, None) {
            let rule = &pack.cues()[h.cue].rule;
            println!("    {:<20} {:.2} {rule:<40} «{}»", h.label.id(), h.strength, h.span.of(line));
        }
    }
    Ok(())
}
