//! The table of words that `scripts/names.py` makes: names, places, firms, ordinary words.

use gehoord_conversation::Language;

/// What is known about a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Known(u16);

impl Known {
    /// A first name somewhere in the world.
    pub(crate) const FIRST: u16 = 16;
    /// A last name.
    pub(crate) const LAST: u16 = 32;
    /// A town, region or country.
    pub(crate) const PLACE: u16 = 64;
    /// A firm or brand.
    pub(crate) const FIRM: u16 = 128;
    /// A name that is usual where gehoord is used first.
    pub(crate) const NEAR: u16 = 256;
    /// One of the few hundred commonest words of a language.
    pub(crate) const STOP: u16 = 512;
    /// A street of the Netherlands or Belgium whose name has no usual ending.
    pub(crate) const STREET: u16 = 1024;

    /// All of them.
    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    /// Whether all of `bits` hold.
    pub(crate) const fn is(self, bits: u16) -> bool {
        self.0 & bits == bits
    }

    /// Whether the word is a first or a last name.
    pub(crate) const fn name(self) -> bool {
        self.0 & (Self::FIRST | Self::LAST) != 0
    }

    /// Whether the word is an ordinary one in `language`.
    pub(crate) const fn ordinary(self, language: Language) -> bool {
        self.0 & language_bit(language) != 0
    }

    /// Whether the word is an ordinary one in any language.
    pub(crate) const fn ordinary_anywhere(self) -> bool {
        self.0 & 15 != 0
    }

    /// Whether nothing is known about the word.
    pub(crate) const fn nothing(self) -> bool {
        self.0 & !Self::STREET == 0
    }
}

const fn language_bit(language: Language) -> u16 {
    match language {
        Language::Nl => 1,
        Language::En => 2,
        Language::De => 4,
        Language::Fr => 8,
    }
}

/// A sorted, front-coded list in blocks of sixteen words.
///
/// Three counts (kinds, blocks, words), the kinds (u16 each), where each block starts (u32 each), then
/// the words: bytes shared with the word before, bytes that follow, kind, and those bytes. All
/// numbers are little-endian.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    kinds: &'static [u8],
    starts: &'static [u8],
    body: &'static [u8],
    blocks: usize,
}

const BLOCK: usize = 16;
/// How much each run of letters says for a name, in sixteenths of a logit.
static LETTERS: &[u8] = include_bytes!("../../pseudonym/letters.bin");
static TABLE: &[u8] = include_bytes!("../../pseudonym/words.bin");

impl Words {
    pub(crate) fn embedded() -> Self {
        let count = |at: usize| number(TABLE, at).unwrap_or(0);
        let (kinds, blocks) = (count(0), count(4));
        let (from, to) = (12 + 2 * kinds, 12 + 2 * kinds + 4 * blocks);
        Self {
            kinds: TABLE.get(12..from).unwrap_or(&[]),
            starts: TABLE.get(from..to).unwrap_or(&[]),
            body: TABLE.get(to..).unwrap_or(&[]),
            blocks,
        }
    }

    /// What is known about a folded word.
    pub(crate) fn get(&self, word: &str) -> Known {
        self.find(word.as_bytes()).unwrap_or_default()
    }

    /// How much the letters of a word say that it is a name: a logit, positive for names. Above 1.5
    /// about nine in ten words are names where names and other words are equally common.
    pub(crate) fn likeness(word: &str) -> f32 {
        let marked = format!("^{word}$");
        let bytes = marked.as_bytes();
        let sum: i32 = (2..=4)
            .flat_map(|length| bytes.windows(length))
            .map(|run| LETTERS.get(cell(run)).map_or(0, |w| i32::from(w.cast_signed())))
            .sum();
        sum as f32 / 16.0
    }

    /// Every word, in order, with what is known about it.
    pub(crate) fn each(&self, mut each: impl FnMut(&str, Known)) {
        let mut word = Vec::new();
        let mut rest = self.body;
        while let [shared, length, kind, more @ ..] = rest {
            let length = usize::from(*length).min(more.len());
            word.truncate(usize::from(*shared));
            word.extend_from_slice(&more[..length]);
            let place = 2 * usize::from(*kind);
            let bits = self.kinds.get(place..place + 2).and_then(|b| b.try_into().ok());
            if let (Ok(word), Some(bits)) = (std::str::from_utf8(&word), bits) {
                each(word, Known(u16::from_le_bytes(bits)));
            }
            rest = &more[length..];
        }
    }

