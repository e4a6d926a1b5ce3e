//! The page of the commands, made of what parses them.

use std::fmt::Write;

use clap::{Arg, Command};

use super::markdown::{Table, anchor};

pub(super) fn page(program: &Command) -> String {
    let mut program = program.clone();
    program.build();
    let commands = commands_of(&program);
    let mut list = Table::new(&["command", "what it does"]);
    for command in &commands {
        let name = name_of(command);
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        list.row([format!("[`{name}`](#{})", anchor(&name.replace(' ', "-"))).as_str(), &about]);
    }
    let mut page = format!("# Commands\n\n{}", list.text());
    commands.into_iter().for_each(|command| section(&mut page, command));
    page
}

/// The commands that a user types, those within others included.
fn commands_of(parent: &Command) -> Vec<Command> {
    let is_shown = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    let mut found = Vec::new();
    for command in parent.get_subcommands().filter(is_shown) {
        let inner = commands_of(command);
        if inner.is_empty() { found.push(command.clone()) } else { found.extend(inner) }
    }
    found
}

fn name_of(command: &Command) -> String {
    command.get_bin_name().unwrap_or_default().trim_start_matches("smallbench ").to_owned()
}

fn section(page: &mut String, mut command: Command) {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let name = name_of(&command);
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default();
    let _ = write!(page, "\n## {name}\n\n{about}\n\n```text\n{usage}\n```\n");
    let mut table = Table::new(&["argument", "default", "meaning"]);
    let mut count = 0;
    for argument in command.get_arguments().filter(|argument| is_of_the_command(argument)) {
        let default: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let default = if is_a_value(argument) { default.join(", ") } else { String::new() };
        table.row([spelling(argument).as_str(), &default, &meaning(argument)]);
        count += 1;
    }
    if count > 0 {
        let _ = write!(page, "\n{}", table.text());
    }
}

fn is_of_the_command(argument: &Arg) -> bool {
    !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str())
}

fn is_a_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

/// The argument as it is typed.
fn spelling(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let values = names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" ");
    let long = argument.get_long().map(|long| format!("--{long}"));
    let short = argument.get_short().map(|short| format!("-{short}"));
    let options: Vec<String> = [short, long].into_iter().flatten().collect();
    match (options.is_empty(), is_a_value(argument)) {
        (true, _) => format!("`{values}`"),
        (false, true) => format!("`{} {values}`", options.join(", ")),
        (false, false) => format!("`{}`", options.join(", ")),
    }
}

/// The help, and the values to choose from.
fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let values = if is_a_value(argument) { argument.get_possible_values() } else { Vec::new() };
    let each = values.iter().filter(|value| !value.is_hide_set()).map(|value| match value.get_help() {
        Some(help) => format!("`{}` ({help})", value.get_name()),
        None => format!("`{}`", value.get_name()),
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { help } else { format!("{help}: {}", each.join(", ")) }
}
