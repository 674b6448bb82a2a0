//! Which start of the machine this is. What was written without a sync is there as long as the machine runs on.

/// The identity of the running kernel's boot (Linux: `/proc/sys/kernel/random/boot_id`, proc(5); macOS:
/// `kern.bootsessionuuid`). `None` where none is known: then nothing that was not synced is believed.
pub(super) fn boot_id() -> Option<String> {
    let text = match std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        Ok(text) => text,
        Err(_) => {
            let output = std::process::Command::new("/usr/sbin/sysctl").args(["-n", "kern.bootsessionuuid"]).output();
            String::from_utf8(output.ok()?.stdout).ok()?
        }
    };
    let id = text.trim();
    (id.len() >= 32).then(|| id.to_owned())
}
