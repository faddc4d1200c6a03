//! One wasm binary: the page when there is a window, one of its workers when there is none.

fn main() {
    #[cfg(target_arch = "wasm32")]
    watertight::ui::start();
}
