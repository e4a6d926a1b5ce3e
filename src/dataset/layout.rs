//! The folder layout of a repository without a card: subsets and splits from file names.

use std::collections::BTreeMap;

use super::catalog::{Catalog, SPLIT_NAMES, Split, Subset};
use super::format::{Format, is_packed, without_packing};

/// Files of settings and metadata in a data format.
const NO_ROWS: [&str; 6] =
    ["dataset_infos.json", "dataset_info.json", "dataset_dict.json", "state.json", "config.json", "metadata.json"];

/// True for a file that tells of rows and holds none.
pub(super) fn is_about_rows(path: &str) -> bool {
    path.rsplit(['/', std::path::MAIN_SEPARATOR]).next().is_some_and(|name| NO_ROWS.contains(&name))
}

/// The catalog derived from the file names.
pub(super) fn catalog(files: &[String]) -> Catalog {
    let mut subsets: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for file in files {
        if let Some((subset, split)) = place(file) {
            subsets.entry(subset).or_default().push((split, file.clone()));
        }
    }
    let packed: Vec<&String> = files.iter().filter(|file| is_packed(file)).collect();
    let subset = |(name, placed): (String, Vec<(String, String)>)| {
        let mut splits = splits(placed);
        for split in &mut splits {
            split.unreadable = unreadable((&name, &split.name), &packed, files);
        }
        Subset { name, is_default: false, splits }
    };
    Catalog { subsets: subsets.into_iter().map(subset).collect() }
}

/// The packed files of a split that are not there unpacked as well.
fn unreadable((subset, split): (&str, &str), packed: &[&String], files: &[String]) -> Vec<String> {
    let is_of_split = |file: &&&String| {
        let inner = without_packing(file);
        let placed = place(inner).or_else(|| place(&format!("{inner}.csv")));
        placed.is_some_and(|(its_subset, its_split)| its_subset == subset && its_split == split)
    };
    let is_alone =
        |file: &&&String| !files.iter().any(|other| Format::of(other).is_some() && stem_of(other) == stem_of(file));
    packed.iter().filter(is_of_split).filter(is_alone).map(|file| (*file).clone()).collect()
}

/// The splits derived from the file names below a folder.
pub(super) fn splits_below(folder: &str, files: &[String]) -> Vec<Split> {
    let below =
        |file: &&String| folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let placed = files.iter().filter(below).filter_map(|file| Some((place(file)?.1, file.clone())));
    splits(placed.collect())
}

/// The number of the first missing shard of `NAME-00000-of-00003`.
pub(super) fn missing_shard(files: &[String]) -> Option<String> {
    for file in files {
        let Some((shard, total)) = shard_of(file) else { continue };
        let number = &file[shard..shard + 5];
        let before = &file[..shard];
        let name = |wanted: u32| format!("{before}{wanted:05}{}", &file[shard + number.len()..shard + 14]);
        if let Some(lost) = (0..total).map(name).find(|name| !files.iter().any(|file| file.starts_with(name))) {
            return Some(lost);
        }
    }
    None
}

fn splits(placed: Vec<(String, String)>) -> Vec<Split> {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (split, file) in placed {
        by_name.entry(split).or_default().push(file);
    }
    by_name.into_iter().map(|(name, files)| Split { name, files: of_one_format(files), ..Split::default() }).collect()
}

/// The same rows are often there in two formats, under one name; reading both would duplicate every question.
pub(super) fn of_one_format(files: Vec<String>) -> Vec<String> {
    let mut by_stem: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        by_stem.entry(stem_of(&file)).or_default().push(file);
    }
    let mut kept: Vec<String> = by_stem.into_values().flat_map(most_in_one_format).collect();
    kept.sort();
    kept
}

fn most_in_one_format(mut files: Vec<String>) -> Vec<String> {
    let count = |format| files.iter().filter(|file| Format::of(file) == Some(format)).count();
    let kept = Format::ALL.into_iter().rev().max_by_key(|&format| count(format));
    files.retain(|file| Format::of(file) == kept);
    files
}

/// The path of a file without its extensions and the number of its shard.
fn stem_of(file: &str) -> String {
    let name_at = file.rfind('/').map_or(0, |slash| slash + 1);
    let stem = file[name_at..].split_once('.').map_or(&file[name_at..], |(stem, _)| stem);
    let stem = shard_of(stem).map_or(stem, |(at, _)| stem[..at].trim_end_matches('-'));
    format!("{}{stem}", &file[..name_at])
}

/// The subset and split of a file; `None` for a file without rows.
fn place(file: &str) -> Option<(String, String)> {
    Format::of(file)?;
    let mut parts: Vec<&str> = file.split('/').collect();
    if parts.iter().any(|part| part.starts_with('.') || part.starts_with("__")) {
        return None;
    }
    let file_name = parts.pop()?;
    if is_about_rows(file_name) {
        return None;
    }
    if parts.first().is_some_and(|first| matches!(*first, "data" | "default")) {
        parts.remove(0);
    }
    let stem = file_name.split_once('.').map_or(file_name, |(stem, _)| stem);
    let (name, is_shard) = match shard_of(stem) {
        Some((at, _)) => (stem[..at].trim_end_matches('-'), true),
        None => (stem, false),
    };
    let folder_split = parts.last().copied().filter(|folder| is_numbered(name) || keyword(folder).is_some());
    let split = match (keyword(name), folder_split) {
        (Some(_), _) if is_shard || keyword(name) == Some(name) => name.to_owned(),
        (_, Some(folder)) => {
            parts.pop();
            folder.to_owned()
        }
        (Some(split), None) => split.to_owned(),
        (None, None) if is_shard && !name.is_empty() => name.to_owned(),
        (None, None) => "train".to_owned(),
    };
    let subset = if parts.is_empty() { "default".to_owned() } else { parts.join("/") };
    Some((subset, split))
}

