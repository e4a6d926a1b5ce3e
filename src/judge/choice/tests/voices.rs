//! Answers in the voices of small models: marks of a dialogue, lists that are left, questions that they ask themselves.

use super::*;

const ORGAN: Asked = ("Which organ makes bile?", &["Kidney", "Stomach", "Liver", "Spleen"]);
const DIGESTION: Asked =
    ("Which organ takes part in digestion?", &["The stomach", "The gut", "Both the stomach and the gut", "Neither"]);
const CLAIMS: Asked = (
    "I: Every prime above 2 is odd. II: Every odd number is prime.",
    &[
        "I is true and II is true",
        "I is true and II is false",
        "I is false and II is true",
        "I is false and II is false",
    ],
);
const MAMMALS: Asked = ("All of these are mammals EXCEPT:", &["Bat", "Whale", "Penguin", "Otter"]);
const FRUIT: Asked = ("Welches ist kein Obst?", &["Apfel", "Birne", "Karotte", "Kirsche"]);
const HOT: Asked = ("What would a person wear on a hot day?", &["coat", "shorts", "scarf"]);

const WEIGHT: Asked =
    ("The box does not float on the raft since it is too heavy. What is too heavy?", &["the box", "the raft"]);

const LEAST: Asked = ("Which is least likely to cause asthma?", &["Dust", "Pollen", "Water", "Smoke"]);
const TOOL: Asked = ("Which tool measures air pressure?", &["thermometer", "barometer", "ruler"]);

const VOICES: &[Case] = &[
    (ORGAN, "A: The liver makes bile.", "C"),
    (ORGAN, "A: Yes, the liver makes bile.", "C"),
    (ORGAN, "A: Kidney", "A"),
    (ORGAN, "A: Liver", "-"),
    (ORGAN, "A: no. B: no. C: yes. D: no.", "C"),
    (ORGAN, "User: Which organ makes bile?\nAssistant: The liver.", "C"),
    (ORGAN, "Correct Answer: Option B\n\nCorrect Answer: Options C & D", "-"),
    (ORGAN, "No. 3", "C"),
    (ORGAN, "The answer is No. 3.", "C"),
    (ORGAN, "No. The liver.", "C"),
    (ORGAN, "3rd option", "C"),
    (ORGAN, "It's C, no doubt.", "C"),
    (ORGAN, "A and D can be ruled out, which leaves B or C; B fails because it makes acid.", "C"),
    (ORGAN, "That leaves C or D; the spleen filters blood, so C.", "C"),
    (ORGAN, "Is A correct? No. Is B correct? No. Is C correct? Yes.", "C"),
    (ORGAN, "Is it B? No.", "-"),
    (ORGAN, "Stomachs are acid. So the answer must be C.", "C"),
    (ORGAN, "Kidney - filters; stomach - digests; spleen - stores. The liver makes bile.", "C"),
    (DIGESTION, "Both.", "C"),
    (DIGESTION, "Both of them do.", "C"),
    (DIGESTION, "Neither.", "D"),
    (DIGESTION, "Both A and B are wrong.", "-"),
    (CLAIMS, "I is true, II is false.", "B"),
    (CLAIMS, "I: false. II: true.", "C"),
    (CLAIMS, "I is true. I am not sure of the other.", "-"),
    (MAMMALS, "A bat, a whale and an otter are all mammals, but a penguin is a bird.", "C"),
    (MAMMALS, "Bats (A), whales (B) and otters (D) are mammals; a penguin is not.", "C"),
    (MAMMALS, "Penguin is the only one that is not a mammal.", "C"),
    (FRUIT, "Karotte ist kein Obst.", "C"),
    (FRUIT, "C ist kein Obst.", "C"),
    (FRUIT, "Apfel ist Obst.", "-"),
    (WEIGHT, "The box is too heavy.", "A"),
    (CITY, "Istanbul is too large.", "-"),
    (HOT, "A coat is too warm.", "-"),
    (HOT, "A coat", "A"),
    (CITY, "Aではありません。Cです。", "C"),
    (CITY, "Bだと思う人が多いですが、正解はCです。", "C"),
    (CITY, "In the past it was Istanbul, but now Ankara.", "C"),
    (CITY, "Istanbul used to have the government.", "-"),
    (LEAST, "Smoke is the most likely cause.", "-"),
    (LEAST, "Water is the least likely to cause asthma.", "C"),
    (TOOL, "Plates are heavy. A barometer measures air pressure.", "B"),
    (PAIR, "Is statement 1 true? Yes. Is statement 2 true? No.", "C"),
    (PAIR, "1: True, 2: False", "C"),
    (CITY, "The runner-up is Izmir.", "-"),
    (CITY, "The second largest is Izmir.", "-"),
];

#[test]
fn voices_of_small_models_are_read() {
    check(VOICES);
}
