//! Images of rows: bytes of the row itself, files beside the dataset, or addresses.

use std::collections::HashMap;
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::fault::Fault;
use super::rows::kind_of;
use crate::files::read_bounded;
use crate::image::{Image, ImageFile, MOST_BYTES};

/// Maximum size of all different images of a dataset in bytes; they are held in memory.
const MOST_IN_ALL: usize = 2 << 30;

/// Characters of a path that an error shows.
const MOST_SHOWN: usize = 120;

/// The images of a dataset, each of which is held once.
#[derive(Default)]
pub(super) struct Images {
    known: HashMap<[u8; 32], Image>,
    bytes: usize,
}

impl Images {
    /// The images that values of columns stand for; `folder` is that of a local dataset.
    pub(super) fn load(
        &mut self,
        values: impl IntoIterator<Item = (String, Value)>,
        folder: Option<&Path>,
    ) -> Result<Vec<Image>, Fault> {
        let mut images = Vec::new();
        for (column, value) in values {
            self.add(value, folder, &mut images).map_err(|reason| Fault::Image { column, reason })?;
        }
        Ok(images)
    }

    fn add(&mut self, value: Value, folder: Option<&Path>, images: &mut Vec<Image>) -> Result<(), String> {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                for item in items {
                    self.add(item, folder, images)?;
                }
            }
            Value::String(text) if text.trim().is_empty() => {}
            Value::String(text) => images.push(self.written(&text, folder)?),
            Value::Object(mut members) => {
                let stated = ["bytes", "path", "url"].iter().find_map(|name| {
                    members.remove(*name).filter(|value| !value.is_null()).map(|value| (*name, value))
                });
                match stated {
                    // Base64, as JSON has bytes.
                    Some(("bytes", Value::String(text))) => images.push(self.decoded(&text)?),
                    Some((_, value)) => self.add(value, folder, images)?,
                    None if members.is_empty() => {}
                    None => return Err("is a struct without `bytes`, `path` or `url`".to_owned()),
                }
            }
            other => return Err(format!("holds {}, not bytes, a path or an address", kind_of(&other))),
        }
        Ok(())
    }

    /// The image of an address, of a data URL or of a path.
    fn written(&mut self, text: &str, folder: Option<&Path>) -> Result<Image, String> {
        let is_scheme = |scheme: &str| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
        if is_scheme("https://") || is_scheme("http://") {
            return Ok(Image::Address(text.into()));
        }
        if is_scheme("data:") {
            let (_, content) = text.split_once(";base64,").ok_or("is a data URL that is not in Base64")?;
            return self.decoded(content);
        }
        let shown: String = text.chars().take(MOST_SHOWN).collect();
        let bytes = beside(text, folder).map_err(|reason| format!("`{shown}`: {reason}"))?;
        self.kept(bytes).map_err(|reason| format!("`{shown}`: {reason}"))
    }

    fn decoded(&mut self, text: &str) -> Result<Image, String> {
        if text.len() / 4 * 3 > MOST_BYTES + 3 {
            return Err(format!("it is larger than {} MB: make it smaller", MOST_BYTES >> 20));
        }
        let bytes = STANDARD.decode(text).map_err(|error| format!("its bytes are not in Base64: {error}"))?;
        self.kept(bytes)
    }

    fn kept(&mut self, bytes: Vec<u8>) -> Result<Image, String> {
        let file = ImageFile::new(bytes)?;
        if let Some(known) = self.known.get(&file.sha256) {
            return Ok(known.clone());
        }
        self.bytes += file.bytes().len();
        if self.bytes > MOST_IN_ALL {
            return Err(format!("the images take more than {} MB in all: set `limit` or `filter`", MOST_IN_ALL >> 20));
        }
        let (sha256, image) = (file.sha256, Image::File(file));
        self.known.insert(sha256, image.clone());
        Ok(image)
    }
}

