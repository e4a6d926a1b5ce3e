//! Judges that do not read outputs themselves are consulted before the stage judge: what they said is an opinion.

use std::collections::HashMap;

use super::Context;
use super::responses::Responses;
use crate::error::Error;
use crate::id::DatasetId;
use crate::judge::{Judge, Output, Verdict};
use crate::plan::Judges;
use crate::request::RequestKey;
use crate::response::Response;
use crate::sample::Sample;

/// Which judge of a dataset: 0 for the one that scores, then the others in their order.
pub(super) type JudgeNumber = usize;

/// What judges said that were consulted, by dataset, judge and response.
#[derive(Default)]
#[expect(dead_code, reason = "the judges that are consulted follow")]
pub(super) struct Opinions(HashMap<(DatasetId, JudgeNumber), HashMap<RequestKey, Verdict>>);

/// Consults the judges of every dataset that have to be consulted.
///
/// # Errors
/// A judge fails as a whole. A response that it could not judge is no error: its verdict is `unjudged`.
pub(super) async fn consult(responses: &Responses<'_>, _context: &Context<'_>) -> Result<Opinions, Error> {
    let opinions = Opinions::default();
    for (_dataset, judges) in responses.plan.judges.with_ids() {
        for (_number, judge) in numbered(judges) {
            match judge {
                Judge::Reader(_) => {}
            }
        }
    }
    Ok(opinions)
}

/// The judges of a dataset with their numbers.
pub(super) fn numbered(judges: &Judges) -> impl Iterator<Item = (JudgeNumber, &Judge)> {
    std::iter::once(&judges.score).chain(judges.others.iter().map(|(_, judge)| judge)).map(AsRef::as_ref).enumerate()
}

impl Opinions {
    /// The verdict of a judge on a response.
    pub(super) fn verdict(
        &self,
        judge: &Judge,
        _number: (DatasetId, JudgeNumber),
        sample: &Sample,
        response: &Response,
    ) -> Verdict {
        match judge {
            Judge::Reader(reader) => {
                reader.read(sample, &Output { text: &response.text, ending: response.status.into() })
            }
        }
    }
}
