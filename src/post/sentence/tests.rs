use proptest::prelude::*;

use super::*;

/// One text a line: the language, then the text with ` | ` where a sentence ends. `_` is a no-break space.
const CASES: &str = "
de: Wir trafen uns in Berlin. | Danach ging es weiter.
de: Prof. Dr. Anna Muster sprach. | Alle hörten zu.
de: Frau Dr. med. Muster und Hr. Beispiel kamen. | Schön!
de: Das sind z. B. Betriebe am Ort. | Und Schulen.
de: Das sind z.B. Betriebe am Ort. | Und Schulen.
de: Das sind z._B. Betriebe am Ort. | Und Schulen.
de: Sie kamen, d. h. Anna Muster und ihr Team.
de: Sie kamen, d.h. Anna Muster und ihr Team.
de: Dabei waren u. a. Betriebe und Kammern. | Auch Schulen.
de: Dabei waren Kammern, Schulen u. a. | Die Runde war groß.
de: Der Verband Beispiel e. V. lädt ein. | Kommen Sie!
de: Der Verband Beispiel e.V. lädt ein. | Kommen Sie!
de: Gastgeber war der Verband Beispiel e. V. | Die Mitglieder dankten.
de: Gastgeber war der Verband Beispiel e.V. | Wir danken.
de: Nach Art. 6 Abs. 1 Satz 2 gilt das. | Dazu Nr. 5.
de: Fragen dieser Art. | Danach kam die Pause.
de: Am 24. Oktober 2024 tagte der Rat. | Es regnete.
de: Am 7. Nov. 2024 tagte der Rat. | Es regnete.
de: Die Tagung war am 24. | Danach fuhren alle heim.
de: Die 25. Mitgliederversammlung begann um 10.30 Uhr. | Sie endete um 16:00 Uhr.
de: Im 19. Jahrhundert war das anders. | Heute nicht.
de: Am 7.11. Beratung, am 8.11. Beschluss. | Danach Pause.
de: Das war im Jahr 2024. | Mitglieder erinnern sich.
de: Es kamen 1.200 Gäste, 3,5 % mehr. | 42 Betriebe stellten aus.
de: Es kamen Betriebe, Schulen usw. | Die Halle war voll.
de: Wir haben Maschinen usw. Material ist da.
de: „Das ist gut.“ | Danach ging es weiter.
de: „Das ist gut“, sagte Anna Muster. | Alle nickten.
de: „Das ist gut!“, sagte Anna Muster. | Alle nickten.
de: „Kommt ihr?“ fragte Anna Muster. | Alle kamen.
de: „Kommt ihr?“ | Anna Muster nickte.
de: »Das ist gut.« | Danach ging es weiter.
de: Sie sagte: „Das ist gut. | Wir machen weiter.“ | Alle nickten.
de: Das gilt (vgl. Abs. 3). | Mehr nicht.
de: (Das steht auf S. 5.) | Mehr nicht.
de: J. S. Bach und A. Muster kamen. | Sie blieben.
de: Vitamin C. | Das ist gesund.
de: Papst Leo XIV. Nachfolger ist offen.
de: Papst Leo XIV. | Der Rest folgt.
de: Wir warten … und warten. | Dann kommt er.
de: Wir warten … | Die Zeit vergeht.
de: Wir warten auf … Anna Muster!
de: Zitat mit Lücke […] Ende des Zitats.
de: Wer kommt?! | Alle!
de: Mehr unter https://example.org/a.html?b=c. | Danach Schluss.
de: Mehr unter www.example.org. | Danach Schluss.
de: Es geht um 5 Mio. Euro. | Die Summe stimmt.
de: Es geht um 5 Mio. | Die Summe stimmt.
de: Die Musterstr. 5 ist zu. | Bitte umfahren.
de: Dipl.-Ing. Muster baut. | Er kann das.
de: Rückkehrer*innen und Kolleg:innen kamen. | Alle freuten sich.
de: Am Di. 12. November ist Schluss. | Am So. | Das war es.
de: Er kam ca. 10 Minuten zu spät. | Das passiert.
de: Das kostet inkl. Mwst. 5 Euro.
de: Anna Muster, M. A. und Leiterin des Hauses, kam. | Sie sprach.
de: Anna Muster, B. A. und M. Sc. der Physik, kam. | Sie sprach.
de: Sie hat einen M. A. | Danach kam die Arbeit.
de: Sie hat einen B. Sc. | Danach kam die Arbeit.
de: Das schrieb Anna Muster, LL. M. und M. Ed. Beispiel.
de: Dr. med. dent. Muster, Dr. rer. soc. Beispiel und Dr. h. c. mult. Probe kamen.
de: Dipl.-Soz.-Päd. Muster und Dipl.-Kffr. Beispiel kamen. | Sie blieben.
de: Sie ist Dipl.-Ing. | Er baut.
de: Priv.-Doz. Muster und apl. Prof. Beispiel lehren.
de: i. A. Anna Muster
de: Gezeichnet i. V. Anna Muster
de: Die Fa. Muster und die Gebr. Beispiel, Inh. Anna Probe, liefern. | Danke!
de: Bgm. Muster, Altbgm. Beispiel und Pfr. Probe sprachen. | Alle lachten.
de: Min.-Präs. Muster und Vizepräs. Beispiel kamen. | Es regnete.
de: Abg. Muster, Kard. Beispiel, Msgr. Probe und Sr. Maria beteten. | Amen.
de: Das war der Plan. | Hl. Messe ist um 10 Uhr.
de: Die Kirche Hl. Geist ist zu. | Bitte umfahren.
de: Die Ev.-luth. Kirche und die orth. Kirche laden ein. | Kommen Sie!
de: Siehe Pkt. 4 und Anl. 2. | Dort steht es.
de: Wir holten 10 Pkt. | Das reicht.
de: Sie wohnen im Lkr. Rosenheim, im Kr. Mettmann und im Reg.-Bez. Köln. | Dort ist es schön.
de: Der Bez. Schwaben fördert das. | Danke!
de: Das liegt im Lkr. | Dort ist es schön.
de: Nachricht z. Hd. Frau Muster, z.Hd. Herrn Beispiel und z. H. Anna Probe.
de: Sie lebt in Freiburg i. Br. und Kempten i. Allg. Beispiel ist weit.
de: Sie lebt in Freiburg i. Br. | Dort ist es schön.
de: Sie lebt in Kempten i. Allg. | Dort ist es schön.
de: Sie lebt in Frankfurt a. M. | Dort ist es laut.
de: Sie kam aus Halle a. d. Saale und Frankfurt a. M. Anna Muster kam auch.
de: Sie kam aus Bad Homburg v. d. H. | Dann ging sie.
de: Minister a. D. Muster kam. | Er sprach.
de: Er ist Minister a. D. | Danach kam die Rente.
de: „Er (der Minister, Anm. d. Red.) Muster kam.“ | Alle lachten.
de: Er kam (Anm. d. Red.) Anna Muster zuvor.
de: Nach § 5 Abs. 2 S. 1 Nr. 3 Buchst. a i. V. m. Art. 7 gilt das. | Dazu Ziff. 4 lit. b Halbs. 2.
de: Das steht im BGBl. I S. 12 und in Drs. 20/123, Az. VI ZR 5/26. | Dort steht es.
de: Die Hausnr. 5 ist frei. | Hans Muster sen. | Er dankt.
de: Wir machen 5 Min. Pause. | Danach geht es weiter.
de: Joh. Seb. Bach und Friedr. Muster. | Sie spielen.
de: Das ist alt. | Anna Muster kam. | Ich danke dir. | Bernd Muster geht.
de: Fam. Muster kam wg. Krankheit nicht, anschl. Umtrunk. | Danke!
de: Sie lebt in einer WG. | Anna Muster auch.
de: Der Ort hat 500 Einw. | Das ist wenig.
de: Es wird eng. | Anna Muster kam. | Frau B. Kurz auch.
de: Das war im BR. | Anna Muster sah es in HD. | Bernd Muster nicht.
de: Bei der EM. | Alle sahen zu.
de: Toll! | 🎉 Das war es.
de: Das war es. 🎉
en: We met in Berlin. | Then we left.
en: Mr. Smith met Mrs. Jones. | They talked.
en: Dr. Jane Doe spoke. | Everyone listened.
en: The U.S. Army came. | It stayed.
en: They live in the U.S. | The weather is fine.
en: Bring fruit, e.g. apples. | Or pears, i.e. Conference pears.
en: We start at 9 a.m. sharp. | We end at 5 p.m. | The rest is free.
en: See Fig. 3 and No. 5. | Then read on.
en: No. | The answer is no.
en: That was in 2024. | Members remember.
en: He has 24. | Twelve are red.
en: J. R. Smith wrote it. | It sold well.
en: She changed her mind. | The talk went on.
en: So am I. | Bob agrees.
en: J. A. Smith wrote it. | A book sold well.
en: The car is red. | Bob likes it.
en: He has a B. Sc. in physics and a B. Eng. | The rest is luck.
en: Vitamin A. | A day later it rained.
en: Anna Smith, M. A. and head of the house, came. | She spoke.
en: We start at 9 a.m. | The rest is free.
en: I read Die Zeit. | Then I slept.
en: Acme Inc. | The company grew.
en: Acme Inc. announced it. | Shares rose.
en: \"Stop.\" | He left.
en: “It works,” said Jane. | “It does.” | Then silence.
en: “Does it work?” asked Jane. | Yes.
en: It grew by 3.5 percent. | Good!
en: Wait... | What?
en: She holds a Ph.D. in law. | He does not.
en: Born on Sept. 11 in St. Louis. | Raised there.
";

