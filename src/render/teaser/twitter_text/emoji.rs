//! Emoji as twitter-text knows them: those of twemoji-parser 11.0.2. What came later (`🧑‍🤝‍🧑`, `❤️‍🔥`, `🫶🏽`) counts by its
//! parts, which is more than an X that has learnt it would count.
//!
//! Comes in: a text. Goes out: how much of its beginning is one emoji.

const JOINER: char = '\u{200d}';
const PRESENTATION: char = '\u{fe0f}';

/// What may have U+FE0F behind it.
const PRESENTED: &str = "\
    ©®‼⁉™ℹ↔↕↖↗↘↙↩↪⌚⌛⌨⏏⏭⏮⏯⏱⏲⏸⏹⏺Ⓜ▪▫▶◀◻◼◽◾☀☁☂☃☄☎☑☔☕☘☝☠☢☣☦☪☮☯☸☹☺♀♂♈♉♊♋♌♍♎♏♐♑♒♓♟♠♣♥♦♨♻♿⚒⚓⚔⚕⚖⚗⚙⚛⚜⚠⚡⚪⚫\
    ⚰⚱⚽⚾⛄⛅⛈⛏⛑⛓⛔⛩⛪⛰⛱⛲⛳⛴⛵⛷⛸⛹⛺⛽✂✈✉✌✍✏✒✔✖✝✡✳✴❄❇❗❣❤➡⤴⤵⬅⬆⬇⬛⬜⭐⭕〰〽㊗㊙🀄🅰🅱🅾🅿🈂🈚🈯🈷🌡🌤🌥🌦🌧🌨🌩🌪🌫🌬🌶🍽🎖🎗🎙🎚🎛\
    🎞🎟🏋🏌🏍🏎🏔🏕🏖🏗🏘🏙🏚🏛🏜🏝🏞🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳🕴🕵🕶🕷🕸🕹🖇🖊🖋🖌🖍🖐🖥🖨🖱🖲🖼🗂🗃🗄🗑🗒🗓🗜🗝🗞🗡🗣🗨🗯🗳🗺🛋🛍🛎🛏🛠🛡🛢🛣🛤🛥🛩\
    🛰🛳";

/// What may have a skin tone.
const TONED: &str = "\
    ☝⛷⛹✊✋✌✍🎅🏂🏃🏄🏇🏊🏋🏌👂👃👆👇👈👉👊👋👌👍👎👏👐👦👧👨👩👮👰👱👲👳👴👵👶👷👸👼💁💂💃💅💆💇💪🕴🕵🕺🖐🖕🖖🙅🙆🙇🙋🙌🙍🙎🙏🚣🚴🚵🚶🛀🛌🤘🤙🤚🤛🤜🤞🤟🤦🤰🤱\
    🤲🤳🤴🤵🤶🤷🤸🤹🤽🤾🦵🦶🦸🦹🧑🧒🧓🧔🧕🧖🧗🧘🧙🧚🧛🧜🧝";

/// Who may be a woman or a man.
const GENDERED: &str = "⛹🏃🏄🏊🏋🏌👮👯👱👳👷💁💂💆💇🕴🕵🙅🙆🙇🙋🙍🙎🚣🚴🚵🚶🤦🤵🤷🤸🤹🤼🤽🤾🦸🦹🧖🧗🧘🧙🧚🧛🧜🧝🧞🧟";

/// What `👩` and `👨` may be joined with, skin tone or not: an occupation or hair.
const ROLES: &str = "🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰🦱🦲🦳";

/// The same with U+FE0F.
const SIGNS: &str = "⚕⚖✈";

/// Couples and families are joined of these, without a skin tone.
const FAMILY: &str = "👨👩👦👧💋";

const FLAGS: [&str; 6] = ["🏳\u{fe0f}\u{200d}🌈", "🏴\u{200d}☠\u{fe0f}", "👁\u{200d}🗨", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"];

/// The length in bytes of the emoji at the beginning of a text; 0 where there is none, or nothing but a single picture,
/// which weighs the same as any other.
pub fn emoji_len(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    if let Some(flag) = FLAGS.iter().find(|flag| text.starts_with(**flag)) {
        return flag.len();
    }
    if first.is_ascii() {
        return keycap_len(text);
    }
    let element = element_len(text, first);
    let alone = if element > first.len_utf8() { element } else { 0 };
    let Some((joined, second)) = joined(&text[element..]) else { return alone };
    let is_adult = matches!(first, '👨' | '👩');
    let signed = joined + PRESENTATION.len_utf8();
    let has_sign = text[element + joined..].starts_with(PRESENTATION);
    if has_sign && "♀♂".contains(second) && GENDERED.contains(first) || has_sign && is_adult && SIGNS.contains(second)
    {
        element + signed
    } else if is_adult && ROLES.contains(second) {
        element + joined
    } else if is_adult && alone == 0 {
        family_len(text)
    } else {
        alone
    }
}

/// `1️⃣`, with or without U+FE0F.
fn keycap_len(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(|c: char| c.is_ascii_digit() || matches!(c, '#' | '*')) else { return 0 };
    let rest = rest.strip_prefix(PRESENTATION).unwrap_or(rest);
    rest.strip_prefix('\u{20e3}').map_or(0, |rest| text.len() - rest.len())
}

/// One picture with its presentation and its skin tone, or two regional letters.
fn element_len(text: &str, first: char) -> usize {
    let is_regional = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let mut rest = &text[first.len_utf8()..];
    if is_regional(first) {
        rest = rest.strip_prefix(is_regional).unwrap_or(rest);
    } else {
        if PRESENTED.contains(first) {
            rest = rest.strip_prefix(PRESENTATION).unwrap_or(rest);
        }
        if TONED.contains(first) {
            rest = rest.strip_prefix(|c| matches!(c, '\u{1f3fb}'..='\u{1f3ff}')).unwrap_or(rest);
        }
    }
    text.len() - rest.len()
}

/// The picture behind a joiner, and the length of both.
fn joined(text: &str) -> Option<(usize, char)> {
    let second = text.strip_prefix(JOINER)?.chars().next()?;
    Some((JOINER.len_utf8() + second.len_utf8(), second))
}

/// `👨‍👩‍👧‍👦` and `👩‍❤️‍👨`
fn family_len(text: &str) -> usize {
    let mut len = text.chars().next().map_or(0, char::len_utf8);
    while let Some((joined, member)) = joined(&text[len..]) {
        let heart = text[len + joined..].starts_with(PRESENTATION) && member == '❤';
        if !(heart || FAMILY.contains(member)) {
            break;
        }
        len += joined + if heart { PRESENTATION.len_utf8() } else { 0 };
    }
    len
}
