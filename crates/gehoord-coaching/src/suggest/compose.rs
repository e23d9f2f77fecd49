//! How a suggestion is put together: the situation that the customer is in, what that means for
//! them, and what is done now.

use std::slice;

use gehoord_conversation::{Channel, Conversation, Evidence, Language, Party};

use super::book::{Beside, Book, PLACES, Situation, Wished, in_form};
use super::kind::{Heard, Kind};
use super::quotes::Quotes;
use super::said::{Found, Said};
use super::words::{capital, lower, sentences};
use super::{Form, HouseStyle};

/// A run of more words has more than one point: there a situation counts only where the cause is.
const LONG: usize = 40;

/// Who is cross and asks something in no more words than this may get a plain answer.
const PLAINLY: usize = 22;

/// Beside a feeling that was heard as surely as this a plain answer is too little.
const FELT: f32 = 0.3;

/// What went wrong is told in no more words than this, or the agent gives it back in own words.
const SHORT: usize = 14;

/// The same where the customer's own words come back: "drie keer gebeld".
const SHORT_ECHO: usize = 16;

/// The same for good news and thanks.
const SHORT_GOOD: usize = 9;

/// A story of more words than this has points that a few lines would pass over.
const STORY: usize = 60;

/// What there is to make a reply of.
pub(crate) struct Material<'m> {
    pub(crate) envelope: Envelope<'m>,
    said: &'m Said<'m>,
    quotes: &'m Quotes,
    language: Language,
    situation: &'static Situation,
    /// The words that show the situation; none where every run of its kind is one.
    found: Option<Found>,
    /// What was told beside it, and the words that show that, where there are some.
    beside: Option<(&'static Beside, Option<Found>)>,
    /// Words that the customer does not want to hear.
    avoids: Vec<&'static str>,
    asks: bool,
}

/// A reply that may be suggested.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) text: String,
    pub(crate) takes_up: Vec<Evidence>,
}

impl<'m> Material<'m> {
    /// The first situation of the book that is surely the customer's. Where none is, and something
    /// is plainly asked in few words, it is answered as a question.
    pub(crate) fn of(
        heard: &Heard<'_>,
        said: &'m Said<'m>,
        quotes: &'m Quotes,
        envelope: Envelope<'m>,
    ) -> Option<Self> {
        let cross = [Kind::Upset, Kind::Confusion, Kind::Worry];
        let plainly = heard.asks && cross.contains(&heard.kind) && said.words() <= PLAINLY;
        Self::of_kind(heard.kind, heard, said, quotes, envelope).or_else(|| {
            plainly.then(|| Self::of_kind(Kind::Question, heard, said, quotes, envelope)).flatten()
        })
    }

    fn of_kind(
        kind: Kind,
        heard: &Heard<'_>,
        said: &'m Said<'m>,
        quotes: &'m Quotes,
        envelope: Envelope<'m>,
    ) -> Option<Self> {
        let language = heard.language;
        let trouble = !matches!(
            kind,
            Kind::Question | Kind::Request | Kind::Answer | Kind::Glad | Kind::Relieved
        );
        let telling = matches!(
            kind,
            Kind::Complaint | Kind::Upset | Kind::Worry | Kind::Confusion | Kind::Sad
        );
        let good = matches!(kind, Kind::Glad | Kind::Relieved);
        let glad = good && !heard.asks;
        // "Waarom krijg ik nooit antwoord?" tells what went wrong.
        let cross = telling && kind != Kind::Confusion;
        let story = |situation: &Situation| {
            let short = match situation.echoes() {
                true => SHORT_ECHO,
                false => SHORT,
            };
            telling && said.words() > short || glad && said.words() > SHORT_GOOD
        };
        if trouble && said.words() > STORY {
            return None;
        }
        let wishes = envelope.book.wishes.iter();
        let wished: Vec<&Wished> =
            wishes.filter(|wish| said.find(&wish.words).next().is_some()).collect();
        if wished.iter().any(|wish| wish.avoids.is_empty()) {
            return None;
        }
        let avoids: Vec<&str> =
            wished.iter().flat_map(|wish| wish.avoids.iter().map(String::as_str)).collect();
        let plain = &envelope.book.plain;
        let weighs = said.words() > plain.longest
            || heard.felt >= FELT
            || heard.complains
            || said.find(&plain.not).next().is_some();
        let too_little = |situation: &Situation| {
            let kinds = [Kind::Question, Kind::Request, Kind::Remark, Kind::Confusion];
            weighs && situation.says.is_empty() && kinds.contains(&kind)
        };
        let central = |found: &Found| {
            !trouble
                || said.words() <= LONG
                || said.evidence(found).is_some_and(|at| {
                    heard.key.iter().any(|key| key.turn == at.turn && key.span.overlaps(&at.span))
                })
        };
        envelope.book.situations.iter().find_map(|situation| {
            let applies = situation.fits.contains(&kind)
                && !too_little(situation)
                && (!story(situation) || situation.gives_back())
                && (!good || !heard.asks || situation.answers)
                && (!situation.gives_back() || cross || quotes.tells_beside())
                && (!situation.gives_back() || !cross || heard.regrets)
                && situation.after_us.is_none_or(|after| heard.after_us == Some(after))
                && situation.shortest.is_none_or(|least| said.words() >= least)
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
                false => Some(said.find(&situation.words).find(central)?),
            };
            let beside = || {
                let all = envelope.book.besides.iter();
                all.filter(|beside| !beside.unless.contains(&situation.name))
                    .filter(|beside| said.words() > beside.over)
                    .filter(|beside| said.find(&beside.not).next().is_none())
                    .map(|beside| (beside, said.find(&beside.words).next()))
                    .find(|(beside, found)| beside.words.is_empty() || found.is_some())
            };
            let tells = (telling || kind == Kind::Remark) && !situation.says.is_empty();
            let beside = if tells && !situation.gives_back() { beside() } else { None };
            let avoids = avoids.clone();
            Some(Self {
                envelope,
                said,
                quotes,
                language,
                situation,
                found,
                beside,
                avoids,
                asks: heard.asks,
            })
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
        let found = self.found.as_ref();
        let says = self.usable(&self.situation.says, found);
        let does = self.usable(self.does(), found);
        if says.is_empty() && !self.situation.says.is_empty() {
            return None;
        }
        let besides =
            self.beside.as_ref().map(|(beside, at)| self.usable(&beside.says, at.as_ref()));
        let besides = besides.unwrap_or_default();
        let mut parts: Vec<&String> = Vec::new();
        let mut at = turn;
        if !says.is_empty() {
            let count = says.len() as u64;
            parts.extend(says.get((at % count) as usize));
            // The second part moves on once more each time the first one went round.
            at = at.wrapping_add(at / count);
        }
        parts.extend(besides.get((turn % besides.len().max(1) as u64) as usize));
        parts.push(does.get(at.checked_rem(does.len() as u64)? as usize)?);
        let body: Vec<String> = parts.into_iter().map(|part| capital(part)).collect();
        Some(Composed {
            text: self.envelope.around(&body.join(" "), turn),
            takes_up: match self.situation.gives_back() {
                true => self.quotes.evidence().collect(),
                false => found.iter().filter_map(|found| self.said.evidence(found)).collect(),
            },
        })
    }

    fn does(&self) -> &'m [String] {
        let Situation { does, asked, .. } = self.situation;
        // What was asked stands in the open place: it can be answered also where it was no real
        // question.
        let quotes = asked.iter().any(|text| text.contains("<asked>"));
        let asks = if quotes { self.quotes.asked(self.language).is_some() } else { self.asks };
        if asks && !asked.is_empty() { asked } else { does }
    }

