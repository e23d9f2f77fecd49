//! Whether bytes are a model that can be used, before anything is made of them.

/// The sign with which a file of ggml begins.
const MAGIC: u32 = 0x6767_6d6c;
/// What other files with models begin with, and what they are.
const OTHERS: [(&[u8], &str); 4] = [
    (b"GGUF", "a GGUF file, as llama.cpp reads it"),
    (b"PK\x03\x04", "a zip file, such as a checkpoint of PyTorch"),
    (b"\x80", "a pickle of Python"),
    (b"{", "JSON"),
];
/// Multilingual models have so many tokens, or more.
const MULTILINGUAL: u32 = 51_865;

/// Why a file is no model for speech to text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// It is something else.
    #[error(
        "this is no Whisper model in the form of ggml (it is {0}); scripts/speech-model gets one"
    )]
    Other(String),
    /// It ends too early.
    #[error("the model is cut off: it ends within {within}, after {bytes} bytes; get it again")]
    CutOff {
        /// What it ends within.
        within: String,
        /// Bytes that there are.
        bytes: usize,
    },
    /// What reads it says no.
    #[error("the model cannot be used: {0}")]
    Refused(String),
}

/// What the head of a model tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelSize {
    /// Whether it knows other languages than English.
    pub multilingual: bool,
    /// Layers that listen.
    pub audio_layers: u32,
    /// Layers that write.
    pub text_layers: u32,
}

impl ModelSize {
    /// What the family calls a model of this size, such as `base`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match (self.audio_layers, self.text_layers) {
            (4, _) => "tiny",
            (6, _) => "base",
            (12, _) => "small",
            (24, _) => "medium",
            (32, 4) => "large-turbo",
            (32, _) => "large",
            _ => "of a size of its own",
        }
    }

    /// Looks whether a model is whole, and what it is.
    ///
    /// # Errors
    /// When it is something else, or ends too early.
    pub fn of(model: &[u8]) -> Result<Self, ModelError> {
        if model.is_empty() {
            return Err(ModelError::Other("empty".to_owned()));
        }
        let mut rest = Bytes { all: model, at: 0 };
        if rest.number("its head") != Ok(MAGIC) {
            let other = OTHERS.iter().find(|(begins, _)| model.starts_with(begins));
            let what = other.map_or("something else", |(_, what)| *what);
            return Err(ModelError::Other(what.to_owned()));
        }
        let mut head = [0; 11];
        for number in &mut head {
            *number = rest.number("its head")?;
        }
        let [tokens, _, _, _, audio_layers, _, _, _, text_layers, ..] = head;
        if !(50_000..100_000).contains(&tokens) || audio_layers > 128 || text_layers > 128 {
            return Err(ModelError::Other("another model in the form of ggml".to_owned()));
        }
        let (bands, width) = (rest.number("its filters")?, rest.number("its filters")?);
        let filters = u64::from(bands).saturating_mul(width.into()).saturating_mul(4);
        rest.skip(filters, "its filters")?;
        for _ in 0..rest.number("its vocabulary")? {
            let length = rest.number("its vocabulary")?;
            rest.skip(length.into(), "its vocabulary")?;
        }
        while rest.at < model.len() {
            if !tensor(&mut rest)? {
                break;
            }
        }
        Ok(Self { multilingual: tokens >= MULTILINGUAL, audio_layers, text_layers })
    }
}

/// Passes over a tensor; false where its kind is not known here, so that nothing more can be told.
fn tensor(rest: &mut Bytes<'_>) -> Result<bool, ModelError> {
    const WITHIN: &str = "its weights";
    let (sides, name) = (rest.number(WITHIN)?, rest.number(WITHIN)?);
    let kind = rest.number(WITHIN)?;
    if sides > 4 || name > 256 {
        return Err(ModelError::Refused("its weights are damaged; get it again".to_owned()));
    }
    let mut numbers = 1_u64;
    for _ in 0..sides {
        numbers = numbers.saturating_mul(rest.number(WITHIN)?.into());
    }
    let start = rest.at;
    rest.skip(name.into(), WITHIN)?;
    let name = String::from_utf8_lossy(&rest.all[start..rest.at]).into_owned();
    // Numbers in a block, and its bytes.
    let (block, bytes) = match kind {
        0 => (1, 4),
        1 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        _ => return Ok(false),
    };
    rest.skip((numbers / block).saturating_mul(bytes), &name)?;
    Ok(true)
}

struct Bytes<'m> {
    all: &'m [u8],
    at: usize,
}

impl Bytes<'_> {
    fn number(&mut self, within: &str) -> Result<u32, ModelError> {
        let start = self.at;
        self.skip(4, within)?;
        let bytes = self.all[start..self.at].try_into().unwrap_or_default();
        Ok(u32::from_le_bytes(bytes))
    }

    fn skip(&mut self, bytes: u64, within: &str) -> Result<(), ModelError> {
        let end = usize::try_from(bytes).ok().and_then(|bytes| self.at.checked_add(bytes));
        match end.filter(|end| *end <= self.all.len()) {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => Err(ModelError::CutOff { within: within.to_owned(), bytes: self.all.len() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut numbers = |list: &[u32]| {
            list.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        };
        numbers(&[MAGIC, 51_865, 1_500, 512, 8, 6, 448, 512, 8, 6, 80, 1]);
        // A filter of one, a word of three bytes, a tensor of two by three.
        numbers(&[1, 1, 0, 1, 3]);
        bytes.extend_from_slice(b"abc");
        for number in [2_u32, 4, 1, 2, 3] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(b"name");
        bytes.extend_from_slice(&[0; 12]);
        bytes
    }

    #[test]
    fn a_whole_model_says_what_it_is() {
        let size = ModelSize::of(&model()).unwrap();
        assert_eq!((size.name(), size.multilingual), ("base", true));
    }

    #[test]
    fn a_model_that_ends_anywhere_too_early_is_told() {
        let whole = model();
        for end in 0..whole.len() {
            let error = ModelSize::of(&whole[..end]).err();
            // What stands before its first tensor is a model without any, which whisper.cpp refuses.
            let before_weights = end == whole.len() - 36;
            assert_eq!(error.is_some(), !before_weights, "{end}: {error:?}");
        }
        let error = ModelSize::of(&whole[..whole.len() - 1]).unwrap_err().to_string();
        assert!(error.contains("within name") && error.contains("get it again"), "{error}");
    }

    #[test]
    fn other_files_are_told_apart() {
        for (bytes, what) in [
            (&b"GGUF\x03\0\0\0rest"[..], "llama.cpp"),
            (b"PK\x03\x04rest", "PyTorch"),
            (b"{\"a\": 1}", "JSON"),
            (b"", "empty"),
            (b"Klant: hoi", "something else"),
        ] {
            let error = ModelSize::of(bytes).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains("scripts/speech-model"), "{error}");
        }
        let mut other = model();
        other[4..8].copy_from_slice(&32_000_u32.to_le_bytes());
        assert!(matches!(ModelSize::of(&other), Err(ModelError::Other(_))));
    }
}
