//! How a suggestion is put together: the situation that the customer is in, what that means for
//! them, and what is done now.

use gehoord_conversation::{Channel, Evidence};

use super::book::{Book, PLACES, Situation, in_form};
use super::kind::{Heard, Kind};
use super::said::{Found, Said};
use super::words::capital;
use super::{Form, HouseStyle};

/// A run of more words has more than one point: there a situation counts only where the cause is.
const LONG: usize = 40;

/// What there is to make a reply of.
pub(crate) struct Material<'m> {
    pub(crate) envelope: Envelope<'m>,
    said: &'m Said<'m>,
    situation: &'static Situation,
    /// The words that show the situation; none where every run of its kind is one.
    found: Option<Found>,
    asks: bool,
}

/// A reply that may be suggested.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) text: String,
    pub(crate) takes_up: Vec<Evidence>,
}

impl<'m> Material<'m> {
    /// The first situation of the book that is surely the customer's.
    pub(crate) fn of(
        heard: &Heard<'_>,
        said: &'m Said<'m>,
        envelope: Envelope<'m>,
    ) -> Option<Self> {
        let central = |found: &Found| {
            let trouble = !matches!(
                heard.kind,
                Kind::Question | Kind::Request | Kind::Answer | Kind::Glad | Kind::Relieved
            );
            !trouble
                || said.words() <= LONG
                || said.evidence(found).is_some_and(|at| {
                    heard.key.iter().any(|key| key.turn == at.turn && key.span.overlaps(&at.span))
                })
        };
        envelope.book.situations.iter().find_map(|situation| {
            let applies = situation.fits.contains(&heard.kind)
                && situation.longest.is_none_or(|most| said.words() <= most)
                && (situation.channels.is_empty()
                    || situation.channels.contains(&envelope.channel))
                && said.find(&situation.not).next().is_none()
                && (situation.also.is_empty() || said.find(&situation.also).next().is_some());
            if !applies {
                return None;
            }
            let found = match situation.words.is_empty() {
                true => None,
                false if situation.longest.is_some() => Some(said.find(&situation.words).next()?),
                false => Some(said.find(&situation.words).find(central)?),
            };
            Some(Self { envelope, said, situation, found, asks: heard.asks })
        })
    }

    /// The situation that is answered.
    pub(crate) fn name(&self) -> &'static str {
        &self.situation.name
    }

    /// How many different replies there are at most.
    pub(crate) fn variety(&self) -> u64 {
        (self.situation.says.len().max(1) * self.does().len()) as u64
    }

    /// The reply for `turn`; none where nothing fits.
    pub(crate) fn compose(&self, turn: u64) -> Option<Composed> {
        let says = self.usable(&self.situation.says);
        let does = self.usable(self.does());
        if says.is_empty() && !self.situation.says.is_empty() {
            return None;
        }
        let mut parts: Vec<&String> = Vec::new();
        let mut at = turn;
        if !says.is_empty() {
            let count = says.len() as u64;
            parts.extend(says.get((at % count) as usize));
            // The second part moves on once more each time the first one went round.
            at = at.wrapping_add(at / count);
        }
        parts.push(does.get(at.checked_rem(does.len() as u64)? as usize)?);
        let body: Vec<String> = parts.into_iter().map(|part| capital(part)).collect();
        Some(Composed {
            text: self.envelope.around(&body.join(" "), turn),
            takes_up: self.found.iter().filter_map(|found| self.said.evidence(found)).collect(),
        })
    }

    fn does(&self) -> &'m [String] {
        let Situation { does, asked, .. } = self.situation;
        if self.asks && !asked.is_empty() { asked } else { does }
    }

    /// The texts whose places can be filled, in this form of address and the words of the house.
    fn usable(&self, texts: &[String]) -> Vec<String> {
        let worded = |text: &String| {
            let Envelope { channel, form, style, .. } = self.envelope;
            let own = style.in_own_words(channel, &in_form(text, form))?;
            self.filled(own)
        };
        texts.iter().filter_map(worded).collect()
    }

    /// The text with what the customer said in its places; none where it was not said.
    fn filled(&self, mut text: String) -> Option<String> {
        for name in PLACES {
            let place = format!("<{name}>");
            if text.contains(&place) {
                let said = self.said.place(name, self.found.as_ref()?)?;
                // At the start of a sentence it begins with a capital.
                let begins = text.replace(&format!(". {place}"), &format!(". {}", capital(&said)));
                text = begins.replace(&place, &said);
            }
        }
        Some(in_form(&text, self.envelope.form))
    }
}

/// How a reply is addressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'e> {
    pub(crate) channel: Channel,
    pub(crate) form: Form,
    pub(crate) style: &'e HouseStyle,
    pub(crate) book: &'static Book,
}

impl Envelope<'_> {
    /// With salutation and sign-off, where the channel has them.
    pub(crate) fn around(&self, body: &str, turn: u64) -> String {
        let mail = self.channel == Channel::Email;
        let default = |all: &[String], turn: u64| {
            let at = turn.checked_rem(all.len() as u64).unwrap_or_default();
            all.get(at as usize).filter(|_| mail).map(|t| in_form(t, self.form))
        };
        let or_default = |own: Option<&str>, all: &[String], turn: u64| match own {
            Some(own) => Some(own.to_owned()).filter(|t| !t.is_empty()),
            None => default(all, turn),
        };
        let salutations = &self.book.mail.salutations;
        // The end moves on once more each time the beginnings went round.
        let end = turn.wrapping_add(turn / salutations.len().max(1) as u64);
        let salutation = or_default(self.style.salutation(self.channel), salutations, turn);
        let sign_off =
            or_default(self.style.sign_off(self.channel), &self.book.mail.sign_offs, end);
        let obligatory = self.style.obligatory(self.channel).map(str::to_owned);
        let all: Vec<String> = salutation
            .into_iter()
            .chain([body.to_owned()])
            .chain(obligatory)
            .chain(sign_off)
            .collect();
        all.join("\n\n")
    }
}
