//! Which mask stands for what within one conversation, and back again.

use gehoord_conversation::{PersonalDatum, PersonalKind, Span};

use rustc_hash::FxHashMap;

use super::person::Person;
use super::words::fold;

/// The masks of one conversation. The same original gets the same mask: letter case, accents and
/// blanks do not count, and a person who is named in part ("Jan", "de heer De Vries") is the one
/// person whose name holds that part.
#[derive(Debug, Clone, Default)]
pub struct Masks {
    entries: Vec<Entry>,
    /// Entries by what two ways of writing the same have in common.
    by_key: FxHashMap<(PersonalKind, String), usize>,
    /// Entries of people by each part of their name.
    by_part: FxHashMap<String, Vec<usize>>,
    /// The highest number given out or seen, by kind.
    last: [u32; PersonalKind::ALL.len()],
}

/// So many people of one conversation may share a part of their name.
const MOST: usize = 64;
/// A mask with a higher number was given out by nobody.
const HIGHEST: u32 = 1 << 20;

#[derive(Debug, Clone)]
struct Entry {
    original: Original,
    person: Option<Person>,
}

/// What a mask stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Such as `[naam-1]`.
    pub mask: String,
    /// What it is.
    pub kind: PersonalKind,
    /// The words it stands for, as they were first written.
    pub text: String,
}

/// A text with masks in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Masked {
    /// The text, masks in the place of personal data.
    pub text: String,
    /// What was masked, in order.
    pub spans: Vec<MaskedSpan>,
}

/// One place that was masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedSpan {
    /// First byte in the original text.
    pub start: usize,
    /// Just past the last byte in the original text.
    pub end: usize,
    /// What it was.
    pub kind: PersonalKind,
    /// What stands there now.
    pub mask: String,
}

impl Masks {
    /// Masks that were given out before, to go on where a stored conversation stopped.
    pub fn known(originals: impl IntoIterator<Item = (String, PersonalKind, String)>) -> Self {
        let mut masks = Self::default();
        for (mask, kind, text) in originals {
            masks.reserve(&mask);
            let known = masks.entries.iter().position(|e| e.original.mask == mask);
            let at = known.unwrap_or(masks.entries.len());
            if known.is_none() {
                masks.entries.push(Entry {
                    original: Original { mask, kind, text: text.clone() },
                    person: None,
                });
            }
            masks.learn(at, &text);
        }
        masks
    }

    /// Puts masks in the place of `data`, which must be in order, apart, and on character borders
    /// of `text`; what is not, is left out.
    pub fn mask(&mut self, text: &str, data: &[PersonalDatum]) -> Masked {
        self.reserve(text);
        let mut masked = Masked { text: String::with_capacity(text.len()), spans: Vec::new() };
        let mut done = 0;
        for datum in data {
            let Span { start, end } = datum.span;
            let words = datum.span.of(text);
            if start < done || words.is_empty() {
                continue;
            }
            let mask = self.of(datum.kind, words).to_owned();
            masked.text.push_str(&text[done..start]);
            masked.text.push_str(&mask);
            masked.spans.push(MaskedSpan { start, end, kind: datum.kind, mask });
            done = end;
        }
        masked.text.push_str(&text[done..]);
        masked
    }

    /// Gives masks to names of one conversation in the order in which they are given here. Whoever
    /// is named in full somewhere is known by that name.
    pub(crate) fn introduce(&mut self, names: &[String]) {
        let people: Vec<Person> = names.iter().map(|name| Person::new(name)).collect();
        for (name, person) in names.iter().zip(&people) {
            if self.find(PersonalKind::Name, name).is_none() {
                let fuller = |p: &&Person| p.parts.len() > person.parts.len() && p.is(person);
                let mut full = people.iter().filter(fuller);
                let longest = people
                    .iter()
                    .enumerate()
                    .filter(|(_, p)| fuller(p))
                    .max_by_key(|(_, p)| p.parts.len());
                let one = longest.filter(|(_, l)| full.all(|p| p.is(l)));
                self.of(PersonalKind::Name, one.map_or(name, |(at, _)| &names[at]));
            }
            self.of(PersonalKind::Name, name);
        }
    }

    /// What the masks stand for, in the order in which they were given out.
    pub fn originals(&self) -> impl Iterator<Item = &Original> {
        self.entries.iter().map(|entry| &entry.original)
    }

