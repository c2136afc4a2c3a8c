//! The problems with a case, collected from all of it and shown in one text.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::error::Error;

/// Maximum number of problems shown; the others are counted.
const MOST_SHOWN: usize = 20;

/// The place of a piece of text. Places compare in reading order: the file, then the overrides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 0 is the case file, n the n-th override.
    pub source: usize,
    pub start: usize,
    pub end: usize,
}

impl Place {
    pub fn new(source: usize, bytes: Range<usize>) -> Self {
        Self { source, start: bytes.start, end: bytes.end }
    }
}

/// A problem with the case.
#[derive(Clone, Debug)]
pub struct Problem {
    /// `None` is the case file as a whole.
    pub place: Option<Place>,
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    pub fn new(place: Option<Place>, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), help: None }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// The texts from which a case is read.
pub struct Sources<'a> {
    file: &'a str,
    texts: Vec<&'a str>,
}

impl<'a> Sources<'a> {
    /// The `text` of the case `file` and the overrides.
    pub fn new(file: &'a str, text: &'a str, overrides: &'a [String]) -> Self {
        Self { file, texts: std::iter::once(text).chain(overrides.iter().map(String::as_str)).collect() }
    }

    /// The error that shows every problem in the order of the texts; missing tables and keys come
    /// last.
    pub fn error(&self, mut problems: Vec<Problem>) -> Error {
        problems.sort_by_key(|problem| (problem.place.is_none(), problem.place.clone()));
        let mut text: String =
            problems.iter().take(MOST_SHOWN).map(|problem| self.show(problem) + "\n\n").collect();
        if let Some(more) = problems.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            text += &format!("These are the first {MOST_SHOWN}; {more} more are not shown.\n\n");
        }
        let in_override = |problem: &&Problem| problem.place.as_ref().is_some_and(|place| place.source > 0);
        let place = match problems.iter().filter(in_override).count() {
            0 => self.file.to_owned(),
            n if n == problems.len() => "--set".to_owned(),
            _ => format!("{} and --set", self.file),
        };
        let noun = if problems.len() == 1 { "error" } else { "errors" };
        text += &format!("{} {noun} in {place}; nothing was run.", problems.len());
        Error::input(text)
    }

    fn show(&self, problem: &Problem) -> String {
        let mut group = match &problem.place {
            None => Group::with_title(Level::ERROR.primary_title(&problem.message))
                .element(Origin::path(self.file)),
            Some(place) => {
                let path = if place.source == 0 { self.file } else { "--set" };
                let caret = AnnotationKind::Primary.span(place.start..place.end);
                let snippet = Snippet::source(self.texts[place.source]).path(path).annotation(caret);
                Group::with_title(Level::ERROR.primary_title(&problem.message)).element(snippet)
            }
        };
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help));
        }
        Renderer::plain().render(&[group])
    }
}
