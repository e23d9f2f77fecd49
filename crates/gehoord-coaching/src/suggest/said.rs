//! What a customer run says, word by word, and whether a pattern of a situation is in it.

use std::ops::Range;

use gehoord_conversation::{Conversation, Evidence, Span};
use gehoord_listening::cue::pattern::Node;
use gehoord_listening::text::Kind;

use super::lexicon::Lexicon;
use super::words::{lower, sentences};

/// More words than this are not looked through: the point of a run stands before.
const MOST: usize = 1_000;

/// One word of a run, or the end of a sentence.
#[derive(Debug)]
struct Token {
    /// In lower case and without accents; empty at the end of a sentence.
    low: String,
    /// As it was written.
    raw: String,
    kind: Kind,
    /// The sentence ends with a question mark.
    asks: bool,
    turn: usize,
    span: Span,
}

impl Token {
    fn is_break(&self) -> bool {
        self.low.is_empty()
    }
}

/// A customer run.
#[derive(Debug)]
pub(crate) struct Said<'l> {
    tokens: Vec<Token>,
    lexicon: &'l Lexicon,
}

/// The words of a run that a pattern is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found(Range<usize>);

impl<'l> Said<'l> {
    pub(crate) fn of(
        conversation: &Conversation,
        turns: impl Iterator<Item = usize>,
        lexicon: &'l Lexicon,
    ) -> Self {
        let mut tokens = Vec::new();
        for turn in turns {
            for sentence in sentences(&conversation.turns[turn].text) {
                let asks = sentence.asks;
                let Some(last) = sentence.words.last().map(|word| word.place.end) else { continue };
                tokens.extend(sentence.words.into_iter().map(|word| Token {
                    low: plain(without_elision(&word.low)),
                    raw: word.raw,
                    kind: word.kind,
                    asks,
                    turn,
                    span: word.place,
                }));
                tokens.push(Token {
                    low: String::new(),
                    raw: String::new(),
                    kind: Kind::Word,
                    asks,
                    turn,
                    span: Span::new(last, last),
                });
                if tokens.len() > MOST {
                    return Self { tokens, lexicon };
                }
            }
        }
        Self { tokens, lexicon }
    }

    /// The number of words.
    pub(crate) fn words(&self) -> usize {
        self.tokens.iter().filter(|token| !token.is_break()).count()
    }

    /// Every place where one of the patterns stands.
    pub(crate) fn find<'s>(&'s self, patterns: &'s [Node]) -> impl Iterator<Item = Found> + 's {
        (0..self.tokens.len()).flat_map(move |at| {
            patterns.iter().filter_map(move |pattern| {
                let end = self.ends(pattern, at).into_iter().filter(|end| *end > at).min()?;
                Some(Found(at..end))
            })
        })
    }

    /// Where it was said.
    pub(crate) fn evidence(&self, found: &Found) -> Option<Evidence> {
        let words = || self.tokens[found.0.clone()].iter().filter(|token| !token.is_break());
        let first = words().next()?;
        let last = words().rfind(|token| token.turn == first.turn)?;
        Some(Evidence::new(first.turn, Span::new(first.span.start, last.span.end)))
    }

    /// What stands in a place such as `<duration>` among the words that were found.
    pub(crate) fn place(&self, name: &str, found: &Found) -> Option<String> {
        found.0.clone().find_map(|at| {
            let end = self.place_at(name, at)?;
            let words = self.tokens[at..end].iter().map(|token| {
                let raw = lower(&token.raw);
                self.lexicon.written_out(&raw).map_or(raw, str::to_owned)
            });
            Some(words.collect::<Vec<_>>().join(" "))
        })
    }

