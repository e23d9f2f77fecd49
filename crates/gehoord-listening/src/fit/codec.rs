//! Reading and writing model files: little-endian, checked at every step.

/// A model file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelFileError {
    /// It does not begin as a model file does.
    #[error("this is no gehoord model (it does not begin with '{}')", std::str::from_utf8(MAGIC).unwrap_or_default())]
    NoModel,
    /// It was made by another version.
    #[error(
        "this model has format {found}, this version reads format {expected}; learn it again with 'gehoord learn'"
    )]
    OtherFormat {
        /// Its format.
        found: u32,
        /// The one that is read.
        expected: u32,
    },
    /// It ends too early or holds something impossible.
    #[error("the model file is damaged at byte {at}")]
    Damaged {
        /// Where.
        at: usize,
    },
}

/// First bytes of a model file.
const MAGIC: &[u8; 8] = b"gehoord\0";

/// Number of the format of what fitting writes.
pub(crate) const FITTED: u32 = 2;

/// Longest list in a model file.
const LONGEST: usize = 1 << 26;

pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// A file that begins as every model file does.
    pub(crate) fn new() -> Self {
        let mut out = Self(MAGIC.to_vec());
        out.number(FITTED as usize);
        out
    }

    /// The whole file.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn number(&mut self, n: usize) {
        self.0.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
    }

    pub(crate) fn float(&mut self, f: f32) {
        self.0.extend(f.to_le_bytes());
    }

    pub(crate) fn floats(&mut self, floats: &[f32]) {
        self.number(floats.len());
        floats.iter().for_each(|f| self.float(*f));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend(bytes);
    }
}

pub(crate) struct Reader<'f> {
    file: &'f [u8],
    at: usize,
}

impl<'f> Reader<'f> {
    /// Reads on behind the beginning of a model file of this format.
    pub(crate) fn new(file: &'f [u8], expected: u32) -> Result<Self, ModelFileError> {
        let mut reader = Self { file, at: 0 };
        if reader.take(MAGIC.len()).ok() != Some(MAGIC) {
            return Err(ModelFileError::NoModel);
        }
        let found = reader.number()? as u32;
        if found != expected {
            return Err(ModelFileError::OtherFormat { found, expected });
        }
        Ok(reader)
    }

    pub(crate) fn damaged<T>(&self) -> Result<T, ModelFileError> {
        Err(ModelFileError::Damaged { at: self.at })
    }

    fn take(&mut self, n: usize) -> Result<&'f [u8], ModelFileError> {
        let taken = self.at.checked_add(n).and_then(|end| self.file.get(self.at..end));
        let Some(taken) = taken else { return self.damaged() };
        self.at += n;
        Ok(taken)
    }

    pub(crate) fn number(&mut self) -> Result<usize, ModelFileError> {
        let bytes = self.take(4)?;
        let number = u32::from_le_bytes(bytes.try_into().unwrap_or_default()) as usize;
        if number > LONGEST { self.damaged() } else { Ok(number) }
    }

    pub(crate) fn float(&mut self) -> Result<f32, ModelFileError> {
        let bytes = self.take(4)?;
        let float = f32::from_le_bytes(bytes.try_into().unwrap_or_default());
        if float.is_finite() { Ok(float) } else { self.damaged() }
    }

    pub(crate) fn floats(&mut self) -> Result<Vec<f32>, ModelFileError> {
        let n = self.number()?;
        if n > self.file.len() / 4 {
            return self.damaged();
        }
        (0..n).map(|_| self.float()).collect()
    }

    pub(crate) fn text(&mut self) -> Result<String, ModelFileError> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map(str::to_owned).or_else(|_| self.damaged())
    }

    pub(crate) fn bytes(&mut self) -> Result<&'f [u8], ModelFileError> {
        let n = self.number()?;
        self.take(n)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at == self.file.len()
    }
}
