//! Certificates that are not of a known authority, http spoken where TLS is, and bodies that are compressed unasked.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::bench::{Bench, Spec};

const ANSWER: &str = r#"{"choices":[{"message":{"content":"A"},"finish_reason":"stop"}]}"#;

const EVENTS: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"A\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

fn file(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/it/server/tls", name].iter().collect()
}

/// TLS by a certificate of the folder `server/tls`, which has one of an authority and one that signs itself.
fn tls(name: &str) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(file(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(file(&format!("{name}.key"))).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

/// Serves each connection in a thread of its own; gives the port.
fn serve(converse: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, converse) = (listener.local_addr().unwrap().port(), Arc::new(converse));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let converse = Arc::clone(&converse);
            // A client that goes away is no fault of the test.
            thread::spawn(move || drop(converse(stream)));
        }
    });
    port
}

/// Reads one request and answers it with these headers and this body; a GET with a list of models.
fn answer(stream: &mut (impl Read + Write), headers: &str, body: &[u8]) -> io::Result<()> {
    let mut reader = BufReader::new(&mut *stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        length =
            line.to_lowercase().strip_prefix("content-length:").map_or(length, |text| text.trim().parse().unwrap());
        head += &line;
    }
    reader.read_exact(&mut vec![0; length])?;
    assert!(head.to_lowercase().contains("accept-encoding: identity"), "{head}");
    let (headers, body) = if head.starts_with("GET") { ("", br#"{"data":[]}"#.as_slice()) } else { (headers, body) };
    write!(stream, "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    stream.write_all(body)?;
    stream.flush()
}

fn https(name: &str) -> u16 {
    let config = tls(name);
    serve(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        answer(&mut stream, "", ANSWER.as_bytes())?;
        stream.conn.send_close_notify();
        stream.flush()
    })
}

fn spec(url: &str, more: &str) -> Spec {
    Spec::at(&format!("{{ openai: {{ url: \"{url}/v1\"{more} }} }}")).with("generation", "{ stream: false }")
}

const DOCTOR: [&str; 2] = ["doctor", "experiments/trial.yaml"];

#[test]
fn a_certificate_of_a_file_is_trusted() {
    for (certificate, trusted) in [("leaf", "root.pem"), ("self", "self.pem")] {
        let port = https(certificate);
        let bench = Bench::ready(2, &spec(&format!("https://localhost:{port}"), ""));
        bench.apply().exits(1).says(&["certificate", "`ca_file`"]);
        bench.run(&DOCTOR).exits(1).shows(&["FAIL", "`ca_file`"]);
        bench.write("experiments/certificates/ca.pem", std::fs::read(file(trusted)).unwrap());
        let trusting = ", ca_file: certificates/ca.pem";
        bench.spec(&spec(&format!("https://localhost:{port}"), trusting));
        bench.run(&DOCTOR).exits(0);
        bench.apply().exits(0);
        assert_eq!(bench.results().column("output"), ["A"; 2]);
        // Of this name only.
        bench.spec(
            &spec(&format!("https://localhost.localdomain:{port}"), trusting).with("load", "{ connect_timeout: 2s }"),
        );
        bench.apply().exits(1);
        // And no other.
        let other = if trusted == "self.pem" { "root.pem" } else { "self.pem" };
        bench.write("experiments/certificates/ca.pem", std::fs::read(file(other)).unwrap());
        bench.spec(&spec(&format!("https://127.0.0.1:{port}"), trusting));
        bench.apply().exits(1).says(&["certificate"]);
    }
}

#[test]
fn a_file_without_certificates_is_refused_where_it_stands() {
    let bench = Bench::ready(2, &spec("https://localhost:1", ", ca_file: ca.pem"));
    let validate = || bench.run(&["validate", "experiments/trial.yaml"]);
    validate().exits(2).says(&["`ca_file`", "ca.pem cannot be read", "experiments/trial.yaml:4:"]);
    bench.write("experiments/ca.pem", "garbage");
    validate().exits(2).says(&["holds no certificate", "BEGIN CERTIFICATE"]);
}

#[test]
fn http_where_tls_is_spoken_has_its_remedy_however_the_server_takes_it() {
    let config = tls("leaf");
    // As TLS libraries do it: an alert, or the end of the connection, or nothing at all.
    for way in ["alert", "close", "silence"] {
        let config = Arc::clone(&config);
        let port = serve(move |mut stream| {
            let mut first = [0];
            stream.peek(&mut first)?;
            if first[0] == 0x16 || way == "alert" {
                let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                return connection.complete_io(&mut stream).map(|_| ());
            }
            if way == "silence" {
                io::copy(&mut stream, &mut io::sink())?;
            }
            Ok(())
        });
        let load = "{ warmup: 0, attempts: 1, timeout: 1s, stall_timeout: 1s }";
        let bench = Bench::ready(2, &spec(&format!("http://127.0.0.1:{port}"), "").with("load", load));
        bench.apply().exits(1).says(&["the server speaks TLS there: write `https://` in the `url`"]);
        bench.run(&DOCTOR).exits(1).shows(&["write `https://` in the `url`"]);
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn deflated(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_body_that_is_compressed_unasked_is_read() {
    for (coding, compress) in [("gzip", gzip as fn(&str) -> Vec<u8>), ("deflate", deflated)] {
        for (text, stream) in [(ANSWER, false), (EVENTS, true)] {
            let body = compress(text);
            let headers = format!("Content-Encoding: {coding}\r\n");
            let port = serve(move |mut stream| answer(&mut stream, &headers, &body));
            let spec = spec(&format!("http://127.0.0.1:{port}"), "");
            let bench = Bench::ready(2, &spec.with("generation", &format!("{{ stream: {stream} }}")));
            bench.apply().exits(0);
            assert_eq!(bench.results().column("output"), ["A"; 2], "{coding}, streamed: {stream}");
        }
    }
}

#[test]
fn a_coding_that_is_not_known_is_named_once() {
    let port = serve(|mut stream| answer(&mut stream, "Content-Encoding: br\r\n", b"\x0b\x02\x80"));
    let spec = spec(&format!("http://127.0.0.1:{port}"), "").with("load", "{ warmup: 0, attempts: 3 }");
    let bench = Bench::ready(1, &spec);
    bench.apply().exits(3).says(&["encoded as `br`", "compression"]);
    assert_eq!(bench.results().column("attempts"), ["1"]);
}
