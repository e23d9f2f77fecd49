//! Case and accents folded away, so that "Één" and "een" are one word.

/// Appends `word` in lower case, without accents and with one kind of apostrophe.
pub(crate) fn fold_into(out: &mut String, word: &str) {
    if word.is_ascii() {
        out.extend(word.bytes().map(|b| b.to_ascii_lowercase() as char));
        return;
    }
    for c in word.chars() {
        match c {
            '’' | '‘' | '`' | '´' | 'ʼ' => out.push('\''),
            'à'..='å' | 'À'..='Å' => out.push('a'),
            'ç' | 'Ç' => out.push('c'),
            'è'..='ë' | 'È'..='Ë' => out.push('e'),
            'ì'..='ï' | 'Ì'..='Ï' => out.push('i'),
            'ñ' | 'Ñ' => out.push('n'),
            'ò'..='ö' | 'Ò'..='Ö' => out.push('o'),
            'ù'..='ü' | 'Ù'..='Ü' => out.push('u'),
            'ß' => out.push_str("ss"),
            'œ' | 'Œ' => out.push_str("oe"),
            'ĳ' | 'Ĳ' => out.push_str("ij"),
            // Combining accents and marks that change nothing in the word.
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe0f}' | '\u{ad}' => {}
            other => out.extend(other.to_lowercase()),
        }
    }
}

/// `word` with every run of three or more equal letters cut to `keep` letters; `None` when there
/// is no such run.
pub(crate) fn squeeze(word: &str, keep: usize) -> Option<String> {
    let mut out = String::with_capacity(word.len());
    let mut squeezed = false;
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let run = rest.find(|other| other != c).unwrap_or(rest.len());
        let length = run / c.len_utf8();
        let kept = if length >= 3 && c.is_alphabetic() { keep } else { length };
        squeezed |= kept < length;
        out.extend(std::iter::repeat_n(c, kept));
        rest = &rest[run..];
    }
    squeezed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_apostrophes_are_one() {
        let mut out = String::new();
        fold_into(&mut out, "Één’s GEËRGERD");
        assert_eq!(out, "een's geergerd");
    }

    #[test]
    fn only_long_runs_are_squeezed() {
        assert_eq!(squeeze("heeeeel", 2).as_deref(), Some("heel"));
        assert_eq!(squeeze("zooooo", 1).as_deref(), Some("zo"));
        assert_eq!(squeeze("heel", 1), None);
    }
}
