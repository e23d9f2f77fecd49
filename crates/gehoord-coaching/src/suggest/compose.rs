//! How a suggestion is put together: the customer's words, what that is, what is done now.

use gehoord_conversation::{Channel, Evidence};

use super::clause::Clause;
use super::lexicon::Lexicon;
use super::phrases::{Asked, Book, Part, Phrase, in_form};
use super::situation::{Heard, Situation, Trait};
use super::topic::Topic;
use super::turned::{Said, SaidKind};
use super::words::{capital, lower, sentences};
use super::{Form, HouseStyle};

/// What there is to make a reply of.
pub(crate) struct Material<'m> {
    pub(crate) heard: &'m Heard<'m>,
    pub(crate) book: &'m Book,
    pub(crate) channel: Channel,
    pub(crate) form: Form,
    pub(crate) style: &'m HouseStyle,
    /// The customer's words that can be said to the customer, the best first.
    pub(crate) said: Vec<Said>,
    /// Words that can only be quoted.
    pub(crate) quote: Option<(String, Evidence)>,
    pub(crate) topic: Option<Topic>,
    /// Who died.
    pub(crate) who: Option<String>,
}

/// A reply that may be suggested.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) text: String,
    pub(crate) takes_up: Vec<Evidence>,
}

/// How phrases are chosen: one step further gives others, and two parts never go in step.
#[derive(Debug, Clone, Copy)]
struct Turntable {
    at: u64,
}

impl Turntable {
    fn pick<'p, T>(&mut self, pool: &'p [T]) -> Option<&'p T> {
        let size = pool.len() as u64;
        let index = self.at.checked_rem(size)?;
        // The next part moves on once more each time this one went round.
        self.at = self.at.wrapping_add(self.at / size).wrapping_add(7);
        pool.get(index as usize)
    }
}

/// The words taken up in one reply.
#[derive(Debug, Clone, Copy, Default)]
struct Chosen<'m> {
    said: Option<&'m Said>,
    quote: Option<&'m str>,
    topic: Option<&'m str>,
    who: Option<&'m str>,
}

impl Material<'_> {
    /// The reply for `turn`; none where nothing fits.
    pub(crate) fn compose(&self, turn: u64) -> Option<Composed> {
        let mut table = Turntable { at: turn };
        let said = self.said.first();
        let chosen = Chosen {
            said,
            quote: self.quote.as_ref().filter(|_| said.is_none()).map(|(words, _)| words.as_str()),
            topic: self.topic.as_ref().map(|t| t.text.as_str()),
            who: self.who.as_deref(),
        };
        let mut traits = self.heard.traits.clone();
        if let Some(said) = said {
            traits.extend(said.waiting.then_some(Trait::Waiting));
            traits.extend(said.often.then_some(Trait::Often));
        }
        let told = said.is_some() || chosen.quote.is_some();
        if !told && self.heard.short {
            traits.push(Trait::Bare);
        }
        let bad_news = matches!(
            self.heard.situation,
            Situation::Complaint | Situation::Upset | Situation::Worry | Situation::Confusion
        );
        if self.topic.as_ref().is_some_and(|t| t.central && (t.affair || !bad_news)) {
            traits.push(Trait::Central);
        }
        let asked = Asked {
            situation: self.heard.situation,
            traits: &traits,
            channel: self.channel,
            form: self.form,
        };
        let mut used = Used::default();
        let mut parts = Vec::new();
        let whole = self.pick(Part::Whole, asked, chosen, &mut table, &mut used);
        match whole {
            Some(whole) => parts.push(whole),
            None => {
                for part in [Part::Reflect, Part::Judge, Part::Step] {
                    parts.extend(self.pick(part, asked, chosen, &mut table, &mut used));
                }
                // Without anything to do it is no answer.
                if parts.is_empty() {
                    return None;
                }
            }
        }
        if self.channel == Channel::Email && parts.len() > 1 {
            parts.extend(self.pick(Part::Close, asked, chosen, &mut table, &mut used));
        }
        let body = parts.join(" ");
        let mut takes_up = Vec::new();
        if used.said {
            takes_up.extend(said.map(|s| s.place));
        }
        if used.quote {
            takes_up.extend(self.quote.as_ref().map(|(_, place)| *place));
        }
        if used.topic {
            takes_up.extend(self.topic.as_ref().map(|t| t.place));
        }
        Some(Composed { text: self.envelope().around(&body, turn), takes_up })
    }

    pub(crate) fn envelope(&self) -> Envelope<'_> {
        let Self { channel, form, style, book, .. } = self;
        Envelope { channel: *channel, form: *form, style, book }
    }

    fn pick(
        &self,
        part: Part,
        asked: Asked<'_>,
        chosen: Chosen<'_>,
        table: &mut Turntable,
        used: &mut Used,
    ) -> Option<String> {
        let mut pool: Vec<&Phrase> = self
            .book
            .phrases
            .iter()
            .filter(|p| {
                p.part == part
                    && p.fits(asked)
                    && chosen.fill(p)
                    && !used.twice(p)
                    && self.worded(p).is_some()
            })
            .collect();
        // What takes up more of the customer, and asks for more of what is true here, goes first.
        let own = |p: &Phrase| usize::from(Chosen::is_own(p));
        let best = pool.iter().map(|p| (own(p), p.closeness())).max()?;
        pool.retain(|p| (own(p), p.closeness()) == best);
        let phrase = table.pick(&pool)?;
        used.note(phrase);
        Some(chosen.filled(&self.worded(phrase)?))
    }

    /// A phrase in this form of address and the words of the house; none when the house avoids it.
    /// What the customer said stays as the customer said it.
    fn worded(&self, phrase: &Phrase) -> Option<String> {
        self.style.in_own_words(self.channel, &in_form(&phrase.text, self.form))
    }
}

