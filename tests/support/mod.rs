//! What the test programs share.
#![allow(dead_code)] // each test program uses a part of it

pub mod disk;
pub mod mpirun;
pub mod random;

/// Fails with the message unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        // A NaN compares as false, so it fails.
        let holds: bool = $condition;
        if !holds {
            Err::<(), _>(format!($($message)*))?;
        }
    };
}
