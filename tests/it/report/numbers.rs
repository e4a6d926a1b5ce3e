//! The figures that the page computes itself are those of the program.

use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::{example, page};
use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// The share that the page shows of its first model, as a number.
fn attained(browser: &Browser) -> f64 {
    let text = browser.text("document.querySelector('#attainment tbody tr td.num').textContent");
    text.trim_end_matches(" %").parse().unwrap()
}

/// The good answers per second that the page shows of its first model.
fn goodput(browser: &Browser) -> f64 {
    browser.text("document.querySelector('#attainment tbody tr td:last-child').textContent").parse().unwrap()
}

#[test]
fn the_service_level_moves_with_its_slider() {
    let Some(browser) = Browser::start() else { return };
    let server = Server::ollama(&["small"]);
    server.acts(|asked| match asked.prompt.contains('3') {
        true => Act::Late(Duration::from_millis(150)),
        false => Act::Answer,
    });
    let spec =
        Spec::on(&server).with("load", "{ warmup: 0, attempts: 1, concurrency: 2 }").with("slo", "{ latency: 100ms }");
    let bench = Bench::ready(40, &spec);
    bench.apply().exits(0);
    browser.open(&page(&bench), "");
    browser.ready();
    let share: f64 = bench.table("model_summary.csv").field(0, "attainment").parse().unwrap();
    assert!((attained(&browser) - share * 100.0).abs() < 0.051, "{} and {share}", attained(&browser));
    assert!(share > 0.0 && share < 1.0, "{share}");
    let told = bench.table("model_summary.csv").number(0, "goodput_per_s");
    assert!((goodput(&browser) / told - 1.0).abs() < 0.01, "{} and {told}", goodput(&browser));
    let latencies: Vec<f64> = bench.results().column("latency_sec").iter().map(|text| text.parse().unwrap()).collect();
    for step in [40, 200, 390] {
        browser.value(&format!(
            "{{ const slider = document.getElementById('limit-latency'); slider.value = {step};
               slider.dispatchEvent(new Event('input')); }}"
        ));
        let limit = browser.value("Number(new URLSearchParams(location.hash.split('?')[1]).get('latency'))");
        let limit = limit.as_f64().unwrap();
        let good = latencies.iter().filter(|latency| **latency <= limit).count();
        let expected = good as f64 / latencies.len() as f64 * 100.0;
        assert!((attained(&browser) - expected).abs() < 0.051, "{limit}: {} and {expected}", attained(&browser));
        // The program renders the same answers with that limit.
        bench.run(&["apply", "experiments/trial.yaml", "--set", &format!("slo.latency={limit}s")]).exits(0);
        let told = bench.table("model_summary.csv").number(0, "goodput_per_s");
        assert!((goodput(&browser) - told).abs() <= 0.01 * told, "{limit}: {} and {told}", goodput(&browser));
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn costs_are_those_of_the_program_until_prices_change() {
    let Some(browser) = Browser::start() else { return };
    browser.open(&example(), "");
    browser.ready();
    let cost = |row: usize| -> f64 {
        let value = format!(
            "document.querySelectorAll('#price-table tbody tr')[{row}].querySelectorAll('td')[4].dataset.value"
        );
        browser.text(&value).parse().unwrap()
    };
    let summary = crate::table::Table::read(&example().with_file_name("model_summary.csv"));
    for row in 0..2 {
        let own: f64 = summary.field(row, "cost").parse().unwrap();
        assert!((cost(row) / own - 1.0).abs() < 1e-9, "{} and {own}", cost(row));
    }
    let before = cost(0);
    browser.value(
        "for (const place of [0, 1, 2, 3]) { const input = document.getElementById(`price-0-${place}`);
           input.value = String(Number(input.value) * 10); input.dispatchEvent(new Event('change')); }",
    );
    assert!((cost(0) / before - 10.0).abs() < 1e-9);
    assert!(browser.text("location.hash").contains("price0=0.1%2C0.1%2C0.1%2C0.2"));
    let month = "{ const input = document.getElementById('month'); input.value = '160'; input.dispatchEvent(new Event('change')); }";
    browser.value(month);
    let monthly =
        "Number(document.querySelectorAll('#price-table tbody tr')[0].querySelectorAll('td')[7].dataset.value)";
    assert!((browser.value(monthly).as_f64().unwrap() / (cost(0) * 2.0) - 1.0).abs() < 1e-9);
}

#[test]
fn a_list_of_many_questions_has_few_lines() {
    let Some(browser) = Browser::start() else { return };
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(600, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 1, concurrency: 8 }"));
    bench.apply().exits(0);
    browser.open(&page(&bench), "");
    browser.ready();
    assert_eq!(browser.text("document.querySelector('#found').textContent"), "600 questions of 600");
    assert!(browser.value("document.querySelectorAll('.option').length").as_u64().unwrap() < 60);
    browser.value("document.getElementById('questions').scrollTop = 1e9");
    browser.until("document.querySelector('.option:last-child').getAttribute('aria-posinset') === '600'");
    assert_eq!(browser.value("document.querySelectorAll('#open .card').length"), json!(1));
}
