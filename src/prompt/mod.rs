//! Prompts: renders samples with the templates of the experiment.
//!
//! Templates are Jinja. Their variables are `question`, `passage`, `choices`, `subject`, `id`, `index`, `examples`, `messages`, the
//! function `letter(i)`, and every other column of the row by its name.

mod compiled;
mod conversation;
mod form;
mod letter;
mod variables;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};

use crate::image::Attached;
use crate::message::{Message, Role};
use crate::request::Prompt;
use crate::sample::Sample;
use crate::spec::types::ExamplesAs;
use crate::stack::{ROOM, with_room_for};
use compiled::{Compiled, rendered, said};
use conversation::conversation;
use variables::{answer_of, context_of, value_of};

pub use form::{DEFAULT_TEMPLATE, PromptForm};
pub use letter::{index_of, letter};

/// Minimum number of samples per thread.
const LEAST_SHARE: usize = 500;

/// Maximum size of a template in bytes.
const LONGEST_TEMPLATE: usize = 1 << 20;

/// Maximum size of all prompts of a dataset in bytes; they are held in memory.
const MOST_TEXT: usize = 4 << 30;

/// Fuel of a template for one prompt: an instruction costs 1, and so do 64 bytes of output.
/// That is 64 MB, or a fraction of a second.
const FUEL: u64 = 1 << 20;

/// The variables of every template.
const NAMES: [&str; 9] = ["question", "passage", "choices", "subject", "id", "index", "examples", "messages", "letter"];

/// An error in a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// An unknown variable.
    #[error("the template uses `{variable}`, which is not a column of dataset `{dataset}`")]
    UnknownVariable {
        /// The variable.
        variable: String,
        /// The dataset.
        dataset: String,
        /// The known variables.
        known: Vec<String>,
    },
    /// A row that the template cannot render.
    #[error("the template fails on {place}: {message}")]
    Render {
        /// The row.
        index: usize,
        /// Where it stands, in words.
        place: String,
        /// The error of the template engine.
        message: String,
    },
    /// The prompts exceed the memory limit.
    #[error("the prompts of dataset `{dataset}` exceed {} MB in total", MOST_TEXT >> 20)]
    TooMuch {
        /// The dataset.
        dataset: String,
    },
    /// A thread cannot be started.
    #[error("cannot start a thread to render the prompts: {reason}")]
    NoThread {
        /// The error of the system.
        reason: String,
    },
}

impl PromptError {
    /// The error of a row, with the words for where it stands in the place of its index.
    #[must_use]
    pub fn at(self, place_of: impl FnOnce(usize) -> Option<String>) -> Self {
        match self {
            Self::Render { index, place, message } => {
                Self::Render { index, place: place_of(index).unwrap_or(place), message }
            }
            other => other,
        }
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_function("letter", letter);
    environment
}

/// The syntax error of a template, if any.
pub fn syntax_error(template: &str) -> Option<String> {
    if template.len() > LONGEST_TEMPLATE {
        return Some(format!("the template exceeds {} MB", LONGEST_TEMPLATE >> 20));
    }
    let compile = || environment().template_from_str(template).err();
    let error = match with_room_for(template.len(), compile) {
        Ok(error) => error?,
        Err(error) => return Some(format!("cannot start a thread to compile the template: {error}")),
    };
    let line = error.line().map_or(String::new(), |line| format!(" in line {line}"));
    Some(format!("invalid template{line}: {}", error.detail().unwrap_or("syntax error")))
}

/// True if a template uses one of the variables.
pub fn uses(template: &str, variables: &[&str]) -> bool {
    let find = || {
        let environment = environment();
        let compiled = environment.template_from_str(template).ok();
        compiled.is_some_and(|template| {
            template.undeclared_variables(false).iter().any(|used| variables.contains(&used.as_str()))
        })
    };
    with_room_for(template.len(), find).unwrap_or(true)
}

/// The templates of a form of prompts, compiled once.
pub struct Templates<'t> {
    environment: Environment<'static>,
    form: &'t PromptForm,
    /// Length of the longest template.
    bytes: usize,
}

