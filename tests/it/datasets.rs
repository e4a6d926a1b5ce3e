//! Local data: formats, columns, answers, choice of rows, and what can be wrong with them.

use crate::bench::{Bench, Spec, questions};
use crate::server::Server;

/// A bench whose one dataset is this file, read by these further keys.
fn bench_of(server: &Server, name: &str, content: impl AsRef<[u8]>, keys: &str) -> Bench {
    let dataset = format!("[{{ source: {{ file: {{ path: {name} }} }}{keys} }}]");
    let bench = Bench::empty();
    bench.spec(&Spec::on(server).with("datasets", &dataset));
    bench.write(&format!("experiments/{name}"), content);
    bench
}

/// What was asked of a file, and which answers were expected.
fn asked_of(name: &str, content: impl AsRef<[u8]>, keys: &str) -> (Vec<String>, Vec<String>) {
    let server = Server::ollama(&["small"]);
    let bench = bench_of(&server, name, content, keys);
    bench.apply().exits(0);
    let expected = bench.results().column("expected_answer").into_iter().map(str::to_owned).collect();
    (server.asked().into_iter().map(|asked| asked.prompt).collect(), expected)
}

/// The ids of the rows that were asked.
fn rows_asked(keys: &str) -> Vec<String> {
    let server = Server::ollama(&["small"]);
    let bench = bench_of(&server, "questions.jsonl", questions(10), keys);
    bench.apply().exits(0);
    bench.results().column("prompt_id").into_iter().map(str::to_owned).collect()
}

/// What a file that cannot be asked is refused with.
#[track_caller]
fn is_refused(name: &str, content: impl AsRef<[u8]>, keys: &str, words: &[&str]) {
    let server = Server::ollama(&["small"]);
    let bench = bench_of(&server, name, content, keys);
    bench.apply().exits(2).says(&[name]).says(words);
    assert_eq!(server.count(), 0);
}

const JSONL: &str = r#"{"question": "One?", "choices": ["a", "b, c", "d"], "answer": 0}
{"question": "Two \"2\"?", "choices": ["e", "f", "g"], "answer": 2}
"#;

#[test]
fn every_format_asks_the_same() {
    let lines: Vec<&str> = JSONL.lines().collect();
    let json = format!("[{}]", lines.join(","));
    let csv = "question,a,b,c,answer\nOne?,a,\"b, c\",d,0\n\"Two \"\"2\"\"?\",e,f,g,2\n";
    let from_jsonl = asked_of("data.jsonl", JSONL, "");
    assert_eq!(asked_of("data.json", json, ""), from_jsonl);
    assert_eq!(asked_of("data.csv", csv, ", columns: { choices: [a, b, c] }"), from_jsonl);
    assert_eq!(
        asked_of("data.tsv", csv.replace(',', "\t").replace("\"b\t c\"", "b, c"), ", columns: { choices: [a, b, c] }"),
        from_jsonl
    );
}

/// What pyarrow wrote; `write.py` beside it says how.
fn arrow(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/arrow").join(name)
}

#[test]
fn arrow_files_are_read_with_the_names_of_their_labels() {
    for name in ["lz4.arrow", "zstd.arrow", "lz4.feather"] {
        let (asked, expected) = asked_of(name, std::fs::read(arrow(name)).unwrap(), "");
        assert!(asked[0].contains("Question 0?") && asked[0].contains("C. maybe"), "{}", asked[0]);
        assert_eq!(expected, ["0", "1", "2", "1", "0"]);
    }
    let packed = zstd::encode_all(&std::fs::read(arrow("lz4.arrow")).unwrap()[..], 0).unwrap();
    assert_eq!(asked_of("data.arrow.zst", packed, ", limit: 2").1, ["0", "1"]);
}

