//! The head of a WAV file.

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Sixteen bits, at the rate they have.
    Pcm,
    /// As over a telephone line: 8 kHz and the µ-law.
    MuLaw,
}

/// The bytes before the samples, which follow one of each channel at a time.
#[must_use]
pub fn head(form: Form, channels: u16, rate: u32, frames: u32) -> Vec<u8> {
    // What is not PCM says at the end of its head that nothing more follows.
    let (tag, bytes, head) = match form {
        Form::Pcm => (1_u16, 2_u16, 16_u32),
        Form::MuLaw => (7, 1, 18),
    };
    let size = frames * u32::from(channels * bytes);
    let mut out = Vec::with_capacity(46 + size as usize);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(20 + head + size).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    out.extend_from_slice(&head.to_le_bytes());
    for word in [tag, channels] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.extend_from_slice(&rate.to_le_bytes());
    out.extend_from_slice(&(rate * u32::from(channels * bytes)).to_le_bytes());
    for word in [channels * bytes, bytes * 8] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.resize(20 + head as usize, 0);
    out.extend_from_slice(b"data");
    out.extend_from_slice(&size.to_le_bytes());
    out
}
