//! The screen: how a run is shown on it, its width and its colours.

use std::collections::BTreeMap;
use std::io::IsTerminal;

/// How a run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Progress bars.
    Terminal,
    /// Plain lines.
    Plain,
    /// Warnings and the end.
    Quiet,
    /// One JSON object per event, on standard output.
    Json,
}

/// What a user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Events as JSON.
    pub json: bool,
    /// No progress.
    pub quiet: bool,
    /// All columns, however narrow the terminal is.
    pub wide: bool,
}

impl Mode {
    /// Selects the mode by what is asked for and the type of standard error.
    pub fn choose(wishes: Wishes) -> Self {
        match (wishes, std::io::stderr().is_terminal()) {
            (Wishes { json: true, .. }, _) => Self::Json,
            (Wishes { quiet: true, .. }, _) => Self::Quiet,
            (_, true) => Self::Terminal,
            _ => Self::Plain,
        }
    }
}

/// The terminal, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Width that messages have to fit; none where they do not go to a terminal.
    pub messages: Option<usize>,
    /// Width that results have to fit; none where they do not go to a terminal.
    pub results: Option<usize>,
    /// True if messages have colours.
    pub has_colors: bool,
}

impl Screen {
    /// Looks at standard output and standard error.
    pub fn look(environment: &BTreeMap<String, String>, wishes: Wishes) -> Self {
        let (out, err) = (std::io::stdout(), std::io::stderr());
        let width = |size: Option<(terminal_size::Width, _)>| size.map(|(width, _)| usize::from(width.0));
        Self {
            messages: width(terminal_size::terminal_size_of(&err)),
            results: width(terminal_size::terminal_size_of(&out)).filter(|_| !wishes.wide),
            has_colors: has_colors(environment, err.is_terminal()),
        }
    }
}

impl Screen {
    /// The width of standard error now: a user may change it during a run.
    pub fn width_now() -> Option<usize> {
        terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0))
    }
}

/// Colours as <https://no-color.org> and <https://bixense.com/clicolors> have them.
fn has_colors(environment: &BTreeMap<String, String>, is_terminal: bool) -> bool {
    let value = |name: &str| environment.get(name).map(String::as_str).filter(|value| !value.is_empty());
    match (value("NO_COLOR"), value("CLICOLOR_FORCE"), value("CLICOLOR"), value("TERM")) {
        (Some(_), ..) => false,
        (_, Some(force), ..) if force != "0" => true,
        (.., Some("0"), _) | (.., Some("dumb")) => false,
        _ => is_terminal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_turn_colours_on_and_off() {
        for (variables, is_terminal, expected) in [
            (&[][..], true, true),
            (&[], false, false),
            (&[("NO_COLOR", "1")], true, false),
            (&[("NO_COLOR", "")], true, true),
            (&[("CLICOLOR_FORCE", "1")], false, true),
            (&[("CLICOLOR_FORCE", "0")], false, false),
            (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true, false),
            (&[("CLICOLOR", "0")], true, false),
            (&[("TERM", "dumb")], true, false),
            (&[("TERM", "xterm")], true, true),
        ] {
            let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(has_colors(&environment, is_terminal), expected, "{variables:?}");
        }
    }
}
