//! Lines of an input that need not fit in memory, one at a time.

use std::io::{self, BufRead, Read};

/// The longest line that is read, and the largest input of a format that is read as a whole.
pub(crate) const LIMIT: usize = 64 * 1024 * 1024;

/// One line, without its end.
pub(crate) enum Line {
    /// A line that fits.
    Fits(Vec<u8>),
    /// A line over [`LIMIT`], skipped to its end.
    TooLong,
}

/// The next line; `None` at the end of the input.
pub(crate) fn next_line(reader: &mut impl BufRead, limit: usize) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut too_long = false;
    let mut anything = false;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            break;
        }
        anything = true;
        let end = memchr(buffer);
        let piece = &buffer[..end.unwrap_or(buffer.len())];
        too_long |= line.len() + piece.len() > limit;
        if too_long {
            line = Vec::new();
        } else {
            line.extend_from_slice(piece);
        }
        let used = piece.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    if !anything {
        return Ok(None);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(if too_long { Line::TooLong } else { Line::Fits(line) }))
}

fn memchr(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|b| *b == b'\n')
}

/// The whole input; `None` when it is larger than `limit`.
pub(crate) fn read_whole(reader: &mut impl BufRead, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_over_the_limit_is_skipped_and_the_rest_goes_on() {
        let mut reader = io::BufReader::with_capacity(3, &b"abc\r\n0123456789\n\nlast"[..]);
        let mut seen = Vec::new();
        while let Some(line) = next_line(&mut reader, 5).unwrap() {
            seen.push(match line {
                Line::Fits(bytes) => String::from_utf8(bytes).unwrap(),
                Line::TooLong => "too long".to_owned(),
            });
        }
        assert_eq!(seen, ["abc", "too long", "", "last"]);
    }

    #[test]
    fn an_input_over_the_limit_is_not_held() {
        assert_eq!(read_whole(&mut &b"12345"[..], 5).unwrap().unwrap(), b"12345");
        assert!(read_whole(&mut &b"123456"[..], 5).unwrap().is_none());
    }
}
