//! What TeX commands and mathematical characters stand for.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::expression::Function;

/// What a TeX command stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// `\frac` and its kin.
    Fraction,
    /// `\sqrt`.
    Root,
    /// `\binom`.
    Binomial,
    /// A mark over its argument, which makes it another name.
    Accent(&'static str),
    /// `\begin`.
    Begin,
    /// `\end`.
    End,
}

/// Characters and the commands and characters that stand for the same.
const SYMBOLS: &[(char, &str)] = &[
    ('*', "cdot times ast bullet × · ∗ ⋅ • ✕ ⨯"),
    ('/', "div ÷ ∕ ⁄"),
    ('-', "− – — ‐ ‑ ‒ ― ﹣"),
    ('≤', "le leq leqslant leqq ⩽ ≦"),
    ('≥', "ge geq geqslant geqq ⩾ ≧"),
    ('≠', "ne neq"),
    ('<', "lt"),
    ('>', "gt"),
    ('=', "equiv"),
    ('≈', "approx simeq thickapprox doteq ≃ ≅"),
    ('±', "pm"),
    ('∓', "mp"),
    ('∪', "cup bigcup"),
    ('∩', "cap bigcap"),
    ('∖', "setminus backslash smallsetminus"),
    ('∈', "in isin"),
    ('∞', "infty infin"),
    ('π', "pi"),
    ('°', "circ degree textdegree º ˚"),
    ('%', "% ٪"),
    ('⦃', "{ lbrace"),
    ('⦄', "} rbrace"),
    ('⟨', "langle 〈"),
    ('⟩', "rangle 〉"),
    ('|', "vert lvert rvert ∣"),
    ('∣', "mid"),
    ('‖', "| Vert lVert rVert ∥"),
    ('⌊', "lfloor"),
    ('⌋', "rfloor"),
    ('⌈', "lceil"),
    ('⌉', "rceil"),
    ('(', "lparen"),
    (')', "rparen"),
    ('[', "lbrack"),
    (']', "rbrack"),
    ('∅', "emptyset varnothing"),
    ('⇒', "Rightarrow implies Longrightarrow iff Leftrightarrow to rightarrow ⟹ → ⟶"),
    ('…', "ldots dots cdots dotsc dotsb ⋯"),
    ('′', "prime ’"),
    ('$', "$"),
    ('€', "euro"),
    ('£', "pounds"),
    ('&', "&"),
    ('√', "surd"),
    ('∑', "sum"),
    ('∏', "prod"),
    ('\n', "\\ cr newline"),
];

/// Commands that only move what they stand before.
const SPACES: &str = ", ; : ! quad qquad thinspace medspace thickspace enspace hspace";

/// Commands that change the looks only.
const LOOKS: &str = "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle \
    scriptstyle limits nolimits boxed fbox mathbf bm boldsymbol mathit mathsf mathcal mathfrak mathscr mathnormal \
    middle phantom ensuremath hline hfill nonumber notag rm bf it cancel underline underbrace";

/// Commands whose argument is words.
const TEXTS: &str = "text textbf textit textrm textsf texttt textnormal textup mbox hbox operatorname mathrm mathop emph \
    operatorname*";

/// Commands with two arguments that make a fraction.
const FRACTIONS: &str = "frac dfrac tfrac cfrac nicefrac sfrac";

/// Commands with two arguments that make a binomial coefficient.
const BINOMIALS: &str = "binom dbinom tbinom";

/// Marks over names.
const ACCENTS: &[&str] = &[
    "vec",
    "hat",
    "bar",
    "tilde",
    "overline",
    "dot",
    "ddot",
    "widehat",
    "widetilde",
    "overrightarrow",
    "overleftrightarrow",
    "angle",
    "triangle",
    "measuredangle",
    "nabla",
    "partial",
];

/// Commands that are names of their own.
const NAMES: &str = "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho varrho \
    sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar aleph";

