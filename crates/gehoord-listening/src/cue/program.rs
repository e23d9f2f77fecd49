//! Patterns ready to run over tokens.

use rustc_hash::FxHashMap;

use super::symbols::Symbol;
use crate::text::Text;

/// What compiled patterns see of a text.
pub(crate) struct Tape<'t> {
    text: &'t Text,
    /// Symbols of all tokens, one after the other.
    symbols: Vec<Symbol>,
    slots: Vec<Slot>,
}

/// A token on the tape.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// Where its symbols stand.
    first: u32,
    last: u32,
    /// Which groups its symbols are in.
    groups: u64,
    begins_sentence: bool,
}

/// Symbols in 64 groups: two tokens without a group in common have no symbol in common.
const EVERY_GROUP: u64 = u64::MAX;

fn group(symbol: Symbol) -> u64 {
    1 << (symbol % 64)
}

impl<'t> Tape<'t> {
    /// `symbols_of` appends the symbols of a token.
    pub(crate) fn new(
        text: &'t Text,
        mut symbols_of: impl FnMut(&crate::text::Token, &mut Vec<Symbol>),
    ) -> Self {
        let mut symbols = Vec::with_capacity(text.tokens.len() * 2);
        let mut slots = Vec::with_capacity(text.tokens.len());
        let mut sentence = None;
        for token in &text.tokens {
            let first = symbols.len();
            symbols_of(token, &mut symbols);
            slots.push(Slot {
                first: first as u32,
                last: symbols.len() as u32,
                groups: symbols[first..].iter().fold(0, |groups, s| groups | group(*s)),
                begins_sentence: sentence != Some(token.sentence),
            });
            sentence = Some(token.sentence);
        }
        Self { text, symbols, slots }
    }

    /// Symbols of all tokens.
    pub(crate) fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    pub(crate) fn symbols_at(&self, token: usize) -> &[Symbol] {
        let slot = &self.slots[token];
        &self.symbols[slot.first as usize..slot.last as usize]
    }

    /// Number of tokens.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    fn begins_sentence(&self, at: usize) -> bool {
        self.slots.get(at).is_some_and(|slot| slot.begins_sentence)
    }

    /// Whether a token with a symbol of `groups` may stand at `at`; false means certainly not.
    fn may_hold(&self, at: usize, groups: u64) -> bool {
        groups == EVERY_GROUP || self.slots.get(at).is_some_and(|slot| slot.groups & groups != 0)
    }
}

/// One step of a program.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// A token with this symbol.
    Symbol(Symbol),
    /// A token with one of the symbols of this class.
    Class(u32),
    /// Any token.
    Any,
    /// Up to so many tokens, as few as possible.
    Gap(u8),
    /// Try the next step, then `other`.
    Split { other: u32 },
    /// Try the alternatives of this fork that may begin with this token, in order.
    Fork(u32),
    /// Go on at a step.
    Jump(u32),
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
    Not { then: u32 },
    /// Matched.
    Match,
}

/// Which alternatives of a choice may begin with which token.
#[derive(Debug)]
pub(crate) struct Fork {
    /// Where the program of each alternative begins.
    alternatives: Box<[u32]>,
    /// Symbols and the numbers of the alternatives that begin with them, in order.
    begin_with: Box<[(Symbol, u16)]>,
    /// Numbers of the alternatives that may begin with any token, in order.
    begin_anyhow: Box<[u16]>,
}

impl Fork {
    /// `alternatives`: where each begins, and the symbols of which its first token holds one,
    /// or `None` where it may hold any.
    pub(crate) fn new(alternatives: Vec<(u32, Option<Vec<Symbol>>)>) -> Self {
        let mut begin_with = Vec::new();
        let mut begin_anyhow = Vec::new();
        for (number, (_, symbols)) in (0_u16..).zip(&alternatives) {
            match symbols {
                Some(symbols) => begin_with.extend(symbols.iter().map(|s| (*s, number))),
                None => begin_anyhow.push(number),
            }
        }
        begin_with.sort_unstable();
        begin_with.dedup();
        Self {
            alternatives: alternatives.into_iter().map(|(step, _)| step).collect(),
            begin_with: begin_with.into(),
            begin_anyhow: begin_anyhow.into(),
        }
    }

