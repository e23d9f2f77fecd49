//! A pattern whose words are symbols: where it can be tried, and the steps it is turned into.

use std::rc::Rc;

use super::program::{Fork, Programs, Step};
use super::symbols::{MASK, NUMBER, Symbol};

/// A pattern's symbols are in place; this is the tree that is turned into steps.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Symbol(Symbol),
    Sequence(Vec<Tree>),
    /// Shared, because many patterns name the same list.
    Choice(Rc<[Tree]>),
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

/// How matches of a tree begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Begin {
    /// With a token that holds one of the symbols found.
    Known,
    /// With one of those, or with what comes behind the tree.
    Later,
    /// With any token.
    Anyhow,
}

/// What it costs to try a pattern on a symbol.
pub(crate) type Weight<'w> = &'w dyn Fn(Symbol) -> u64;

impl Tree {
    pub(crate) const NUMBER: Self = Self::Symbol(NUMBER);
    pub(crate) const MASK: Self = Self::Symbol(MASK);

    /// Adds its steps to `programs`; gives where they begin.
    pub(crate) fn compile(&self, programs: &mut Programs) -> u32 {
        programs.add(|programs| self.emit(programs))
    }

    fn emit(&self, programs: &mut Programs) {
        match self {
            Self::Symbol(symbol) => programs.push(Step::Symbol(*symbol)),
            Self::Sequence(items) => items.iter().for_each(|item| item.emit(programs)),
            Self::Choice(choices) => emit_choice(choices, programs),
            Self::Optional(inner) => {
                let split = programs.hold();
                inner.emit(programs);
                programs.set(split, Step::Split { other: programs.next() });
            }
            Self::Any => programs.push(Step::Any),
            Self::Gap(words) => programs.push(Step::Gap(*words)),
            Self::Break => programs.push(Step::Break),
            Self::SentenceStart => programs.push(Step::SentenceStart),
            Self::SentenceEnd => programs.push(Step::SentenceEnd),
            Self::TurnStart => programs.push(Step::TurnStart),
            Self::TurnEnd => programs.push(Step::TurnEnd),
            Self::Question(wanted) => programs.push(Step::Question(*wanted)),
            Self::Not(inner) => {
                let not = programs.hold();
                inner.emit(programs);
                programs.push(Step::Match);
                programs.set(not, Step::Not { then: programs.next() });
            }
        }
    }

    /// Groups of symbols, beside the cheapest, of which every match holds one each. Most attempts
    /// end here, since the words of a pattern seldom come together by chance.
    pub(crate) fn needs(&self, weight: Weight<'_>) -> Vec<Vec<Symbol>> {
        /// Most groups, and most symbols in one.
        const GROUPS: usize = 3;
        const SYMBOLS: usize = 48;
        let Self::Sequence(items) = self else { return Vec::new() };
        let mut groups: Vec<(u64, &Self)> =
            items.iter().filter_map(|item| Some((item.cost(weight)?, item))).collect();
        groups.sort_by_key(|(cost, _)| *cost);
        let group = |(_, item): (u64, &Self)| {
            let mut anchors = Vec::new();
            item.anchor(weight, 0, 0, &mut anchors);
            anchors.into_iter().map(|a: Anchor| a.symbol).collect::<Vec<_>>()
        };
        let others = groups.into_iter().skip(1).map(group);
        others.filter(|group| group.len() <= SYMBOLS).take(GROUPS).collect()
    }

    /// Whether it says something of the sentence and names no word ("is a question").
    pub(crate) fn is_about_the_sentence(&self) -> bool {
        match self {
            Self::Question(_) => true,
            Self::Sequence(items) => items.iter().all(Self::is_about_the_sentence),
            _ => false,
        }
    }

    /// Appends the symbols that the first token of a match may hold.
    fn begins(&self, into: &mut Vec<Symbol>) -> Begin {
        match self {
            Self::Symbol(symbol) => {
                into.push(*symbol);
                Begin::Known
            }
            Self::Sequence(items) => {
                let mut begins = items.iter().map(|item| item.begins(into));
                begins.find(|begin| *begin != Begin::Later).unwrap_or(Begin::Later)
            }
            Self::Choice(choices) => {
                choices.iter().map(|choice| choice.begins(into)).max().unwrap_or(Begin::Later)
            }
            Self::Optional(inner) => inner.begins(into).max(Begin::Later),
            Self::Any | Self::Gap(_) => Begin::Anyhow,
            _ => Begin::Later,
        }
    }

    /// Fewest and most tokens of a match.
    fn length(&self) -> (u16, u16) {
        match self {
            Self::Symbol(_) | Self::Any => (1, 1),
            Self::Gap(words) => (0, u16::from(*words)),
            Self::Sequence(items) => items.iter().map(Self::length).fold((0, 0), |sum, item| {
                (sum.0.saturating_add(item.0), sum.1.saturating_add(item.1))
            }),
            Self::Choice(choices) => {
                let lengths = choices.iter().map(Self::length);
                let both = lengths.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
                both.unwrap_or_default()
            }
            Self::Optional(inner) => (0, inner.length().1),
            _ => (0, 0),
        }
    }

