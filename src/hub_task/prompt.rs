//! Solvers as a prompt.

use serde_json::{Map, Value, json};

use super::written::SolverStep;

/// The variable that holds the question.
const QUESTION: &str = "{{ question }}";
const CHOICES: &str = "{% for choice in choices %}{{ letter(loop.index0) }}) {{ choice }}\n{% endfor %}";
const LETTERS: &str =
    "{% for choice in choices %}{{ letter(loop.index0) }}{% if not loop.last %},{% endif %}{% endfor %}";

/// What is asked.
#[derive(Debug)]
pub(super) struct TaskPrompt {
    system: Option<String>,
    /// The template of the user's message.
    template: String,
    /// True if the choices are asked in the default prompt.
    in_default: bool,
}

impl TaskPrompt {
    pub(super) fn new(solvers: &[SolverStep], reasons: &mut Vec<String>) -> Self {
        let mut asked = Self { system: None, template: QUESTION.to_owned(), in_default: solvers.is_empty() };
        let mut is_generated = false;
        for solver in solvers {
            if is_generated {
                reasons.push(format!("solver `{}` comes after the answer; a question is asked once", solver.name));
                continue;
            }
            is_generated = matches!(solver.name.as_str(), "generate" | "multiple_choice");
            if let Err(reason) = asked.apply(solver) {
                reasons.push(format!("solver `{}`: {reason}", solver.name));
            }
        }
        asked
    }

    fn apply(&mut self, solver: &SolverStep) -> Result<(), String> {
        let known: &[&str] = match solver.name.as_str() {
            "generate" => &[],
            "system_message" | "prompt_template" | "chain_of_thought" | "multiple_choice" => &["template"],
            _ => return Err("a spec has nothing like it".to_owned()),
        };
        if let Some(other) = solver.others(known).next() {
            return Err(format!("a spec has nothing like its argument `{other}`"));
        }
        let template = solver.text("template");
        match (solver.name.as_str(), template) {
            ("system_message", Some(template)) => self.system = Some(jinja(template, &[])),
            ("multiple_choice", Some(template)) => {
                let known = [("question", &*self.template), ("choices", CHOICES), ("letters", LETTERS)];
                self.template = jinja(template, &known);
            }
            ("multiple_choice", None) if self.template == QUESTION => self.in_default = true,
            ("multiple_choice", None) => self.template = format!("{}\n{CHOICES}", self.template),
            ("prompt_template" | "chain_of_thought", Some(template)) => {
                self.template = jinja(template, &[("prompt", &*self.template)]);
            }
            ("generate", _) => {}
            _ => return Err("the file does not have its text; add `args: { template: … }`".to_owned()),
        }
        Ok(())
    }

    /// Writes the section `prompt`, if there is something to say.
    pub(super) fn write(&self, parts: &mut Map<String, Value>) {
        let mut prompt = Map::new();
        if let Some(system) = &self.system {
            prompt.insert("system".into(), json!(system));
        }
        if !self.in_default {
            prompt.insert("template".into(), json!(self.template));
        }
        if !prompt.is_empty() {
            parts.insert("prompt".into(), prompt.into());
        }
    }
}

/// A template with `{name}` for variables and doubled braces for braces, in Jinja. Names that are not known are columns.
fn jinja(template: &str, known: &[(&str, &str)]) -> String {
    let mut written = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        written.push_str(&rest[..at]);
        let from = &rest[at..];
        let variable = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        rest = match variable {
            Some((name, after)) if is_name(name) => {
                match known.iter().find(|(known, _)| *known == name) {
                    Some((_, text)) => written.push_str(text),
                    None => written.push_str(&format!("{{{{ {name} }}}}")),
                }
                after
            }
            _ => {
                let after = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")).unwrap_or(&from[1..]);
                brace(&from[..1], after, &mut written);
                after
            }
        };
    }
    written + rest
}

/// Writes a brace so that it starts nothing of Jinja's with what stands around it.
fn brace(brace: &str, after: &str, written: &mut String) {
    let starts = brace == "{" && after.starts_with(['{', '%', '#']);
    written.push_str(if starts { "{{ \"{\" }}" } else { brace });
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_become_those_of_jinja_and_braces_stay_braces() {
        assert_eq!(jinja("{prompt} of {year}", &[("prompt", QUESTION)]), "{{ question }} of {{ year }}");
        assert_eq!(jinja("\\boxed{{x}} {{}} }}", &[]), "\\boxed{x} {} }");
        assert_eq!(jinja("{{% {{{{ {{#", &[]), "{{ \"{\" }}% {{ \"{\" }}{ {{ \"{\" }}#");
        assert_eq!(jinja("a {not a name} {", &[]), "a {not a name} {");
    }
}
