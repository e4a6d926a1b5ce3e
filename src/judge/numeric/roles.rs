//! What a word may do in a sentence.

/// What a word may do in a sentence; a word may have several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Roles(u64);

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $bit:expr;)*) => {
        impl Roles {
            $($(#[$doc])* pub(super) const $name: Self = Self(1 << $bit);)*
        }
    };
}

roles! {
    /// Names the answer: "answer", "result".
    ANSWER = 0;
    /// Stands beside an answer word that is final.
    FINAL = 1;
    /// Links an answer word to the answer: "is".
    LINK = 2;
    /// Denies what follows, or precedes in some languages.
    DENIAL = 3;
    /// Sets what follows aside: "rather than", "instead of".
    INSTEAD = 4;
    /// Begins what holds against what was said: "but".
    CONTRAST = 5;
    /// Offers another value.
    OR = 6;
    /// Joins values.
    AND = 7;
    /// Begins a range.
    BETWEEN = 8;
    /// Begins a reason.
    REASON = 9;
    /// Begins a reason behind a comma.
    COMMA_REASON = 10;
    /// Begins a conclusion.
    CONCLUSION = 11;
    /// Begins a check, a note, a remark.
    REMARK = 12;
    /// Is followed by the number of a step, a figure, an equation.
    LABEL = 13;
    /// Is followed by a number that only counts what was named before: "all 4".
    COUNT = 14;
    /// Begins an adjunct: "in 3 days".
    ADJUNCT = 15;
    /// Makes a statement tentative, or that of others.
    TENTATIVE = 16;
    /// Takes back what was said.
    CORRECTION = 17;
    /// Makes the number behind it negative.
    MINUS = 18;
    /// Is an abbreviation whose point ends no sentence.
    ABBREVIATION = 19;
    /// Declines to answer.
    REFUSAL = 20;
    /// Reads numbers with a decimal comma: a common word of such a language.
    COMMA_LANGUAGE = 21;
    /// Names a currency.
    CURRENCY = 22;
    /// Ends a range that another number begins: "3 to 5".
    TO = 23;
    /// Names the way to a result: "by multiplying".
    METHOD = 24;
    /// Denies what stands before it.
    DENIED_BEFORE = 25;
    /// Offers more: "let me know".
    OFFER = 26;
    /// Common word of a language with a decimal point.
    POINT_LANGUAGE = 27;
    /// Opens a sentence about the answer rather than of it: "We checked it".
    ABOUT = 28;
    /// Counts the work, not what is asked for: "in 2 ways".
    PROCESS = 29;
    /// With a zero, makes the number before it negative: "7 degrees below zero".
    BELOW = 30;
    /// Equates what stands before it with what follows.
    COPULA = 31;
    /// Sums up.
    TOTAL = 32;
    /// Tells what a step leads to: ", leaving 48".
    RESULT = 33;
    /// Says that nothing is decided.
    UNDECIDED = 34;
    /// Says so, if it is denied: "I cannot tell".
    DECIDE = 35;
    /// Asks for something, or announces it.
    REQUEST = 36;
    /// Makes the number behind it negative or not, as the question has it: "a loss of 5".
    LOSS = 37;
    /// Bounds a number: "at least".
    BOUND = 38;
    /// Leads to the value behind it: "to get 60".
    LEADS = 39;
    /// Turns one value into another: "drops from 40 to 30".
    CHANGE = 40;
    /// With "than", counts how far the answer is from something else: "1,200 more than before".
    DIFFERENCE = 41;
    /// Stands before what a program prints: "Output: 17".
    OUTPUT = 42;
    /// Says that a number is all of the others together: "180 in total".
    SUM = 43;
    /// Leads to a sum with "to": "add up to 23".
    ADDS = 44;
    /// Says that a number is what is left: "282 are left".
    LEFT = 45;
    /// Parts a quotient from what is left: "12 remainder 20".
    REMAINDER = 46;
    /// Leads from several values to their sum: "120 and 60 make 180".
    MAKES = 47;
}

impl Roles {
    /// Whether the word has this role.
    pub(super) fn has(self, role: Self) -> bool {
        self.0 & role.0 != 0
    }

    /// Gives the word a further role.
    pub(super) fn add(&mut self, role: Self) {
        self.0 |= role.0;
    }
}
