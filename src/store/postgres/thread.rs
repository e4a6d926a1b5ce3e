//! The thread that talks to the database, with a runtime of its own: what reads may be a thread that computes or one of
//! the engine's runtime, and waits for it in the same way.

use std::future::Future;
use std::io;
use std::sync::mpsc::sync_channel;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, block_in_place};
use tokio::time::timeout;

/// How long tasks may take to end with the store.
const GRACE: Duration = Duration::from_secs(5);

/// The thread; it ends with this value.
pub(super) struct DatabaseThread {
    handle: runtime::Handle,
    end: Option<oneshot::Sender<JoinSet<()>>>,
    thread: Option<JoinHandle<()>>,
    tasks: JoinSet<()>,
}

impl DatabaseThread {
    /// Starts it.
    pub(super) fn start() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (handle, (end, ended)) = (runtime.handle().clone(), oneshot::channel::<JoinSet<()>>());
        let serve = move || {
            runtime.block_on(async {
                if let Ok(mut tasks) = ended.await {
                    let all = async { while tasks.join_next().await.is_some() {} };
                    // What is not done by then is away with its database.
                    let _ = timeout(GRACE, all).await;
                }
            });
        };
        let thread = Builder::new().name("database".into()).spawn(serve)?;
        Ok(Self { handle, end: Some(end), thread: Some(thread), tasks: JoinSet::new() })
    }

    /// Lets a task run that ends with the store.
    pub(super) fn keep(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn_on(task, &self.handle);
    }

    /// Does something on the thread and waits for it; nothing if it has ended.
    pub(super) fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (done, outcome) = sync_channel(1);
        self.handle.spawn(async move {
            // Who waits is there until it has it.
            let _ = done.send(work.await);
        });
        let wait = || outcome.recv().ok();
        match runtime::Handle::try_current().map(|handle| handle.runtime_flavor()) {
            // Its other tasks continue elsewhere: they take the time stamps of answers.
            Ok(runtime::RuntimeFlavor::MultiThread) => block_in_place(wait),
            _ => wait(),
        }
    }
}

impl Drop for DatabaseThread {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            // A thread that is gone has nothing to end.
            let _ = end.send(std::mem::take(&mut self.tasks));
        }
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}
