//! How long an import takes without the network: a page of 1 MB.
//!
//! `cargo bench --bench import`; the aim is less than 200 ms.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rundbrief::import::{self, Input};

/// A page with menus, data, an article and comments, of about 1 MB: half of it article.
fn page() -> String {
    let paragraph = "<p>Der Verband hat am <em>Freitag</em> getagt, und rund 200 Kolleg*innen kamen, z.&nbsp;B. aus \
                     <a href=\"/ulm\">Ulm</a>. „Wir packen das an“, sagte Anna Muster, Vorsitzende. Danach ging es um \
                     Geld, Räume und die Frage, wer den Schlüssel hat.</p>\n<ul><li>Ein Punkt</li><li>Noch einer</li></ul>\n";
    let menu = "<li class=\"item level-2\"><a href=\"/bereich/unterseite\" title=\"Unterseite\">Unterseite</a></li>\n";
    let script = "window.data = window.data || []; window.data.push({\"id\": 12345, \"name\": \"etwas\"});\n";
    format!(
        "<!doctype html><html lang=\"de\"><head><meta charset=\"utf-8\"><title>Bericht</title><script>{}</script></head>\
         <body><nav><ul>{}</ul></nav><main><article><h1>Bericht vom Verbandstag</h1>{}</article></main>\
         <footer>{}</footer></body></html>",
        script.repeat(2_500),
        menu.repeat(1_500),
        paragraph.repeat(1_900),
        menu.repeat(500)
    )
}

fn import(criterion: &mut Criterion) {
    let page = page();
    assert!((900_000..1_200_000).contains(&page.len()), "{} bytes", page.len());
    let mut group = criterion.benchmark_group("import");
    group.sample_size(20);
    group.bench_function("a page of 1 MB", |bench| {
        bench.iter(|| {
            let input =
                Input { bytes: black_box(page.as_bytes()), url: Some("https://www.example.org/a"), ..Input::default() };
            import::post_text(&import::read(&input).expect("a draft"))
        });
    });
    group.finish();
}

criterion_group!(benches, import);
criterion_main!(benches);
