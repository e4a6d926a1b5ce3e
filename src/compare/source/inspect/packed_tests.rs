//! Packed logs: complete, of every compression, damaged, and made to fill the memory.

use std::io::{Cursor, Write};
use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

const METHODS: [CompressionMethod; 3] =
    [CompressionMethod::Stored, CompressionMethod::Deflated, CompressionMethod::Zstd];

fn packed(members: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn sample(id: u32) -> Vec<u8> {
    json!({ "id": id, "epoch": 1, "input": "2 + 2?", "target": "4", "scores": { "match": { "value": "C" } } })
        .to_string()
        .into()
}

fn log(method: CompressionMethod) -> Vec<u8> {
    let eval = json!({ "model": "mock/model", "task": "sums", "packages": { "inspect_ai": "0.3" } });
    let head = json!({ "version": 2, "status": "success", "eval": eval }).to_string().into_bytes();
    let members = [
        ("_journal/start.json", head.clone()),
        ("samples/10_epoch_1.json", sample(10)),
        ("samples/9_epoch_1.json", sample(9)),
        ("summaries.json", b"[]".to_vec()),
        ("header.json", head),
    ];
    packed(&members, method)
}

fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.eval");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn every_compression_is_read() {
    for method in METHODS {
        let (_folder, path) = written(&log(method));
        let source = read(&path).unwrap();
        let titles: Vec<&str> = source.answers.iter().map(|answer| answer.title.as_str()).collect();
        assert_eq!(
            (titles, source.models().iter().map(|name| &***name).collect::<Vec<_>>()),
            (vec!["#9", "#10"], vec!["mock/model"])
        );
        assert_eq!(source.facts["packages.inspect_ai"], "0.3");
        assert_eq!(source.facts["status"], "success");
    }
}

#[test]
fn a_log_that_is_still_written_has_its_head_in_the_journal() {
    let head = json!({ "version": 2, "eval": { "model": "m" } }).to_string().into_bytes();
    let members = [("_journal/start.json", head), ("samples/1_epoch_1.json", sample(1))];
    let (_folder, path) = written(&packed(&members, CompressionMethod::Deflated));
    assert_eq!(read(&path).unwrap().answers.len(), 1);
}

#[test]
fn what_is_cut_or_changed_is_an_error_with_its_place() {
    for method in METHODS {
        let whole = log(method);
        let (_folder, path) = written(&whole);
        for place in (0..whole.len()).step_by(5) {
            std::fs::write(&path, &whole[..place]).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains("log.eval, directory of the archive: no ZIP"), "{place}: {error}");
            let mut bytes = whole.clone();
            bytes[place] ^= 0x55;
            std::fs::write(&path, &bytes).unwrap();
            // What is not needed, such as a date, may be anything.
            if let Err(error) = read(&path) {
                assert!(error.to_string().contains("log.eval"), "{place}: {error}");
            }
        }
    }
}

#[test]
fn a_member_that_is_no_sample_is_named() {
    let head = json!({ "eval": { "model": "m" } }).to_string().into_bytes();
    let cases: [(&[u8], &str); 5] = [
        (b"{", "log.eval, member samples/1_epoch_1.json: no JSON of a log"),
        (b"7", "member samples/1_epoch_1.json: no JSON of a log"),
        (b"\xff\xfe{}", "member samples/1_epoch_1.json: no JSON of a log"),
        (&[b'['; 100_000], "member samples/1_epoch_1.json: no JSON of a log"),
        (b"{\"input\": ", "member samples/1_epoch_1.json: no JSON of a log"),
    ];
    for (bytes, words) in cases {
        let members = [("header.json", head.clone()), ("samples/1_epoch_1.json", bytes.to_vec())];
        let (_folder, path) = written(&packed(&members, CompressionMethod::Zstd));
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    for (members, words) in [
        (vec![("x.json", head.clone())], "it holds neither `header.json` nor `_journal/start.json`"),
        (vec![("header.json", b"{}".to_vec())], "log.eval, member header.json: it is not a log of inspect"),
    ] {
        let (_folder, path) = written(&packed(&members, CompressionMethod::Stored));
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused() {
    let zeros = vec![b' '; 4 << 20];
    let small = Bounds { small: 1 << 20, ratio: 100, ..BOUNDS };
    for method in [CompressionMethod::Deflated, CompressionMethod::Zstd] {
        let bytes = packed(&[("header.json", zeros.clone())], method);
        let (_folder, path) = written(&bytes);
        let message = |bounds: Bounds| {
            let error = Packed::open(&path, bounds).and_then(|mut log| log.member::<Value>("header.json")).unwrap_err();
            error.to_string()
        };
        assert!(message(small).contains("member header.json: it unpacks to more than"), "{}", message(small));
        let member = Bounds { member: 1 << 20, ..BOUNDS };
        assert!(message(member).contains("it unpacks to more than 1 MB"), "{}", message(member));
        let total = Bounds { total: 2 << 20, ..BOUNDS };
        assert!(message(total).contains("it unpacks to more than 2 MB"), "{}", message(total));
        let members = Bounds { members: 0, ..BOUNDS };
        assert!(message(members).contains("it holds 1 member"), "{}", message(members));
        // The size that the archive claims is not believed: it is the last of three in the directory and in the head.
        let claimed = u32::to_le_bytes(4 << 20);
        let mut lying = bytes.clone();
        for place in 0..lying.len() - 4 {
            if lying[place..place + 4] == claimed {
                lying[place..place + 4].copy_from_slice(&u32::to_le_bytes(2));
            }
        }
        let (_folder, path) = written(&lying);
        assert!(Packed::open(&path, small).and_then(|mut log| log.member::<Value>("header.json")).is_err());
    }
}