    /// The first alternative from number `from` on that may begin with a token of these symbols.
    fn next(&self, symbols: &[Symbol], from: u16) -> Option<u16> {
        let anyhow = self.begin_anyhow.iter().find(|number| **number >= from);
        let with = symbols.iter().filter_map(|&symbol| {
            let first = self.begin_with.partition_point(|known| *known < (symbol, from));
            let (known, number) = self.begin_with.get(first)?;
            (*known == symbol).then_some(number)
        });
        with.chain(anyhow).min().copied()
    }
}

/// The programs of all patterns of one side of a language, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    steps: Vec<Step>,
    /// For each step, the groups of the symbols of which a token must hold one to get past it.
    begins: Vec<u64>,
    /// Sorted symbols of each class.
    classes: Vec<Box<[Symbol]>>,
    forks: Vec<Fork>,
    known: FxHashMap<Box<[Symbol]>, u32>,
}

impl Programs {
    /// Adds the program that `emit` pushes; gives where it begins.
    pub(crate) fn add(&mut self, emit: impl FnOnce(&mut Self)) -> u32 {
        let start = self.steps.len();
        emit(self);
        self.push(Step::Match);
        self.begins.resize(self.steps.len(), EVERY_GROUP);
        // Steps lead forward only, so that all that comes after a step is known.
        for at in (start..self.steps.len()).rev() {
            self.begins[at] = match self.steps[at] {
                Step::Symbol(symbol) => group(symbol),
                Step::Class(class) => {
                    self.classes[class as usize].iter().fold(0, |groups, s| groups | group(*s))
                }
                Step::Split { other } => self.begins[at + 1] | self.begins[other as usize],
                Step::Fork(fork) => {
                    let alternatives = self.forks[fork as usize].alternatives.iter();
                    alternatives.fold(0, |groups, to| groups | self.begins[*to as usize])
                }
                Step::Jump(to) | Step::Not { then: to } => self.begins[to as usize],
                Step::Break | Step::SentenceStart | Step::TurnStart | Step::Question(_) => {
                    self.begins[at + 1]
                }
                Step::Any | Step::Gap(_) | Step::SentenceEnd | Step::TurnEnd | Step::Match => {
                    EVERY_GROUP
                }
            };
        }
        start as u32
    }

    pub(crate) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// Where the next step will stand.
    pub(crate) fn next(&self) -> u32 {
        self.steps.len() as u32
    }

    /// Keeps a place for a step that is [`set`](Self::set) later.
    pub(crate) fn hold(&mut self) -> u32 {
        self.push(Step::Any);
        self.next() - 1
    }

    pub(crate) fn set(&mut self, at: u32, step: Step) {
        self.steps[at as usize] = step;
    }

    /// The class of these sorted symbols.
    pub(crate) fn class(&mut self, symbols: &[Symbol]) -> u32 {
        if let Some(&class) = self.known.get(symbols) {
            return class;
        }
        let class = self.classes.len() as u32;
        self.classes.push(symbols.into());
        self.known.insert(symbols.into(), class);
        class
    }

    /// Puts a fork at a step that was [held](Self::hold) for it.
    pub(crate) fn set_fork(&mut self, at: u32, fork: Fork) {
        self.set(at, Step::Fork(self.forks.len() as u32));
        self.forks.push(fork);
    }

    /// Gives back what only adding needs.
    pub(crate) fn finish(&mut self) {
        self.known = FxHashMap::default();
        self.steps.shrink_to_fit();
        self.begins.shrink_to_fit();
    }

    /// Runs the program at `program` from token `at`; gives the token just past the match.
    pub(crate) fn run(&self, program: u32, tape: &Tape<'_>, at: usize) -> Option<usize> {
        let program = program as usize;
        if !tape.may_hold(at, self.begins[program]) {
            return None;
        }
        Run { programs: self, tape, start: at, fuel: FUEL }.go(program, at, false)
    }
}

/// Steps one attempt may take, so that no text can make it slow.
const FUEL: u32 = 4_000;

struct Run<'r, 't> {
    programs: &'r Programs,
    tape: &'r Tape<'t>,
    start: usize,
    fuel: u32,
}