#[test]
fn sentences_end_where_a_reader_ends_them() {
    let cases: Vec<&str> = CASES.lines().filter(|line| !line.is_empty()).collect();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let (lang, marked) = case.split_once(": ").expect("a language before the text");
        let marked = marked.replace('_', "\u{a0}");
        let expected: Vec<&str> = marked.split(" | ").collect();
        let text = expected.join(" ");
        let found = sentences(&text, lang);
        if found != expected {
            wrong.push(format!("{lang}: {}", found.join(" | ")));
        }
    }
    assert!(wrong.is_empty(), "found instead:\n{}", wrong.join("\n"));
}

#[test]
fn a_blank_line_ends_a_sentence() {
    assert_eq!(sentences("Kein Punkt\n\nNeuer Absatz", "de"), ["Kein Punkt", "Neuer Absatz"]);
    assert_eq!(sentences("Eine Zeile\nnoch eine.", "de"), ["Eine Zeile\nnoch eine."]);
    assert!(sentences(" \n\n ", "de").is_empty());
}

#[test]
fn datelines_go_and_beginnings_stay() {
    let body = "Die Tagung war gut.";
    for dateline in [
        "BERLIN. ",
        "BERLIN – ",
        "BERLIN - ",
        "KÖLN — ",
        "ULM. ",
        "MÜNCHEN/BERLIN. ",
        "MÜNCHEN/BERLIN (dpa) – ",
        "FRANKFURT am Main. ",
        "BAD HOMBURG. ",
        "Berlin (ots) - ",
        "Berlin (dpa/lby) – ",
        "Berlin, 7. November 2024 – ",
        "Berlin, 7. November 2024. ",
        "Berlin, 07.11.2024 – ",
        "Berlin, den 7. Nov. 2024: ",
        "London, 7 November 2024 – ",
        "London, November 7, 2024 – ",
        "(Berlin, 7. November 2024) ",
        "(Berlin, 07.11.2024) – ",
        "BERLIN. – ",
        "BERLIN, 7. November 2024. ",
        "FRANKFURT (Oder). ",
    ] {
        assert_eq!(strip_dateline(&format!("{dateline}{body}")), body, "{dateline}");
    }
    for text in [
        "Danke. Die Tagung war gut.",
        "Berlin – die Stadt der Tagungen.",
        "Fachkräfte – eine Aufgabe für alle.",
        "KI – Eine Chance für alle.",
        "ACHTUNG: Die Anmeldung endet heute.",
        "Berlin war eine Reise wert.",
        "EFRE – das Programm für alle.",
        "In Berlin, am Ufer – Die Runde tagte.",
        "BERLIN.",
        "BERLIN",
        "",
        "DANKE – Schluss.",
        "Berlin, Hamburg und Köln – Die Städte tagten.",
    ] {
        assert_eq!(strip_dateline(text), text);
    }
}

