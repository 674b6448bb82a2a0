//! Salutations, case by case: cells, du or Sie, language, what is said.

use super::salutation;
use crate::members::Member;
use crate::members::address::Address;

/// A member with `field: value` cells.
fn member(cells: &[(&str, &str)]) -> Member {
    Member {
        row: 2,
        address: Address::parse("m@example.org").expect("an address"),
        fields: cells.iter().map(|(field, value)| (field.to_string(), value.to_string())).collect(),
    }
}

/// `honorific|title|first|last`.
fn person(cells: &str) -> Member {
    let names = ["honorific", "title", "first_name", "last_name"];
    let cells: Vec<_> = names.into_iter().zip(cells.split('|')).filter(|(_, value)| !value.is_empty()).collect();
    member(&cells)
}

#[test]
fn german_formal() {
    let cases = [
        ("Frau||Anna|Müller", "Sehr geehrte Frau Müller"),
        ("Herr||Jonas|Beispiel", "Sehr geehrter Herr Beispiel"),
        ("Herrn||Jonas|Beispiel", "Sehr geehrter Herr Beispiel"),
        ("Frau|Dr.|Anna|Müller", "Sehr geehrte Frau Dr. Müller"),
        ("Frau|Dr. med.|Anna|Müller", "Sehr geehrte Frau Dr. Müller"),
        ("Herr|Prof. Dr. Dr. h.c. mult.|Jonas|Beispiel", "Sehr geehrter Herr Prof. Dr. Beispiel"),
        ("Herr|Dipl.-Ing.|Jonas|Beispiel", "Sehr geehrter Herr Beispiel"),
        ("Herr|Dr.-Ing.|Jonas|Beispiel", "Sehr geehrter Herr Dr. Beispiel"),
        ("Frau|Professorin|Anna|Müller", "Sehr geehrte Frau Prof. Müller"),
        ("Frau Dr.||Anna|Müller", "Sehr geehrte Frau Dr. Müller"),
        ("Herr Dipl.-Ing.||Jonas|Beispiel", "Sehr geehrter Herr Beispiel"),
        ("Frau|Dr.|Anna|Dr. Müller", "Sehr geehrte Frau Dr. Müller"),
        ("Frau||Dr. Anna|Müller", "Sehr geehrte Frau Dr. Müller"),
        ("Frau||Anna|von der Aue", "Sehr geehrte Frau von der Aue"),
        ("Frau||Anna|Müller-Lüdenscheidt", "Sehr geehrte Frau Müller-Lüdenscheidt"),
        ("Frau|||Müller", "Sehr geehrte Frau Müller"),
        ("w||Anna|Müller", "Sehr geehrte Frau Müller"),
        ("Sehr geehrte Frau||Anna|Müller", "Sehr geehrte Frau Müller"),
        ("Sehr geehrter Herr Dr.||Jonas|Beispiel", "Sehr geehrter Herr Dr. Beispiel"),
        ("Frau||Anna|", "Guten Tag Anna"),
        ("||Anna|Müller", "Guten Tag Anna Müller"),
        ("|Dr.|Anna|Müller", "Guten Tag Dr. Anna Müller"),
        ("Dr.||Anna|Müller", "Guten Tag Dr. Anna Müller"),
        ("|Dr.||Müller", "Guten Tag Dr. Müller"),
        ("Divers||Kim|Müller", "Guten Tag Kim Müller"),
        ("d||Kim|Müller", "Guten Tag Kim Müller"),
        ("Familie||Anna|Müller", "Guten Tag Anna Müller"),
        ("Herr und Frau||Anna|Müller", "Guten Tag Anna Müller"),
        ("Frau/Herr||Kim|Müller", "Guten Tag Kim Müller"),
        ("Sehr geehrte Damen und Herren||Anna|Müller", "Sehr geehrte Damen und Herren"),
        ("||H. Peter|Müller", "Guten Tag H. Peter Müller"),
        ("||Dr. h. c. Anna|Müller", "Guten Tag Dr. Anna Müller"),
        ("||Anna|", "Guten Tag Anna"),
        ("|||Müller", "Guten Tag"),
        ("Frau|||", "Guten Tag"),
        ("|||", "Guten Tag"),
    ];
    for (cells, expected) in cases {
        assert_eq!(salutation(&person(cells), "de", false, None), expected, "{cells}");
        assert_eq!(salutation(&person(cells), "de-AT", false, None), expected, "{cells}");
    }
}