    /// The mask of these words, a new one when they are new.
    fn of(&mut self, kind: PersonalKind, words: &str) -> &str {
        let at = self.find(kind, words).unwrap_or_else(|| {
            let last = &mut self.last[kind as usize];
            *last = last.saturating_add(1);
            let mask = format!("[{}-{last}]", kind.mask_word());
            let original = Original { mask, kind, text: words.to_owned() };
            self.entries.push(Entry { original, person: None });
            self.entries.len() - 1
        });
        self.learn(at, words);
        &self.entries[at].original.mask
    }

    fn find(&self, kind: PersonalKind, words: &str) -> Option<usize> {
        if let Some(at) = self.by_key.get(&(kind, key(kind, words))) {
            return Some(*at);
        }
        let person = (kind == PersonalKind::Name).then(|| Person::new(words))?;
        let mut near: Vec<usize> = Vec::new();
        for part in &person.parts {
            // A name that very many share tells nobody apart.
            let holders = self.by_part.get(part).filter(|holders| holders.len() <= MOST);
            near.extend(holders.into_iter().flatten());
        }
        near.sort_unstable();
        near.dedup();
        let of = |at: &usize| self.entries.get(*at).and_then(|e| e.person.as_ref());
        near.retain(|at| of(at).is_some_and(|other| other.is(&person)));
        // A part that two people share says nothing; a name that holds two parts shows them one.
        let held = near.iter().all(|at| of(at).is_some_and(|other| other.within(&person)));
        near.first().copied().filter(|_| near.len() == 1 || held)
    }

    /// Remembers a way of writing what an entry stands for.
    fn learn(&mut self, at: usize, words: &str) {
        let Some(entry) = self.entries.get_mut(at) else { return };
        let kind = entry.original.kind;
        if self.by_key.insert((kind, key(kind, words)), at).is_some() || kind != PersonalKind::Name
        {
            return;
        }
        let person = Person::new(words);
        for part in &person.parts {
            let holders = self.by_part.entry(part.clone()).or_default();
            if !holders.contains(&at) && holders.len() <= MOST {
                holders.push(at);
            }
        }
        match &mut entry.person {
            Some(known) => known.learn(person),
            None => entry.person = Some(person),
        }
    }

    /// Keeps the numbers of masks that stand in `text` already from being given out again.
    pub(crate) fn reserve(&mut self, text: &str) {
        for (at, _) in text.match_indices('[') {
            let inside = &text[at + 1..];
            for kind in PersonalKind::ALL {
                let number =
                    inside.strip_prefix(kind.mask_word()).and_then(|n| n.strip_prefix('-'));
                let Some(number) = number else { continue };
                let digits = number.bytes().take_while(u8::is_ascii_digit).count();
                let number = number[..digits].parse::<u32>().ok().filter(|n| *n <= HIGHEST);
                if let Some(number) = number {
                    let last = &mut self.last[*kind as usize];
                    *last = number.max(*last);
                }
            }
        }
    }
}

/// What two ways of writing the same have in common.
fn key(kind: PersonalKind, words: &str) -> String {
    let mut key = fold(words);
    key.retain(char::is_alphanumeric);
    if kind == PersonalKind::Phone {
        // "+31 (0)6…" and "06…" are one number: its last nine digits.
        let digits: String = key.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 9 {
            return digits[digits.len() - 9..].to_owned();
        }
    }
    if key.is_empty() { words.to_owned() } else { key }
}

/// A text with its masks taken out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmasked {
    /// The text with the originals in it. Somebody who was named in several ways is named here
    /// as the first time.
    pub text: String,
    /// Place in the masked text and place in this text of each mask that was replaced, in order.
    replaced: Vec<(Span, Span)>,
}

impl Unmasked {
    /// Where a span of the masked text stands in this text. What begins or ends inside a mask
    /// begins or ends with its original.
    #[must_use]
    pub fn span(&self, masked: Span) -> Span {
        let place = |at: usize, end: bool| {
            let index = self.replaced.partition_point(|(before, _)| before.end <= at);
            if let Some((from, to)) = self.replaced.get(index).filter(|(from, _)| from.start < at) {
                let _ = from;
                return if end { to.end } else { to.start };
            }
            let (from, to) = match index.checked_sub(1) {
                Some(last) => (self.replaced[last].0.end, self.replaced[last].1.end),
                None => (0, 0),
            };
            (to + (at - from)).min(self.text.len())
        };
        Span::new(place(masked.start, false), place(masked.end, true))
    }
}

