//! Reports as files for a browser or a printer.

use std::path::Path;

use anyhow::{Context, Error, Result};
use gehoord_conversation::{Conversation, Language, Report};
use gehoord_server::{Sheet, Sounded};

/// What was heard in one conversation or call.
pub(crate) struct Heard {
    /// What was said, and what was heard in it; none of a recording whose words are not known.
    pub(crate) words: Option<(Conversation, Report)>,
    /// How it sounded, where it was a recording.
    pub(crate) sound: Option<Sounded>,
}

/// The conversations of one file of reports. It begins with a list of contents where there are
/// several, so it is written when all of them are there.
pub(crate) struct Sheets {
    language: Language,
    /// The first: whether it is the only one shows later.
    first: Option<Box<Heard>>,
    /// In one file: all of them. In files of their own: the name of each, and what it is.
    drawn: Vec<(String, Sheet)>,
}

impl Sheets {
    pub(crate) const fn new(language: Language) -> Self {
        Self { language, first: None, drawn: Vec::new() }
    }

    /// Adds a conversation. `beside`: several get files of their own beside this one, which will
    /// hold the list of contents.
    pub(crate) fn add(&mut self, heard: Box<Heard>, beside: Option<&Path>) -> Result<()> {
        if self.first.is_none() && self.drawn.is_empty() {
            self.first = Some(heard);
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            self.draw(&first, beside)?;
        }
        self.draw(&heard, beside)
    }

    fn draw(&mut self, heard: &Heard, beside: Option<&Path>) -> Result<()> {
        let number = self.drawn.len() + 1;
        let Some(list) = beside else {
            let sheet = self.sheet(heard, Some(number))?;
            self.drawn.push((String::new(), sheet));
            return Ok(());
        };
        let alone = [self.sheet(heard, None)?];
        let page = Sheet::page(self.language, &alone).map_err(Error::msg)?;
        let file = list.with_extension(format!("{number}.html"));
        let unfinished = list.with_extension(format!("{number}.unfinished"));
        std::fs::write(&unfinished, page)
            .and_then(|()| std::fs::rename(&unfinished, &file))
            .with_context(|| format!("cannot write {}", file.display()))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let [sheet] = alone;
        self.drawn.push((name, sheet.without_drawing()));
        Ok(())
    }

    fn sheet(&self, heard: &Heard, number: Option<usize>) -> Result<Sheet> {
        let words = heard.words.as_ref().map(|(said, report)| (said, report));
        let sheet = match (&heard.sound, words) {
            (Some(sounded), words) => Sheet::of_call(self.language, sounded, words, number),
            (None, Some((said, report))) => Sheet::new(self.language, said, report, number),
            (None, None) => Err("there is nothing to show".to_owned()),
        };
        sheet.map_err(Error::msg)
    }

    /// The file: all conversations, or the list of those that have files of their own.
    pub(crate) fn close(&mut self) -> Result<String> {
        let mut drawn = std::mem::take(&mut self.drawn);
        if let Some(first) = self.first.take() {
            drawn.push((String::new(), self.sheet(&first, None)?));
        }
        let page = if drawn.iter().any(|(file, _)| !file.is_empty()) {
            Sheet::contents(self.language, &drawn)
        } else {
            let sheets: Vec<Sheet> = drawn.into_iter().map(|(_, sheet)| sheet).collect();
            Sheet::page(self.language, &sheets)
        };
        page.map_err(Error::msg)
    }
}
