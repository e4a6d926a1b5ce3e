//! Looks up why a response is missing.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::opened::SqliteStore;
use crate::request::{Request, RequestKey};
use crate::store::missing::Missing;
use crate::store::older::{Nearest, Older};

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
        let mut older = statement.query(params![request.sample, request.settings.model])?;
        let mut nearest = Nearest::to(request);
        while let Some(row) = older.next()? {
            if current.contains(&RequestKey(row.get(6)?)) {
                continue;
            }
            nearest.see(&Older {
                endpoint: row.get_ref(0)?.as_str()?,
                digest: row.get_ref(1)?.as_str()?,
                parameters: row.get_ref(2)?.as_str()?,
                repeat: row.get(3)?,
                level: row.get_ref(4)?.as_str()?,
                prompt: row.get_ref(5)?.as_blob()?,
            });
        }
        Ok(nearest.reason())
    }
}
