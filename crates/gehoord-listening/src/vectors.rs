//! What words mean, as vectors: a small table that lets a linear model know that "boos" and
//! "furious" are near, and that "pakketje" has to do with parcels.
//!
//! The table has one vector for each word piece. The mean of the vectors of a text's pieces points
//! about where a multilingual sentence encoder points for the whole text (its teacher; what it is
//! and how near the table comes stands in `models/README.md`). So texts that mean the same lie near
//! each other, also across Dutch, English, German and French. Because the mean is linear, what a
//! linear model makes of it can be told piece by piece: each [`Piece`] knows its place in the text.
//!
//! What it does not know: negation and the order of words. "Niet blij" lies near "blij".
//!
//! ```
//! use gehoord_listening::vectors::Vectors;
//!
//! static TABLE: &[u8] = include_bytes!("../models/vectors.bin");
//! let vectors = Vectors::parse(TABLE)?;
//! let sum = |text| {
//!     let mut sum = vec![0.0; vectors.dimensions()];
//!     for piece in vectors.pieces(text) {
//!         vectors.add(piece.id, 1.0, &mut sum);
//!     }
//!     sum
//! };
//! let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
//! let (dutch, english) = (sum("ik ben boos"), sum("I am angry"));
//! assert!(dot(&dutch, &english) > 0.0);
//! # Ok::<(), gehoord_listening::vectors::VectorsError>(())
//! ```
//!
//! # Layout of the file
//!
//! All numbers are little-endian, without padding. `scripts/distil.py` writes it.
//!
//! | what | type | how many |
//! |---|---|---|
//! | magic `GHVECTOR` | 8 bytes | |
//! | version, pieces, dimensions, units | u32 | 4 |
//! | score of a word's start, score of an unknown character | f32 | 2 |
//! | trie over the pieces | u32 | units |
//! | score of each piece, the logarithm of how usual it is | f32 | pieces |
//! | scale of each row | f32 | pieces |
//! | vectors, row after row; a value is its number times its row's scale | i8 | pieces × dimensions |
//!
//! The trie is a double array over the bytes of the folded pieces (UTF-8; a space before a piece
//! means that a word begins with it). The first unit is the root. A unit holds the byte that leads
//! to it (bits 0–7), whether a piece ends there (bit 8) and its base (bits 9–30). The child for byte
//! `b` stands at `base ^ b`, if the unit there holds `b` and its bit 31 is not set. The number of the
//! piece that ends there stands at `base` itself, with bit 31 set.

/// Why a table cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VectorsError {
    /// The bytes do not begin as a table does.
    #[error("this is no table of word vectors: it does not begin with GHVECTOR")]
    NoTable,
    /// A table, but of a version that this program does not know.
    #[error("the table of word vectors has version {0}; this program reads version {VERSION}")]
    Version(u32),
    /// The parts do not add up to the length.
    #[error("the table of word vectors is damaged: it should be {wanted} bytes and is {is}")]
    Length {
        /// Bytes that the parts need together.
        wanted: u64,
        /// Bytes that are there.
        is: u64,
    },
    /// A score or a scale is no finite number.
    #[error(
        "the table of word vectors is damaged: piece {0} has a score or scale that is no number"
    )]
    NoNumber(u32),
}

const MAGIC: &[u8; 8] = b"GHVECTOR";
const VERSION: u32 = 1;
const HEAD: usize = 8 + 4 * 4 + 2 * 4;
/// More than any real table has; keeps the arithmetic on lengths safe.
const MOST: u32 = 1 << 22;

/// A piece of a word, with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Which piece: a row of the table.
    pub id: u32,
    /// First byte in the original text; on a character border.
    pub start: u32,
    /// Just past the last byte; on a character border.
    pub end: u32,
}

/// A table of piece vectors, read in place from its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Vectors {
    units: &'static [[u8; 4]],
    scores: &'static [[u8; 4]],
    scales: &'static [[u8; 4]],
    numbers: &'static [u8],
    dimensions: usize,
    begin: f32,
    unknown: f32,
}

