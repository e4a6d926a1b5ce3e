//! A connection to the database that is made when it is needed, with the statements it has prepared.

use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::poll_fn;
use tokio::sync::Notify;
use tokio_postgres::{AsyncMessage, Client, Error, Statement};

use super::database::Address;

/// How sure a commit is when it is said to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commits {
    /// It is on the disk of the database.
    Synced,
    /// The database has it; its disk follows within a second. Responses that were written lately are written again if it
    /// comes back from a crash; all other writes wait for its disk.
    Told,
}

/// A connection, or none yet.
pub(super) struct Link {
    address: Arc<Address>,
    commits: Commits,
    /// Rung when another run has something to say to those on the same schema.
    bell: Option<Arc<Notify>>,
    live: Option<Live>,
}

/// A connection that stands.
pub(super) struct Live {
    pub(super) client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Link {
    pub(super) fn new(address: Arc<Address>, commits: Commits) -> Self {
        Self { address, commits, bell: None, live: None }
    }

    /// One that listens to other runs.
    pub(super) fn listening(address: Arc<Address>, commits: Commits, bell: Arc<Notify>) -> Self {
        Self { bell: Some(bell), ..Self::new(address, commits) }
    }

    /// The schema in which the tables are.
    pub(super) fn schema(&self) -> &str {
        &self.address.schema
    }

    /// The connection, made if there is none; and whether it is a new one.
    pub(super) async fn open(&mut self) -> Result<(&mut Live, bool), Error> {
        // What does not stand is dropped before another is made, so that there is never one too many.
        let standing = self.live.take().filter(|live| !live.client.is_closed());
        let is_new = standing.is_none();
        let live = match standing {
            Some(live) => live,
            None => {
                let client = connect_with(&self.address, self.commits, self.bell.as_ref()).await?;
                Live { client, statements: HashMap::new() }
            }
        };
        Ok((self.live.insert(live), is_new))
    }

    /// Gives a connection up on which something failed.
    pub(super) fn cut(&mut self) {
        self.live = None;
    }
}

impl Live {
    /// A statement, prepared once.
    pub(super) async fn prepared(&mut self, sql: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// A new connection.
pub(super) async fn connect(address: &Address, commits: Commits) -> Result<Client, Error> {
    connect_with(address, commits, None).await
}

/// The channel on which runs on a schema wake each other; a name that two schemas share wakes some for nothing.
pub(super) fn channel(schema: &str) -> String {
    format!("smallbench_{:08x}", crc32fast::hash(schema.as_bytes()))
}

async fn connect_with(address: &Address, commits: Commits, bell: Option<&Arc<Notify>>) -> Result<Client, Error> {
    let (client, mut connection) = address.config.connect(address.connector.clone()).await?;
    let rung = bell.map(Arc::clone);
    // Its errors come back from the requests that it fails.
    tokio::spawn(async move {
        let mut messages = poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let (AsyncMessage::Notification(_), Some(bell)) = (message, &rung) {
                bell.notify_one();
            }
        }
    });
    let commits = match commits {
        Commits::Synced => "on",
        Commits::Told => "off",
    };
    let schema = &address.schema;
    client.batch_execute(&format!("SET search_path TO \"{schema}\"; SET synchronous_commit TO {commits}")).await?;
    if let Some(bell) = bell {
        client.batch_execute(&format!("LISTEN {}", channel(schema))).await?;
        // What was said before is heard now.
        bell.notify_one();
    }
    Ok(client)
}
