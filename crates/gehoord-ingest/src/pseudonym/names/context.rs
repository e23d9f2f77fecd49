//! What is seen of a word that may be a name: its look, its lists, its neighbours, as hashed
//! features.

use super::super::rules::{NAME_USES, Use};
use super::super::scene::Scene;
use super::super::tokens::{Gap, Kind};
use super::super::words::Known;
use super::name::{is_camel, is_firm};

/// What a text says about each of its tokens, made once for all its words.
#[derive(Debug)]
pub(super) struct Context {
    /// Each token as a neighbour: a hash of the word, or of what kind of thing it is.
    sides: Vec<u32>,
    /// Whether a token is a listed name, a word that is also one, unknown, or another word.
    classes: Vec<u32>,
    /// What the words or phrases that end at a token are good for.
    ended: Vec<u64>,
}

/// The start or the end of a line.
const BORDER: u32 = 1;

impl Context {
    pub(super) fn new(scene: &Scene) -> Self {
        let mut ended: Vec<u64> = scene.marked.iter().map(|m| m.uses.bits()).collect();
        for mark in &scene.marked {
            if let Some(bits) = ended.get_mut(mark.last).filter(|_| mark.phrase.bits() != 0) {
                *bits |= mark.phrase.bits();
            }
        }
        let all = 0..scene.len();
        let classes: Vec<u32> = all.clone().map(|i| class(scene, i)).collect();
        Self { sides: all.map(|i| side(scene, i, classes[i])).collect(), classes, ended }
    }

    /// The hashed features of the word at `index`.
    pub(super) fn features(&self, scene: &Scene, index: usize, out: &mut Vec<u32>) {
        out.clear();
        let token = &scene.tokens.all[index];
        let case = match (token.upper, token.capital) {
            (true, _) => 4 + u32::from(scene.shouts),
            (_, true) => 2 + u32::from(token.opens),
            _ => u32::from(scene.has_capitals),
        };
        let written = u32::from(token.capital) + u32::from(token.upper);
        let known = u32::from(token.known.bits());
        let class = self.classes[index];
        let likeness = scene.likeness(index).clamp(-8.0, 8.0) as i32;
        let likeness = likeness.unsigned_abs() + if likeness < 0 { 16 } else { 0 };
        let language = scene.rules.language as u32;
        let (p1, p1_class) = self.at(scene, index, -1);
        let (p2, _) = self.at(scene, index, -2);
        let (n1, n1_class) = self.at(scene, index, 1);
        let (n2, _) = self.at(scene, index, 2);
        let word = hash(scene.norm(index));
        let size = scene.word_count.min(6) as u32;
        let mut add = |template: u32, parts: [u32; 4]| {
            let mixed = parts.iter().fold(template.wrapping_mul(0x9E37_79B9), |h, part| {
                (h.rotate_left(7) ^ part).wrapping_mul(0x0100_0193) ^ (h >> 15)
            });
            out.push(mixed ^ (mixed >> 13));
        };
        add(1, [case, known, 0, 0]);
        add(2, [case, class, likeness, 0]);
        add(3, [case, language, class, 0]);
        add(4, [written, class, p1, 0]);
        add(5, [written, class, n1, 0]);
        add(6, [written, p1, p2, 0]);
        add(7, [written, n1, n2, 0]);
        add(8, [written, p1, n1, 0]);
        add(9, [case, class, p1_class, 0]);
        add(10, [case, class, n1_class, 0]);
        add(11, [written, class, p1_class, n1_class]);
        add(12, [written, word, 0, 0]);
        add(13, [case, class, size, u32::from(p1 == BORDER)]);
        add(14, [case, class, u32::from(n1 == BORDER), u32::from(p1 == BORDER)]);
        add(15, [p1, 0, 0, 0]);
        add(16, [n1, 0, 0, 0]);
        add(17, [class, p2, 0, 0]);
        add(18, [class, n2, 0, 0]);
        add(24, [written, known, p1, 0]);
        add(25, [written, known, n1, 0]);
        add(26, [case, class, p1, n1_class]);
        add(27, [case, class, n1, p1_class]);
        let before = index.checked_sub(1).filter(|_| scene.gap(index) != Gap::Line);
        bits(before.map_or(0, |i| self.ended[i]), |bit| add(20, [bit, written, class, 0]));
        let behind = index + 1;
        let opened = scene.marked.get(behind).filter(|_| scene.gap(behind) != Gap::Line);
        let opened = opened.map_or(0, |m| m.uses.bits() | m.phrase.bits());
        bits(opened, |bit| add(21, [bit, written, class, 0]));
        let acts = opened & Use::Act.bit() != 0;
        add(28, [case, known, u32::from(acts), u32::from(p1 == BORDER)]);
        bits(scene.marked[index].uses.bits(), |bit| add(22, [bit, written, class, 0]));
        if let Some(two) = index.checked_sub(2).filter(|_| before.is_some()) {
            bits(self.ended[two], |bit| add(23, [bit, written, class, 0]));
        }
    }

