//! Looks up why a response is missing.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::SqliteStore;
use crate::request::{Request, RequestKey};
use crate::store::Missing;

/// Most parts in which an older form of a request may differ.
const MOST_CHANGES: usize = 3;

impl SqliteStore {
    pub(super) fn reason(&self, request: &Request, current: &HashSet<RequestKey>) -> rusqlite::Result<Missing> {
        let connection = self.reader();
        let status = connection
            .prepare_cached("SELECT status FROM responses WHERE key=?")?
            .query_row([request.key.0], |row| row.get::<_, String>(0))
            .optional()?;
        if let Some(status) = status {
            return Ok(Missing::Failed(status));
        }
        let asked = "SELECT EXISTS(SELECT 1 FROM settings WHERE model = ?)";
        if !connection.prepare_cached(asked)?.query_row([&request.settings.model], |row| row.get(0))? {
            return Ok(Missing::New);
        }
        let sql = "SELECT s.endpoint, s.digest, s.parameters, s.repeat, s.level, p.hash, r.key FROM responses r \
                   JOIN settings s ON s.id = r.settings JOIN prompts p ON p.id = r.prompt \
                   WHERE r.sample = ? AND s.model = ?";
        let mut statement = connection.prepare_cached(sql)?;
        let settings = &request.settings;
        let wanted = settings.parameters_text();
        let mut older = statement.query(params![request.sample, settings.model])?;
        let mut nearest: Option<Vec<&'static str>> = None;
        while let Some(row) = older.next()? {
            if current.contains(&RequestKey(row.get(6)?)) {
                continue;
            }
            let mut changed = Vec::new();
            let mut compare = |same: bool, part: &'static str| changed.extend((!same).then_some(part));
            compare(row.get_ref(0)?.as_str()? == settings.endpoint, "endpoint");
            compare(row.get_ref(1)?.as_str()? == settings.digest.as_deref().unwrap_or(""), "model digest");
            compare(row.get_ref(5)?.as_blob()? == request.prompt.hash, "prompt");
            compare(row.get_ref(2)?.as_str()? == wanted, "generation");
            compare(row.get::<_, u32>(3)? == settings.repeat, "repeat");
            compare(row.get_ref(4)?.as_str()? == settings.level.to_string(), "level");
            // What differs in most of its parts is the request of another experiment, not an older form of this one.
            if changed.len() <= MOST_CHANGES && nearest.as_ref().is_none_or(|best| changed.len() < best.len()) {
                nearest = Some(changed);
            }
        }
        Ok(nearest.map_or(Missing::New, Missing::Stale))
    }
}
