//! A text with all that is known about its words, and what was found in it so far.

use gehoord_conversation::{Language, PersonalDatum, PersonalKind, Span};

use super::names::weights::Weights;
use super::rules::{Marked, Rules, Use};
use super::tokens::{Gap, Kind, Tokens};
use super::words::{Known, Words};

/// A text, its tokens, and what each is good for.
pub(crate) struct Scene<'t> {
    pub(crate) words: Words,
    /// The model of names.
    pub(crate) names: &'t Weights,
    pub(crate) tokens: Tokens<'t>,
    pub(crate) rules: &'t Rules,
    /// By the rules of the text's language.
    pub(crate) marked: Vec<Marked>,
    /// By the rules of the other languages: what stands near a number may be in any.
    pub(crate) others: Vec<Vec<Marked>>,
    /// Most words begin small: a capital says something.
    pub(crate) has_capitals: bool,
    /// Most words are in capitals: then capitals say nothing.
    pub(crate) shouts: bool,
    /// How many words there are.
    pub(crate) word_count: usize,
    /// Which words belong to the name of a firm.
    pub(crate) firms: Vec<bool>,
    /// Which of these are a person's here, who is called like the firm.
    pub(crate) namesakes: Vec<bool>,
    pub(crate) found: Vec<PersonalDatum>,
    /// Dates, amounts and numbers of services: no personal data, whatever stands near.
    pub(crate) quiet: Vec<Span>,
}