/// Takes the masks out of a text, for whoever may see the originals. Masks without an original
/// stay.
pub fn unmask<'o>(masked: &str, originals: impl IntoIterator<Item = &'o Original>) -> Unmasked {
    let originals: Vec<&Original> = originals.into_iter().collect();
    let mut unmasked = Unmasked { text: String::with_capacity(masked.len()), replaced: Vec::new() };
    let mut done = 0;
    for (at, _) in masked.match_indices('[') {
        let Some(length) = masked[at..].find(']').filter(|n| *n < 40) else { continue };
        let mask = &masked[at..=at + length];
        let Some(original) = originals.iter().find(|o| o.mask == mask).filter(|_| at >= done)
        else {
            continue;
        };
        unmasked.text.push_str(&masked[done..at]);
        let start = unmasked.text.len();
        unmasked.text.push_str(&original.text);
        done = at + mask.len();
        unmasked.replaced.push((Span::new(at, done), Span::new(start, unmasked.text.len())));
    }
    unmasked.text.push_str(&masked[done..]);
    unmasked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(masks: &mut Masks, all: &[&str]) -> Vec<String> {
        all.iter().map(|name| masks.of(PersonalKind::Name, name).to_owned()).collect()
    }

    #[test]
    fn one_person_keeps_one_mask() {
        let mut masks = Masks::default();
        let same = ["Jan de Vries", "Jan", "De Vries", "jan  de vries", "J. de Vries", "JAN"];
        assert_eq!(names(&mut masks, &same), ["[naam-1]"; 6]);
        assert_eq!(names(&mut masks, &["Piet de Vries", "P. de Vries"]), ["[naam-2]"; 2]);
        // Two people are called so now: who is meant cannot be told.
        assert_eq!(names(&mut masks, &["Vriesema", "Jan"]), ["[naam-3]", "[naam-1]"]);
    }

    #[test]
    fn a_part_that_two_share_is_apart() {
        let mut masks = Masks::default();
        let all = ["Jan de Vries", "Piet de Vries", "de Vries", "Jan", "de vries"];
        let given = ["[naam-1]", "[naam-2]", "[naam-3]", "[naam-1]", "[naam-3]"];
        assert_eq!(names(&mut masks, &all), given);
    }

    #[test]
    fn numbers_are_one_however_they_are_written() {
        let mut masks = Masks::default();
        let first = masks.of(PersonalKind::Phone, "06-12 34 56 78").to_owned();
        assert_eq!(masks.of(PersonalKind::Phone, "+31 (0)6 12345678"), first);
        assert_eq!(masks.of(PersonalKind::Iban, "NL91 ABNA 0417 1643 00"), "[iban-1]");
        assert_eq!(masks.of(PersonalKind::Iban, "nl91abna0417164300"), "[iban-1]");
    }

    #[test]
    fn masks_that_are_there_are_never_given_again() {
        let text = "[naam-3] en Jan";
        let datum = PersonalDatum { span: Span::new(12, 15), kind: PersonalKind::Name };
        let mut masks = Masks::default();
        let masked = masks.mask(text, &[datum]);
        assert_eq!(masked.text, "[naam-3] en [naam-4]");
        let stored = masks.originals().map(|o| (o.mask.clone(), o.kind, o.text.clone()));
        let mut again = Masks::known(stored);
        assert_eq!(again.of(PersonalKind::Name, "jan"), "[naam-4]");
        assert_eq!(again.of(PersonalKind::Name, "Piet"), "[naam-5]");
    }

    #[test]
    fn unmasking_gives_words_and_places_back() {
        let text = "dag Jan, tot ziens";
        let datum = PersonalDatum { span: Span::new(4, 7), kind: PersonalKind::Name };
        let mut masks = Masks::default();
        let masked = masks.mask(text, &[datum]);
        assert_eq!(masked.text, "dag [naam-1], tot ziens");
        let unmasked = unmask(&masked.text, masks.originals());
        assert_eq!(unmasked.text, text);
        for (words, original) in
            [("tot", "tot"), ("[naam-1]", "Jan"), ("naam", "Jan"), ("dag", "dag")]
        {
            let start = masked.text.find(words).unwrap();
            let span = unmasked.span(Span::new(start, start + words.len()));
            assert_eq!(span.of(&unmasked.text), original, "{words}");
        }
        assert_eq!(unmask("[naam-9] [x", masks.originals()).text, "[naam-9] [x");
    }
}
