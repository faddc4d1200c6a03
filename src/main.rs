//! One wasm binary: the page when there is a window, one of its workers when there is none.

fn main() {
    #[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
    watertight::ui::start();
}
