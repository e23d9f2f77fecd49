//! The customer's own words that weigh most, and what they ask: for a place in a suggestion where
//! the agent gives them back in other words, or answers them.

use gehoord_conversation::{Conversation, CustomerTurn, Evidence, Finding, Language, Signal, Span};
use gehoord_listening::text::{Kind, Text};

use super::asking::{opens_question, wants_to_know};
use super::lexicon::Lexicon;
use super::words::lower;

/// A sentence of more words is quoted clause by clause.
const LONGEST: usize = 14;

/// A clause of fewer words says little by itself: it goes with the next.
const SHORTEST: usize = 4;

/// A greeting ends before so many words.
const GREETING: usize = 6;

/// What weighs less is not quoted beside what weighs most, where more is told than one place holds.
const ALSO: f32 = 0.3;

/// At most so many pieces stand in one place.
const PIECES: usize = 3;

/// Words that a person would have to read around.
const UNQUOTABLE: [char; 13] = ['{', '}', '[', ']', '<', '>', '|', '"', '“', '”', '„', '«', '»'];

/// What may be quoted of a customer run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quotes {
    told: Vec<Piece>,
    asked: Vec<Piece>,
}

/// A sentence or a clause.
#[derive(Debug, Clone)]
struct Piece {
    text: String,
    at: Evidence,
    /// Asks something.
    asks: bool,
    /// How much of what was heard stands in it.
    weight: f32,
}

impl Quotes {
    /// The pieces of a run in which the cause, the feelings and what went wrong were heard, and
    /// its questions.
    pub(crate) fn of(
        conversation: &Conversation,
        turns: &[(usize, &CustomerTurn)],
        language: Language,
        lexicon: &Lexicon,
    ) -> Self {
        let all: Vec<Piece> = turns
            .iter()
            .flat_map(|(index, heard)| {
                pieces(*index, &conversation.turns[*index].text, heard, language, lexicon)
            })
            .collect();
        let asked: Vec<Piece> = all.iter().filter(|p| p.asks).cloned().collect();
        let heaviest = |asks: bool| {
            let mut some: Vec<Piece> = all.iter().filter(|p| p.asks == asks).cloned().collect();
            some.sort_by(|a, b| b.weight.total_cmp(&a.weight));
            if some.first().is_none_or(|piece| piece.weight == 0.0) {
                some.clear();
            }
            // A short story is told whole: its point may stand where nothing was heard.
            if some.len() > PIECES {
                some.truncate(PIECES);
                let first = some[0].weight;
                some.retain(|piece| piece.weight >= ALSO.min(first));
            }
            some
        };
        let mut told = heaviest(false);
        let mut asked = asked;
        if told.is_empty() {
            // What went wrong is told as a question: "Waarom krijg ik nooit antwoord?"
            told = heaviest(true);
            asked.clear();
        }
        told.sort_by_key(|piece| (piece.at.turn, piece.at.span.start));
        let first = asked.len().saturating_sub(PIECES);
        Self { told, asked: asked[first..].to_vec() }
    }

    /// What weighs most is told beside the question, not by it.
    pub(crate) fn tells_beside(&self) -> bool {
        !self.told.is_empty() && self.told.iter().all(|piece| !piece.asks)
    }

    /// What weighs most, between quotation marks; none where nothing was heard in it.
    pub(crate) fn told(&self, language: Language) -> Option<String> {
        quoted(&self.told, language)
    }

    /// What is asked, between quotation marks; none where nothing is.
    pub(crate) fn asked(&self, language: Language) -> Option<String> {
        quoted(&self.asked, language)
    }

    /// Where what weighs most stands.
    pub(crate) fn evidence(&self) -> impl Iterator<Item = Evidence> + '_ {
        self.told.iter().map(|piece| piece.at)
    }
}

