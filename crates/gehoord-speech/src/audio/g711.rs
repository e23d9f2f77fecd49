//! G.711: eight bits a sample, as on telephone lines (ITU-T G.711).

/// The two laws of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// µ-law, North America and Japan, and most telephony over the internet.
    Mu,
    /// A-law, Europe.
    A,
}

impl Law {
    /// One sample, −1 to 1.
    #[must_use]
    pub fn decode(self, byte: u8) -> f32 {
        let table = match self {
            Self::Mu => &MU,
            Self::A => &A,
        };
        f32::from(table[usize::from(byte)]) / 32768.0
    }

    /// The nearest byte for a sample of −1 to 1.
    #[must_use]
    pub fn encode(self, sample: f32) -> u8 {
        // `as` saturates, so that what is out of range becomes the loudest there is.
        let wanted = (sample.clamp(-1.0, 1.0) * 32768.0) as i16;
        match self {
            Self::Mu => encode_mu(wanted),
            Self::A => encode_a(wanted),
        }
    }
}

static MU: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = !(i as u8);
        let magnitude = ((((byte & 0x0F) as i16) << 3) + 0x84) << ((byte & 0x70) >> 4);
        table[i] = if byte & 0x80 != 0 { 0x84 - magnitude } else { magnitude - 0x84 };
        i += 1;
    }
    table
};

static A: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = (i as u8) ^ 0x55;
        let mantissa = ((byte & 0x0F) as i16) << 4;
        let segment = (byte & 0x70) >> 4;
        let magnitude = match segment {
            0 => mantissa + 8,
            _ => (mantissa + 0x108) << (segment - 1),
        };
        table[i] = if byte & 0x80 != 0 { magnitude } else { -magnitude };
        i += 1;
    }
    table
};

fn encode_mu(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(32_635) + 0x84;
    let segment = (24 - magnitude.leading_zeros()).min(7);
    let mantissa = (magnitude >> (segment + 3)) & 0x0F;
    !(sign | (segment << 4) as u8 | mantissa as u8)
}

fn encode_a(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = i32::from(sample).abs().min(32_767) >> 4;
    let byte = match magnitude {
        ..32 => magnitude,
        _ => {
            let segment = 27 - magnitude.leading_zeros() as i32;
            ((segment + 1) << 4) | ((magnitude >> segment) & 0x0F)
        }
    };
    (sign | byte as u8) ^ 0x55
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the standard: loudest, quietest and zero.
    #[test]
    fn the_tables_are_those_of_the_standard() {
        for (byte, value) in [(0x00, -32_124), (0x80, 32_124), (0x7F, 0), (0xFF, 0), (0xFE, 8)] {
            assert_eq!(MU[byte], value, "{byte:#x}");
        }
        for (byte, value) in [(0xAA, 32_256), (0x2A, -32_256), (0xD5, 8), (0x55, -8)] {
            assert_eq!(A[byte], value, "{byte:#x}");
        }
    }

    #[test]
    fn every_byte_comes_back_and_every_sample_is_near() {
        for law in [Law::Mu, Law::A] {
            for byte in 0..=255_u8 {
                let sample = law.decode(byte);
                assert_eq!(law.decode(law.encode(sample)), sample, "{law:?} {byte:#x}");
            }
            for step in -1000..=1000_i16 {
                let sample = f32::from(step) / 1000.0;
                let error = (law.decode(law.encode(sample)) - sample).abs();
                assert!(error <= sample.abs() * 0.035 + 0.001, "{law:?} {sample} {error}");
            }
        }
        assert_eq!(Law::Mu.decode(Law::Mu.encode(f32::NAN)), 0.0);
    }
}
