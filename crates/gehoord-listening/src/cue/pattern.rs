//! The language that patterns are written in.
//!
//! | written | matches |
//! |---|---|
//! | `word` | that word, in any case, with or without accents; a typing error in a long word is forgiven |
//! | `word*` `*word` | words that begin or end so |
//! | `(a\|b c)` | one of these; an empty alternative makes it optional |
//! | `x?` `(a\|b)?` | perhaps |
//! | `<name>` `<a\|b>` | a word or phrase of the list `lists/name.toml` |
//! | `<?>` `<.>` | the sentence is a question; is none |
//! | `_` | any one word |
//! | `..` `...` `..8` | up to 3, 6 or 8 words, as few as possible |
//! | `#` | a number in digits |
//! | `@` | a masked name, address or number |
//! | `.` | the end of a sentence, or a comma or dash |
//! | `^` `$` | the start and the end of a sentence |
//! | `^^` `$$` | the start and the end of the turn |
//! | `!word` `!(a\|b)` | what follows is not this |
//! | `,` | nothing: commas may stand anywhere |
//!
//! A match stays inside one sentence unless the pattern has a `.`.

/// A pattern as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// This word.
    Word(String),
    /// A word that begins so.
    Prefix(String),
    /// A word that ends so.
    Suffix(String),
    /// One after the other.
    Sequence(Vec<Node>),
    /// One of these.
    Choice(Vec<Node>),
    /// Perhaps this.
    Optional(Box<Node>),
    /// A named list.
    List(String),
    /// Any one word.
    Any,
    /// Up to so many words.
    Gap(u8),
    /// A number in digits.
    Number,
    /// Masked personal data.
    Mask,
    /// End of a sentence, or a pause.
    Break,
    /// Start of a sentence.
    SentenceStart,
    /// End of a sentence.
    SentenceEnd,
    /// Start of the turn.
    TurnStart,
    /// End of the turn.
    TurnEnd,
    /// The sentence ends with a question mark (true), or does not.
    Question(bool),
    /// What follows is not this.
    Not(Box<Node>),
}

/// Why a pattern cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pattern '{pattern}': {message}")]
pub struct PatternError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub message: String,
}

