//! Where a task is: `owner/dataset`, then perhaps the task and the revision.

/// The address of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The repository, as `owner/dataset`.
    pub repo: String,
    /// The task's id, where the file has several.
    pub task: Option<String>,
    /// Branch, tag or commit.
    pub revision: Option<String>,
}

impl Address {
    /// Reads `owner/dataset[/task][@revision]`; a leading `hf/` is left out.
    ///
    /// # Errors
    /// The text is no such address.
    pub fn read(text: &str) -> Result<Self, String> {
        let (path, revision) = text.split_once('@').map_or((text, None), |(path, revision)| (path, Some(revision)));
        let mut parts = path.strip_prefix("hf/").unwrap_or(path).splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(owner), Some(name), task)
                if !owner.is_empty() && !name.is_empty() && task != Some("") && revision != Some("") =>
            {
                Ok(Self {
                    repo: format!("{owner}/{name}"),
                    task: task.map(str::to_owned),
                    revision: revision.map(str::to_owned),
                })
            }
            _ => Err(format!(
                "`{text}` is no task; expected `owner/dataset`, `owner/dataset/task` or one of them with `@revision`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_repository_and_perhaps_a_task_and_a_revision() {
        let read = |text: &str| {
            let address = Address::read(text).ok()?;
            Some((address.repo, address.task, address.revision))
        };
        let own = |text: &str| Some(text.to_owned());
        assert_eq!(read("o/d"), Some(("o/d".into(), None, None)));
        assert_eq!(read("hf/o/d/t@v1"), Some(("o/d".into(), own("t"), own("v1"))));
        assert_eq!(read("o/d@refs/pr/1"), Some(("o/d".into(), None, own("refs/pr/1"))));
        for wrong in ["", "d", "o/", "/d", "o/d/", "o/d@", "hf/o"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
