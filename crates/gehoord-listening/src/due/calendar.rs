//! Days: "vandaag", "a.s. vrijdag", "3 maart", "March 3rd", "12-04-2026", "eind maart".

use gehoord_conversation::Language;
use jiff::civil::Date;

use super::expression::Reader;
use super::numbers::ordinal;
use super::{Day, Part};

/// The token after a day, the day, and the part of it that is in the same word ("vanmiddag").
pub(super) type DayRead = (usize, Day, Option<Part>);

impl Reader<'_> {
    /// The longest day at `i`. `led`: whether a preposition or a weekday before it says that
    /// "3/4" and "the 3rd" are dates.
    pub(super) fn day(&self, i: usize, led: bool) -> Option<DayRead> {
        let named =
            self.words.lookup(i, &self.lexicon.days).map(|(end, (day, part))| (end, day, part));
        let dated = |read: Option<(usize, Day)>| read.map(|(end, day)| (end, day, None));
        [
            named,
            self.weekday(i),
            dated(self.written_date(i)),
            dated(self.figures(i, led)),
            dated(self.end_of_month(i)),
            dated(if led { self.day_of_month(i) } else { None }),
        ]
        .into_iter()
        .flatten()
        .max_by_key(|(end, ..)| *end)
    }

    fn weekday(&self, i: usize) -> Option<DayRead> {
        let at = self.words.any(i, &self.lexicon.weekday_before).unwrap_or(i);
        if !self.words.known(at).weekday {
            return None;
        }
        let (weekday, part) = self.lexicon.weekday(self.words.word(at))?;
        let end = self.words.any(at + 1, &self.lexicon.weekday_after).unwrap_or(at + 1);
        Some((end, Day::Weekday(weekday), part))
    }

    /// "3 maart 2026", "the third of March", "March 3rd".
    fn written_date(&self, i: usize) -> Option<(usize, Day)> {
        let words = self.words;
        let start = words.any(i, &self.lexicon.articles).unwrap_or(i);
        let day_first = self.day_number(start).and_then(|(next, day)| {
            // "3. März"
            let point = self.is_german() && words.is_digits(next - 1) && words.word(next) == ".";
            let next = if point { next + 1 } else { next };
            let next = words.any(next, &self.lexicon.of).unwrap_or(next);
            let (end, month) = self.month(next)?;
            Some((end, day, month))
        });
        let read = day_first.or_else(|| {
            if self.lexicon.language != Language::En {
                return None;
            }
            let (next, month) = self.month(i)?;
            let next = if words.word(next) == "the" { next + 1 } else { next };
            let (end, day) = self.day_number(next)?;
            // "march 10%", "may 3.5", "march 10:30"
            let other = words.glued(end) && !words.ends_at(end);
            (!other).then_some((end, day, month))
        });
        let (end, day, month) = read?;
        let (end, year) = self.year(end).map_or((end, None), |(end, year)| (end, Some(year)));
        Some((end, Day::Date { year, month, day }))
    }

    /// A day of the month: "3", "3e", "3rd", "drie", "third". In English and German words need to
    /// be ordinals ("one may").
    fn day_number(&self, i: usize) -> Option<(usize, i8)> {
        let words = self.words;
        if !words.known(i).numeral {
            return None;
        }
        let ordinal = ordinal(words.word(i), self.lexicon.language).map(|value| (i + 1, value));
        let counts = matches!(self.lexicon.language, Language::Nl | Language::Fr);
        let article = matches!(words.word(i), "een" | "un" | "une");
        let plain =
            || if words.is_digits(i) || (counts && !article) { self.number(i) } else { None };
        let (end, value) = ordinal.or_else(plain).filter(|(_, value)| (1..=31).contains(value))?;
        let ending = matches!(
            words.word(end),
            "e" | "de" | "ste" | "st" | "nd" | "rd" | "th" | "er" | "te" | "ten" | "sten"
        );
        let end = if ending && words.glued(end) { end + 1 } else { end };
        Some((end, i8::try_from(value).ok()?))
    }

    fn month(&self, i: usize) -> Option<(usize, i8)> {
        let (end, month) = self.words.lookup(i, &self.lexicon.months)?;
        let whole = matches!(
            self.words.word(i),
            "mei"
                | "juni"
                | "juli"
                | "may"
                | "june"
                | "july"
                | "mai"
                | "juno"
                | "mars"
                | "juin"
                | "aout"
                | "marz"
        );
        let short = !whole && self.words.word(i).len() <= 4 && self.words.word(end) == ".";
        let more = short && self.words.glued(end) && !self.words.word(end + 1).is_empty();
        Some((if more { end + 1 } else { end }, month))
    }

    fn year(&self, i: usize) -> Option<(usize, i16)> {
        let at = if self.words.word(i) == "," { i + 1 } else { i };
        let digits = self.words.is_digits(at) && self.words.word(at).len() == 4;
        let year: i16 = self.words.word(at).parse().ok().filter(|_| digits)?;
        (1900..2200).contains(&year).then_some((at + 1, year))
    }

    /// "12-04-2026", "12.4.26", "2026-04-12", and, where `led`, "3/3".
    fn figures(&self, i: usize, led: bool) -> Option<(usize, Day)> {
        let words = self.words;
        let sign = words.word(i + 1);
        let joined = |at: usize| words.glued(at) && words.glued(at + 1) && words.is_digits(at + 1);
        let inside = words.glued(i) && matches!(words.before(i), "-" | "/" | "." | "+" | ":");
        if inside || !words.is_digits(i) || !matches!(sign, "-" | "/" | ".") || !joined(i + 1) {
            return None;
        }
        let number =
            |at: usize| words.word(at).parse::<i16>().ok().filter(|_| words.word(at).len() <= 4);
        let small = |value: i16| i8::try_from(value).ok().filter(|value| (1..=31).contains(value));
        let (first, second) = (number(i)?, number(i + 2)?);
        let third = if words.word(i + 3) == sign && joined(i + 3) { number(i + 4) } else { None };
        let length = if third.is_some() { 5 } else { 3 };
        let end = i + length;
        if words.glued(end) && !words.ends_at(end) {
            return None;
        }
        let day = match third {
            Some(day) if first >= 1900 => {
                Day::Date { year: Some(first), month: small(second)?, day: small(day)? }
            }
            Some(year) => {
                let year = if words.word(i + 4).len() == 2 { year + 2000 } else { year };
                let year = Some(year).filter(|year| (1900..2200).contains(year));
                Day::Figures { first: small(first)?, second: small(second)?, year: Some(year?) }
            }
            None => {
                // "10-12" is a window unless it cannot be, "12.04" is a time.
                let padded = words.word(i).starts_with('0') || words.word(i + 2).starts_with('0');
                let dated = match sign {
                    "/" => true,
                    "-" => padded || first > 24,
                    // "am 15.4.", but "bis 15.30 Uhr".
                    _ => self.is_german() && words.any(end, &self.lexicon.oclock).is_none(),
                };
                if !led || !dated {
                    return None;
                }
                Day::Figures { first: small(first)?, second: small(second)?, year: None }
            }
        };
        match day {
            Day::Figures { first, second, .. } if first > 12 && second > 12 => None,
            day => {
                Some((if sign == "." && third.is_none() { self.past_point(end) } else { end }, day))
            }
        }
    }

    /// The token after the point of "15.4." when the sentence goes on behind it.
    fn past_point(&self, i: usize) -> usize {
        let goes_on = !self.words.word(i + 1).is_empty() && !self.words.is_capital(i + 1);
        if self.words.word(i) == "." && goes_on { i + 1 } else { i }
    }

    /// "eind maart", "in april 2027".
    fn end_of_month(&self, i: usize) -> Option<(usize, Day)> {
        let start = self.words.any(i, &self.lexicon.month_end)?;
        let (end, month) = self.month(start)?;
        let Some((end, year)) = self.year(end) else {
            return Some((end, Day::EndOfNamedMonth(month)));
        };
        let last = Date::new(year, month, 1).ok()?.last_of_month();
        Some((end, Day::Date { year: Some(year), month, day: last.day() }))
    }

    /// "de 15e", "the 3rd of the month", but not "the 2nd floor".
    fn day_of_month(&self, i: usize) -> Option<(usize, Day)> {
        let words = self.words;
        // "am 15.", "zum 15.": the article is in the word before.
        let led = self.is_german() && matches!(words.before(i), "am" | "zum");
        let article = words.any(i, &self.lexicon.articles).or(led.then_some(i));
        let Some(start) = article else { return self.day_of_month_bare(i) };
        let (end, number) = self.day_number(start)?;
        if self.is_german() && words.is_digits(end - 1) && words.word(end) == "." {
            let last = self.past_point(end);
            if let Some(end) = words.any(end + 1, &self.lexicon.of_the_month) {
                return Some((end, Day::OfMonth(number)));
            }
            // Not "am 2. Schalter", "zum 3. mal".
            let counts = words.is_capital(end + 1) && !words.word(end + 1).is_empty()
                || words.any(end + 1, &self.lexicon.counted).is_some();
            return (!counts).then_some((last, Day::OfMonth(number)));
        }
        let whole = words.any(end, &self.lexicon.of_the_month);
        let is_ordinal =
            end == start + 2 || ordinal(words.word(start), self.lexicon.language).is_some();
        let french = self.lexicon.language == Language::Fr && words.is_digits(start);
        let alone = words.ends_at(end) && (french || is_ordinal && end == start + 2);
        whole.or(alone.then_some(end)).map(|end| (end, Day::OfMonth(number)))
    }

    /// "vendredi **6**", in French.
    fn day_of_month_bare(&self, i: usize) -> Option<(usize, Day)> {
        let words = self.words;
        let after_weekday = i > 0 && words.known(i - 1).weekday;
        if self.lexicon.language != Language::Fr || !after_weekday || !words.is_digits(i) {
            return None;
        }
        let (end, number) = self.day_number(i)?;
        let next_is_more = words.any(end, &self.lexicon.counted).is_some()
            || words.any(end, &self.lexicon.oclock).is_some()
            || (words.glued(end) && !words.ends_at(end));
        (!next_is_more).then_some((end, Day::OfMonth(number)))
    }
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Language;

    use crate::due::{Day, WhenKind, find};

    fn check(text: &str, language: Language, expected: Day) {
        let found = find(text, language);
        let [when] = found.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!(when.span.of(text), text);
        assert_eq!(when.kind, WhenKind::On { day: expected, time: None }, "{text}");
    }

    #[test]
    fn dates_in_words() {
        let date = |year, month, day| Day::Date { year, month, day };
        check("3 maart", Language::Nl, date(None, 3, 3));
        check("uiterlijk op 3 mrt. 2026", Language::Nl, date(Some(2026), 3, 3));
        check("de vijftiende april", Language::Nl, date(None, 4, 15));
        check("vrijdag 3 maart", Language::Nl, date(None, 3, 3));
        check("March 3rd", Language::En, date(None, 3, 3));
        check("Friday, March 3, 2028", Language::En, date(Some(2028), 3, 3));
        check("on the third of May", Language::En, date(None, 5, 3));
    }

    #[test]
    fn dates_in_figures() {
        let figures = |first, second, year| Day::Figures { first, second, year };
        check("12-04-2026", Language::Nl, figures(12, 4, Some(2026)));
        check("op 3/3", Language::Nl, figures(3, 3, None));
        check("dinsdag 25-03", Language::Nl, figures(25, 3, None));
        check("by 4/15/26", Language::En, figures(4, 15, Some(2026)));
        check("2026-04-12", Language::Nl, Day::Date { year: Some(2026), month: 4, day: 12 });
    }

    #[test]
    fn ends_and_numbers_of_months() {
        check("eind maart", Language::Nl, Day::EndOfNamedMonth(3));
        check("uiterlijk op de 15e", Language::Nl, Day::OfMonth(15));
        check("by the 3rd of the month", Language::En, Day::OfMonth(3));
    }

    #[test]
    fn figures_that_are_no_dates() {
        for text in ["24/7", "3/4", "op de 2e verdieping", "06-12345678", "31-31-2026", "1.2.3.4"] {
            assert_eq!(find(text, Language::Nl), [], "{text}");
        }
        for text in ["one may argue", "on the 2nd floor", "a march", "you may call"] {
            assert_eq!(find(text, Language::En), [], "{text}");
        }
    }
}