/// How a reply is addressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'e> {
    pub(crate) channel: Channel,
    pub(crate) form: Form,
    pub(crate) style: &'e HouseStyle,
    pub(crate) book: &'e Book,
}

impl Envelope<'_> {
    /// With salutation and sign-off, where the channel has them.
    pub(crate) fn around(&self, body: &str, turn: u64) -> String {
        let mail = self.channel == Channel::Email;
        let default = |all: &[String]| {
            let at = turn.checked_rem(all.len() as u64).unwrap_or_default();
            all.get(at as usize).filter(|_| mail).map(|t| in_form(t, self.form))
        };
        let or_default = |own: Option<&str>, all: &[String]| match own {
            Some(own) => Some(own.to_owned()).filter(|t| !t.is_empty()),
            None => default(all),
        };
        let salutation =
            or_default(self.style.salutation(self.channel), &self.book.mail.salutations);
        let sign_off = or_default(self.style.sign_off(self.channel), &self.book.mail.sign_offs);
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

/// What was taken up already: nothing comes back twice.
#[derive(Debug, Default)]
struct Used {
    said: bool,
    quote: bool,
    topic: bool,
}

impl Used {
    fn twice(&self, phrase: &Phrase) -> bool {
        (self.said && (phrase.takes("<said>") || phrase.takes("<piece>")))
            || (self.quote && phrase.takes("<quote>"))
            || (self.topic && phrase.takes("<topic>"))
    }

    fn note(&mut self, phrase: &Phrase) {
        self.said |= phrase.takes("<said>") || phrase.takes("<piece>");
        self.quote |= phrase.takes("<quote>");
        self.topic |= phrase.takes("<topic>");
    }
}

impl Chosen<'_> {
    /// Whether everything that a phrase takes up is there.
    fn fill(&self, phrase: &Phrase) -> bool {
        let kind = self.said.map(|s| s.kind);
        (!phrase.takes("<said>") || kind == Some(SaidKind::Sentence))
            && (!phrase.takes("<piece>") || kind == Some(SaidKind::Piece))
            && (!phrase.takes("<quote>") || self.quote.is_some())
            && (!phrase.takes("<topic>") || self.topic.is_some())
            && (!phrase.takes("<who>") || self.who.is_some())
    }

    /// Whether a phrase takes up something of the customer.
    fn is_own(phrase: &Phrase) -> bool {
        ["<said>", "<piece>", "<quote>", "<topic>", "<who>"].iter().any(|s| phrase.takes(s))
    }

    fn filled(&self, text: &str) -> String {
        let said = self.said.map_or("", |s| s.text.as_str());
        let slots = [
            ("<said>", said),
            ("<piece>", said),
            ("<quote>", self.quote.unwrap_or_default()),
            ("<topic>", self.topic.unwrap_or_default()),
            ("<who>", self.who.unwrap_or_default()),
        ];
        let mut out = String::with_capacity(text.len() + said.len());
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let Some((slot, words)) = slots.iter().find(|(slot, _)| rest.starts_with(slot)) else {
                out.push('<');
                rest = &rest[1..];
                continue;
            };
            let begins = out.is_empty()
                || out.ends_with(['.', '!', '?'])
                || out.ends_with(". ")
                || out.ends_with("? ")
                || out.ends_with("! ");
            out.push_str(&if begins { capital(words) } else { (*words).to_owned() });
            rest = &rest[slot.len()..];
        }
        out.push_str(rest);
        capital(&out)
    }
}

