//! The state of a force, which checkpoints hold as numbers with names.

use super::Forcing;
use num_complex::Complex;

impl Forcing {
    /// The numbers that a restart needs, by name.
    pub fn restart_scalars(&self) -> Vec<(String, f64)> {
        let shells = self.shells.iter().enumerate().map(|(s, energy)| (format!("shell_energy_{s}"), *energy));
        let scaling = self.scaling.iter().enumerate().map(|(s, rate)| (format!("shell_rate_{s}"), *rate));
        let process = self.labels.iter().zip(&self.process).flat_map(|(label, process)| {
            process.iter().zip("xyz".chars()).flat_map(move |(b, direction)| {
                let name =
                    |part: &str| format!("force_{direction}_{part}_{}_{}_{}", label[0], label[1], label[2]);
                [(name("re"), b.re), (name("im"), b.im)]
            })
        });
        shells.chain(scaling).chain(process).collect()
    }

    /// Restores the force from its [`Forcing::restart_scalars`], once the band is the one of that
    /// time.
    pub fn recall(&mut self, restart_scalars: &[(String, f64)]) {
        let value =
            |name: &str| restart_scalars.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        let all = |name: &str| (0..).map_while(|s| value(&format!("{name}_{s}"))).collect::<Vec<_>>();
        (self.shells, self.scaling) = (all("shell_energy"), all("shell_rate"));
        for (label, process) in self.labels.iter().zip(&mut self.process) {
            for (b, direction) in process.iter_mut().zip("xyz".chars()) {
                let part = |part: &str| {
                    value(&format!("force_{direction}_{part}_{}_{}_{}", label[0], label[1], label[2]))
                        .unwrap_or(0.0)
                };
                *b = Complex::new(part("re"), part("im"));
            }
        }
        self.set_force();
    }
}
