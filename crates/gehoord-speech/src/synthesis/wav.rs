//! Calls as bytes of a WAV file.

use super::call::Made;
use crate::audio::g711::Law;
use crate::audio::resample::Resampler;

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Sixteen bits, at the rate they have.
    Pcm,
    /// As over a telephone line: 8 kHz and the µ-law.
    MuLaw,
}

impl Made {
    /// The same call over a telephone line: 8 kHz, through the µ-law.
    #[must_use]
    pub fn over_the_line(&self) -> Self {
        let over = |samples: &Vec<f32>| {
            let mut resampler = Resampler::new(self.rate, 8_000);
            let mut out = Vec::new();
            resampler.push(samples, &mut out);
            resampler.finish(&mut out);
            out.iter_mut().for_each(|x| *x = Law::Mu.decode(Law::Mu.encode(*x)));
            out
        };
        let channels = self.channels.iter().map(over).collect();
        Self { rate: 8_000, channels, pitch: self.pitch.clone() }
    }
}

/// Writes channels of one length as a WAV file.
#[must_use]
pub fn wav(channels: &[&[f32]], rate: u32, form: Form) -> Vec<u8> {
    // What is not PCM says at the end of its head that nothing more follows.
    let (tag, bytes, head) = match form {
        Form::Pcm => (1_u16, 2_u16, 16_u32),
        Form::MuLaw => (7, 1, 18),
    };
    let count = channels.len() as u16;
    let frames = channels.iter().map(|channel| channel.len()).min().unwrap_or_default();
    let size = frames as u32 * u32::from(count * bytes);
    let mut out = Vec::with_capacity(44 + size as usize);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(20 + head + size).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    out.extend_from_slice(&head.to_le_bytes());
    for word in [tag, count] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.extend_from_slice(&rate.to_le_bytes());
    out.extend_from_slice(&(rate * u32::from(count * bytes)).to_le_bytes());
    for word in [count * bytes, bytes * 8] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out.resize(20 + head as usize, 0);
    out.extend_from_slice(b"data");
    out.extend_from_slice(&size.to_le_bytes());
    for i in 0..frames {
        for channel in channels {
            match form {
                Form::Pcm => {
                    let sample = (channel[i].clamp(-1.0, 1.0) * 32_767.0) as i16;
                    out.extend_from_slice(&sample.to_le_bytes());
                }
                Form::MuLaw => out.push(Law::Mu.encode(channel[i])),
            }
        }
    }
    out
}
