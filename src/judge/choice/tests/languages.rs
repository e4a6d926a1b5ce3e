//! Answers in other languages than English.

use super::*;

const STADT: Asked = ("Welche Stadt ist die Hauptstadt der Türkei?", &["Istanbul", "Izmir", "Ankara", "Bursa"]);
const ZH: Asked = ("土耳其的首都是哪座城市？", &["伊斯坦布尔", "伊兹密尔", "安卡拉", "布尔萨"]);
const JA: Asked = ("トルコの首都はどこですか。", &["イスタンブール", "イズミル", "アンカラ", "ブルサ"]);
const KO: Asked = ("터키의 수도는 어디입니까?", &["이스탄불", "이즈미르", "앙카라", "부르사"]);
const RU: Asked = ("Какой город — столица Турции?", &["Стамбул", "Измир", "Анкара", "Бурса"]);
const AR: Asked = ("ما هي عاصمة تركيا؟", &["إسطنبول", "إزمير", "أنقرة", "بورصة"]);
const HI: Asked = ("तुर्की की राजधानी कौन सी है?", &["इस्तांबुल", "इज़मिर", "अंकारा", "बुरसा"]);

const GERMAN: &[Case] = &[
    (STADT, "Die Antwort ist C.", "C"),
    (STADT, "Die richtige Antwort ist C) Ankara.", "C"),
    (STADT, "Antwort: C", "C"),
    (STADT, "Ich wähle C.", "C"),
    (STADT, "Ich würde C nehmen, weil dort das Parlament sitzt.", "C"),
    (STADT, "C ist richtig.", "C"),
    (STADT, "Nicht A, sondern C.", "C"),
    (STADT, "Die Antwort ist nicht A.", "-"),
    (STADT, "Viele denken, die Antwort sei A, aber die Hauptstadt ist Ankara.", "C"),
    (STADT, "Also C.", "C"),
    (STADT, "A ist falsch, B ist falsch, D ist falsch.", "C"),
    (STADT, "Die Hauptstadt ist Ankara.", "C"),
    (STADT, "Richtig ist Antwort C.", "C"),
    (STADT, "Lösung: C", "C"),
    (STADT, "Die dritte Option ist richtig.", "C"),
    (STADT, "Ist es A?", "-"),
    (STADT, "Moment, das stimmt nicht. Die Antwort lautet C.", "C"),
    (STADT, "Die korrekte Antwort lautet daher C.", "C"),
    (STADT, "Option C ist korrekt.", "C"),
];

#[test]
fn german_is_read() {
    check(GERMAN);
}

/// What others say, and places in the row of choices.
const FRIENDS_AND_PLACES: &[Case] = &[
    (ZH, "我朋友说答案是A。", "-"),
    (JA, "友達は答えがAだと言いました。", "-"),
    (KO, "친구는 정답이 A라고 말했습니다.", "-"),
    (RU, "Мой друг сказал, что ответ A.", "-"),
    (AR, "قال صديقي إن الإجابة هي A.", "-"),
    (HI, "मेरे दोस्त ने कहा कि उत्तर A है।", "-"),
    (ZH, "正确答案是第三个。", "C"),
    (JA, "正解は三つ目です。", "C"),
    (KO, "정답은 세 번째입니다.", "C"),
    (RU, "Правильный ответ — третий.", "C"),
    (AR, "الإجابة الصحيحة هي الثالثة.", "C"),
    (HI, "सही उत्तर तीसरा है।", "C"),
];

#[test]
fn friends_and_places_are_told_apart() {
    check(FRIENDS_AND_PLACES);
}

