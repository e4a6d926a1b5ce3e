//! Words that tell which number of a text is its answer, by role, as data.

use super::roles::Roles;

#[rustfmt::skip]
/// Words of scripts with spaces, in lower case, parted by spaces.
pub(super) const WORDS: &[(Roles, &str)] = &[
    (
        Roles::ANSWER,
        "answer result solution ans antwort ergebnis lösung réponse résultat respuesta resultado solución resposta
         solução risposta risultato soluzione ответ ответом результат результатом решение الإجابة الاجابة إجابة
         الجواب جواب النتيجة الناتج الحل उत्तर जवाब परिणाम हल",
    ),
    (
        Roles::FINAL,
        "final finale endgültige endgültig définitive definitiva definitive окончательный итоговый النهائية
         النهائي अंतिम",
    ),
    (
        Roles::LINK,
        "i.e. d.h. т.е. is are was be equals equal become becomes it's that's ist sind lautet beträgt wäre war est
         sont c'est vaut es son fue é são è sono равен равна равно составляет это будет هو هي तो है हैं होगा =
         gives yields makes totals has have had get gets got needs costs cost pays ergibt kostet cuesta coûte",
    ),
    (Roles::DENIAL, "not no don't didn't isn't isn’t wasn't never doesn't aren't nicht kein keine pas non não не ليس ليست لا"),
    (Roles::DENIED_BEFORE, "नहीं 아니라 아닌"),
    (Roles::INSTEAD, "rather instead statt anstatt plutôt lugar vez invece вместо بدلا"),
    (
        Roles::CONTRAST,
        "but however sondern aber jedoch mais cependant sino pero mas porém bensì ma però но однако بل لكن ولكن
         लेकिन बल्कि परंतु",
    ),
    (Roles::OR, "or oder ou o oppure или либо أو या"),
    (Roles::AND, "and und et y e и و और bis"),
    (Roles::BETWEEN, "between zwischen entre tra fra между بين बीच either entweder soit"),
    (Roles::TO, "to through till bis à al до إلى से"),
    (
        Roles::REASON,
        "because since denn weil car puisque parce porque pues pois perché poiché потому поскольку لأن لأنه
         क्योंकि whereas where whose assuming rounded",
    ),
    (
        Roles::COMMA_REASON,
        "i.e. d.h. т.е. as da which who comme como siccome ибо так given up down including compared with having
         leaving wobei davon dont soit pour for from after",
    ),
    (
        Roles::CONCLUSION,
        "so therefore thus hence consequently finally altogether overall daher folglich somit deshalb insgesamt
         donc ainsi alors finalement entonces luego así tanto portanto logo assim então quindi dunque perciò
         pertanto поэтому следовательно значит итого итак لذلك إذن إذا بالتالي अतः इसलिए ∴",
    ),
    (
        Roles::REMARK,
        "check checking verify verification verifying verified checked note notes notice remark remember
         explanation confidence ps comparison context instance sources alternatively similarly incidentally recall
         rounding probe prüfung kontrolle hinweis anmerkung erklärung vérification vérifions remarque explication
         comprobación verificación comprobamos nota explicación verificação observação explicação verifica
         controllo verifichiamo spiegazione osservazione проверка проверим примечание замечание пояснение التحقق
         ملاحظة للتحقق जाँच जांच सत्यापन नोट ध्यान double-check sanity",
    ),
    (
        Roles::LABEL,
        "step steps part question problem case equation eq figure fig table option method example chapter section
         exercise version grade level line nr schritt teil aufgabe frage gleichung étape partie exercice équation
         paso parte ejercicio ecuación passo etapa шаг часть задача пункт الخطوة خطوة चरण प्रश्न note rule theorem
         lemma formula approach round phase stage attempt try article room bus page
         pages chapters sections exercises seite seiten kapitel apollo gemini voyager pioneer mariner soyuz boeing airbus
         windows route highway interstate motorway flight psalm symphony sonata",
    ),
    (
        Roles::COUNT,
        "all both these those alle allen aller beide diese dieser tous toutes ces todos todas estos estas tutti
         tutte questi все всех эти كل جميع सभी any another top first last next other the his their its our my
         your die les los las gli",
    ),
    (
        Roles::ADJUNCT,
        "after in for over per from at of with by every each within during than on until before using out into
         across when if via against under without nach für von mit pro je jeweils während als um bei aus auf après
         en dans par pour avec chaque de des que después con por para cada depois em com a dopo di ogni через за
         по в из на с от بعد في من لكل على में से के बाद प्रति",
    ),
    (
        Roles::METHOD,
        "by multiplying adding subtracting dividing found obtained calculated computed determined using given
         indem durch en based derived sum product difference quotient",
    ),
    (
        Roles::TENTATIVE,
        "if whether suppose assume someone many people students mistake mistakenly wrongly common tempting tempted
         might unless wrong incorrect incorrectly previous earlier initial initially guess would could seems
         falsche viele manche wenn faux fausse beaucoup si incorrecta errada muchos muitos sbagliata molti se если
         многие неверный неправильный إذا خاطئة गलत अगर intermediate partial",
    ),
    (
        Roles::CORRECTION,
        "wait actually oops correction sorry hmm moment halt stopp korrektur eigentlich attends attendez pardon
         espera perdón corrección realidad espere correção aspetta correzione стоп подождите погодите исправление
         انتظر عفوا रुको रुकिए क्षमा no nein",
    ),
    (Roles::MINUS, "minus negative moins menos meno минус سالب ناقص ऋण माइनस negativ"),
    (
        Roles::ABBREVIATION,
        "approx ca etc vs no nr mio mrd dr mr mrs ms st rs eq fig bzw env aprox тыс млн млрд т др e g i z b usw sr
         sra prof min max sec circa jr lb lbs oz руб коп",
    ),
    (Roles::REFUSAL, "cannot can't can’t unable refuse decline"),
    (Roles::CURRENCY, "usd eur gbp inr rs chf us rmb cny jpy brl r rub cad aud"),
    (Roles::OFFER, "know feel hope ask interested help welcome questions happy"),
    (
        Roles::PROCESS,
        "step steps way ways method methods decimal decimals digits significant approaches attempts tries checks
         schritte schritten wegen nachkommastellen dezimalstellen étapes façons manières décimales pasos maneras
         formas decimales passos maneiras decimais passi modi decimali cases values unknowns variables equations шагов шага шаг способами знаков خطوات طرق चरणों
         तरीकों",
    ),
    (Roles::BELOW, "below unter sous bajo abaixo sotto ниже تحت नीचे"),
    (
        Roles::COPULA,
        "is are equals equal makes gives yields ist sind ergibt est font es son é são è sono равно равен هو يساوي",
    ),
    (
        Roles::LEADS,
        "get gets getting leaves leaving yields yielding obtain obtaining obtains comes results amounts earns sums
         ergibt macht lässt donne laisse reste obtient obtenir deja obtiene obtener sobra deixa obtém obter lascia ottiene
         ottenere dà получаем получится получить остаётся",
    ),
    (
        Roles::CHANGE,
        "drop drops dropped fall falls fell rise rises rose go goes went grow grows grew reduce reduces reduced reducing
         increase increases increased decrease decreases decreased lower lowers lowered raise raises raised change changes
         changed cut cuts sinkt sank fällt steigt stieg baisse passe augmente baja sube pasa cai sobe scende sale passa",
    ),
    (
        Roles::RESULT,
        "leaves leaving left giving gives gave means meaning makes making yields yielding brings bringing ergibt lässt macht
         donne donnant laisse laissant fait deja dejando da dando deixa deixando lascia lasciando дает даёт оставляя",
    ),
    (
        Roles::UNDECIDED,
        "unclear undecided unsure uncertain inconclusive undetermined undecidable ambiguous unklar unentschieden indécis
         incertain incierto incerto неясно непонятно",
    ),
    (
        Roles::DECIDE,
        "sure certain know tell decide determine say sicher entscheiden weiß sagen sûr décider sais dire seguro decidir
         saber sé certo decidere so сказать решить знаю уверен",
    ),
    (
        Roles::REQUEST,
        "call dial try please provide clarify specify follow let let's bitte veuillez indiquez favor пожалуйста",
    ),
    (
        Roles::LOSS,
        "loss losses deficit shortfall debt verlust defizit schulden perte déficit dette pérdida deuda prejuízo dívida
         perdita debito убыток долг",
    ),
    (
        Roles::DIFFERENCE,
        "more fewer less higher lower mehr weniger plus moins más menos mais più meno больше меньше أكثر أقل",
    ),
    (
        Roles::SUM,
        "total totals totaling totalling altogether together combined overall sum insgesamt zusammen gesamt totale totaux
         ensemble juntos juntas insieme complessivamente итого всего вместе",
    ),
    (
        Roles::LEFT,
        "left remain remains remaining remained over übrig restent restants quedan sobran restam rimangono restano осталось
         остаётся остается",
    ),
    (Roles::MAKES, "make makes made ergeben machen font suman hacen somam fazem fanno составляют"),
    (Roles::REMAINDER, "remainder rem rest reste resto остаток"),
    (Roles::ADDS, "add adds adding sum sums summing"),
    (Roles::OUTPUT, "output prints outputs returns ausgabe sortie salida saída вывод"),
    (Roles::BOUND, "least most more less fewer under over above below up maximum minimum than mindestens höchstens"),
    (Roles::TOTAL, "total totaling totalling making giving insgesamt zusammen"),
    (Roles::ABOUT, "this that we i these our dies das wir ich cela nous je esto este isto questo это мы هذا यह हमने"),
    (Roles::POINT_LANGUAGE, "the is and he she it they of total है और"),
    (
        Roles::COMMA_LANGUAGE,
        "der die das und ist sind beträgt ergibt antwort ergebnis insgesamt lösung also le la les est et réponse
         donc el es los respuesta é são resposta resultado o il è sono risposta и это ответ в всего равно по на
         результат résultat risultato somit entonces portanto quindi значит wie viele wieviel wird hat im zu mit
         für combien quel quelle des du de cuánto cuántos cuánta cuántas cuál del por para quanto quanti quante
         quantos quantas qual di che сколько каков какова sekunden minuten stunden tage jahre secondes heures jours segundos minutos horas días secondi giorni einwohner einwohnern menschen personen
         leute stück schüler besucher zuschauer tonnen habitants personnes habitantes personas pessoas abitanti persone
         жителей человек рублей euros",
    ),
];

