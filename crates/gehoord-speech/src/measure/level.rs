//! How loud.

/// The quietest level there is.
pub const SILENCE_DB: f32 = -96.0;

/// Power of the sound around its mean, in decibels relative to the loudest sound there can be
/// (a full square wave is 0 dB); −96 at least.
#[must_use]
pub fn level_db(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return SILENCE_DB;
    }
    let n = samples.len() as f32;
    let mean = samples.iter().sum::<f32>() / n;
    let power = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / n;
    (10.0 * power.max(1e-12).log10()).max(SILENCE_DB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_as_loud_is_six_decibels_less() {
        let square = |a: f32| [a, -a, a, -a];
        assert_eq!(level_db(&square(1.0)), 0.0);
        assert!((level_db(&square(0.5)) + 6.02).abs() < 0.01);
        assert_eq!(level_db(&[0.3; 8]), SILENCE_DB);
        assert_eq!(level_db(&[]), SILENCE_DB);
    }
}