/// Greek letters and the commands that write them.
const GREEK: &str = "αalpha βbeta γgamma δdelta εepsilon ϵepsilon ζzeta ηeta θtheta ϑtheta ιiota κkappa λlambda μmu νnu ξxi ρrho \
    σsigma ςsigma τtau υupsilon φphi ϕphi χchi ψpsi ωomega ΓGamma ΔDelta ΘTheta ΛLambda ΞXi ΠPi ΣSigma ΥUpsilon ΦPhi ΨPsi ΩOmega";

/// Functions and their names.
const FUNCTIONS: &[(Function, &str)] = &[
    (Function::Sine, "sin"),
    (Function::Cosine, "cos"),
    (Function::Tangent, "tan tg"),
    (Function::Cotangent, "cot ctg"),
    (Function::Secant, "sec"),
    (Function::Cosecant, "csc cosec"),
    (Function::Arcsine, "arcsin asin"),
    (Function::Arccosine, "arccos acos"),
    (Function::Arctangent, "arctan atan arctg"),
    (Function::HyperbolicSine, "sinh"),
    (Function::HyperbolicCosine, "cosh"),
    (Function::HyperbolicTangent, "tanh"),
    (Function::Logarithm, "ln"),
    (Function::OpenLogarithm, "log"),
    (Function::DecimalLogarithm, "lg"),
    (Function::Exponential, "exp"),
    (Function::Absolute, "abs"),
    (Function::Floor, "floor"),
    (Function::Ceiling, "ceil ceiling"),
    (Function::Gcd, "gcd"),
    (Function::Lcm, "lcm"),
    (Function::Minimum, "min"),
    (Function::Maximum, "max"),
    (Function::Factorial, "factorial"),
    (Function::Binomial, "binomial"),
];

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A symbol.
    Symbol(char),
    /// Room.
    Space,
    /// Looks only.
    Looks,
    /// A command whose argument is words.
    Text,
    /// A known function.
    Function(Function),
    /// A command with a structure of its own.
    Command(Command),
    /// A name of its own, such as a Greek letter.
    Name,
}

/// All names and what they stand for.
static MEANINGS: LazyLock<HashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let mut meanings = HashMap::from([
        ("sqrt", Meaning::Command(Command::Root)),
        ("begin", Meaning::Command(Command::Begin)),
        ("end", Meaning::Command(Command::End)),
        (" ", Meaning::Space),
    ]);
    let mut add = |names: &'static str, meaning| meanings.extend(names.split(' ').map(|name| (name, meaning)));
    for (symbol, names) in SYMBOLS {
        add(names, Meaning::Symbol(*symbol));
    }
    for (function, names) in FUNCTIONS {
        add(names, Meaning::Function(*function));
    }
    for accent in ACCENTS {
        add(accent, Meaning::Command(Command::Accent(accent)));
    }
    add(SPACES, Meaning::Space);
    add(LOOKS, Meaning::Looks);
    add(TEXTS, Meaning::Text);
    add(FRACTIONS, Meaning::Command(Command::Fraction));
    add(BINOMIALS, Meaning::Command(Command::Binomial));
    add(NAMES, Meaning::Name);
    meanings
});

/// What the name of a TeX command stands for.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    MEANINGS.get(name).copied()
}

/// The symbol of a character that is not ASCII.
pub(super) fn character(c: char) -> char {
    match meaning(c.encode_utf8(&mut [0; 4])) {
        Some(Meaning::Symbol(symbol)) => symbol,
        _ => c,
    }
}

/// The name of a Greek letter, as its command.
pub(super) fn greek(letter: char) -> String {
    GREEK.split(' ').find_map(|pair| pair.strip_prefix(letter)).map_or_else(|| letter.to_string(), str::to_owned)
}

/// A function by its name.
pub(super) fn function(name: &str) -> Option<Function> {
    match meaning(name)? {
        Meaning::Function(function) => Some(function),
        _ => None,
    }
}

/// The inverse of a circular function, which `\sin^{-1}` means.
pub(super) fn inverse(function: Function) -> Option<Function> {
    match function {
        Function::Sine => Some(Function::Arcsine),
        Function::Cosine => Some(Function::Arccosine),
        Function::Tangent => Some(Function::Arctangent),
        _ => None,
    }
}