/// Words of scripts without spaces, or whose words take endings.
pub(super) const UNSPACED: &[(Roles, &[&str])] = &[
    (
        Roles::ANSWER,
        &["答案", "答え", "答", "解答", "正解", "正答", "回答", "结果", "結果", "답", "정답", "대답", "결과", "해답"],
    ),
    (Roles::FINAL, &["最终", "最終", "최종"]),
    (Roles::LINK, &["是", "为", "為", "等于", "等於", "共有", "得到", "は", "が", "은", "는", "이", "이다", "입니다"]),
    (Roles::DENIAL, &["不是", "并非", "不等于", "而非"]),
    (
        Roles::DENIED_BEFORE,
        &[
            "ではなく",
            "ではない",
            "じゃなく",
            "でなく",
            "이 아니라",
            "가 아니라",
            "이 아닌",
            "가 아닌",
            "아니라",
            "아닙니다",
        ],
    ),
    (Roles::CONTRAST, &["而是", "但", "但是", "可是", "しかし", "でも", "하지만", "그러나"]),
    (Roles::OR, &["或", "或者", "还是", "または", "もしくは", "또는", "혹은"]),
    (Roles::AND, &["和", "与", "と", "와", "과"]),
    (Roles::BETWEEN, &["介于", "之间", "사이"]),
    (Roles::REASON, &["因为", "因為", "由于", "なぜなら", "왜냐하면"]),
    (
        Roles::CONCLUSION,
        &[
            "因此",
            "所以",
            "于是",
            "故",
            "总共",
            "一共",
            "总之",
            "综上",
            "よって",
            "したがって",
            "従って",
            "だから",
            "ゆえに",
            "따라서",
            "그러므로",
            "그래서",
            "총",
        ],
    ),
    (
        Roles::REMARK,
        &[
            "验证", "驗證", "检验", "检查", "注意", "注：", "备注", "说明", "検算", "確認", "注意", "説明", "검산",
            "확인", "참고", "주의", "설명",
        ],
    ),
    (Roles::LABEL, &["第", "步骤", "步驟", "ステップ", "手順", "단계", "問", "题", "방법", "方法"]),
    (Roles::COUNT, &["全部", "所有", "这", "这些", "全て", "すべて", "모든"]),
    (Roles::PROCESS, &["个步骤", "方法", "방법", "种方法", "步", "次", "回", "通り", "ステップ", "가지 방법", "단계"]),
    (
        Roles::TENTATIVE,
        &[
            "如果",
            "假设",
            "也许",
            "可能",
            "许多人",
            "很多人",
            "错误",
            "もし",
            "多くの人",
            "間違",
            "만약",
            "많은 사람",
            "틀린",
            "오답",
        ],
    ),
    (
        Roles::CORRECTION,
        &["等等", "不对", "更正", "等一下", "いや", "待って", "訂正", "아니", "잠깐", "잠시만", "정정"],
    ),
    (Roles::MINUS, &["负", "負", "零下", "氷点下", "영하", "マイナス", "마이너스"]),
    (Roles::REFUSAL, &["无法", "無法", "抱歉", "できません", "わかりません", "죄송", "모르겠"]),
];

