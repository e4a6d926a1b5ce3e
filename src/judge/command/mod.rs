//! The judge `command`: what a program is asked, what it replies, and what its verdicts are kept under.

mod error;
mod question;
mod reply;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::checksum::sha256_of;
use crate::program::{located, whole_path};
use crate::secret::Secrets;
use crate::spec::expand::Environment;
use crate::spec::types::CommandSpec;

pub use error::{Breach, CommandError, Fault};
pub use question::{Question, lines};
pub use reply::{Reply, replies};

/// Name of the rule in the verdicts of this judge.
pub const RULE: &str = "command";

/// Shortest secret that is looked for within a variable; a shorter one, which may be a placeholder such as `ollama`,
/// has to be the whole of it.
const LONG_SECRET: usize = 16;

/// The judge `command`, ready to be asked.
#[derive(Clone)]
pub struct CommandJudge {
    /// Its program: a path, or a name to be found in `PATH`.
    pub program: PathBuf,
    /// Arguments of the program.
    pub arguments: Vec<String>,
    /// Working directory of the program: the folder of the spec.
    pub folder: PathBuf,
    /// Version of the judge.
    pub version: String,
    /// Time limit for one call.
    pub timeout: Duration,
    /// Address space of each process, in bytes.
    pub memory: Option<u64>,
    /// Most answers per call.
    pub batch: usize,
    /// Calls at once.
    pub parallel: usize,
    /// As the spec says it.
    run: Vec<String>,
    environment: Environment,
}

/// What verdicts depend on besides the answer: kind, command line, version, and the content of files.
#[derive(Clone)]
pub struct JudgeIdentity(Sha256);

impl CommandJudge {
    /// The judge of a spec that lies in a folder.
    ///
    /// # Errors
    /// The program cannot be what is meant; the message says why.
    pub fn new(spec: &CommandSpec, folder: &Path, environment: &Environment) -> Result<Self, String> {
        let folder = whole_path(folder)?;
        if spec.timeout.0.is_zero() {
            return Err("`timeout` of the judge must be greater than zero".into());
        }
        // An empty list is refused by its limits.
        let program = spec.run.first().map(|program| located(program, &folder)).transpose()?.unwrap_or_default();
        Ok(Self {
            program,
            arguments: spec.run.iter().skip(1).cloned().collect(),
            folder,
            version: spec.version.clone(),
            timeout: spec.timeout.0,
            memory: spec.memory.map(|memory| memory.0),
            batch: spec.batch,
            parallel: spec.parallel,
            run: spec.run.clone(),
            environment: environment.clone(),
        })
    }

    /// A short name: that of the program's file, else of the first argument that is a file, such as a script.
    pub fn name(&self) -> String {
        // The program comes first among the files, if it is one.
        let path = self.files().next().unwrap_or_else(|| self.program.clone());
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    }

    /// The command line, for messages.
    pub fn line(&self) -> String {
        self.run.join(" ")
    }

    /// What its verdicts depend on. Files that the command line names are read.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn identity(&self) -> io::Result<JudgeIdentity> {
        let mut hasher = Sha256::new();
        add(&mut hasher, RULE.as_bytes());
        add(&mut hasher, &(self.run.len() as u64).to_le_bytes());
        self.run.iter().chain([&self.version]).for_each(|part| add(&mut hasher, part.as_bytes()));
        for file in self.files() {
            add(&mut hasher, sha256_of(&file)?.as_bytes());
        }
        Ok(JudgeIdentity(hasher))
    }

    /// The variables of the environment that hold a secret, by name.
    pub fn withheld(&self, secrets: &Secrets) -> Vec<String> {
        let holds = |value: &str| {
            let found = secrets.find(value);
            found.iter().any(|range| range.len() >= LONG_SECRET || value[range.clone()].len() == value.trim().len())
        };
        self.environment.iter().filter(|(_, value)| holds(value)).map(|(name, _)| name.clone()).collect()
    }

    /// The files that the command line names.
    fn files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let arguments = self.arguments.iter().map(|argument| self.folder.join(argument));
        // A name alone is found in `PATH`, and is not its file.
        let program = self.program.is_absolute().then(|| self.program.clone());
        program.into_iter().chain(arguments.filter(|path| path.is_file()))
    }
}

impl fmt::Debug for CommandJudge {
    /// Without the environment, which holds secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandJudge").field("run", &self.run).finish_non_exhaustive()
    }
}

impl JudgeIdentity {
    /// What the verdict on an answer is kept under; the answer as [`Question::json`] writes it.
    pub fn key(&self, question: &str) -> [u8; 32] {
        let mut hasher = self.0.clone();
        add(&mut hasher, question.as_bytes());
        hasher.finalize().into()
    }
}

/// Each part with its length, so that no two lists of parts are one text.
fn add(hasher: &mut Sha256, part: &[u8]) {
    hasher.update((part.len() as u64).to_le_bytes());
    hasher.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn judge(folder: &Path, run: &[&str]) -> CommandJudge {
        let spec = serde_json::from_value(serde_json::json!({ "run": run })).unwrap();
        CommandJudge::new(&spec, folder, &Environment::new()).unwrap()
    }

    fn key(judge: &CommandJudge, question: &str) -> [u8; 32] {
        judge.identity().unwrap().key(question)
    }

    #[test]
    fn keys_change_with_all_that_a_verdict_depends_on() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tests.py"), "1").unwrap();
        let first = judge(folder.path(), &["python3", "tests.py"]);
        let mut keys = vec![key(&first, "a"), key(&first, "b")];
        keys.push(key(&judge(folder.path(), &["python3", "tests.py", ""]), "a"));
        keys.push(key(&judge(folder.path(), &["python3 tests.py"]), "a"));
        keys.push(key(&CommandJudge { version: "2".into(), ..first.clone() }, "a"));
        std::fs::write(folder.path().join("tests.py"), "2").unwrap();
        keys.push(key(&first, "a"));
        let limits = CommandJudge { batch: 1, parallel: 9, timeout: Duration::MAX, ..first.clone() };
        assert_eq!(key(&limits, "a"), key(&first, "a"), "limits change no verdict");
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn a_program_is_named_by_its_script() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tests.py"), "").unwrap();
        assert_eq!(judge(folder.path(), &["python3", "-u", "tests.py"]).name(), "tests.py");
        assert_eq!(judge(folder.path(), &["docker", "run"]).name(), "docker");
        assert_eq!(judge(folder.path(), &["./tests.py", "tests.py"]).name(), "tests.py");
    }

    #[test]
    fn a_program_has_some_time() {
        let spec = serde_json::from_value(serde_json::json!({ "run": ["sh"], "timeout": "0s" })).unwrap();
        let message = CommandJudge::new(&spec, Path::new(""), &Environment::new()).unwrap_err();
        assert_eq!(message, "`timeout` of the judge must be greater than zero");
    }

    #[test]
    fn variables_that_hold_a_secret_are_withheld_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let variables = [
            ("KEY", "sk-0123456789abcdef0"),
            ("COPY", "Bearer sk-0123456789abcdef0"),
            ("DUMMY", "hub4life"),
            ("PATH", "/opt/hub4life/bin"),
        ];
        let environment = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let secrets = Secrets::default();
        ["sk-0123456789abcdef0", "hub4life"].iter().for_each(|key| secrets.add(&Secret::new(key)));
        let judge = CommandJudge { environment, ..judge(folder.path(), &["sh"]) };
        assert_eq!(judge.withheld(&secrets), ["COPY", "DUMMY", "KEY"]);
        assert!(!format!("{judge:?}").contains("sk-"));
    }
}