fn quoted(pieces: &[Piece], language: Language) -> Option<String> {
    let (open, close) = match language {
        Language::Nl | Language::En => ("“", "”"),
        Language::De => ("„", "“"),
        Language::Fr => ("« ", " »"),
    };
    let all: Vec<String> = pieces.iter().map(|p| format!("{open}{}{close}", p.text)).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn pieces(
    index: usize,
    raw: &str,
    heard: &CustomerTurn,
    language: Language,
    lexicon: &Lexicon,
) -> Vec<Piece> {
    let text = Text::new(raw);
    // A comma or the like, with a blank behind it: no hyphen.
    let pauses = |at: usize| {
        let token = &text.tokens[at];
        token.pause_before && raw[..token.span().start].ends_with(char::is_whitespace)
    };
    let mut pieces = Vec::new();
    for sentence in &text.sentences {
        let tokens = &text.tokens[sentence.range()];
        let opens = tokens.iter().find(|t| t.kind == Kind::Word);
        let second = tokens.iter().filter(|t| t.kind == Kind::Word).nth(1);
        // "Wat een service": no question.
        let exclaims =
            second.is_some_and(|t| matches!(t.span().of(raw), "een" | "a" | "an" | "ein"));
        let wants_none = (exclaims && !sentence.question)
            || tokens.iter().any(|t| lexicon.is_rhetorical(&lower(t.span().of(raw))));
        // In French only the mark tells: "vous me demandez une facture".
        let asks = !wants_none
            && (sentence.question
                || wants_to_know(
                    text.span(sentence.first as usize, sentence.last as usize).of(raw),
                    language,
                )
                || (language != Language::Fr
                    && opens.is_some_and(|t| opens_question(&lower(t.span().of(raw)), language))));
        // A sentence, or so many of its clauses as are short enough together.
        let mut first = sentence.first as usize;
        let end = sentence.last as usize;
        if opens.is_some_and(|t| lexicon.greets(&lower(t.span().of(raw)))) {
            let greeting = (first + 1..end.min(first + GREETING)).filter(|&at| pauses(at)).min();
            first = greeting.unwrap_or(first);
        }
        while first < end {
            let mut last = end;
            if last - first > LONGEST {
                let cuts = (first + SHORTEST..=end - SHORTEST).filter(|&at| pauses(at));
                let fits = cuts.clone().filter(|at| at - first <= LONGEST).last();
                last = fits.or_else(|| cuts.min()).unwrap_or(end);
            }
            let span = text.span(first, last);
            let long = last - first > LONGEST + LONGEST / 2;
            let shown = if long { text.span(first, first + LONGEST) } else { span };
            let words = shown.of(raw).split_whitespace().collect::<Vec<_>>().join(" ");
            let masked = text.tokens[first..last].iter().any(|t| t.kind == Kind::Mask);
            let whole = words.matches('(').count() == words.matches(')').count();
            if last - first >= SHORTEST && whole && !masked && !words.contains(UNQUOTABLE) {
                let more = match (long, asks && last == end) {
                    (true, _) => " …",
                    (false, true) => "?",
                    (false, false) => "",
                };
                pieces.push(Piece {
                    text: format!("{words}{more}"),
                    at: Evidence::new(index, span),
                    asks: asks && last == end,
                    weight: weight(heard, index, span),
                });
            }
            first = last;
        }
    }
    pieces
}

/// How much of what was heard in a turn stands in a piece of it.
fn weight(heard: &CustomerTurn, turn: usize, piece: Span) -> f32 {
    let here = |finding: &Finding| {
        finding.evidence.iter().any(|at| at.turn == turn && at.span.overlaps(&piece))
    };
    let wrong = [Signal::Complaint, Signal::RepeatContact, Signal::BrokenPromise, Signal::Praise];
    let signals = heard.signals.iter().filter(|f| wrong.iter().any(|&s| f.label == s.into()));
    let felt: f32 = heard.emotions.iter().filter(|f| here(f)).map(|f| f.strength).sum();
    let told: f32 = signals.filter(|f| here(f)).map(|f| f.strength).sum();
    let cause = heard.cause.as_ref().is_some_and(|cause| cause.span.overlaps(&piece));
    felt + told + f32::from(u8::from(cause))
}