impl Vectors {
    /// Reads a table. Nothing is copied; the scores and scales are checked.
    ///
    /// # Errors
    ///
    /// When the bytes are no table, of another version, or damaged in their lengths or scores.
    /// Damage that cannot be seen there (in the trie or the vectors) gives wrong pieces, never a
    /// panic.
    pub fn parse(bytes: &'static [u8]) -> Result<Self, VectorsError> {
        if !bytes.starts_with(MAGIC) {
            return Err(VectorsError::NoTable);
        }
        let is = bytes.len() as u64;
        let (head, rest) =
            bytes.split_at_checked(HEAD).ok_or(VectorsError::Length { wanted: HEAD as u64, is })?;
        let (words, _) = head[MAGIC.len()..].as_chunks::<4>();
        let [version, pieces, dimensions, units] =
            [0, 1, 2, 3].map(|k| u32::from_le_bytes(words[k]));
        if version != VERSION {
            return Err(VectorsError::Version(version));
        }
        let wanted = HEAD as u64
            + 4 * u64::from(units)
            + 8 * u64::from(pieces)
            + u64::from(pieces.min(MOST)) * u64::from(dimensions.min(MOST));
        if wanted != is || pieces > MOST || dimensions > MOST {
            return Err(VectorsError::Length { wanted, is });
        }
        let (units, rest) = rest.split_at(4 * units as usize);
        let (scores, rest) = rest.split_at(4 * pieces as usize);
        let (scales, numbers) = rest.split_at(4 * pieces as usize);
        let vectors = Self {
            units: units.as_chunks().0,
            scores: scores.as_chunks().0,
            scales: scales.as_chunks().0,
            numbers,
            dimensions: dimensions as usize,
            begin: f32::from_le_bytes(words[4]),
            unknown: f32::from_le_bytes(words[5]),
        };
        let sound = |k: &usize| {
            f32::from_le_bytes(vectors.scores[*k]).is_finite()
                && f32::from_le_bytes(vectors.scales[*k]).is_finite()
        };
        match (0..vectors.len()).find(|k| !sound(k)) {
            Some(k) => Err(VectorsError::NoNumber(k as u32)),
            None => Ok(vectors),
        }
    }

    /// How many pieces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The pieces of a text (or a word), in order.
    ///
    /// Words are cut where their pieces are likeliest together (unigram Viterbi, as in Kudo 2018,
    /// "Subword Regularization"). Case, accents that our languages do not use, kinds of quotes,
    /// digits and long runs ("heeeel") make no difference. What is in no piece, such as a letter of
    /// another script, is passed over. Time grows with the length of the text, whatever is in it.
    /// Byte places are `u32`: pieces that begin past 4 GiB are left out.
    #[must_use]
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut out = Vec::with_capacity(text.len() / 3);
        self.pieces_into(text, &mut Scratch::default(), &mut out);
        out
    }

    /// As [`Vectors::pieces`], added to `out`; for many texts after each other, without making room
    /// anew each time.
    pub fn pieces_into(&self, text: &str, scratch: &mut Scratch, out: &mut Vec<Piece>) {
        scratch.clear();
        for (start, c) in text.char_indices() {
            let Ok(end) = u32::try_from(start + c.len_utf8()) else { break };
            if is_break(c) {
                self.cut(scratch, out);
                scratch.clear();
            } else {
                scratch.push(c, start as u32, end);
            }
        }
        self.cut(scratch, out);
    }

    /// Adds `scale` times the vector of a piece. Adding each piece of a text with one divided by
    /// their number gives the mean. A piece that the table does not have adds nothing; so do
    /// dimensions that `into` has no room for.
    pub fn add(&self, piece: u32, scale: f32, into: &mut [f32]) {
        let Some((own, row)) = self.row(piece) else { return };
        let scale = scale * own;
        for (sum, number) in into.iter_mut().zip(row) {
            *sum += scale * f32::from(*number as i8);
        }
    }

    /// The vector of a piece times `weights`: what the piece adds in a linear model, before it is
    /// divided by the number of pieces. 0 for a piece that the table does not have.
    #[must_use]
    pub fn dot(&self, piece: u32, weights: &[f32]) -> f32 {
        let Some((own, row)) = self.row(piece) else { return 0.0 };
        own * weights.iter().zip(row).map(|(w, n)| w * f32::from(*n as i8)).sum::<f32>()
    }

    fn row(&self, piece: u32) -> Option<(f32, &'static [u8])> {
        let piece = piece as usize;
        let scale = f32::from_le_bytes(*self.scales.get(piece)?);
        Some((scale, self.numbers.get(piece * self.dimensions..)?.get(..self.dimensions)?))
    }

    /// Cuts the one word in `scratch`.
    fn cut(&self, scratch: &mut Scratch, out: &mut Vec<Piece>) {
        let Scratch { folded, places, steps, .. } = scratch;
        let size = folded.len();
        if size == 0 {
            return;
        }
        steps.clear();
        steps.resize(size + 1, Step { score: f32::NEG_INFINITY, from: 0, piece: NO_PIECE });
        steps[0].score = 0.0;
        for at in 0..size {
            let base = steps[at].score;
            if base == f32::NEG_INFINITY {
                continue; // Inside a character.
            }
            if at == 0 {
                if let Some(begun) = self.child(self.root(), b' ') {
                    self.step(begun, base, at, folded, steps);
                }
                self.step(self.root(), base + self.begin, at, folded, steps);
            } else {
                self.step(self.root(), base, at, folded, steps);
            }
            let past = at + width(folded[at]);
            if let Some(step) = steps.get_mut(past)
                && base + self.unknown > step.score
            {
                *step = Step { score: base + self.unknown, from: at as u32, piece: NO_PIECE };
            }
        }
        let first = out.len();
        let mut end = size;
        while end > 0 {
            let Step { from, piece, .. } = steps[end];
            if piece != NO_PIECE {
                let (start, end) = (places[from as usize].0, places[end - 1].1);
                out.push(Piece { id: piece, start, end });
            }
            end = from as usize;
        }
        out[first..].reverse();
    }

    /// Tries all pieces that begin at `at`, from the trie node `node`.
    fn step(&self, mut node: u32, base: f32, at: usize, folded: &[u8], steps: &mut [Step]) {
        for (k, byte) in folded[at..].iter().enumerate() {
            let Some(next) = self.child(node, *byte) else { return };
            node = next;
            if node & ENDS == 0 {
                continue;
            }
            let Some(leaf) = self.units.get((node >> 9) as usize) else { return };
            let piece = u32::from_le_bytes(*leaf) & !LEAF;
            let Some(score) = self.scores.get(piece as usize) else { return };
            let score = base + f32::from_le_bytes(*score);
            let step = &mut steps[at + k + 1];
            if score > step.score {
                *step = Step { score, from: at as u32, piece };
            }
        }
    }

    fn root(&self) -> u32 {
        self.units.first().map_or(0, |unit| u32::from_le_bytes(*unit))
    }

    fn child(&self, node: u32, byte: u8) -> Option<u32> {
        let unit = self.units.get(((node & !LEAF) >> 9 ^ u32::from(byte)) as usize)?;
        let unit = u32::from_le_bytes(*unit);
        (unit & (LEAF | 0xff) == u32::from(byte)).then_some(unit)
    }
}

