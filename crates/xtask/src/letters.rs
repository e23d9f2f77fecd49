//! `cargo xtask letters`: how letters follow each other in each language, for texts that name none.

use anyhow::{Context, Result};
use gehoord_conversation::{Conversation, Language};
use gehoord_listening::cue::CueFile;
use gehoord_listening::text::{LANGUAGES, Letters, Text, likeliest_language};

use crate::corpus::{self, Part, hand};
use crate::cues::{packs_folder, read_pack};
use crate::evaluate::root;

/// Steps for each language.
const STEPS: usize = 60_000;

/// Hands left out to measure on, one of each language at least.
const LEFT_OUT: [&str; 5] = ["j", "o", "p", "w", "y"];

type Words = (Language, Vec<String>);

/// Fits the letters that ship, after measuring how far ones fitted without some hands go.
pub(crate) fn run() -> Result<()> {
    let (out, rest): (Vec<_>, Vec<_>) =
        corpus::cases(Part::Train)?.into_iter().partition(|case| LEFT_OUT.contains(&hand(case)));
    let mut texts: Vec<Words> = rest.iter().flat_map(turns).collect();
    texts.extend(cue_words()?);
    let held: Vec<Words> = out.iter().flat_map(turns).collect();
    measure(&Letters::fit(&texts, STEPS), &held);
    texts.extend(held);
    let file = root().join("crates/gehoord-listening/models/letters.bin");
    std::fs::write(&file, Letters::fit(&texts, STEPS).bytes())
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("{} texts, written to {}", texts.len(), file.display());
    Ok(())
}

fn words(text: &str) -> Vec<String> {
    let text = Text::new(text);
    text.tokens.iter().map(|t| text.norm(t).to_owned()).collect()
}

/// The words of each turn and reply, with the language of the case.
fn turns(case: &Conversation) -> Vec<Words> {
    let Some(language) = case.locale.as_ref().and_then(|l| l.language()) else { return Vec::new() };
    let texts = case.turns.iter().map(|t| &t.text).chain(case.replies.iter().map(|r| &r.text));
    texts.map(|text| (language, words(text))).collect()
}

/// The words of the cue files: of their patterns and of their examples.
fn cue_words() -> Result<Vec<Words>> {
    let mut found = Vec::new();
    for language in LANGUAGES {
        let files = read_pack(&packs_folder().join(language.id()))?;
        for (name, text) in files.iter().filter(|(name, _)| name.starts_with("cues/")) {
            let cue: CueFile =
                toml::from_str(text).with_context(|| format!("cannot read {language}/{name}"))?;
            let lines = [cue.patterns, cue.must_match, cue.must_not_match].into_iter().flatten();
            found.extend(lines.map(|line| (language, words(&line))));
        }
    }
    Ok(found)
}

/// Prints how often the language is right for so many words from the beginning of a turn.
fn measure(letters: &Letters, held: &[Words]) {
    for length in [1, 2, 3, 4, 6] {
        let texts = held.iter().filter(|(_, words)| words.len() >= length);
        let (mut right, mut all) = (0, 0);
        for (language, words) in texts {
            let first = words[..length].iter().map(String::as_str);
            right += usize::from(likeliest_language(first, letters) == Some(*language));
            all += 1;
        }
        println!("{length} words: {:.3} of {all}", right as f32 / all.max(1) as f32);
    }
}
