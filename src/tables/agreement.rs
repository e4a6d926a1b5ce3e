//! How far the models of one judge agree: `judge_agreement.csv`.

use std::path::Path;

use super::columns::{Value, number};
use super::write::{write_csv, write_lines};
use crate::files::FileError;
use crate::spec::types::judge::ScaleSpec;
use crate::statistics::agreement::{Kappa, fleiss, kappa, quadratic_kappa};

/// What the models of a judge said of one answer.
pub struct Rated {
    /// Number of the question; answers to one question are no independent evidence.
    pub question: u64,
    /// The verdict of each model, in their order; none where it gave none.
    pub labels: Vec<Option<String>>,
}

/// How far some models agree on the answers that each of them gave a verdict on.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// The models: two, or all of more.
    pub models: Vec<String>,
    /// Answers that all of them judged.
    pub answers: usize,
    /// Share of the answers on which two agree; of more models, the mean over their pairs.
    pub alike: Option<f64>,
    /// Cohen's κ of two, with quadratic weights on a scale; Fleiss' κ of more. None where all verdicts are the same.
    pub kappa: Option<Kappa>,
    /// True if κ weighs how far verdicts on a scale lie apart.
    pub is_weighted: bool,
}

/// The agreement of the models of a judge on the answers to a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeAgreement {
    /// Name of the judge.
    pub judge: String,
    /// The dataset.
    pub dataset: String,
    /// Of all models.
    pub all: Agreement,
    /// Of every two of them, if there are more.
    pub pairs: Vec<Agreement>,
}

impl JudgeAgreement {
    /// The agreement of two models or more; none of one.
    pub fn of(
        (judge, dataset): (&str, &str),
        scale: Option<ScaleSpec>,
        models: &[String],
        rated: &[Rated],
    ) -> Option<Self> {
        let every: Vec<usize> = (0..models.len()).collect();
        let pairs = every.iter().flat_map(|a| (a + 1..models.len()).map(move |b| [*a, b]));
        let of = |places: &[usize]| Agreement::of(places, scale, (models, rated));
        (models.len() > 1).then(|| Self {
            judge: judge.to_owned(),
            dataset: dataset.to_owned(),
            all: of(&every),
            pairs: if models.len() > 2 { pairs.map(|pair| of(&pair)).collect() } else { Vec::new() },
        })
    }
}

impl Agreement {
    fn of(places: &[usize], scale: Option<ScaleSpec>, (models, rated): (&[String], &[Rated])) -> Self {
        let labels = |answer: &Rated| {
            let labels = places.iter().map(|place| answer.labels.get(*place)?.clone());
            Some((labels.collect::<Option<Vec<String>>>()?, answer.question))
        };
        let (labels, questions): (Vec<Vec<String>>, Vec<u64>) = rated.iter().filter_map(labels).unzip();
        let kappa = match places {
            [_, _] => {
                let pairs =
                    labels.iter().filter_map(|labels| Some((labels.first()?.as_str(), labels.get(1)?.as_str())));
                kappa_of(&pairs.collect::<Vec<_>>(), scale, &questions)
            }
            _ => fleiss(&labels, &questions),
        };
        let is_weighted = scale.is_some() && places.len() == 2;
        Self {
            models: places.iter().map(|place| models[*place].clone()).collect(),
            answers: labels.len(),
            alike: alike(&labels),
            kappa,
            is_weighted,
        }
    }
}

/// Cohen's κ of two raters: on a scale with quadratic weights.
pub fn kappa_of(pairs: &[(&str, &str)], scale: Option<ScaleSpec>, questions: &[u64]) -> Option<Kappa> {
    let number = |label: &str| label.parse::<i32>().ok();
    let numbers = || pairs.iter().map(|(a, b)| Some((number(a)?, number(b)?))).collect::<Option<Vec<_>>>();
    match scale.and_then(|scale| Some((scale, numbers()?))) {
        Some((scale, numbers)) => quadratic_kappa(&numbers, (scale.min, scale.max), questions),
        None => kappa(pairs, questions),
    }
}

/// The mean share of pairs of models that agree.
fn alike(labels: &[Vec<String>]) -> Option<f64> {
    let share = |labels: &Vec<String>| {
        let pairs = labels.iter().enumerate().flat_map(|(place, a)| labels[place + 1..].iter().map(move |b| a == b));
        let pairs: Vec<bool> = pairs.collect();
        pairs.iter().filter(|same| **same).count() as f64 / pairs.len() as f64
    };
    (!labels.is_empty()).then(|| labels.iter().map(share).sum::<f64>() / labels.len() as f64)
}