impl Scene<'_> {
    /// Finds the names of firms, and of towns of more words than one: each word of "Albert Heijn"
    /// and "San Antonio" is part of one.
    pub(crate) fn mark_firms(&mut self) {
        for index in 0..self.len() {
            let town = self.end(index, Use::Place).filter(|last| *last > index);
            // "Beste Ben": a first name that a firm has too is a person's where one is spoken to.
            let spoken_to = [Use::Greeting, Use::Title, Use::Relation, Use::Closing];
            let person = self.known(index).is(Known::FIRST)
                && index.checked_sub(1).is_some_and(|i| spoken_to.iter().any(|u| self.is(i, *u)));
            let firm = self.end(index, Use::Firm).filter(|last| *last > index || !person);
            if let Some(last) = firm.max(town) {
                self.firms[index..=last].fill(true);
            }
            self.mark_ended(index);
        }
    }

    /// "Brook & Vale LLP", "Van Bruggen Adviesgroep": the words with capitals before one that only
    /// firms end with.
    fn mark_ended(&mut self, ending: usize) {
        let proper = |i: usize| {
            let and = matches!(self.tokens.raw(i), "&" | "en" | "and" | "+");
            self.gap(i + 1) == Gap::Space
                && (self.capital(i) && self.is_word(i) || and || self.is(i, Use::Particle))
        };
        if !self.is(ending, Use::FirmEnding) || !self.capital(ending) {
            return;
        }
        let mut first = ending;
        while first > 0 && ending - first < 4 && proper(first - 1) {
            first -= 1;
        }
        while first < ending && !self.capital(first) {
            first += 1;
        }
        let joined = (first..ending).any(|i| self.tokens.raw(i) == "&");
        if joined || ending > first && !self.known(ending).ordinary(self.rules.language) {
            self.firms[first..=ending].fill(true);
        }
    }

    /// Adds what was found, unless something found before stands there.
    pub(crate) fn add(&mut self, span: Span, kind: PersonalKind) -> bool {
        if span.start >= span.end {
            return false;
        }
        let at = self.found.partition_point(|d| d.span.end <= span.start);
        if self.found.get(at).is_some_and(|d| d.span.start < span.end) {
            return false;
        }
        self.found.insert(at, PersonalDatum { span, kind });
        true
    }

    /// What was found at or across a byte range.
    pub(crate) fn taken(&self, span: Span) -> Option<PersonalKind> {
        let at = self.found.partition_point(|d| d.span.end <= span.start);
        self.found.get(at).filter(|d| d.span.start < span.end).map(|d| d.kind)
    }

    /// Whether something was found where a token stands.
    pub(crate) fn taken_at(&self, index: usize) -> bool {
        self.tokens.all.get(index).is_some_and(|t| self.taken(t.span()).is_some())
    }

    /// Whether a token is part of a date, an amount or the like.
    pub(crate) fn is_quiet(&self, index: usize) -> bool {
        let Some(token) = self.tokens.all.get(index) else { return false };
        self.is_quiet_at(token.span())
    }

    /// Whether a span overlaps a date, an amount or the like.
    pub(crate) fn is_quiet_at(&self, span: Span) -> bool {
        let at = self.quiet.partition_point(|q| q.end <= span.start);
        self.quiet.get(at).is_some_and(|q| q.start < span.end)
    }

    /// Remembers that there is no personal data at a span.
    pub(crate) fn silence(&mut self, span: Span) {
        let at = self.quiet.partition_point(|q| q.end <= span.start);
        if self.quiet.get(at).is_none_or(|q| q.start >= span.end) {
            self.quiet.insert(at, span);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.all.len()
    }

    pub(crate) fn norm(&self, index: usize) -> &str {
        self.tokens.norm(index)
    }

    pub(crate) fn known(&self, index: usize) -> Known {
        self.tokens.all.get(index).map_or(Known::default(), |t| t.known)
    }

    pub(crate) fn is_word(&self, index: usize) -> bool {
        self.tokens.all.get(index).is_some_and(|t| t.word())
    }

    pub(crate) fn is_number(&self, index: usize) -> bool {
        self.tokens.all.get(index).is_some_and(|t| t.kind == Kind::Number)
    }

    /// "M." in French.
    pub(crate) fn is_monsieur(&self, index: usize) -> bool {
        self.rules.language == Language::Fr && self.tokens.raw(index) == "M."
    }

    pub(crate) fn gap(&self, index: usize) -> Gap {
        self.tokens.all.get(index).map_or(Gap::Line, |t| t.gap)
    }

    pub(crate) fn capital(&self, index: usize) -> bool {
        self.tokens.all.get(index).is_some_and(|t| t.capital)
    }

    /// The last token of a word or phrase of this use that begins here.
    pub(crate) fn end(&self, index: usize, one: Use) -> Option<usize> {
        self.marked.get(index).and_then(|m| m.end(index, one))
    }

    /// How many words stand before `first` and behind `last`.
    pub(crate) fn words_outside(&self, first: usize, last: usize) -> usize {
        let inside = (first..=last).filter(|i| self.is_word(*i)).count();
        self.word_count.saturating_sub(inside)
    }

    /// Whether the word itself is of this use.
    pub(crate) fn is(&self, index: usize, one: Use) -> bool {
        self.marked.get(index).is_some_and(|m| m.uses.has(one))
    }

    /// The same, in any language.
    pub(crate) fn end_anywhere(&self, index: usize, one: Use) -> Option<usize> {
        let long = self.norm(index).len() > 3;
        self.end(index, one).or_else(|| {
            self.others.iter().filter(|_| long).find_map(|m| m.get(index)?.end(index, one))
        })
    }

    /// How much the letters of an unknown word, or the parts of one with hyphens, say that it is a
    /// name: a logit.
    pub(crate) fn likeness(&self, index: usize) -> f32 {
        let norm = self.norm(index);
        // "don't", "heeeey"
        // "o'shaughnessy", "d'souza"
        let irish = |head: &str, rest: &str| {
            self.rules.language == Language::En && matches!(head, "o" | "d") && rest.len() > 4
        };
        let small =
            |(head, rest): (&str, &str)| rest.starts_with(char::is_lowercase) && !irish(head, rest);
        let triple = |w: &[u8]| w[0] == w[1] && w[1] == w[2];
        let odd = self.tokens.raw(index).split_once(['\'', '’']).is_some_and(small);
        if odd || norm.as_bytes().windows(3).any(triple) {
            return f32::MIN;
        }
        let parts = norm.split('-').filter(|part| part.len() > 1);
        parts.map(Words::likeness).fold(f32::MAX, f32::min)
    }

    /// Whether all parts of a word with hyphens are names or look like some.
    pub(crate) fn joined_names(&self, index: usize) -> bool {
        let norm = self.norm(index);
        let name = |part: &str| {
            let known = self.words.get(part);
            part.len() > 2 && (known.name() || known.nothing() && Words::likeness(part) > 0.0)
        };
        norm.contains('-') && norm.split('-').all(name)
    }

    /// Whether the word is an ordinary one in the language of the text.
    pub(crate) fn ordinary(&self, index: usize) -> bool {
        self.known(index).ordinary(self.rules.language)
    }

    /// The span from the first to the last of some tokens.
    pub(crate) fn span(&self, first: usize, last: usize) -> Span {
        match (self.tokens.all.get(first), self.tokens.all.get(last)) {
            (Some(a), Some(b)) => Span::new(a.start, b.end),
            _ => Span::default(),
        }
    }
}
