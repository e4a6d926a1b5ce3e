//! The keys of the finite algebra sets, recomputed by brute force from the text of each question.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::{Captures, Regex};
use serde_json::Value;

// ---------------------------------------------------------------------------------------------
// The tests
// ---------------------------------------------------------------------------------------------

#[test]
fn every_key_is_the_one_right_choice() {
    let sentences = compiled_sentences();
    let faults: Vec<String> =
        both_sets().iter().filter_map(|question| fault_of_key(question, &sentences).err()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// Without this test, a check that accepts everything would look like eighty right keys.
#[test]
fn a_wrong_key_and_a_second_right_choice_are_noticed() {
    let sentences = compiled_sentences();
    for question in both_sets() {
        let mut wrong_key = question.clone();
        wrong_key.answer = (question.answer + 1) % 4;
        assert!(fault_of_key(&wrong_key, &sentences).is_err(), "{}", question.id);

        let mut two_right = question.clone();
        two_right.choices[wrong_key.answer] = question.choices[question.answer].clone();
        assert!(fault_of_key(&two_right, &sentences).is_err(), "{}", question.id);
    }
}

#[test]
fn every_kind_of_sentence_is_asked() {
    let questions = both_sets();
    for sentence in compiled_sentences() {
        let asked = questions.iter().any(|question| sentence.regex.is_match(&question.text));
        assert!(asked, "no question reads like {}", sentence.regex);
    }
}

// Two spellings of one value ("(1 2)" and "(2 1)") would be two right choices that no comparison of
// texts can see, so each choice must be spelled the one way in which answers are recomputed.
#[test]
fn choices_are_four_different_values_in_canonical_form() {
    for question in both_sets() {
        assert_eq!(question.choices.len(), 4, "{}", question.id);
        let different: BTreeSet<&String> = question.choices.iter().collect();
        assert_eq!(different.len(), 4, "{}: {:?}", question.id, question.choices);
        for choice in &question.choices {
            assert_eq!(*choice, canonical(choice, &question.text), "{}", question.id);
        }
    }
}

#[test]
fn no_id_and_no_question_comes_twice() {
    let questions = both_sets();
    let ids: BTreeSet<&String> = questions.iter().map(|question| &question.id).collect();
    let texts: BTreeSet<&String> = questions.iter().map(|question| &question.text).collect();
    assert_eq!(ids.len(), questions.len());
    assert_eq!(texts.len(), questions.len());
}

#[test]
fn the_set_is_large_enough_and_even_over_subjects_and_keys() {
    let questions = read_set("finite_algebra.jsonl");
    assert!(questions.len() >= 60);
    let mut by_subject: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_key = [0_usize; 4];
    for question in &questions {
        *by_subject.entry(&question.subject).or_default() += 1;
        by_key[question.answer] += 1;
    }
    let subjects: BTreeSet<&str> = FAMILIES.iter().map(|family| family.subject).collect();
    assert_eq!(by_subject.keys().copied().collect::<BTreeSet<_>>(), subjects);
    assert!(by_subject.values().all(|&count| count >= 12), "{by_subject:?}");
    // A model that always says the same letter must not score well.
    let least = (questions.len() * 15).div_ceil(100);
    assert!(by_key.iter().all(|&count| count >= least), "{by_key:?}");
}

#[test]
fn there_is_one_example_of_each_subject() {
    let examples = read_set("finite_algebra_examples.jsonl");
    let mut subjects: Vec<&str> = examples.iter().map(|example| example.subject.as_str()).collect();
    let mut expected: Vec<&str> = FAMILIES.iter().map(|family| family.subject).collect();
    subjects.sort_unstable();
    expected.sort_unstable();
    assert_eq!(subjects, expected);
}

// ---------------------------------------------------------------------------------------------
// Questions and the check of one key
// ---------------------------------------------------------------------------------------------

#[derive(Clone)]
struct Question {
    id: String,
    subject: String,
    text: String,
    choices: Vec<String>,
    answer: usize,
}

fn both_sets() -> Vec<Question> {
    let mut questions = read_set("finite_algebra.jsonl");
    questions.extend(read_set("finite_algebra_examples.jsonl"));
    questions
}

fn read_set(name: &str) -> Vec<Question> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/data").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(read_question).collect()
}

fn read_question(line: &str) -> Question {
    let row: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    let text_of = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value} in {line}")).to_owned();
    let answer = row["answer"].as_u64().filter(|&answer| answer < 4);
    Question {
        id: text_of(&row["id"]),
        subject: text_of(&row["subject"]),
        text: text_of(&row["question"]),
        choices: row["choices"].as_array().expect("a list of choices").iter().map(text_of).collect(),
        answer: answer.unwrap_or_else(|| panic!("no key from 0 to 3 in {line}")) as usize,
    }
}