/// True if a name only numbers the file, as in `0000.parquet` or `part-0.parquet`.
fn is_numbered(name: &str) -> bool {
    let number = name.trim_start_matches("part").trim_start_matches(['-', '_']);
    number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The split name that is a separate word of a file name.
fn keyword(name: &str) -> Option<&str> {
    let known = |word: &&str| SPLIT_NAMES.iter().any(|names| names.contains(&word.to_lowercase().as_str()));
    if known(&name) {
        return Some(name);
    }
    name.split(['-', '_', '.', ' ']).find(known)
}

/// The position of the shard number in `NAME-00000-of-00003`, and the number of shards.
fn shard_of(name: &str) -> Option<(usize, u32)> {
    let of = name.rfind("-of-")?;
    let start = of.checked_sub(5)?;
    let number = name.get(start..of)?;
    let total = name.get(of + 4..of + 9)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(number) && digits(total)).then(|| Some((start, total.parse().ok()?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_subset_and_split() {
        for (file, subset, split) in [
            ("test.jsonl", "default", "test"),
            ("data/test-00000-of-00001.parquet", "default", "test"),
            ("data/train-00000-of-00001-abcdef0123456789.parquet", "default", "train"),
            ("data/testmini-00000-of-00001.parquet", "default", "testmini"),
            ("abstract_algebra/test-00000-of-00001.parquet", "abstract_algebra", "test"),
            ("abstract_algebra/test/0000.parquet", "abstract_algebra", "test"),
            ("default/partial-train/0000.parquet", "default", "partial-train"),
            ("main/train/part-3.parquet", "main", "train"),
            ("data/easy/validation.csv", "easy", "validation"),
            ("a/b/dev.tsv", "a/b", "dev"),
            ("train/algebra.json", "default", "train"),
            ("mmlu_test.csv", "default", "test"),
            ("questions.csv", "default", "train"),
            ("latest.csv", "default", "train"),
        ] {
            assert_eq!(place(file), Some((subset.to_owned(), split.to_owned())), "{file}");
        }
        for file in ["README.md", "dataset_infos.json", ".git/x.json", "a/__pycache__/test.csv", "test.zip"] {
            assert_eq!(place(file), None, "{file}");
        }
    }

    #[test]
    fn one_format_is_read_and_files_are_in_name_order() {
        let files =
            ["test.csv", "test.jsonl", "x/train-00001-of-00002.csv", "x/train-00000-of-00002.csv", "x/train.json"];
        let catalog = catalog(&files.map(str::to_owned));
        assert_eq!(catalog.subsets[0].splits[0].files, ["test.jsonl"]);
        assert_eq!(catalog.subsets[1].splits[0].files, ["x/train-00000-of-00002.csv", "x/train-00001-of-00002.csv"]);
    }

    #[test]
    fn a_split_with_a_part_that_cannot_be_read_is_refused_by_its_name() {
        let split = |files: &[&str]| {
            let catalog = catalog(&files.iter().map(|&file| file.to_owned()).collect::<Vec<_>>());
            catalog.files("o/n", None, "test").map(|found| found[0].1.files.clone()).map_err(|error| error.to_string())
        };
        let both = ["test-a.jsonl", "test-b.jsonl.gz"];
        assert_eq!(split(&both).unwrap(), both);
        let error = split(&["test-a.jsonl", "test-b.jsonl.bz2"]).unwrap_err();
        assert!(error.contains("`test-b.jsonl.bz2` has an unsupported format"), "{error}");
        assert_eq!(split(&["test.jsonl", "test.jsonl.bz2", "train.zip"]).unwrap(), ["test.jsonl"]);
    }

    #[test]
    fn a_missing_shard_is_noticed() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let whole = names(&["a/t-00000-of-00002.parquet", "a/t-00001-of-00002-ab.parquet", "b.csv"]);
        assert_eq!(missing_shard(&whole), None);
        let cut = names(&["a/t-00000-of-00003.parquet", "a/t-00002-of-00003.parquet"]);
        assert_eq!(missing_shard(&cut).unwrap(), "a/t-00001-of-00003");
    }

    const ODD: &str = "[a-z0-9/._é-]{0,12}(-of-|-0000[0-9]-of-0000[0-9])?[é.a-z]{0,8}";

    proptest::proptest! {
        #[test]
        fn no_file_name_is_too_odd(names in proptest::collection::vec(ODD, 0..6)) {
            catalog(&names);
            missing_shard(&names);
            splits_below("a", &names);
        }
    }
}
