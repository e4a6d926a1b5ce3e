//! A Hub that serves the dataset repositories of a folder.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use sha2::{Digest, Sha256};

/// The commit of every repository.
const COMMIT: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Serves `FOLDER/OWNER/NAME/…` until the program ends; the result is its address.
pub(crate) fn serve(folder: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let folder = folder.to_owned();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || answer(stream, &folder));
        }
    });
    address
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (head, body) = reply(&target.replace("%2F", "/"), folder).unwrap_or_else(|| {
        let head = "HTTP/1.1 404 Not Found\r\nX-Error-Code: EntryNotFound\r\nContent-Length: 0\r\n".to_owned();
        (head, Vec::new())
    });
    let body = if method == "HEAD" { &[] } else { body.as_slice() };
    // The client may have gone away.
    let _ = stream.write_all(&[head.as_bytes(), b"Connection: close\r\n\r\n", body].concat());
}

/// Head and body of what is asked for.
fn reply(target: &str, folder: &Path) -> Option<(String, Vec<u8>)> {
    if let Some(rest) = target.strip_prefix("/api/datasets/") {
        let (repository, _) = rest.split_once("/revision/")?;
        let mut files = Vec::new();
        collect(&folder.join(repository), Path::new(""), &mut files);
        let files: Vec<_> = files.iter().map(|path| serde_json::json!({ "rfilename": path })).collect();
        let body = serde_json::json!({ "id": repository, "sha": COMMIT, "siblings": files }).to_string();
        return (!files.is_empty()).then(|| (found(body.len(), ""), body.into_bytes()));
    }
    let (repository, rest) = target.strip_prefix("/datasets/")?.split_once("/resolve/")?;
    let (_, path) = rest.split_once('/')?;
    let body = fs::read(folder.join(repository).join(path)).ok()?;
    let digest: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    Some((found(body.len(), &format!("ETag: \"{digest}\"\r\nX-Repo-Commit: {COMMIT}\r\n")), body))
}

fn found(length: usize, headers: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n")
}

/// The files beneath a folder, with `/` between the parts of their names.
fn collect(folder: &Path, prefix: &Path, files: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = prefix.join(path.file_name().unwrap());
        match path.is_dir() {
            true => collect(&path, &name, files),
            false => files.push(name.to_str().unwrap().replace('\\', "/")),
        }
    }
}