    /// The texts whose places can be filled, in this form of address and the words of the house.
    fn usable(&self, texts: &[String], found: Option<&Found>) -> Vec<String> {
        let worded = |text: &String| {
            let Envelope { channel, form, style, .. } = self.envelope;
            let own = style.in_own_words(channel, &in_form(text, form))?;
            self.filled(own, found)
        };
        texts.iter().filter_map(worded).filter(|text| self.is_wanted(text)).collect()
    }

    /// Whether it holds nothing that the customer does not want to hear.
    fn is_wanted(&self, text: &str) -> bool {
        let low = lower(text);
        let mut words = low.split(|c: char| !c.is_alphanumeric());
        !words.any(|word| self.avoids.contains(&word))
    }

    /// The text with what the customer said in its places; none where it was not said.
    fn filled(&self, mut text: String, found: Option<&Found>) -> Option<String> {
        for name in PLACES {
            let place = format!("<{name}>");
            if text.contains(&place) {
                let said = match name {
                    "told" => self.quotes.told(self.language)?,
                    "asked" => self.quotes.asked(self.language)?,
                    _ => self.said.place(name, found?)?,
                };
                // At the start of a sentence it begins with a capital.
                let begins = text.replace(&format!(". {place}"), &format!(". {}", capital(&said)));
                text = begins.replace(&place, &said);
            }
        }
        Some(in_form(&text, self.envelope.form))
    }
}

/// The word with which the customer began their last turn, in lower case.
pub(crate) fn greeting(conversation: &Conversation) -> Option<String> {
    let last = conversation.turns.iter().rfind(|turn| turn.party == Party::Customer)?;
    sentences(&last.text).into_iter().next()?.words.into_iter().next().map(|word| word.low)
}

/// How a reply is addressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'e> {
    pub(crate) channel: Channel,
    pub(crate) form: Form,
    pub(crate) style: &'e HouseStyle,
    pub(crate) book: &'static Book,
    /// How the customer began, in lower case: who writes "Geachte" is not greeted with "Hoi".
    pub(crate) greeting: Option<&'e str>,
}

impl Envelope<'_> {
    /// Without the capital in front, where the first word begins small behind a comma.
    fn going_on(&self, body: &str) -> String {
        let end = body.find(|c: char| !c.is_alphabetic()).unwrap_or(body.len());
        let first = lower(&body[..end]);
        match self.book.mail.begins_small.has(&first) {
            true => first + &body[end..],
            false => body.to_owned(),
        }
    }

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
        let mail_book = &self.book.mail;
        let likewise = mail_book.likewise.iter().chain(&mail_book.salutations).find(|salutation| {
            let first = in_form(salutation, self.form).to_lowercase();
            self.greeting.is_some_and(|own| first.split(' ').next() == Some(own))
        });
        let salutations = likewise.map_or(mail_book.salutations.as_slice(), slice::from_ref);
        // The end moves on once more each time the beginnings went round.
        let end = turn.wrapping_add(turn / salutations.len().max(1) as u64);
        let salutation = or_default(self.style.salutation(self.channel), salutations, turn);
        let sign_off = or_default(self.style.sign_off(self.channel), &mail_book.sign_offs, end);
        let obligatory = self.style.obligatory(self.channel).map(str::to_owned);
        let goes_on = salutation.as_ref().is_some_and(|text| text.ends_with(','));
        let body = if goes_on { self.going_on(body) } else { body.to_owned() };
        let all: Vec<String> =
            salutation.into_iter().chain([body]).chain(obligatory).chain(sign_off).collect();
        all.join("\n\n")
    }
}
