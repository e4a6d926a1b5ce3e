//! Sites: machines whose times are compared, and which of them this run is at.

use std::collections::BTreeSet;

use super::found::{Found, key};
use super::names::{PLAIN_NAME, is_plain_name};
use super::resolved::Plan;
use crate::id::ModelId;
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::{ModelSpec, Spec};

/// Maximum length of the name of a site.
const LONGEST: usize = 60;

/// What a name of a site may be.
pub fn names() -> String {
    format!("use at most {LONGEST} {PLAIN_NAME}")
}

/// True if a text can name a site.
pub fn is_name(text: &str) -> bool {
    text.len() <= LONGEST && is_plain_name(text)
}

/// Names that cannot be, and sites that are listed twice.
pub(super) fn check(spec: &Spec) -> Found {
    let mut found = Found::new();
    let mut known = BTreeSet::new();
    let wrong = |name: &str| Problem::new(format!("`{name}` is not a valid name of a site")).help(names());
    for (index, name) in spec.sites.iter().enumerate() {
        let path = vec![key("sites"), PathSegment::Index(index)];
        if !is_name(name) {
            found.push((path, wrong(name)));
        } else if !known.insert(name) {
            found.push((path, Problem::new(format!("site `{name}` is listed twice")).help("remove one of them")));
        }
    }
    for (index, model) in spec.models.iter().enumerate() {
        // Those of `sites` have their problem already.
        if let Some(name) = model.site.as_ref().filter(|name| !is_name(name) && !spec.sites.contains(name)) {
            found.push((vec![key("models"), PathSegment::Index(index), key("site")], wrong(name)));
        }
    }
    found
}

/// The site that a run is at: as it is told, else the only one that there is.
pub(super) fn here(models: &[ModelSpec], told: Option<&str>) -> Option<String> {
    let sites: BTreeSet<&String> = models.iter().filter_map(|model| model.site.as_ref()).collect();
    match (told, sites.len()) {
        (_, 0) => None,
        (Some(told), _) => Some(told.to_owned()),
        (None, 1) => sites.first().map(|site| (*site).clone()),
        (None, _) => None,
    }
}

impl Plan {
    /// The sites of the models, in the order of the models.
    pub fn sites(&self) -> Vec<&str> {
        let mut sites = Vec::new();
        for site in self.models.iter().filter_map(|model| model.site.as_deref()) {
            if !sites.contains(&site) {
                sites.push(site);
            }
        }
        sites
    }

    /// True if this run may ask a model: it has no site, or the run is there.
    pub fn is_here(&self, model: ModelId) -> bool {
        let site = self.site_of(model);
        site.is_none() || site == self.site.as_deref()
    }

    /// How many models of the same site come before a model; further sites do not change it.
    pub fn number_at_site(&self, model: ModelId) -> usize {
        let before = self.models.ids().take_while(|other| *other != model);
        before.filter(|other| self.site_of(*other) == self.site_of(model)).count()
    }

    /// The site of a model.
    pub fn site_of(&self, model: ModelId) -> Option<&str> {
        self.models[model].site.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for (name, expected) in [("gpu-1.lab", true), ("", false), ("a b", false), ("a/b", false), ("\u{e9}", false)] {
            assert_eq!(is_name(name), expected, "{name}");
        }
        assert!(is_name(&"a".repeat(LONGEST)) && !is_name(&"a".repeat(LONGEST + 1)));
    }
}
