//! The weights of the model of names.

use std::borrow::Cow;

/// One signed byte a cell, in sixteenths of a logit; as many cells as a power of two.
#[derive(Debug, Clone)]
pub(crate) struct Weights(Cow<'static, [u8]>);

static SHIPPED: &[u8] = include_bytes!("../../../pseudonym/names.bin");

/// How many cells a model has.
pub(super) const CELLS: usize = 1 << 16;

impl Weights {
    /// The ones that ship.
    pub(crate) const fn embedded() -> Self {
        Self(Cow::Borrowed(SHIPPED))
    }

    /// None: every word has a score of 0.
    pub(crate) const fn none() -> Self {
        Self(Cow::Borrowed(&[]))
    }

    /// Freshly fitted ones. `None` when there are not as many as a model has.
    pub(crate) fn new(cells: Vec<u8>) -> Option<Self> {
        (cells.len() == CELLS).then_some(Self(Cow::Owned(cells)))
    }

    /// How much hashed features say for a name, in sixteenths of a logit.
    pub(super) fn score(&self, features: &[u32]) -> i32 {
        let weight = |f: &u32| self.0.get(*f as usize % CELLS).map_or(0, |w| w.cast_signed());
        features.iter().map(|f| i32::from(weight(f))).sum()
    }
}
