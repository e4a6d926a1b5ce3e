//! A headless browser, driven over the pipe of its debugging protocol: messages of JSON, each ended by a zero.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// Longest time that anything may take; far more than it does on a busy machine.
const DEADLINE: Duration = Duration::from_secs(120);

/// Names under which a browser of this kind is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Does nothing that needs a network, a screen or another process to help it.
const SWITCHES: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--remote-debugging-pipe",
    "about:blank",
];

/// A browser with one page; it ends when it is dropped.
pub(crate) struct Browser {
    child: Child,
    to: RefCell<File>,
    from: Receiver<Json>,
    session: String,
    next: Cell<u64>,
    /// Events that came while something else was waited for.
    events: RefCell<VecDeque<Json>>,
    _profile: TempDir,
}

/// The program of a browser: that of the variable `CHROMIUM`, else the first of the usual names on the path.
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = std::env::split_paths(&path).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    named.into_iter().chain(usual).find(|program| program.is_file())
}

impl Browser {
    /// A browser with an empty page; none, with a word, where there is no browser.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = program() else {
            println!("skipped: no chromium here; install it, or name it in CHROMIUM");
            return None;
        };
        let profile = TempDir::new().unwrap();
        let (into, out) = (profile.path().join("in"), profile.path().join("out"));
        assert!(Command::new("mkfifo").args([&into, &out]).status().unwrap().success());
        let mut command = Command::new("sh");
        command.args(["-c", "in=$1 out=$2; shift 2; exec \"$0\" \"$@\" 3<\"$in\" 4>\"$out\""]);
        command.arg(program).args([&into, &out]).args(SWITCHES);
        command.arg(format!("--user-data-dir={}", profile.path().display())).env("HOME", profile.path());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let to = OpenOptions::new().write(true).open(&into).unwrap();
        let from = messages(File::open(&out).unwrap());
        let (next, events) = (Cell::new(1), RefCell::default());
        let mut browser =
            Self { child, to: RefCell::new(to), from, session: String::new(), next, events, _profile: profile };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let session = browser.ask("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        browser.resize(1280, 900);
        Some(browser)
    }

    /// Makes the page so large.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.ask("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Asks the browser and waits for its answer.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, parameters: &Json) -> Json {
        let id = self.next.replace(self.next.get() + 1);
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.borrow_mut().write_all(&bytes).unwrap();
        loop {
            let message = self.from.recv_timeout(DEADLINE).unwrap_or_else(|_| panic!("no answer to {method}"));
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.borrow_mut().push_back(message);
        }
    }

    /// Opens a file, with what stands after `#`, and waits until it is loaded.
    #[track_caller]
    pub(crate) fn open(&self, file: &Path, hash: &str) {
        let url = format!("file://{}{hash}", file.canonicalize().unwrap().display());
        // Of two addresses that differ after `#` a browser opens the second without reading the file again.
        self.go_to("about:blank");
        self.go_to(&url);
    }

    /// Goes to an address and waits until it is loaded.
    #[track_caller]
    fn go_to(&self, url: &str) {
        let is_load = |event: &Json| event["method"] == "Page.loadEventFired";
        self.events.borrow_mut().retain(|event| !is_load(event));
        self.ask("Page.navigate", &json!({ "url": url }));
        while !self.events.borrow().iter().any(is_load) {
            let event = self.from.recv_timeout(DEADLINE).unwrap_or_else(|_| panic!("{url} was not loaded"));
            self.events.borrow_mut().push_back(event);
        }
    }

    /// Waits until the page's script has everything.
    #[track_caller]
    pub(crate) fn ready(&self) {
        self.until("document.documentElement.dataset.ready === 'true'");
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn until(&self, expression: &str) {
        let end = Instant::now() + DEADLINE;
        while self.value(expression) != json!(true) {
            assert!(Instant::now() < end, "`{expression}` did not come true: {:?}", self.complaints());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The value of an expression in the page.
    #[track_caller]
    pub(crate) fn value(&self, expression: &str) -> Json {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.ask("Runtime.evaluate", &parameters);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// The text of an expression's value.
    #[track_caller]
    pub(crate) fn text(&self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// Presses a key of the keyboard.
    pub(crate) fn press(&self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.ask("Input.dispatchKeyEvent", &event);
        }
    }

    /// What the page complained of so far, and what it asked a network for.
    pub(crate) fn complaints(&self) -> Vec<String> {
        // A question to the page is answered after all that it has said before.
        self.ask("Runtime.evaluate", &json!({ "expression": "0" }));
        let complaint = |event: &Json| match event["method"].as_str()? {
            "Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded" => {
                Some(event["params"].to_string())
            }
            "Network.requestWillBeSent" => {
                let url = event["params"]["request"]["url"].as_str()?;
                let is_own = url.starts_with("file:") || url.starts_with("data:") || url == "about:blank";
                (!is_own).then(|| url.to_owned())
            }
            _ => None,
        };
        self.events.borrow().iter().filter_map(complaint).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads messages as they come.
fn messages(from: File) -> Receiver<Json> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while from.read_until(0, &mut bytes).is_ok_and(|count| count > 0) {
            bytes.pop();
            let Ok(message) = serde_json::from_slice(&bytes) else { break };
            if sender.send(message).is_err() {
                break;
            }
            bytes.clear();
        }
    });
    receiver
}
