//! The page of the commands, made of what parses them.

use std::fmt::Write;

use clap::{Arg, Command};

use super::markdown::Table;

pub(super) fn page(program: &Command) -> String {
    let mut program = program.clone();
    program.build();
    let mut page = String::from("# Commands\n");
    for command in program.get_subcommands() {
        section(&mut page, command);
    }
    page
}

fn section(page: &mut String, command: &Command) {
    if command.is_hide_set() || command.get_name() == "help" {
        return;
    }
    if command.get_subcommands().next().is_some() {
        command.get_subcommands().for_each(|inner| section(page, inner));
        return;
    }
    let mut command = command.clone();
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let name = command.get_bin_name().unwrap_or_default().trim_start_matches("smallbench ").to_owned();
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
