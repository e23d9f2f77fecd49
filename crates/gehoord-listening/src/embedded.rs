//! The packs, cultures and rubrics that ship inside the binary.

use gehoord_conversation::Language;

use crate::cue::PackFile;
use crate::deep::Deep;
use crate::fit::ModelFileError;
use crate::model::Model;
use crate::vectors::{Vectors, VectorsError};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Pack files of one language.
pub(crate) fn pack_files(language: Language) -> Vec<PackFile<'static>> {
    let folder = format!("packs/{language}/");
    FILES
        .iter()
        .filter_map(|(path, contents)| {
            path.strip_prefix(folder.as_str()).map(|path| PackFile { path, contents })
        })
        .collect()
}

/// The table of word vectors that ships.
pub(crate) fn vectors() -> Result<Vectors, VectorsError> {
    Vectors::parse(include_bytes!("../models/vectors.bin"))
}

/// The learned model that ships.
pub(crate) fn model() -> Result<Model, ModelFileError> {
    Model::parse(include_bytes!("../models/words.bin"))
}

/// The deep tier that ships.
pub(crate) fn deep() -> Deep {
    Deep::new(include_bytes!("../models/deep.bin"))
}

/// The file at `path`, such as `rubrics/default.toml`.
pub(crate) fn file(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(p, _)| *p == path).map(|(_, contents)| *contents)
}

/// All culture profiles: locale and contents.
pub(crate) fn cultures() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(|(path, contents)| {
        Some((path.strip_prefix("cultures/")?.strip_suffix(".toml")?, *contents))
    })
}

/// Every cue file that ships: its path (`nl/cues/anger/insult.toml`) and contents, for the
/// handbook.
pub(crate) fn cue_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(|(path, contents)| {
        let path = path.strip_prefix("packs/")?;
        path.contains("/cues/").then_some((path, *contents))
    })
}

/// The sources that cues name, as the TOML that ships.
#[must_use]
pub(crate) fn sources() -> &'static str {
    file("packs/sources.toml").unwrap_or_default()
}
