//! Calls as bytes of a WAV file.

use super::call::Made;
use crate::audio::g711::Law;
use crate::audio::resample::Resampler;
pub use crate::audio::wav::Form;
use crate::audio::wav::head;

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
    let frames = channels.iter().map(|channel| channel.len()).min().unwrap_or_default();
    let mut out = head(form, channels.len() as u16, rate, frames as u32);
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
