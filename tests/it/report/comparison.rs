//! `smallbench compare --html`: the page of a comparison, which is complete without a script.

use serde_json::json;

use super::browser::Browser;
use super::hostile::CORPUS;
use crate::bench::Bench;

/// A table with an answer to each question; `right` says to which of them it is right.
fn table(answer: &str, latency: f64, right: impl Fn(usize) -> bool) -> String {
    let quoted = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
    let row = |(index, text): (usize, &&str)| {
        let fields = [format!("m {text}"), index.to_string(), format!("Question {index} {text}"), (*text).to_owned()];
        let further = [format!("{answer} {text}"), u8::from(right(index)).to_string(), format!("{latency}{index}")];
        let fields = fields.map(quoted).into_iter().chain(further.map(quoted));
        fields.collect::<Vec<_>>().join(",") + "\n"
    };
    let header = "model,prompt_id,prompt,expected_answer,output,score,latency_sec\n";
    std::iter::once(header.to_owned()).chain(CORPUS.iter().enumerate().map(row)).collect()
}

/// Ten questions of one model, of which the later run gains two and loses one, in half the time.
fn runs(bench: &Bench) {
    let run = |answer: &str, latency: f64, right: &dyn Fn(usize) -> bool| -> String {
        let row = |index: usize| {
            let score = u8::from(right(index));
            format!("m,{index},Question {index}?,A,{answer} {index},{score},{latency}\n")
        };
        let header = "model,prompt_id,prompt,expected_answer,output,score,latency_sec\n";
        std::iter::once(header.to_owned()).chain((0..10).map(row)).collect()
    };
    bench.write("old.csv", run("Before", 2.0, &|index| index > 1));
    bench.write("new.csv", run("After", 1.0, &|index| index != 5));
}

#[test]
fn flips_stand_side_by_side_and_ratios_have_intervals() {
    let Some(browser) = Browser::start() else { return };
    let bench = Bench::empty();
    runs(&bench);
    bench.run(&["compare", "old.csv", "new.csv", "--html", "page.html"]).exits(0).shows(&["gained 2: #0, #1"]);
    browser.open(&bench.path("page.html"), "");
    let headings = "[...document.querySelectorAll('#flips h3')].map(heading => heading.textContent)";
    assert_eq!(browser.value(headings), json!(["Gained: 2", "Lost: 1"]));
    let cards = "[...document.querySelector('#flips details').querySelectorAll('.card')].map(card => [card.querySelector('.pill').textContent, card.querySelector('.text').textContent])";
    assert_eq!(browser.value(cards), json!([["wrong", "Before 0"], ["right", "After 0"]]));
    let cells = "[...document.querySelectorAll('#figures tbody tr td.num')].map(cell => cell.textContent)";
    assert_eq!(browser.value(cells), json!(["0.500", "0.500 – 0.500", "−50.0 %", "10"]));
    let points = browser.text("document.querySelector('#scores tbody td.strong').textContent");
    assert_eq!(points, "+10.0");
    for width in [1280, 390] {
        browser.resize(width, 900);
        let spills = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        assert_eq!(browser.value(spills), json!(false), "{width}");
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
    let first = bench.read("page.html");
    bench.run(&["compare", "old.csv", "new.csv", "--html", "page.html", "--format", "json"]).exits(0);
    assert_eq!(bench.read("page.html"), first, "the same results give other bytes");
}

#[test]
fn texts_of_results_stay_texts() {
    let Some(browser) = Browser::start() else { return };
    let bench = Bench::empty();
    bench.write("old.csv", table("Before", 2.0, |_| false));
    bench.write("new.csv", table("After", 1.0, |_| true));
    bench.run(&["compare", "old.csv", "new.csv", "--html", "page.html"]).exits(0);
    browser.open(&bench.path("page.html"), "");
    assert_eq!(browser.value("typeof window.hit"), json!("undefined"));
    assert_eq!(browser.value("document.scripts.length"), json!(0));
    let foreign = "document.querySelectorAll('img, iframe, math, form, base, object, embed, link:not([rel=icon]), style:not(:first-of-type), [onerror], [onload], [onfocus], a[href^=\"javascript\" i]').length";
    assert_eq!(browser.value(foreign), json!(0));
    let said = "[...document.querySelectorAll('#flips .card .text')].map(text => text.textContent)";
    let said = browser.value(said);
    for text in &CORPUS[..4] {
        assert!(said.as_array().unwrap().contains(&json!(format!("After {text}"))), "{text}: {said}");
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
