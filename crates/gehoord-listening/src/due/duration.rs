//! Lengths of time after a preposition of the future: "binnen 3 à 5 werkdagen", "in an hour".

use gehoord_conversation::Language;

use super::expression::Reader;
use super::numbers::cardinal;
use super::{Unit, WhenKind};

/// The most words between the preposition and the amount: "binnen ongeveer de komende".
const MOST_FILLERS: usize = 3;
/// Numbers with more digits are no amounts of time.
const MOST_DIGITS: usize = 4;

impl Reader<'_> {
    /// A length of time by the end of which something is done.
    pub(super) fn within(&self, i: usize) -> Option<(usize, WhenKind)> {
        let (words, lexicon) = (self.words, self.lexicon);
        if let Some(end) = words.any(i, &lexicon.next_working_day) {
            return Some((end, WhenKind::Within { amount: Some(1), unit: Unit::WorkingDays }));
        }
        let read = words.any(i, &lexicon.within).and_then(|start| {
            let hour = words.any(i, &lexicon.within_or_by) == Some(start) && self.is_hour(start);
            let article = words.any(i, &lexicon.within_the) == Some(start);
            self.length(start, article).filter(|_| !hour)
        });
        let read = read.or_else(|| {
            let start = words.any(i, &lexicon.over_the_next)?;
            let ahead = words.any(start + 1, &lexicon.ahead).is_some();
            if ahead { self.length(start, false) } else { None }
        });
        let read = read.or_else(|| {
            let (end, amount, unit) = self.length(i, false)?;
            Some((words.any(end, &lexicon.from_now)?, amount, unit))
        });
        let (end, amount, unit) = read?;
        let end = words.any(end, &lexicon.length_tails).unwrap_or(end);
        Some((end, WhenKind::Within { amount, unit }))
    }

    /// Whether after "d'ici" a number is more likely an hour of the clock: "d'ici 16h", but not
    /// "d'ici 2h", "d'ici 48h", "d'ici deux heures".
    fn is_hour(&self, i: usize) -> bool {
        let hours = |end| self.unit(end, true).is_some_and(|(_, unit, _)| unit == Unit::Hours);
        self.words.is_digits(i)
            && self.number(i).is_some_and(|(end, value)| (7..24).contains(&value) && hours(end))
    }

    /// An amount and its unit. `article`: whether "het uur" is one hour.
    fn length(&self, i: usize, article: bool) -> Option<(usize, Option<u32>, Unit)> {
        let (words, lexicon) = (self.words, self.lexicon);
        let (mut at, mut ahead) = (i, false);
        for _ in 0..MOST_FILLERS {
            let Some(next) = words.any(at, &lexicon.fillers) else { break };
            ahead |= (at..next).any(|i| words.any(i, &lexicon.ahead) == Some(next));
            at = next;
        }
        if let Some((end, (amount, unit))) = words.lookup(at, &lexicon.lengths) {
            return Some((end, Some(amount), unit));
        }
        let counted_once = at > i && (article || ahead);
        if let Some((end, unit, size)) = self.unit(at, false).filter(|_| counted_once) {
            // "de komende dagen" says not how many.
            let many = words.any(at, &lexicon.plurals) == Some(end);
            return Some((end, (!many).then_some(size), unit));
        }
        if let Some((end, unit, _)) =
            words.any(at, &lexicon.vague_amounts).and_then(|next| self.unit(next, false))
        {
            return Some((end, None, unit));
        }
        // "dans le 8 h" is a train.
        let singular = lexicon.language == Language::Fr && matches!(words.before(at), "le" | "la");
        if at > i && singular { None } else { self.counted_length(at) }
    }

    /// "2", "drie tot vijf", "1,5", "1u20", "een dag of twee", each with its unit.
    fn counted_length(&self, i: usize) -> Option<(usize, Option<u32>, Unit)> {
        let words = self.words;
        let article = matches!(words.word(i), "a" | "an");
        let (mut at, mut amount) = if article { (i + 1, 1) } else { self.number(i)? };
        let mut halves = 0;
        if matches!(words.word(at), "." | ",") && words.glued(at) && words.word(at + 1) == "5" {
            (at, halves) = (at + 2, 1);
        } else if let Some((end, larger)) =
            words.any(at, &self.lexicon.range).and_then(|next| self.number(next))
        {
            (at, amount) = (end, amount.max(larger));
        }
        let digits = words.is_digits(at.saturating_sub(1));
        at = words.any(at, &self.lexicon.amount_marks).unwrap_or(at);
        let (end, unit, size) = self.unit(at, digits)?;
        let amount = amount.saturating_mul(size);
        if unit == Unit::Hours && words.glued(end) && words.is_digits(end) {
            // "1u20", also "1u20 minuten".
            let (end, minutes) = self.number(end)?;
            let end = self.unit(end, true).filter(|u| u.1 == Unit::Minutes).map_or(end, |u| u.0);
            return Some((
                end,
                Some(amount.saturating_mul(60).saturating_add(minutes)),
                Unit::Minutes,
            ));
        }
        let end = match words.any(end, &self.lexicon.and_a_half) {
            Some(end) if halves == 0 => {
                halves = 1;
                end
            }
            _ => end,
        };
        if halves == 1 {
            return match unit {
                Unit::Hours => {
                    let minutes = amount.saturating_mul(60).saturating_add(30);
                    Some((end, Some(minutes), Unit::Minutes))
                }
                Unit::Weeks => {
                    Some((end, Some(amount.saturating_mul(7).saturating_add(4)), Unit::Days))
                }
                _ => Some((end, Some(amount.saturating_add(1)), unit)),
            };
        }
        // "een dag of twee", "an hour or so".
        if amount == size && matches!(words.word(end), "of" | "or" | "oder" | "ou") {
            if words.word(end + 1) == "so" {
                return Some((end + 2, Some(amount), unit));
            }
            let more = self.number(end + 1).filter(|(next, _)| self.unit(*next, true).is_none());
            if let Some((end, more)) = more.filter(|(_, more)| (2..=12).contains(more)) {
                return Some((end, Some(more.saturating_mul(size)), unit));
            }
        }
        Some((end, Some(amount), unit))
    }

    /// A unit, and how many of [`Unit`] one of it is. Letters such as "u" and "h" need digits.
    fn unit(&self, i: usize, digits: bool) -> Option<(usize, Unit, u32)> {
        let (end, (size, unit)) = self.words.lookup(i, &self.lexicon.units)?;
        let letter = self.words.any(i, &self.lexicon.letter_units) == Some(end);
        (digits || !letter).then_some((end, unit, size))
    }

    /// A number in digits or words: "12", "twaalf", "twenty-four".
    pub(super) fn number(&self, i: usize) -> Option<(usize, u32)> {
        let (words, language) = (self.words, self.lexicon.language);
        if !words.known(i).numeral {
            return None;
        }
        let word = words.word(i);
        if words.is_digits(i) {
            return if word.len() <= MOST_DIGITS {
                Some((i + 1, word.parse().ok()?))
            } else {
                None
            };
        }
        let value = cardinal(word, language)?;
        if language == Language::Fr {
            return Some(self.french_number(i, value));
        }
        if value >= 20 && value % 10 == 0 {
            let next = if words.word(i + 1) == "-" { i + 2 } else { i + 1 };
            if let Some(ones @ 1..=9) = cardinal(words.word(next), language) {
                return Some((next + 1, value + ones));
            }
        }
        Some((i + 1, value))
    }

    /// "vingt-quatre", "vingt et un", "soixante-douze", "quatre-vingt-dix", "dix-sept"; `value`
    /// is that of the first word.
    fn french_number(&self, i: usize, value: u32) -> (usize, u32) {
        let words = self.words;
        let joined = |at: usize| if words.word(at) == "-" { at + 1 } else { at };
        let ones = |at: usize| cardinal(words.word(at), Language::Fr);
        let (mut end, mut value) = (i + 1, value);
        if value == 4 && matches!(words.word(joined(end)), "vingt" | "vingts") {
            (end, value) = (joined(end) + 1, 80);
        }
        if value >= 20 && value % 10 == 0 {
            let and = words.word(joined(end)) == "et";
            let next = if and { joined(joined(end) + 1) } else { joined(end) };
            // Only sixty and eighty count on to 19.
            let most = if matches!(value, 60 | 80) { 16 } else { 9 };
            match ones(next).filter(|ones| (1..=most).contains(ones)) {
                Some(ones) if and == matches!(ones, 1 | 11) || value == 80 && !and => {
                    (end, value) = (next + 1, value + ones);
                }
                _ => {}
            }
        }
        let tens = value == 10 || matches!(value, 70 | 90) && words.before(end) == "dix";
        match ones(joined(end)).filter(|ones| tens && (7..=9).contains(ones)) {
            Some(ones) => (joined(end) + 1, value + ones),
            None => (end, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Language;

    use crate::due::Unit::{Days, Hours, Minutes, Weeks, WorkingDays};
    use crate::due::{Unit, WhenKind, find};

    fn check(text: &str, language: Language, amount: Option<u32>, unit: Unit) {
        let found = find(text, language);
        let kinds: Vec<_> = found.iter().map(|when| when.kind).collect();
        assert_eq!(kinds, [WhenKind::Within { amount, unit }], "{text}");
        assert_eq!(found[0].span.of(text), text);
    }

    #[test]
    fn the_larger_number_counts() {
        check("binnen 3 à 5 werkdagen", Language::Nl, Some(5), WorkingDays);
        check("binnen twee tot drie weken", Language::Nl, Some(3), Weeks);
        check("binnen 10-15 minuten", Language::Nl, Some(15), Minutes);
        check("within 2–3 working days", Language::En, Some(3), WorkingDays);
        check("binnen een dag of twee", Language::Nl, Some(2), Days);
    }

    #[test]
    fn halves_and_hours_with_minutes() {
        check("over anderhalf uur", Language::Nl, Some(90), Minutes);
        check("over 1,5 uur", Language::Nl, Some(90), Minutes);
        check("binnen 1u20 minuten", Language::Nl, Some(80), Minutes);
        check("within twenty-four hours", Language::En, Some(24), Hours);
        check("binnen het uur", Language::Nl, Some(1), Hours);
    }

    #[test]
    fn some_is_no_number() {
        check("over een paar dagen", Language::Nl, None, Days);
        check("in de komende dagen", Language::Nl, None, Days);
        check("in a couple of hours", Language::En, None, Hours);
    }
}
