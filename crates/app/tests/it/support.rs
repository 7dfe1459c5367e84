//! A house with all surfaces, as the program wires them.

use tollgate::{
    config::{self, Config, sources::Sources},
    wire,
};
use tollgate_testkit::house::House;

/// Everything as it is by default, with registration open.
pub(crate) async fn house() -> House {
    House::new(|web| wire::router(web, &defaults())).await
}

fn defaults() -> Config {
    let sources = Sources {
        file: None,
        usual_files: Vec::new(),
        environment: Vec::new(),
        flags: Vec::new(),
        working_dir: std::env::temp_dir(),
    };
    config::load(&sources)
        .expect("the defaults are valid")
        .config
}
