//! Marks of choices: `A.`, `(B)`, `3)`, in one text of all choices, and at the front of each.

use super::choice::Choices;

/// The first mark of each series.
const SERIES: [char; 3] = ['A', 'a', '1'];

/// What may stand before a mark, and behind it.
const OPENING: [char; 3] = ['(', '[', '（'];
const CLOSING: [char; 9] = [')', ']', '.', ':', '）', '、', '．', '：', '-'];

/// Choices whose texts begin with their marks, as in `A. Paris`, without them: the prompt has letters of its own. The marks are
/// the labels then, unless there are others.
pub(super) fn unmarked(choices: Choices) -> Choices {
    let Some((texts, labels)) = SERIES.into_iter().find_map(|first| without(&choices.texts, first)) else {
        return choices;
    };
    match choices.labels.is_empty() {
        true => Choices { texts, labels, are_marks: true, ..choices },
        false => Choices { texts, ..choices },
    }
}

/// The texts without the marks of a series, and the marks; `None` if a text has not the mark of its place.
fn without(texts: &[String], first: char) -> Option<(Vec<String>, Vec<String>)> {
    /// Fewer texts may begin alike by chance, as initials do.
    const SEVERAL: usize = 3;
    let labels: Vec<String> = (0..texts.len()).map(|place| mark(first, place)).collect::<Option<_>>()?;
    let is_sure = first.is_alphabetic() && texts.len() >= SEVERAL;
    let stripped = texts.iter().zip(&labels).map(|(text, label)| behind(text, label, is_sure).map(str::to_owned));
    let stripped: Vec<String> = stripped.collect::<Option<_>>()?;
    (texts.len() > 1).then_some((stripped, labels))
}

/// The mark of a place in a series.
fn mark(first: char, place: usize) -> Option<String> {
    match first {
        '1' => Some((place + 1).to_string()),
        _ => u8::try_from(place)
            .ok()
            .filter(|place| *place < 26)
            .map(|place| char::from(first as u8 + place).to_string()),
    }
}

/// What stands behind the mark of a text. A mark such as `A)` needs no space, one such as `1.` does.
fn behind<'t>(text: &'t str, label: &str, is_sure: bool) -> Option<&'t str> {
    let text = text.trim_start();
    let inner = text.trim_start_matches(OPENING).strip_prefix(label)?.trim_start_matches(' ');
    let closing = inner.chars().next().filter(|closing| CLOSING.contains(closing))?;
    let rest = &inner[closing.len_utf8()..];
    let is_apart = rest.starts_with(|c: char| c.is_whitespace() || !c.is_ascii());
    let is_mark = match closing {
        '-' => is_apart && inner.len() < text.len() - label.len(),
        '.' | ':' | '．' | '：' => is_apart || is_sure,
        _ => true,
    };
    let rest = rest.trim();
    (is_mark && !rest.is_empty()).then_some(rest)
}

/// `A) Paris B) Rome C) Oslo`: choices in one text, each behind its letter or number, which stands nowhere else.
pub(super) fn lettered(text: &str) -> Option<Choices> {
    let (mut texts, mut labels, mut rest) = (Vec::new(), Vec::new(), text.trim());
    let first = rest.trim_start_matches('(').chars().next().filter(|first| SERIES.contains(first))?;
    // Numbers of two digits hold others.
    let last = char::from(first as u8 + if first == '1' { 8 } else { 25 });
    for label in first..=last {
        let Some((before, behind)) = split_at_label(rest, label) else { break };
        match texts.last_mut() {
            Some(last) => *last = before,
            None if before.is_empty() => {}
            None => return None,
        }
        // A label that comes twice may belong to a text.
        if split_at_label(behind, label).is_some() {
            return None;
        }
        texts.push(behind.trim());
        labels.push(label.to_string());
        rest = behind;
    }
    let texts: Vec<String> =
        texts.into_iter().map(|text| text.trim_end_matches([',', ';']).trim().to_owned()).collect();
    let is_whole = texts.len() > 1 && texts.iter().all(|text| !text.is_empty());
    is_whole.then(|| Choices { labels, are_marks: first == '1', ..Choices::of(texts) })
}

/// What stands before and behind a label such as `B)`, `(B)`, `B.` or `b )`.
fn split_at_label(text: &str, label: char) -> Option<(&str, &str)> {
    text.match_indices(label).find_map(|(at, _)| {
        let before = &text[..at];
        let open = before.strip_suffix('(').unwrap_or(before);
        let is_free = open.is_empty() || open.ends_with(|c: char| c.is_whitespace() || ",;".contains(c));
        let behind = text[at + label.len_utf8()..].trim_start_matches(' ').strip_prefix([')', '.', ':'])?;
        let is_apart = behind.starts_with(char::is_whitespace) || text[at + 1..].starts_with(')');
        (is_free && is_apart).then(|| (open.trim(), behind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_the_marks_of_their_places_and_no_others() {
        for (texts, expected) in [
            (["A. Paris", "B. Rome", "C. Oslo"], "Paris|Rome|Oslo"),
            (["(A)Paris", "(B)Rome", "(C)Oslo"], "Paris|Rome|Oslo"),
            (["a) 21", "b) 21.5", "c) 22"], "21|21.5|22"),
            (["1) Paris", "2) Rome", "3) Oslo"], "Paris|Rome|Oslo"),
            (["A.巴黎", "B.罗马", "C.奥斯陆"], "巴黎|罗马|奥斯陆"),
            (["A、巴黎", "B、罗马", "C、奥斯陆"], "巴黎|罗马|奥斯陆"),
            (["A. niger", "B. subtilis", "E. coli"], "A. niger|B. subtilis|E. coli"),
            (["1.5", "2.5", "3.5"], "1.5|2.5|3.5"),
            (["A", "B", "C"], "A|B|C"),
            (["A-frame", "B-side", "C-clamp"], "A-frame|B-side|C-clamp"),
            (["A. Paris", "B. ", "C. Oslo"], "A. Paris|B. |C. Oslo"),
        ] {
            let choices = unmarked(Choices::of(texts.map(str::to_owned).to_vec()));
            assert_eq!(choices.texts.join("|"), expected);
            assert_eq!(choices.are_marks, expected.split('|').next() != Some(texts[0]));
        }
        let labels = ["x", "y"].map(str::to_owned).to_vec();
        let texts = ["A. Paris", "B. Rome"].map(str::to_owned).to_vec();
        let kept = unmarked(Choices { labels: labels.clone(), ..Choices::of(texts) });
        assert_eq!((kept.texts.join("|").as_str(), kept.labels), ("Paris|Rome", labels));
    }
}
