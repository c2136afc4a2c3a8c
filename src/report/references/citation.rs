//! The works that published data are from.

use crate::table::TextTable;

/// Words in the head or in the name of a file, in lower case, and the citation of the work that has all of
/// them.
const WORKS: [(&[&str], &str); 13] = [
    (&["moser, kim & mansour"], "Moser, Kim & Mansour 1999"),
    (&["chan180."], "Moser, Kim & Mansour 1999"),
    (&["chan395."], "Moser, Kim & Mansour 1999"),
    (&["chan590."], "Moser, Kim & Mansour 1999"),
    (&["lm_channel"], "Lee & Moser 2015"),
    // The data of the runs at 180 and 550, whatever work the statistics in the file are from.
    (&["- data,", "alamo", "re_{\\tau} = 9"], "del Álamo et al. 2004"),
    (&["- data,", "alamo", "(2003)"], "del Álamo & Jiménez 2003"),
    (&["- data,", "hoyas", "(2006)"], "Hoyas & Jiménez 2006"),
    (&["vreman", "kuerten"], "Vreman & Kuerten 2014"),
    (&["comte-bellot"], "Comte-Bellot & Corrsin 1971"),
    (&["tavoularis"], "Tavoularis & Karnik 1989"),
    (&["a.a.wray"], "Wray 1997"),
    (&["spectral code - 512*512*512"], "van Rees et al. 2011"),
];

/// The citation that a file states (`citation: ..` in its head), or that of a known work.
pub fn citation(table: &TextTable) -> Option<String> {
    let name = table.path().file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let head = table.head().chain([&*name]).collect::<Vec<_>>().join("\n").to_lowercase();
    let is_of = |(words, _): &&(&[&str], &str)| words.iter().all(|word| head.contains(word));
    let known = || WORKS.iter().find(is_of).map(|(_, citation)| (*citation).to_owned());
    table.text_after("citation").map(str::to_owned).or_else(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data;

    #[test]
    fn works_are_known_by_the_words_of_their_files() {
        for (file, cited) in [
            ("channel/MKM1999/chan180/profiles/chan180.means", "Moser, Kim & Mansour 1999"),
            ("channel/LeeMoser2015/LM_Channel_1000_mean_prof.dat", "Lee & Moser 2015"),
            ("channel/LeeMoser2015/LM_Channel_0180_stress_k_eps.dat", "Lee & Moser 2015"),
            ("channel/UPM_HoyasJimenez/Re180/profiles/Re180.prof", "del Álamo & Jiménez 2003"),
            ("channel/UPM_HoyasJimenez/Re180/balances/Re180.bal.kbal", "del Álamo & Jiménez 2003"),
            ("channel/UPM_HoyasJimenez/Re2000/balances/Re2000.bal.ww", "Hoyas & Jiménez 2006"),
            ("hit_decay/Wray1997_AGARD_HOM02/CB512.f_t", "Wray 1997"),
            ("tgv/spectral_Re1600_512.gdiag", "van Rees et al. 2011"),
        ] {
            let table = TextTable::read(&test_data(file)).unwrap();
            assert_eq!(citation(&table).as_deref(), Some(cited), "{file}");
        }
        let read = |text: &str| TextTable::parse("a.dat".as_ref(), text.as_bytes()).unwrap();
        assert_eq!(citation(&read("# Citation: Kim 2020\n# y+ U+\n1 1\n")).as_deref(), Some("Kim 2020"));
        assert_eq!(citation(&read("# y+ U+\n1 1\n")), None);
    }
}
