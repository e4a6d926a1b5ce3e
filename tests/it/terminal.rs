//! What a terminal shows: nothing is wider than it, nothing stays of what moved, and colours are as asked for. The terminal is that of
//! `script`; where there is none, the tests are skipped with a word.

use unicode_width::UnicodeWidthStr;

use crate::bench::{Bench, Running, Spec, wait_until};
use crate::server::{Act, Server};

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// Names that have to be cut, of wide letters, and of letters from the right.
const NAMES: [&str; 3] = [
    "organisation/a-model-with-a-name-that-is-longer-than-any-column-70B-Instruct-AWQ-INT4",
    "organisation/a-model-with-a-name-that-is-longer-than-any-column-70B-Instruct-GPTQ-INT8",
    "模型模型模型模型模型模型模型模型模型模型模型模型模型模型模型模型",
];

/// Widest word that begins a message, with its space.
const PREFIX: usize = 10;

/// Starts the program in a terminal of so many columns.
fn started(bench: &Bench, columns: usize, arguments: &[&str], variables: &[(&str, &str)]) -> Option<Running> {
    let terminal = bench.start_in_a_terminal(columns, arguments, variables);
    if terminal.is_none() {
        println!("skipped: `script` of util-linux is not here");
    }
    terminal
}

/// All that a command wrote to a terminal.
fn shown(bench: &Bench, columns: usize, arguments: &[&str], variables: &[(&str, &str)]) -> Option<String> {
    Some(started(bench, columns, arguments, variables)?.end().stdout)
}

/// The lines of a text without the sequences that move the cursor or colour letters.
fn lines(shown: &str) -> Vec<String> {
    let mut text = String::new();
    let mut letters = shown.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => drop(letters.find(char::is_ascii_alphabetic)),
            '\r' => {}
            letter => text.push(letter),
        }
    }
    text.lines().map(str::to_owned).collect()
}

fn bench_of_long_names(server: &Server) -> Bench {
    let models: Vec<String> = NAMES.iter().map(|name| format!("{{ name: \"{name}\", endpoint: local }}")).collect();
    let spec = Spec::on(server)
        .with("models", &format!("[{}]", models.join(", ")))
        .with("load", "{ warmup: 0, concurrency: 2 }");
    Bench::ready(6, &spec)
}

#[test]
fn no_command_is_wider_than_the_terminal() {
    let server = Server::ollama(&NAMES);
    server.acts(|asked| match asked.prompt.contains("number 4?") {
        true => Act::status(500, &"a reason that goes into every detail ".repeat(9)),
        false => Act::Answer,
    });
    let bench = bench_of_long_names(&server);
    for columns in [60, 80] {
        for arguments in [
            &["plan", "experiments/trial.yaml"][..],
            &APPLY,
            &["plan", "experiments/trial.yaml"],
            &["history", "experiments/trial.yaml"],
            &["status", "experiments/trial.yaml"],
            &["store", "show", "outputs/store.sqlite"],
            &["doctor", "experiments/trial.yaml"],
            &["compare", "outputs/trial", "outputs/trial"],
        ] {
            let Some(shown) = shown(&bench, columns, arguments, &[]) else { return };
            // A word of a sentence that is longer than the terminal stays whole, so that it can be copied.
            let is_too_wide =
                |line: &String| line.width() > columns && line.split(' ').all(|word| word.width() < columns - PREFIX);
            let too_wide: Vec<String> = lines(&shown).into_iter().filter(is_too_wide).collect();
            assert!(too_wide.is_empty(), "{arguments:?} at {columns}: {too_wide:#?}");
        }
    }
}

#[test]
fn names_that_are_cut_stay_apart() {
    let server = Server::ollama(&NAMES);
    let Some(shown) = shown(&bench_of_long_names(&server), 80, &APPLY, &[]) else { return };
    let lines = lines(&shown);
    let from = lines.iter().position(|line| line.starts_with("model ")).unwrap();
    let names: Vec<&str> = lines[from + 1..from + 4].iter().filter_map(|line| line.split("  ").next()).collect();
    assert!(names[0] != names[1] && names.iter().all(|name| name.contains('…')), "{names:?}");
}

#[test]
fn nothing_stays_of_the_lines_that_move() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(std::time::Duration::from_millis(40)));
    let bench = Bench::ready(60, &Spec::on(&server).with("load", "{ warmup: 0 }"));
    let Some(running) = started(&bench, 80, &APPLY, &[]) else { return };
    wait_until("a bar", || running.stdout().contains('█'));
    let written = running.stdout().len();
    wait_until("more of it", || running.stdout().len() > written + 200);
    bench.interrupt(&running);
    let shown = running.end().stdout;
    let last_bar = shown.rfind('░').unwrap();
    let wiped = shown[last_bar..].find("\u{1b}[2K").unwrap() + last_bar;
    let note = shown.find("note:").unwrap();
    assert!(shown[wiped..].contains("interrupted;") && !shown[note..].contains("ETA"), "{shown}");
    assert!(shown.contains("sent in"), "{shown}");
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_gets_plain_lines() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server));
    let Some(shown) = shown(&bench, 80, &APPLY, &[("TERM", "dumb")]) else { return };
    assert!(!shown.contains('\u{1b}') && shown.contains("generate  small c=1: 4 requests"), "{shown:?}");
}

#[test]
fn colours_are_as_asked_for() {
    let bench = Bench::empty();
    let red = "\u{1b}[31merror:";
    for (variables, is_colored) in [
        (&[][..], true),
        (&[("TERM", "xterm-256color")], true),
        (&[("NO_COLOR", "1")], false),
        (&[("TERM", "dumb")], false),
        (&[("CLICOLOR", "0")], false),
        (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
    ] {
        let Some(shown) = shown(&bench, 80, &APPLY, variables) else { return };
        assert_eq!(shown.contains(red), is_colored, "{variables:?}: {shown:?}");
        assert!(is_colored || !shown.contains('\u{1b}'), "{variables:?}: {shown:?}");
    }
    for (variables, is_colored) in [(&[][..], false), (&[("CLICOLOR_FORCE", "1")], true)] {
        let stderr = bench.run_with(&APPLY, variables).stderr;
        assert_eq!(stderr.contains(red), is_colored, "{stderr:?}");
    }
    // The frame of a spec's error follows the same wishes.
    bench.write("experiments/trial.yaml", "version: 1\nname: t\nmodels: 7\n");
    assert!(bench.run_with(&APPLY, &[("CLICOLOR_FORCE", "1")]).stderr.contains("\u{1b}["));
    assert!(!bench.run_with(&APPLY, &[]).stderr.contains("\u{1b}["));
}
