//! What a suggestion may say: nothing that the conversation does not say; and how alike two are.

use std::collections::HashSet;

use gehoord_listening::text::{Kind, Text};

use super::words::lower;

/// The numbers, days, months, masks and links of a text.
pub(crate) fn facts(text: &str, book: &HashSet<String>) -> Vec<String> {
    let cut = Text::new(text);
    let mut facts = Vec::new();
    for token in &cut.tokens {
        let raw = token.span().of(text);
        let low = lower(raw);
        match token.kind {
            Kind::Number | Kind::Link => facts.push(low),
            // Slots are for the agent to fill.
            Kind::Mask if !raw.starts_with('{') => facts.push(low),
            Kind::Word if book.contains(&low) => facts.push(low),
            _ => {}
        }
    }
    facts
}

/// The text with a bare slot wherever one quotes the customer: those words are to be replaced.
pub(crate) fn without_quotes(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((slot, after)) = behind.split_once('}') else { break };
        let named = slot.split(['“', '„', '«']).next().unwrap_or_default().trim_end();
        let named = named.trim_end_matches(':');
        bare.push_str(&format!("{before}{{{named}}}"));
        rest = after;
    }
    bare + rest
}

/// The facts of `text` that `said` does not hold.
pub(crate) fn invented(text: &str, said: &HashSet<String>, book: &HashSet<String>) -> Vec<String> {
    facts(text, book).into_iter().filter(|fact| !said.contains(fact)).collect()
}

/// A suggestion that shares more than this of its runs of [`RUN`] words with another is the same
/// again.
pub(crate) const ALIKE: f32 = 0.5;

/// Words in a run.
const RUN: usize = 4;

/// The runs of four words of a text; a shorter one has none, and may be said again.
pub(crate) fn runs(text: &str) -> HashSet<Vec<String>> {
    let bare = without_quotes(text);
    let words: Vec<String> = bare
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’')))
        .filter(|w| !w.is_empty())
        .map(lower)
        .collect();
    words.windows(RUN).map(<[String]>::to_vec).collect()
}

/// Share of the runs of the shorter text that the longer one has too.
pub(crate) fn likeness(a: &HashSet<Vec<String>>, b: &HashSet<Vec<String>>) -> f32 {
    let shorter = a.len().min(b.len()).max(1);
    a.intersection(b).count() as f32 / shorter as f32
}
