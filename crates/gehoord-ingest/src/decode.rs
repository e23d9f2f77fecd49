//! Bytes of a text file to text: byte order marks, UTF-16, Windows-1252, line ends.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::item::Note;

/// A text and what had to be done to get it.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) note: Option<Note>,
}

/// The text of `bytes`, which need not be UTF-8. Never fails: what is no text in any way comes
/// out as replacement characters, and the note says so.
pub(crate) fn decode(bytes: Vec<u8>) -> Decoded {
    let (text, note) = characters(bytes);
    Decoded { text: unix_line_ends(text), note }
}

/// `input` as UTF-8: text in UTF-16 with a byte order mark is converted as it is read, all else is
/// handed on as it is.
///
/// # Errors
/// When the first bytes cannot be read.
pub fn utf8_reader<'i>(mut input: impl BufRead + 'i) -> io::Result<Box<dyn BufRead + 'i>> {
    let mut head = Vec::new();
    input.by_ref().take(2).read_to_end(&mut head)?;
    let encoding = match head[..] {
        [0xFF, 0xFE] => UTF_16LE,
        [0xFE, 0xFF] => UTF_16BE,
        _ => return Ok(Box::new(io::Cursor::new(head).chain(input))),
    };
    let decoder = encoding.new_decoder_without_bom_handling();
    let text = vec![0; 1 << 13];
    Ok(Box::new(Utf16 { input, decoder, text, ready: 0..0, done: false }))
}

/// A reader that converts.
struct Utf16<R> {
    input: R,
    decoder: Decoder,
    text: Vec<u8>,
    /// Where in `text` stands what is converted and not read yet.
    ready: Range<usize>,
    done: bool,
}

impl<R: BufRead> BufRead for Utf16<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.ready.is_empty() && !self.done {
            let bytes = self.input.fill_buf()?;
            let last = bytes.is_empty();
            let (result, used, written, _) =
                self.decoder.decode_to_utf8(bytes, &mut self.text, last);
            self.input.consume(used);
            self.done = last && result == CoderResult::InputEmpty;
            self.ready = 0..written;
        }
        Ok(&self.text[self.ready.clone()])
    }

    fn consume(&mut self, amount: usize) {
        self.ready.start += amount;
    }
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.fill_buf()?;
        let read = ready.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

/// The UTF-16 byte order of `bytes`, when they are UTF-16.
pub(crate) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    // Without a mark: text of the west has a zero in nearly every second byte.
    let (mut even, mut odd) = (0, 0);
    let head = &bytes[..bytes.len().min(512) & !1];
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let pairs = head.len() / 2;
    let most = |zeros: usize| pairs >= 4 && zeros * 10 > pairs * 7;
    match (most(even), most(odd)) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// Text that is UTF-8 already is not copied.
fn characters(mut bytes: Vec<u8>) -> (String, Option<Note>) {
    if let Some(encoding) = utf16(&bytes) {
        let (text, _) = encoding.decode_with_bom_removal(&bytes);
        let note = format!("the text was {}, not UTF-8, and was converted", encoding.name());
        return (text.into_owned(), Some(Note::converted(note)));
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, None),
        Err(error) => error.into_bytes(),
    };
    let (mut valid, mut invalid) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    if valid > invalid {
        let note = format!("{invalid} places that are not valid UTF-8 were replaced by '\u{FFFD}'");
        return (String::from_utf8_lossy(&bytes).into_owned(), Some(Note::converted(note)));
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    let note = "the text was not UTF-8 and was read as Windows-1252";
    (text.into_owned(), Some(Note::converted(note)))
}

/// Line ends of Windows and of old Macs as `\n`.
fn unix_line_ends(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_is_read() {
        let utf16: Vec<u8> =
            "\u{FEFF}Cliënt: hoi".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = "Cliënt: hoi".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let cases: [(&[u8], bool); 5] = [
            ("Cliënt: hoi".as_bytes(), false),
            ("\u{FEFF}Cliënt: hoi".as_bytes(), false),
            (b"Cli\xEBnt: hoi", true),
            (&utf16, true),
            (&utf16be, true),
        ];
        for (bytes, noted) in cases {
            let decoded = decode(bytes.to_vec());
            assert_eq!(decoded.text, "Cliënt: hoi");
            assert_eq!(decoded.note.is_some(), noted);
        }
    }

    #[test]
    fn utf16_with_a_mark_is_converted_as_it_is_read() {
        let long = "één 😀 ".repeat(5_000);
        let units = || "\u{FEFF}".encode_utf16().chain(long.encode_utf16());
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [&little[..], &big[..], long.as_bytes(), b"", b"a", b"\xFF\xFE"] {
            let wanted = if bytes.len() > 2 { long.as_str() } else { "a" };
            let wanted = if bytes == b"" || bytes == b"\xFF\xFE" { "" } else { wanted };
            let mut text = String::new();
            utf8_reader(io::BufReader::with_capacity(7, bytes))
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert!(text == wanted, "{}", bytes.len());
        }
    }

    #[test]
    fn one_broken_byte_does_not_spoil_the_rest() {
        let mut bytes = "één ënkele ïdee".as_bytes().to_vec();
        bytes.push(0xE9);
        let decoded = decode(bytes);
        assert_eq!(decoded.text, "één ënkele ïdee\u{FFFD}");
        assert!(decoded.note.unwrap().message.contains("replaced"));
    }

    #[test]
    fn line_ends_are_one_kind() {
        assert_eq!(decode(b"a\r\nb\rc\n".to_vec()).text, "a\nb\nc\n");
    }
}
