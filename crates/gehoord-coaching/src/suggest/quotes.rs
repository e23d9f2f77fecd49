//! The customer's own words that weigh most, and what they ask: for a place in a suggestion where
//! the agent gives them back in other words, or answers them.

use std::ops::Range;

use gehoord_conversation::{Conversation, CustomerTurn, Evidence, Finding, Language, Signal, Span};
use gehoord_listening::text::{Kind, Sentence, Text, Token};

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

/// What is told beside a question without any feeling has so many words at least.
const BESIDE: usize = 6;

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
    /// How many words it has.
    words: usize,
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
            .flat_map(|&(index, heard)| {
                let raw = conversation.turns[index].text.as_str();
                Turn { index, raw, text: Text::new(raw), heard, language, lexicon }.pieces()
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
        if told.is_empty() && !asked.is_empty() {
            // Beside a question something may be told without any feeling.
            let beside = all.iter().filter(|p| !p.asks && p.words >= BESIDE);
            told.extend(beside.max_by_key(|p| p.words).cloned());
        }
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

/// A customer turn, cut into what may be quoted of it.
struct Turn<'t> {
    index: usize,
    raw: &'t str,
    text: Text,
    heard: &'t CustomerTurn,
    language: Language,
    lexicon: &'t Lexicon,
}

impl Turn<'_> {
    fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for sentence in &self.text.sentences {
            let (opens, asks) = self.asks(sentence);
            let end = sentence.last as usize;
            let mut first = self.behind_greeting(sentence);
            // A sentence, or so many of its clauses as are short enough together.
            while first < end {
                let last = self.end_of_piece(first, end);
                // "Mijn man is bang, hoe lang is de naald?" asks in its last clause.
                pieces.extend(self.piece(first..last, asks && (opens || last == end)));
                first = last;
            }
        }
        pieces
    }

    /// Whether a sentence opens as a question does, and whether it asks anything.
    fn asks(&self, sentence: &Sentence) -> (bool, bool) {
        let tokens = &self.text.tokens[sentence.range()];
        let mut words = tokens.iter().filter(|t| t.kind == Kind::Word).map(|t| self.word(t));
        let opens = words.next().is_some_and(|first| opens_question(&first, self.language));
        // "Wat een service": no question.
        let article = ["een", "a", "an", "ein"];
        let exclaims = words.next().is_some_and(|second| article.contains(&second.as_str()));
        if (exclaims && !sentence.question)
            || tokens.iter().any(|t| self.lexicon.is_rhetorical(&self.word(t)))
        {
            return (false, false);
        }
        let whole = self.text.span(sentence.first as usize, sentence.last as usize).of(self.raw);
        // In French only the mark tells: "vous me demandez une facture".
        let asks = sentence.question
            || wants_to_know(whole, self.language)
            || (opens && self.language != Language::Fr);
        (opens, asks)
    }

    fn word(&self, token: &Token) -> String {
        lower(token.span().of(self.raw))
    }

    /// Where a sentence begins to say something.
    fn behind_greeting(&self, sentence: &Sentence) -> usize {
        let first = sentence.first as usize;
        let tokens = &self.text.tokens[sentence.range()];
        let opens = tokens.iter().find(|t| t.kind == Kind::Word);
        if !opens.is_some_and(|token| self.lexicon.greets(&self.word(token))) {
            return first;
        }
        let most = (sentence.last as usize).min(first + GREETING);
        (first + 1..most).find(|&at| self.pauses(at)).unwrap_or(first)
    }

    /// A comma or the like, with a blank behind it: no hyphen.
    fn pauses(&self, at: usize) -> bool {
        let token = &self.text.tokens[at];
        token.pause_before && self.raw[..token.span().start].ends_with(char::is_whitespace)
    }

    fn end_of_piece(&self, first: usize, end: usize) -> usize {
        if end - first <= LONGEST {
            return end;
        }
        let cuts = (first + SHORTEST..=end - SHORTEST).filter(|&at| self.pauses(at));
        let fits = cuts.clone().rfind(|at| at - first <= LONGEST);
        fits.or_else(|| cuts.min()).unwrap_or(end)
    }

    /// None where it is too short, or cannot be quoted.
    fn piece(&self, tokens: Range<usize>, asks: bool) -> Option<Piece> {
        let span = self.text.span(tokens.start, tokens.end);
        let long = tokens.len() > LONGEST + LONGEST / 2;
        let shown = match long {
            true => self.text.span(tokens.start, tokens.start + LONGEST),
            false => span,
        };
        let words = shown.of(self.raw).split_whitespace().collect::<Vec<_>>().join(" ");
        let masked = self.text.tokens[tokens.clone()].iter().any(|t| t.kind == Kind::Mask);
        let halved = words.matches('(').count() != words.matches(')').count();
        if tokens.len() < SHORTEST || halved || masked || words.contains(UNQUOTABLE) {
            return None;
        }
        let mark = match (long, asks) {
            (true, _) => " …",
            (false, true) => "?",
            (false, false) => "",
        };
        Some(Piece {
            text: format!("{words}{mark}"),
            at: Evidence::new(self.index, span),
            asks,
            words: tokens.len(),
            weight: weight(self.heard, self.index, span),
        })
    }
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
