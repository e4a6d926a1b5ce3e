//! Images of datasets: in the bodies of the three APIs, out of store and results, and the values that are refused.

use std::fs::File;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polars::prelude::{Column, DataFrame, IntoSeries, NamedFrom, ParquetWriter, Series, StructChunked};
use serde_json::{Value as Json, json};

use crate::bench::{Bench, Spec};
use crate::server::Server;

/// A PNG of one pixel, and more bytes than a placeholder has.
fn pixel() -> Vec<u8> {
    let pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    [STANDARD.decode(pixel).unwrap(), vec![7; 12_000]].concat()
}

const DATASET: &str = "[{ source: { file: { path: seen.jsonl } }, columns: { image: photo } }]";

fn spec(endpoint: &str) -> Spec {
    let plain = "{ template: \"{{ question }}\" }";
    Spec::at(endpoint).with("datasets", DATASET).with("prompt", plain).with("judge", "none").with("charts", "[]")
}

/// A bench whose dataset has one question, about the image that a value stands for.
fn bench(endpoint: &str, photo: &Json) -> Bench {
    let bench = Bench::empty();
    bench.write("experiments/pictures/a.png", pixel());
    bench.write("experiments/seen.jsonl", json!({ "question": "What is it?", "photo": photo }).to_string());
    bench.spec(&spec(endpoint));
    bench
}

/// The body of the request that asks about an image.
fn body(server: &Server, endpoint: &str, photo: &Json) -> Json {
    let variables = [("ANTHROPIC_API_KEY", "sk-ant-0123456789")];
    bench(endpoint, photo).run_with(&["apply", "experiments/trial.yaml"], &variables).exits(0);
    server.asked().pop().unwrap().body
}

fn chat(server: &Server) -> String {
    format!("{{ ollama: {{ url: \"{}\", api: chat }} }}", server.url())
}

#[test]
fn every_api_has_its_form_of_images() {
    let (path, text) = (json!("pictures/a.png"), STANDARD.encode(pixel()));
    let ollama = Server::ollama(&["small"]);
    let generated = body(&ollama, &ollama.endpoint(), &path);
    assert_eq!((&generated["prompt"], &generated["images"]), (&json!("What is it?"), &json!([text])));
    let message = json!([{ "role": "user", "content": "What is it?", "images": [text] }]);
    assert_eq!(body(&ollama, &chat(&ollama), &path)["messages"], message);

    let question = json!({ "type": "text", "text": "What is it?" });
    let address = json!("https://example.org/a.png");
    let openai = Server::openai(&["small"], None);
    for (photo, url) in
        [(&path, format!("data:image/png;base64,{text}")), (&address, "https://example.org/a.png".into())]
    {
        let part = json!({ "type": "image_url", "image_url": { "url": url } });
        let sent = body(&openai, &openai.endpoint(), photo);
        assert_eq!(sent["messages"], json!([{ "role": "user", "content": [question, part] }]));
    }
    let anthropic = Server::anthropic(&["small"], None);
    let base64 = json!({ "type": "base64", "media_type": "image/png", "data": text });
    for (photo, source) in [(&path, base64), (&address, json!({ "type": "url", "url": address }))] {
        let block = json!({ "type": "image", "source": source });
        let sent = body(&anthropic, &anthropic.endpoint(), photo);
        assert_eq!(sent["messages"], json!([{ "role": "user", "content": [block, question] }]));
    }
}

