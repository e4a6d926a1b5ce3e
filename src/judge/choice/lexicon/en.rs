//! English.

use super::*;

/// The words.
#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
    words: &[
        (
            ANSWER,
            &[
                "most plausible ending", "best ending", "correct ending", "most likely ending",
                "most plausible continuation", "best continuation", "most plausible option", "correct letter",
                "right letter", "answer", "ans", "solution", "response", "correct option", "correct choice",
                "correctanswer", "correctoption", "correctchoice", "answerchoice", "answerkey", "answerletter",
                "answeroption", "selectedoption", "selectedanswer", "optionletter", "choiceletter", "chosenoption",
                "prediction", "predictedanswer", "selection", "verdict", "answer choice", "answer option",
                "answer key", "pick", "my pick", "best choice", "best option", "right choice", "right option",
                "best answer", "reply", "multiple choice answer", "conclusion", "most appropriate option",
                "most suitable option", "only correct option", "only correct answer",
            ],
        ),
        (ANSWER, &["output", "result"]),
        (
            ANSWER | FINAL,
            &[
                "final answer", "finalanswer", "final choice", "final option", "final response", "final selection",
                "final verdict", "final pick", "final decision", "corrected answer", "revised answer",
                "updated answer", "change my answer to", "changing my answer to", "revise my answer to",
                "change it to", "switch to", "answer is now", "answer to", "final answer choice", "my revised choice",
                "correct my answer to", "update my answer to", "settle on", "stick with", "sticking with", "my final",
            ],
        ),
        (
            OPTION,
            &[
                "option", "choice", "letter", "alternative", "answer choice", "answer option", "answer letter",
                "number", "entry",
            ],
        ),
        (OPTIONS, &["options", "choices", "letters", "alternatives", "answers", "possibilities", "candidates"]),
        (
            FORMAT,
            &[
                "answer options are", "answer choices are", "options are", "choices are", "answer options",
                "answer choices", "the format", "in the format", "format", "should be written", "written as",
                "will be outputted", "formatted", "output just", "placeholder", "only the letter", "just the letter",
                "answer with", "respond with", "reply with", "choose the option", "select the option",
                "pick the option", "choose one of", "choose from", "select one of", "select from", "pick one of",
                "pick from", "choose between", "select between", "decide between", "example answer", "sample answer",
                "for example", "such as", "labeled", "labelled", "possible options", "the options", "given options",
                "the choices", "e.g.", "eg",
            ],
        ),
        (
            LINK,
            &[
                "is", "are", "was", "be", "been", "being", "should be", "would be", "must be", "has to be", "will be",
                "shall be", "seems to be", "appears to be", "remains", "turns out to be", "is therefore", "becomes",
                "equals", "is equal to", "reads", "comes out as", "comes out to be", "works out to", "gives",
                "yields", "namely", "called", "known as", "isnt",
            ],
        ),
        (
            LINK | NOT,
            &[
                "isnt", "is not", "are not", "arent", "was not", "wasnt", "cannot be", "cant be", "can not be",
                "could not be", "couldnt be", "wouldnt be", "should not be", "is never", "is neither", "would not be",
                "will not be", "wont be", "must not be",
            ],
        ),
        (
            FILL,
            &[
                "the", "my", "our", "an", "your", "to", "this", "given", "that", "it", "its", "in", "of", "for",
                "only", "clearly", "definitely", "certainly", "indeed", "obviously", "simply", "thus", "most",
                "likely", "probably", "one", "with", "would", "will", "i", "we", "have", "had", "now", "just", "also",
                "then", "as", "well", "so", "really", "actually", "question", "therefore", "which", "above",
                "following", "listed", "here", "labeled", "very", "single", "always", "still", "by", "correctly",
                "best", "logical", "reasonable", "accurate", "appropriate", "suitable", "exact", "statement",
                "problem", "multiple", "sure", "pretty", "quite", "fairly", "all", "clear", "and", "on", "choice",
                "confident", "must", "should", "am", "im", "ill", "id", "ive", "can", "do", "let", "lets", "think",
                "believe", "feel", "say", "that's", "conclude", "know", "find", "see", "us", "me", "going", "go", "s",
                "fully", "completely", "entirely", "totally", "absolutely", "technically", "factually", "both", "at",
            ],
        ),
        (
            CHOOSE,
            &[
                "choose", "chose", "prefer", "would prefer", "choosing", "select", "selected", "selecting", "pick",
                "picked", "picking", "go with", "going with", "went with", "opt for", "opting for", "vote for",
                "settle for", "decide on", "decided on", "lean towards", "leaning towards", "lean toward", "go for",
                "going for", "mark", "choice falls on", "bet on", "chosen", "i answer", "id answer", "would answer",
                "say", "i guess", "my guess is", "best guess is", "guess", "best guess", "my bet is", "points to",
                "pointing to", "indicates",
            ],
        ),
        (
            RIGHT,
            &[
                "better choice", "better answer", "better option", "a better choice", "a better answer",
                "a better option", "the better choice", "correct", "right", "best", "valid", "accurate", "the one",
                "the winner", "proper", "true", "the only one left", "the only remaining option",
                "the only option left", "the best fit", "fits best", "fits", "is the one", "correct answer",
                "right answer", "best answer", "also correct", "valid options", "also possible", "also valid",
                "are valid", "both valid", "the answer", "the correct one", "the right one", "the most accurate",
                "the most appropriate", "most appropriate", "the most suitable", "the best", "the final answer",
                "chosen", "the only correct", "what we want", "makes sense", "makes the most sense",
            ],
        ),
        (TRUE, &["true", "correct", "right", "holds", "valid"]),
        (FALSE, &["false", "incorrect", "wrong", "untrue", "invalid", "does not hold", "doesnt hold", "fails"]),
        (YES, &["yes", "yeah", "yep", "true", "correct"]),
        (NO, &["no", "nope", "false", "incorrect"]),
        (
            WRONG,
            &[
                "wrong", "incorrect", "false", "invalid", "untrue", "out", "eliminated", "ruled out", "excluded",
                "rejected", "discarded", "dismissed", "crossed out", "ruled", "mistaken", "inaccurate", "irrelevant",
                "implausible", "impossible", "unlikely", "least likely", "not applicable", "nonsense", "misleading",
                "a distractor", "distractor", "distractors", "fails", "off", "too high", "too low", "not possible",
                "unrelated", "improper", "the wrong one", "wrong answer", "be ruled out", "be eliminated",
                "be excluded", "be rejected", "be dismissed", "be discarded", "be crossed out", "does not fit",
                "do not fit", "doesnt fit", "dont fit", "does not work", "doesnt work", "does not match",
                "doesnt match", "does not apply", "doesnt apply", "misses the point", "make no sense",
                "makes no sense", "do not apply", "do not match", "do not work", "dont match", "dont work",
                "is not it", "isnt it",
            ],
        ),
        (
            NOT,
            &[
                "not", "never", "neither", "nor", "no longer", "cannot", "cant", "dont", "doesnt", "didnt", "wouldnt",
                "wont", "hardly", "not the", "do not", "does not", "did not", "would not", "will not", "couldnt",
                "arent", "non",
            ],
        ),
        (
            DROP,
            &[
                "than", "except", "except for", "eliminate", "eliminates", "eliminating", "exclude", "excludes",
                "excluding", "rule out", "rules out", "ruling out", "reject", "rejecting", "discard", "dismiss",
                "rather than", "over", "instead of", "unlike", "other than", "as opposed to", "and not", "but not",
                "cross out", "ignore", "anything but", "remove", "drop", "against", "contrary to", "versus", "vs",
                "compared to", "compared with", "apart from", "aside from", "opposite of", "confused with", "confuse",
                "mistaken for", "different from", "distinct from", "ruled out",
            ],
        ),
        (
            FIX,
            &[
                "wait", "actually", "hmm", "hm", "no wait", "on second thought", "correction", "let me reconsider",
                "let me recheck", "let me re-check", "let me redo", "let me correct", "let me rethink", "my bad",
                "sorry", "apologies", "i apologize", "oops", "whoops", "i mean", "upon reflection", "on reflection",
                "upon reconsideration", "after reconsidering", "reconsidering", "rechecking", "upon review",
                "on closer inspection", "after checking", "double-checking", "looking again", "thinking again",
                "i stand corrected", "change my answer", "revise my answer", "edit", "looking at it again",
                "let me check again", "but wait", "in fact", "i correct myself", "i change my mind",
                "changed my mind", "i misspoke", "i miscalculated", "i need to correct", "second thoughts",
            ],
        ),
        (
            SO,
            &[
                "by elimination", "by process of elimination", "i.e.", "ie", "so", "therefore", "thus", "hence",
                "consequently", "accordingly", "in conclusion", "as a result", "it follows that", "to conclude",
                "in summary", "overall", "ergo", "this means", "that means", "which means", "we conclude", "we get",
                "we conclude that", "this gives", "making", "which makes", "this makes", "that makes", "in short",
                "to sum up",
            ],
        ),
        (
            LEAVES,
            &[
                "leaves", "leaving", "leaves us with", "leaving us with", "leaving only", "leaves only", "matches",
                "match", "matching", "corresponds to", "corresponding to", "correspond to", "which is", "left is",
                "remaining is", "equivalent to", "this is", "that is", "that's", "it is", "its", "it's", "it must be",
                "it has to be", "it would be", "it should be", "only option left is", "only one left is",
                "remaining option is", "agrees with", "in line with", "consistent with", "fits", "is in", "must be",
                "has to be", "narrows it down to", "only remaining option is", "supports", "points to", "left with",
                "we are left with", "there remains", "this matches", "which matches", "which corresponds to",
                "that corresponds to", "this corresponds to", "is represented by", "is given by", "is found in",
                "best matches", "aligns with", "listed as", "only possibility is", "can only be",
            ],
        ),
        (
            BUT,
            &[
                "but", "however", "yet", "although", "though", "nevertheless", "whereas", "while", "even though",
                "on the other hand", "instead", "in reality", "in truth",
            ],
        ),
        (
            IF,
            &[
                "had the", "had they", "had he", "had she", "were the", "should the", "if", "suppose", "supposing",
                "assuming", "assume", "were it", "had it", "unless", "in case", "provided that", "only when",
                "only if", "whether", "when asked", "had the question", "imagine",
            ],
        ),
        (
            MAY,
            &[
                "would have been", "would have", "might", "may", "could", "maybe", "perhaps", "possibly", "might be",
                "may be", "could be", "could also be", "potentially",
            ],
        ),
        (WOULD, &["would be", "would", "were", "had been", "might", "could"]),
        (
            FIX | RETRACT,
            &[
                "i made an error", "i made a mistake", "made an error", "made a mistake", "i was wrong", "my mistake",
                "mistake above", "error above", "scratch that", "strike that", "i take that back", "that was wrong",
                "that is wrong", "thats wrong", "that is not right", "thats not right", "this is wrong", "i misread",
                "that is incorrect", "thats incorrect", "this is incorrect", "that cannot be right",
                "that cant be right", "that isnt right",
            ],
        ),
        (
            OTHERS,
            &[
                "most tourists", "tourists", "most students", "laymen", "visitors", "would argue", "would claim",
                "would say that", "used to think", "many people", "some people", "most people", "people think",
                "people say", "people often", "people believe", "some say", "some think", "some believe",
                "some might", "one might", "one may", "one could", "you might", "you may", "you could", "many think",
                "many believe", "many say", "many students", "students", "some students", "a common mistake",
                "common mistake", "common error", "common misconception", "misconception", "often thought",
                "often believed", "commonly thought", "commonly believed", "popular belief", "used to be", "formerly",
                "previously", "at first", "at first glance", "initially", "i initially", "i first", "first i",
                "i thought", "my first thought", "my first guess", "my initial", "tempted to", "it is tempting",
                "is tempted", "others", "others say", "others think", "critics", "my friend", "my teacher",
                "the book", "wikipedia says", "somebody", "someone", "someone said", "a naive", "naively", "the trap",
                "a trap", "mistakenly", "wrongly", "incorrectly", "erroneously", "falsely", "i used to think",
                "he says", "she says", "they say", "he thinks", "she thinks", "they think", "it is said", "rumor",
                "the previous answer", "your answer", "the user", "you said", "you say", "you chose", "beginners",
                "is often confused", "novices", "i was going to say", "i wanted to say", "i almost", "i would have",
                "earlier i", "i had", "my previous answer", "original answer", "initial answer", "tempting answer",
                "tempting choice", "popular choice", "popular answer", "obvious choice", "obvious answer",
                "first instinct", "gut feeling", "intuition", "supposedly", "allegedly", "some would", "some argue",
                "most would", "many would", "many choose", "many pick", "many confuse", "often mistaken",
                "often chosen",
            ],
        ),
        (
            TEMPT,
            &[
                "tempting", "plausible", "possible", "close", "attractive", "appealing", "popular", "reasonable",
                "a possibility", "a contender", "a candidate", "seems plausible", "seems right", "seems correct",
                "looks right", "looks correct", "looks plausible", "looks tempting", "sounds right",
                "sounds plausible", "seems tempting", "seems reasonable", "partially correct", "partly correct",
                "partially right", "partly right", "almost right", "almost correct", "similar",
            ],
        ),
        (
            REASON,
            &[
                "because", "since", "as", "for", "due to", "given that", "based on", "by", "according to", "which",
                "where", "who", "with", "in which", "whose", "owing to", "thanks to", "seeing that", "considering",
                "when", "where", "although", "even though", "while", "after", "from",
            ],
        ),
        (
            THIS,
            &[
                "it", "this", "that", "they", "these", "those", "this option", "this choice", "this answer",
                "this one", "that option", "that answer", "that one", "these options", "these choices",
                "those options", "this statement", "which", "both", "all of them", "all of these", "these answers",
                "that choice", "all",
            ],
        ),
        (
            REFUSE,
            &[
                "i cannot", "i cant", "i can not", "i am not able", "im not able", "i am unable", "im unable",
                "unable to", "as an ai", "as a language model", "cannot provide", "cannot assist", "cannot help",
                "cant help", "cant assist", "cannot answer", "cant answer", "not able to", "i wont", "i will not",
                "im sorry", "i am sorry", "i apologize", "i must decline", "i decline", "decline to", "refuse to",
                "cannot determine", "cant determine", "do not have enough information",
                "dont have enough information", "not enough information", "do not have access", "dont have access",
                "insufficient information", "i dont know", "i do not know", "i would rather not", "not comfortable",
                "against my guidelines", "not appropriate for me", "couldnt determine", "could not determine",
                "no idea", "cannot choose", "cant choose", "cannot select", "cannot pick", "cannot decide",
                "im not sure", "i am not sure", "i cannot say", "consult a", "impossible to determine",
                "impossible to say",
            ],
        ),
        (CLAIM, &["statement", "claim", "proposition", "assertion"]),
        (
            BOTH,
            &[
                "both", "both of the statements", "both statements", "both claims", "both of them", "all statements",
                "both propositions", "both of these",
            ],
        ),
        (
            BOTH | NOT,
            &[
                "neither statement", "neither claim", "neither of the statements", "neither of them", "neither",
                "neither is", "none of the statements",
            ],
        ),
        (
            AND,
            &[
                "and", "or", "and/or", "as well as", "nor", "plus", "and also", "or maybe", "or perhaps",
                "or possibly", "and also option", "either",
            ],
        ),
        (
            NONE,
            &[
                "none of the options", "none of the given options", "none of the choices", "none of these",
                "none of the above", "none of the answers", "none of them", "no option", "no correct option",
                "no correct answer", "none of the given choices", "none of the provided options",
                "none of the listed options", "neither option", "none is correct", "none are correct",
                "no valid option", "not among the options", "not listed", "not in the options",
                "not one of the options", "none of the options provided", "no answer",
            ],
        ),
    ],
    ordinals: &[
        &["first", "1st"],
        &["second", "2nd"],
        &["third", "3rd"],
        &["fourth", "4th"],
        &["fifth", "5th"],
        &["sixth", "6th"],
        &["seventh", "7th"],
        &["eighth", "8th"],
        &["ninth", "9th"],
        &["tenth", "10th"],
    ],
    labels: &[],
};
