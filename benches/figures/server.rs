//! An Ollama server for benches: counts what it is asked and answers with fixed counts and durations.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A server on a free port.
pub struct Server {
    /// Its address.
    pub url: String,
    seen: Arc<Mutex<Seen>>,
}

/// What a server was asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// When the first answer was asked for.
    pub first: Option<Instant>,
    /// How many answers were asked for.
    pub generations: usize,
}

impl Server {
    /// Starts a server that takes so long for each answer.
    pub fn start(delay: Duration) -> Self {
        Self::start_with(Behaviour { delay, faulty: false })
    }

    /// Starts a server that answers 5 of 100 requests each with 429, with 500, with half an answer and
    /// with nonsense, and one not at all.
    pub fn start_faulty() -> Self {
        Self::start_with(Behaviour { delay: Duration::ZERO, faulty: true })
    }

    fn start_with(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&shared);
                thread::spawn(move || serve(&stream, &seen, behaviour));
            }
        });
        Self { url, seen }
    }

    /// Forgets what it was asked.
    pub fn forget(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen::default();
    }

    /// What it was asked since it last forgot.
    pub fn seen(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a server answers.
#[derive(Clone, Copy)]
struct Behaviour {
    delay: Duration,
    faulty: bool,
}

/// How long a request hangs that is never answered.
const FOR_EVER: Duration = Duration::from_secs(3600);

fn serve(stream: &TcpStream, seen: &Mutex<Seen>, behaviour: Behaviour) {
    stream.set_nodelay(true).expect("no delay");
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some((path, body)) = read_request(&mut reader) {
        let answer = answer(&path, &body, seen, behaviour.delay);
        let number = seen.lock().unwrap_or_else(PoisonError::into_inner).generations;
        let roll = if behaviour.faulty && path == "/api/generate" { number * 37 % 100 } else { 100 };
        let whole = |status: &str, text: &str| {
            format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}",
                text.len()
            )
        };
        let reply = match roll {
            0..5 => whole("429 Too Many Requests\r\nRetry-After: 0", "{\"error\":\"slow down\"}"),
            5..10 => whole("500 Internal Server Error", "{\"error\":\"out of memory\"}"),
            10..15 => {
                let _ = writer.write_all(&whole("200 OK", &answer).as_bytes()[..100]);
                return;
            }
            15..20 => whole("200 OK", "<html>not what you asked for</html>"),
            20 => {
                thread::sleep(FOR_EVER);
                return;
            }
            _ => whole("200 OK", &answer),
        };
        if writer.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

/// Path and body of the next request; `None` once the client has gone.
fn read_request(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}

fn answer(path: &str, body: &[u8], seen: &Mutex<Seen>, delay: Duration) -> String {
    match path {
        "/api/generate" => {
            {
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.first.get_or_insert_with(Instant::now);
                seen.generations += 1;
            }
            if !delay.is_zero() {
                thread::sleep(delay);
            }
            // The same question has the same answer, whenever it is asked.
            let number = body.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
            let (prompt, output, letter) = (60 + number % 90, 2 + number % 60, ["A", "B", "C", "D"][number % 4]);
            format!(
                "{{\"model\":\"m\",\"response\":\"{letter}\",\"done\":true,\"done_reason\":\"stop\",\"total_duration\":{},\
                 \"load_duration\":1000000,\"prompt_eval_count\":{prompt},\"prompt_eval_duration\":{},\
                 \"eval_count\":{output},\"eval_duration\":{}}}",
                (prompt + output * 10) * 1_000_000,
                prompt * 1_000_000,
                output * 10_000_000
            )
        }
        "/api/tags" => {
            let models = (0..3).map(|index| format!("{{\"name\":\"m{index}:latest\",\"digest\":\"d{index}\"}}"));
            format!("{{\"models\":[{}]}}", models.collect::<Vec<_>>().join(","))
        }
        _ => "{\"version\":\"0\"}".to_owned(),
    }
}
