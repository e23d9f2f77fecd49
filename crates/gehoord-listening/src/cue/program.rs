//! A pattern ready to run over tokens.

use super::symbols::{MASK, NUMBER, Symbol};
use crate::text::Text;

/// What compiled patterns see of a text.
pub(crate) struct Tape<'t> {
    pub(crate) text: &'t Text,
    /// Symbols of all tokens, one after the other.
    pub(crate) symbols: &'t [Symbol],
    /// Where the symbols of token `i` begin; one entry more than there are tokens.
    pub(crate) starts: &'t [u32],
}

impl Tape<'_> {
    pub(crate) fn symbols_at(&self, token: usize) -> &[Symbol] {
        &self.symbols[self.starts[token] as usize..self.starts[token + 1] as usize]
    }

    fn len(&self) -> usize {
        self.text.tokens.len()
    }

    fn sentence_begins(&self, at: usize) -> bool {
        let tokens = &self.text.tokens;
        at == 0 || (at < tokens.len() && tokens[at].sentence != tokens[at - 1].sentence)
    }
}

/// One step of a program.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A token with this symbol.
    Symbol(Symbol),
    /// A token with one of these symbols (sorted).
    Class(Box<[Symbol]>),
    /// Any token.
    Any,
    /// Up to so many tokens, as few as possible.
    Gap(u8),
    /// Try the next step, then `other`.
    Split { other: usize },
    /// Go on at a step.
    Jump(usize),
    /// A sentence ended or a pause was made here; crosses into the next sentence.
    Break,
    /// A sentence begins here.
    SentenceStart,
    /// A sentence ends here.
    SentenceEnd,
    /// The turn begins here.
    TurnStart,
    /// The turn ends here.
    TurnEnd,
    /// The sentence is a question, or is none.
    Question(bool),
    /// What follows is not this; the program behind it starts at the next step, goes on at `then`.
    Not { then: usize },
    /// Matched.
    Match,
}

/// Steps one attempt may take, so that no text can make it slow.
const FUEL: u32 = 4_000;

/// Runs `steps` from token `at`; gives the token just past the match.
pub(crate) fn run(steps: &[Step], tape: &Tape<'_>, at: usize) -> Option<usize> {
    let mut fuel = FUEL;
    Run { steps, tape, start: at, fuel: &mut fuel }.go(0, at, false)
}

struct Run<'r, 't> {
    steps: &'r [Step],
    tape: &'r Tape<'t>,
    start: usize,
    fuel: &'r mut u32,
}

impl Run<'_, '_> {
    /// `crossed`: a `Break` just allowed the next token to be in another sentence.
    fn go(&mut self, mut step: usize, mut at: usize, mut crossed: bool) -> Option<usize> {
        loop {
            *self.fuel = self.fuel.checked_sub(1)?;
            match &self.steps[step] {
                Step::Match => return Some(at),
                Step::Jump(to) => {
                    step = *to;
                    continue;
                }
                Step::Split { other } => {
                    if let Some(end) = self.go(step + 1, at, crossed) {
                        return Some(end);
                    }
                    step = *other;
                    continue;
                }
                Step::Gap(words) => {
                    for skipped in 0..=usize::from(*words) {
                        if skipped > 0 && !self.may_take(at + skipped - 1, crossed && skipped == 1)
                        {
                            return None;
                        }
                        let crossed = crossed && skipped == 0;
                        if let Some(end) = self.go(step + 1, at + skipped, crossed) {
                            return Some(end);
                        }
                    }
                    return None;
                }
                Step::Break => {
                    let pause = self.tape.text.tokens.get(at).is_some_and(|t| t.pause_before);
                    if at < self.tape.len() && !self.tape.sentence_begins(at) && !pause {
                        return None;
                    }
                    crossed = true;
                    step += 1;
                    continue;
                }
                Step::SentenceStart => {
                    if !self.tape.sentence_begins(at) {
                        return None;
                    }
                    step += 1;
                    continue;
                }
                Step::SentenceEnd => {
                    if at < self.tape.len() && !self.tape.sentence_begins(at) {
                        return None;
                    }
                    step += 1;
                    continue;
                }
                Step::Question(wanted) => {
                    // Behind the last word of a sentence, that sentence is still meant.
                    let token = if at > self.start { at - 1 } else { at };
                    let token = token.min(self.tape.len().saturating_sub(1));
                    let sentence = self.tape.text.tokens.get(token).map_or(0, |t| t.sentence);
                    let sentence = self.tape.text.sentences.get(sentence as usize);
                    if sentence.is_some_and(|s| s.question) != *wanted {
                        return None;
                    }
                    step += 1;
                    continue;
                }
                Step::TurnStart if at == 0 => {
                    step += 1;
                    continue;
                }
                Step::TurnEnd if at == self.tape.len() => {
                    step += 1;
                    continue;
                }
                Step::TurnStart | Step::TurnEnd => return None,
                Step::Not { then } => {
                    if self.go(step + 1, at, crossed).is_some() {
                        return None;
                    }
                    step = *then;
                    continue;
                }
                Step::Symbol(symbol) => {
                    if !self.may_take(at, crossed) || !self.tape.symbols_at(at).contains(symbol) {
                        return None;
                    }
                }
                Step::Class(class) => {
                    if !self.may_take(at, crossed) {
                        return None;
                    }
                    let symbols = self.tape.symbols_at(at);
                    if !symbols.iter().any(|s| class.binary_search(s).is_ok()) {
                        return None;
                    }
                }
                Step::Any => {
                    if !self.may_take(at, crossed) {
                        return None;
                    }
                }
            }
            // One token was taken.
            at += 1;
            step += 1;
            crossed = false;
        }
    }