struct CompiledSentence {
    subject: &'static str,
    regex: Regex,
    right_answers: fn(&Captures) -> Vec<String>,
}

fn compiled_sentences() -> Vec<CompiledSentence> {
    let compile = |subject, sentence: &Sentence| CompiledSentence {
        subject,
        regex: sentence_regex(sentence.text),
        right_answers: sentence.right_answers,
    };
    FAMILIES
        .iter()
        .flat_map(|family| family.sentences.iter().map(|sentence| compile(family.subject, sentence)))
        .collect()
}

/// What may stand in each blank of a sentence.
const BLANKS: [(&str, &str); 8] = [
    ("{number}", r"(\d+)"),
    ("{sum}", r"([^x]+)"),
    ("{formula}", r"(.+)"),
    ("{group}", r"the (additive group Z_|multiplicative group \(Z_)(\d+)(?:\)\^\*)?"),
    ("{cycles}", r"(\(.+\))"),
    ("{points}", r"([\d, ]+)"),
    ("{lengths}", r"([\d +]+)"),
    ("{symmetric or alternating}", r"(symmetric group S|alternating group A)"),
];

fn sentence_regex(text: &str) -> Regex {
    let mut pattern = regex::escape(text);
    for (blank, content) in BLANKS {
        pattern = pattern.replace(&regex::escape(blank), content);
    }
    Regex::new(&format!("^{pattern}$")).expect("a valid pattern")
}

fn fault_of_key(question: &Question, sentences: &[CompiledSentence]) -> Result<(), String> {
    let matching: Vec<&CompiledSentence> =
        sentences.iter().filter(|sentence| sentence.regex.is_match(&question.text)).collect();
    let [sentence] = matching[..] else {
        return Err(format!("{}: {} kinds of sentence fit `{}`", question.id, matching.len(), question.text));
    };
    if sentence.subject != question.subject {
        return Err(format!("{}: reads like {}", question.id, sentence.subject));
    }
    let captures = sentence.regex.captures(&question.text).expect("a match");
    let right_answers = (sentence.right_answers)(&captures);
    let right_choices: Vec<usize> =
        (0..question.choices.len()).filter(|&index| right_answers.contains(&question.choices[index])).collect();
    if right_choices != [question.answer] {
        return Err(format!(
            "{}: the key is {}, the right choices are {right_choices:?} of {:?}",
            question.id, question.answer, question.choices
        ));
    }
    Ok(())
}

/// The one spelling of the value that a choice names. `13` is no canonical choice for an element of
/// Z_7: it names the same element as `6`.
fn canonical(choice: &str, question: &str) -> String {
    let group_or_ring = Regex::new(r"\b[SZ]_(\d+)").expect("a valid pattern");
    let size = || number(&group_or_ring.captures(question).expect("a group or a ring"), 1);
    if let Some((sign, order)) = sign_and_order_of(choice) {
        sign_and_order(sign == 1, order)
    } else if choice.starts_with('(') {
        show_permutation(&product_of_cycles(choice, size() as usize))
    } else if choice.contains('x') || asks_for_an_element(question) {
        show_polynomial(&polynomial(choice, size()))
    } else {
        choice.parse::<u64>().expect("an integer").to_string()
    }
}

fn sign_and_order_of(choice: &str) -> Option<(i64, u64)> {
    let (sign, order) = choice.strip_prefix("sign ")?.split_once(", order ")?;
    Some((sign.parse().expect("a sign"), order.parse().expect("an order")))
}

fn asks_for_an_element(question: &str) -> bool {
    let element = r"these elements|inverse of \d|Over Z_\d+, what is the (value|product|remainder)";
    Regex::new(element).expect("a valid pattern").is_match(question)
}

// ---------------------------------------------------------------------------------------------
// The sentences, each with every text that would be a right answer
// ---------------------------------------------------------------------------------------------

struct Family {
    subject: &'static str,
    sentences: &'static [Sentence],
}