#[test]
fn a_folder_that_was_saved_is_read_by_its_state_and_its_splits_are_named() {
    let server = Server::ollama(&["small"]);
    let (folder, bench) = (arrow("saved"), Bench::empty());
    let spec =
        |path: &str| Spec::on(&server).with("datasets", &format!("[{{ source: {{ file: {{ path: '{path}' }} }} }}]"));
    bench.spec(&spec(&folder.join("test").display().to_string()));
    bench.apply().exits(0);
    assert_eq!(bench.results().column("expected_answer"), ["0", "1", "2", "1", "0"]);
    bench.spec(&spec(&folder.display().to_string()));
    bench.apply().exits(2).says(&["holds a dataset with the splits `test`", "such as `path: FOLDER/test`"]);
}

/// Numbers whose names the file states, as the Hub's own tools write them.
#[test]
fn numbers_with_names_are_choices() {
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labels.parquet");
    let keys = ", columns: { question: hypothesis, passage: premise }";
    let (prompts, expected) = asked_of("labels.parquet", std::fs::read(fixture).unwrap(), keys);
    assert!(prompts[0].starts_with("P\n\nH\nA. entailment\nB. neutral\nC. contradiction\n"), "{}", prompts[0]);
    assert_eq!(expected, ["1", "2"]);
}

#[test]
fn an_answer_is_an_index_a_letter_or_the_text_of_a_choice() {
    let row = |answer: &str| format!("{{\"question\": \"One?\", \"choices\": [\"x\", \"y\"], \"answer\": {answer}}}\n");
    for answer in ["1", "\"B\"", "\"y\""] {
        assert_eq!(asked_of("data.jsonl", row(answer), "").1, ["1"], "{answer}");
    }
}

#[test]
fn numbers_that_may_count_from_0_or_from_1_need_a_word() {
    let row = |answer: u8| {
        format!("{{\"question\": \"Q{answer}?\", \"choices\": [\"x\", \"y\", \"z\"], \"answer\": {answer}}}\n")
    };
    let open = [row(1), row(2)].concat();
    is_refused("data.jsonl", &open, "", &["no row tells which", "columns: { answer: { column: answer, base: 1 } }"]);
    assert_eq!(asked_of("data.jsonl", &open, ", columns: { answer: { base: 1 } }").1, ["0", "1"]);
    assert_eq!(asked_of("data.jsonl", &open, ", columns: { answer: { base: 0 } }").1, ["1", "2"]);
    // A row that is not asked tells as well.
    let told = [row(1), row(2), row(3)].concat();
    assert_eq!(asked_of("data.jsonl", &told, ", limit: 2").1, ["0", "1"]);
}

#[test]
fn a_passage_comes_before_the_question_and_is_missed_in_a_template() {
    let row = r#"{"question": "Q?", "context": "C.", "choices": ["x", "y"], "answer": 0}"#;
    let (prompts, _) = asked_of("data.jsonl", row, "");
    assert!(prompts[0].starts_with("C.\n\nQ?\nA. x\n"), "{}", prompts[0]);
    let server = Server::ollama(&["small"]);
    let dataset = "[{ source: { file: { path: data.jsonl } } }]";
    let spec = Spec::on(&server).with("datasets", dataset).with("prompt", "{ template: \"{{ question }}\" }");
    let bench = Bench::ready(0, &spec);
    bench.write("experiments/data.jsonl", row);
    bench.apply().exits(0).says(&["are about a passage (`context`), which the prompt leaves out"]);
}

