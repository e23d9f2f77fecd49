//! A turn, read: its language, its words, and the cues heard in it.

use std::borrow::Cow;

use gehoord_conversation::{Language, Locale, Party, Span, Turn};

use crate::cue::{Pack, Packs, Side};
use crate::mechanism::{self, Heard};
use crate::text::{Kind, Text, Vocabulary, guess_language, names};
use crate::vectors::Piece;

/// One turn with everything that was heard in it at the level of words.
#[derive(Debug)]
pub struct Reading<'c> {
    /// Index in the conversation.
    pub index: usize,
    /// The turn.
    pub turn: Cow<'c, Turn>,
    /// Language of the turn, when it can be told.
    pub language: Option<Language>,
    /// Its sentences and tokens.
    pub text: Text,
    /// Cues heard, in order of place.
    pub heard: Vec<CueHeard>,
    /// Whether every word of the turn only lets the other go on ("hm-hm, en toen?").
    pub only_listens: bool,
    /// For each token, whether it is a name or part of one.
    pub(crate) names: Vec<bool>,
    /// For each sentence, whether it is the salutation or the signature of a letter.
    pub(crate) frame: Vec<bool>,
    /// For each sentence, whether it only greets ("u ook een fijne dag").
    pub(crate) greets: Vec<bool>,
    /// There is a word in it by which sympathy may be taken back ("maar").
    pub(crate) turns: bool,
}

/// A cue that was heard, freed of its pack.
#[derive(Debug, Clone)]
pub struct CueHeard {
    /// Language of the pack it came from.
    pub language: Language,
    /// Index of the cue in that pack.
    pub cue: usize,
    /// What was heard.
    pub label: gehoord_conversation::Label,
    /// Where.
    pub span: Span,
    /// Index of the sentence it begins in.
    pub sentence: usize,
    /// 0–1.
    pub strength: f32,
    /// 1–3, feelings only.
    pub intensity: u8,
    /// A feeling or technique that is said outright.
    pub outright: bool,
}

/// How clearly a sentence must be of another language to be read as such, in function words.
const FOREIGN_MARGIN: f32 = 2.0;

/// How clearly a whole turn must be of another language than the conversation.
const TURN_MARGIN: f32 = 1.0;

/// A turn that only lets the other go on has at most so many words.
const BACKCHANNEL_WORDS: usize = 7;

impl<'c> Reading<'c> {
    pub(crate) fn new(
        index: usize,
        turn: Cow<'c, Turn>,
        expected: Option<Language>,
        locale: Option<&Locale>,
        packs: &Packs,
        known: Option<&Vocabulary>,
    ) -> Self {
        let raw = Text::new(&turn.text);
        let guess = guess_language(raw.tokens.iter().map(|t| raw.norm(t)));
        let language = match (guess, expected) {
            (Some(guess), Some(expected)) if guess.language != expected => {
                Some(if guess.margin >= TURN_MARGIN { guess.language } else { expected })
            }
            (Some(guess), _) => Some(guess.language),
            (None, expected) => expected,
        };
        let pack = language.and_then(|l| packs.of(l));
        let Some(pack) = pack else {
            let names = names(&raw, &turn.text, language, known);
            return Self {
                index,
                turn,
                language,
                text: raw,
                heard: Vec::new(),
                only_listens: false,
                names,
                frame: Vec::new(),
                greets: Vec::new(),
                turns: true,
            };
        };
        let side = match turn.party {
            Party::Customer => Side::Customer,
            _ => Side::Agent,
        };
        let foreign = foreign_sentences(&raw, pack.language);
        let mut text = raw;
        text.respell(|norm| pack.spelling(norm));
        let mut heard = read_with(pack, &text, side, locale);
        let mut languages: Vec<Language> = foreign.iter().map(|(_, language)| *language).collect();
        languages.sort_unstable();
        languages.dedup();
        for other in languages.into_iter().filter_map(|l| packs.of(l)) {
            let theirs = |sentence: usize| foreign.contains(&(sentence, other.language));
            heard.retain(|h| !theirs(h.sentence));
            let other_text = other.read(&turn.text);
            heard.extend(
                read_with(other, &other_text, side, locale)
                    .into_iter()
                    .filter(|h| theirs(h.sentence)),
            );
        }
        heard.sort_by_key(|h| (h.span, h.cue));
        let only_listens = (1..=BACKCHANNEL_WORDS).contains(&text.tokens.len())
            && text.tokens.iter().all(|t| pack.list_has("backchannel_words", text.norm(t)));
        let names = names(&text, &turn.text, language, known);
        let frame = letter_frame(pack, &text, &names);
        let greets = (0..text.sentences.len())
            .map(|index| is_made_of(pack, "courtesies", &text, index, &names))
            .collect();
        let turns = text.tokens.iter().any(|t| pack.list_has("turning_words", text.norm(t)));
        Self { index, turn, language, text, heard, only_listens, names, frame, greets, turns }
    }

    /// Whether `span` lies in sentences that only greet.
    pub(crate) fn only_greets(&self, span: Span) -> bool {
        let first = self.text.sentence_at(span);
        let within = |index: &usize| self.text.sentence_span(*index).start < span.end;
        first.is_some_and(|first| {
            let mut sentences = (first..self.text.sentences.len()).take_while(within);
            sentences.all(|index| self.greets.get(index).copied().unwrap_or_default())
        })
    }

    /// Whether sentence `index` is the salutation or the signature of a letter.
    pub(crate) fn frames(&self, index: usize) -> bool {
        self.frame.get(index).copied().unwrap_or_default()
    }