struct Sentence {
    /// Plain text in which each word in braces stands for one kind of blank.
    text: &'static str,
    right_answers: fn(&Captures) -> Vec<String>,
}

const FAMILIES: [Family; 5] = [
    Family { subject: "modular_arithmetic", sentences: MODULAR_ARITHMETIC },
    Family { subject: "element_orders", sentences: ELEMENT_ORDERS },
    Family { subject: "permutations", sentences: PERMUTATIONS },
    Family { subject: "units", sentences: UNITS },
    Family { subject: "polynomials", sentences: POLYNOMIALS },
];

const MODULAR_ARITHMETIC: &[Sentence] = &[
    Sentence {
        text: "What is the remainder when {sum} is divided by {number}?",
        right_answers: |captures| one(constant(&captures[1], number(captures, 2))),
    },
    Sentence { text: "What is the last digit of {sum}?", right_answers: |captures| one(constant(&captures[1], 10)) },
    Sentence {
        text: "Which x from 0 to {number} satisfies {formula} ≡ {formula} (mod {number})?",
        right_answers: |captures| texts(&solutions(captures)),
    },
    Sentence {
        text: "How many x from 0 to {number} satisfy {formula} ≡ {formula} (mod {number})?",
        right_answers: |captures| one(solutions(captures).len()),
    },
    Sentence {
        text: "What is the smallest integer x > 0 with x ≡ {number} (mod {number}) and x ≡ {number} (mod {number})?",
        right_answers: |captures| {
            let [first, first_modulus, second, second_modulus] = [1, 2, 3, 4].map(|index| number(captures, index));
            let fits = |x: &u64| x % first_modulus == first && x % second_modulus == second;
            one((1..=first_modulus * second_modulus).find(fits).expect("a common solution"))
        },
    },
    Sentence {
        text: "A clock with the hours 0 to {number} shows {number}. What hour does it show {number} hours later?",
        right_answers: |captures| {
            let [last, start, later] = [1, 2, 3].map(|index| number(captures, index));
            one((0..later).fold(start, |hour, _| if hour == last { 0 } else { hour + 1 }))
        },
    },
];

const ELEMENT_ORDERS: &[Sentence] = &[
    Sentence {
        text: "What is the order of {number} in {group}?",
        right_answers: |captures| {
            let group = Group::new(&captures[2], number(captures, 3));
            one(group.order(number(captures, 1)))
        },
    },
    Sentence {
        text: "What is the order of ({number}, {number}) in the additive group Z_{number} x Z_{number}?",
        right_answers: |captures| {
            let [left, right, left_modulus, right_modulus] = [1, 2, 3, 4].map(|index| number(captures, index));
            let is_zero = |times: &u64| {
                (times * left).is_multiple_of(left_modulus) && (times * right).is_multiple_of(right_modulus)
            };
            one((1..).find(is_zero).expect("a finite order"))
        },
    },
    Sentence {
        text: "How many elements of order {number} does {group} have?",
        right_answers: |captures| {
            let group = Group::new(&captures[2], number(captures, 3));
            let has_order = |&&element: &&u64| group.order(element) == number(captures, 1);
            one(group.elements.iter().filter(has_order).count())
        },
    },
    Sentence {
        text: "What is the largest order of an element of {group}?",
        right_answers: |captures| {
            let group = Group::new(&captures[1], number(captures, 2));
            one(group.elements.iter().map(|&element| group.order(element)).max().expect("an element"))
        },
    },
    Sentence {
        text: "How many elements generate {group}?",
        right_answers: |captures| one(Group::new(&captures[1], number(captures, 2)).generators().len()),
    },
    Sentence {
        text: "Which of these elements generates {group}?",
        right_answers: |captures| texts(&Group::new(&captures[1], number(captures, 2)).generators()),
    },
];

