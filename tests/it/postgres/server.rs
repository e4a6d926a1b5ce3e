//! A PostgreSQL server of the tests' own, in a temporary folder and on a free port; nothing where it is not installed.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longest start of a server on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs as long as this value, and ends with the process of the tests in any case.
pub(crate) struct Server {
    guard: Child,
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Server {
    /// The one that tests share; nothing where PostgreSQL is not installed, which is said.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Server>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// One of its own.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            println!("skipped: PostgreSQL is not installed");
            return None;
        };
        let folder = TempDir::new().unwrap();
        hand_over(folder.path());
        let data = folder.path().join("data");
        let mut make = as_user(&programs.join("initdb"));
        make.arg("-D").arg(&data).args(["-A", "trust", "-U", "bench", "--no-sync", "--locale=C", "-E", "UTF8"]);
        let made = make.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        certify(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let guard = serve(&programs, folder.path(), port);
        let server = Self { guard, programs, folder, port };
        server.wait();
        Some(server)
    }

    /// The address of its database, as a user of all rights.
    pub(crate) fn url(&self) -> String {
        format!("postgresql://bench:p4ss-w0rd@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A schema that no other test has.
    pub(crate) fn schema(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        format!("t{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
    }

    /// What a statement gives: a row per line, with `|` between its values.
    #[track_caller]
    pub(crate) fn sql(&self, sql: &str) -> String {
        let told = self.psql(sql);
        assert!(told.status.success(), "{sql}: {}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8_lossy(&told.stdout).trim().to_owned()
    }

    fn psql(&self, sql: &str) -> std::process::Output {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url()]);
        psql.output().unwrap()
    }

    /// Ends the server, `fast` as an administrator does or `immediate` as a crash, and starts it again after `meanwhile`.
    pub(crate) fn restart(&mut self, mode: &str, meanwhile: impl FnOnce()) {
        let mut stop = as_user(&self.programs.join("pg_ctl"));
        stop.arg("-D").arg(self.folder.path().join("data")).args(["-m", mode, "-w", "stop"]);
        assert!(stop.output().unwrap().status.success());
        drop(self.guard.stdin.take());
        self.guard.wait().unwrap();
        meanwhile();
        self.guard = serve(&self.programs, self.folder.path(), self.port);
        self.wait();
    }

    fn wait(&self) {
        let end = Instant::now() + PATIENCE;
        while !self.psql("SELECT 1").status.success() {
            assert!(Instant::now() < end, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        self.guard.wait().unwrap();
    }
}

/// Starts the server under a shell that ends it with its input, which closes with the process of the tests.
fn serve(programs: &Path, folder: &Path, port: u16) -> Child {
    let script = "\"$0\" \"$@\" >\"$LOG\" 2>&1 & server=$!; echo started; read -r _; kill -INT $server 2>/dev/null; wait $server";
    let mut shell = as_user(Path::new("/bin/sh"));
    shell.env("LOG", folder.join("log")).args(["-c", script]).arg(programs.join("postgres"));
    shell.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-p", &port.to_string()]);
    let file = |setting: &str, name: &str| format!("{setting}={}", folder.join(name).display());
    for setting in [file("ssl_cert_file", CERTIFICATE), file("ssl_key_file", KEY)] {
        shell.args(["-c", &setting]);
    }
    for setting in ["ssl=on", "listen_addresses=127.0.0.1", "fsync=off", "max_connections=200", "shared_buffers=32MB"] {
        shell.args(["-c", setting]);
    }
    let mut guard = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(guard.stdout.take().unwrap()).read_line(&mut line).unwrap();
    guard
}

/// A command as a user who may run a server: not root.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env("LC_ALL", "C");
    #[cfg(unix)]
    if rustix::process::getuid().is_root() {
        use std::os::unix::process::CommandExt;
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

const NOBODY: u32 = 65_534;

/// Gives a folder or a file to the user who runs the server.
fn hand_over(path: &Path) {
    #[cfg(unix)]
    if rustix::process::getuid().is_root() {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}

const CERTIFICATE: &str = "leaf.pem";
const KEY: &str = "leaf.key";

/// Where the certificates of the tests are.
pub(crate) fn certificates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/server/tls")
}

/// Gives the server a certificate, whose key nobody else may read.
fn certify(folder: &Path) {
    for name in [CERTIFICATE, KEY] {
        let own = folder.join(name);
        std::fs::copy(certificates().join(name), &own).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&own, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        hand_over(&own);
    }
}

/// The folder of the newest server that is installed.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = versions.into_iter().rev().chain(std::env::split_paths(&path));
    all.into_iter()
        .find(|folder| ["initdb", "postgres", "pg_ctl", "psql"].iter().all(|name| folder.join(name).is_file()))
}