const ROMANCE: &[Case] = &[
    (CITY, "La bonne réponse est C.", "C"),
    (CITY, "La réponse correcte est la lettre C : Ankara", "C"),
    (CITY, "Réponse : C", "C"),
    (CITY, "Je choisis C.", "C"),
    (CITY, "C'est la réponse C.", "C"),
    (CITY, "La réponse n'est pas A.", "-"),
    (CITY, "La réponse est C et non A.", "C"),
    (CITY, "Donc C.", "C"),
    (CITY, "L'option C est correcte.", "C"),
    (CITY, "C est la bonne réponse.", "C"),
    (CITY, "On élimine A, B et D.", "C"),
    (CITY, "D'abord, on regarde. La capitale est Ankara.", "C"),
    (CITY, "Beaucoup pensent que c'est A, mais c'est C.", "C"),
    (CITY, "C'est l'option C.", "C"),
    (CITY, "La respuesta correcta es C.", "C"),
    (CITY, "La respuesta es la opción C) Ankara.", "C"),
    (CITY, "Respuesta: C", "C"),
    (CITY, "Elijo la C.", "C"),
    (CITY, "La opción C es correcta.", "C"),
    (CITY, "La respuesta no es A.", "-"),
    (CITY, "Por lo tanto, la respuesta correcta es la C.", "C"),
    (CITY, "No es A sino C.", "C"),
    (CITY, "Muchos piensan que es A, pero la capital es Ankara.", "C"),
    (CITY, "La correcta es la letra C", "C"),
    (CITY, "Las opciones A, B y D son incorrectas.", "C"),
    (CITY, "¿Es la A?", "-"),
    (CITY, "Descartamos A, B y D.", "C"),
    (CITY, "A resposta correta é C.", "C"),
    (CITY, "A resposta correta é a letra C.", "C"),
    (CITY, "Resposta: C", "C"),
    (CITY, "Alternativa C.", "C"),
    (CITY, "A alternativa correta é a C.", "C"),
    (CITY, "Eu escolho a opção C.", "C"),
    (CITY, "A resposta não é A.", "-"),
    (CITY, "Portanto, a resposta é C.", "C"),
    (CITY, "Letra C", "C"),
    (CITY, "A capital é Ankara.", "C"),
    (CITY, "Não é A, mas sim C.", "C"),
    (CITY, "A opção C está correta.", "C"),
    (CITY, "La risposta corretta è C.", "C"),
    (CITY, "La risposta è la C.", "C"),
    (CITY, "Risposta: C", "C"),
    (CITY, "Scelgo C.", "C"),
    (CITY, "L'opzione C è corretta.", "C"),
    (CITY, "La risposta non è A.", "-"),
    (CITY, "Quindi C.", "C"),
    (CITY, "La risposta corretta è l'opzione C.", "C"),
    (CITY, "Non A, ma C.", "C"),
    (CITY, "La capitale è Ankara.", "C"),
];

#[test]
fn romance_is_read() {
    check(ROMANCE);
}

const RUSSIAN: &[Case] = &[
    (RU, "Правильный ответ: C.", "C"),
    (RU, "Ответ: В", "C"),
    (RU, "Ответ: В) Анкара", "C"),
    (RU, "Правильный ответ — В.", "C"),
    (RU, "Я выбираю вариант В.", "C"),
    (RU, "Столица — Анкара.", "C"),
    (RU, "Анкара", "C"),
    (RU, "Ответ не А.", "-"),
    (RU, "Не А, а В.", "C"),
    (RU, "Вариант В верен.", "C"),
    (RU, "Ответ: С", "C"),
    (RU, "Следовательно, ответ Г.", "D"),
    (RU, "Правильный вариант — третий вариант.", "C"),
    (RU, "б) Измир", "B"),
];

#[test]
fn russian_is_read() {
    check(RUSSIAN);
}

const ARABIC: &[Case] = &[
    (AR, "الإجابة الصحيحة هي C.", "C"),
    (AR, "الإجابة: ج", "C"),
    (AR, "الجواب هو ج) أنقرة", "C"),
    (AR, "أنقرة", "C"),
    (AR, "العاصمة هي أنقرة.", "C"),
    (AR, "الإجابة الصحيحة هي (ب).", "B"),
    (AR, "الخيار C صحيح.", "C"),
    (AR, "الإجابة ليست A.", "-"),
    (AR, "أختار C.", "C"),
];

