//! What follows a name behind a comma: `Anna Müller, M.A.`, `Max Muster, MdB`, `Beispiel GmbH, Abt. Presse`.
//!
//! Comes in: a part of a name cell between commas. Goes out: whether it is a first name's place (`Müller, Anna`) or
//! something that no salutation says.

use super::name::{is_spoken_title, is_title, words};

/// Degrees, mandates and offices in short, letters only; they count where the cell writes them with dots or capitals,
/// for `Ma` and `Jun` are first names.
const SHORT: [&str; 50] = [
    "ba", "bsc", "bed", "beng", "bba", "llb", "bmus", "bfa", "ma", "msc", "med", "meng", "mba", "mph", "mpa", "mpp",
    "mfa", "mas", "mres", "mphil", "mmus", "llm", "phd", "dphil", "dsc", "md", "mag", "cpa", "stb", "wp", "ra", "mdb",
    "mdl", "mdep", "mep", "mda", "mdhb", "mdbb", "mdk", "mp", "msp", "ad", "ir", "id", "ob", "ceo", "cfo", "cto",
    "jun", "sen",
];

/// Mandates, offices and professions, without the ending of women.
const OFFICES: [&str; 31] = [
    "jr",
    "sr",
    "vorsitzende",
    "vorsitzender",
    "vorsitz",
    "geschäftsführer",
    "bürgermeister",
    "oberbürgermeister",
    "landrat",
    "landrät",
    "stadtrat",
    "stadträt",
    "minister",
    "staatssekretär",
    "präsident",
    "vizepräsident",
    "direktor",
    "dekan",
    "rektor",
    "senator",
    "abgeordnete",
    "abgeordneter",
    "kassenwart",
    "schatzmeister",
    "schriftführer",
    "rechtsanwalt",
    "rechtsanwält",
    "steuerberater",
    "pfarrer",
    "ehrenmitglied",
    "mitglied",
];

/// The first words of a department, of `z. Hd.`, or of a name at birth.
const LEADS: [&str; 40] = [
    "abt",
    "abteilung",
    "referat",
    "dezernat",
    "fachbereich",
    "fachgruppe",
    "sachgebiet",
    "redaktion",
    "presse",
    "pressestelle",
    "öffentlichkeitsarbeit",
    "kommunikation",
    "sekretariat",
    "vorstand",
    "geschäftsstelle",
    "geschäftsführung",
    "büro",
    "team",
    "stabsstelle",
    "ressort",
    "verwaltung",
    "buchhaltung",
    "personal",
    "personalabteilung",
    "marketing",
    "vertrieb",
    "einkauf",
    "empfang",
    "zentrale",
    "z",
    "zhd",
    "c",
    "dept",
    "department",
    "office",
    "press",
    "geb",
    "geborene",
    "geborener",
    "verw",
];

/// Whether the part is said of somebody and is no first name.
pub(super) fn is_behind_a_name(part: &str) -> bool {
    let of_part = words(part);
    let Some(lead) = of_part.first() else { return true };
    let office = |word: &String| {
        OFFICES.contains(&word.as_str()) || word.strip_suffix("in").is_some_and(|stem| OFFICES.contains(&stem))
    };
    let one_letter_lead =
        lead.len() == 1 && !matches!(of_part[1..].first().map(String::as_str), Some("hd" | "h" | "o"));
    (LEADS.contains(&lead.as_str()) && !one_letter_lead) || of_part.iter().any(office) || is_degree(part)
}

/// `M.A.`, `MBA`, `LL. M.`, `Dr. phil.`, `Dipl.-Ing. (FH)`, `MdB a. D.`
pub(super) fn is_degree(part: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let is_short = |text: &str| is_abbreviated(text) && SHORT.contains(&letters(text).to_lowercase().as_str());
    let of_part = words(part);
    let titles = of_part.iter().all(|word| is_title(word) || ["fh", "univ", "tu", "bw"].contains(&word.as_str()));
    let spoken = of_part.first().is_some_and(|word| is_spoken_title(word));
    is_short(part) || part.split(' ').next().is_some_and(is_short) || (titles && (spoken || is_abbreviated(part)))
}

fn is_abbreviated(text: &str) -> bool {
    text.contains('.') || text.chars().filter(|c| c.is_uppercase()).count() > 1
}

/// Whether a name of several words is an organisation's: then no first name follows it.
pub(super) fn is_organisation(name: &str) -> bool {
    const FORMS: [&str; 14] =
        ["gmbh", "ggmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "eg", "ev", "ltd", "inc", "llc"];
    const KINDS: [&str; 12] = [
        "verein",
        "verband",
        "stiftung",
        "gesellschaft",
        "genossenschaft",
        "universität",
        "hochschule",
        "institut",
        "ministerium",
        "gemeinde",
        "bundesamt",
        "landkreis",
    ];
    let tokens: Vec<String> = name.split_whitespace().map(|token| words(token).concat()).collect();
    let spaced = tokens.windows(2).any(|pair| pair[0] == "e" && pair[1] == "v");
    let says = |token: &String| FORMS.contains(&token.as_str()) || KINDS.iter().any(|kind| token.ends_with(kind));
    tokens.len() > 1 && (spaced || tokens.iter().any(says))
}