/// Columns that nobody reads are not lost in silence, if questions may be about them.
#[test]
fn what_questions_may_be_about_is_named_if_the_prompt_leaves_it_out() {
    let said = |row: &str, prompt: &str, judge: &str| {
        let server = Server::ollama(&["small"]);
        let dataset = "[{ source: { file: { path: data.jsonl } } }]";
        let spec = Spec::on(&server).with("datasets", dataset).with("judge", judge).with("charts", "[]");
        let bench = Bench::ready(0, &if prompt.is_empty() { spec } else { spec.with("prompt", prompt) });
        bench.write("experiments/data.jsonl", row);
        let finished = bench.apply();
        finished.exits(0);
        (server.asked()[0].prompt.clone(), finished.stderr)
    };
    // LogiQA 2.0 has its context in `text`, which may as well be the whole example with its answer.
    let logiqa = r#"{"answer": 1, "text": "The context.", "question": "Q?", "options": ["a", "b"], "id": 1}"#;
    let (_, words) = said(logiqa, "", "choice");
    assert!(words.contains("leaves out `text` of `data`") && words.contains("columns: { passage: text }"), "{words}");
    let (_, words) = said(logiqa, "{ template: \"{{ text }} {{ question }}\" }", "choice");
    assert!(!words.contains("leaves out"), "{words}");
    let svamp = r#"{"ID": "1", "Body": "There are 5 birds.", "Question": "How many birds?", "Answer": "5"}"#;
    let (prompt, words) = said(svamp, "", "numeric");
    assert!(prompt.starts_with("There are 5 birds.\n\nHow many birds?") && !words.contains("leaves out"), "{words}");
    let mmlu = r#"{"question": "Q?", "subject": "s", "choices": ["a", "b"], "answer": 1}"#;
    assert!(!said(mmlu, "", "choice").1.contains("leaves out"));
}

/// The rows of MultiRC are candidates, of which some are wrong.
#[test]
fn a_label_beside_an_answer_may_say_that_it_is_wrong() {
    let row = |label: u8| format!("{{\"question\": \"Q?\", \"answer\": \"a{label}\", \"label\": {label}}}\n");
    let rows = [row(1), row(0)].concat();
    for (keys, is_told) in [("", true), (", filter: { label: 1 }", false), (", columns: { answer: answer }", false)] {
        let server = Server::ollama(&["small"]);
        let bench = bench_of(&server, "data.jsonl", &rows, &format!("{keys}, judge: contains"));
        let finished = bench.apply();
        finished.exits(0);
        assert_eq!(finished.stderr.contains("`answer` is taken as the right answer of every row"), is_told, "{keys}");
    }
}

#[test]
fn a_list_of_answers_beside_the_number_of_the_right_one_is_that_of_the_choices() {
    for number in ["label", "correct_answer_id"] {
        let row = |right: u8| {
            format!("{{\"question\": \"Q?\", \"answers\": [\"a\", \"b\", \"c\"], \"{number}\": {right}}}\n")
        };
        let (prompts, golds) = asked_of("data.jsonl", [row(2), row(0)].concat(), "");
        assert!(prompts[0].starts_with("Q?\nA. a\nB. b\nC. c\n"), "{}", prompts[0]);
        assert_eq!(golds, ["2", "0"]);
    }
}

#[test]
fn folders_patterns_and_lists_are_read_as_one() {
    let rows = |first: u8| format!("{{\"question\": \"Q{first}?\", \"choices\": [\"x\", \"y\"], \"answer\": 0}}\n");
    for path in ["shards", "'shards/*.jsonl'", "[shards/a.jsonl, shards/b.jsonl]"] {
        let server = Server::ollama(&["small"]);
        let dataset = format!("[{{ source: {{ file: {{ path: {path} }} }} }}]");
        let bench = Bench::ready(0, &Spec::on(&server).with("datasets", &dataset));
        bench.write("experiments/shards/a.jsonl", rows(1));
        bench.write("experiments/shards/b.jsonl", rows(2));
        bench.apply().exits(0);
        assert_eq!(server.asked().len(), 2, "{path}");
    }
}

