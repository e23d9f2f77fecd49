//! Open and closed questions, told apart by their form where no cue names them. The model, which looks
//! at their words too, has the last word (`fit/asking.rs`).

use gehoord_conversation::{Span, Technique};

use crate::cue::Packs;
use crate::fit::asking::last_clause;
use crate::fit::known::ASKING;
use crate::reading::Reading;

/// The questions of an agent turn: what kind, where.
pub(crate) fn questions(reading: &Reading<'_>, packs: &Packs) -> Vec<(Technique, Span)> {
    let Some(pack) = reading.language.and_then(|l| packs.of(l)) else {
        return Vec::new();
    };
    let text = &reading.text;
    let mut found = Vec::new();
    for (index, sentence) in text.sentences.iter().enumerate() {
        let span = text.sentence_span(index);
        let has_cue = ASKING
            .iter()
            .any(|&t| reading.all(t).any(|h| h.sentence == index && h.strength >= 0.5));
        if !sentence.question || has_cue {
            continue;
        }
        // "Wat vervelend, wat is er gebeurd?": the last clause is the question.
        let first = last_clause(text, sentence.range());
        let norms: Vec<&str> =
            text.tokens[first..sentence.range().end].iter().map(|t| text.norm(t)).collect();
        let opens = norms.iter().take(3).any(|n| pack.list_has("open_question_words", n));
        let fact = norms.iter().any(|n| pack.list_has("fact_nouns", n));
        let technique =
            if opens && !fact { Technique::OpenQuestion } else { Technique::ClosedQuestion };
        found.push((technique, span));
    }
    found
}
