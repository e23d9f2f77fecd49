//! Breakers that no single sentence shows: they come from what the customer brought, or from
//! what stands beside it.

use gehoord_conversation::{AgentTurn, Breaker, Finding, Label, Signal, Span, Technique};

use super::address::{self, Address};
use super::{Asked, Engine, Formulas};
use crate::cue::{Feeling, Packs};
use crate::reading::CueHeard;
use crate::text::Kind;

/// Closed questions in a row from this number on are an interrogation.
const INTERROGATION: usize = 3;

/// Empathy after the same formula so often is a script within one conversation.
const FORMULA_AGAIN: usize = 2;

pub(super) fn hear(
    engine: &Engine<'_, '_>,
    turn: &mut AgentTurn,
    heard: &[CueHeard],
    asked: &Asked,
    formulas: &mut Formulas,
    packs: &Packs,
) {
    scripted(engine, turn, heard, asked, packs);
    long_words(engine, turn, asked, packs);
    repeated(engine, turn, formulas);
    taken_back(engine, turn, packs);
    empty_understanding(engine, turn);
    interrogation(engine, turn);
    register(engine, turn, asked);
    vague_promise(turn);
    // A no with its reason and with what is possible is no wall.
    if turn.has(Breaker::PolicyWall)
        && turn.has(Technique::Solve)
        && (turn.has(Technique::AcknowledgeFeeling) || asked.feels() != Feeling::Negative)
        && !turn.has(Breaker::ButClause)
    {
        turn.breakers.retain(|b| b.label != Breaker::PolicyWall.into() || b.strength >= 0.8);
    }
}

/// Template empathy with nothing of this customer in the same sentence, or any heavy empathy on
/// a neutral question.
fn scripted(
    engine: &Engine<'_, '_>,
    turn: &mut AgentTurn,
    heard: &[CueHeard],
    asked: &Asked,
    packs: &Packs,
) {
    let own = |span: Span| {
        asked.points.touches(engine.reading, engine.reading.text.sentence_around(span), packs)
    };
    if turn.has(Breaker::Scripted) {
        return;
    }
    let templates = heard.iter().filter(|h| h.label == Signal::TemplateEmpathy.into());
    if asked.feels() == Feeling::Neutral {
        let heavy: Vec<Span> = heard
            .iter()
            .filter(|h| {
                // "Wat vervelend!" is human where something does not work.
                matches!(h.label, Label::Technique(Technique::AcknowledgeFeeling))
                    && h.strength >= 0.65
                    && !asked.broken
            })
            .chain(templates)
            .map(|h| h.span)
            .filter(|&span| !asked.problem || !own(span))
            .collect();
        if !heavy.is_empty() && asked.plain && !asked.unsafe_turn {
            turn.breakers.push(engine.finding(Breaker::Scripted, 0.6, heavy, "heavy_on_neutral"));
        }
        return;
    }
    let generic: Vec<Span> = templates.map(|h| h.span).filter(|&span| !own(span)).collect();
    if !generic.is_empty() {
        turn.breakers.push(engine.finding(Breaker::Scripted, 0.65, generic, "generic_empathy"));
    }
}

/// Long words are office words (source b1): a reply full of them, none of which the customer
/// used, speaks another language than the customer.
fn long_words(engine: &Engine<'_, '_>, turn: &mut AgentTurn, asked: &Asked, packs: &Packs) {
    /// Letters of a long word.
    const LONG: usize = 13;
    /// So many in one reply, and one in so many words.
    const MANY: usize = 3;
    const DENSE: usize = 14;
    if turn.has(Breaker::Jargon) {
        return;
    }
    let Some(pack) = engine.reading.language.and_then(|l| packs.of(l)) else {
        return;
    };
    let text = &engine.reading.text;
    let long: Vec<Span> = text
        .tokens
        .iter()
        .filter(|t| t.kind == Kind::Word)
        .filter(|t| {
            let norm = text.norm(t);
            norm.len() >= LONG && !asked.points.has_word(norm) && pack.concept(norm).is_none()
        })
        .map(|t| t.span())
        .collect();
    if long.len() >= MANY && long.len() * DENSE >= text.word_count() {
        turn.breakers.push(engine.finding(Breaker::Jargon, 0.6, long, "long_words"));
    }
}

/// The same empathic sentence again and again.
fn repeated(engine: &Engine<'_, '_>, turn: &mut AgentTurn, formulas: &mut Formulas) {
    let text = &engine.reading.text;
    let labels =
        [Label::Technique(Technique::AcknowledgeFeeling), Label::Signal(Signal::TemplateEmpathy)];
    let mut spans = Vec::new();
    let mut now = Vec::new();
    for hit in engine.reading.heard.iter().filter(|h| labels.contains(&h.label)) {
        let words: Vec<&str> = text
            .tokens
            .iter()
            .filter(|t| hit.span.contains(&t.span()))
            .map(|t| text.norm(t))
            .collect();
        let formula = words.join(" ");
        if words.len() < 3 || now.contains(&formula) {
            continue;
        }
        let before = formulas.get(&formula).copied().unwrap_or(0);
        if before + 1 >= FORMULA_AGAIN {
            spans.push(hit.span);
        }
        now.push(formula);
    }
    for formula in now {
        *formulas.entry(formula).or_insert(0) += 1;
    }
    if !spans.is_empty() {
        turn.breakers.retain(|b| b.label != Breaker::Scripted.into());
        turn.breakers.push(engine.finding(Breaker::Scripted, 0.8, spans, "repeated_formula"));
    }
}

