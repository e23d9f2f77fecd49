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

/// A cue that a pattern stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    pub(super) cue: u32,
    /// What a match does.
    pub(super) role: Role,
}

#[derive(Debug, Clone, Copy)]
struct Pattern {
    /// The cues it stands for, as a range of [`Index::uses`].
    uses: (u32, u32),
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

/// The patterns to try on each symbol.
#[derive(Debug, Default)]
struct Triggers {
    all: Vec<Trigger>,
    /// Where those of each symbol begin, with one entry more.
    firsts: Vec<u32>,
}

impl Triggers {
    fn new(mut triggers: Vec<(Symbol, Trigger)>, symbols: usize) -> Self {
        triggers.sort_by_key(|(symbol, _)| *symbol);
        let first = |symbol| triggers.partition_point(|(s, _)| (*s as usize) < symbol) as u32;
        let firsts = (0..=symbols).map(first).collect();
        Self { all: triggers.into_iter().map(|(_, trigger)| trigger).collect(), firsts }
    }

    fn of(&self, symbol: Symbol) -> &[Trigger] {
        let symbol = symbol as usize;
        &self.all[self.firsts[symbol] as usize..self.firsts[symbol + 1] as usize]
    }
}

/// All patterns of one side.
#[derive(Debug, Default)]
pub(super) struct Index {
    patterns: Vec<Pattern>,
    uses: Vec<Use>,
    programs: Programs,
    /// Patterns by which cues are heard.
    hears: Triggers,
    /// Patterns that switch cues off, tried only for cues that were heard.
    switches_off: Triggers,
    /// Numbers of groups, for each pattern those that it needs.
    needs: Vec<u32>,
    groups: Vec<Box<[Symbol]>>,
    /// Patterns without a word, which switch cues off, tried at the start of every sentence.
    everywhere: Vec<u32>,
}

/// Takes patterns up one by one.
#[derive(Default)]
pub(super) struct Indexing {
    index: Index,
    hears: Vec<(Symbol, Trigger)>,
    switches_off: Vec<(Symbol, Trigger)>,
    known: FxHashMap<Box<[Symbol]>, u32>,
}

impl Indexing {
    /// Takes up the pattern of these cues, which all hear by it or are all switched off. It holds
    /// a word, or says something of the sentence alone.
    pub(super) fn add(&mut self, tree: &Tree, uses: &[Use], weight: Weight<'_>) {
        let pattern = self.index.patterns.len() as u32;
        let mut needs = (0, 0);
        if tree.is_about_the_sentence() {
            self.index.everywhere.push(pattern);
        } else {
            let anchors = tree.anchors(weight);
            let hears = uses.iter().all(|used| used.role == Role::Hears);
            let triggers = if hears { &mut self.hears } else { &mut self.switches_off };
            triggers.extend(anchors.into_iter().map(|anchor| {
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
        let first = self.index.uses.len() as u32;
        self.index.uses.extend_from_slice(uses);
        let uses = (first, self.index.uses.len() as u32);
        self.index.patterns.push(Pattern { uses, needs, program });
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
    pub(super) fn finish(self, symbols: usize) -> Index {
        let mut index = self.index;
        index.hears = Triggers::new(self.hears, symbols);
        index.switches_off = Triggers::new(self.switches_off, symbols);
        index.programs.finish();
        index
    }
}

impl Index {
    fn uses_of(&self, pattern: &Pattern) -> &[Use] {
        &self.uses[pattern.uses.0 as usize..pattern.uses.1 as usize]
    }

    /// All cues that match, in order of place.
    pub(super) fn hear(&self, text: &Text, tape: &Tape<'_>) -> Vec<CueHit> {
        let mut there = Presence::new(self, tape);
        let mut hits = Vec::new();
        self.try_all(
            &self.hears,
            tape,
            &mut there,
            |_| true,
            |uses, first, last| {
                hits.extend(uses.iter().map(|used| CueHit { cue: used.cue as usize, first, last }));
            },
        );
        if !hits.is_empty() {
            self.switch_off(text, tape, &mut there, &mut hits);
        }
        hits.sort_unstable_by_key(|h| (h.cue, h.first, std::cmp::Reverse(h.last)));
        hits.dedup_by(|next, kept| next.cue == kept.cue && next.first < kept.last);
        hits.sort_unstable_by_key(|h| (h.first, h.last, h.cue));
        hits
    }

    /// Takes out the hits of cues that other words of the text speak against.
    fn switch_off(
        &self,
        text: &Text,
        tape: &Tape<'_>,
        there: &mut Presence<'_>,
        hits: &mut Vec<CueHit>,
    ) {
        let heard: FxHashSet<u32> = hits.iter().map(|hit| hit.cue as u32).collect();
        let wanted = |uses: &[Use]| uses.iter().any(|used| heard.contains(&used.cue));
        let sentence = |token: usize| text.tokens[token].sentence;
        // Where a cue is switched off: in a sentence, or (`None`) in the whole turn.
        let mut off: FxHashSet<(u32, Option<u32>)> = FxHashSet::default();
        self.try_all(&self.switches_off, tape, there, wanted, |uses, first, last| {
            for used in uses.iter().filter(|used| heard.contains(&used.cue)) {
                match used.role {
                    Role::UnlessTurn => {
                        off.insert((used.cue, None));
                    }
                    _ => off.extend(
                        (sentence(first)..=sentence(last - 1)).map(|s| (used.cue, Some(s))),
                    ),
                }
            }
        });
        for begun in &text.sentences {
            for &number in &self.everywhere {
                let pattern = &self.patterns[number as usize];
                let (uses, first) = (self.uses_of(pattern), begun.first as usize);
                if wanted(uses) && self.programs.run(pattern.program, tape, first).is_some() {
                    off.extend(uses.iter().map(|used| (used.cue, Some(sentence(first)))));
                }
            }
        }
        if off.is_empty() {
            return;
        }
        hits.retain(|hit| {
            let cue = hit.cue as u32;
            let mut sentences = sentence(hit.first)..=sentence(hit.last - 1);
            !off.contains(&(cue, None)) && !sentences.any(|s| off.contains(&(cue, Some(s))))
        });
    }

    /// Tries the patterns whose uses are `wanted` and hands every match to `found`: its uses, its
    /// first token, and the token just past it.
    fn try_all(
        &self,
        triggers: &Triggers,
        tape: &Tape<'_>,
        there: &mut Presence<'_>,
        wanted: impl Fn(&[Use]) -> bool,
        mut found: impl FnMut(&[Use], usize, usize),
    ) {
        for at in 0..tape.len() {
            for &symbol in tape.symbols_at(at) {
                for trigger in triggers.of(symbol) {
                    let Some(to) = at.checked_sub(usize::from(trigger.min)) else { continue };
                    let pattern = &self.patterns[trigger.pattern as usize];
                    let uses = self.uses_of(pattern);
                    if !wanted(uses) || !there.has_all(pattern.needs) {
                        continue;
                    }
                    let from = at.saturating_sub(usize::from(trigger.max));
                    let tried = |start: usize| {
                        let end = self.programs.run(pattern.program, tape, start)?;
                        (end > start).then_some((start, end))
                    };
                    if let Some((first, last)) = (from..=to).find_map(tried) {
                        found(uses, first, last);
                    }
                }
            }
        }
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
        let mut symbols = vec![0_u64; index.hears.firsts.len().div_ceil(64)];
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
            *self.groups[group as usize]
                .get_or_insert_with(|| self.index.groups[group as usize].iter().any(is_there))
        })
    }
}
