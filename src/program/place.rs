//! Where programs of a spec are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The folder of a spec, from the root.
///
/// # Errors
/// The working directory is gone.
pub fn whole_path(folder: &Path) -> Result<PathBuf, String> {
    std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
        .map_err(|error| format!("cannot find the folder of the spec: {error}"))
}

/// The program's file. A name alone is left for the system to find.
///
/// # Errors
/// There is no such file.
pub fn located(program: &str, folder: &Path) -> Result<PathBuf, String> {
    let path = Path::new(program);
    if program.is_empty() {
        return Err("the program is empty".into());
    }
    if is_name(program) {
        return Ok(path.to_owned());
    }
    // Without a `.` in the middle.
    let path: PathBuf = folder.join(path).components().collect();
    if path.is_file() {
        return Ok(path);
    }
    let state = if path.exists() { "is not a file" } else { "does not exist" };
    Err(format!("program `{program}` {state}; paths are relative to the folder of the spec"))
}

/// Where the system finds a program, by the folders of `PATH`.
///
/// # Errors
/// None of them has it; the text says what to do.
pub fn found(program: &Path, folders: Option<&OsStr>) -> Result<PathBuf, String> {
    if !is_name(&program.to_string_lossy()) {
        return Ok(program.to_owned());
    }
    let endings: &[&str] = if cfg!(windows) { &["", ".exe", ".cmd", ".bat"] } else { &[""] };
    let folders = std::env::split_paths(folders.unwrap_or_default());
    let files = folders
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{}{ending}", program.display()))));
    files.into_iter().find(|file| can_be_run(file)).ok_or_else(|| {
        format!("program `{}` is not in a folder of PATH; install it, or write its path", program.display())
    })
}

fn is_name(program: &str) -> bool {
    Path::new(program).components().count() == 1 && !program.contains(std::path::is_separator)
}

#[cfg(unix)]
fn can_be_run(file: &Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn can_be_run(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_a_path_has_to_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let message = located("./missing.sh", folder.path()).unwrap_err();
        assert!(message.contains("does not exist; paths are relative to the folder of the spec"), "{message}");
        assert!(located("/", folder.path()).unwrap_err().contains("is not a file"));
        assert_eq!(located("python3", folder.path()), Ok("python3".into()));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_is_looked_for_in_every_folder() {
        let path = Some(OsStr::new("/not/there:/bin:/usr/bin"));
        assert!(found(Path::new("sh"), path).unwrap().ends_with("sh"));
        assert!(found(Path::new("no-such-server"), path).unwrap_err().contains("not in a folder of PATH"));
        assert!(found(Path::new("sh"), None).is_err());
    }
}
