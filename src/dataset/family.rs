//! Columns of one choice each that are found by their names: `A`, `B`, `C`; `option1`, `option2`; right and wrong answers.

/// What names of choice columns begin with, without case, spaces and underscores.
const STEMS: [&str; 14] = [
    "",
    "option",
    "opt",
    "op",
    "choice",
    "answer",
    "mcanswer",
    "ending",
    "sol",
    "solution",
    "ans",
    "alternative",
    "candidate",
    "hypothesis",
];

/// What the names of right and of wrong answers begin with.
const RIGHT: [&str; 2] = ["correctanswer", "rightanswer"];
const WRONG: [&str; 3] = ["incorrectanswer", "wronganswer", "distractor"];

/// Fewest columns `a`, `b`, … that are choices: two or three are also the sides of a triangle.
const FEWEST_SMALL: usize = 4;

/// The columns of the choices, in order.
pub(super) fn of(columns: &[String]) -> Option<Vec<String>> {
    numbered(columns).or_else(|| right_and_wrong(columns))
}

/// The longest run of names that differ in a letter or number only.
fn numbered(columns: &[String]) -> Option<Vec<String>> {
    let mut best: Vec<String> = Vec::new();
    for column in columns {
        let Some(last) = column.chars().last().filter(|last| matches!(last, 'A' | 'a' | '0' | '1')) else { continue };
        let stem = &column[..column.len() - 1];
        let known = plain(stem);
        // Single digits name too much else.
        if !STEMS.contains(&known.as_str()) || (known.is_empty() && !last.is_ascii_alphabetic()) {
            continue;
        }
        let names = (last..=char::from(last as u8 + 9)).map(|mark| format!("{stem}{mark}"));
        let run: Vec<String> = names.take_while(|name| columns.contains(name)).collect();
        // So do few small letters. `option0` goes before `option1`.
        let fewest = if known.is_empty() && last == 'a' { FEWEST_SMALL } else { 2 };
        if run.len() >= fewest && run.len() > best.len() {
            best = run;
        }
    }
    (best.len() > 1).then_some(best)
}

fn right_and_wrong(columns: &[String]) -> Option<Vec<String>> {
    let right = columns.iter().find(|column| RIGHT.contains(&plain(column).as_str()))?;
    let is_wrong = |column: &&String| {
        let name = plain(column);
        let rest = WRONG.iter().find_map(|stem| name.strip_prefix(stem));
        // `incorrect_answers` holds a list of them.
        rest.is_some_and(|rest| rest == "s" || rest.bytes().all(|byte| byte.is_ascii_digit()) && !rest.is_empty())
    };
    let mut wrong: Vec<&String> = columns.iter().filter(is_wrong).collect();
    wrong.sort_by_key(|column| plain(column));
    (!wrong.is_empty()).then(|| std::iter::once(right).chain(wrong).cloned().collect())
}

fn plain(name: &str) -> String {
    name.chars().filter(|character| !matches!(character, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choice_columns_are_found_by_their_names() {
        for (columns, expected) in [
            ("question A B C D answer", "A B C D"),
            ("question a b c d answer", "a b c d"),
            ("sentence option1 option2 answer", "option1 option2"),
            ("goal sol1 sol2 label", "sol1 sol2"),
            ("context question answerA answerB answerC label", "answerA answerB answerC"),
            ("question opa opb opc opd cop", "opa opb opc opd"),
            ("question mc_answer1 mc_answer2 mc_answer3 mc_answer4", "mc_answer1 mc_answer2 mc_answer3 mc_answer4"),
            ("ending0 ending1 ending2 ending3 label", "ending0 ending1 ending2 ending3"),
            ("question option_a option_b answer", "option_a option_b"),
            (
                "question correct_answer distractor1 distractor2 distractor3",
                "correct_answer distractor1 distractor2 distractor3",
            ),
            ("question correct_answer incorrect_answers", "correct_answer incorrect_answers"),
            (
                "Question Incorrect_Answer_2 Correct_Answer Incorrect_Answer_1",
                "Correct_Answer Incorrect_Answer_1 Incorrect_Answer_2",
            ),
        ] {
            let names: Vec<String> = columns.split(' ').map(str::to_owned).collect();
            assert_eq!(of(&names).unwrap_or_default().join(" "), expected, "{columns}");
        }
        for columns in [
            "question answer",
            "question a b answer",
            "problem a b c answer",
            "question A answer",
            "1 2 3",
            "question1 question2",
        ] {
            let names: Vec<String> = columns.split(' ').map(str::to_owned).collect();
            assert_eq!(of(&names), None, "{columns}");
        }
    }
}