/// In a unit: the number of a piece.
const LEAF: u32 = 1 << 31;
/// In a unit: a piece ends here.
const ENDS: u32 = 1 << 8;
const NO_PIECE: u32 = u32::MAX;

/// The likeliest way to come to a place in a word.
#[derive(Debug, Clone, Copy)]
struct Step {
    score: f32,
    from: u32,
    piece: u32,
}

/// Room to work in, to be used again for the next text.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// The word, folded.
    folded: Vec<u8>,
    /// For each byte of it, where its character stands in the original text.
    places: Vec<(u32, u32)>,
    steps: Vec<Step>,
    last: Option<char>,
    run: usize,
}

impl Scratch {
    fn clear(&mut self) {
        self.folded.clear();
        self.places.clear();
        self.last = None;
    }

    /// Adds a character that stands at `start..end`, folded.
    fn push(&mut self, c: char, start: u32, end: u32) {
        if c.is_ascii() {
            let c = if c.is_ascii_digit() { '0' } else { c.to_ascii_lowercase() };
            return self.push_plain(c, start, end);
        }
        if is_mark(c) {
            return self.stretch(end);
        }
        let c = match c {
            // Full-width forms of ASCII.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            c => c,
        };
        for c in c.to_lowercase() {
            match c {
                '’' | '‘' | '`' | '´' | 'ʼ' | '‛' => self.push_plain('\'', start, end),
                '“' | '”' | '„' | '«' | '»' | '‟' => self.push_plain('"', start, end),
                '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => {
                    self.push_plain('-', start, end)
                }
                '0'..='9' => self.push_plain('0', start, end),
                'á' | 'ã' | 'å' | 'ā' => self.push_plain('a', start, end),
                'ē' => self.push_plain('e', start, end),
                'í' | 'ì' | 'ī' => self.push_plain('i', start, end),
                'ó' | 'ò' | 'õ' | 'ø' | 'ō' => self.push_plain('o', start, end),
                'ú' | 'ū' => self.push_plain('u', start, end),
                'ý' | 'ÿ' => self.push_plain('y', start, end),
                'ć' | 'č' => self.push_plain('c', start, end),
                'ñ' => self.push_plain('n', start, end),
                'š' => self.push_plain('s', start, end),
                'ž' => self.push_plain('z', start, end),
                'ß' => self.push_all("ss", start, end),
                'œ' => self.push_all("oe", start, end),
                'æ' => self.push_all("ae", start, end),
                'ĳ' => self.push_all("ij", start, end),
                'ﬁ' => self.push_all("fi", start, end),
                'ﬂ' => self.push_all("fl", start, end),
                '…' => self.push_all("...", start, end),
                c => self.push_plain(c, start, end),
            }
        }
    }

    fn push_all(&mut self, chars: &str, start: u32, end: u32) {
        for c in chars.chars() {
            self.push_plain(c, start, end);
        }
    }

    /// Adds a folded character, unless it only makes a run longer: two equal letters are enough,
    /// and three other signs.
    fn push_plain(&mut self, c: char, start: u32, end: u32) {
        self.run = if self.last == Some(c) { self.run + 1 } else { 1 };
        self.last = Some(c);
        if self.run > if c.is_alphabetic() { 2 } else { 3 } {
            return self.stretch(end);
        }
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            self.folded.push(byte);
            self.places.push((start, end));
        }
    }

    /// A character that is left out belongs to the one before it.
    fn stretch(&mut self, end: u32) {
        let Some((start, _)) = self.places.last().copied() else { return };
        for place in self.places.iter_mut().rev().take_while(|place| place.0 == start) {
            place.1 = end;
        }
    }
}

/// Bytes of the character that begins with `byte`.
fn width(byte: u8) -> usize {
    match byte {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

fn is_break(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// Changes nothing in a word: combining accents, joiners, variation and skin tone of emoji.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{ad}'
        | '\u{2060}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests;