    fn find(&self, word: &[u8]) -> Option<Known> {
        let (mut low, mut high) = (0, self.blocks);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.head(middle)? <= word { low = middle + 1 } else { high = middle }
        }
        let mut at = number(self.starts, 4 * low.checked_sub(1)?)?;
        // How many bytes of `word` the entry before this one shares with it.
        let mut matched = 0;
        for _ in 0..BLOCK {
            let [shared, length, kind] = *self.body.get(at..at + 3)? else { return None };
            let (shared, length) = (usize::from(shared), usize::from(length));
            let suffix = self.body.get(at + 3..at + 3 + length)?;
            at += 3 + length;
            if shared < matched {
                return None;
            }
            if shared == matched {
                let rest = word.get(matched..)?;
                if rest == suffix {
                    let place = 2 * usize::from(kind);
                    let bits = self.kinds.get(place..place + 2)?;
                    return Some(Known(u16::from_le_bytes(bits.try_into().ok()?)));
                }
                matched += rest.iter().zip(suffix).take_while(|(a, b)| a == b).count();
            }
        }
        None
    }

    /// The first word of a block, which is written out.
    fn head(&self, block: usize) -> Option<&'static [u8]> {
        let at = number(self.starts, 4 * block)?;
        let length = usize::from(*self.body.get(at + 1)?);
        self.body.get(at + 3..at + 3 + length)
    }
}

/// FNV-1a, folded onto the table of letters.
fn cell(run: &[u8]) -> usize {
    let hash = run
        .iter()
        .fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 15)) as usize % LETTERS.len()
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

/// Appends `word` in lower case, without accents and with one kind of apostrophe: as
/// `scripts/names.py` folds the words of the table.
pub(crate) fn fold_into(out: &mut String, word: &str) {
    if word.is_ascii() {
        out.extend(
            word.bytes().map(|b| if b == b'`' { '\'' } else { b.to_ascii_lowercase() as char }),
        );
        return;
    }
    for c in word.chars().flat_map(char::to_lowercase) {
        out.push_str(match c {
            '’' | '‘' | '`' | '´' => "'",
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ'..='ặ' => "a",
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
            'ď' | 'đ' | 'ð' => "d",
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ'..='ệ' => "e",
            'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'ǧ' => "g",
            'ĥ' | 'ħ' => "h",
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ỉ' | 'ị' => "i",
            'ĵ' => "j",
            'ķ' => "k",
            'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
            'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' => "n",
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ọ'..='ợ' => "o",
            'ŕ' | 'ŗ' | 'ř' => "r",
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
            'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ụ'..='ự' => "u",
            'ŵ' => "w",
            'ý' | 'ÿ' | 'ŷ' | 'ỳ'..='ỹ' => "y",
            'ź' | 'ż' | 'ž' => "z",
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'þ' => "th",
            'ĳ' => "ij",
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe0f}' | '\u{ad}' => "",
            other => {
                out.push(other);
                continue;
            }
        });
    }
}

/// `word` folded.
pub(crate) fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(&mut out, word);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_what_is_known_about_them() {
        let words = Words::embedded();
        assert!(words.get("fatima").is(Known::FIRST | Known::NEAR));
        assert!(words.get("jansen").is(Known::LAST) && !words.get("jansen").ordinary(Language::Nl));
        assert!(words.get("bakker").name() && words.get("bakker").ordinary(Language::Nl));
        assert!(words.get("zwolle").is(Known::PLACE));
        assert!(words.get("de").is(Known::STOP));
        for unknown in ["", "a", "zzzz", "~", "fatim", "fatimaa", "qqqqqqqqqqqqqqqqqqqqqqq"] {
            assert!(words.get(unknown).nothing(), "{unknown}");
        }
    }

    #[test]
    fn letters_tell_names_from_words() {
        for name in ["tamminga", "yordanos", "kowalczyk", "szymanski"] {
            assert!(Words::likeness(name) > 0.0, "{name}");
        }
        for word in ["levertijd", "terugbetaling", "rechnungsbetrag", "delivering"] {
            assert!(Words::likeness(word) < 0.0, "{word}");
        }
    }

    #[test]
    fn folding_takes_case_and_accents_off() {
        assert_eq!(fold("Çakıroğlu"), "cakiroglu");
        assert_eq!(fold("Nguyễn Phúc Łukasz O’Brien Groß"), "nguyen phuc lukasz o'brien gross");
    }
}
