//! `--site`: which of the sites of an experiment this machine is.

use std::path::{Path, PathBuf};

use crate::files::read_bounded;
use crate::plan::{is_site_name, site_names};
use crate::spec::expand::Environment;

/// The variable that names the site of a machine.
pub(super) const VARIABLE: &str = "SMALLBENCH_SITE";

/// Maximum size of the file that names the site of a machine, in bytes.
const MOST_BYTES: u64 = 4096;

/// The site of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Siting {
    /// Its name.
    pub(super) name: String,
    /// The variable or the file that says so; none if it is the command line.
    pub(super) source: Option<String>,
}

impl Siting {
    /// As the command line says, else the variable, else the file of this machine.
    ///
    /// # Errors
    /// A name that cannot be that of a site; in words.
    pub(super) fn find(told: Option<&str>, environment: &Environment) -> Result<Option<Self>, String> {
        if let Some(name) = told {
            return Ok(Some(Self { name: name.to_owned(), source: None }));
        }
        let set = |name: &str| environment.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
        if let Some(name) = set(VARIABLE) {
            return Self::of(name, VARIABLE).map(Some);
        }
        let Some(path) = file(set) else { return Ok(None) };
        match read_bounded(&path, MOST_BYTES) {
            Ok(bytes) => Self::of(String::from_utf8_lossy(&bytes).trim(), &path.display().to_string()).map(Some),
            Err(_) => Ok(None),
        }
    }

    fn of(name: &str, source: &str) -> Result<Self, String> {
        match parse(name) {
            Ok(name) => Ok(Self { name, source: Some(source.to_owned()) }),
            Err(why) => Err(format!("{source}: {why}")),
        }
    }
}

/// The name of a site.
///
/// # Errors
/// It is none; in words.
pub(super) fn parse(name: &str) -> Result<String, String> {
    if is_site_name(name) {
        return Ok(name.to_owned());
    }
    let shown: String = name.chars().take(80).collect();
    Err(format!("`{}` is not a name of a site; {}", shown.escape_debug(), site_names()))
}

/// The file that names the site of this machine, in the folder of a user's settings.
fn file<'e>(set: impl Fn(&str) -> Option<&'e str>) -> Option<PathBuf> {
    let settings = set("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = || Some(Path::new(set("HOME")?).join(".config"));
    let roaming = || set("APPDATA").map(PathBuf::from);
    Some(settings.or_else(home).or_else(roaming)?.join("smallbench/site"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_counts() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("smallbench")).unwrap();
        let file = home.path().join("smallbench/site");
        let folder = home.path().to_str().unwrap();
        let find = |told: Option<&str>, variable: &str| {
            let set = [("XDG_CONFIG_HOME", folder), (VARIABLE, variable)];
            let environment = set.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let found = Siting::find(told, &environment)?;
            Ok::<_, String>(found.map(|siting| (siting.name, siting.source.is_some())))
        };
        assert_eq!(find(None, ""), Ok(None));
        std::fs::write(&file, "desk\n").unwrap();
        assert_eq!(find(None, ""), Ok(Some(("desk".to_owned(), true))));
        assert_eq!(find(None, " lap "), Ok(Some(("lap".to_owned(), true))));
        assert_eq!(find(Some("x"), "lap"), Ok(Some(("x".to_owned(), false))));
        assert!(find(None, "a b").unwrap_err().starts_with("SMALLBENCH_SITE: `a b` is not"));
        std::fs::write(&file, "a\nb").unwrap();
        assert!(find(None, "").unwrap_err().contains("`a\\nb` is not a name"));
    }
}