const PERMUTATIONS: &[Sentence] = &[
    Sentence {
        text: "In S_{number}, what is {cycles} as a product of disjoint cycles, if the right factor acts first?",
        right_answers: |captures| one(show_permutation(&cycles_in(captures, 2, 1))),
    },
    Sentence {
        text: "In S_{number}, what is the square of {cycles} as a product of disjoint cycles?",
        right_answers: |captures| {
            let permutation = cycles_in(captures, 2, 1);
            one(show_permutation(&compose(&permutation, &permutation)))
        },
    },
    Sentence {
        text: "What is the inverse of the permutation {cycles} in S_{number}?",
        right_answers: |captures| {
            let permutation = cycles_in(captures, 1, 2);
            let is_inverse = |other: &Vec<usize>| is_identity(&compose(&permutation, other));
            let inverse = symmetric_group(permutation.len()).into_iter().find(is_inverse);
            one(show_permutation(&inverse.expect("an inverse")))
        },
    },
    Sentence {
        text: "A permutation in S_{number} sends {points} to {points} in this order. What is it in cycle notation?",
        right_answers: |captures| {
            let points: Vec<usize> = captures[2].split(", ").map(point).collect();
            assert!(points.iter().copied().eq(0..number(captures, 1) as usize), "all points in their order");
            one(show_permutation(&captures[3].split(", ").map(point).collect::<Vec<usize>>()))
        },
    },
    Sentence {
        text: "What is the order of the permutation {cycles} in S_{number}?",
        right_answers: |captures| one(order_of_permutation(&cycles_in(captures, 1, 2))),
    },
    Sentence {
        text: "What are the sign and the order of the permutation {cycles} in S_{number}?",
        right_answers: |captures| {
            let permutation = cycles_in(captures, 1, 2);
            one(sign_and_order(is_even(&permutation), order_of_permutation(&permutation)))
        },
    },
    Sentence {
        text: "Which of these permutations in S_{number} is even?",
        right_answers: |captures| {
            let group = symmetric_group(number(captures, 1) as usize);
            group.iter().filter(|permutation| is_even(permutation)).map(|even| show_permutation(even)).collect()
        },
    },
    Sentence {
        text: "What is the largest order of an element of the symmetric group S_{number}?",
        right_answers: |captures| {
            let group = symmetric_group(number(captures, 1) as usize);
            one(group.iter().map(|permutation| order_of_permutation(permutation)).max().expect("an element"))
        },
    },
    Sentence {
        text: "How many elements of order {number} does the {symmetric or alternating}_{number} have?",
        right_answers: |captures| {
            let mut group = symmetric_group(number(captures, 3) as usize);
            group.retain(|permutation| captures[2].starts_with("symmetric") || is_even(permutation));
            let order = number(captures, 1);
            one(group.iter().filter(|permutation| order_of_permutation(permutation) == order).count())
        },
    },
    Sentence {
        text: "How many permutations in S_{number} have cycle type {lengths}?",
        right_answers: |captures| {
            let group = symmetric_group(number(captures, 1) as usize);
            one(group.iter().filter(|permutation| cycle_type(permutation) == captures[2]).count())
        },
    },
];

const UNITS: &[Sentence] = &[
    Sentence {
        text: "How many units does the ring Z_{number} have?",
        right_answers: |captures| one(units(number(captures, 1)).len()),
    },
    Sentence {
        // A pair is a unit when both of its parts are.
        text: "How many units does the ring Z_{number} x Z_{number} have?",
        right_answers: |captures| one(units(number(captures, 1)).len() * units(number(captures, 2)).len()),
    },
    Sentence {
        text: "What is the multiplicative inverse of {number} in the ring Z_{number}?",
        right_answers: |captures| one(inverse(number(captures, 1), number(captures, 2)).expect("an inverse")),
    },
    Sentence {
        text: "Which of these elements is a unit of the ring Z_{number}?",
        right_answers: |captures| texts(&units(number(captures, 1))),
    },
    Sentence {
        text: "How many nonzero zero divisors does the ring Z_{number} have?",
        right_answers: |captures| {
            let modulus = number(captures, 1);
            let divides_zero = |element: &u64| (1..modulus).any(|other| (element * other).is_multiple_of(modulus));
            one((1..modulus).filter(divides_zero).count())
        },
    },
    Sentence {
        text: "How many units of the ring Z_{number} are their own inverse?",
        right_answers: |captures| {
            let modulus = number(captures, 1);
            one((0..modulus).filter(|&element| inverse(element, modulus) == Some(element)).count())
        },
    },
    Sentence {
        text: "What is the product of all units of the ring Z_{number}, as a residue from 0 to {number}?",
        right_answers: |captures| {
            let modulus = number(captures, 1);
            one(units(modulus).iter().fold(1, |product, unit| product * unit % modulus))
        },
    },
    Sentence {
        text: "What is the smallest unit greater than 1 of the ring Z_{number}?",
        right_answers: |captures| {
            let larger = units(number(captures, 1)).into_iter().find(|&unit| unit > 1);
            one(larger.expect("a second unit"))
        },
    },
];