#[test]
fn german_informal() {
    let cases = [
        ("Frau|Dr.|Anna|Müller", "Liebe Anna"),
        ("Herr||Jonas|Beispiel", "Lieber Jonas"),
        ("||Anna|Müller", "Hallo Anna"),
        ("Divers||Kim|Müller", "Hallo Kim"),
        ("Frau||Anna Maria|Müller", "Liebe Anna Maria"),
        ("Frau|Dr.||Müller", "Guten Tag Frau Dr. Müller"),
        ("|||Müller", "Hallo"),
        ("|||", "Hallo"),
    ];
    for (cells, expected) in cases {
        assert_eq!(salutation(&person(cells), "de", true, None), expected, "{cells}");
    }
}

#[test]
fn english_formal_and_informal() {
    let cases = [
        ("Ms||Anna|Miller", "Dear Ms Miller", "Dear Anna"),
        ("Mrs||Anna|Miller", "Dear Mrs Miller", "Dear Anna"),
        ("Mr.||John|Miller", "Dear Mr Miller", "Dear John"),
        ("Frau||Anna|Miller", "Dear Ms Miller", "Dear Anna"),
        ("Mr|Dr|John|Miller", "Dear Dr Miller", "Dear John"),
        ("|Prof. Dr.|Anna|Miller", "Dear Professor Miller", "Dear Anna"),
        ("||Kim|Miller", "Hello Kim Miller", "Dear Kim"),
        ("Mx||Kim|Miller", "Hello Kim Miller", "Dear Kim"),
        ("|||", "Hello", "Hello"),
    ];
    for (cells, formal, informal) in cases {
        assert_eq!(salutation(&person(cells), "en-GB", false, None), formal, "{cells}");
        assert_eq!(salutation(&person(cells), "en", true, None), informal, "{cells}");
        assert_eq!(salutation(&person(cells), "fr", false, None), formal, "{cells}");
    }
}

#[test]
fn the_salutation_column_comes_first_and_loses_its_comma() {
    let written = |text: &str| {
        let member = member(&[("salutation", text), ("honorific", "Frau"), ("last_name", "Müller")]);
        salutation(&member, "de", false, Some("Liebe Mitglieder"))
    };
    assert_eq!(written("Liebe Frau Vorsitzende,"), "Liebe Frau Vorsitzende");
    assert_eq!(written("Hochverehrte Kollegin! "), "Hochverehrte Kollegin");
    assert_eq!(written("Sehr geehrte Frau Prof. Müller"), "Sehr geehrte Frau Prof. Müller");
    // Half a salutation is completed from the other columns.
    assert_eq!(written("Sehr geehrte Frau"), "Sehr geehrte Frau Müller");
    assert_eq!(written("Sehr geehrte Frau Dr."), "Sehr geehrte Frau Dr. Müller");
    assert_eq!(written("Frau"), "Sehr geehrte Frau Müller");
}

#[test]
fn a_name_in_one_cell_is_taken_as_it_is() {
    let named = |cells: &[(&str, &str)], informal| salutation(&member(cells), "de", informal, None);
    assert_eq!(named(&[("name", "Anna Müller")], false), "Guten Tag Anna Müller");
    assert_eq!(named(&[("name", "Anna Müller"), ("honorific", "Frau")], false), "Sehr geehrte Frau Anna Müller");
    assert_eq!(named(&[("name", "Dr. Anna Müller")], false), "Guten Tag Dr. Anna Müller");
    assert_eq!(named(&[("name", "Müller, Anna"), ("honorific", "Frau")], false), "Sehr geehrte Frau Müller");
    assert_eq!(named(&[("name", "Müller, Dr. Anna")], false), "Guten Tag Dr. Anna Müller");
    assert_eq!(named(&[("name", "Anna Müller")], true), "Hallo Anna Müller");
}