/// The worked examples for the questions of one subject.
struct Examples {
    value: Value,
    turns: Vec<Message>,
}

impl<'t> Templates<'t> {
    /// Compiles the templates of a form, whose syntax has been checked.
    ///
    /// # Errors
    /// A template is invalid.
    pub fn new(form: &'t PromptForm) -> Result<Self, minijinja::Error> {
        let bytes = form.templates().map(str::len).max().unwrap_or(0);
        let mut environment = environment();
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let templates = Self { environment, form, bytes };
        let no_thread = |error: io::Error| minijinja::Error::new(ErrorKind::InvalidOperation, error.to_string());
        with_room_for(bytes, || templates.compiled().map(|_| ())).map_err(no_thread)??;
        Ok(templates)
    }

    fn compiled(&self) -> Result<Compiled<'_>, minijinja::Error> {
        let compile = |text: &'t str| self.environment.template_from_str(text);
        let messages = self.form.messages.iter().map(|message| Ok((message.role, compile(&message.content)?)));
        Ok(Compiled {
            system: self.form.system.as_deref().map(compile).transpose()?,
            messages: messages.collect::<Result<_, minijinja::Error>>()?,
            follow_ups: self.form.follow_ups.iter().map(|text| compile(text)).collect::<Result<_, _>>()?,
        })
    }

    /// Renders the prompts of a dataset, in the order of its samples, on all cores.
    ///
    /// # Errors
    /// A variable that the rows do not have, or the first row that does not fit.
    pub fn render(
        &self,
        dataset: &str,
        samples: &[Sample],
        examples: &[Sample],
        count: usize,
    ) -> Result<Vec<Prompt>, PromptError> {
        if samples.is_empty() {
            // Without a sample nobody knows what variables there are.
            return Ok(Vec::new());
        }
        let no_thread = |error: io::Error| PromptError::NoThread { reason: error.to_string() };
        with_room_for(self.bytes, || self.check_variables(dataset, samples)).map_err(no_thread)??;
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let share = samples.len().div_ceil(workers).max(LEAST_SHARE);
        let total = AtomicUsize::new(0);
        let shares: Vec<Result<Vec<Prompt>, PromptError>> = thread::scope(|scope| {
            let total = &total;
            let render = |samples| move || self.render_share(dataset, samples, (examples, count), total);
            let spawn = |samples| thread::Builder::new().stack_size(ROOM).spawn_scoped(scope, render(samples));
            // A thread that cannot be started must not hide an earlier error.
            let threads: Vec<_> = samples.chunks(share).map(spawn).collect();
            threads
                .into_iter()
                .map(|thread| match thread {
                    Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                    Err(error) => Err(no_thread(error)),
                })
                .collect()
        });
        let mut prompts = Vec::with_capacity(samples.len());
        for share in shares {
            prompts.append(&mut share?);
        }
        Ok(prompts)
    }

    fn render_share(
        &self,
        dataset: &str,
        samples: &[Sample],
        (pool, count): (&[Sample], usize),
        total: &AtomicUsize,
    ) -> Result<Vec<Prompt>, PromptError> {
        let unfit = |index: usize, message: String| {
            let place = format!("row {index} of dataset `{dataset}`");
            PromptError::Render { index, place, message }
        };
        let invalid = |error| unfit(samples.first().map_or(0, |sample| sample.index), said(&error));
        let compiled = self.compiled().map_err(invalid)?;
        let mut by_subject: BTreeMap<Option<&str>, Examples> = BTreeMap::new();
        let mut prompts = Vec::with_capacity(samples.len());
        for sample in samples {
            let subject = sample.subject.as_deref();
            let examples = match by_subject.entry(subject) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let examples = self.examples(&compiled, &chosen(subject, pool, count));
                    place.insert(examples.map_err(|message| unfit(sample.index, message))?)
                }
            };
            let prompt = self.one(&compiled, sample, examples).map_err(|message| unfit(sample.index, message))?;
            if total.fetch_add(prompt.bytes(), Ordering::Relaxed) > MOST_TEXT {
                return Err(PromptError::TooMuch { dataset: dataset.to_owned() });
            }
            prompts.push(prompt);
        }
        Ok(prompts)
    }

    fn examples(&self, compiled: &Compiled<'_>, chosen: &[&Sample]) -> Result<Examples, String> {
        if self.form.examples == ExamplesAs::Text {
            return Ok(Examples { value: value_of(chosen), turns: Vec::new() });
        }
        let none = value_of(&[]);
        let mut turns = Vec::new();
        if let Some((_, template)) = self.form.question().and_then(|place| compiled.messages.get(place)) {
            for example in chosen {
                let content = rendered(template, &context_of(example, &none))?;
                turns.push(Message { role: Role::User, content });
                turns.push(Message { role: Role::Assistant, content: answer_of(example) });
            }
        }
        Ok(Examples { value: none, turns })
    }

    fn one(&self, compiled: &Compiled<'_>, sample: &Sample, examples: &Examples) -> Result<Prompt, String> {
        let context = context_of(sample, &examples.value);
        let system = compiled.system.as_ref().map(|template| rendered(template, &context)).transpose()?;
        let mut turns = examples.turns.clone();
        if sample.dialogue.is_some() {
            let turn = turns.len() + self.form.question().unwrap_or_default();
            turns.extend(conversation(self.form, compiled, sample, &context)?);
            let prompt = Prompt::of_turn(system, turns, sample.replies());
            return Ok(prompt.with_images(attached(sample, turn)));
        }
        if self.form.is_default() && !sample.messages.is_empty() {
            let mut own = sample.messages.iter().cloned().peekable();
            let first = own.next_if(|message| message.role == Role::System);
            turns.extend(own);
            let last = turns.len().saturating_sub(1);
            let prompt = Prompt::of_messages(first.map(|message| message.content).or(system), turns);
            return Ok(prompt.with_images(attached(sample, last)));
        }
        for (role, template) in &compiled.messages {
            turns.push(Message { role: *role, content: rendered(template, &context)? });
        }
        let asking = turns.iter().rposition(|message| message.role == Role::User);
        if asking.is_none() && !sample.images.is_empty() {
            return Err("none of its messages is of the user, so none can have the images".to_owned());
        }
        Ok(Prompt::of_messages(system, turns).with_images(attached(sample, asking.unwrap_or_default())))
    }

    fn check_variables(&self, dataset: &str, samples: &[Sample]) -> Result<(), PromptError> {
        let columns: BTreeSet<&str> =
            samples.first().into_iter().flat_map(|s| s.columns.keys()).map(String::as_str).collect();
        let compiled = self.form.templates().filter_map(|text| self.environment.template_from_str(text).ok());
        let templates = compiled.flat_map(|template| template.undeclared_variables(false));
        let globals: BTreeSet<&str> = self.environment.globals().map(|(name, _)| name).collect();
        let unknown = templates.into_iter().find(|variable| {
            let name = variable.as_str();
            !NAMES.contains(&name) && !columns.contains(name) && !globals.contains(name)
        });
        unknown.map_or(Ok(()), |variable| {
            let known = NAMES.into_iter().chain(columns).map(str::to_owned).collect();
            Err(PromptError::UnknownVariable { variable, dataset: dataset.to_owned(), known })
        })
    }
}

