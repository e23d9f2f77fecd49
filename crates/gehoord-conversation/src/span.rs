//! Places in a text.

/// A half-open range of UTF-8 byte offsets into the original text of one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just past the last byte.
    pub end: usize,
}

impl Span {
    /// The range `start..end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The words at this place, or `""` when the span does not fit `text`.
    #[must_use]
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// Whether both places share at least one byte.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside this place.
    #[must_use]
    pub const fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn cover(&self, other: &Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn spans_know_their_words_and_neighbours() {
        let text = "één keer";
        assert_eq!(Span::new(0, 5).of(text), "één");
        assert_eq!(Span::new(1, 5).of(text), "", "inside a character there is no text");
        assert!(Span::new(0, 5).overlaps(&Span::new(4, 9)));
        assert!(!Span::new(0, 5).overlaps(&Span::new(5, 9)));
        assert!(Span::new(0, 9).contains(&Span::new(4, 9)));
        assert_eq!(Span::new(3, 5).cover(&Span::new(1, 4)), Span::new(1, 5));
    }
}