proptest! {
    #[test]
    fn sentences_and_white_space_are_the_text(text in text()) {
        for lang in ["de", "en", "", "x"] {
            let joined: String = sentences(&text, lang).concat();
            let without_space = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(without_space(&joined), without_space(&text));
            for sentence in sentences(&text, lang) {
                prop_assert_eq!(sentence.trim(), sentence);
                prop_assert!(!sentence.is_empty());
            }
        }
    }

    #[test]
    fn a_dateline_is_a_beginning(text in text()) {
        prop_assert!(text.ends_with(strip_dateline(&text)));
    }
}

/// Prose with everything that sentences trip over, and any characters at all.
fn text() -> impl Strategy<Value = String> {
    let words = [
        "Dr.",
        "z. B.",
        "e. V.",
        "24.",
        "Oktober",
        "Die",
        "sagte",
        "„Gut",
        ".“",
        "!",
        "?",
        "…",
        "...",
        "\n\n",
        "(",
        ")",
        "3,5",
        "U.S.",
        "BERLIN",
        "–",
        ",",
        "7.11.",
        "\u{a0}",
        "🎉",
        "ä",
        "7. November 2024",
        "(dpa)",
    ];
    let word = prop_oneof![4 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    (proptest::collection::vec(word, 0..12), proptest::sample::select(vec![" ", "", "\n"]))
        .prop_map(|(words, gap)| words.join(gap))
}