#[test]
fn show_prints_a_spec_that_can_be_read_and_prompt_what_is_sent() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    let shown = bench.run(&["show", "experiments/trial.yaml"]).exits(0).stdout.clone();
    bench.write("experiments/shown.yaml", &shown);
    bench.run(&["validate", "experiments/shown.yaml"]).exits(0);
    assert_eq!(bench.run(&["show", "experiments/shown.yaml"]).exits(0).stdout, shown);
    let printed = bench.run(&["prompt", "experiments/trial.yaml", "--item", "1"]).exits(0).stdout.clone();
    assert_eq!(server.count(), 0);
    bench.apply().exits(0);
    assert!(server.asked().iter().any(|asked| format!("{}\n", asked.prompt) == printed), "{printed}");
    bench.run(&["prompt", "experiments/trial.yaml", "--item", "9"]).exits(2).says(&["no question has the number 9"]);
}

#[test]
fn columns_are_named_by_the_spec() {
    let row = r#"{"frage": "One?", "wahl": ["x", "y"], "lösung": 1}"#;
    let (prompts, expected) =
        asked_of("data.jsonl", row, ", columns: { question: frage, choices: wahl, answer: lösung }");
    assert!(prompts[0].starts_with("One?") && prompts[0].contains("B. y"), "{}", prompts[0]);
    assert_eq!(expected, ["1"]);
}

#[test]
fn the_parquet_file_of_a_run_can_be_asked() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server));
    bench.apply().exits(0);
    let dataset = "[{ name: again, source: { file: { path: ../outputs/trial/results.parquet } }, \
        columns: { question: prompt, answer: expected_answer } }]";
    let spec = Spec::on(&server).with("output", "{ dir: ../outputs/again, formats: [svg] }");
    bench.write("experiments/again.yaml", spec.with("datasets", dataset).text());
    bench.run(&["apply", "experiments/again.yaml"]).exits(0);
    // The same questions with the same choices: whatever was asked is kept.
    assert_eq!(server.count(), 4);
}

#[test]
fn a_limit_takes_the_first_rows() {
    assert_eq!(rows_asked(", limit: 3"), ["0", "1", "2"]);
}

#[test]
fn a_filter_takes_the_rows_that_hold_a_value() {
    assert_eq!(rows_asked(", filter: { subject: odd }"), ["1", "3", "5", "7", "9"]);
}

#[test]
fn a_limit_comes_after_the_filter() {
    assert_eq!(rows_asked(", filter: { subject: [odd] }, limit: 2"), ["1", "3"]);
}

#[test]
fn a_shuffle_is_the_same_each_time() {
    let shuffled = rows_asked(", shuffle: 7");
    assert_ne!(shuffled, rows_asked(""));
    assert_ne!(shuffled, rows_asked(", shuffle: 8"));
    assert_eq!(shuffled, rows_asked(", shuffle: 7"));
}

#[test]
fn examples_come_before_the_question() {
    let server = Server::ollama(&["small"]);
    let bench = bench_of(&server, "questions.jsonl", questions(2), ", few_shot: { path: examples.jsonl, count: 1 }");
    bench.write("experiments/examples.jsonl", r#"{"question": "An example?", "choices": ["p", "q"], "answer": 1}"#);
    bench.apply().exits(0);
    let prompt = &server.asked()[0].prompt;
    assert!(prompt.starts_with("An example?\nA. p\nB. q\nAnswer: B\n\nWhich word"), "{prompt}");
}

#[test]
fn examples_from_what_is_asked_are_refused() {
    is_refused(
        "questions.jsonl",
        questions(3),
        ", few_shot: { path: questions.jsonl, count: 1 }",
        &["prompts would contain the answers"],
    );
}

#[test]
fn several_datasets_are_cells_of_their_own() {
    let server = Server::ollama(&["small"]);
    let datasets = "[{ source: { file: { path: questions.jsonl } } }, { source: { file: { path: more.jsonl } } }]";
    let bench = Bench::ready(3, &Spec::on(&server).with("datasets", datasets));
    bench.write("experiments/more.jsonl", JSONL);
    bench.apply().exits(0);
    let cells = bench.table("cell_summary.csv");
    assert_eq!((cells.column("dataset"), cells.column("samples")), (vec!["questions", "more"], vec!["3", "2"]));
    assert_eq!(bench.table("model_summary.csv").column("samples"), ["5"]);
}

#[test]
fn numbers_are_judged_as_numbers() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| crate::server::Act::Say("6 times 7 is 42.0".into()));
    let bench = Bench::ready(0, &Spec::on(&server).with("judge", "numeric"));
    bench.write(
        "experiments/questions.jsonl",
        "{\"question\": \"6*7?\", \"answer\": \"#### 42\"}\n{\"question\": \"6*8?\", \"answer\": 48}\n",
    );
    bench.apply().exits(0);
    assert_eq!(bench.results().column("score"), ["1", "0"]);
}

