//! The screen: how a run is shown on it, its width and its colours.

use std::collections::BTreeMap;
use std::io::{IsTerminal, StderrLock};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

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
    /// Selects the mode by what is asked for and the type of standard error. A terminal that cannot move its cursor gets plain
    /// lines.
    pub fn choose(wishes: Wishes, environment: &BTreeMap<String, String>) -> Self {
        let is_dumb = environment.get("TERM").is_some_and(|name| name == "dumb");
        match (wishes, std::io::stderr().is_terminal() && !is_dumb) {
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
    /// True if results show all columns, whatever the width.
    is_wide: bool,
    /// True if messages have colours.
    pub has_colors: bool,
}

impl Screen {
    /// Looks at standard output and standard error.
    pub fn look(environment: &BTreeMap<String, String>, wishes: Wishes) -> Self {
        Self { is_wide: wishes.wide, has_colors: has_colors(environment) }
    }

    /// Width that results have to fit now; none where they do not go to a terminal.
    pub fn results(self) -> Option<usize> {
        width(terminal_size::terminal_size_of(std::io::stdout())).filter(|_| !self.is_wide)
    }

    /// Width that messages have to fit now, which a user may change during a run; none where they do not go to a terminal.
    pub fn messages() -> Option<usize> {
        width(terminal_size::terminal_size_of(std::io::stderr()))
    }
}

fn width(size: Option<(terminal_size::Width, terminal_size::Height)>) -> Option<usize> {
    size.map(|(width, _)| usize::from(width.0))
}

/// True if messages have colours.
pub fn has_colors(environment: &BTreeMap<String, String>) -> bool {
    are_colors_wanted(environment, std::io::stderr().is_terminal())
}

/// Standard error for messages. A console of Windows that knows no escape sequences gets its colours by its own calls.
pub fn message_stream(has_colors: bool) -> AutoStream<StderrLock<'static>> {
    let choice = if has_colors { ColorChoice::Always } else { ColorChoice::Never };
    AutoStream::new(std::io::stderr().lock(), choice)
}

/// A word that begins a message, in bold and in a colour where there are colours.
pub fn colored(word: &str, color: AnsiColor, has_colors: bool) -> String {
    if !has_colors {
        return word.to_owned();
    }
    let style = Style::new().bold().fg_color(Some(color.into()));
    format!("{style}{word}{style:#}")
}

/// Colours as <https://no-color.org> and <https://bixense.com/clicolors> have them.
fn are_colors_wanted(environment: &BTreeMap<String, String>, is_terminal: bool) -> bool {
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
            assert_eq!(are_colors_wanted(&environment, is_terminal), expected, "{variables:?}");
        }
    }
}
