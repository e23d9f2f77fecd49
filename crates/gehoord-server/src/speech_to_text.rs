//! Speech to text on a server: which model is in force, and what is known of its file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gehoord_speech::transcribe::{ModelSize, Transcriber};
use gehoord_store::hex;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// Whether what is said in recordings is written out here.
#[derive(Clone, Default)]
pub enum SpeechToText {
    /// This program was built without it; a model may have been named all the same.
    NotBuilt(Option<PathBuf>),
    /// Nobody named a model.
    #[default]
    Off,
    /// The file that was named cannot be used.
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, and what to do.
        why: String,
    },
    /// A model is in force.
    On(Arc<SpeechModel>),
}

/// Why nothing is written out in a program without it, and what to do.
pub const NOT_BUILT: &str = "this gehoord was built without speech to text; build it with 'cargo build \
                             --release --features whisper' (cmake and a C++ compiler are needed)";

impl SpeechToText {
    /// Why a model that was named writes nothing out, and what to do.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        match self {
            Self::NotBuilt(Some(_)) => Some(NOT_BUILT),
            Self::Broken { why, .. } => Some(why),
            _ => None,
        }
    }

    /// The model that is in force.
    pub(crate) fn model(&self) -> Option<&Arc<SpeechModel>> {
        match self {
            Self::On(model) => Some(model),
            _ => None,
        }
    }
}

/// A model that writes out speech.
pub struct SpeechModel {
    transcriber: Arc<dyn Transcriber>,
    /// Its file.
    pub(crate) file: PathBuf,
    /// Size of its file.
    pub(crate) bytes: u64,
    /// What its head tells.
    pub(crate) size: Option<ModelSize>,
    prints: Arc<OnceLock<Prints>>,
}

/// By what a file is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prints {
    pub(crate) sha256: String,
    pub(crate) known: Option<Known>,
}

/// A model that somebody published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// What its publisher calls it, such as `large-v3-turbo`.
    pub(crate) name: &'static str,
    pub(crate) by: Publisher,
}

/// Where a model comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publisher {
    /// It is on the list of whisper.cpp.
    WhisperCpp,
    /// `scripts/speech-model` made it.
    Script,
}

/// Licence of Whisper's weights, as OpenAI says in its README ("Whisper's code and model weights are
/// released under the MIT License").
pub(crate) const LICENCE: &str = "MIT";

/// Models of whisper.cpp with size and SHA-1, as its `models/README.md` lists them (commit 41e789e).
/// The one whose weights are not OpenAI's is left out.
pub(crate) const PUBLISHED: [(&str, &str, &str); 15] = [
    ("tiny", "75 MiB", "bd577a113a864445d4c299885e0cb97d4ba92b5f"),
    ("tiny.en", "75 MiB", "c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
    ("base", "142 MiB", "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
    ("base.en", "142 MiB", "137c40403d78fd54d454da0f9bd998f78703390c"),
    ("small", "466 MiB", "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
    ("small.en", "466 MiB", "db8a495a91d927739e50b3fc1cc4c6b8f6c2d022"),
    ("medium", "1.5 GiB", "fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
    ("medium.en", "1.5 GiB", "8c30f0e44ce9560643ebd10bbe50cd20eafd3723"),
    ("large-v1", "2.9 GiB", "b1caaf735c4cc1429223d5a74f0f4d0b9b59a299"),
    ("large-v2", "2.9 GiB", "0f4c8e34f21cf1a914c59d8b3ce882345ad349d6"),
    ("large-v2-q5_0", "1.1 GiB", "00e39f2196344e901b3a2bd5814807a769bd1630"),
    ("large-v3", "2.9 GiB", "ad82bf6a9043ceed055076d0fd39f5f186ff8062"),
    ("large-v3-q5_0", "1.1 GiB", "e6e2ed78495d403bef4b7cff42ef4aaadcfea8de"),
    ("large-v3-turbo", "1.5 GiB", "4af2b29d7ec73d781377bfd1758ca957a807e941"),
    ("large-v3-turbo-q5_0", "547 MiB", "e050f7970618a659205450ad97eb95a18d69c9ee"),
];
/// What `scripts/speech-model` makes, by its SHA-256 (`scripts/speech_model.py` checks it).
pub(crate) const MADE: (&str, &str) =
    ("base", "370ee19ab783abef64918cb61441582fd4969663873ad55c6aa551054d8feb08");

impl SpeechModel {
    /// What `transcriber` made of the bytes of a file. By what the file is known is found out in the
    /// background: it takes seconds for a large one.
    #[must_use]
    pub fn new(
        transcriber: Arc<dyn Transcriber>,
        file: &Path,
        model: Vec<u8>,
        size: Option<ModelSize>,
    ) -> Self {
        let bytes = model.len() as u64;
        let prints = Arc::new(OnceLock::new());
        let later = Arc::clone(&prints);
        std::thread::spawn(move || later.set(Prints::of(&model)));
        Self { transcriber, file: file.to_owned(), bytes, size, prints }
    }

    /// What writes out.
    pub(crate) fn transcriber(&self) -> &dyn Transcriber {
        &*self.transcriber
    }

    /// By what its file is known; none while that is found out.
    pub(crate) fn prints(&self) -> Option<&Prints> {
        self.prints.get()
    }

    /// SHA-256 of its file; waits until it is known.
    pub(crate) fn sha256(&self) -> &str {
        &self.prints.wait().sha256
    }
}

impl Prints {
    fn of(model: &[u8]) -> Self {
        let [mut sha1, mut sha256] = [&SHA1_FOR_LEGACY_USE_ONLY, &SHA256].map(Context::new);
        for piece in model.chunks(1 << 20) {
            sha1.update(piece);
            sha256.update(piece);
        }
        let [sha1, sha256] = [sha1, sha256].map(|digest| hex(digest.finish().as_ref()));
        let published = PUBLISHED.iter().find(|(.., print)| *print == sha1);
        let published = published.map(|(name, ..)| Known { name, by: Publisher::WhisperCpp });
        let made = || (sha256 == MADE.1).then_some(Known { name: MADE.0, by: Publisher::Script });
        Self { known: published.or_else(made), sha256 }
    }
}

#[cfg(test)]
mod tests {
    use gehoord_speech::transcribe::Scripted;

    use super::*;

    #[test]
    fn a_file_is_known_by_its_sha256_and_what_nobody_published_has_no_name() {
        let model = b"abc".to_vec();
        let model =
            SpeechModel::new(Arc::new(Scripted::default()), Path::new("/m/x.bin"), model, None);
        // FIPS 180-4, the example of one block.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(model.sha256(), expected);
        assert_eq!((model.prints().unwrap().known, model.bytes), (None, 3));
    }

    #[test]
    fn what_was_published_is_told_by_whole_prints_of_which_no_two_are_the_same() {
        let mut prints: Vec<&str> = PUBLISHED.iter().map(|(.., print)| *print).collect();
        assert!(prints.iter().all(|print| print.len() == 40), "SHA-1");
        prints.sort_unstable();
        prints.dedup();
        assert_eq!((prints.len(), MADE.1.len()), (PUBLISHED.len(), 64));
        let script = include_str!("../../../scripts/speech_model.py");
        assert!(script.contains(MADE.1), "what the script makes");
    }
}