    /// A neighbour and its class; lines are borders.
    fn at(&self, scene: &Scene, index: usize, by: isize) -> (u32, u32) {
        let (from, to) = if by < 0 {
            (index.saturating_add_signed(by) + 1, index)
        } else {
            (index + 1, index + by.unsigned_abs())
        };
        let crosses = (from..=to).any(|i| scene.gap(i) == Gap::Line);
        let there = index.checked_add_signed(by).filter(|i| *i < scene.len() && !crosses);
        there.map_or((BORDER, 0), |i| (self.sides[i], self.classes[i]))
    }
}

/// Calls `each` with the number of each bit that is set.
fn bits(mut set: u64, mut each: impl FnMut(u32)) {
    set &= NAME_USES;
    while set != 0 {
        each(set.trailing_zeros());
        set &= set - 1;
    }
}

/// FNV-1a.
fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A token as the neighbour of another: names and unknown words are all one, so that no name is
/// learned by heart.
fn side(scene: &Scene, index: usize, class: u32) -> u32 {
    let token = &scene.tokens.all[index];
    match token.kind {
        Kind::Word if scene.taken_at(index) => 2,
        Kind::Word if matches!(class, NAME | UNKNOWN) => 8 + class,
        Kind::Word => hash(scene.norm(index)),
        Kind::Number => 3,
        Kind::Mask => 4,
        Kind::Mail | Kind::Link => 5,
        Kind::Initials => 6,
        Kind::Sign => hash(scene.tokens.raw(index)),
    }
}

/// A usual first name that is no word.
const NAME: u32 = 1;
/// A word that nobody knows.
const UNKNOWN: u32 = 5;

fn class(scene: &Scene, index: usize) -> u32 {
    let token = &scene.tokens.all[index];
    let known = token.known;
    if !token.word() {
        return 0;
    }
    if is_firm(scene, index) {
        return 9;
    }
    let ordinary = known.ordinary(scene.rules.language);
    let foreign = known.ordinary_anywhere() && !ordinary;
    let near = known.is(Known::NEAR);
    match (known.name(), ordinary) {
        (true, false) if known.is(Known::FIRST) && near && !foreign => NAME,
        (true, false) if known.is(Known::FIRST) && near => 11,
        (true, false) if known.is(Known::FIRST) => 2,
        (true, false) => 3,
        (true, true) if near && known.is(Known::FIRST) && !known.is(Known::STOP) => 4,
        (true, true) if known.is(Known::STOP) => 10,
        (true, true) => 8,
        _ if known.nothing() => UNKNOWN,
        _ if known.is(Known::PLACE) => 6,
        _ => 7,
    }
}

/// Whether a word can be a name at all, whatever stands around it: known as one, unknown, or with
/// a capital.
pub(super) fn may_be_name(scene: &Scene, index: usize) -> bool {
    let token = &scene.tokens.all[index];
    let known = token.known;
    token.word()
        && token.end - token.start >= 2
        && (known.name()
            || known.nothing()
            || token.capital && (token.upper || !known.is(Known::STOP)))
        && scene.likeness(index) > f32::MIN
        && !is_camel(scene, index)
}
