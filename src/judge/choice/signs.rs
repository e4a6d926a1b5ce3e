//! Signs, scripts and commands of TeX, and what stands for them in the normal form.

/// What a sign becomes.
pub(super) enum Sign {
    /// Space.
    Space,
    /// Nothing: quotes, markup, what cannot be seen.
    Nothing,
    /// The end of a line.
    Break,
    /// A raised or lowered digit.
    Digit(char, bool),
    /// A letter in a circle or a square.
    Letter(char),
    /// A number in a circle.
    Circled(u32),
    /// Digits and marks: `½`.
    Text(&'static str),
    /// A mark.
    Mark(char),
}

/// What a sign becomes in the normal form.
pub(super) fn sign(c: char) -> Sign {
    if c.is_ascii() {
        return match c {
            '\n' | '\r' => Sign::Break,
            '*' | '`' | '"' | '\'' | '$' => Sign::Nothing,
            c if c.is_ascii_whitespace() || c.is_ascii_control() => Sign::Space,
            c => Sign::Mark(c),
        };
    }
    if let '\u{ff01}'..='\u{ff5e}' = c {
        let plain = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
        return sign(plain);
    }
    match c {
        '\u{2028}' | '\u{2029}' | '\u{85}' => Sign::Break,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' => {
            Sign::Nothing
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' => Sign::Nothing,
        '“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』' | '″' | '′' => {
            Sign::Nothing
        }
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' => Sign::Mark('-'),
        '。' | '।' | '۔' | '｡' => Sign::Mark('.'),
        '、' | '،' => Sign::Mark(','),
        '؛' => Sign::Mark(';'),
        '؟' => Sign::Mark('?'),
        '⟨' | '〈' | '《' | '〔' | '【' | '〖' => Sign::Mark('['),
        '⟩' | '〉' | '》' | '〕' | '】' | '〗' => Sign::Mark(']'),
        '⁰' => Sign::Digit('0', true),
        '¹' => Sign::Digit('1', true),
        '²' => Sign::Digit('2', true),
        '³' => Sign::Digit('3', true),
        '⁴'..='⁹' => Sign::Digit(char::from_digit(u32::from(c) - 0x2070, 10).unwrap_or('0'), true),
        '₀'..='₉' => Sign::Digit(char::from_digit(u32::from(c) - 0x2080, 10).unwrap_or('0'), false),
        '①'..='⑳' => Sign::Circled(u32::from(c) - 0x2460 + 1),
        '⑴'..='⒇' => Sign::Circled(u32::from(c) - 0x2474 + 1),
        '❶'..='❿' => Sign::Circled(u32::from(c) - 0x2776 + 1),
        'Ⓐ'..='Ⓩ' => Sign::Letter(shifted(c, 0x24b6)),
        'ⓐ'..='ⓩ' => Sign::Letter(shifted(c, 0x24d0)),
        '⒜'..='⒵' => Sign::Letter(shifted(c, 0x249c)),
        '🄰'..='🅉' => Sign::Letter(shifted(c, 0x1f130)),
        '🅐'..='🅩' => Sign::Letter(shifted(c, 0x1f150)),
        '🅰'..='🆉' => Sign::Letter(shifted(c, 0x1f170)),
        '🇦'..='🇿' => Sign::Letter(shifted(c, 0x1f1e6)),
        '⁄' | '∕' => Sign::Mark('/'),
        '∙' | '⋅' => Sign::Mark('·'),
        '⇒' | '⟹' | '⟶' | '➜' | '➡' | '➔' | '➤' | '👉' => Sign::Mark('→'),
        '✅' | '✔' | '✓' | '☑' | '🟢' => Sign::Mark('✓'),
        '❌' | '✗' | '✘' | '☒' | '✖' | '🚫' | '🔴' | '❎' => Sign::Mark('✗'),
        c if c.is_whitespace() => Sign::Space,
        c => spelled(c).map_or(Sign::Mark(c), Sign::Text),
    }
}

/// What one sign says with several.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        '½' => "1/2",
        '⅓' => "1/3",
        '⅔' => "2/3",
        '¼' => "1/4",
        '¾' => "3/4",
        '⅕' => "1/5",
        '⅙' => "1/6",
        '⅛' => "1/8",
        '℃' => "°c",
        '℉' => "°f",
        _ => return None,
    })
}

fn shifted(c: char, first: u32) -> char {
    u8::try_from(u32::from(c).saturating_sub(first)).map_or('a', |index| char::from(b'a' + index.min(25)))
}

/// The value of a digit in any script, as an ASCII digit.
pub(super) fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    let zero = [0x660, 0x6f0, 0x966, 0x9e6, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6];
    zero.into_iter().find(|zero| (*zero..zero + 10).contains(&code)).and_then(|zero| char::from_digit(code - zero, 10))
}

