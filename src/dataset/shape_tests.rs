//! Tests of real columns: what is asked of well-known datasets as they are, or with the columns named.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::assemble::Wanted;
use super::fetch::local;
use super::*;
use crate::sample::{Answer, Sample};
use crate::spec::scalar::OneOrMany;
use crate::spec::types::{BadRow, ColumnsSpec, TextEncoding};

/// The samples of rows, read from a file of JSON lines, and the warnings about them.
fn asked(rows: &[Value], columns: &Value) -> Result<(Vec<Sample>, Vec<String>), DatasetError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    std::fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
    let columns: ColumnsSpec = serde_json::from_value(columns.clone()).unwrap();
    let parts = [local(&path).unwrap()];
    let filter: BTreeMap<String, OneOrMany<String>> = BTreeMap::new();
    let (on_bad_row, shuffle_choices, most) = (BadRow::Refuse, None, usize::MAX);
    let (columns, filter, is_unjudged, encoding) = (&columns, &filter, false, TextEncoding::Utf8);
    let wanted = Wanted { columns, filter, on_bad_row, is_unjudged, encoding, shuffle_choices, has_files: false, most };
    let drafts = assemble::draft("a.jsonl", &parts, wanted)?;
    let missing = drafts.without_answers("a.jsonl");
    let (samples, warnings) = drafts.asked(None, None, "a.jsonl")?;
    Ok((samples, missing.into_iter().chain(warnings).collect()))
}

fn read(rows: &[Value], columns: &Value) -> Result<Vec<Sample>, DatasetError> {
    asked(rows, columns).map(|(samples, _)| samples)
}

fn told(rows: &[Value], columns: &Value) -> Vec<String> {
    asked(rows, columns).unwrap().1
}

fn golds(sample: &Sample) -> Vec<String> {
    let text = |gold: &Answer| match gold {
        Answer::Choice(choice) => sample.choices[*choice].clone(),
        Answer::Text(text) => text.to_string(),
    };
    sample.golds().map(text).collect()
}

/// Checks the right answers of each row, the number of choices of the first and its passage.
fn check(name: &str, columns: &Value, rows: &[Value], expected: &[&[&str]], passage: Option<&str>) {
    let samples = read(rows, columns).unwrap_or_else(|error| panic!("{name}: {error}"));
    let found: Vec<Vec<String>> = samples.iter().map(golds).collect();
    assert_eq!(found, expected, "{name}");
    assert_eq!(samples[0].passage.as_deref(), passage, "{name}");
}