/// Reads a file below the folder of a dataset, and no other.
fn beside(path: &str, folder: Option<&Path>) -> Result<Vec<u8>, String> {
    const OUTSIDE: &str = "it leads out of the folder of the dataset's file: put the images below that folder, and write paths \
                           relative to it";
    let Some(folder) = folder else {
        return Err(
            "only files of rows are fetched from the Hub: use a dataset with the bytes of its images in Parquet, or a \
                    local copy"
                .to_owned(),
        );
    };
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(OUTSIDE.to_owned());
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let said = |error: std::io::Error| error.to_string();
    // Links are followed, but not out of the folder.
    let (root, real) = (folder.canonicalize().map_err(said)?, folder.join(path).canonicalize().map_err(said)?);
    if !real.starts_with(&root) {
        return Err(OUTSIDE.to_owned());
    }
    read_bounded(&real, MOST_BYTES as u64).map_err(said)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GIF: &[u8] = b"GIF89a rest";

    fn load(value: Value, folder: &Path) -> Result<Vec<Image>, String> {
        let values = vec![("image".to_owned(), value)];
        Images::default().load(values, Some(folder)).map_err(|fault| fault.to_string())
    }

    #[test]
    fn bytes_paths_and_addresses_are_images() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("pictures")).unwrap();
        std::fs::write(folder.path().join("pictures/a.png"), GIF).unwrap();
        let text = STANDARD.encode(GIF);
        let file = Image::File(ImageFile::new(GIF.to_vec()).unwrap());
        for value in [
            json!("pictures/a.png"),
            json!("./pictures/a.png"),
            json!(format!("data:image/gif;base64,{text}")),
            json!({ "bytes": text, "path": "x.gif" }),
            // A column of bytes in Parquet, alone and in the Hub's struct.
            json!({ "bytes": { "bytes": text }, "path": null }),
            json!({ "bytes": null, "path": "pictures/a.png" }),
            json!([null, "pictures/a.png", ""]),
        ] {
            assert_eq!(load(value.clone(), folder.path()), Ok(vec![file.clone()]), "{value}");
        }
        let address = load(json!({ "url": "HTTPS://a/b.png" }), folder.path()).unwrap();
        assert_eq!(address, [Image::Address("HTTPS://a/b.png".into())]);
        for none in [json!(null), json!(""), json!([]), json!({ "bytes": null, "path": null })] {
            assert_eq!(load(none, folder.path()), Ok(vec![]));
        }
    }

    #[test]
    fn an_image_that_comes_again_is_held_once() {
        let mut images = Images::default();
        let value = || vec![("image".to_owned(), json!({ "bytes": STANDARD.encode(GIF) }))];
        let (first, again) = (images.load(value(), None).unwrap(), images.load(value(), None).unwrap());
        let pointer = |images: &[Image]| match &images[0] {
            Image::File(file) => file.bytes().as_ptr(),
            Image::Address(_) => panic!("it is a file"),
        };
        assert_eq!((pointer(&first), images.bytes), (pointer(&again), GIF.len()));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_image_of_the_dataset_is_refused() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = |name: &str| folder.path().join(name);
        std::fs::write(other.path().join("a.gif"), GIF).unwrap();
        std::os::unix::fs::symlink(other.path().join("a.gif"), path("link.gif")).unwrap();
        std::fs::write(path("text.png"), "root:x:0:0").unwrap();
        std::fs::write(path("empty.png"), "").unwrap();
        std::fs::File::create(path("sparse.png")).unwrap().set_len(1 << 30).unwrap();
        for (value, expected) in [
            (json!("../../etc/passwd"), "leads out of the folder"),
            (json!("/etc/passwd"), "leads out of the folder"),
            (json!("file:///etc/passwd"), "`file:///etc/passwd`: No such file"),
            (json!("link.gif"), "leads out of the folder"),
            (json!("text.png"), "neither PNG, JPEG, GIF nor WebP"),
            (json!("empty.png"), "it is empty"),
            (json!({ "bytes": "" }), "it is empty"),
            (json!("sparse.png"), "larger than 20 MB"),
            (json!("."), "a folder, not a file"),
            (json!("none\u{0}.png"), "NUL"),
            (json!({ "bytes": "?" }), "not in Base64"),
            (json!("data:image/png,x"), "not in Base64"),
            (json!({ "width": 3 }), "without `bytes`, `path` or `url`"),
            (json!(3), "holds a number"),
        ] {
            let error = load(value.clone(), folder.path()).unwrap_err();
            assert!(
                error.contains("`image`") && error.to_lowercase().contains(&expected.to_lowercase()),
                "{value}: {error}"
            );
        }
        let error = Images::default().load(vec![("i".into(), json!("a.png"))], None).unwrap_err().to_string();
        assert!(error.contains("only files of rows are fetched from the Hub"), "{error}");
    }
}