impl Run<'_, '_> {
    /// `crossed`: a `Break` just allowed the next token to be in another sentence.
    fn go(&mut self, mut step: usize, mut at: usize, mut crossed: bool) -> Option<usize> {
        loop {
            self.fuel = self.fuel.checked_sub(1)?;
            let goes_on = match self.programs.steps[step] {
                Step::Match => return Some(at),
                Step::Jump(to) => {
                    step = to as usize;
                    continue;
                }
                Step::Split { other } => {
                    if self.may_begin(step + 1, at)
                        && let Some(end) = self.go(step + 1, at, crossed)
                    {
                        return Some(end);
                    }
                    step = other as usize;
                    continue;
                }
                Step::Fork(fork) => return self.branch(fork, at, crossed),
                Step::Gap(words) => return self.skip(words, step + 1, at, crossed),
                Step::Not { then } => {
                    if self.may_begin(step + 1, at) && self.go(step + 1, at, crossed).is_some() {
                        return None;
                    }
                    step = then as usize;
                    continue;
                }
                Step::Symbol(symbol) => {
                    if !self.may_take(at, crossed) || !self.tape.symbols_at(at).contains(&symbol) {
                        return None;
                    }
                    at += 1;
                    step += 1;
                    crossed = false;
                    continue;
                }
                Step::Class(class) => {
                    if !self.may_take(at, crossed)
                        || !self.tape.may_hold(at, self.programs.begins[step])
                    {
                        return None;
                    }
                    let class = &self.programs.classes[class as usize];
                    let symbols = self.tape.symbols_at(at);
                    if !symbols.iter().any(|s| class.binary_search(s).is_ok()) {
                        return None;
                    }
                    at += 1;
                    step += 1;
                    crossed = false;
                    continue;
                }
                Step::Any => {
                    if !self.may_take(at, crossed) {
                        return None;
                    }
                    at += 1;
                    step += 1;
                    crossed = false;
                    continue;
                }
                Step::Break => {
                    crossed = true;
                    at >= self.tape.len()
                        || self.tape.begins_sentence(at)
                        || self.tape.text.tokens[at].pause_before
                }
                Step::SentenceStart => at == 0 || self.tape.begins_sentence(at),
                Step::SentenceEnd => at >= self.tape.len() || self.tape.begins_sentence(at),
                Step::Question(wanted) => self.is_question(at) == wanted,
                Step::TurnStart => at == 0,
                Step::TurnEnd => at == self.tape.len(),
            };
            if !goes_on {
                return None;
            }
            step += 1;
        }
    }

    /// Goes on at the first alternative of a fork that leads to a match.
    fn branch(&mut self, fork: u32, at: usize, crossed: bool) -> Option<usize> {
        let fork = &self.programs.forks[fork as usize];
        let symbols = if at < self.tape.len() { self.tape.symbols_at(at) } else { &[] };
        let mut from = 0;
        while let Some(number) = fork.next(symbols, from) {
            let step = fork.alternatives[usize::from(number)] as usize;
            if let Some(end) = self.go(step, at, crossed) {
                return Some(end);
            }
            from = number + 1;
        }
        None
    }

    /// Goes on at `step` after as few tokens as possible, at most `words`.
    fn skip(&mut self, words: u8, step: usize, at: usize, crossed: bool) -> Option<usize> {
        for skipped in 0..=usize::from(words) {
            if skipped > 0 && !self.may_take(at + skipped - 1, crossed && skipped == 1) {
                return None;
            }
            if self.may_begin(step, at + skipped)
                && let Some(end) = self.go(step, at + skipped, crossed && skipped == 0)
            {
                return Some(end);
            }
        }
        None
    }

    /// Whether the token at `at` may get past `step`; false means certainly not.
    fn may_begin(&self, step: usize, at: usize) -> bool {
        self.tape.may_hold(at, self.programs.begins[step])
    }

    fn may_take(&self, at: usize, crossed: bool) -> bool {
        let slot = self.tape.slots.get(at);
        slot.is_some_and(|slot| crossed || at == self.start || !slot.begins_sentence)
    }

    fn is_question(&self, at: usize) -> bool {
        let text = self.tape.text;
        // Behind the last word of a sentence, that sentence is still meant.
        let token = if at > self.start { at - 1 } else { at };
        let token = token.min(self.tape.len().saturating_sub(1));
        let sentence = text.tokens.get(token).map_or(0, |t| t.sentence);
        text.sentences.get(sentence as usize).is_some_and(|s| s.question)
    }
}
