//! The preview: a page on this computer that shows what every reader will see, and shows it anew when a file is saved.
//!
//! Comes in: a [`Desk`], which looks at the files and answers questions about them. Goes out: a local web server that only
//! the browser it was opened in can talk to, or one HTML file for the person who releases the post. Never sends anything
//! by itself; a test mail is the desk's to send, when a person asks for it.
//!
//! | file | what it does |
//! |---|---|
//! | `view` | everything the page shows, as values |
//! | `desk` | who answers the page's questions |
//! | `guard` | which requests are answered at all |
//! | `server` | the loop that looks at the files, the routes, the page's own files and headers |
//! | `frame` | a mail as a phone, a desk, a dark screen, a program without pictures shows it |
//! | `inbox` | sender, subject and preheader as an inbox cuts them |
//! | `export` | all of it in one file |
//! | `fill` | documents with places in them |

pub mod desk;
pub mod export;
mod fill;
pub mod frame;
pub mod guard;
pub mod inbox;
mod server;
pub mod view;

pub use desk::{Desk, Found, Frame};
pub use server::{Serving, serve};
