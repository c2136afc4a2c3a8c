//! Published Reynolds stresses of homogeneous shear flow over the total shear S t (Tavoularis & Karnik, JFM
//! 204 (1989) 457, as distributed: CSV with the columns `Tau,uu,vv,ww,uv` under comments).

use super::{bare, is_shear};
use crate::error::Result;
use crate::report::cubic::interpolate;
use crate::table::Columns;

/// The anisotropy `b_ij = <u_i u_j>/q^2 - delta_ij/3` over the total shear, one value for each station.
pub struct PublishedStresses {
    pub label: String,
    pub shear: Vec<f64>,
    /// b_xx, b_yy, b_zz, b_xy.
    pub anisotropy: [Vec<f64>; 4],
}

impl PublishedStresses {
    /// Reads the stresses; none if the columns are of another form.
    ///
    /// # Errors
    /// A total shear that does not increase, or a value that is missing.
    pub fn of(columns: &Columns, label: &str) -> Result<Option<Self>> {
        let Some(place) = columns.find(is_shear)? else { return Ok(None) };
        let stresses = ["uu", "vv", "ww", "uv"].map(|stress| columns.find(|name| bare(name) == stress));
        let [uu, vv, ww, uv] = stresses;
        let (Some(uu), Some(vv), Some(ww), Some(uv)) = (uu?, vv?, ww?, uv?) else { return Ok(None) };
        [uu, vv, ww, uv].into_iter().try_for_each(|column| columns.present(column))?;
        let rows = columns.ascending(place)?;
        let b = |stress: usize, third: f64| {
            let q2 = |cells: &[f64]| cells[uu] + cells[vv] + cells[ww];
            rows.iter().map(|row| row.cells[stress] / q2(&row.cells) - third).collect()
        };
        let anisotropy = [b(uu, 1.0 / 3.0), b(vv, 1.0 / 3.0), b(ww, 1.0 / 3.0), b(uv, 0.0)];
        Ok(Some(Self {
            label: label.into(),
            shear: rows.iter().map(|row| row.cells[place]).collect(),
            anisotropy,
        }))
    }

    /// The stations within the total `shear` of a run, and the root mean square difference of its
    /// `anisotropy` there (b_xx, b_yy, b_zz, b_xy). None if there is no such station.
    pub fn deviations(&self, shear: &[f64], anisotropy: [&[f64]; 4]) -> Option<(Vec<f64>, [f64; 4])> {
        let (from, to) = (*shear.first()?, *shear.last()?);
        let within: Vec<usize> =
            (0..self.shear.len()).filter(|&i| (from..=to).contains(&self.shear[i])).collect();
        if within.is_empty() {
            return None;
        }
        let off = |component: usize| {
            let square = |&i: &usize| {
                (self.anisotropy[component][i] - interpolate(shear, anisotropy[component], self.shear[i]))
                    .powi(2)
            };
            (within.iter().map(square).sum::<f64>() / within.len() as f64).sqrt()
        };
        Some((within.iter().map(|&i| self.shear[i]).collect(), [0, 1, 2, 3].map(off)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::References;
    use super::super::tests::read;

    #[test]
    fn stations_within_the_run_are_compared() {
        let text = "% comment\n\nTau,uu,vv,ww,uv\n1,2,1,1,-1\n2,2,1,1,-1\n9,2,1,1,-1\n";
        let published = read(text, None).unwrap().stresses.remove(0);
        let shear: Vec<f64> = (0..20).map(|i| 0.25 * i as f64).collect();
        let constant = |value: f64| vec![value; shear.len()];
        let b = [
            constant(0.5 - 1.0 / 3.0),
            constant(0.25 - 1.0 / 3.0),
            constant(0.25 - 1.0 / 3.0),
            constant(-0.2),
        ];
        let (stations, off) = published.deviations(&shear, [&b[0], &b[1], &b[2], &b[3]]).unwrap();
        assert_eq!(stations, [1.0, 2.0]);
        assert!(off[..3].iter().all(|off| *off < 1e-14) && (off[3] - 0.05).abs() < 1e-14, "{off:?}");
        assert!(published.deviations(&[0.0, 0.5], [&[0.0; 2]; 4]).is_none());
        assert!(read("time,energy,dissipation\n0,1,1\n", None).unwrap().stresses.is_empty());
        let spaced = text.replace(',', "\t").replace('%', "!").replace('\n', "\r\n");
        assert_eq!(read(&spaced, None).unwrap().stresses[0].anisotropy, published.anisotropy);
        for (text, part) in [
            ("Tau,uu,vv,ww,uv\n1,2,1,1,\n", "x.dat:2: no value of `uv`"),
            ("Tau,uu,vv,ww,uv\n1,2,1,1,0\n1,2,1,1,0\n", "x.dat:3: `Tau` must increase"),
        ] {
            let message = read(text, None).err().unwrap().message;
            assert!(message.contains(part), "{message}");
        }
    }

    /// The last station of Tavoularis & Karnik as quoted with the data: b = 0.212, -0.137, -0.074, -0.163.
    #[test]
    fn tavoularis_and_karnik_are_read_as_distributed() {
        let path = std::path::PathBuf::from("tavoularis-karnik");
        let published = References::read(&[path.into()], None, &|_| None).unwrap().stresses.remove(0);
        assert_eq!(published.shear.last(), Some(&26.3));
        for (b, expected) in published.anisotropy.iter().zip([0.212, -0.137, -0.074, -0.163]) {
            assert!((b[6] - expected).abs() < 6e-4, "{} {expected}", b[6]);
        }
    }
}
