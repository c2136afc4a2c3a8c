"""Prints the table of docs/validation.md: each term of each budget of this folder beside published ones.

Usage: python3 beside_published.py FOLDER, with the files of Moser, Kim & Mansour (1999), MKM1999/chan180/balances/, and
of Hoyas & Jimenez (2008), UPM_HoyasJimenez/Re180/balances/, in FOLDER.
"""

import csv
import sys
from pathlib import Path

import numpy as np

TERMS = {
    "production": 3, "dissipation": 2, "pressure_strain": 4, "pressure_transport": 5, "transport": 6, "viscous": 7,
}
# Of the largest term of the budget: smaller terms vanish by symmetry or are round-off.
LEAST = 1e-4

here = Path(__file__).parent
with open(here / "budgets.csv") as file:
    rows = list(csv.DictReader(file))


def own(name):
    return np.array([float(row[name] or "nan") for row in rows])


def published(path):
    lines = [line for line in open(path) if line.strip() and line[0] not in "%#"]
    return np.array([[float(number) for number in line.split()] for line in lines])


def compared(table, column, name):
    """Largest difference over y, its sampling error, and the peak of the published term."""
    y, values = table[:, 1], table[:, column]
    inside = y <= own("y_plus")[-1]
    at = lambda of: np.interp(y[inside], own("y_plus"), np.nan_to_num(own(of)))
    difference = abs(at(name) - values[inside])
    i = difference.argmax()
    return 100 * difference[i], y[inside][i], 100 * at(name + "_error")[i], abs(values).max()


folder = Path(sys.argv[1])
for stress in ("uu", "vv", "ww", "uv", "k"):
    sources = [
        published(folder / f"UPM_HoyasJimenez/Re180/balances/Re180.bal.{'kbal' if stress == 'k' else stress}"),
        published(folder / f"MKM1999/chan180/balances/chan180.{stress}bal"),
    ]
    largest = max(abs(sources[0][:, column]).max() for column in TERMS.values())
    for term, column in TERMS.items():
        name = f"{term}_{stress}"
        both = [compared(table, column, name) for table in sources]
        peak = both[0][3]
        if peak < LEAST * largest:
            continue
        cells = [f"{difference / own_peak:.1f} +- {error / own_peak:.1f} at {y:.0f}" for difference, y, error, own_peak in both]
        print(f"| {stress} | {term.replace('_', ' ')} | {peak:.4f} | {' | '.join(cells)} |")
