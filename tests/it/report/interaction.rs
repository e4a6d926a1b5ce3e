//! What a reader does with the page.

use serde_json::json;

use super::browser::Browser;
use super::example;

/// Every view of the example, by its heading.
const VIEWS: [&str; 9] =
    ["verdict", "tradeoff", "pairs", "subjects", "answers", "load", "distributions", "money", "provenance"];

#[test]
fn the_page_is_complete_without_its_script() {
    let Some(browser) = Browser::start() else { return };
    browser.ask("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    browser.open(&example(), "");
    let root = || browser.ask("DOM.getDocument", &json!({ "depth": 0 }))["root"]["nodeId"].clone();
    let count = |selector: &str| {
        let found = browser.ask("DOM.querySelectorAll", &json!({ "nodeId": root(), "selector": selector }));
        found["nodeIds"].as_array().unwrap().len()
    };
    for view in VIEWS {
        assert_eq!(count(&format!("main > section#{view} > h2")), 1, "{view}");
        assert!(count(&format!("#{view} table, #{view} details")) > 0, "{view} has no table");
    }
    for view in ["tradeoff", "distributions"] {
        assert!(count(&format!("#{view} svg.plot")) > 2, "{view} has no picture");
    }
    assert!(count("#samples details.question mark") > 5);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn questions_are_filtered_sorted_and_shown_side_by_side() {
    let Some(browser) = Browser::start() else { return };
    browser.open(&example(), "");
    browser.ready();
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "80 questions of 80");
    let choose = |key: &str, value: &str| {
        browser.value(&format!(
            "{{ const select = document.getElementById('filter-{key}'); select.value = {value:?};
               select.dispatchEvent(new Event('change')); }}"
        ));
    };
    choose("verdict", "truncated");
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "3 questions of 80");
    choose("verdict", "");
    choose("subject", "capitals");
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "16 questions of 80");
    browser.value("document.getElementById('filter-differ').click()");
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "5 questions of 80");
    choose("sort", "number");
    let numbers = "[...document.querySelectorAll('.option .id')].map((id) => Number(id.textContent.slice(1)))";
    let numbers: Vec<i64> = serde_json::from_value(browser.value(numbers)).unwrap();
    assert!(numbers.is_sorted() && numbers.len() == 5, "{numbers:?}");
    browser.value("document.querySelectorAll('.option')[1].click()");
    assert_eq!(browser.value("document.querySelectorAll('#open .card').length"), json!(2));
    assert!(browser.value("document.querySelectorAll('#open mark').length").as_u64().unwrap() > 0);
    assert!(browser.text("location.hash").starts_with("#answers?subject=capitals&differ=1&sort=number&open="));
    browser.value("document.getElementById('questions').focus()");
    browser.press("ArrowDown", 40);
    browser.until("document.querySelectorAll('.option')[2].getAttribute('aria-selected') === 'true'");
    let hash = browser.text("location.hash");
    browser.open(&example(), &hash);
    browser.ready();
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "5 questions of 80");
    assert_eq!(browser.value("document.querySelectorAll('.option')[2].getAttribute('aria-selected')"), json!("true"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_pair_opens_the_questions_that_flipped() {
    let Some(browser) = Browser::start() else { return };
    browser.open(&example(), "");
    browser.ready();
    browser.value("document.querySelector('#pairs .go a').click()");
    // 17 that only the first has right, and 4 that only the second has.
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "21 questions of 80");
    assert!(browser.text("document.querySelector('.chip').textContent").starts_with("flipped: SmolLM2"));
    browser.value("document.querySelector('.chip').click()");
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "80 questions of 80");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn tables_are_sorted_and_pictures_are_picked() {
    let Some(browser) = Browser::start() else { return };
    browser.open(&example(), "#tradeoff?tradeoff=latency");
    browser.ready();
    let shown = "[...document.querySelectorAll('#tradeoff .pick')].filter((figure) => !figure.hidden).map((figure) => figure.dataset.id)";
    assert_eq!(browser.value(shown), json!(["latency"]));
    browser.value("document.querySelector('#tradeoff .pickers button:last-child').click()");
    assert_eq!(browser.value(shown), json!(["rate"]));
    let names = "[...document.querySelectorAll('#subjects table.heat tbody th')].map((name) => name.textContent)";
    let sort = "document.querySelector('#subjects table.heat thead th:last-child button').click()";
    browser.value(sort);
    let first = browser.value(names);
    assert_eq!(first[0], json!("opposites"));
    browser.value(sort);
    assert_eq!(browser.value(names)[4], json!("opposites"));
    let state = "document.querySelector('#subjects table.heat thead th:last-child').getAttribute('aria-sort')";
    assert_eq!(browser.value(state), json!("ascending"));
}

#[test]
fn the_page_follows_the_system_into_the_dark_until_the_reader_decides() {
    let Some(browser) = Browser::start() else { return };
    let features = |scheme: &str| json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    let paper = "getComputedStyle(document.body).backgroundColor";
    browser.open(&example(), "");
    browser.ready();
    browser.ask("Emulation.setEmulatedMedia", &features("light"));
    assert_eq!(browser.text(paper), "rgb(255, 255, 255)");
    browser.ask("Emulation.setEmulatedMedia", &features("dark"));
    assert_eq!(browser.text(paper), "rgb(22, 23, 26)");
    browser.value("document.getElementById('theme').click()");
    assert_eq!(browser.text(paper), "rgb(255, 255, 255)");
    assert!(browser.text("location.hash").contains("theme=light"));
    browser.ask("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    assert_eq!(browser.text("getComputedStyle(document.querySelector('nav')).display"), "none");
    assert_eq!(browser.text("getComputedStyle(document.getElementById('samples')).display"), "block");
}

#[test]
fn nothing_is_wider_than_a_phone() {
    let Some(browser) = Browser::start() else { return };
    browser.resize(390, 844);
    browser.open(&example(), "");
    browser.ready();
    assert_eq!(browser.value("document.documentElement.scrollWidth"), json!(390));
}
