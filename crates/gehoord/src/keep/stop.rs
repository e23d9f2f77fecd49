//! Being asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Runtime;

/// Exit status of who is stopped by force.
const BY_FORCE: i32 = 130;

/// Done when somebody asks to stop (Ctrl-C, or SIGTERM).
pub(crate) async fn asked() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// Becomes true when somebody asks to stop. Who asks twice does not wait for a reader that waits for
/// input: what is written is whole at every moment.
pub(crate) fn flag(runtime: &Runtime) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&flag);
    runtime.spawn(async move {
        asked().await;
        told.store(true, Ordering::Relaxed);
        asked().await;
        std::process::exit(BY_FORCE);
    });
    flag
}
