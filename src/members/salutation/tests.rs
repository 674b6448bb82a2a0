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
