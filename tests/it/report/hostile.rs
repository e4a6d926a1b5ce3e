//! Texts of models, datasets, servers and specs stay texts.

use serde_json::{Value as Json, json};

use super::browser::Browser;
use super::page;
use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// What would run, load, or break out of its place if it were more than a text.
pub(super) const CORPUS: [&str; 14] = [
    "<script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "\"><svg onload=window.hit=1>",
    "'-window.hit=1-'",
    "<a href=\"javascript:window.hit=1\">x</a>",
    "</title></style></textarea><iframe srcdoc='<script>parent.hit=1</script>'>",
    "<!--<script>window.hit=1//--></script>",
    "{{ 7 * 7 }}{% raw %}${window.hit=1}`",
    "]]><meta http-equiv=refresh content='0;url=javascript:window.hit=1'>",
    "<base href=https://example.invalid/><link rel=stylesheet href=//example.invalid/x.css>",
    "<style>*{display:none}</style><form action=//example.invalid><input autofocus onfocus=window.hit=1>",
    "\u{202e}txt.exe\u{2066} \u{2028}\u{2029}\u{0}\u{7}&lt;b&gt;&#60;b&#62;",
    "<math><mtext><table><mglyph><style><!--</style><img src onerror=window.hit=1>",
];

fn questions() -> String {
    let row = |(index, text): (usize, &&str)| {
        let choices: Vec<String> = (0..4).map(|place| format!("{text} {place}")).collect();
        json!({ "question": format!("{index} {text}"), "subject": text, "choices": choices, "answer": 0 }).to_string()
            + "\n"
    };
    CORPUS.iter().enumerate().map(row).collect()
}

#[test]
fn texts_from_outside_stay_texts() {
    let Some(browser) = Browser::start() else { return };
    let server = Server::ollama(&["small", "other"]);
    server.acts(|asked| {
        let digits: String =
            asked.prompt.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        let text = CORPUS[digits.parse::<usize>().unwrap_or(0) % CORPUS.len()];
        match asked.model.as_str() {
            "small" => Act::Say(format!("The answer is A. {text}")),
            _ => Act::status(500, text),
        }
    });
    let name = |text: &str| Json::from(text).to_string();
    let spec = Spec::on(&server)
        .with("description", &name(CORPUS[1]))
        .with(
            "models",
            &format!(
                "[{{ name: small, endpoint: local, label: {} }}, {{ name: other, endpoint: local, label: {} }}]",
                name(CORPUS[2]),
                name(CORPUS[6])
            ),
        )
        .with("prompt", "{ template: '{{ question }}' }");
    let bench = Bench::ready(1, &spec);
    bench.write("experiments/questions.jsonl", questions());
    bench.apply().exits(3);
    for hash in
        ["", "#answers?q=%3Cscript%3E&verdict=%22%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E&open=%3Cb%3E&pair=x"]
    {
        browser.open(&page(&bench), hash);
        browser.ready();
    }
    browser.open(&page(&bench), "#answers?sort=number");
    browser.ready();
    for question in 0..CORPUS.len() {
        browser.value(&format!("document.querySelector('[data-question=\"{question}\"]').click()"));
        assert!(browser.text("document.querySelector('#open .ask').textContent").contains(&format!("{question} ")));
    }
    browser.open(&page(&bench), "#answers?sort=number&open=1");
    browser.ready();
    assert_eq!(browser.value("typeof window.hit"), json!("undefined"));
    assert_eq!(browser.value("document.scripts.length"), json!(4));
    let foreign = "document.querySelectorAll('img, iframe, math, form, base, object, embed, link:not([rel=icon]), style:not(:first-of-type), [onerror], [onload], [onfocus], a[href^=\"javascript\" i]').length";
    assert_eq!(browser.value(foreign), json!(0));
    let shown = browser.text("document.querySelector('#open .card .text').textContent");
    assert_eq!(shown, format!("The answer is A. {}", CORPUS[1]));
    assert!(browser.text("document.querySelector('#open .ask').textContent").contains(CORPUS[1]));
    assert!(browser.text("document.querySelector('.lead').textContent").contains(CORPUS[1]));
    assert!(browser.text("document.querySelectorAll('#open .card')[1].textContent").contains(CORPUS[1]));
    browser.resize(390, 900);
    assert_eq!(browser.value("document.documentElement.scrollWidth"), json!(390), "a phone has to scroll sideways");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
