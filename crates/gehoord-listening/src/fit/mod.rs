//! Fitting: what `gehoord learn` does for an organisation's own labels, and what makes the model
//! that ships.
//!
//! It is pure and seeded: the same conversations give the same model to the last bit. Words are
//! hashed ([`features`]), fitted in one linear step ([`solver`]), and weighed with what is known
//! besides in a second ([`fitting`]).

mod adapted;
pub(crate) mod asking;
mod blends;
pub(crate) mod codec;
pub(crate) mod examples;
pub(crate) mod features;
pub(crate) mod fitting;
pub(crate) mod heads;
pub(crate) mod known;
mod learn;
pub(crate) mod level;
pub mod measure;
mod network;
mod pieces;
pub(crate) mod sentences;
mod sheet;
mod shipped;
pub mod solver;
pub(crate) mod thresholds;
mod typed;

pub use adapted::AdaptedModel;
pub use codec::ModelFileError;
pub use fitting::Settings;
pub use heads::{Gold, GoldLabel, Head, Level, Shape};
pub use learn::{Figures, HeadResult, LearnError, Learned, learn};
pub use sheet::{HeadFigures, Sheet};
pub use shipped::{Labelled, Trained, train};
