//! The subsets and splits of a repository, and the choice among them.

use super::error::DatasetError;
use super::format::is_packed;
use super::likeness::nearest;

/// The subsets of a repository, in its own order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Catalog {
    pub subsets: Vec<Subset>,
}

/// One subset (the Hub's "config").
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Subset {
    pub name: String,
    pub is_default: bool,
    pub splits: Vec<Split>,
}

/// One split of a subset.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    pub name: String,
    /// Files of rows, in name order.
    pub files: Vec<String>,
    /// The card's patterns; empty if the split was found by the folder layout.
    pub patterns: Vec<String>,
    /// Files of the split in unsupported formats.
    pub unreadable: Vec<String>,
}

impl Catalog {
    /// The requested subsets; by default, the default one or the only one.
    pub(super) fn choose(&self, repo: &str, asked: Option<&[String]>) -> Result<Vec<&Subset>, DatasetError> {
        if self.subsets.is_empty() {
            return Err(DatasetError::NoFiles { repo: repo.to_owned() });
        }
        match asked {
            None | Some([]) => Ok(vec![self.without_a_wish(repo)?]),
            Some([all]) if all == "all" && self.named("all").is_none() => Ok(self.subsets.iter().collect()),
            Some(names) => self.all_named(repo, names),
        }
    }

    /// The split with this name in each of the subsets.
    pub(super) fn files<'a>(
        &'a self,
        repo: &str,
        asked: Option<&[String]>,
        split: &str,
    ) -> Result<Vec<(&'a Subset, &'a Split)>, DatasetError> {
        let chosen = self.choose(repo, asked)?;
        chosen.into_iter().map(|subset| Ok((subset, subset.split(repo, split)?))).collect()
    }

    fn named(&self, name: &str) -> Option<&Subset> {
        self.subsets.iter().find(|subset| subset.name == name)
    }

    fn without_a_wish(&self, repo: &str) -> Result<&Subset, DatasetError> {
        let by_default = self.subsets.iter().find(|subset| subset.is_default).or_else(|| self.named("default"));
        match (by_default, self.subsets.as_slice()) {
            (Some(subset), _) | (None, [subset]) => Ok(subset),
            _ => Err(DatasetError::SubsetNeeded { repo: repo.to_owned(), subsets: self.names() }),
        }
    }

    fn all_named(&self, repo: &str, names: &[String]) -> Result<Vec<&Subset>, DatasetError> {
        let mut chosen: Vec<&Subset> = Vec::new();
        for name in names {
            let subset = self.named(name).ok_or_else(|| DatasetError::SubsetMissing {
                repo: repo.to_owned(),
                subset: name.clone(),
                subsets: nearest(name, self.subsets.iter().map(|subset| subset.name.as_str())),
            })?;
            if chosen.iter().all(|earlier| earlier.name != subset.name) {
                chosen.push(subset);
            }
        }
        Ok(chosen)
    }

    fn names(&self) -> Vec<String> {
        self.subsets.iter().map(|subset| subset.name.clone()).collect()
    }
}

impl Subset {
    fn split(&self, repo: &str, name: &str) -> Result<&Split, DatasetError> {
        let exact = self.splits.iter().find(|split| split.name == name);
        // Names of a card are exact; names found in a layout have known synonyms.
        let meant = || self.splits.iter().find(|split| split.patterns.is_empty() && same_split(&split.name, name));
        let split = exact.or_else(meant).ok_or_else(|| DatasetError::SplitMissing {
            repo: repo.to_owned(),
            subset: self.name.clone(),
            split: name.to_owned(),
            splits: nearest(name, self.splits.iter().map(|split| split.name.as_str())),
        })?;
        if split.files.is_empty() || split.unreadable.iter().any(|file| is_packed(file)) {
            return Err(DatasetError::SplitEmpty {
                repo: repo.to_owned(),
                subset: self.name.clone(),
                split: split.name.clone(),
                patterns: split.patterns.clone(),
                unreadable: split.unreadable.clone(),
            });
        }
        Ok(split)
    }
}

