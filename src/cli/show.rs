//! `smallbench show`: the spec with all defaults.

use super::arguments::Show as Arguments;
use super::session::Session;
use crate::console::yaml;
use crate::error::Error;
use crate::exit::Exit;
use crate::prompt::DEFAULT_TEMPLATE;
use crate::spec::written::written;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(&arguments.spec)?;
    let mut spec = plan.document.spec.clone();
    if spec.prompt.messages.is_none() {
        spec.prompt.template.get_or_insert_with(|| DEFAULT_TEMPLATE.to_owned());
    }
    for (dataset, planned) in spec.datasets.iter_mut().zip(plan.datasets.iter()) {
        dataset.name = Some(planned.name.clone());
        dataset.limit = planned.limit;
    }
    let value = written(&spec).map_err(|error| Error::Internal(format!("the spec cannot be written: {error}")))?;
    let reporter = session.reporter(false);
    reporter.result(yaml::text(&value).trim_end());
    reporter.written()?;
    Ok(Exit::Success)
}
