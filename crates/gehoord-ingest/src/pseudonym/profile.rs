//! Addresses of people's own pages: "linkedin.com/in/jan-jansen-1234".

use gehoord_conversation::{PersonalKind, Span};

use super::scene::Scene;

/// Behind these stands a person; elsewhere firms have pages, too.
const PEOPLE: [&str; 3] = ["linkedin.com/in/", "linkedin.com/pub/", "facebook.com/people/"];

pub(crate) fn find(scene: &mut Scene) {
    let text = scene.tokens.raw.to_ascii_lowercase();
    for start in PEOPLE {
        for (at, _) in text.match_indices(start) {
            let from = at + start.len();
            let ends = |c: char| c.is_whitespace() || "/?#,;)>\"'".contains(c);
            let rest = &text[from..];
            let name = rest.split(ends).next().unwrap_or_default().trim_end_matches(['.', '!']);
            scene.add(Span::new(from, from + name.len()), PersonalKind::Name);
        }
    }
}