/// Words of the customer that name the point and can be quoted as they are.
pub(crate) fn quotable(
    heard: &Heard<'_>,
    lexicon: &Lexicon,
    text_of: impl Fn(usize) -> String,
) -> Option<(String, Evidence)> {
    const SHORTEST: usize = 5;
    const LONGEST: usize = 9;
    let fits = |words: &str| {
        let count = words.split_whitespace().count();
        let all = lower(words);
        let mut all = all.split_whitespace();
        let (first, second) = (all.next().unwrap_or_default(), all.next().unwrap_or_default());
        let begins = lexicon.begins.has(first)
            || lexicon.is_number(first)
            || first.starts_with(|c: char| c.is_ascii_digit());
        (SHORTEST..=LONGEST).contains(&count)
            && lower(words).split_whitespace().any(|word| lexicon.is_verb(word))
            && lower(words).split_whitespace().any(|word| lexicon.is_trouble(word))
            && begins
            && !lexicon.mind.has(second)
            && !lower(words).split_whitespace().any(is_reported)
            && !words.contains([
                '"', '“', '”', '„', '«', '»', '\n', '?', '!', '(', ')', '@', '#', '<', '[', '/',
            ])
            && words.chars().all(|c| {
                c.is_alphanumeric()
                    || c.is_ascii_punctuation()
                    || matches!(c, ' ' | '’' | '‘' | '€' | '£' | '–')
            })
            && words.chars().filter(|c| c.is_uppercase()).count() * 3 < words.chars().count()
    };
    heard.key.iter().find_map(|place| {
        let text = text_of(place.turn);
        let words = place.span.of(&text);
        let words = words.trim().trim_matches(['.', ',', ';', ':', ' ', '\'', '…']);
        let asks =
            text[place.span.end..].trim_start_matches(char::is_alphanumeric).starts_with('?');
        let starts = text[..place.span.start].trim_end();
        let ends = text[place.span.end..].trim_start();
        let mark =
            |c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '"' | '“' | '„' | '«');
        let whole = (starts.is_empty() || starts.ends_with(mark))
            && (ends.is_empty() || ends.starts_with(mark));
        let clean = fits(words)
            && whole
            && !asks
            && !heard.never.iter().any(|n| n.turn == place.turn && n.span.overlaps(&place.span));
        clean.then(|| (words.to_owned(), *place))
    })
}

/// "Hij zegt dat het niet erg is": what somebody else said is seldom the point.
fn is_reported(word: &str) -> bool {
    matches!(word, "zegt" | "zei" | "zeggen" | "says" | "said" | "sagt" | "sagte" | "disait")
}

/// Clauses in the customer's own mouth are of no use in these.
pub(crate) fn takes_clauses(situation: Situation) -> bool {
    !matches!(
        situation,
        Situation::Question
            | Situation::Answer
            | Situation::Abuse
            | Situation::Unclear
            | Situation::Confusion
            | Situation::Glad
            | Situation::Relieved
    )
}

/// The clauses that are worth turning round: what the story turns on. In a long story that is not
/// sure, so there it has to say what is missing, too.
pub(crate) fn worth_saying(clause: &Clause, long: bool) -> bool {
    clause.telling && clause.central && (clause.troubled || !long)
}

/// Whether a text goes on without stops, so that nobody knows where its point is.
pub(crate) fn runs_on(text: &str) -> bool {
    const ENDLESS: usize = 32;
    sentences(text).iter().any(|sentence| sentence.words.len() > ENDLESS)
}

/// Whether so much was said that a clause of it may be beside the point.
pub(crate) fn is_long(texts: impl Iterator<Item = String>, most: usize) -> bool {
    texts.map(|text| text.split_whitespace().count()).sum::<usize>() > most
}

/// Whether a topic may be named: thanks are seldom for the thing that stands in them, and what a
/// question is about is sure only where a firm handles it.
pub(crate) fn names_point(topic: &Topic, situation: Situation) -> bool {
    match situation {
        Situation::Glad | Situation::Relieved => false,
        Situation::Question | Situation::Request => topic.affair,
        _ => true,
    }
}
