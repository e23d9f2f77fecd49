//! Dutch: "ik heb" is "u hebt" or "je hebt", "jullie" is "wij".

use gehoord_listening::text::Kind;

use super::super::Form;
use super::super::lexicon::Lexicon;
use super::super::words::Word;

/// The words said to the customer.
pub(super) fn turn(words: &[Word], form: Form, lexicon: &Lexicon) -> Option<Vec<String>> {
    let mut turn =
        Turn { words, form, lexicon, out: words.iter().map(|w| w.raw.clone()).collect() };
    for at in 0..words.len() {
        turn.word(at)?;
    }
    turn.add_subject();
    turn.leaves_nobody_behind().then_some(turn.out)
}

struct Turn<'w> {
    words: &'w [Word],
    form: Form,
    lexicon: &'w Lexicon,
    out: Vec<String>,
}

impl Turn<'_> {
    fn you(&self) -> &'static str {
        match self.form {
            Form::Formal => "u",
            Form::Informal => "je",
        }
    }

    fn your(&self) -> &'static str {
        match self.form {
            Form::Formal => "uw",
            Form::Informal => "je",
        }
    }

    fn low(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |w| w.low.as_str())
    }

    fn before(&self, at: usize) -> &str {
        if at == 0 || self.words[at].after_pause() { "" } else { self.low(at - 1) }
    }

    fn after(&self, at: usize) -> &str {
        if self.words.get(at + 1).is_some_and(Word::after_pause) { "" } else { self.low(at + 1) }
    }

    fn word(&mut self, at: usize) -> Option<()> {
        match self.low(at) {
            "ik" => self.i(at)?,
            "mij" => self.out[at] = self.you().to_owned(),
            "me" => self.me(at)?,
            "mijn" => self.out[at] = self.your().to_owned(),
            "mezelf" | "mijzelf" => {
                self.out[at] =
                    if self.form == Form::Formal { "uzelf" } else { "jezelf" }.to_owned();
            }
            "wij" | "we" => self.we(at)?,
            "onze" => self.out[at] = self.theirs().to_owned(),
            "ons" => self.ours(at)?,
            "jullie" => self.firm(at)?,
            "u" => self.firm_formal(at)?,
            "uw" => self.firms(at)?,
            "hier" => self.out[at] = "daar".to_owned(),
            // "Ik belde en heb gewacht".
            verb @ ("heb" | "ben") if self.out[at] == *verb => {
                let beside = [self.before(at), self.after(at)];
                let goes_on = self.words[..at].iter().any(|w| w.low == "ik")
                    && matches!(beside[0], "en" | "maar" | "of");
                if goes_on && let Some(said) = self.verb(verb, false) {
                    self.out[at] = said;
                }
            }
            _ => {}
        }
        Some(())
    }

    /// "Onze" of the customer.
    fn theirs(&self) -> &'static str {
        match self.form {
            Form::Formal => "uw",
            Form::Informal => "jullie",
        }
    }

    fn i(&mut self, at: usize) -> Option<()> {
        let next = self.after(at).to_owned();
        if self.lexicon.mind.has(&next) || self.lexicon.mind.has(self.before(at)) {
            return None;
        }
        self.out[at] = self.you().to_owned();
        if let Some(verb) = self.verb(&next, false) {
            self.out[at + 1] = verb;
        } else if let Some(verb) = self.verb(self.before(at), true) {
            self.out[at - 1] = verb;
        } else {
            // "Dat ik … heb": the verb stands at the end of its clause.
            let mut last = at + 1;
            while last < self.words.len() && !self.words[last].after_pause() {
                last += 1;
            }
            let verbs: Vec<usize> =
                (at + 1..last).filter(|&i| self.verb(self.low(i), false).is_some()).collect();
            let [only] = verbs[..] else { return None };
            if last - only > 2 {
                return None;
            }
            self.out[only] = self.verb(self.low(only), false)?;
        }
        Some(())
    }

    /// A verb of "ik" as a verb of the customer.
    fn verb(&self, low: &str, before_subject: bool) -> Option<String> {
        if self.lexicon.same_verbs.has(low) {
            return Some(low.to_owned());
        }
        let with_ending = self.lexicon.i_verbs.get(low)?;
        if self.form == Form::Informal && before_subject {
            return Some(if low == "kan" { "kun" } else { low }.to_owned());
        }
        Some(with_ending.to_owned())
    }

    /// "Ze belde me", but also "me moeder".
    fn me(&mut self, at: usize) -> Option<()> {
        let next = self.after(at);
        let object = next.is_empty()
            || self.lexicon.function.has(next)
            || next.ends_with("en")
            || next.starts_with("ge");
        if !object && self.form == Form::Formal {
            return None;
        }
        self.out[at] = self.you().to_owned();
        Some(())
    }

    fn we(&mut self, at: usize) -> Option<()> {
        let (next, before) = (self.after(at).to_owned(), self.before(at).to_owned());
        if self.form == Form::Informal {
            self.out[at] = "jullie".to_owned();
            let known = self.lexicon.we_verbs.has(&next) || self.lexicon.we_verbs.has(&before);
            return known.then_some(());
        }
        self.out[at] = "u".to_owned();
        // "Wij werken en moeten": the second verb goes with the first.
        for i in at + 2..self.words.len() {
            if let Some(verb) = self.lexicon.we_verbs.get(self.low(i))
                && matches!(self.low(i - 1), "en" | "maar" | "of")
            {
                self.out[i] = verb.to_owned();
            }
        }
        if let Some(verb) = self.lexicon.we_verbs.get(&next) {
            self.out[at + 1] = verb.to_owned();
        } else if at > 0
            && let Some(verb) = self.lexicon.we_verbs.get(&before)
        {
            self.out[at - 1] = verb.to_owned();
        } else {
            return None;
        }
        Some(())
    }

    fn ours(&mut self, at: usize) -> Option<()> {
        let next = self.after(at);
        let object = next.is_empty()
            || self.lexicon.function.has(next)
            || self.words.get(at + 1).is_some_and(|w| w.kind == Kind::Number);
        if !object && (next.starts_with("ge") || next.ends_with("en")) {
            return None;
        }
        let (formal, informal) = if object { ("u", "jullie") } else { ("uw", "jullie") };
        self.out[at] = if self.form == Form::Formal { formal } else { informal }.to_owned();
        Some(())
    }

    /// "Jullie" is the firm: subject, object or owner.
    fn firm(&mut self, at: usize) -> Option<()> {
        let (next, before) = (self.after(at), self.before(at));
        let plural = |word: &str| self.lexicon.we_verbs.has(word);
        self.out[at] = if let Some(own) = self.ours_of(next) {
            own.to_owned()
        } else if plural(before) || plural(next) {
            "we".to_owned()
        } else if self.lexicon.prepositions.has(before)
            && (next.is_empty() || self.lexicon.function.has(next))
        {
            "ons".to_owned()
        } else {
            return None;
        };
        Some(())
    }

    /// "U hebt" said to the firm.
    fn firm_formal(&mut self, at: usize) -> Option<()> {
        let (next, before) = (self.after(at).to_owned(), self.before(at).to_owned());
        if let Some(verb) = self.lexicon.you_verbs.get(&next) {
            self.out[at] = "we".to_owned();
            self.out[at + 1] = verb.to_owned();
        } else if at > 0
            && let Some(verb) = self.lexicon.you_verbs.get(&before)
        {
            self.out[at - 1] = verb.to_owned();
            self.out[at] = "we".to_owned();
        } else if self.lexicon.prepositions.has(&before)
            && (next.is_empty() || self.lexicon.function.has(&next))
        {
            self.out[at] = "ons".to_owned();
        } else {
            return None;
        }
        Some(())
    }

    fn firms(&mut self, at: usize) -> Option<()> {
        let own = self.ours_of(self.after(at))?;
        self.out[at] = own.to_owned();
        Some(())
    }

    /// "Onze monteur", "ons kantoor"; more than one is always "onze".
    fn ours_of(&self, noun: &str) -> Option<&'static str> {
        match self.lexicon.article_of_firm(noun)? {
            "het" => Some("ons"),
            _ => Some("onze"),
        }
    }

    /// "Heb net gebeld" is "u hebt net gebeld".
    fn add_subject(&mut self) {
        let first = self.low(0);
        if matches!(
            first,
            "heb" | "ben" | "had" | "kreeg" | "krijg" | "moest" | "wacht" | "sta" | "zit"
        ) && !matches!(
            self.low(1),
            "ik" | "je" | "jij" | "u" | "jullie" | "we" | "wij" | "hij" | "ze"
        ) && let Some(verb) = self.verb(first, false)
        {
            self.out[0] = format!("{} {verb}", self.you());
        }
    }

    /// No first person is left, no verb of one, and nobody whose place is not sure.
    fn leaves_nobody_behind(&self) -> bool {
        self.words.iter().zip(&self.out).enumerate().all(|(at, (word, out))| {
            let kept = word.raw == *out;
            match word.low.as_str() {
                "jij" | "jou" | "jouw" | "je" | "ge" | "gij" | "jezelf" | "uzelf" => false,
                // A verb of "ik" without its "ik" beside it: "ik belde en heb gewacht".
                "heb" | "ben" | "wil" if kept => {
                    let third = |w: &str| matches!(w, "hij" | "ze" | "zij" | "die" | "het" | "er");
                    word.low == "wil" && (third(self.before(at)) || third(self.after(at)))
                }
                "ik" | "mij" | "me" | "mijn" | "wij" | "we" | "ons" | "onze" => !kept,
                _ => true,
            }
        })
    }
}
