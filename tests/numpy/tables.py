"""Tables of a run, and their comparison with numbers computed here, column by column."""

import csv
import math
import re

import numpy as np

# Numbers whose true value is zero are compared with this, in the units of their table.
ROUND_OFF = 1e-14
# The tolerance of sampling errors, of the largest of a column.
OF_ERRORS = 1e-7


def read(path):
    """The columns of a table by name; empty cells are NaN. Lines that begin with # are comments."""
    with open(path, newline="") as file:
        names, *rows = csv.reader(line for line in file if not line.startswith("#"))
    if not rows or any(len(row) != len(names) for row in rows):
        raise SystemExit(f"{path} is not a table of {len(names)} columns")
    values = [[float(cell) if cell else math.nan for cell in row] for row in rows]
    return dict(zip(names, np.array(values).T, strict=True))


def between(members):
    """The error of the mean of members: their scatter with Student's factor for 68.27 % and n - 1 degrees of
    freedom, by the series of Abramowitz & Stegun (1964), 26.7.5. For three members it is 1.3203; the exact
    one is 1.3213."""
    n = len(members)
    part = 1.0 / (n - 1)
    student = 1.0 + part / 2.0 + part**2 / 4.0 + part**3 / 16.0
    return student * np.std(members, axis=0, ddof=1) / math.sqrt(n)


class Comparison:
    """The differences of all columns of all tables of a run."""

    def __init__(self, run):
        self.run, self.failures, self.worst, self.tables = run, [], {}, set()

    def table(self, name, computed, tolerance=1e-11, own={}, unchecked={}, lost={}, floor=ROUND_OFF):
        """Compares the table NAME.csv with `computed`, the columns by name: each difference with
        `tolerance`, or that in `own`, times the largest number of the column. `unchecked` are columns that
        are not compared, with the reason; `lost` has what the program loses in each row of a column by
        the rounding of larger numbers. A column that is in neither, or missing in the table, fails."""
        columns = read(self.run / f"{name}.csv")
        self.tables.add(name)
        for missing in computed.keys() - columns.keys():
            self.failures.append(f"{name}.csv has no column {missing}")
        for column, values in columns.items():
            if column in unchecked or column.endswith("_error") and "_error" in unchecked:
                continue
            if column not in computed:
                self.failures.append(f"{name}.csv: nothing is computed for the column {column}")
                continue
            of_values = own.get(column, tolerance)
            # Errors are differences of values.
            limit = OF_ERRORS if column.endswith("_error") else of_values
            limits = limit, floor, lost.get(column, 0.0)
            self._column(name, column, values, np.asarray(computed[column], float), *limits)

    def printed(self, pattern, *computed):
        """Compares the numbers of the line of `stats.txt`, what `rogallo stats` printed, that begins with the
        pattern; NUMBER stands for each, which has five digits, and ANY for other words."""
        text = (self.run / "stats.txt").read_text()
        words = re.escape(pattern).replace("NUMBER", r"(-?\d[\d.]*(?:e-?\d+)?)").replace("ANY", r"[^\d\n]*")
        words = words.replace(r"\ ", r"\s+")
        found = re.search(rf"^\s*{words}", text, re.MULTILINE)
        if found is None:
            self.failures.append(f"stats does not print `{pattern}`:\n{text}")
            return
        for ours, value in zip(map(float, found.groups()), computed, strict=True):
            self._column("stats", pattern, np.array([ours]), np.array([value]), 6e-5, 0.0, 0.0)

    def _column(self, table, column, ours, computed, tolerance, floor, lost):
        if ours.shape != computed.shape:
            self.failures.append(f"{table}, {column}: {ours.shape} rows, computed {computed.shape}")
            return
        if (np.isnan(ours) != np.isnan(computed)).any():
            self.failures.append(f"{table}, {column}: empty cells differ")
            return
        known = ~np.isnan(ours)
        difference, ours, computed = np.abs(ours - computed)[known], ours[known], computed[known]
        lost = np.broadcast_to(lost, known.shape)[known]
        scale = np.abs(computed).max(initial=0.0)
        allowed = tolerance * scale + floor + lost
        if (difference > allowed).any():
            row = int(np.argmax(difference - allowed))
            self.failures.append(
                f"{table}, {column}: differs by {difference[row]:.3g}, "
                f"{difference[row] / (scale or 1.0):.2g} of the largest; {ours[row]!r} in row {row} of the "
                f"known ones, computed {computed[row]!r}"
            )
        # What is round-off of zero has no relative difference.
        relative = (difference - lost).max(initial=0.0) / scale if scale > floor else 0.0
        group = f"{table}, tolerance {tolerance:.0e}"
        count, largest, of = self.worst.get(group, (0, -1.0, ""))
        self.worst[group] = (count + 1, *max((largest, of), (relative, column)))

    def finish(self):
        """Prints the largest difference of each table, and all failures, which end the script."""
        for file in self.run.glob("*.csv"):
            if file.stem not in self.tables:
                self.failures.append(f"nothing is computed for {file}")
        for group, (count, difference, column) in self.worst.items():
            largest = f"{difference:.1e} ({column.strip()})"
            print(f"{self.run.name}: {group}: {count} columns, largest difference {largest}")
        if self.failures:
            raise SystemExit("\n".join([f"{self.run}:", *self.failures]))
