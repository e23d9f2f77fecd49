//! The deep tier: a small transformer that hears a turn as a whole, word by word in the light of
//! the others and of the turns just before. It hears more than words alone, at two hundred times the
//! cost, so it listens only where it was asked for ([`crate::Listener::deeper`]).
//!
//! For each label it says how sure it is, and how much each piece of the turn speaks for it. How
//! that is weighed with what the words say was fitted with them ([`weighing`]).
//!
//! The file (`models/deep.bin`) is written by `scripts/deepen.py`; `models/README.md` says from what.

mod encoder;
mod matrix;
pub(crate) mod weighing;

use std::sync::OnceLock;

use gehoord_conversation::{Party, Span};

use crate::fit::ModelFileError;
use crate::fit::codec::Reader;
use crate::fit::solver::sigmoid;
use crate::reading::Reading;
use crate::text::Sentence;
use crate::vectors::{Piece, Vectors};
use encoder::{Encoder, Speaker, bytes, dot, floats};

/// Number of the format of its file, which `scripts/deepen.py` writes.
const FORMAT: u32 = 1;

/// Rows before those of pieces: how every text begins, and how every turn ends.
const BEGIN: usize = 0;
const END: usize = 1;
const SPECIAL: usize = 2;

/// So many turns before a turn are heard with it, so many pieces of the end of each, and so many of
/// all; of the turn itself so many from its beginning.
const TURNS_BEFORE: usize = 3;
const PIECES_OF_ONE: usize = 80;
const PIECES_BEFORE: usize = 120;
const PIECES: usize = 320;

/// The deep tier, read when it first listens.
#[derive(Debug)]
pub(crate) struct Deep {
    file: &'static [u8],
    read: OnceLock<Result<Network, ModelFileError>>,
}

#[derive(Debug)]
struct Network {
    pieces: Vectors,
    encoder: Encoder,
    customer: Heads,
    agent: Heads,
}

/// What is asked of a turn of one party.
#[derive(Debug)]
struct Heads {
    names: Vec<String>,
    /// Weights of the turn as a whole: for each column the mean of its pieces and its beginning.
    whole: Vec<f32>,
    bias: Vec<f32>,
    /// Weights of each piece.
    piece: Vec<f32>,
    piece_bias: Vec<f32>,
    /// How much the pieces count for the turn.
    gate: Vec<f32>,
}

/// What the deep tier hears in one turn.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeepHeard {
    /// For each of its columns the log-odds, or a number.
    pub(crate) columns: Vec<f32>,
    /// Where the pieces stand, and in which sentence.
    spans: Vec<(Span, usize)>,
    /// How much each piece speaks for each column, in log-odds: piece after piece.
    pieces: Vec<f32>,
}

impl Deep {
    pub(crate) fn new(file: &'static [u8]) -> Self {
        Self { file, read: OnceLock::new() }
    }

    fn network(&self) -> Result<&Network, ModelFileError> {
        self.read.get_or_init(|| Network::read(self.file)).as_ref().map_err(Clone::clone)
    }

    /// Names of its columns for turns of `party`: `emotions/anger`, `churn_risk`.
    ///
    /// # Errors
    /// When the file is something else, of another version, or damaged.
    pub(crate) fn names(&self, party: Party) -> Result<&[String], ModelFileError> {
        Ok(&self.network()?.heads(party).names)
    }

    /// Hears a turn after those before it. Of a reply it hears the sentences that `keep` names;
    /// `None` are all. Nothing for a turn without words.
    pub(crate) fn hear(
        &self,
        reading: &Reading<'_>,
        before: &[Reading<'_>],
        keep: Option<&[bool]>,
    ) -> Option<DeepHeard> {
        self.network().ok()?.hear(reading, before, keep)
    }
}

impl Heads {
    fn read(file: &mut Reader<'static>, width: usize) -> Result<Self, ModelFileError> {
        let count = file.number()?;
        let names = (0..count).map(|_| file.text()).collect::<Result<_, _>>()?;
        Ok(Self {
            names,
            whole: bytes(file, count, 2 * width)?,
            bias: floats(file, count)?,
            piece: bytes(file, count, width)?,
            piece_bias: floats(file, count)?,
            gate: floats(file, count)?,
        })
    }
}

impl Network {
    fn read(file: &'static [u8]) -> Result<Self, ModelFileError> {
        let mut file = Reader::new(file, FORMAT)?;
        let width = file.number()?;
        let Ok(pieces) = Vectors::parse(file.bytes()?) else { return file.damaged() };
        let encoder = Encoder::read(&mut file, SPECIAL + pieces.len(), width)?;
        if encoder.longest() < PIECES + PIECES_BEFORE + 2 {
            return file.damaged();
        }
        let customer = Heads::read(&mut file, width)?;
        let agent = Heads::read(&mut file, width)?;
        if !file.is_done() {
            return file.damaged();
        }
        Ok(Self { pieces, encoder, customer, agent })
    }

