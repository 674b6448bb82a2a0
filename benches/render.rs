//! How fast mails are made: `cargo bench --bench render`.
//!
//! `parse`, `render` and `mjml` take the sample post, `picture` a phone's photo. `compile` and `merge` take a mail of the size that sends have:
//! 60 kB of HTML and text, six slots, a name with an umlaut in To.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use jiff::Zoned;
use rundbrief::config::{Sender, Unsubscribe};
use rundbrief::post::Post;
use rundbrief::post::picture::prepare;
use rundbrief::project::Project;
use rundbrief::render::email;
use rundbrief::render::email::message::{Parts, Recipient, compile};
use rundbrief::render::email::slot::{Slot, Slots};

const PARAGRAPH: &str = "<tr><td style=\"padding:0 32px 16px; font-size:16px\"><p>Die Mitglieder des Verbandes haben \
     über Fachkräfte gesprochen, über Straßen, Brücken und „größere Räume“ – und darüber, was daraus folgt.</p></td></tr>\n";

struct Mail {
    slots: Slots,
    text: String,
    html: String,
    sender: Sender,
}

impl Mail {
    fn new() -> Mail {
        let mut slots = Slots::new("0123456789abcdef");
        for field in ["salutation", "first_name", "unsubscribe_url"] {
            slots.add(Slot { field: field.to_owned(), default: None });
        }
        let token = |index| slots.token(index);
        let text = format!("{},\n\n{}\n{}\n", token(0), "Ein Absatz über Größe und Maß.\n\n".repeat(150), token(2));
        let html = format!(
            "<!DOCTYPE html><html><body><p>{}</p>{}<p>{}, <a href=\"{}\">Abmelden</a> <a href=\"{}\">oder hier</a></p></body></html>",
            token(0),
            PARAGRAPH.repeat(205),
            token(1),
            token(2),
            token(2)
        );
        let sender = Sender {
            from: "Verband Beispiel <newsletter@example.org>".parse().expect("valid"),
            reply_to: None,
            list_id: Some("mitglieder.example.org".to_owned()),
            unsubscribe: Unsubscribe {
                mailto: Some("abmelden@example.org".parse().expect("valid")),
                url: Some("https://example.org/u/{token}".to_owned()),
            },
            bounce_address: None,
        };
        Mail { slots, text, html, sender }
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            subject: "Rückblick: Fachkräfte für morgen",
            text: &self.text,
            html: &self.html,
            slots: &self.slots,
            pictures: &[],
            campaign: "tagung",
            list: "members",
        }
    }
}

fn render(criterion: &mut Criterion) {
    let mail = Mail::new();
    criterion.bench_function("compile", |bench| {
        bench.iter(|| compile(black_box(&mail.parts()), &mail.sender).expect("the mail compiles"));
    });

    let compiled = compile(&mail.parts(), &mail.sender).expect("the mail compiles");
    let url = "https://example.org/u/3f2a91c07b44d5e6f7a8b9c0d1e2f3a4";
    let values = ["Sehr geehrte Frau Dr. Müller-Lüdenscheidt", "Zoë", url].map(str::to_owned);
    let date: Zoned = "2024-11-28T09:00:00+01:00[Europe/Berlin]".parse().expect("valid");
    let recipient = Recipient {
        address: "zoe@example.net",
        display_name: Some("Zoë Müller-Lüdenscheidt"),
        values: &values,
        unsubscribe_url: Some(url),
        unsubscribe_token: Some("3f2a91c07b44d5e6f7a8b9c0d1e2f3a4"),
        message_id: "<3f2a91c07b44d5e6f7a8b9c0d1e2f3a4@example.org>",
        date: &date,
    };
    let mut out = Vec::new();
    compiled.merge(&recipient, &mut out).expect("the mail merges");
    let mut group = criterion.benchmark_group("merge");
    group.throughput(Throughput::Elements(1));
    group.bench_function(format!("{} kB, 6 slots", out.len() / 1000), |bench| {
        bench.iter(|| {
            out.clear();
            compiled.merge(black_box(&recipient), &mut out).expect("the mail merges");
        });
    });
    group.finish();
}

/// The sample post, from its bytes to its mail.
fn sample(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Project::open(Some(&root.join("config.example.toml")), root).expect("the example configuration");
    let file = root.join("newsletters/2026-11-herbsttagung.md");
    let bytes = std::fs::read(&file).expect("the sample post");
    let zone = &project.config.site.zone;
    criterion.bench_function("parse", |bench| {
        bench.iter(|| Post::parse(&file, black_box(&bytes), zone).expect("the sample parses"));
    });

    let loaded = project.load(&file, None).expect("the sample loads");
    let source = loaded.source(&project.config);
    criterion.bench_function("render", |bench| {
        bench.iter(|| email::render(black_box(&source), "members").expect("the sample renders"));
    });
    let mjml = email::render(&source, "members").expect("the sample renders").mjml;
    criterion.bench_function("mjml", |bench| {
        bench.iter(|| email::mjml::to_html(black_box(&mjml)).expect("the sample's MJML is valid"));
    });
}

/// A photo of 12 megapixels, as phones make them.
fn picture(criterion: &mut Criterion) {
    let mixed = |x: u32, y: u32| (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35);
    let photo = RgbImage::from_fn(4000, 3000, |x, y| {
        let [red, green, blue, _] = mixed(x / 8, y / 8).to_le_bytes();
        Rgb([red, green, blue])
    });
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 92).encode_image(&photo).expect("encodes");
    let mut group = criterion.benchmark_group("picture");
    group.sample_size(10);
    group.bench_function("12 megapixels", |bench| {
        bench.iter(|| prepare(black_box(&jpeg), "photo.jpg", 600).expect("a photo"));
    });
    group.finish();
}

criterion_group!(benches, sample, render, picture);
criterion_main!(benches);
