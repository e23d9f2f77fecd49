//! All patterns of one side of a language, each tried only where its rarest word stands.

use rustc_hash::{FxHashMap, FxHashSet};

use super::pack::CueHit;
use super::program::{Programs, Tape};
use super::symbols::Symbol;
use super::tree::{Tree, Weight};
use crate::text::Text;

/// What a match of a pattern does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The cue is heard.
    Hears,
    /// The cue is switched off in this sentence.
    Unless,
    /// The cue is switched off in this turn.
    UnlessTurn,
}

#[derive(Debug, Clone, Copy)]
struct Pattern {
    cue: u32,
    /// What a match does.
    role: Role,
    /// Groups of symbols of which every match holds one each, beside the one it is tried on, as
    /// a range of [`Index::needs`].
    needs: (u32, u32),
    program: u32,
}

/// A pattern to try when a symbol is seen.
#[derive(Debug, Clone, Copy)]
struct Trigger {
    pattern: u32,
    min: u16,
    max: u16,
}

/// All patterns of one side.
#[derive(Debug, Default)]
pub(super) struct Index {
    patterns: Vec<Pattern>,
    programs: Programs,
    /// Triggers of all symbols, and for each symbol where its own begin, with one entry more.
    triggers: Vec<Trigger>,
    firsts: Vec<u32>,
    /// Numbers of groups, for each pattern those that it needs.
    needs: Vec<u32>,
    groups: Vec<Box<[Symbol]>>,
    /// Patterns without a word, tried at the start of every sentence.
    everywhere: Vec<u32>,
}

/// Takes patterns up one by one.
#[derive(Default)]
pub(super) struct Indexing {
    index: Index,
    triggers: Vec<(Symbol, Trigger)>,
    known: FxHashMap<Box<[Symbol]>, u32>,
}

impl Indexing {
    /// Takes up a pattern of cue number `cue`; false when it holds no word that must be there.
    pub(super) fn add(&mut self, cue: u32, role: Role, tree: &Tree, weight: Weight<'_>) -> bool {
        let pattern = self.index.patterns.len() as u32;
        let mut needs = (0, 0);
        if tree.is_about_the_sentence() {
            self.index.everywhere.push(pattern);
        } else {
            let anchors = tree.anchors(weight);
            if anchors.is_empty() {
                return false;
            }
            self.triggers.extend(anchors.into_iter().map(|anchor| {
                (anchor.symbol, Trigger { pattern, min: anchor.min, max: anchor.max })
            }));
            needs.0 = self.index.needs.len() as u32;
            for group in tree.needs(weight) {
                let number = self.group(group);
                self.index.needs.push(number);
            }
            needs.1 = self.index.needs.len() as u32;
        }
        let program = tree.compile(&mut self.index.programs);
        self.index.patterns.push(Pattern { cue, role, needs, program });
        true
    }

    fn group(&mut self, symbols: Vec<Symbol>) -> u32 {
        let symbols = symbols.into_boxed_slice();
        if let Some(&number) = self.known.get(&symbols) {
            return number;
        }
        let number = self.index.groups.len() as u32;
        self.index.groups.push(symbols.clone());
        self.known.insert(symbols, number);
        number
    }

    /// The index over a language of so many symbols.
    pub(super) fn finish(mut self, symbols: usize) -> Index {
        let mut index = self.index;
        self.triggers.sort_by_key(|(symbol, _)| *symbol);
        let first = |symbol| self.triggers.partition_point(|(s, _)| (*s as usize) < symbol) as u32;
        index.firsts = (0..=symbols).map(first).collect();
        index.triggers = self.triggers.into_iter().map(|(_, trigger)| trigger).collect();
        index.programs.finish();
        index
    }
}

impl Index {
    fn triggers_of(&self, symbol: Symbol) -> &[Trigger] {
        let symbol = symbol as usize;
        &self.triggers[self.firsts[symbol] as usize..self.firsts[symbol + 1] as usize]
    }

    /// All cues that match, in order of place.
    pub(super) fn hear(&self, text: &Text, tape: &Tape<'_>) -> Vec<CueHit> {
        let mut there = Presence::new(self, tape);
        let sentence = |token: usize| text.tokens[token].sentence;
        let mut hits = Vec::new();
        // Where a cue is switched off: in a sentence, or (`None`) in the whole turn.
        let mut off: FxHashSet<(u32, Option<u32>)> = FxHashSet::default();
        for at in 0..text.tokens.len() {
            for &symbol in tape.symbols_at(at) {
                for trigger in self.triggers_of(symbol) {
                    let Some(to) = at.checked_sub(usize::from(trigger.min)) else { continue };
                    let pattern = &self.patterns[trigger.pattern as usize];
                    if !there.has_all(pattern.needs) {
                        continue;
                    }
                    let from = at.saturating_sub(usize::from(trigger.max));
                    let tried = |start: usize| {
                        let end = self.programs.run(pattern.program, tape, start)?;
                        (end > start).then_some((start, end))
                    };
                    let Some((start, end)) = (from..=to).find_map(tried) else { continue };
                    match pattern.role {
                        Role::Hears => hits.push(CueHit {
                            cue: pattern.cue as usize,
                            first: start,
                            last: end,
                        }),
                        Role::Unless => off.extend(
                            (sentence(start)..=sentence(end - 1))
                                .map(|sentence| (pattern.cue, Some(sentence))),
                        ),
                        Role::UnlessTurn => {
                            off.insert((pattern.cue, None));
                        }
                    }
                }
            }
        }
        for begun in &text.sentences {
            for &number in &self.everywhere {
                let pattern = &self.patterns[number as usize];
                let first = begun.first as usize;
                if self.programs.run(pattern.program, tape, first).is_some() {
                    off.insert((pattern.cue, Some(sentence(first))));
                }
            }
        }
        if !off.is_empty() {
            hits.retain(|hit: &CueHit| {
                let cue = hit.cue as u32;
                let mut sentences = sentence(hit.first)..=sentence(hit.last - 1);
                !off.contains(&(cue, None)) && !sentences.any(|s| off.contains(&(cue, Some(s))))
            });
        }
        hits.sort_unstable_by_key(|h| (h.cue, h.first, std::cmp::Reverse(h.last)));
        hits.dedup_by(|next, kept| next.cue == kept.cue && next.first < kept.last);
        hits.sort_unstable_by_key(|h| (h.first, h.last, h.cue));
        hits
    }
}

/// Which groups of symbols a turn holds, found out when it is first asked.
struct Presence<'i> {
    index: &'i Index,
    /// One bit a symbol.
    symbols: Vec<u64>,
    groups: Vec<Option<bool>>,
}

impl<'i> Presence<'i> {
    fn new(index: &'i Index, tape: &Tape<'_>) -> Self {
        let mut symbols = vec![0_u64; index.firsts.len().div_ceil(64)];
        for &symbol in tape.symbols() {
            symbols[symbol as usize / 64] |= 1 << (symbol % 64);
        }
        Self { index, symbols, groups: vec![None; index.groups.len()] }
    }

    /// Whether every one of these groups is there.
    fn has_all(&mut self, needs: (u32, u32)) -> bool {
        let needs = &self.index.needs[needs.0 as usize..needs.1 as usize];
        needs.iter().all(|&group| {
            let symbols = &self.symbols;
            let is_there = |s: &Symbol| symbols[*s as usize / 64] & (1 << (s % 64)) != 0;
            *self.groups[group as usize].get_or_insert_with(|| {
                self.index.groups[group as usize].iter().any(is_there)
            })
        })
    }
}