#[test]
fn the_lists_fallback_is_for_members_without_a_usable_name() {
    let said = |cells: &str| salutation(&person(cells), "de", false, Some("Liebe Mitglieder,"));
    assert_eq!(said("|||"), "Liebe Mitglieder");
    assert_eq!(said("|||Müller"), "Liebe Mitglieder");
    assert_eq!(said("||Anna|Müller"), "Guten Tag Anna Müller");
    assert_eq!(salutation(&person("|||"), "de", false, Some("  ")), "Guten Tag");
}

#[test]
fn no_gender_is_inferred_from_a_first_name() {
    for first in ["Anna", "Jonas", "Andrea", "Kim", "Maria", "Peter"] {
        let said = salutation(&person(&format!("||{first}|Beispiel")), "de", false, None);
        assert_eq!(said, format!("Guten Tag {first} Beispiel"));
        let said = salutation(&person(&format!("||{first}|Beispiel")), "de", true, None);
        assert_eq!(said, format!("Hallo {first}"));
    }
}

#[test]
fn placeholders_are_empty_cells() {
    let cases = [
        ("Frau||Anna|-", "Guten Tag Anna", "Liebe Anna"),
        ("Frau||-|–", "Guten Tag", "Hallo"),
        ("||-|Müller", "Guten Tag", "Hallo"),
        ("||NULL|NULL", "Guten Tag", "Hallo"),
        ("Frau|Dr.|Anna|k.A.", "Guten Tag Dr. Anna", "Liebe Anna"),
        ("Frau|Dr.|Anna|Dr. k. A.", "Guten Tag Dr. Anna", "Liebe Anna"),
        ("Frau|||0", "Guten Tag", "Hallo"),
        ("Frau|-|N.N.|Müller", "Sehr geehrte Frau Müller", "Guten Tag Frau Müller"),
        ("NULL|NULL|Anna|Müller", "Guten Tag Anna Müller", "Hallo Anna"),
        ("keine Angabe|k.A.|Anna|Müller", "Guten Tag Anna Müller", "Hallo Anna"),
        ("Herr||unbekannt|Beispiel", "Sehr geehrter Herr Beispiel", "Guten Tag Herr Beispiel"),
        ("Herr||?|- Beispiel", "Sehr geehrter Herr Beispiel", "Guten Tag Herr Beispiel"),
        // People are called so.
        ("Herr||Jonas|Null", "Sehr geehrter Herr Null", "Lieber Jonas"),
        ("Frau||Nan|Leer", "Sehr geehrte Frau Leer", "Liebe Nan"),
        ("Herr||K. A.|Beispiel", "Sehr geehrter Herr Beispiel", "Lieber K. A."),
    ];
    for (cells, formal, informal) in cases {
        assert_eq!(salutation(&person(cells), "de", false, None), formal, "{cells}");
        assert_eq!(salutation(&person(cells), "de", true, None), informal, "{cells}");
    }
}

