//! HTTP/1.1 as far as the client under test speaks it, with keep-alive.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;

use serde_json::Value as Json;

use super::{Body, Reply};

/// A request as it came.
pub(crate) struct Message {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) bearer: Option<String>,
    /// The header `x-api-key`.
    pub(crate) api_key: Option<String>,
    /// The header `anthropic-version`.
    pub(crate) version: Option<String>,
    pub(crate) body: Json,
}

/// Answers request after request until one side has had enough.
pub(crate) fn converse(stream: TcpStream, reply: impl Fn(&Message) -> Reply) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    while let Some(message) = read(&mut reader)? {
        let reply = reply(&message);
        if !send(&mut reader, &mut writer, &reply)? {
            break;
        }
    }
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Message>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, address) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = without_host(&address).to_owned();
    let mut message = Message { method, path, bearer: None, api_key: None, version: None, body: Json::Null };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match (name.to_ascii_lowercase().as_str(), value.trim()) {
            ("content-length", value) => length = value.parse().unwrap_or(0),
            ("authorization", value) => message.bearer = value.strip_prefix("Bearer ").map(str::to_owned),
            ("x-api-key", value) => message.api_key = Some(value.to_owned()),
            ("anthropic-version", value) => message.version = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    message.body = serde_json::from_slice(&body).unwrap_or(Json::Null);
    Ok(Some(message))
}

/// The path of an address that may be whole, as a proxy is asked for it.
fn without_host(address: &str) -> &str {
    let Some(rest) = address.strip_prefix("http://") else { return address };
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

/// Sends a reply; false if the connection is of no use after it.
fn send(reader: &mut impl Read, writer: &mut impl Write, reply: &Reply) -> io::Result<bool> {
    let mut head = format!("HTTP/1.1 {} Whatever\r\n", reply.status);
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    match &reply.body {
        Body::Whole(body) => {
            write!(writer, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
            return Ok(true);
        }
        Body::Stream(chunks) => {
            send_chunks(writer, &head, chunks)?;
            writer.write_all(b"0\r\n\r\n")?;
            return Ok(true);
        }
        Body::Twice(body, pause, other) => {
            write!(writer, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
            thread::sleep(*pause);
            write!(writer, "{head}Content-Length: {}\r\n\r\n{other}", other.len())?;
            return Ok(true);
        }
        Body::Endless(chunk) => {
            send_chunks(writer, &head, &[])?;
            loop {
                write!(writer, "{:x}\r\n{chunk}\r\n", chunk.len())?;
            }
        }
        Body::Slow(chunks, pause) => {
            send_chunks(writer, &head, &[])?;
            for chunk in chunks {
                thread::sleep(*pause);
                write!(writer, "{:x}\r\n{chunk}\r\n", chunk.len())?;
            }
            writer.write_all(b"0\r\n\r\n")?;
            return Ok(true);
        }
        Body::LateEnd(chunk, pause) => {
            send_chunks(writer, &head, &[(*chunk).to_owned()])?;
            thread::sleep(*pause);
            // A client that has had enough is gone by now.
            return Ok(writer.write_all(b"0\r\n\r\n").is_ok());
        }
        Body::Cut(chunks) => send_chunks(writer, &head, chunks)?,
        Body::Stall(chunks) => {
            send_chunks(writer, &head, chunks)?;
            wait_for_the_end(reader)?;
        }
        Body::Drip(body, pause) => {
            write!(writer, "{head}Content-Length: {}\r\n\r\n", body.len())?;
            for byte in body.bytes() {
                thread::sleep(*pause);
                writer.write_all(&[byte])?;
            }
        }
        Body::Silence => wait_for_the_end(reader)?,
        Body::Close => {}
    }
    Ok(false)
}

fn send_chunks(writer: &mut impl Write, head: &str, chunks: &[String]) -> io::Result<()> {
    write!(writer, "{head}Transfer-Encoding: chunked\r\n\r\n")?;
    chunks.iter().try_for_each(|chunk| write!(writer, "{:x}\r\n{chunk}\r\n", chunk.len()))
}

/// Waits until the client goes away.
fn wait_for_the_end(reader: &mut impl Read) -> io::Result<()> {
    while reader.read(&mut [0; 64])? > 0 {}
    Ok(())
}
