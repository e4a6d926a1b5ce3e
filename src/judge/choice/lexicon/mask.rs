//! What a word says about an answer, in bits.

/// What a word says; several may hold.
pub(in super::super) type Mask = u64;

/// A noun for the answer.
pub(in super::super) const ANSWER: Mask = 1;
/// A noun for one choice.
pub(in super::super) const OPTION: Mask = 1 << 1;
/// A noun for several choices.
pub(in super::super) const OPTIONS: Mask = 1 << 2;
/// A verb or particle that ties an answer to its noun.
pub(in super::super) const LINK: Mask = 1 << 3;
/// A word that may stand between the noun and the answer and says nothing.
pub(in super::super) const FILL: Mask = 1 << 4;
/// A verb of choice.
pub(in super::super) const CHOOSE: Mask = 1 << 5;
/// Correct.
pub(in super::super) const RIGHT: Mask = 1 << 6;
/// Not correct.
pub(in super::super) const WRONG: Mask = 1 << 7;
/// A denial.
pub(in super::super) const NOT: Mask = 1 << 8;
/// Marks an answer as the last word.
pub(in super::super) const FINAL: Mask = 1 << 9;
/// Takes back what was said.
pub(in super::super) const FIX: Mask = 1 << 10;
/// Draws a conclusion.
pub(in super::super) const SO: Mask = 1 << 11;
/// Says that one choice is left or fits.
pub(in super::super) const LEAVES: Mask = 1 << 12;
/// Sets what follows against what stands before.
pub(in super::super) const BUT: Mask = 1 << 13;
/// A condition.
pub(in super::super) const IF: Mask = 1 << 14;
/// A possibility.
pub(in super::super) const MAY: Mask = 1 << 15;
/// The opinion of others, or a first thought.
pub(in super::super) const OTHERS: Mask = 1 << 16;
/// Praise that is no choice.
pub(in super::super) const TEMPT: Mask = 1 << 17;
/// Opens a reason.
pub(in super::super) const REASON: Mask = 1 << 18;
/// True.
pub(in super::super) const TRUE: Mask = 1 << 19;
/// False.
pub(in super::super) const FALSE: Mask = 1 << 20;
/// Yes.
pub(in super::super) const YES: Mask = 1 << 21;
/// No.
pub(in super::super) const NO: Mask = 1 << 22;
/// Points back at what was named before.
pub(in super::super) const THIS: Mask = 1 << 23;
/// An ordinal number.
pub(in super::super) const ORDINAL: Mask = 1 << 24;
/// Sets aside what follows.
pub(in super::super) const DROP: Mask = 1 << 25;
/// Declines to answer.
pub(in super::super) const REFUSE: Mask = 1 << 26;
/// Talks about the form of an answer.
pub(in super::super) const FORMAT: Mask = 1 << 27;
/// A noun for a statement.
pub(in super::super) const CLAIM: Mask = 1 << 28;
/// Both.
pub(in super::super) const BOTH: Mask = 1 << 29;
/// Joins the members of a list.
pub(in super::super) const AND: Mask = 1 << 30;
/// None of the choices.
pub(in super::super) const NONE: Mask = 1 << 31;

/// What would be under a condition.
pub(in super::super) const WOULD: Mask = 1 << 32;
/// Says that what was said is wrong.
pub(in super::super) const RETRACT: Mask = 1 << 33;

/// Says what I think.
pub(in super::super) const THINK: Mask = 1 << 34;

/// Says that one thing is unlike all others.
pub(in super::super) const ODD: Mask = 1 << 35;

/// Says that an amount is all there is: `in total`.
pub(in super::super) const TOTAL: Mask = 1 << 36;