    /// Where a place that begins at `at` ends.
    fn place_at(&self, name: &str, at: usize) -> Option<usize> {
        let token = self.tokens.get(at)?;
        let next = self.tokens.get(at + 1);
        let lexicon = self.lexicon;
        let number = token.kind == Kind::Number || lexicon.is_number(&lower(&token.raw));
        match name {
            "duration" => {
                (number && next.is_some_and(|n| lexicon.is_unit(&n.low))).then_some(at + 2)
            }
            "times" => {
                let joined = token.low.strip_suffix('x').is_some_and(|count| {
                    !count.is_empty() && count.chars().all(|c| c.is_ascii_digit())
                });
                let whole = joined || lexicon.is_often(&token.low);
                let two = number && next.is_some_and(|n| lexicon.is_time(&n.low));
                whole.then_some(at + 1).or(two.then_some(at + 2))
            }
            "contact" => {
                let end = self.place_at("times", at)?;
                self.tokens.get(end).is_some_and(|t| lexicon.is_contact(&t.low)).then_some(end + 1)
            }
            "nth" => lexicon.is_ordinal(&lower(&token.raw)).then_some(at + 1),
            "who" => {
                let mine = lexicon.is_mine(&token.low);
                (mine && next.is_some_and(|n| lexicon.is_family(&n.low))).then_some(at + 2)
            }
            _ => None,
        }
    }

    /// Where `node` may end when it begins at `at`.
    fn ends(&self, node: &Node, at: usize) -> Vec<usize> {
        let token = self.tokens.get(at);
        let word = token.filter(|token| !token.is_break());
        let one = |fits: bool| if fits { vec![at + 1] } else { Vec::new() };
        match node {
            Node::Word(wanted) => self.spelt(wanted, at).into_iter().collect(),
            Node::Prefix(wanted) => {
                one(word.is_some_and(|token| token.low.starts_with(&plain(wanted))))
            }
            Node::Suffix(wanted) => {
                one(word.is_some_and(|token| token.low.ends_with(&plain(wanted))))
            }
            Node::Any => one(word.is_some()),
            Node::Number => one(word.is_some_and(|token| token.kind == Kind::Number)),
            Node::Mask => one(word.is_some_and(|token| token.kind == Kind::Mask)),
            Node::Break => one(token.is_some_and(Token::is_break)),
            Node::Sequence(nodes) => {
                let mut ends = vec![at];
                for node in nodes {
                    let mut next: Vec<usize> =
                        ends.iter().flat_map(|end| self.ends(node, *end)).collect();
                    next.sort_unstable();
                    next.dedup();
                    ends = next;
                    if ends.is_empty() {
                        break;
                    }
                }
                ends
            }
            Node::Choice(nodes) => nodes.iter().flat_map(|node| self.ends(node, at)).collect(),
            Node::Optional(node) => {
                let mut ends = self.ends(node, at);
                ends.push(at);
                ends
            }
            Node::Gap(most) => {
                let words =
                    self.tokens[at.min(self.tokens.len())..].iter().take_while(|t| !t.is_break());
                (at..=at + words.take(usize::from(*most)).count()).collect()
            }
            Node::List(name) => self.place_at(name, at).into_iter().collect(),
            Node::SentenceStart => self.stay(at, at == 0 || self.tokens[at - 1].is_break()),
            Node::SentenceEnd => self.stay(at, token.is_none_or(Token::is_break)),
            Node::TurnStart => self.stay(at, at == 0),
            Node::TurnEnd => self.stay(at, at + 1 >= self.tokens.len()),
            Node::Question(wanted) => {
                self.stay(at, token.is_some_and(|token| token.asks == *wanted))
            }
            Node::Not(node) => self.stay(at, self.ends(node, at).is_empty()),
        }
    }

    /// Where a word ends that may be written with hyphens, as "est-ce".
    fn spelt(&self, wanted: &str, at: usize) -> Option<usize> {
        let whole = self.tokens.get(at)?.low == plain(wanted);
        if whole {
            return Some(at + 1);
        }
        let parts: Vec<String> = wanted.split('-').map(plain).collect();
        let follow = self.tokens[at..].iter().map(|token| &token.low).take(parts.len());
        (parts.len() > 1 && follow.eq(parts.iter())).then_some(at + parts.len())
    }

    fn stay(&self, at: usize, fits: bool) -> Vec<usize> {
        if fits && at <= self.tokens.len() { vec![at] } else { Vec::new() }
    }
}

/// "J'attends" is a form of "attends".
fn without_elision(word: &str) -> &str {
    let elided = ["j'", "l'", "d'", "n'", "m'", "t'", "s'", "c'", "qu'"];
    let rest = elided.iter().find_map(|start| word.strip_prefix(start));
    rest.filter(|rest| rest.chars().count() > 2).unwrap_or(word)
}

/// In lower case, without the accents that people leave out.
fn plain(word: &str) -> String {
    let bare = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    lower(word).chars().map(bare).collect()
}
