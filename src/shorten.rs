//! Names that have no room are cut, and what tells them apart stays. Who cuts says what fits: pixels or places of a terminal.

/// The text, cut with an ellipsis if it does not fit. The middle goes, because the names of related models differ at the end
/// (`…-q4_0`, `…-q8_0`).
pub fn cut(text: &str, fits: &dyn Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let cut = |kept: usize| -> String {
        let head = kept.div_ceil(2);
        let tail = letters.len() - (kept - head);
        letters[..head].iter().chain(&['…']).chain(&letters[tail..]).collect()
    };
    let (mut fitting, mut too_long) = (0, letters.len());
    while fitting + 1 < too_long {
        let middle = usize::midpoint(fitting, too_long);
        if fits(&cut(middle)) { fitting = middle } else { too_long = middle }
    }
    cut(fitting)
}

/// Names, each cut if it does not fit. Where names would look alike, what differs stays: of `a long name t=0 x` and
/// `a long name t=1 x` that is the part between their common ends.
pub fn apart<S: AsRef<str>>(names: &[S], fits: &dyn Fn(&str) -> bool) -> Vec<String> {
    let plain: Vec<String> = names.iter().map(|name| cut(name.as_ref(), fits)).collect();
    let apart = |(place, own): (usize, &String)| {
        let name = names[place].as_ref();
        let alike = plain.iter().zip(names).filter(|(short, _)| *short == own).map(|(_, other)| other.as_ref());
        let others: Vec<&str> = alike.filter(|other| *other != name).collect();
        if others.is_empty() { own.clone() } else { with_difference(name, &others, fits) }
    };
    plain.iter().enumerate().map(apart).collect()
}

/// Most letters of a label: longer ones leave no room for what is said of a model.
const LONGEST_LABEL: usize = 60;

/// Names as labels of sentences, tables and pictures: long ones are cut, and stay apart.
pub fn labels<S: AsRef<str>>(names: &[S]) -> Vec<String> {
    let short = apart(names, &|name| name.chars().count() <= LONGEST_LABEL);
    let label = |(own, name): (&String, &S)| {
        let mut alike = short.iter().zip(names).filter(|(other, _)| *other == own);
        if alike.all(|(_, other)| other.as_ref() == name.as_ref()) { own.clone() } else { name.as_ref().to_owned() }
    };
    short.iter().zip(names).map(label).collect()
}

/// The part of a name from one place to another, and as much of the ends of the name as there is room for.
fn around(letters: &[char], (start, end): (usize, usize), kept: usize) -> String {
    let (head, tail) = (kept.min(start), kept.min(letters.len() - end));
    let before = if head < start { "…" } else { "" };
    let after = if tail < letters.len() - end { "…" } else { "" };
    let part = |part: &[char]| part.iter().collect::<String>();
    let (head, tail) = (part(&letters[..head]), part(&letters[letters.len() - tail..]));
    format!("{head}{before}{}{after}{tail}", part(&letters[start..end]))
}

/// The name with the part in which it differs from others.
fn with_difference(name: &str, others: &[&str], fits: &dyn Fn(&str) -> bool) -> String {
    let letters: Vec<char> = name.chars().collect();
    let others: Vec<Vec<char>> = others.iter().map(|other| other.chars().collect()).collect();
    let same = |other: &Vec<char>| letters.iter().zip(other).take_while(|(a, b)| a == b).count();
    let start = others.iter().map(same).min().unwrap_or(0);
    let from_end = |other: &Vec<char>| {
        let pairs = letters[start..].iter().rev().zip(other[start.min(other.len())..].iter().rev());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let end = letters.len() - others.iter().map(from_end).min().unwrap_or(0);
    // The whole word where it has room: `t=0.7` says more than `0.7`. Of a name without spaces it is a part between signs.
    let whole = |is_gap: fn(&char) -> bool| {
        let before = letters[..start].iter().rposition(is_gap).map_or(0, |gap| gap + 1);
        (before, letters[end..].iter().position(is_gap).map_or(letters.len(), |gap| end + gap))
    };
    let words = [whole(|letter| letter.is_whitespace()), whole(|letter| " -_/:@".contains(*letter)), (start, end)];
    let Some(word) = words.into_iter().find(|word| fits(&around(&letters, *word, 0))) else {
        return cut(&around(&letters, (start, end), 0), fits);
    };
    let kept = (0..=letters.len()).rev().find(|kept| fits(&around(&letters, word, *kept)));
    around(&letters, word, kept.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(most: usize) -> impl Fn(&str) -> bool {
        move |text| text.chars().count() <= most
    }

    #[test]
    fn names_that_differ_in_the_middle_are_told_apart() {
        let name =
            |setting: &str| format!("a-model-with-a-long-name-of-some-vendor {setting} num_ctx=8192-and-a-long-end");
        let names = ["think=false", "think=true"].map(name);
        let plain = cut(&names[0], &within(30));
        assert_eq!(plain, cut(&names[1], &within(30)));
        let short_names = apart(&names, &within(30));
        for (short, setting) in short_names.iter().zip(["think=false", "think=true"]) {
            assert!(short.contains(setting) && short.starts_with("a-") && within(30)(short), "{short}");
        }
        assert_eq!(apart(&["a", "b"], &within(30)), ["a", "b"]);
        assert_eq!(apart(&[&names[0], &names[0]], &within(30)), [plain.clone(), plain]);
        for widest in [0, 1, 4] {
            assert_eq!(apart(&names, &within(widest)).len(), 2);
        }
    }

    #[test]
    fn labels_are_short_and_stay_apart() {
        let long = "organisation/".repeat(22);
        let names: Vec<String> = ["x-q4", "x-q8", "y-q4"].map(|end| format!("{long}{end}")).into_iter().collect();
        let short = labels(&names);
        assert!(short.iter().all(|label| label.chars().count() <= LONGEST_LABEL), "{short:?}");
        assert!(short[0] != short[1] && short[1] != short[2] && short[0] != short[2], "{short:?}");
        assert_eq!(
            labels(&["a", "a name of at most sixty letters stays as it is, whatever it"])[1].chars().count(),
            59
        );
        assert!(labels(&[&names[0], &names[0]]).iter().all(|label| label.chars().count() <= LONGEST_LABEL));
        assert!(labels::<&str>(&[]).is_empty());
    }

    #[test]
    fn names_without_spaces_keep_the_part_that_differs() {
        let names: Vec<String> =
            (0..40).map(|model| format!("organisation/very-long-name-{model:02}-instruct-q4_K_M-gguf-2026")).collect();
        for widest in [12, 24, 36] {
            let short_names = apart(&names, &within(widest));
            for (model, short) in short_names.iter().enumerate() {
                assert!(short.contains(&format!("{model:02}")) && within(widest)(short), "{short}");
            }
        }
    }
}