/// Writes `judge_agreement.csv`: a line for all models of a judge, and one for every two of more.
///
/// # Errors
/// The file cannot be written.
pub fn agreement_csv<'a>(path: &Path, judges: impl Iterator<Item = &'a JudgeAgreement>) -> Result<(), FileError> {
    write_csv(path, |writer| {
        writer.write_record([
            "judge",
            "dataset",
            "models",
            "answers",
            "agreement",
            "kappa",
            "kappa_low",
            "kappa_high",
            "weights",
        ])?;
        let of_judge = |judge: &'a JudgeAgreement| {
            std::iter::once(&judge.all).chain(&judge.pairs).map(move |agreement| line(judge, agreement))
        };
        write_lines(writer, judges.flat_map(of_judge))
    })
}

fn line<'a>(judge: &'a JudgeAgreement, agreement: &Agreement) -> [Value<'a>; 9] {
    let kappa = agreement.kappa;
    [
        Value::Text(judge.judge.as_str().into()),
        Value::Text(judge.dataset.as_str().into()),
        Value::Text(agreement.models.join(", ").into()),
        Value::Count(i64::try_from(agreement.answers).unwrap_or(i64::MAX)),
        number(agreement.alike),
        number(kappa.map(|kappa| kappa.kappa)),
        number(kappa.map(|kappa| kappa.interval.0)),
        number(kappa.map(|kappa| kappa.interval.1)),
        Value::Text(if agreement.is_weighted { "quadratic" } else { "none" }.into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(question: u64, labels: [&str; 3]) -> Rated {
        let label = |word: &str| (!word.is_empty()).then(|| word.to_owned());
        Rated { question, labels: labels.map(label).into() }
    }

    #[test]
    fn models_are_compared_where_all_of_them_gave_a_verdict() {
        let models = ["x", "y", "z"].map(str::to_owned);
        let rated = [
            rated(0, ["good", "good", "bad"]),
            rated(1, ["bad", "bad", "bad"]),
            rated(2, ["good", "bad", "good"]),
            rated(3, ["good", "good", ""]),
        ];
        let found = JudgeAgreement::of(("judge", "d"), None, &models, &rated).unwrap();
        let of = |agreement: &Agreement, names: &str, answers: usize, alike: f64| {
            assert_eq!((agreement.models.join(","), agreement.answers), (names.to_owned(), answers));
            assert!((agreement.alike.unwrap() - alike).abs() < 1e-12, "{agreement:?}");
        };
        of(&found.all, "x,y,z", 3, 5.0 / 9.0);
        of(&found.pairs[0], "x,y", 4, 0.75);
        of(&found.pairs[1], "x,z", 3, 2.0 / 3.0);
        of(&found.pairs[2], "y,z", 3, 1.0 / 3.0);
        // 3 of 4 alike where chance gives (3·2 + 1·2) / 16 = 1/2.
        assert!((found.pairs[0].kappa.unwrap().kappa - 0.5).abs() < 1e-12);
        assert_eq!(JudgeAgreement::of(("judge", "d"), None, &models[..1], &rated), None);
        let two = JudgeAgreement::of(("judge", "d"), None, &models[..2], &rated).unwrap();
        assert_eq!((two.pairs.len(), two.all.answers), (0, 4));
    }

    #[test]
    fn verdicts_on_a_scale_that_lie_near_agree_in_part() {
        let models = ["x", "y"].map(str::to_owned);
        let pairs = [("1", "2"), ("2", "2"), ("4", "5"), ("5", "4"), ("3", "3"), ("1", "1")];
        let rated = |(question, (one, other)): (u64, &(&str, &str))| Rated {
            question,
            labels: vec![Some((*one).to_owned()), Some((*other).to_owned())],
        };
        let rated: Vec<Rated> = (0..).zip(&pairs).map(rated).collect();
        let of = |scale| JudgeAgreement::of(("judge", "d"), scale, &models, &rated).unwrap().all;
        let (plain, weighted) = (of(None), of(Some(ScaleSpec { min: 1, max: 5 })));
        assert!(weighted.is_weighted && !plain.is_weighted);
        assert!(weighted.kappa.unwrap().kappa > 0.8 && plain.kappa.unwrap().kappa < 0.5);
    }
}