#[test]
fn a_form_of_address_in_a_names_cell_is_said_once() {
    let cases = [
        ("Herr||Jonas|Herr Müller", "Sehr geehrter Herr Müller", "Lieber Jonas"),
        ("Frau|||Frau Dr. Müller", "Sehr geehrte Frau Dr. Müller", "Guten Tag Frau Dr. Müller"),
        ("||Anna|Frau Müller", "Sehr geehrte Frau Müller", "Liebe Anna"),
        ("||Herr Jonas|Beispiel", "Sehr geehrter Herr Beispiel", "Lieber Jonas"),
        ("|||Hr. Müller", "Sehr geehrter Herr Müller", "Guten Tag Herr Müller"),
        // Two that say otherwise leave it open.
        ("Frau||Kim|Herr Müller", "Guten Tag Kim Müller", "Hallo Kim"),
        ("Divers||Kim|Herr Müller", "Guten Tag Kim Müller", "Hallo Kim"),
        ("Herr|||Herr und Frau Müller", "Guten Tag Herr und Frau Müller", "Hallo Herr und Frau Müller"),
        ("|||Frau Dr. und Herr Müller", "Guten Tag Frau Dr. und Herr Müller", "Hallo Frau Dr. und Herr Müller"),
        // A surname.
        ("Herr||Michael|Herr", "Sehr geehrter Herr Herr", "Lieber Michael"),
        ("Frau|||-", "Guten Tag", "Hallo"),
        ("|||Frau -", "Guten Tag", "Hallo"),
    ];
    for (cells, formal, informal) in cases {
        assert_eq!(salutation(&person(cells), "de", false, None), formal, "{cells}");
        assert_eq!(salutation(&person(cells), "de", true, None), informal, "{cells}");
    }
    assert_eq!(salutation(&person("|||Mrs Miller"), "en", false, None), "Dear Mrs Miller");
    assert_eq!(salutation(&person("|||Mr. & Mrs. Miller"), "en", false, None), "Hello Mr. & Mrs. Miller");
}

#[test]
fn an_opening_that_names_nobody_is_no_salutation() {
    let both = "Sehr geehrte/r|Sehr geehrte(r)|Sehr geehrte*r|Liebe/r|Liebe:r|Sehr geehrte/r Frau/Herr|Frau/Herr|Dear Mr/Ms|\
                Sehr geehrte Frau / Sehr geehrter Herr|Sehr geehrte Frau bzw. Herr|Sehr geehrte|Liebe|Lieber|Dear|-|0|\
                Liebe -|Sehr geehrte NULL|Hallo NULL|Liebe Dr.";
    for cell in both.split('|') {
        let title = if cell.contains("Dr.") { "Dr. " } else { "" };
        for (field, form) in [("honorific", ""), ("salutation", ""), ("salutation", "Frau")] {
            let mut cells = vec![(field, cell), ("first_name", "Anna"), ("last_name", "Müller")];
            cells.extend(Some(("honorific", form)).filter(|(_, form)| !form.is_empty()));
            let said = salutation(&member(&cells), "de", false, None);
            let expected = if form.is_empty() { "Guten Tag Anna Müller" } else { "Sehr geehrte Frau Müller" };
            assert!(
                said == expected || said == expected.replace("Müller", &format!("{title}Müller")),
                "{cell}: {said}"
            );
        }
    }
    let written = |text: &str| {
        let cells = [("salutation", text), ("honorific", "Herr"), ("last_name", "Müller")];
        salutation(&member(&cells), "de", false, None)
    };
    let told =
        ["Liebe*r Kim", "Liebe R.", "Liebe Nat", "Liebe Mitglieder", "Guten Tag", "Hallo", "Liebe Frau Vorsitzende"];
    for text in told {
        assert_eq!(written(text), text);
    }
    assert_eq!(written("Sehr geehrter Herr NULL"), "Sehr geehrter Herr Müller");
    assert_eq!(written("Sehr geehrter Herr -,"), "Sehr geehrter Herr Müller");
    assert_eq!(written("Hallo Herr"), "Sehr geehrter Herr Müller");
    let english = salutation(&person("Dear Mr/Ms||Kim|Miller"), "en", false, None);
    assert_eq!(english, "Hello Kim Miller");
}