const POLYNOMIALS: &[Sentence] = &[
    Sentence {
        text: "Over Z_{number}, what is the value of {formula} at x = {number}?",
        right_answers: |captures| {
            let modulus = number(captures, 1);
            one(value_at(&polynomial(&captures[2], modulus), number(captures, 3), modulus))
        },
    },
    Sentence {
        text: "How many distinct roots does {formula} have in Z_{number}?",
        right_answers: |captures| {
            let modulus = number(captures, 2);
            let function = polynomial(&captures[1], modulus);
            one((0..modulus).filter(|&x| value_at(&function, x, modulus) == 0).count())
        },
    },
    Sentence {
        text: "Over Z_{number}, what is the product of {formula} and {formula}?",
        right_answers: |captures| {
            let (left, right, modulus) = two_polynomials(captures);
            one(show_polynomial(&multiply(&left, &right, modulus)))
        },
    },
    Sentence {
        text: "Over Z_{number}, what is the remainder when {formula} is divided by {formula}?",
        right_answers: |captures| {
            let (dividend, divisor, modulus) = two_polynomials(captures);
            one(show_polynomial(&remainder(dividend, &divisor, modulus)))
        },
    },
    Sentence {
        text: "Over Z_{number}, what is the degree of the greatest common divisor of {formula} and {formula}?",
        right_answers: |captures| {
            let (left, right, modulus) = two_polynomials(captures);
            let is_common = |divisor: Vec<u64>| {
                remainder(left.clone(), &divisor, modulus).is_empty()
                    && remainder(right.clone(), &divisor, modulus).is_empty()
            };
            let has_common = |&degree: &u32| monic_polynomials(degree, modulus).into_iter().any(is_common);
            one((0..left.len() as u32).rev().find(has_common).expect("1 divides both"))
        },
    },
    Sentence {
        text: "How many monic irreducible polynomials of degree {number} are there over Z_{number}?",
        right_answers: |captures| one(irreducible_polynomials(number(captures, 1) as u32, number(captures, 2)).len()),
    },
    Sentence {
        text: "Which of these monic polynomials of degree {number} is irreducible over Z_{number}?",
        right_answers: |captures| {
            let irreducible = irreducible_polynomials(number(captures, 1) as u32, number(captures, 2));
            irreducible.iter().map(|polynomial| show_polynomial(polynomial)).collect()
        },
    },
];

fn one(answer: impl ToString) -> Vec<String> {
    vec![answer.to_string()]
}

fn texts(answers: &[u64]) -> Vec<String> {
    answers.iter().map(u64::to_string).collect()
}

fn number(captures: &Captures, index: usize) -> u64 {
    captures[index].parse().expect("an integer")
}

// ---------------------------------------------------------------------------------------------
// Residues
// ---------------------------------------------------------------------------------------------

fn constant(expression: &str, modulus: u64) -> u64 {
    value_at(&polynomial(expression, modulus), 0, modulus)
}

fn solutions(captures: &Captures) -> Vec<u64> {
    let (last, modulus) = (number(captures, 1), number(captures, 4));
    assert_eq!(last + 1, modulus, "the range is one full set of residues");
    let left = polynomial(&captures[2], modulus);
    let right = polynomial(&captures[3], modulus);
    (0..modulus).filter(|&x| value_at(&left, x, modulus) == value_at(&right, x, modulus)).collect()
}

fn inverse(element: u64, modulus: u64) -> Option<u64> {
    (0..modulus).find(|other| element * other % modulus == 1)
}

fn units(modulus: u64) -> Vec<u64> {
    (0..modulus).filter(|&element| inverse(element, modulus).is_some()).collect()
}

struct Group {
    elements: Vec<u64>,
    identity: u64,
    operation: fn(u64, u64) -> u64,
    modulus: u64,
}

impl Group {
    fn new(kind: &str, modulus: u64) -> Self {
        if kind.starts_with("additive") {
            let elements = (0..modulus).collect();
            return Self { elements, identity: 0, operation: |left, right| left + right, modulus };
        }
        Self { elements: units(modulus), identity: 1, operation: |left, right| left * right, modulus }
    }

    fn order(&self, element: u64) -> u64 {
        assert!(self.elements.contains(&element), "{element} is in the group");
        let mut power = element;
        let mut order = 1;
        while power != self.identity {
            power = (self.operation)(power, element) % self.modulus;
            order += 1;
        }
        order
    }

