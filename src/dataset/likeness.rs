//! Likeness of names: the nearest to a wanted one, and which of them was meant.

/// The candidates, the most similar first.
pub(super) fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut ranked: Vec<(f64, &str)> = candidates.into_iter().map(|name| (likeness(wanted, name), name)).collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    ranked.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Similarity from 0 to 1; a name that is part of the other counts as similar.
fn likeness(wanted: &str, name: &str) -> f64 {
    /// Longer names are not compared; the comparison is quadratic.
    const LONGEST: usize = 200;
    if wanted.len().max(name.len()) > LONGEST {
        return 0.0;
    }
    let (wanted, name) = (wanted.to_lowercase(), name.to_lowercase());
    let is_part = wanted.len() > 2 && name.len() > 2 && (name.contains(&wanted) || wanted.contains(&name));
    strsim::jaro_winkler(&wanted, &name).max(if is_part { 0.9 } else { 0.0 })
}

pub(super) fn did_you_mean(wanted: &str, nearest_first: &[String]) -> Option<String> {
    let first = nearest_first.first()?;
    (likeness(wanted, first) > 0.75).then(|| format!("did you mean `{first}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_comes_first_and_is_proposed() {
        let names = nearest("abstract_algebr", ["world_religions", "all", "abstract_algebra"]);
        assert_eq!(names[0], "abstract_algebra");
        assert_eq!(did_you_mean("abstract_algebr", &names).unwrap(), "did you mean `abstract_algebra`?");
        assert_eq!(did_you_mean("zzz", &names), None);
        assert_eq!(nearest("logic", ["college_chemistry", "formal_logic"])[0], "formal_logic");
    }
}