/// The names of the three usual splits in the Hub's own tools.
pub(super) const SPLIT_NAMES: [&[&str]; 3] =
    [&["train", "training"], &["validation", "valid", "val", "dev"], &["test", "testing", "eval", "evaluation"]];

/// A split that is not for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitUse {
    /// What models are trained on.
    Training,
    /// What they are tuned and chosen by.
    Validation,
}

impl SplitUse {
    /// The kind of a split, by its usual names; none of one for tests and of any other.
    pub fn named(name: &str) -> Option<Self> {
        let is = |names: &[&str]| names.contains(&name.to_lowercase().as_str());
        let [training, validation, _] = SPLIT_NAMES;
        if is(training) { Some(Self::Training) } else { is(validation).then_some(Self::Validation) }
    }
}

fn same_split(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    SPLIT_NAMES.iter().any(|names| names.contains(&one.as_str()) && names.contains(&other.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(subsets: &[&str]) -> Catalog {
        let split = |name: &str| Split { name: name.into(), files: vec![format!("{name}.csv")], ..Split::default() };
        let subset = |name: &&str| Subset {
            name: (*name).to_owned(),
            is_default: false,
            splits: vec![split("train"), split("dev"), split("test")],
        };
        Catalog { subsets: subsets.iter().map(subset).collect() }
    }

    fn chosen(catalog: &Catalog, asked: Option<&[&str]>) -> Result<Vec<String>, DatasetError> {
        let asked: Option<Vec<String>> = asked.map(|names| names.iter().map(|&name| name.to_owned()).collect());
        let subsets = catalog.choose("o/n", asked.as_deref())?;
        Ok(subsets.into_iter().map(|subset| subset.name.clone()).collect())
    }

    #[test]
    fn subsets_are_chosen_by_name_by_default_or_all() {
        let mmlu = catalog(&["algebra", "all", "logic"]);
        let arc = catalog(&["easy", "challenge"]);
        assert_eq!(chosen(&mmlu, Some(&["logic", "algebra", "logic"])).unwrap(), ["logic", "algebra"]);
        assert_eq!(chosen(&mmlu, Some(&["all"])).unwrap(), ["all"]);
        assert_eq!(chosen(&arc, Some(&["all"])).unwrap(), ["easy", "challenge"]);
        assert_eq!(chosen(&catalog(&["only"]), None).unwrap(), ["only"]);
        assert_eq!(chosen(&catalog(&["other", "default"]), None).unwrap(), ["default"]);
        let mut marked = catalog(&["one", "two"]);
        marked.subsets[1].is_default = true;
        assert_eq!(chosen(&marked, None).unwrap(), ["two"]);
    }

    #[test]
    fn a_wrong_or_missing_subset_is_told_with_those_there_are() {
        let error = chosen(&catalog(&["algebra", "logic"]), None).unwrap_err();
        assert_eq!(error.to_string(), "`o/n` has several subsets, and the spec selects none: `algebra`, `logic`");
        let error = chosen(&catalog(&["algebra", "logic"]), Some(&["logics"])).unwrap_err();
        assert_eq!(error.to_string(), "`o/n` has no subset `logics`; available: `logic`, `algebra`");
        assert_eq!(error.hint().unwrap(), "did you mean `logic`?");
        assert!(matches!(chosen(&Catalog::default(), None), Err(DatasetError::NoFiles { .. })));
    }

    #[test]
    fn splits_of_a_layout_have_synonyms_and_those_of_a_card_have_not() {
        let mut found = catalog(&["default"]);
        assert_eq!(found.files("o/n", None, "validation").unwrap()[0].1.name, "dev");
        let error = found.files("o/n", None, "tests").unwrap_err();
        assert!(error.to_string().contains("no split `tests`; available: `test`"), "{error}");
        for split in &mut found.subsets[0].splits {
            split.patterns.push("*.csv".into());
        }
        assert!(matches!(found.files("o/n", None, "validation"), Err(DatasetError::SplitMissing { .. })));
        found.subsets[0].splits[0].files.clear();
        let error = found.files("o/n", None, "train").unwrap_err();
        assert!(error.to_string().ends_with("no file matches `*.csv`"), "{error}");
    }
}
