//! An older form of a request: the same model was asked about the same sample, but something in the key has changed since.

use super::missing::Missing;
use crate::request::Request;

/// Most parts in which an older form of a request may differ.
const MOST_CHANGES: usize = 3;

/// What was asked about a sample of the same model.
pub(super) struct Older<'o> {
    pub(super) endpoint: &'o str,
    pub(super) digest: &'o str,
    pub(super) parameters: &'o str,
    pub(super) repeat: i64,
    pub(super) level: &'o str,
    pub(super) prompt: &'o [u8],
}

/// Finds what of all that was asked is nearest to a request.
pub(super) struct Nearest<'r> {
    request: &'r Request,
    parameters: String,
    level: String,
    found: Option<Vec<&'static str>>,
}

impl<'r> Nearest<'r> {
    pub(super) fn to(request: &'r Request) -> Self {
        let (parameters, level) = (request.settings.parameters_text(), request.settings.level.to_string());
        Self { request, parameters: parameters.to_string(), level, found: None }
    }

    /// Compares the request with something that was asked.
    pub(super) fn see(&mut self, older: &Older<'_>) {
        let settings = &self.request.settings;
        let mut changed = Vec::new();
        let mut compare = |same: bool, part: &'static str| changed.extend((!same).then_some(part));
        compare(older.endpoint == settings.endpoint, "endpoint");
        compare(older.digest == settings.digest.as_deref().unwrap_or(""), "model digest");
        compare(older.prompt == self.request.prompt.hash, "prompt");
        compare(older.parameters == self.parameters, "generation");
        compare(older.repeat == i64::from(settings.repeat), "repeat");
        compare(older.level == self.level, "level");
        // What differs in most of its parts is the request of another experiment, not an older form of this one.
        if changed.len() <= MOST_CHANGES && self.found.as_ref().is_none_or(|best| changed.len() < best.len()) {
            self.found = Some(changed);
        }
    }

    /// Why the request has no response.
    pub(super) fn reason(self) -> Missing {
        self.found.map_or(Missing::New, Missing::Stale)
    }
}