/// The script of a letter, as far as it matters where a word ends.
pub(super) fn script(c: char) -> u8 {
    match u32::from(c) {
        0..=0x24f | 0x1e00..=0x1eff | 0xff21..=0xff5a | 0x1d400..=0x1d7ff => 0,
        0x370..=0x3ff | 0x1f00..=0x1fff => 1,
        0x400..=0x52f => 2,
        0x590..=0x5ff => 3,
        0x600..=0x77f | 0xfb50..=0xfeff => 4,
        0x900..=0x97f => 5,
        _ => 6,
    }
}

/// Whether a character belongs to a script that writes no spaces between words, or glues endings to them.
pub(super) fn is_glyph(c: char) -> bool {
    matches!(u32::from(c), 0x2e80..=0x2fff | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3130..=0x318f | 0x3400..=0x9fff | 0xac00..=0xd7a3
        | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// What stands for a letter or its mark in the normal form, where that is not the letter itself.
pub(super) fn fold(c: char) -> Option<&'static str> {
    let code = u32::from(c);
    Some(match c {
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{640}' | '\u{ad}' | '\u{200c}' | '\u{200d}' => "",
        // Signs for vowels belong to the word in Devanagari.
        '\u{93c}' => "",
        '\u{901}'..='\u{903}' | '\u{93e}'..='\u{94d}' => return devanagari(c),
        'à'..='å' | 'À'..='Å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'Ç' | 'ć' | 'č' => "c",
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'ę' | 'ě' => "e",
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'ı' => "i",
        'ñ' | 'Ñ' | 'ń' => "n",
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ō' => "o",
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' => "u",
        'ý' | 'ÿ' => "y",
        'š' | 'ś' => "s",
        'ž' | 'ź' | 'ż' => "z",
        'ß' => "ss",
        'œ' | 'Œ' => "oe",
        'æ' | 'Æ' => "ae",
        'ё' | 'Ё' => "е",
        'أ' | 'إ' | 'آ' => "ا",
        'ى' => "ي",
        'ة' => "ه",
        _ if (0xff21..=0xff3a).contains(&code) => return ascii(code - 0xff21),
        _ if (0xff41..=0xff5a).contains(&code) => return ascii(code - 0xff41),
        _ if (0x1d400..=0x1d6a3).contains(&code) => return ascii((code - 0x1d400) % 26),
        _ => return None,
    })
}

fn ascii(index: u32) -> Option<&'static str> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    let index = usize::try_from(index).ok()?;
    LETTERS.get(index..=index)
}

/// The signs of Devanagari that are no letters, so that a word holds them.
fn devanagari(c: char) -> Option<&'static str> {
    const SIGNS: &str = "ँंःािीुूृॄॅॆेैॉॊोौ्";
    SIGNS.char_indices().find(|(_, sign)| *sign == c).and_then(|(at, sign)| SIGNS.get(at..at + sign.len_utf8()))
}

/// What a command of TeX becomes: a sign, `""` if only its argument shows, `" "` if nothing does.
pub(super) fn command(name: &str) -> Option<&'static str> {
    Some(match name {
        "text" | "textbf" | "textit" | "textrm" | "textsf" | "texttt" | "textup" | "textnormal" | "mathrm"
        | "mathbf" | "mathit" | "mathsf" | "mathtt" | "mathbb" | "mathcal" | "mathfrak" | "operatorname" | "mbox"
        | "hbox" | "bm" | "boldsymbol" | "pmb" | "bf" | "rm" | "it" | "emph" | "underline" | "overline" | "mathop"
        | "vec" | "hat" | "color" => "",
        "left" | "right" | "big" | "Big" | "bigl" | "bigr" | "Bigl" | "Bigr" | "displaystyle" | "textstyle"
        | "quad" | "qquad" | "limits" | "nolimits" | "begin" | "end" | "hspace" | "vspace" | "space" => " ",
        "times" => "×",
        "cdot" | "bullet" => "·",
        "div" => "÷",
        "pm" => "±",
        "sqrt" => "√",
        "pi" => "π",
        "infty" => "∞",
        "emptyset" | "varnothing" => "∅",
        "cup" => "∪",
        "cap" => "∩",
        "leq" | "le" | "leqslant" => "≤",
        "geq" | "ge" | "geqslant" => "≥",
        "neq" | "ne" => "≠",
        "lt" => "<",
        "gt" => ">",
        "approx" => "≈",
        "in" => "∈",
        "to" | "rightarrow" | "Rightarrow" | "implies" | "longrightarrow" | "therefore" => "→",
        "circ" | "degree" => "°",
        "checkmark" => "✓",
        "dots" | "ldots" | "cdots" => "…",
        "lbrace" => "{",
        "rbrace" => "}",
        "alpha" => "α",
        "beta" => "β",
        "gamma" => "γ",
        "delta" => "δ",
        "Delta" => "δ",
        "epsilon" | "varepsilon" => "ε",
        "theta" => "θ",
        "lambda" => "λ",
        "mu" => "μ",
        "rho" => "ρ",
        "sigma" => "σ",
        "phi" | "varphi" => "φ",
        "omega" | "Omega" => "ω",
        _ => return None,
    })
}
