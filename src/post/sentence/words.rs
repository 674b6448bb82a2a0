//! The words that decide where a sentence ends: abbreviations, months, words that begin sentences.
//!
//! All lower case without their last full stop, but for [`NEVER_END_COMPACT`], the starters and [`MONTHS`], whose
//! capitals count.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Words to look others up in, made from running text when they are first needed.
pub type WordSet = LazyLock<BTreeSet<&'static str>>;

/// The words of a list that is written as running text.
pub fn word_set(list: &'static str) -> BTreeSet<&'static str> {
    list.split(' ').collect()
}

/// A name, a number or a word always follows: no sentence ends here.
pub static NEVER_END: WordSet = LazyLock::new(|| {
    word_set(
        "\
         dr prof dipl ing med phil rer nat jur oec pol theol habil hon hr fr frl hrn mr mrs ms mx messrs mme st \
         mt rev capt lt sgt col gov pres supt geb gest gez verh verw stv stellv vors abs nr nrn bzw \
         ca vgl ggf ggfs evtl inkl exkl einschl ausschl zzgl abzgl sog bspw insb insbes bes entspr betr \
         bezgl bzgl mtl jährl tägl wöchentl gegr hrsg hg bearb überarb ev evang kath röm dt engl franz frz \
         österr schweiz europ bayer sächs staatl städt öffentl gesetzl wiss techn kaufm lfd ehem zus ungef rd tel zw \
         ital lat griech urspr vorl begr vs approx cf viz incl excl resp gebr inh bgm pfr pfrn hl hll kard msgr \
         ebf abg doz apl buchst az beschl urt luth orth fam frhr wwe anschl eigtl tgl vorauss durchschn ggü jew amtl frdl",
    )
});

/// An abbreviation only where a number follows: `Art. 6`, but `dieser Art. Danach`.
pub static NUMBERED: WordSet = LazyLock::new(|| {
    word_set(
        "\
         art no nos fig figs vol pp ch sec par eq ed bd bde kap ziff abb tab anm aufl pos lit rn rz satz seite mo di \
         mi do sa so mon tue tues wed thu thurs fri sat sun heft bl tit kl anl pkt \
         halbs hs uabs unterabs bgbl gbl gvbl abl drs drucks lk mk kor mos jes offb apg",
    )
});

/// An abbreviation that may be a sentence's last word.
pub static MAY_END: WordSet = LazyLock::new(|| {
    word_set(
        "\
         usw usf etc ff mio mrd tsd std sek jh jhd jhdt jg str pl abt ref mwst zt chr gmbh co inc ltd corp bros jr sr \
         esq ave blvd dept assn univ est stk pers monatl jan feb febr mär apr aug sep sept okt oct nov dez dec \
         mitgl verf verl bem uvm dgl mag komm gem mind max min span rep gen sen jun ll",
    )
});

/// The same in German only.
pub static MAY_END_GERMAN: WordSet = LazyLock::new(|| {
    word_set(
        "\
         fa hd hdn pkt red bhf hbf nachf lkr ldkr krs kr bez gde kt br allg erzgeb vogtl westf odw ndb opf thür holst \
         meckl hann rh mchn dent vet soc agr iur publ biol psych päd mult joh seb wilh friedr heinr wg \
         vorm nachm ew einw kto gr stck teiln ges vorst kfm kffr ausg diss zzt",
    )
});

/// The second half of `M. Sc.` and `B. Eng.`
pub static DEGREES: WordSet = LazyLock::new(|| word_set("sc eng ed mus phil th"));

/// Abbreviations of several parts that never end a sentence; `e. V.`, `u. a.`, `a. D.` and `U.S.` may. Only their first
/// letter may be a capital instead.
pub static NEVER_END_COMPACT: WordSet = LazyLock::new(|| {
    word_set(
        "\
         z.B d.h i.e e.g s.o s.u m.E u.U i.d.R d.R i.d i.a i.A i.v i.V i.h i.H i.s i.S i.s.d i.S.d v.a v.A h.c o.g \
         o.G u.g n.B p.p s.a b.B g.g g.G z.T z.H z.Hd",
    )
});

/// Months as they stand behind a day: `24. Oktober`, `7. Nov.`
static MONTHS: WordSet = LazyLock::new(|| {
    word_set(
        "\
         Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Feb Mär \
         Apr Jun Jul Aug Sep Sept Okt Nov Dez January February March May June July October December Mar Oct Dec",
    )
});

/// Words that begin sentences and, with a capital, hardly ever stand inside one.
static GERMAN_STARTERS: WordSet = LazyLock::new(|| {
    word_set(
        "\
         Der Die Das Den Dem Des Ein Eine Einen Einem Einer Eines Er Sie Es Wir Ihr Ich Man Und Aber Oder Doch Denn \
         Auch Als Am An Auf Aus Bei Beim Bis Da Dabei Dadurch Dafür Daher Damit Danach Daneben Dann Daran Darauf \
         Darin Darüber Darum Davon Davor Dazu Dennoch Deshalb Dies Diese Dieser Dieses Diesen Diesem Dort Durch \
         Ebenso Einige Für Gemeinsam Heute Hier Hierbei Hierfür Hierzu Im In Ins Insgesamt Ist Jede Jeder Jedes Jetzt \
         Kein Keine Mit Nach Nachdem Neben Noch Nun Nur Ob Ohne Seit Seine Ihre Unser Unsere Sowohl Trotz Über Um \
         Unter Viele Vom Von Vor Während Was Weil Weitere Welche Wenn Wer Wie Wo Zu Zudem Zum Zur Zwar Zwischen \
         Außerdem Alle Anschließend Bereits Besonders Beide Erst Etwa Fast Gegen Mehr Mehrere Schon Sehr Selbst Statt \
         Zuletzt Zunächst Zusammen Schließlich Vielen Rund Wird Wurde Sind Haben Kommen So Also Ab Allerdings Bitte \
         Ebenfalls Inzwischen Jedoch Jeweils Künftig Leider Nicht Oft Später Trotzdem Warum Zahlreiche Zuerst Zugleich",
    )
});

static ENGLISH_STARTERS: WordSet = LazyLock::new(|| {
    word_set(
        "\
         The A An This That These Those He She It We They You I And But Or So In On At By For From With To As If Is Are \
         When While Where What Who Why How After Before Since Then There Here Its Our Their His Her My Your Not Yes All \
         Both Each Every Many Most Some Such Two Three Now Today However Meanwhile Also More Among Although Because \
         Once Thanks Let",
    )
});

/// Whether a word names a month.
pub fn is_month(word: &str) -> bool {
    MONTHS.contains(word)
}

/// Whether a word, as written, begins sentences of either language.
pub fn is_starter(word: &str) -> bool {
    begins_sentences(word, true) || begins_sentences(word, false)
}

/// Whether a word, as written, begins sentences in German or in English.
pub fn begins_sentences(word: &str, german: bool) -> bool {
    if german { GERMAN_STARTERS.contains(word) } else { ENGLISH_STARTERS.contains(word) }
}