#[test]
fn an_unknown_column_is_named_with_those_that_exist() {
    is_refused(
        "data.jsonl",
        JSONL,
        ", columns: { answer: anser }",
        &["`anser`", "did you mean `answer`?", "`choices`"],
    );
}

#[test]
fn an_unknown_column_of_a_filter_is_named() {
    is_refused("data.jsonl", JSONL, ", filter: { topic: [x] }", &["no column `topic`", "`question`"]);
}

#[test]
fn a_file_without_a_question_is_refused() {
    is_refused("data.csv", "text,answer\nOne?,1\n", "", &["question", "`text`", "columns: { question: text }"]);
}

#[test]
fn a_filter_that_nothing_passes_names_the_values_there_are() {
    is_refused(
        "questions.jsonl",
        questions(4),
        ", filter: { subject: [evn] }",
        &["passes the filter", "`even`", "`odd`"],
    );
}

#[test]
fn an_empty_dataset_is_refused() {
    for (name, content) in [("data.jsonl", ""), ("data.json", "[]"), ("data.csv", "question,answer\n")] {
        is_refused(name, content, "", &["has no rows"]);
    }
}

#[test]
fn an_answer_outside_the_choices_is_refused_with_its_row() {
    let content = format!("{JSONL}{}", r#"{"question": "Three?", "choices": ["h", "i", "j"], "answer": 3}"#);
    is_refused("data.jsonl", content, "", &["line 3", "`3`", "not one of the 3 choices"]);
}

#[test]
fn a_row_without_an_answer_is_refused_with_its_row() {
    let content = format!("{JSONL}{}", r#"{"question": "Three?", "choices": ["h", "i", "j"]}"#);
    is_refused("data.jsonl", content, "", &["line 3", "answer", "is empty"]);
}

#[test]
fn invalid_utf8_is_refused_with_its_line() {
    is_refused("data.csv", b"question,answer\n\xff\xfe,1\n", "", &["line 2", "is not valid UTF-8"]);
    is_refused("data.jsonl", b"{\"question\": \"\xff\"}\n", "", &["line 1", "is not valid UTF-8"]);
    is_refused("data.json", b"[\n{\"question\": \"\xff\"}]\n", "", &["line 2", "is not valid UTF-8"]);
}

#[test]
fn a_broken_line_is_refused_with_its_number() {
    is_refused("data.jsonl", format!("{JSONL}{{\"question\": "), "", &["line 3", "not JSON"]);
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_refused() {
    is_refused("data.parquet", "no parquet at all", "", &["data.parquet"]);
}

#[test]
fn a_file_of_an_unknown_kind_is_refused() {
    is_refused("data.doc", "PK", "", &[".parquet, .arrow, .csv"]);
    is_refused("data.xlsx", "PK", "", &["save the sheet as CSV"]);
    is_refused("data.arrow", "ARROW1", "", &["not a readable Arrow file"]);
    is_refused("data.feather", "FEA1", "", &["Feather file of version 1; save its rows"]);
    is_refused("data.jsonl", "ARROW1\0\0", "", &["its name must end in .arrow"]);
}

#[test]
fn a_judge_of_choices_needs_choices() {
    is_refused_by_the_judge(
        "{\"question\": \"6*7?\", \"answer\": \"42\"}\n",
        "choice",
        &["line 1 of `", "has no choices"],
    );
}

#[test]
fn a_judge_of_numbers_needs_numbers() {
    is_refused_by_the_judge(
        "{\"question\": \"Who?\", \"answer\": \"Galois\"}\n",
        "numeric",
        &["line 1 of `", "not a number"],
    );
}

#[track_caller]
fn is_refused_by_the_judge(content: &str, judge: &str, words: &[&str]) {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(0, &Spec::on(&server).with("judge", judge));
    bench.write("experiments/questions.jsonl", content);
    bench.apply().exits(2).says(words);
    assert_eq!(server.count(), 0);
}

/// A text in another encoding.
fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn texts_in_other_encodings_ask_the_same() {
    let text = JSONL.replace("One?", "Café?");
    let csv = "question;a;b;answer\nCafé?;x;y;0\nTwo?;x;y;1\n";
    let keys = ", columns: { choices: [a, b] }";
    let (from_jsonl, from_csv) = (asked_of("data.jsonl", &text, ""), asked_of("data.csv", csv, keys));
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        assert_eq!(asked_of("data.jsonl", utf16(&text, bytes), ""), from_jsonl);
        assert_eq!(asked_of("data.csv", utf16(csv, bytes), keys), from_csv);
    }
    let list = format!("[{}]", text.lines().collect::<Vec<_>>().join(","));
    assert_eq!(asked_of("data.json", utf16(&list, u16::to_le_bytes), ""), from_jsonl);
    assert_eq!(asked_of("data.csv", format!("\u{feff}{csv}"), keys), from_csv);
}

#[test]
fn latin1_is_read_if_the_spec_says_so_and_refused_with_its_place_if_not() {
    let latin1: Vec<u8> =
        JSONL.replace("One?", "Café?").chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    is_refused(
        "data.jsonl",
        &latin1,
        "",
        &["line 1: byte 18 of the line is not valid UTF-8", "set `encoding: latin1`"],
    );
    is_refused(
        "data.csv",
        b"question,answer\nCaf\xe9?,x\n",
        "",
        &["line 2: column `question` is not valid UTF-8", "`encoding: latin1`"],
    );
    let server = Server::ollama(&["small"]);
    let datasets = "[{ source: { file: { path: questions.jsonl, encoding: latin1 } } }]";
    let bench = Bench::ready(1, &Spec::on(&server).with("datasets", datasets));
    bench.write("experiments/questions.jsonl", &latin1);
    bench.apply().exits(0);
    assert!(server.asked()[0].prompt.starts_with("Café?"));
}

#[test]
fn a_file_is_its_path_or_a_list_of_paths_or_a_table() {
    let asked = |source: &str| {
        let server = Server::ollama(&["small"]);
        let bench = Bench::empty();
        bench.spec(&Spec::on(&server).with("datasets", &format!("[{{ source: {{ file: {source} }} }}]")));
        bench.write("experiments/questions.jsonl", questions(3));
        bench.apply().exits(0);
        server.asked().into_iter().map(|asked| asked.prompt).collect::<Vec<_>>()
    };
    let of_table = asked("{ path: questions.jsonl }");
    assert_eq!(of_table.len(), 3);
    for source in ["questions.jsonl", "[questions.jsonl]"] {
        assert_eq!(asked(source), of_table, "{source}");
    }
    let server = Server::ollama(&["small"]);
    for (source, words) in [
        ("7", "expected a path, a list of paths or a table, found the number `7`"),
        ("{ paths: questions.jsonl }", "unknown key `paths`"),
    ] {
        let bench = Bench::empty();
        bench.spec(&Spec::on(&server).with("datasets", &format!("[{{ source: {{ file: {source} }} }}]")));
        bench.apply().exits(2).says(&[words]);
    }
}