    fn may_take(&self, at: usize, crossed: bool) -> bool {
        at < self.tape.len() && (crossed || at == self.start || !self.tape.sentence_begins(at))
    }
}

/// A pattern's symbols are in place; this is the tree that is turned into steps.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Symbol(Symbol),
    Sequence(Vec<Tree>),
    Choice(Vec<Tree>),
    Optional(Box<Tree>),
    Any,
    Gap(u8),
    Break,
    SentenceStart,
    SentenceEnd,
    TurnStart,
    TurnEnd,
    Question(bool),
    Not(Box<Tree>),
}

/// A symbol that every match must hold, and how many tokens after the start it may stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    pub(crate) symbol: Symbol,
    pub(crate) min: u16,
    pub(crate) max: u16,
}

impl Tree {
    pub(crate) const NUMBER: Self = Self::Symbol(NUMBER);
    pub(crate) const MASK: Self = Self::Symbol(MASK);

    pub(crate) fn compile(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        self.emit(&mut steps);
        steps.push(Step::Match);
        steps
    }

    fn emit(&self, steps: &mut Vec<Step>) {
        match self {
            Self::Symbol(symbol) => steps.push(Step::Symbol(*symbol)),
            Self::Sequence(items) => items.iter().for_each(|item| item.emit(steps)),
            Self::Choice(choices) => emit_choice(choices, steps),
            Self::Optional(inner) => {
                let split = steps.len();
                steps.push(Step::Any);
                inner.emit(steps);
                steps[split] = Step::Split { other: steps.len() };
            }
            Self::Any => steps.push(Step::Any),
            Self::Gap(words) => steps.push(Step::Gap(*words)),
            Self::Break => steps.push(Step::Break),
            Self::SentenceStart => steps.push(Step::SentenceStart),
            Self::SentenceEnd => steps.push(Step::SentenceEnd),
            Self::TurnStart => steps.push(Step::TurnStart),
            Self::TurnEnd => steps.push(Step::TurnEnd),
            Self::Question(wanted) => steps.push(Step::Question(*wanted)),
            Self::Not(inner) => {
                let not = steps.len();
                steps.push(Step::Any);
                inner.emit(steps);
                steps.push(Step::Match);
                steps[not] = Step::Not { then: steps.len() };
            }
        }
    }

    /// Groups of symbols, beside the cheapest, of which every match holds one each. Most attempts
    /// end here, since the words of a pattern seldom come together by chance.
    pub(crate) fn needs(&self, weight: &dyn Fn(Symbol) -> u64) -> Vec<Box<[Symbol]>> {
        /// Most groups, and most symbols in one.
        const GROUPS: usize = 3;
        const SYMBOLS: usize = 48;
        let Self::Sequence(items) = self else { return Vec::new() };
        let mut groups: Vec<(u64, Box<[Symbol]>)> = items
            .iter()
            .filter_map(|item| item.anchors(weight))
            .map(|(cost, anchors)| (cost, anchors.iter().map(|a| a.symbol).collect()))
            .collect();
        groups.sort_by_key(|(cost, _)| *cost);
        let others = groups.into_iter().skip(1).filter(|(_, group)| group.len() <= SYMBOLS);
        others.take(GROUPS).map(|(_, group)| group).collect()
    }