#[test]
fn a_parquet_file_holds_the_bytes_of_its_images() {
    let server = Server::openai(&["small"], None);
    let bench = bench(&server.endpoint(), &Json::Null);
    let (bytes, other) = (pixel(), [b"GIF89a".as_slice(), &[1; 300]].concat());
    let bytes = Series::new("bytes".into(), [Some(bytes.as_slice()), Some(&other), None]);
    let fields = [bytes, Series::new("path".into(), ["a.png", "b.gif", "pictures/a.png"])];
    let photo = StructChunked::from_series("photo".into(), 3, fields.iter()).unwrap().into_series();
    let columns = vec![Column::from(Series::new("question".into(), ["One?", "Two?", "Three?"])), photo.into()];
    let mut frame = DataFrame::new(3, columns).unwrap();
    ParquetWriter::new(File::create(bench.path("experiments/seen.parquet")).unwrap()).finish(&mut frame).unwrap();
    bench.spec(&spec(&server.endpoint()).with("datasets", &DATASET.replace("jsonl", "parquet")));
    bench.apply().exits(0);
    let mut urls: Vec<String> = server
        .asked()
        .iter()
        .map(|asked| asked.body["messages"][0]["content"][1]["image_url"]["url"].as_str().unwrap().to_owned())
        .collect();
    urls.sort();
    let png = format!("data:image/png;base64,{}", STANDARD.encode(pixel()));
    assert_eq!(urls, [format!("data:image/gif;base64,{}", STANDARD.encode(&other)), png.clone(), png]);
}

#[test]
fn nothing_that_is_kept_holds_the_bytes() {
    let server = Server::openai(&["small"], None);
    let bench = bench(&server.endpoint(), &json!("pictures/a.png"));
    bench.apply().exits(0);
    bench.apply().exits(0);
    assert_eq!(server.count(), 1, "the image has the same key");
    let shown = bench.run(&["prompt", "experiments/trial.yaml"]).exits(0).stdout.clone();
    assert!(shown.starts_with("[image: sha256 ") && shown.ends_with(", 12 kB png]\nWhat is it?\n"), "{shown}");
    bench.run(&["explain", "experiments/trial.yaml", "0"]).exits(0).shows(&[", 12 kB png]"]);
    let text = STANDARD.encode([7; 60]);
    let raw = [7; 60];
    for (path, content) in bench.everything().into_iter().filter(|(path, _)| !path.ends_with("a.png")) {
        let has = |wanted: &[u8]| content.windows(wanted.len()).any(|window| window == wanted);
        assert!(!has(text.as_bytes()) && !has(&raw), "{}", path.display());
    }
    // Another image under the same name is another request.
    bench.write("experiments/pictures/a.png", [pixel(), vec![8]].concat());
    bench.apply().exits(0);
    assert_eq!(server.count(), 2);
}

#[test]
fn what_cannot_be_sent_is_refused_with_its_row() {
    let server = Server::openai(&["small"], None);
    for (photo, expected) in [
        (json!("../../etc/passwd"), "leads out of the folder"),
        (json!("pictures/text.png"), "neither PNG, JPEG, GIF nor WebP"),
        (json!("pictures/sparse.png"), "larger than 20 MB"),
        (json!("pictures/empty.png"), "it is empty"),
        (json!({ "bytes": "" }), "it is empty"),
        (json!("pictures/none.png"), "No such file"),
    ] {
        let bench = bench(&server.endpoint(), &photo);
        bench.write("experiments/pictures/text.png", "no image");
        bench.write("experiments/pictures/empty.png", "");
        File::create(bench.path("experiments/pictures/sparse.png")).unwrap().set_len(1 << 30).unwrap();
        let refused = bench.apply();
        assert_eq!(refused.code, Some(2), "{photo}: {}", refused.stderr);
        assert!(refused.stderr.contains(expected) && refused.stderr.contains("line 1"), "{photo}: {}", refused.stderr);
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn an_api_without_images_is_told() {
    let ollama = Server::ollama(&["small"]);
    let refused = bench(&ollama.endpoint(), &json!("https://example.org/a.png")).apply();
    assert!(refused.stderr.contains("download the images"), "{}", refused.stderr);
    let openai = Server::openai(&["small"], None);
    let completions = format!("{{ openai: {{ url: \"{}/v1\", api: completions }} }}", openai.url());
    let refused = bench(&completions, &json!("pictures/a.png")).apply();
    assert!(refused.stderr.contains("set its `api: chat`"), "{}", refused.stderr);
    let bench = bench(&openai.endpoint(), &json!("pictures/a.png"));
    let few = DATASET.replace(" }]", ", few_shot: { path: seen.jsonl, count: 1 } }]");
    bench.spec(&spec(&openai.endpoint()).with("datasets", &few));
    bench.apply().exits(2).says(&["without their images"]);
    assert_eq!((ollama.count(), openai.count()), (0, 0));
}