/// How a question asks for a year, in lower case.
#[rustfmt::skip]
pub(super) const YEARS_ASKED: &[&str] = &[
    "what year", "which year", "welchem jahr", "welches jahr", "quelle année", "qué año", "que ano", "che anno",
    "quale anno", "каком году", "какой год", "哪一年", "哪年", "何年", "몇 년도", "किस वर्ष", "किस साल", "أي عام", "أي سنة",
];

/// What a question has before the noun that it asks to be counted, in lower case.
pub(super) const COUNTED: &[&str] = &[
    "how many ",
    "wie viele ",
    "combien de ",
    "combien d'",
    "cuántos ",
    "cuántas ",
    "quantos ",
    "quantas ",
    "quanti ",
    "quante ",
    "сколько ",
];

/// Phrases with which an output declines, in lower case.
pub(super) const REFUSALS: &[&str] = &[
    "i'm sorry",
    "i’m sorry",
    "i am sorry",
    "i cannot",
    "i can't",
    "i can’t",
    "i'm unable",
    "i am unable",
    "i don't know",
    "i won't",
    "as an ai",
    "tut mir leid",
    "ich kann",
    "désolé",
    "je ne peux pas",
    "lo siento",
    "no puedo",
    "desculpe",
    "não posso",
    "mi dispiace",
    "non posso",
    "извините",
    "к сожалению",
    "не могу",
    "抱歉",
    "对不起",
    "无法回答",
    "申し訳",
    "すみません",
    "죄송",
    "آسف",
    "عذرا",
    "لا أستطيع",
    "क्षमा करें",
    "माफ़ करें",
];