    /// Whether it says something of the sentence and names no word ("is a question").
    pub(crate) fn is_about_the_sentence(&self) -> bool {
        match self {
            Self::Question(_) => true,
            Self::Sequence(items) => items.iter().all(Self::is_about_the_sentence),
            _ => false,
        }
    }

    /// Fewest and most tokens of a match.
    pub(crate) fn length(&self) -> (u16, u16) {
        match self {
            Self::Symbol(_) | Self::Any => (1, 1),
            Self::Gap(words) => (0, u16::from(*words)),
            Self::Sequence(items) => items.iter().map(Self::length).fold((0, 0), |sum, item| {
                (sum.0.saturating_add(item.0), sum.1.saturating_add(item.1))
            }),
            Self::Choice(choices) => {
                let lengths = || choices.iter().map(Self::length);
                let min = lengths().map(|l| l.0).min().unwrap_or(0);
                (min, lengths().map(|l| l.1).max().unwrap_or(0))
            }
            Self::Optional(inner) => (0, inner.length().1),
            _ => (0, 0),
        }
    }

    /// The symbols of which every match holds at least one, chosen to be rare; `None` when a
    /// match need not hold any word.
    pub(crate) fn anchors(&self, weight: &dyn Fn(Symbol) -> u64) -> Option<(u64, Vec<Anchor>)> {
        match self {
            Self::Symbol(symbol) => {
                Some((weight(*symbol), vec![Anchor { symbol: *symbol, min: 0, max: 0 }]))
            }
            Self::Sequence(items) => {
                let mut best: Option<(u64, Vec<Anchor>)> = None;
                let (mut min, mut max) = (0_u16, 0_u16);
                for item in items {
                    if let Some((cost, mut anchors)) = item.anchors(weight) {
                        // A long way from the start means more attempts.
                        let cost = cost.saturating_mul(u64::from(max - min) + 1);
                        if best.as_ref().is_none_or(|(known, _)| cost < *known) {
                            for anchor in &mut anchors {
                                anchor.min = anchor.min.saturating_add(min);
                                anchor.max = anchor.max.saturating_add(max);
                            }
                            best = Some((cost, anchors));
                        }
                    }
                    let length = item.length();
                    min = min.saturating_add(length.0);
                    max = max.saturating_add(length.1);
                }
                best
            }
            Self::Choice(choices) => {
                let mut total = 0_u64;
                let mut all = Vec::new();
                for choice in choices {
                    let (cost, anchors) = choice.anchors(weight)?;
                    total = total.saturating_add(cost);
                    all.extend(anchors);
                }
                Some((total, all))
            }
            _ => None,
        }
    }
}

fn emit_choice(choices: &[Tree], steps: &mut Vec<Step>) {
    let mut class: Vec<Symbol> = Vec::new();
    let mut longer: Vec<&Tree> = Vec::new();
    for choice in choices {
        match choice {
            Tree::Symbol(symbol) => class.push(*symbol),
            other => longer.push(other),
        }
    }
    class.sort_unstable();
    class.dedup();
    let mut jumps = Vec::new();
    // Longer alternatives first, so that "niet meer" wins over "niet".
    for (i, choice) in longer.iter().enumerate() {
        let last = i + 1 == longer.len() && class.is_empty();
        if last {
            choice.emit(steps);
            break;
        }
        let split = steps.len();
        steps.push(Step::Any);
        choice.emit(steps);
        jumps.push(steps.len());
        steps.push(Step::Any);
        steps[split] = Step::Split { other: steps.len() };
    }
    match class.len() {
        0 => {}
        1 => steps.push(Step::Symbol(class[0])),
        _ => steps.push(Step::Class(class.into())),
    }
    let end = steps.len();
    for jump in jumps {
        steps[jump] = Step::Jump(end);
    }
}