    fn generators(&self) -> Vec<u64> {
        let size = self.elements.len() as u64;
        self.elements.iter().copied().filter(|&element| self.order(element) == size).collect()
    }
}

// ---------------------------------------------------------------------------------------------
// Permutations: the image of each point, with points counted from 0 and written from 1
// ---------------------------------------------------------------------------------------------

fn point(text: &str) -> usize {
    text.parse::<usize>().expect("a point") - 1
}

fn cycles_in(captures: &Captures, cycles: usize, degree: usize) -> Vec<usize> {
    product_of_cycles(&captures[cycles], number(captures, degree) as usize)
}

fn product_of_cycles(text: &str, degree: usize) -> Vec<usize> {
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).expect("brackets");
    let mut product: Vec<usize> = (0..degree).collect();
    for cycle in inner.split(")(") {
        let points: Vec<usize> = cycle.split(' ').map(point).collect();
        let mut factor: Vec<usize> = (0..degree).collect();
        for (position, &from) in points.iter().enumerate() {
            factor[from] = points[(position + 1) % points.len()];
        }
        product = compose(&product, &factor);
    }
    product
}

/// The product in which the right factor acts first.
fn compose(left: &[usize], right: &[usize]) -> Vec<usize> {
    right.iter().map(|&image| left[image]).collect()
}

fn is_identity(permutation: &[usize]) -> bool {
    permutation.iter().enumerate().all(|(from, &to)| from == to)
}

fn order_of_permutation(permutation: &[usize]) -> u64 {
    let mut power = permutation.to_vec();
    let mut order = 1;
    while !is_identity(&power) {
        power = compose(permutation, &power);
        order += 1;
    }
    order
}

fn is_even(permutation: &[usize]) -> bool {
    let inversions_before = |end: usize| permutation[..end].iter().filter(|&&image| image > permutation[end]).count();
    (0..permutation.len()).map(inversions_before).sum::<usize>().is_multiple_of(2)
}

fn symmetric_group(degree: usize) -> Vec<Vec<usize>> {
    if degree == 0 {
        return vec![Vec::new()];
    }
    let mut group = Vec::new();
    for smaller in symmetric_group(degree - 1) {
        for position in 0..degree {
            let mut permutation = smaller.clone();
            permutation.insert(position, degree - 1);
            group.push(permutation);
        }
    }
    group
}

/// All cycles, fixed points too; each starts at its smallest point, and they come in that order.
fn cycles(permutation: &[usize]) -> Vec<Vec<usize>> {
    let mut cycles: Vec<Vec<usize>> = Vec::new();
    for start in 0..permutation.len() {
        if cycles.iter().any(|cycle| cycle.contains(&start)) {
            continue;
        }
        let mut cycle = vec![start];
        let mut next = permutation[start];
        while next != start {
            cycle.push(next);
            next = permutation[next];
        }
        cycles.push(cycle);
    }
    cycles
}

fn cycle_type(permutation: &[usize]) -> String {
    let mut lengths: Vec<usize> = cycles(permutation).iter().map(Vec::len).collect();
    lengths.sort_unstable_by(|left, right| right.cmp(left));
    lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(" + ")
}

fn show_permutation(permutation: &[usize]) -> String {
    let show_cycle = |cycle: &Vec<usize>| {
        let points: Vec<String> = cycle.iter().map(|point| (point + 1).to_string()).collect();
        format!("({})", points.join(" "))
    };
    cycles(permutation).iter().filter(|cycle| cycle.len() > 1).map(show_cycle).collect()
}

fn sign_and_order(even: bool, order: u64) -> String {
    format!("sign {}, order {order}", if even { "+1" } else { "-1" })
}

// ---------------------------------------------------------------------------------------------
// Polynomials: coefficients from the constant term up, without zeros at the top
// ---------------------------------------------------------------------------------------------

fn polynomial(text: &str, modulus: u64) -> Vec<u64> {
    let mut coefficients = Vec::new();
    for term in text.replace(" - ", " + -").split(" + ") {
        let (coefficient, degree) = monomial(term.trim_start_matches('-'), modulus);
        if coefficients.len() <= degree {
            coefficients.resize(degree + 1, 0);
        }
        let signed = if term.starts_with('-') { modulus - coefficient } else { coefficient };
        coefficients[degree] = (coefficients[degree] + signed) % modulus;
    }
    without_top_zeros(coefficients)
}