    fn heads(&self, party: Party) -> &Heads {
        if party == Party::Customer { &self.customer } else { &self.agent }
    }

    /// The pieces of a turn, without names.
    fn pieces(&self, reading: &Reading<'_>) -> Vec<Piece> {
        let mut pieces = self.pieces.pieces(&reading.turn.text);
        reading.leave_out_names(&mut pieces);
        pieces
    }

    fn hear(
        &self,
        reading: &Reading<'_>,
        before: &[Reading<'_>],
        keep: Option<&[bool]>,
    ) -> Option<DeepHeard> {
        let mut own = self.pieces(reading);
        if let Some(keep) = keep {
            own.retain(|piece| keep.get(sentence_of(piece, reading)).is_none_or(|keep| *keep));
        }
        own.truncate(PIECES);
        if own.is_empty() {
            return None;
        }
        let mut read = vec![(BEGIN, Speaker::Turn)];
        let context = self.before(reading.turn.party, before);
        read.extend(&context[context.len().saturating_sub(PIECES_BEFORE)..]);
        let first = read.len();
        read.extend(own.iter().map(|p| (SPECIAL + p.id as usize, Speaker::Turn)));
        read.push((END, Speaker::Turn));
        let rows = self.encoder.read_pieces(&read);
        let width = rows.len() / read.len();
        let ours = &rows[first * width..(first + own.len()) * width];
        let place = |piece: &Piece| {
            let span = Span::new(piece.start as usize, piece.end as usize);
            (span, sentence_of(piece, reading))
        };
        let places = own.iter().map(place).collect();
        Some(self.heads(reading.turn.party).answer(places, &rows[..width], ours))
    }

    /// The pieces of the turns just before: of both for a customer, of the customer for an agent, who
    /// gains nothing by what they said themselves.
    fn before(&self, party: Party, before: &[Reading<'_>]) -> Vec<(usize, Speaker)> {
        let mut context = Vec::new();
        for other in &before[before.len().saturating_sub(TURNS_BEFORE)..] {
            let speaker = match other.turn.party {
                Party::Customer if party == Party::Customer => Speaker::Before,
                Party::Agent if party == Party::Customer => Speaker::Other,
                Party::Customer => Speaker::Other,
                _ => continue,
            };
            let pieces = self.pieces(other);
            let end = &pieces[pieces.len().saturating_sub(PIECES_OF_ONE)..];
            context.extend(end.iter().map(|p| (SPECIAL + p.id as usize, speaker)));
            context.push((END, speaker));
        }
        context
    }
}

impl Heads {
    /// What a turn says, of which the rows are given, and the row of its beginning.
    fn answer(&self, spans: Vec<(Span, usize)>, begin: &[f32], rows: &[f32]) -> DeepHeard {
        let width = begin.len();
        let mut whole = vec![0.0_f32; width];
        for row in rows.chunks_exact(width) {
            whole.iter_mut().zip(row).for_each(|(sum, x)| *sum += x / spans.len() as f32);
        }
        whole.extend(begin);
        let mut pieces = Vec::with_capacity(spans.len() * self.gate.len());
        for row in rows.chunks_exact(width) {
            let columns = self.piece.chunks_exact(width).zip(&self.piece_bias);
            pieces.extend(columns.map(|(weights, bias)| dot(weights, row) + bias));
        }
        let columns = self.whole.chunks_exact(2 * width).zip(&self.bias).zip(&self.gate);
        let columns = columns.enumerate().map(|(column, ((weights, bias), gate))| {
            let spoken = pieces.iter().skip(column).step_by(self.gate.len());
            dot(weights, &whole) + bias + gate * log_sum(spoken)
        });
        let columns = columns.collect();
        DeepHeard { columns, spans, pieces }
    }
}

impl DeepHeard {
    /// The words that speak for a column: a run of pieces of one sentence; `None` where none does.
    pub(crate) fn evidence(&self, column: usize) -> Option<Span> {
        /// At least one piece is marked as likely as this.
        const LEAST: f32 = 0.1;
        /// A piece that is less likely marked than this share of the likeliest shortens a run. Of
        /// .2 to .6 it met marked words best, in cases that were kept from fitting.
        const SHARE: f32 = 0.4;
        let width = self.columns.len();
        let likely: Vec<f32> =
            self.pieces.iter().skip(column).step_by(width).map(|x| sigmoid(*x)).collect();
        let top = likely.iter().copied().fold(0.0_f32, f32::max);
        if top < LEAST {
            return None;
        }
        let (mut best, mut best_sum) = (None, 0.0_f32);
        let (mut start, mut sum, mut sentence) = (0, 0.0_f32, usize::MAX);
        for (index, likely) in likely.iter().enumerate() {
            if sum <= 0.0 || self.spans[index].1 != sentence {
                (start, sum, sentence) = (index, 0.0, self.spans[index].1);
            }
            sum += likely - SHARE * top;
            if sum > best_sum {
                (best, best_sum) = (Some((start, index)), sum);
            }
        }
        let (start, end) = best?;
        Some(Span::new(self.spans[start].0.start, self.spans[end].0.end))
    }
}

/// The sentence that a piece stands in or behind.
fn sentence_of(piece: &Piece, reading: &Reading<'_>) -> usize {
    let text = &reading.text;
    let begun = |s: &Sentence| text.tokens[s.first as usize].start <= piece.start;
    text.sentences.partition_point(begun).saturating_sub(1)
}

/// The logarithm of the sum of powers.
fn log_sum<'x>(values: impl Iterator<Item = &'x f32> + Clone) -> f32 {
    let top = values.clone().copied().fold(f32::MIN, f32::max);
    top + values.map(|x| (x - top).exp()).sum::<f32>().ln()
}

#[cfg(test)]
mod tests {
    use gehoord_conversation::Turn;

