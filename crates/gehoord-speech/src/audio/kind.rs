//! What a file of sound can be, and how that is seen.

use super::g711::Law;

/// A kind of file with sound in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A file that says itself what it is: WAV, MP3, FLAC, Ogg Vorbis, M4A.
    Container,
    /// G.711 bytes and nothing else: one channel, 8 kHz.
    Raw(Law),
    /// Opus in Ogg or WebM, which cannot be decoded.
    Opus,
}

/// What a file is by its first bytes (64 will do) or else by its name; `None` when it is no sound.
#[must_use]
pub fn kind_of(name: Option<&str>, head: &[u8]) -> Option<Kind> {
    let starts = |at: usize, what: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(what));
    if starts(0, b"OggS") {
        let opus = head.windows(8).any(|window| window == b"OpusHead");
        return Some(if opus { Kind::Opus } else { Kind::Container });
    }
    let riff = (starts(0, b"RIFF") || starts(0, b"RF64")) && starts(8, b"WAVE");
    if riff || starts(0, b"fLaC") || starts(0, b"ID3") || starts(4, b"ftyp") {
        return Some(Kind::Container);
    }
    let (_, extension) = name?.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "wav" | "wave" | "flac" | "ogg" | "oga" | "m4a" | "mp4" | "aac" | "mp3" => Kind::Container,
        "opus" | "webm" => Kind::Opus,
        "ulaw" | "mulaw" | "ul" | "pcmu" => Kind::Raw(Law::Mu),
        "alaw" | "al" | "pcma" => Kind::Raw(Law::A),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_told_from_text() {
        for (name, head, expected) in [
            ("x", &b"RIFF\0\0\0\0WAVEfmt "[..], Some(Kind::Container)),
            ("x.txt", b"fLaC", Some(Kind::Container)),
            ("x", b"\0\0\0\x20ftypM4A ", Some(Kind::Container)),
            ("x", b"OggS\0\x02.......OpusHead", Some(Kind::Opus)),
            ("x.mp3", b"\xFF\xFB", Some(Kind::Container)),
            ("x.ALAW", b"", Some(Kind::Raw(Law::A))),
            ("x.ulaw", b"Klant: hoi", Some(Kind::Raw(Law::Mu))),
            ("x.txt", b"Klant: hoi", None),
            ("x", b"RIFF\0\0\0\0AVI ", None),
        ] {
            assert_eq!(kind_of(Some(name), head), expected, "{name}");
        }
        assert_eq!(kind_of(None, b""), None);
    }
}