    /// What it costs to try it where one of its words stands, when those are chosen to be rare;
    /// `None` when a match need not hold any word.
    fn cost(&self, weight: Weight<'_>) -> Option<u64> {
        match self {
            Self::Symbol(symbol) => Some(weight(*symbol)),
            Self::Sequence(items) => rarest(items, weight).map(|rarest| rarest.cost),
            Self::Choice(choices) => choices
                .iter()
                .try_fold(0_u64, |sum, choice| Some(sum.saturating_add(choice.cost(weight)?))),
            _ => None,
        }
    }

    /// Whether every match holds a word.
    pub(crate) fn holds_a_word(&self) -> bool {
        match self {
            Self::Symbol(_) => true,
            Self::Sequence(items) => items.iter().any(Self::holds_a_word),
            Self::Choice(choices) => choices.iter().all(Self::holds_a_word),
            _ => false,
        }
    }

    /// The symbols of which every match holds at least one, chosen to be rare, of a tree that
    /// [holds a word](Self::holds_a_word).
    pub(crate) fn anchors(&self, weight: Weight<'_>) -> Vec<Anchor> {
        let mut anchors = Vec::new();
        self.anchor(weight, 0, 0, &mut anchors);
        anchors
    }

    /// Appends the anchors of a tree that begins `min` to `max` tokens after the start.
    fn anchor(&self, weight: Weight<'_>, min: u16, max: u16, into: &mut Vec<Anchor>) {
        match self {
            Self::Symbol(symbol) => into.push(Anchor { symbol: *symbol, min, max }),
            Self::Sequence(items) => {
                if let Some(Rarest { item, before, .. }) = rarest(items, weight) {
                    let (min, max) = (min.saturating_add(before.0), max.saturating_add(before.1));
                    item.anchor(weight, min, max, into);
                }
            }
            Self::Choice(choices) => {
                choices.iter().for_each(|choice| choice.anchor(weight, min, max, into));
            }
            _ => {}
        }
    }
}

/// The item of a sequence that is cheapest to try it on.
struct Rarest<'t> {
    cost: u64,
    item: &'t Tree,
    /// Fewest and most tokens before it.
    before: (u16, u16),
}

fn rarest<'t>(items: &'t [Tree], weight: Weight<'_>) -> Option<Rarest<'t>> {
    let mut best: Option<Rarest<'t>> = None;
    let (mut min, mut max) = (0_u16, 0_u16);
    for item in items {
        if let Some(cost) = item.cost(weight) {
            // A long way from the start means more attempts.
            let cost = cost.saturating_mul(u64::from(max - min) + 1);
            if best.as_ref().is_none_or(|known| cost < known.cost) {
                best = Some(Rarest { cost, item, before: (min, max) });
            }
        }
        let length = item.length();
        min = min.saturating_add(length.0);
        max = max.saturating_add(length.1);
    }
    best
}

/// Fewer alternatives of several words are quicker tried one after the other, by about 2 % of a turn.
const FORK: usize = 4;

fn emit_choice(choices: &[Tree], programs: &mut Programs) {
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
    if longer.len() >= FORK && longer.len() < usize::from(u16::MAX) {
        return emit_fork(&longer, class, programs);
    }
    let mut jumps = Vec::new();
    // Longer alternatives first, so that "niet meer" wins over "niet".
    for (i, choice) in longer.iter().enumerate() {
        let last = i + 1 == longer.len() && class.is_empty();
        if last {
            choice.emit(programs);
            break;
        }
        let split = programs.hold();
        choice.emit(programs);
        jumps.push(programs.hold());
        programs.set(split, Step::Split { other: programs.next() });
    }
    emit_class(&class, programs);
    for jump in jumps {
        programs.set(jump, Step::Jump(programs.next()));
    }
}

/// Alternatives of which only those are tried that may begin with the token, the class last.
fn emit_fork(longer: &[&Tree], class: Vec<Symbol>, programs: &mut Programs) {
    let fork = programs.hold();
    let mut jumps = Vec::new();
    let mut alternatives = Vec::with_capacity(longer.len() + 1);
    for choice in longer {
        let mut symbols = Vec::new();
        let known = choice.begins(&mut symbols) == Begin::Known;
        alternatives.push((programs.next(), known.then_some(symbols)));
        choice.emit(programs);
        jumps.push(programs.hold());
    }
    if !class.is_empty() {
        alternatives.push((programs.next(), Some(class.clone())));
        emit_class(&class, programs);
    }
    for jump in jumps {
        programs.set(jump, Step::Jump(programs.next()));
    }
    programs.set_fork(fork, Fork::new(alternatives));
}

fn emit_class(class: &[Symbol], programs: &mut Programs) {
    match class {
        [] => {}
        [symbol] => programs.push(Step::Symbol(*symbol)),
        _ => {
            let class = programs.class(class);
            programs.push(Step::Class(class));
        }
    }
}