/// The coefficient and the degree of a term like `7`, `7^20`, `17 * 23`, `x` or `3x^2`.
fn monomial(text: &str, modulus: u64) -> (u64, usize) {
    let (coefficient, degree) = match text.split_once('x') {
        None => (text, 0),
        Some((coefficient, "")) => (coefficient, 1),
        Some((coefficient, power)) => {
            let degree = power.strip_prefix('^').expect("a power of x");
            (coefficient, degree.parse().expect("a degree"))
        }
    };
    if coefficient.is_empty() {
        return (1 % modulus, degree);
    }
    let product = |product, factor: &str| product * integer_power(factor, modulus) % modulus;
    (coefficient.split(" * ").fold(1, product), degree)
}

fn integer_power(text: &str, modulus: u64) -> u64 {
    let (base, exponent) = text.split_once('^').unwrap_or((text, "1"));
    let base: u64 = base.parse().expect("an integer");
    let exponent: u64 = exponent.parse().expect("an exponent");
    (0..exponent).fold(1, |power, _| power * base % modulus)
}

fn two_polynomials(captures: &Captures) -> (Vec<u64>, Vec<u64>, u64) {
    let modulus = number(captures, 1);
    (polynomial(&captures[2], modulus), polynomial(&captures[3], modulus), modulus)
}

fn without_top_zeros(mut coefficients: Vec<u64>) -> Vec<u64> {
    while coefficients.last() == Some(&0) {
        coefficients.pop();
    }
    coefficients
}

fn value_at(function: &[u64], x: u64, modulus: u64) -> u64 {
    function.iter().rev().fold(0, |value, coefficient| (value * x + coefficient) % modulus)
}

fn multiply(left: &[u64], right: &[u64], modulus: u64) -> Vec<u64> {
    let mut product = vec![0; left.len() + right.len()];
    for (left_degree, left_coefficient) in left.iter().enumerate() {
        for (right_degree, right_coefficient) in right.iter().enumerate() {
            let coefficient = &mut product[left_degree + right_degree];
            *coefficient = (*coefficient + left_coefficient * right_coefficient) % modulus;
        }
    }
    without_top_zeros(product)
}

fn remainder(dividend: Vec<u64>, divisor: &[u64], modulus: u64) -> Vec<u64> {
    let top = *divisor.last().expect("a divisor that is not zero");
    let inverse_of_top = inverse(top, modulus).expect("a unit at the top of the divisor");
    let mut rest = dividend;
    while rest.len() >= divisor.len() {
        let shift = rest.len() - divisor.len();
        let factor = rest[rest.len() - 1] * inverse_of_top % modulus;
        for (degree, coefficient) in divisor.iter().enumerate() {
            let subtracted = factor * coefficient % modulus;
            rest[shift + degree] = (rest[shift + degree] + modulus - subtracted) % modulus;
        }
        rest = without_top_zeros(rest);
    }
    rest
}

fn monic_polynomials(degree: u32, modulus: u64) -> Vec<Vec<u64>> {
    let digits = |code: u64| (0..degree).map(move |position| code / modulus.pow(position) % modulus);
    (0..modulus.pow(degree)).map(|code| digits(code).chain([1]).collect()).collect()
}

fn irreducible_polynomials(degree: u32, modulus: u64) -> Vec<Vec<u64>> {
    let smaller: Vec<Vec<u64>> = (1..degree).flat_map(|lower| monic_polynomials(lower, modulus)).collect();
    let is_divided =
        |candidate: &[u64]| smaller.iter().any(|divisor| remainder(candidate.to_vec(), divisor, modulus).is_empty());
    monic_polynomials(degree, modulus).into_iter().filter(|candidate| !is_divided(candidate)).collect()
}

fn show_polynomial(coefficients: &[u64]) -> String {
    let show_term = |(degree, &coefficient): (usize, &u64)| match (degree, coefficient) {
        (_, 0) => None,
        (0, _) => Some(coefficient.to_string()),
        (1, 1) => Some("x".to_owned()),
        (1, _) => Some(format!("{coefficient}x")),
        (_, 1) => Some(format!("x^{degree}")),
        _ => Some(format!("{coefficient}x^{degree}")),
    };
    let terms: Vec<String> = coefficients.iter().enumerate().rev().filter_map(show_term).collect();
    if terms.is_empty() { "0".to_owned() } else { terms.join(" + ") }
}