/// Reads a pattern. Words are left as written; folding and spelling come later.
///
/// # Errors
/// When brackets do not match, a sign is misplaced, or nothing is left.
pub fn parse(pattern: &str) -> Result<Node, PatternError> {
    let error = |message: String| PatternError { pattern: pattern.to_owned(), message };
    let mut parser = Parser { chars: pattern.chars().collect(), at: 0 };
    let node = parser.sequence(0).map_err(error)?;
    if parser.at < parser.chars.len() {
        return Err(error(format!("unexpected '{}'", parser.chars[parser.at])));
    }
    match &node {
        Node::Sequence(items) if items.is_empty() => Err(error("is empty".to_owned())),
        _ => Ok(node),
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

/// Brackets nest at most so deep.
const DEPTH: usize = 8;

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn sequence(&mut self, depth: usize) -> Result<Node, String> {
        if depth > DEPTH {
            return Err(format!("brackets nest deeper than {DEPTH}"));
        }
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == ',' {
                self.at += 1;
                continue;
            }
            if c == ')' || c == '|' {
                break;
            }
            let item = self.item(depth)?;
            let item = if self.peek() == Some('?') {
                self.at += 1;
                Node::Optional(Box::new(item))
            } else {
                item
            };
            items.push(item);
        }
        Ok(if items.len() == 1 { items.remove(0) } else { Node::Sequence(items) })
    }

    fn item(&mut self, depth: usize) -> Result<Node, String> {
        let c = self.chars[self.at];
        self.at += 1;
        match c {
            '(' => self.choice(depth),
            '<' => self.list(),
            '!' => {
                if self.peek().is_none_or(char::is_whitespace) {
                    return Err("'!' needs a word or a choice right behind it".to_owned());
                }
                if depth >= DEPTH {
                    return Err(format!("'!' and brackets nest deeper than {DEPTH}"));
                }
                Ok(Node::Not(Box::new(self.item(depth + 1)?)))
            }
            '_' => Ok(Node::Any),
            '#' => Ok(Node::Number),
            '@' => Ok(Node::Mask),
            '^' => Ok(self.doubled('^', Node::TurnStart, Node::SentenceStart)),
            '$' => Ok(self.doubled('$', Node::TurnEnd, Node::SentenceEnd)),
            '.' => Ok(self.gap()),
            '?' => Err("'?' stands behind nothing".to_owned()),
            _ => {
                self.at -= 1;
                self.word()
            }
        }
    }

    fn doubled(&mut self, sign: char, double: Node, single: Node) -> Node {
        if self.peek() == Some(sign) {
            self.at += 1;
            double
        } else {
            single
        }
    }

    fn gap(&mut self) -> Node {
        let mut dots = 1;
        while self.peek() == Some('.') {
            dots += 1;
            self.at += 1;
        }
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        // A gap beyond what one sentence holds is as long as a sentence.
        match (dots, digits.parse().map(|n: u32| n.min(40) as u8)) {
            (1, _) => Node::Break,
            (_, Ok(words)) => Node::Gap(words),
            (2, _) => Node::Gap(3),
            _ => Node::Gap(6),
        }
    }

    fn choice(&mut self, depth: usize) -> Result<Node, String> {
        let mut choices = Vec::new();
        let mut optional = false;
        loop {
            match self.sequence(depth + 1)? {
                Node::Sequence(items) if items.is_empty() => optional = true,
                node => choices.push(node),
            }
            match self.peek() {
                Some('|') => self.at += 1,
                Some(')') => {
                    self.at += 1;
                    break;
                }
                _ => return Err("a '(' is not closed".to_owned()),
            }
        }
        if choices.is_empty() {
            return Err("'()' holds nothing".to_owned());
        }
        let node = Node::Choice(choices);
        Ok(if optional { Node::Optional(Box::new(node)) } else { node })
    }

    fn list(&mut self) -> Result<Node, String> {
        let rest = &self.chars[self.at..];
        let end = rest.iter().position(|&c| c == '>').ok_or("a '<' is not closed")?;
        let names: String = rest[..end].iter().collect();
        self.at += end + 1;
        match names.as_str() {
            "?" => return Ok(Node::Question(true)),
            "." => return Ok(Node::Question(false)),
            _ => {}
        }
        let lists: Vec<Node> =
            names.split('|').map(|name| Node::List(name.trim().to_owned())).collect();
        Ok(if lists.len() == 1 {
            lists.into_iter().next().unwrap_or(Node::Any)
        } else {
            Node::Choice(lists)
        })
    }

    fn word(&mut self) -> Result<Node, String> {
        let start = self.at;
        while let Some(c) = self.peek() {
            let ends = c.is_whitespace()
                || matches!(c, '(' | ')' | '|' | '?' | ',' | '<' | '>' | '.' | '!' | '^' | '$');
            if ends && self.at > start {
                break;
            }
            if ends {
                return Err(format!("unexpected '{c}'"));
            }
            self.at += 1;
        }
        let word: String = self.chars[start..self.at].iter().collect();
        let inner = word.trim_matches('*');
        if inner.chars().count() < 3 && inner.len() < word.len() {
            return Err(format!("'{word}': at least three letters beside a '*'"));
        }
        if inner.contains('*') {
            return Err(format!("'{word}': a '*' stands at the start or the end of a word"));
        }
        match (word.starts_with('*'), word.ends_with('*')) {
            (false, false) => Ok(Node::Word(word)),
            (false, true) => Ok(Node::Prefix(inner.to_owned())),
            (true, false) => Ok(Node::Suffix(inner.to_owned())),
            (true, true) => Err(format!("'{word}': a '*' on both sides is not possible")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(w: &str) -> Node {
        Node::Word(w.to_owned())
    }

    #[test]
    fn every_sign_reads() {
        let node =
            parse("^ik begrijp (het|dat wel|)? , maar .. <regel|beleid> !niet klo*").unwrap();
        let Node::Sequence(items) = node else { panic!("{node:?}") };
        assert_eq!(items[0], Node::SentenceStart);
        assert_eq!(items[1], word("ik"));
        assert!(matches!(&items[3], Node::Optional(_)), "{:?}", items[3]);
        assert_eq!(items[4..6], [word("maar"), Node::Gap(3)]);
        assert_eq!(
            items[6],
            Node::Choice(vec![Node::List("regel".into()), Node::List("beleid".into())])
        );
        assert_eq!(items[7], Node::Not(Box::new(word("niet"))));
        assert_eq!(items[8], Node::Prefix("klo".into()));
        let question = Node::Sequence(vec![Node::Question(true), word("a")]);
        assert_eq!(parse("<?> a").unwrap(), question);
        assert_eq!(parse("a ...").unwrap(), Node::Sequence(vec![word("a"), Node::Gap(6)]));
        assert_eq!(parse("a ..9").unwrap(), Node::Sequence(vec![word("a"), Node::Gap(9)]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (pattern, words) in [
            ("", "is empty"),
            ("(a|b", "not closed"),
            ("a)", "unexpected ')'"),
            ("<regel", "not closed"),
            ("! a", "needs a word"),
            ("kl*", "at least three"),
            ("?", "behind nothing"),
            ("((((((((((a))))))))))", "nest deeper"),
            ("!!!!!!!!!!!!a", "nest deeper"),
        ] {
            let error = parse(pattern).unwrap_err().to_string();
            assert!(error.contains(words), "{pattern}: {error}");
        }
    }
}