#[test]
fn arabic_is_read() {
    check(ARABIC);
}

const HINDI: &[Case] = &[
    (HI, "सही उत्तर C है।", "C"),
    (HI, "उत्तर: C", "C"),
    (HI, "सही उत्तर (ग) अंकारा है।", "C"),
    (HI, "अंकारा", "C"),
    (HI, "विकल्प C सही है।", "C"),
    (HI, "उत्तर A नहीं है।", "-"),
    (HI, "इसलिए सही विकल्प C है।", "C"),
    (HI, "मैं C चुनता हूँ।", "C"),
    (HI, "राजधानी अंकारा है।", "C"),
];

#[test]
fn hindi_is_read() {
    check(HINDI);
}

const CHINESE: &[Case] = &[
    (ZH, "答案是C。", "C"),
    (ZH, "正确答案为：C", "C"),
    (ZH, "选C", "C"),
    (ZH, "我选择C。", "C"),
    (ZH, "因此，正确答案是（C）安卡拉。", "C"),
    (ZH, "安卡拉", "C"),
    (ZH, "首都是安卡拉。", "C"),
    (ZH, "答案不是A。", "-"),
    (ZH, "不是A，而是C。", "C"),
    (ZH, "A、B、D错误。", "C"),
    (ZH, "C选项正确。", "C"),
    (ZH, "C正确", "C"),
    (ZH, "故选：C", "C"),
    (ZH, "本题选C。", "C"),
    (ZH, "应该选择C选项。", "C"),
    (ZH, "很多人认为是A，但答案是C。", "C"),
    (ZH, "第三个选项正确。", "C"),
    (ZH, "是A吗？", "-"),
    (ZH, "排除A、B、D，所以选C。", "C"),
    (ZH, "答案：C. 安卡拉", "C"),
    (ZH, "答案是A。不对，应该是C。", "C"),
    (ZH, "答案是B，安卡拉。", "-"),
];

#[test]
fn chinese_is_read() {
    check(CHINESE);
}

const JAPANESE: &[Case] = &[
    (JA, "答えはCです。", "C"),
    (JA, "正解はC。", "C"),
    (JA, "正解：C", "C"),
    (JA, "Cが正しいです。", "C"),
    (JA, "Cを選びます。", "C"),
    (JA, "答えはAではありません。", "-"),
    (JA, "AではなくCです。", "C"),
    (JA, "したがって、答えはCとなります。", "C"),
    (JA, "アンカラ", "C"),
    (JA, "首都はアンカラです。", "C"),
    (JA, "正解は3番です。", "C"),
    (JA, "ウ", "C"),
    (JA, "答えはウです。", "C"),
    (JA, "AとBは間違いです。", "-"),
    (JA, "正しいのはCです。", "C"),
];

#[test]
fn japanese_is_read() {
    check(JAPANESE);
}

const KOREAN: &[Case] = &[
    (KO, "정답은 C입니다.", "C"),
    (KO, "답: C", "C"),
    (KO, "정답: (C) 앙카라", "C"),
    (KO, "C가 맞습니다.", "C"),
    (KO, "C를 선택합니다.", "C"),
    (KO, "정답은 A가 아닙니다.", "-"),
    (KO, "A가 아니라 C입니다.", "C"),
    (KO, "따라서 정답은 C입니다.", "C"),
    (KO, "앙카라", "C"),
    (KO, "수도는 앙카라입니다.", "C"),
    (KO, "정답은 3번입니다.", "C"),
    (KO, "③", "C"),
    (KO, "다", "C"),
    (KO, "정답은 다입니다.", "C"),
    (KO, "A, B, D는 틀렸습니다.", "C"),
];

#[test]
fn korean_is_read() {
    check(KOREAN);
}