/// The images of a sample, as part of a message.
fn attached(sample: &Sample, turn: usize) -> Option<Attached> {
    (!sample.images.is_empty()).then(|| Attached { turn, images: (&*sample.images).into() })
}

/// The worked examples for a question: those of its own subject first, then the others, in order.
fn chosen<'s>(subject: Option<&str>, pool: &'s [Sample], count: usize) -> Vec<&'s Sample> {
    let (own, others): (Vec<&Sample>, Vec<&Sample>) =
        pool.iter().partition(|sample| sample.subject.as_deref() == subject);
    own.into_iter().chain(others).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Answer;

    fn sample(index: usize, subject: &str) -> Sample {
        Sample {
            choices: ["x".into(), "y <b>".into()].into(),
            answer: Some(Answer::Choice(1)),
            subject: Some(subject.into()),
            columns: serde_json::Map::from_iter([("level".to_owned(), 3.into())]).into(),
            ..Sample::new(index, format!("q{index}?"))
        }
    }

    fn render(template: &str, examples: &[Sample], count: usize) -> Result<String, PromptError> {
        let form = PromptForm::plain(template.to_owned());
        let templates = Templates::new(&form).unwrap();
        templates.render("d", &[sample(0, "s")], examples, count).map(|prompts| prompts[0].text.to_string())
    }

    #[test]
    fn the_default_template_asks_for_a_letter() {
        let text = render(DEFAULT_TEMPLATE, &[], 0).unwrap();
        assert_eq!(text, "q0?\nA. x\nB. y <b>\nAnswer with the letter of the right option only.");
    }

    #[test]
    fn examples_of_the_own_subject_come_first() {
        let pool = [sample(5, "other"), sample(6, "s"), sample(7, "s")];
        let text = render("{% for e in examples %}{{ e.question }}{{ e.answer }} {% endfor %}", &pool, 3).unwrap();
        assert_eq!(text, "q6?B q7?B q5?B ");
        assert_eq!(render("{{ examples | length }}", &pool, 1).unwrap(), "1");
    }

    #[test]
    fn columns_are_seen_and_unknown_names_are_refused() {
        assert_eq!(render("{{ level }} {{ choices[1] }}", &[], 0).unwrap(), "3 y <b>");
        let error = render("{{ questoin }}", &[], 0).unwrap_err();
        assert!(matches!(error, PromptError::UnknownVariable { variable, .. } if variable == "questoin"));
        assert!(matches!(render("{{ choices[9] }}", &[], 0), Err(PromptError::Render { index: 0, .. })));
    }

    #[test]
    fn syntax_errors_are_named_with_their_line() {
        assert_eq!(syntax_error("{{ question }}"), None);
        assert!(syntax_error("a\n{{ question").unwrap().contains("line 2"));
    }

    #[test]
    fn a_template_that_does_not_end_is_an_error() {
        let nested = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        let doubled = "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}";
        let itself = "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}";
        for template in
            [nested, doubled, itself, "{{ 'x' * 90000000 }}", "{% include 'prompt' %}", "{{ range(1000000000) }}"]
        {
            let error = render(template, &[], 0).unwrap_err();
            assert!(matches!(error, PromptError::Render { index: 0, .. }), "{template}: {error}");
        }
        let error = render("{{ 'x' * 11000000 }}", &[], 0).unwrap_err();
        assert!(error.to_string().ends_with("the prompt exceeds 10 MB"), "{error}");
    }

    #[test]
    fn a_template_has_a_length_and_a_depth() {
        assert!(syntax_error(&"x".repeat(LONGEST_TEMPLATE + 1)).unwrap().contains("exceeds 1 MB"));
        for deep in ["{{ ", "{{ [", "{% if x %}", "{{ -(", "{{ not ", "{% for a in b %}"] {
            assert!(syntax_error(deep).is_some(), "{deep}");
            let inner = deep.trim_start_matches("{{ ");
            let template = if inner == deep { deep.repeat(20_000) } else { format!("{{{{ {}", inner.repeat(20_000)) };
            assert!(syntax_error(&template).is_some(), "{deep}");
        }
    }

    #[test]
    fn no_depth_of_an_expression_is_too_much_for_the_stack() {
        for (around, deep) in [("", "-"), ("1", "+1"), ("a", ".a"), ("1", "|string"), ("", "not ")] {
            let template = format!("{{{{ {around}{}1 }}}}", deep.repeat(100_000));
            // Valid or not, it is answered.
            let _ = syntax_error(&template);
        }
    }

    #[test]
    fn letters_go_to_z_and_then_count() {
        assert_eq!((letter(0), letter(25), letter(26)), ("A".into(), "Z".into(), "27".into()));
        assert!((0..60).all(|index| index_of(&letter(index)) == Some(index)));
        assert_eq!(["", "a", "AB", "1", "26", "0"].map(index_of), [None; 6]);
    }
}