    use super::*;
    use crate::{Listener, embedded};

    static FILE: &[u8] = include_bytes!("../../models/deep.bin");

    fn hear(deep: &Deep, turns: &[(Party, &str)]) -> Option<DeepHeard> {
        let listener = Listener::with(Vec::new()).unwrap();
        let turns: Vec<Turn> = turns.iter().map(|(party, text)| Turn::new(*party, *text)).collect();
        let readings: Vec<_> = turns.iter().map(|turn| listener.read(turn, None)).collect();
        let (last, before) = readings.split_last()?;
        deep.hear(last, before, None)
    }

    #[test]
    fn what_came_before_counts() {
        let deep = embedded::deep();
        let alone = hear(&deep, &[(Party::Customer, "Alweer niet.")]).unwrap();
        let asked = (Party::Agent, "Is uw pakket vandaag gekomen?");
        let answered = hear(&deep, &[asked, (Party::Customer, "Alweer niet.")]).unwrap();
        assert_ne!(alone.columns, answered.columns);
        assert_eq!(alone.spans, answered.spans);
        assert_eq!(alone.columns.len(), deep.names(Party::Customer).unwrap().len());
    }

    #[test]
    fn names_make_no_difference() {
        let deep = embedded::deep();
        let told = |name: &str| {
            let text = format!("Ik sprak met mevrouw {name} en die hing gewoon op.");
            hear(&deep, &[(Party::Customer, &text)]).unwrap().columns
        };
        assert_eq!(told("Jansen"), told("El Idrissi"));
        assert_eq!(told("Jansen"), told("Verstraete"));
    }

    #[test]
    fn a_turn_of_any_length_is_heard_and_one_without_words_is_not() {
        let deep = embedded::deep();
        assert!(hear(&deep, &[(Party::Customer, "")]).is_none());
        assert!(hear(&deep, &[(Party::Customer, " \n ")]).is_none());
        let long = "Ik wacht al weken. ".repeat(500);
        let turns = [(Party::Agent, long.as_str()), (Party::Bot, "x"), (Party::Customer, &long)];
        let heard = hear(&deep, &turns).unwrap();
        assert_eq!(heard.spans.len(), PIECES);
        for column in 0..heard.columns.len() {
            assert!(heard.columns[column].is_finite());
            let span = heard.evidence(column);
            assert!(span.is_none_or(|s| s.start < s.end && long.get(s.start..s.end).is_some()));
        }
    }

    #[test]
    fn a_damaged_file_is_an_error_and_never_a_panic() {
        let read = |bytes: Vec<u8>| Deep::new(Vec::leak(bytes));
        for part in 0..16 {
            let cut = read(FILE[..FILE.len() * part / 16].to_vec());
            assert!(cut.names(Party::Agent).is_err(), "{part}");
            assert!(hear(&cut, &[(Party::Agent, "Dag.")]).is_none());
        }
        let longer = read([FILE, b"x"].concat());
        assert!(longer.names(Party::Agent).is_err());
        for place in (8..2_000).step_by(97).chain((0..8).map(|k| FILE.len() - 5 - k * 3_001)) {
            let mut bytes = FILE.to_vec();
            bytes[place] ^= 0x55;
            hear(&read(bytes), &[(Party::Agent, "Ik bel u morgen terug.")]);
        }
    }
}