/// Sympathy, then "maar" or "alleen" in the same or the next sentence, then a wall, and nothing
/// that helps.
fn taken_back(engine: &Engine<'_, '_>, turn: &mut AgentTurn, packs: &Packs) {
    if turn.has(Breaker::ButClause) {
        return;
    }
    let Some(pack) = engine.reading.language.and_then(|l| packs.of(l)) else {
        return;
    };
    let warm = [
        Label::Technique(Technique::AcknowledgeFeeling),
        Label::Technique(Technique::Apologise),
        Label::Signal(Signal::Sympathy),
        Label::Signal(Signal::TemplateEmpathy),
    ];
    let cold = [
        Breaker::PolicyWall,
        Breaker::Deflect,
        Breaker::BlameCustomer,
        Breaker::Minimise,
        Breaker::Defensive,
    ];
    let text = &engine.reading.text;
    let warm_spans = engine.reading.heard.iter().filter(|h| warm.contains(&h.label));
    for sympathy in warm_spans {
        let turning = text.tokens.iter().enumerate().find(|(i, token)| {
            let behind = token.start as usize >= sympathy.span.end;
            let near = (token.sentence as usize).saturating_sub(sympathy.sentence) <= 1;
            let starts = *i == 0
                || text.tokens[i - 1].sentence != token.sentence
                || token.pause_before
                || token.sentence as usize == sympathy.sentence;
            behind && near && starts && pack.list_has("turning_words", text.norm(token))
        });
        let Some((_, turning)) = turning else { continue };
        let from = turning.start as usize;
        let wall = turn.breakers.iter().find(|b| {
            cold.iter().any(|c| b.label == (*c).into())
                && b.evidence.iter().any(|e| e.span.start + 4 >= from)
        });
        let helps = turn.techniques.iter().any(|t| {
            matches!(t.label, Label::Technique(Technique::PromiseAction | Technique::Solve))
                && t.evidence.iter().any(|e| e.span.start >= from)
        });
        if let Some(wall) = wall
            && !helps
        {
            let end = wall.evidence.iter().map(|e| e.span.end).max().unwrap_or(from);
            let span = sympathy.span.cover(&Span::new(from, end));
            turn.breakers.push(engine.finding(
                Breaker::ButClause,
                0.75,
                [span],
                "empathy_taken_back",
            ));
            return;
        }
    }
}

/// "Ik begrijp het, maar …": three words that are taken back at once acknowledged nothing.
fn empty_understanding(engine: &Engine<'_, '_>, turn: &mut AgentTurn) {
    const WORDS: usize = 3;
    let taken_back: Vec<Span> = turn
        .breakers
        .iter()
        .filter(|b| b.label == Breaker::ButClause.into())
        .flat_map(|b| b.evidence.iter().map(|e| e.span))
        .collect();
    let words = |span: &Span| {
        engine.reading.text.tokens.iter().filter(|t| span.contains(&t.span())).count()
    };
    turn.techniques.retain(|f| {
        f.label != Technique::AcknowledgeFeeling.into()
            || !f
                .evidence
                .iter()
                .all(|e| words(&e.span) <= WORDS && taken_back.iter().any(|t| t.contains(&e.span)))
    });
}

fn interrogation(engine: &Engine<'_, '_>, turn: &mut AgentTurn) {
    let closed = turn.techniques.iter().find(|t| t.label == Technique::ClosedQuestion.into());
    let Some(closed) = closed else { return };
    let text = &engine.reading.text;
    let mut sentences: Vec<Span> =
        closed.evidence.iter().map(|e| engine.reading.text.sentence_around(e.span)).collect();
    sentences.sort();
    sentences.dedup();
    let others = text.sentences.len().saturating_sub(sentences.len());
    if sentences.len() >= INTERROGATION
        && others <= 1
        && !turn.has(Technique::OpenQuestion)
        && !turn.has(Technique::AcknowledgeFeeling)
        && !turn.has(Breaker::Interrogation)
    {
        turn.breakers.push(engine.finding(
            Breaker::Interrogation,
            0.7,
            sentences,
            "questions_in_a_row",
        ));
    }
}

fn register(engine: &Engine<'_, '_>, turn: &mut AgentTurn, asked: &Asked) {
    if turn.has(Breaker::Register) {
        return;
    }
    let forms = address::forms(engine.reading);
    let place = |form: Address| forms.iter().find(|(f, _)| *f == form).map(|(_, span)| *span);
    match (place(Address::Formal), place(Address::Informal), asked.address) {
        (Some(formal), Some(informal), _) => {
            turn.breakers.push(engine.finding(
                Breaker::Register,
                0.7,
                [formal, informal],
                "mixed_address",
            ));
        }
        (None, Some(informal), Some(Address::Formal)) => {
            turn.breakers.push(engine.finding(Breaker::Register, 0.6, [informal], "other_address"));
        }
        _ => {}
    }
}

/// "We kijken ernaar" is no vague promise where the same reply says who does what by when.
fn vague_promise(turn: &mut AgentTurn) {
    let strong_promise = turn
        .techniques
        .iter()
        .any(|t| t.label == Technique::PromiseAction.into() && t.strength >= 0.85);
    if strong_promise {
        let weak = |b: &Finding| b.label == Breaker::VaguePromise.into() && b.strength < 0.7;
        turn.breakers.retain(|b| !weak(b));
    }
}
