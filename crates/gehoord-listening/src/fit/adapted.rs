//! What an organisation taught: heads of its own, beside everything else that is heard.

use gehoord_conversation::{Evidence, HeadAnswer, HeadValue, HeardLabel};

use super::codec::{FITTED, ModelFileError, Reader, Writer};
use super::examples::{Case, Numbers};
use super::features::Lens;
use super::heads::{Head, Level, Shape};
use super::level::{Beliefs, LevelModel};
use crate::reading::Reading;
use crate::text::Vocabulary;

/// Heads learned from labelled conversations, as `gehoord learn` writes them.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptedModel {
    pub(crate) levels: Vec<LevelModel>,
    /// Version of the shipped model it stands on.
    pub(crate) base: String,
    /// Words that are no names; `None` when none are told.
    pub(crate) known: Option<Vocabulary>,
    /// It looks at nothing but the words of the turn itself.
    pub(crate) only_words: bool,
}

impl AdaptedModel {
    /// The heads it answers, by level and name.
    pub fn heads(&self) -> impl Iterator<Item = &Head> {
        self.levels.iter().flat_map(|l| &l.heads)
    }

    /// Version of the shipped model it was learned on; it can only be used with that one.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The model as a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.text(&self.base);
        out.number(usize::from(self.only_words));
        out.number(self.levels.len());
        self.levels.iter().for_each(|level| level.write(&mut out));
        out.bytes(self.known.as_ref().map_or(&[][..], Vocabulary::bytes));
        out.into_bytes()
    }

    /// Reads a file that [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// When it is something else, was made by another version, or is damaged.
    pub fn from_bytes(file: &[u8]) -> Result<Self, ModelFileError> {
        let mut file = Reader::new(file, FITTED)?;
        let base = file.text()?;
        let only_words = file.number()? == 1;
        let levels = (0..file.number()?.min(Level::ALL.len()))
            .map(|_| LevelModel::read_owned(&mut file))
            .collect::<Result<Vec<_>, _>>()?;
        let known = match file.bytes()? {
            [] => None,
            bits => match Vocabulary::of_bytes(bits) {
                Some(known) => Some(known),
                None => return file.damaged(),
            },
        };
        if file.is_done() { Ok(Self { levels, base, known, only_words }) } else { file.damaged() }
    }

    /// The numbers that it looks at.
    fn fitting(&self, numbers: Numbers) -> Numbers {
        if self.only_words {
            return Numbers { other: Vec::new(), extra: Vec::new(), ..numbers };
        }
        numbers
    }

    /// What its heads answer for a conversation.
    pub(crate) fn answers(&self, case: &mut Case<'_>, lens: Lens<'_>) -> Vec<HeadAnswer> {
        case.tell_names(self.known.as_ref());
        let mut answers = Vec::new();
        for index in 0..case.readings.len() {
            let level = match &case.report.turns[index] {
                gehoord_conversation::TurnReport::Customer(_) => Level::Customer,
                gehoord_conversation::TurnReport::Agent(_) => Level::Agent,
                gehoord_conversation::TurnReport::Other { .. } => continue,
            };
            let Some(model) = self.levels.iter().find(|l| l.level == level) else { continue };
            let Some(numbers) = case.turn(index, lens) else { continue };
            model.answer(Some(index), &self.fitting(numbers), &case.readings, &mut answers);
        }
        if let Some(model) = self.levels.iter().find(|l| l.level == Level::Conversation) {
            model.answer(None, &self.fitting(case.whole(lens)), &case.readings, &mut answers);
        }
        answers
    }
}

impl LevelModel {
    fn answer(
        &self,
        turn: Option<usize>,
        numbers: &Numbers,
        readings: &[Reading<'_>],
        into: &mut Vec<HeadAnswer>,
    ) {
        let beliefs = self.beliefs(numbers);
        for head in &self.heads {
            let label = |column: usize| HeardLabel {
                label: head.labels.get(column - head.columns.start).cloned().unwrap_or_default(),
                strength: beliefs.columns[column],
                evidence: self.places_of(column, &beliefs, numbers, readings),
            };
            let asserted = self.asserted(head, &beliefs.columns, numbers.language);
            let value = match head.shape {
                Shape::Number => {
                    HeadValue::Number(head.from_scale(beliefs.columns[head.columns.start]))
                }
                Shape::Flag => HeadValue::Flag(!asserted.is_empty()),
                Shape::OneOf => match asserted.first() {
                    Some(&column) => HeadValue::One(label(column)),
                    None => continue,
                },
                Shape::Labels => HeadValue::Labels(asserted.into_iter().map(label).collect()),
            };
            into.push(HeadAnswer { turn, head: head.name.clone(), value });
        }
    }

    /// The words that speak for `column`.
    pub(crate) fn places_of(
        &self,
        column: usize,
        beliefs: &Beliefs,
        numbers: &Numbers,
        readings: &[Reading<'_>],
    ) -> Vec<Evidence> {
        let Some(&sentence) = beliefs.words.sentence.get(column) else { return Vec::new() };
        let Some(&(turn, place)) = numbers.places.get(sentence) else { return Vec::new() };
        let text = &readings[turn].text;
        let span = self.evidence(column, sentence, place, &numbers.features, text);
        span.map(|span| Evidence::new(turn, span)).into_iter().collect()
    }
}
