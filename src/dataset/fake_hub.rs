//! A tiny Hub for tests: one repository on a free port, with the faults that real ones have.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    Nothing,
    /// Files come as the error page of an expired signature, as often as the number says.
    ErrorPage(usize),
    /// Files end in the middle.
    CutShort,
    /// Files come in ten pieces with such a pause between them.
    Slow(Duration),
    /// Connections are taken and never answered.
    BlackHole,
    /// Every request needs this token.
    NeedsToken(&'static str),
    /// Files need terms to be accepted.
    Gated,
    Unavailable,
    /// The ETag of data files is this text.
    Etag(&'static str),
    /// The list of files names this one as well.
    Sibling(&'static str),
    /// This is the commit, says the list.
    ListedCommit(&'static str),
    /// This is the commit, say the files.
    FileCommit(&'static str),
    /// Data files never end.
    EndlessFile,
    /// The list of files never ends.
    EndlessList,
    /// Data files are redirected to themselves.
    Loop,
    /// Data files are redirected to the storage at this address.
    Elsewhere(SocketAddr),
    /// It is the storage: it takes no token, describes nothing and knows ETags of its own.
    Storage,
}

/// Files by revision and path.
type Files = BTreeMap<(String, String), Vec<u8>>;

pub(super) struct FakeHub {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: Option<JoinHandle<()>>,
}

struct Shared {
    files: Files,
    trouble: Mutex<Trouble>,
    log: Mutex<Vec<String>>,
    stopped: AtomicBool,
}

/// The commit of `main`.
pub(super) const MAIN: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// The commit of the converted branch, which is there if it has files.
pub(super) const CONVERTED: &str = "cccccccccccccccccccccccccccccccccccccccc";

impl FakeHub {
    pub(super) fn start(main: &[(&str, &[u8])], converted: &[(&str, &[u8])]) -> Self {
        let of = |commit: &str, files: &[(&str, &[u8])]| -> Files {
            files.iter().map(|(path, content)| ((commit.into(), (*path).into()), content.to_vec())).collect()
        };
        let mut files = of(MAIN, main);
        files.extend(of(CONVERTED, converted));
        let shared = Arc::new(Shared {
            files,
            trouble: Mutex::new(Trouble::Nothing),
            log: Mutex::new(Vec::new()),
            stopped: AtomicBool::new(false),
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || serve(&listener, &shared)
        });
        Self { address, shared, server: Some(server) }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn suffers(&self, trouble: Trouble) {
        *self.shared.trouble.lock().unwrap() = trouble;
    }

    /// The requests so far, as `GET /path`; they are forgotten then.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.log.lock().unwrap())
    }

    /// After this, connections are refused.
    pub(super) fn stop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(server) = self.server.take() {
            server.join().unwrap();
        }
    }
}

impl Drop for FakeHub {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || answer(stream.unwrap(), &shared));
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    shared.log.lock().unwrap().push(format!("{method} {target}"));
    let trouble = *shared.trouble.lock().unwrap();
    while trouble == Trouble::BlackHole && !shared.stopped.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let reply = match trouble {
        Trouble::NeedsToken(token) if !headers.contains(&format!("authorization: bearer {token}")) => {
            refused(401, "RepoNotFound")
        }
        Trouble::Unavailable => refused(503, "Unavailable"),
        Trouble::Storage if method != "GET" || headers.iter().any(|line| line.starts_with("authorization:")) => {
            refused(400, "OneSignatureOnly")
        }
        _ => reply(method, &target.replace("%2F", "/"), shared, trouble),
    };
    let pieces = match trouble {
        Trouble::Slow(_) => reply.len().div_ceil(20).max(1),
        _ => reply.len().max(1),
    };
    let is_endless = match trouble {
        Trouble::EndlessFile => method == "GET" && target.ends_with(".jsonl"),
        Trouble::EndlessList => target.contains("/revision/"),
        _ => false,
    };
    if is_endless {
        let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        let _ = stream.write_all(head);
        while stream.write_all(&[b' '; 1 << 16]).is_ok() {
            if shared.stopped.load(Ordering::SeqCst) {
                return;
            }
        }
        return;
    }
    // A head that came in pieces would be a silence as long as all of them.
    let body = reply.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |end| end + 4);
    let (head, body) = reply.split_at(body);
    for piece in std::iter::once(head).chain(body.chunks(pieces)) {
        if stream.write_all(piece).is_err() || shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        if let (Trouble::Slow(pause), true) = (trouble, target.ends_with(".jsonl") && method == "GET") {
            std::thread::sleep(pause);
        }
    }
}

fn reply(method: &str, target: &str, shared: &Shared, trouble: Trouble) -> Vec<u8> {
    if let Some(rest) = target.strip_prefix("/api/datasets/o/n/revision/") {
        return described(rest, shared, trouble);
    }
    let Some(rest) = target.strip_prefix("/datasets/o/n/resolve/") else { return refused(404, "RepoNotFound") };
    let Some((commit, path)) = rest.split_once('/') else { return refused(404, "EntryNotFound") };
    let Some(content) = shared.files.get(&(commit.to_owned(), path.to_owned())) else {
        return refused(404, "EntryNotFound");
    };
    if trouble == Trouble::Gated && path != "README.md" {
        return refused(403, "GatedRepo");
    }
    let is_data = method == "GET" && path != "README.md";
    if let (Trouble::ErrorPage(left), true) = (trouble, is_data) {
        *shared.trouble.lock().unwrap() = if left > 1 { Trouble::ErrorPage(left - 1) } else { Trouble::Nothing };
        return response("403 Forbidden", "", b"<Error>signature expired</Error>", 32);
    }
    let digest: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    if trouble == Trouble::Loop && path != "README.md" {
        return response("302 Found", &format!("Location: /datasets/o/n/resolve/{commit}/{path}\r\n"), b"", 0);
    }
    if let (Trouble::Elsewhere(storage), true) = (trouble, path != "README.md") {
        let linked = format!("X-Linked-Etag: \"{digest}\"\r\nX-Linked-Size: {}\r\n", content.len());
        let headers = format!("{linked}X-Repo-Commit: {commit}\r\nLocation: http://{storage}{target}\r\n");
        return response("302 Found", &headers, b"", 0);
    }
    let (tag, commit) = match trouble {
        Trouble::Storage => ("of the storage", ""),
        Trouble::Etag(tag) if path != "README.md" => (tag, commit),
        Trouble::FileCommit(told) => (digest.as_str(), told),
        _ => (digest.as_str(), commit),
    };
    let headers = format!("ETag: \"{tag}\"\r\nX-Repo-Commit: {commit}\r\n");
    let sent = match (method, trouble) {
        ("HEAD", _) => &[],
        ("GET", Trouble::CutShort) if is_data => &content[..content.len() / 2],
        _ => content.as_slice(),
    };
    response("200 OK", &headers, sent, content.len())
}

fn described(revision: &str, shared: &Shared, trouble: Trouble) -> Vec<u8> {
    let commit = match revision {
        "main" | MAIN => MAIN,
        "refs/convert/parquet" | CONVERTED => CONVERTED,
        _ => return refused(404, "RevisionNotFound"),
    };
    let of_commit = shared.files.keys().filter(|(of, _)| of == commit);
    let mut files: Vec<_> = of_commit.map(|(_, path)| serde_json::json!({ "rfilename": path })).collect();
    if files.is_empty() {
        return refused(404, "RevisionNotFound");
    }
    if let Trouble::Sibling(name) = trouble {
        files.push(serde_json::json!({ "rfilename": name }));
    }
    let commit = if let Trouble::ListedCommit(told) = trouble { told } else { commit };
    let body = serde_json::json!({ "id": "o/n", "sha": commit, "siblings": files }).to_string();
    response("200 OK", "Content-Type: application/json\r\n", body.as_bytes(), body.len())
}

fn refused(status: u16, code: &str) -> Vec<u8> {
    response(&format!("{status} Refused"), &format!("X-Error-Code: {code}\r\n"), b"", 0)
}

fn response(status: &str, headers: &str, body: &[u8], length: usize) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}