    /// Whether this turn answers a question of the agent or the bot just before it.
    pub(crate) fn answers(&self, before: &[Self]) -> bool {
        /// A question may have so many sentences behind it, an example or an excuse.
        const NEAR: usize = 2;
        before.last().is_some_and(|last| {
            let asked = last.text.sentences.iter().rev().take(NEAR).any(|s| s.question);
            matches!(last.turn.party, Party::Agent | Party::Bot)
                && self.turn.party == Party::Customer
                && asked
        })
    }

    /// Tells names anew, with other words known.
    pub(crate) fn tell_names(&mut self, known: Option<&Vocabulary>) {
        self.names = names(&self.text, &self.turn.text, self.language, known);
    }

    /// Leaves out pieces that are a name or part of one.
    pub(crate) fn leave_out_names(&self, pieces: &mut Vec<Piece>) {
        let mut names =
            self.text.tokens.iter().zip(&self.names).filter(|(_, name)| **name).peekable();
        if names.peek().is_none() {
            return;
        }
        let spans: Vec<_> = names.map(|(t, _)| (t.start, t.end)).collect();
        pieces.retain(|p| {
            let at = spans.partition_point(|(_, end)| *end <= p.start);
            spans.get(at).is_none_or(|(start, _)| p.end <= *start)
        });
    }

    /// Whether token `index` goes on with a name that began before it.
    pub(crate) fn goes_on_with_name(&self, index: usize) -> bool {
        self.names[index]
            && index > 0
            && self.names[index - 1]
            && self.text.tokens[index].sentence == self.text.tokens[index - 1].sentence
    }

    /// Words and numbers, where a name of any length is one.
    pub(crate) fn count_words(&self) -> usize {
        let tokens = self.text.tokens.iter().enumerate();
        let word = |(i, t): &(usize, &crate::text::Token)| {
            matches!(t.kind, Kind::Word | Kind::Number) && !self.goes_on_with_name(*i)
        };
        tokens.filter(word).count()
    }

    /// Whether `label` was heard at all.
    #[must_use]
    pub fn hears(&self, label: impl Into<gehoord_conversation::Label>) -> bool {
        let label = label.into();
        self.heard.iter().any(|h| h.label == label)
    }

    /// The cues that heard `label`.
    pub fn all(
        &self,
        label: impl Into<gehoord_conversation::Label>,
    ) -> impl Iterator<Item = &CueHeard> {
        let label = label.into();
        self.heard.iter().filter(move |h| h.label == label)
    }
}

/// Whether sentence `index` begins with a word of `list`, and has only such words and names.
fn is_made_of(pack: &Pack, list: &str, text: &Text, index: usize, names: &[bool]) -> bool {
    let sentence = &text.sentences[index];
    let listed = |at: usize| pack.list_has(list, text.norm(&text.tokens[at]));
    listed(sentence.range().start)
        && !sentence.question
        && sentence.range().all(|at| names[at] || text.tokens[at].kind == Kind::Mask || listed(at))
}

/// For each sentence, whether it is the salutation or the signature of a letter; all false where
/// there is nothing else.
fn letter_frame(pack: &Pack, text: &Text, names: &[bool]) -> Vec<bool> {
    /// So many sentences from the start a salutation may stand.
    const OPENING: usize = 2;
    /// Lines of a signature, and words in each.
    const SIGNATURE: (usize, usize) = (4, 6);
    let sentences = &text.sentences;
    let all_of = |index: usize, list: &str| is_made_of(pack, list, text, index, names);
    let mut frame = vec![false; sentences.len()];
    for (index, frame) in frame.iter_mut().enumerate().take(OPENING) {
        *frame = all_of(index, "letter_opening");
    }
    let closing = (1..sentences.len()).find(|&index| all_of(index, "letter_closing"));
    if let Some(closing) = closing {
        let short = |index: usize| sentences[index].range().len() <= SIGNATURE.1;
        let behind = closing + 1..sentences.len();
        frame[closing] = true;
        if behind.len() <= SIGNATURE.0 && behind.clone().all(short) {
            behind.for_each(|index| frame[index] = true);
        }
    }
    if !frame.contains(&false) {
        frame.fill(false);
    }
    frame
}

fn read_with(pack: &Pack, text: &Text, side: Side, locale: Option<&Locale>) -> Vec<CueHeard> {
    // As many as there are, and no room for more: a long conversation has many turns.
    let heard = mechanism::hear(pack, text, side, locale);
    let mut cues = Vec::with_capacity(heard.len());
    cues.extend(heard.into_iter().map(
        |Heard { cue, label, first, span, strength, intensity, outright, .. }| CueHeard {
            language: pack.language,
            cue,
            label,
            span,
            sentence: text.tokens[first].sentence as usize,
            strength,
            intensity,
            outright,
        },
    ));
    cues
}

/// Sentences that are clearly in another language than the turn.
fn foreign_sentences(text: &Text, language: Language) -> Vec<(usize, Language)> {
    let mut foreign = Vec::new();
    if text.sentences.len() < 2 {
        return foreign;
    }
    for (i, sentence) in text.sentences.iter().enumerate() {
        let words = text.tokens[sentence.range()].iter().map(|t| text.norm(t));
        if let Some(guess) = guess_language(words)
            && guess.language != language
            && guess.margin >= FOREIGN_MARGIN
        {
            foreign.push((i, guess.language));
        }
    }
    foreign
}