#[test]
fn what_stands_behind_a_name_is_no_first_name() {
    let cases = [
        ("Anna Müller, M.A.", "Guten Tag Anna Müller", "Hallo Anna Müller"),
        ("Anna Müller, M. Sc.", "Guten Tag Anna Müller", "Hallo Anna Müller"),
        ("Anna Müller, MBA", "Guten Tag Anna Müller", "Hallo Anna Müller"),
        ("Anna Müller, Dipl.-Ing. (FH)", "Guten Tag Anna Müller", "Hallo Anna Müller"),
        ("Max Mustermann, MdB", "Guten Tag Max Mustermann", "Hallo Max Mustermann"),
        ("Max Mustermann, MdL a. D.", "Guten Tag Max Mustermann", "Hallo Max Mustermann"),
        ("Anna Müller, Bürgermeisterin", "Guten Tag Anna Müller", "Hallo Anna Müller"),
        ("Beispiel GmbH, Abt. Presse", "Guten Tag Beispiel GmbH", "Hallo Beispiel GmbH"),
        ("Beispiel GmbH, z. Hd. Anna Müller", "Guten Tag Beispiel GmbH", "Hallo Beispiel GmbH"),
        ("Verein der Freunde e.V., Köln", "Guten Tag Verein der Freunde e.V.", "Hallo Verein der Freunde e.V."),
        ("Müller, Anna", "Guten Tag Anna Müller", "Hallo Anna"),
        ("Müller, Anna, Dr.", "Guten Tag Dr. Anna Müller", "Hallo Anna"),
        ("Müller, Anna, MdB", "Guten Tag Anna Müller", "Hallo Anna"),
        ("Müller, Anna, Köln", "Guten Tag Anna Müller", "Hallo Anna"),
        ("Müller, Frau Dr. Anna", "Sehr geehrte Frau Dr. Müller", "Liebe Anna"),
        ("Müller, Dr.", "Guten Tag Dr. Müller", "Guten Tag Dr. Müller"),
        ("Müller, geb. Schmidt, Anna", "Guten Tag Anna Müller", "Hallo Anna"),
        ("Müller, -", "Guten Tag", "Hallo"),
        ("-, Anna", "Guten Tag Anna", "Hallo Anna"),
        ("NULL, Anna", "Guten Tag Anna", "Hallo Anna"),
        (",", "Guten Tag", "Hallo"),
        ("NULL NULL", "Guten Tag", "Hallo"),
        ("Dr.", "Guten Tag", "Hallo"),
        // First names.
        ("Beispiel, Phil", "Guten Tag Phil Beispiel", "Hallo Phil"),
        ("Beispiel, Ma", "Guten Tag Ma Beispiel", "Hallo Ma"),
        ("Beispiel, H.-J.", "Guten Tag H.-J. Beispiel", "Hallo H.-J."),
        ("Beispiel, C. Anna", "Guten Tag C. Anna Beispiel", "Hallo C. Anna"),
        ("García Márquez, Gabriel", "Guten Tag Gabriel García Márquez", "Hallo Gabriel"),
        ("FC Beispiel 04", "Guten Tag FC Beispiel 04", "Hallo FC Beispiel 04"),
    ];
    for (name, formal, informal) in cases {
        assert_eq!(salutation(&member(&[("name", name)]), "de", false, None), formal, "{name}");
        assert_eq!(salutation(&member(&[("name", name)]), "de", true, None), informal, "{name}");
    }
    assert_eq!(salutation(&person("Frau||Anna|Müller, MdB"), "de", false, None), "Sehr geehrte Frau Müller");
    assert_eq!(salutation(&person("Frau||Anna|Müller, geb. Schmidt"), "de", false, None), "Sehr geehrte Frau Müller");
    assert_eq!(salutation(&person("Frau||Anna|Müller, Dr. phil."), "de", false, None), "Sehr geehrte Frau Dr. Müller");
}

#[test]
fn a_title_alone_is_no_name() {
    assert_eq!(salutation(&person("Frau||Dr.|Müller"), "de", true, None), "Guten Tag Frau Dr. Müller");
    assert_eq!(salutation(&person("Frau||Dr.|Müller"), "de", false, None), "Sehr geehrte Frau Dr. Müller");
    assert_eq!(salutation(&person("Frau||Prof. Dr.|"), "de", true, None), "Hallo");
    assert_eq!(salutation(&person("Herr||Jonas|Dipl.-Ing."), "de", false, None), "Guten Tag Jonas");
}