#[test]
fn well_known_data_sets_are_read_as_they_are() {
    let none = json!({});
    let abcd = json!({"question": "Q", "A": "w", "B": "x", "C": "y", "D": "z"});
    let with = |base: &Value, more: Value| {
        let mut row = base.clone();
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    let wino = json!({"sentence": "_ is", "option1": "one", "option2": "two"});
    let rows = [with(&wino, json!({"answer": "1"})), with(&wino, json!({"answer": "2"}))];
    check("WinoGrande", &none, &rows, &[&["one"], &["two"]], None);
    let siqa = json!({"context": "C", "question": "Q", "answerA": "a", "answerB": "b", "answerC": "c"});
    let rows = [with(&siqa, json!({"label": "1"})), with(&siqa, json!({"label": "3"}))];
    check("SIQA", &none, &rows, &[&["a"], &["c"]], Some("C"));
    let rows = [with(&abcd, json!({"answer": 1})), with(&abcd, json!({"answer": 4}))];
    check("KMMLU", &none, &rows, &[&["w"], &["z"]], None);
    let mc = json!({"flores_passage": "P", "question": "Q", "mc_answer1": "a", "mc_answer2": "b", "mc_answer3": "c",
        "mc_answer4": "d", "correct_answer_num": "2"});
    check("Belebele", &none, &[mc.clone(), mc], &[&["b"], &["b"]], Some("P"));
    let mc1 = json!({"question": "Q", "mc1_targets": {"choices": ["a", "b"], "labels": [1, 0]},
        "mc2_targets": {"choices": ["a", "b", "c"], "labels": [1, 0, 1]}});
    check("TruthfulQA mc1", &none, std::slice::from_ref(&mc1), &[&["a"]], None);
    let mc2 = json!({"choices": "mc2_targets.choices", "answer": "mc2_targets.labels"});
    check("TruthfulQA mc2", &mc2, &[mc1], &[&["a", "c"]], None);
    let arc = json!({"id": "1", "question": {"stem": "Q", "choices": [{"text": "a", "label": "A"},
        {"text": "b", "label": "B"}]}, "answerKey": "B"});
    check("ARC, OBQA, CSQA as JSONL", &none, &[arc], &[&["b"]], None);
    let piqa = json!({"goal": "Q", "sol1": "a", "sol2": "b"});
    let rows = [with(&piqa, json!({"label": 0})), with(&piqa, json!({"label": 1}))];
    check("PIQA", &none, &rows, &[&["a"], &["b"]], None);
    let copa = json!({"premise": "P", "choice1": "a", "choice2": "b", "question": "cause"});
    let rows = [with(&copa, json!({"label": 1})), with(&copa, json!({"label": 0}))];
    check("COPA", &none, &rows, &[&["b"], &["a"]], Some("P"));
    let med = json!({"question": "Q", "opa": "a", "opb": "b", "opc": "c", "opd": "d"});
    let rows = [with(&med, json!({"cop": 0})), with(&med, json!({"cop": 3}))];
    check("MedMCQA", &none, &rows, &[&["a"], &["d"]], None);
    let race = json!({"article": "P", "question": "Q", "options": ["a", "b"], "answer": "B"});
    check("RACE", &none, &[race], &[&["b"]], Some("P"));
    let logi = json!({"context": "P", "query": "Q", "options": ["a", "b"]});
    let rows = [with(&logi, json!({"correct_option": 0})), with(&logi, json!({"correct_option": 1}))];
    check("LogiQA", &none, &rows, &[&["a"], &["b"]], Some("P"));
    let gpqa = json!({"Question": "Q", "Correct Answer": "a", "Incorrect Answer 1": "b", "Incorrect Answer 2": "c",
        "Incorrect Answer 3": "d"});
    check("GPQA", &none, &[gpqa], &[&["a"]], None);
    let sciq = json!({"question": "Q", "correct_answer": "a", "distractor1": "b", "distractor2": "c", "support": "P"});
    check("SciQ", &none, &[sciq], &[&["a"]], Some("P"));
    let musr = json!({"narrative": "P", "question": "Q", "choices": "['Ann', \"B's\"]", "answer_index": 1,
        "answer_choice": "B's"});
    let first = with(&musr, json!({"answer_index": 0}));
    check("MuSR", &none, &[musr, first], &[&["B's"], &["Ann"]], Some("P"));
}

#[test]
fn choices_and_answers_are_read_in_the_forms_of_the_field() {
    let none = json!({});
    let of = |options: &str, answer: &str| json!({"question": "Q", "options": options, "answer": answer});
    for options in
        ["A) Paris B) Rome C) New Oslo", "A. Paris\nB. Rome\nC. New Oslo", "(a) Paris; (b) Rome; (c) New Oslo"]
    {
        let rows = [of(options, "B"), of(options, "C")];
        check(options, &none, &rows, &[&["Rome"], &["New Oslo"]], None);
    }
    let math = of("a ) 38 , b ) 27.5 , c ) none of these", "c");
    check("MathQA", &none, &[math], &[&["none of these"]], None);
    for options in ["Paris; Rome", "B) Rome A) Paris", "A) Vitamin B. complex B) x B. y", "A) Paris", "A) B) C)"] {
        assert!(read(&[of(options, "A")], &none).is_err(), "{options}");
    }
    let trivia = json!({"question": "Q", "correct_answer": "a", "incorrect_answers": ["b", "c"]});
    check("right and wrong", &none, std::slice::from_ref(&trivia), &[&["a"]], None);
    assert_eq!(read(&[trivia], &none).unwrap()[0].choices, ["a", "b", "c"]);
    let sets = json!({"question": "Q", "A": "[0, 1]", "B": "[1]", "answer": "B"});
    check("choices like lists", &none, &[sets], &[&["[1]"]], None);
    let of = |answer: Value| json!({"question": "Q", "choices": ["Café  Paris", "Rome", "Oslo"], "answer": answer});
    let rows = [of("0.0".into()), of("2.0".into())];
    check("numbers of CSV", &none, &rows, &[&["Café  Paris"], &["Oslo"]], None);
    let rows = [of("Rome.".into()), of("cafe\u{301} paris".into())];
    check("spellings", &none, &rows, &[&["Rome"], &["Café  Paris"]], None);
    let rows = [of("B. Rome".into()), of("(C) Oslo".into())];
    check("letter and text", &none, &rows, &[&["Rome"], &["Oslo"]], None);
    assert!(read(&[of("B. Oslo".into())], &none).is_err());
}

#[test]
fn choices_lose_the_letters_that_the_prompt_gives_them() {
    let none = json!({});
    let of = |choices: Value, answer: Value| json!({"question": "Q", "choices": choices, "answer": answer});
    let lettered = json!(["A. Paris", "B. Rome", "C. Oslo"]);
    for answers in [json!(["B", "C"]), json!(["B. Rome", "C. Oslo"]), json!(["Rome", "Oslo"]), json!([1, 2])] {
        let rows: Vec<Value> =
            answers.as_array().unwrap().iter().map(|answer| of(lettered.clone(), answer.clone())).collect();
        // Two numbers alone may count from 0 or from 1.
        let rows = if answers[0] == json!(1) { vec![of(lettered.clone(), json!(0)), rows[0].clone()] } else { rows };
        let expected: [&[&str]; 2] =
            if answers[0] == json!(1) { [&["Paris"], &["Rome"]] } else { [&["Rome"], &["Oslo"]] };
        check(&answers.to_string(), &none, &rows, &expected, None);
        assert_eq!(read(&rows, &none).unwrap()[0].choices, ["Paris", "Rome", "Oslo"]);
    }
    let numbered = json!(["1) Paris", "2) Rome", "3) Oslo"]);
    let rows = [of(numbered.clone(), json!(1)), of(numbered.clone(), json!(2))];
    check("their numbers", &none, &rows, &[&["Paris"], &["Rome"]], None);
    let rows = [of(numbered.clone(), json!(0)), of(numbered, json!(2))];
    check("numbers from 0", &none, &rows, &[&["Paris"], &["Oslo"]], None);
    let columns = json!({"question": "Q", "A": "A. x", "B": "B. y", "answer": "B"});
    check("columns", &none, &[columns], &[&["y"]], None);
}

#[test]
fn structs_say_which_label_is_whose_and_what_is_right() {
    let none = json!({});
    let of = |choices: Value, answer: Value| json!({"question": "Q", "options": choices, "answer": answer});
    for (choices, answers) in [
        (json!([{"key": "A", "value": "x"}, {"key": "B", "value": "y"}]), ["B", "A"]),
        (json!([{"letter": "a", "content": "x"}, {"letter": "b", "content": "y"}]), ["b", "a"]),
        (json!([{"id": "1", "text": "x"}, {"id": "0", "text": "y"}]), ["0", "1"]),
        (json!([{"id": 17, "text": "x"}, {"id": 18, "text": "y"}]), ["18", "17"]),
        (json!([{"option_id": "1", "option_text": "x"}, {"option_id": "2", "option_text": "y"}]), ["2", "1"]),
        (json!([["A", "x"], ["B", "y"]]), ["B", "A"]),
        (json!([{"A": "x"}, {"B": "y"}]), ["B", "A"]),
        (json!("1) x 2) y"), ["2", "1"]),
    ] {
        let rows = answers.map(|answer| of(choices.clone(), answer.into()));
        check(&choices.to_string(), &none, &rows, &[&["y"], &["x"]], None);
    }
    let ids = json!([{"id": 17, "text": "x"}, {"id": 18, "text": "y"}]);
    let rows = [of(ids.clone(), json!(1)), of(ids, json!(0))];
    check("numbers beside ids", &none, &rows, &[&["y"], &["x"]], None);
    let marked = json!([{"text": "x", "is_correct": false}, {"text": "y", "is_correct": true}]);
    for column in ["choices", "answers"] {
        check(column, &none, &[json!({"question": "Q", column: marked})], &[&["y"]], None);
    }
    let scores = json!({"input": "Q", "target_scores": {"x": 0, "y": 1}});
    check("BIG-bench", &none, &[scores], &[&["y"]], None);
    let hub = json!({"inputs": "Q", "targets": ["y"], "multiple_choice_targets": ["x", "y"], "multiple_choice_scores": [0, 1]});
    check("BIG-bench on the Hub", &none, &[hub], &[&["y"]], None);
}

#[test]
fn answers_are_found_in_the_spellings_of_the_field() {
    let none = json!({});
    let of = |answer: &str| json!({"question": "Q", "choices": ["x", "y", "z"], "answer": answer});
    for answers in [["Option B", "option C"], ["**B**", "**C**"], ["Answer: B", "Answer: C"], ["Ｂ", "（C）"]] {
        check(answers[0], &none, &answers.map(of), &[&["y"], &["z"]], None);
    }
    let says = |answer: &str| json!({"question": "Q", "answer": answer});
    let yes_no = json!({"choices": ["Yes", "No"]});
    for answers in [["Y", "N"], ["true", "false"], ["yes", "no"], ["T", "F"]] {
        check(answers[0], &yes_no, &answers.map(says), &[&["Yes"], &["No"]], None);
    }
    check("0 is no", &json!({"choices": ["no", "yes"]}), &["1", "0"].map(says), &[&["yes"], &["no"]], None);
    let error = read(&["1", "0"].map(says), &yes_no).unwrap_err();
    assert!(error.hint().unwrap().contains("as: text"), "{error:?}");
    let error = read(&[of("A, B"), of("C")], &none).unwrap_err();
    assert!(error.hint().unwrap().contains("several choices"), "{error:?}");
    let error = read(&[of("I think that it is B."), of("C")], &none).unwrap_err();
    assert!(error.hint().unwrap().contains("pattern: '([A-Z])"), "{error:?}");
    let spelt = json!({"Question": "Q", "Context": "P", "Option 1": "x", "Option 2": "y", "Answer Key": "B"});
    check("ArabicMMLU", &none, &[spelt], &[&["y"]], Some("P"));
    for name in ["final_answer", "ground_truth", "expected_output", "reference", "Correct answers", "response"] {
        check(name, &none, &[json!({"question": "Q", name: "a", "cot": "b"})], &[&["a"]], None);
    }
    let solved = json!({"question": "Q", "solution": "so a", "final_answer": "a"});
    check("the answer goes before its solution", &none, &[solved], &[&["a"]], None);
    let verl =
        json!({"prompt": [{"role": "user", "content": "Q"}], "reward_model": {"ground_truth": "4", "style": "rule"}});
    check("verl", &none, std::slice::from_ref(&verl), &[&["4"]], None);
    assert_eq!(read(&[verl], &none).unwrap()[0].messages.len(), 1);
    let ragas = json!({"user_input": "Q", "retrieved_contexts": ["p", "q"], "response": "b", "reference": "a"});
    check("Ragas", &none, &[ragas], &[&["a"]], Some("p\nq"));
}

#[test]
fn two_columns_of_answers_that_differ_are_told() {
    let of = |answer: &str, label: Value| json!({"question": "Q", "choices": ["x", "y", "z"], "answer": answer, "label": label});
    let agree = [of("A", json!(0)), of("B", json!(1)), of("C", json!(2))];
    assert_eq!(told(&agree, &json!({})), [""; 0]);
    let differ = [of("A", json!(0)), of("B", json!(1)), of("C", json!(0))];
    let warning = told(&differ, &json!({})).concat();
    assert!(
        warning.contains("`answer` and `label` name different choices in 1 of 3 rows (first in line 3)"),
        "{warning}"
    );
    assert_eq!(told(&differ, &json!({"answer": "answer"})), [""; 0]);
    let other = [of("A", "easy".into()), of("B", "hard".into())];
    assert_eq!(told(&other, &json!({})), [""; 0]);
    let hidden = json!({"question": "Q", "answer": null, "answer_number": 4});
    assert!(told(&[hidden], &json!({})).concat().contains("columns: { answer: answer_number }"));
}

#[test]
fn an_instruction_is_asked_with_its_input() {
    let none = json!({});
    let row = |input: &str| json!({"instruction": "Translate", "input": input, "output": "dog"});
    check("Alpaca", &none, &[row("Hund"), row("")], &[&["dog"], &["dog"]], Some("Hund"));
    assert_eq!(read(&[row("Hund")], &none).unwrap()[0].question, "Translate");
    let row = json!({"input": "not True is", "target": "False"});
    assert_eq!(read(&[row], &none).unwrap()[0].question, "not True is");
    let named = json!({"question": "input"});
    assert_eq!(read(&[json!({"instruction": "I", "input": "Q", "output": "x"})], &named).unwrap()[0].question, "Q");
}

#[test]
fn open_questions_have_several_right_answers() {
    let none = json!({});
    let squad = json!({"context": "P", "question": "Q", "answers": {"text": ["a", "b"], "answer_start": [0, 1]}});
    check("SQuAD", &none, &[squad], &[&["a", "b"]], Some("P"));
    let drop = json!({"passage": "P", "question": "Q", "answers_spans": {"spans": ["a"], "types": ["span"]}});
    check("DROP", &none, &[drop], &[&["a"]], Some("P"));
    let trivia = json!({"question": "Q", "answer": {"value": "a", "aliases": ["a", "b"], "type": "x"}});
    check("TriviaQA", &none, std::slice::from_ref(&trivia), &[&["a", "b"]], None);
    check("TriviaQA", &json!({"answer": ["answer.value", "answer.aliases"]}), &[trivia], &[&["a", "b"]], None);
    check("NQ", &none, &[json!({"question": "Q", "answer": ["a", "b"]})], &[&["a", "b"]], None);
    let popqa = json!({"question": "Q", "possible_answers": "[\"a\", \"b\"]"});
    check("PopQA", &none, &[popqa], &[&["a", "b"]], None);
    let boolq = json!({"question": "Q", "passage": "P", "answer": false});
    check("BoolQ", &none, std::slice::from_ref(&boolq), &[&["false", "no"]], Some("P"));
    check("BoolQ", &json!({"choices": ["no", "yes"]}), &[boolq], &[&["no"]], Some("P"));
    let nli = json!({"premise": "P", "hypothesis": "H", "label": 2});
    let zero = json!({"premise": "P", "hypothesis": "H", "label": 0});
    let columns = json!({"question": "hypothesis", "passage": "premise",
        "choices": ["entailment", "neutral", "contradiction"]});
    check("NLI", &columns, &[nli, zero], &[&["contradiction"], &["entailment"]], Some("P"));
    let math = json!({"problem": "Q", "level": "1", "solution": "So $x = \\boxed{\\frac{1}{2}}$."});
    check("MATH", &none, &[math], &[&["\\frac{1}{2}"]], None);
    let pubmed =
        json!({"question": "Q", "context": {"contexts": ["p", "q"], "labels": ["x"]}, "final_decision": "maybe"});
    check("PubMedQA", &none, &[pubmed], &[&["maybe"]], Some("p\nq"));
    let mathqa = json!({"Problem": "Q", "options": "a ) 38 , b ) 27.5 , c ) none of these", "correct": "c"});
    let columns = json!({"choices": {"column": "options", "pattern": "[a-e] \\) (.*?)(?: , |$)"}});
    check("MathQA", &columns, &[mathqa], &[&["none of these"]], None);
    let solved = json!({"question": "Q", "solution": "Because. The answer is (B)."});
    let columns = json!({"answer": {"column": "solution", "pattern": "answer is \\((.)\\)"}});
    check("a pattern", &columns, &[solved], &[&["B"]], None);
}

#[test]
fn what_the_columns_leave_open_is_refused_with_the_line_to_write() {
    let row = |answer: Value| json!({"question": "Q", "choices": ["a", "b", "c", "d"], "answer": answer});
    let rows = [row(json!(1)), row(json!(2)), row(json!(3))];
    let error = read(&rows, &json!({})).unwrap_err();
    assert!(
        error.to_string().starts_with("3 rows cannot be asked:\n  `") && error.to_string().contains(", line 1: "),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("columns: { answer: { column: answer, base: 1 } }"), "{error:?}");
    for (columns, expected) in [(json!({"answer": {"base": 1}}), "a"), (json!({"answer": {"base": 0}}), "b")] {
        assert_eq!(golds(&read(&rows, &columns).unwrap()[0]), [expected]);
    }
    let error = read(&[json!({"question": "Q", "options": "red, green", "answer": "A"})], &json!({})).unwrap_err();
    assert!(error.hint().unwrap().contains("choices: { column: options, pattern: "), "{error:?}");
    let misspelt = read(&rows, &json!({"choices": ["choicse", "optoins"]})).unwrap_err();
    assert!(matches!(misspelt, DatasetError::ColumnMissing { .. }), "{misspelt}");
}

#[test]
fn a_list_of_marks_that_is_written_as_text_tells_the_right_choice() {
    let row = |marks: &str| json!({"question": "Q", "A": "w", "B": "x", "C": "y", "D": "z", "answer": marks});
    let rows = [row("[1, 0, 0, 0]"), row("[0 0 1 0]"), row("[False, True, False, True]")];
    check("one-hot", &json!({}), &rows, &[&["w"], &["y"], &["x", "z"]], None);
    let row =
        |gold: &str| json!({"question": "Which is a unit vector?", "choices": ["[1, 1]", "[0, 1]"], "answer": gold});
    check("vectors", &json!({}), &[row("[0, 1]"), row("[1, 1]")], &[&["[0, 1]"], &["[1, 1]"]], None);
}

#[test]
fn choices_that_pandas_calls_nan_are_missing() {
    let row = |last: &str, gold: &str| json!({"question": "Q", "A": "w", "B": "x", "C": last, "answer": gold});
    let rows = [row("y", "C"), row("nan", "A"), row("nan", "B")];
    let (samples, warnings) = asked(&rows, &json!({})).unwrap();
    assert_eq!(samples.iter().map(|sample| sample.choices.len()).collect::<Vec<_>>(), [3, 2, 2]);
    let expected = "the last choice of 2 questions is `nan`, which stands for a missing one, and is left out";
    assert_eq!(warnings, [expected]);
    for choices in [
        json!(["w", "x", "nan"]),
        json!("['w', 'x', 'nan']"),
        json!({"A": "w", "B": "x", "C": "nan"}),
        json!([{"label": "A", "text": "w"}, {"label": "B", "text": "x"}, {"label": "C", "text": "nan"}]),
    ] {
        let (samples, warnings) =
            asked(&[json!({"question": "Q", "choices": choices, "answer": "B"})], &json!({})).unwrap();
        assert_eq!(samples[0].choices, ["w", "x"], "{choices}");
        assert!(warnings[0].starts_with("the last choice of 1 question is `nan`"), "{choices}: {warnings:?}");
    }
    let chosen = read(&[row("y", "A"), row("nan", "C")], &json!({})).unwrap_err();
    assert!(chosen.to_string().contains("the answer `C` is not one of the 2 choices"), "{chosen}");
    let legit = json!({"question": "What does 0/0 print?", "choices": ["0", "1", "NaN"], "answer": "C"});
    check("JavaScript", &json!({}), &[legit], &[&["NaN"]], None);
}

#[test]
fn answers_of_head_qa_are_choices() {
    let answers = json!([{"aid": 1, "atext": "w"}, {"aid": 2, "atext": "x"}]);
    let row = |right: usize| json!({"qid": 1, "qtext": "Q", "answers": answers, "ra": right});
    check("HEAD-QA", &json!({}), &[row(1), row(2)], &[&["w"], &["x"]], None);
}

#[test]
fn a_path_that_leads_nowhere_is_told_with_what_is_there() {
    let row = json!({"item": {"stem": "Q", "options": ["w", "x"]}, "answer": "A"});
    let error = read(&[row], &json!({"question": "item.stm", "choices": "item.options"})).unwrap_err();
    assert!(error.to_string().contains("(`item.stm`) is empty; beside it there are `options`, `stem`"), "{error}");
    assert!(error.hint().unwrap().contains("`columns: { question: item.stem }`"), "{:?}", error.hint());
}

#[test]
fn invalid_rows_are_left_out_where_the_spec_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let content = "{\"question\":\"q\",\"answer\":\"x\"}\n{\"question\":\n{\"question\":\"\",\"answer\":\"y\"}\n\
        {\"question\":\"r\",\"answer\":\"\"}\n{\"question\":\"s\",\"answer\":\"z\"}\n";
    std::fs::write(&path, content).unwrap();
    let (columns, filter, parts) = (ColumnsSpec::default(), BTreeMap::new(), [local(&path).unwrap()]);
    let asked = |on_bad_row, limit: Option<usize>| {
        let (columns, filter, is_unjudged, most) = (&columns, &filter, false, usize::MAX);
        let encoding = TextEncoding::Utf8;
        let wanted = Wanted {
            columns,
            filter,
            on_bad_row,
            is_unjudged,
            encoding,
            shuffle_choices: None,
            has_files: false,
            most,
        };
        assemble::draft("a", &parts, wanted)?.asked(None, limit, "a")
    };
    let (samples, warnings) = asked(BadRow::Skip, None).unwrap();
    assert_eq!(samples.iter().map(|sample| sample.index).collect::<Vec<_>>(), [0, 4]);
    assert_eq!(warnings, ["3 invalid rows of a left out (`on_bad_row: skip`): lines 2, 3, 4"]);
    assert_eq!(asked(BadRow::Skip, Some(2)).unwrap().0.len(), 2);
    let refused = asked(BadRow::Refuse, None).unwrap_err();
    let lines: Vec<String> = refused.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 4, "{refused}");
    assert!(
        lines[1].contains("line 2: not JSON") && lines[2].contains("line 3") && lines[3].contains("line 4"),
        "{refused}"
    );
    assert!(refused.hint().unwrap().contains("on_bad_row: skip"));
}

#[test]
fn choices_are_shuffled_by_a_seed_with_their_answers() {
    let rows: Vec<Value> = (0..20)
        .map(|at| json!({"question": format!("q{at}"), "choices": ["r", "x", "y", "z"], "answer": "r"}))
        .collect();
    let samples = read(&rows, &json!({})).unwrap();
    let shuffled = |seed| samples.iter().map(|sample| order::prepared(sample.clone(), Some(seed))).collect::<Vec<_>>();
    assert!(shuffled(1).iter().all(|sample| golds(sample) == ["r"]));
    assert_eq!(shuffled(1), shuffled(1));
    assert_ne!(shuffled(1), shuffled(2));
    let places: std::collections::HashSet<_> =
        shuffled(1).iter().map(|sample| format!("{:?}", sample.answer)).collect();
    assert!(places.len() > 2, "{places:?}");
}
