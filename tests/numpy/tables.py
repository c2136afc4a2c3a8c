"""Tables of a run, and their comparison with numbers computed here, column by column."""

import csv
import math

import numpy as np

# Numbers whose true value is zero are compared with this, in the units of their table.
ROUND_OFF = 1e-14


def read(path):
    """The columns of a table by name; empty cells are NaN. Lines that begin with # are comments."""
    with open(path, newline="") as file:
        names, *rows = csv.reader(line for line in file if not line.startswith("#"))
    if not rows or any(len(row) != len(names) for row in rows):
        raise SystemExit(f"{path} is not a table of {len(names)} columns")
    values = [[float(cell) if cell else math.nan for cell in row] for row in rows]
    return dict(zip(names, np.array(values).T, strict=True))


class Comparison:
    """The differences of all columns of all tables of a run."""

    def __init__(self, run):
        self.run, self.failures, self.worst = run, [], {}

    def table(self, name, computed, tolerance=1e-11, own={}, unchecked={}, floor=ROUND_OFF):
        """Compares the table NAME.csv with `computed`, the columns by name: each difference with
        `tolerance`, or that in `own`, times the largest number of the column. `unchecked` are columns that
        are not compared, with the reason. A column that is in neither, or missing in the table, fails."""
        columns = read(self.run / f"{name}.csv")
        for missing in computed.keys() - columns.keys():
            self.failures.append(f"{name}.csv has no column {missing}")
        for column, values in columns.items():
            if column in unchecked or column.endswith("_error") and "_error" in unchecked:
                continue
            if column not in computed:
                self.failures.append(f"{name}.csv: nothing is computed for the column {column}")
                continue
            own_tolerance = own.get(column, tolerance)
            self._column(name, column, values, np.asarray(computed[column], float), own_tolerance, floor)

    def number(self, what, ours, computed, tolerance):
        """Compares one number, of the table that `rogallo stats` prints."""
        self._column("stats", what, np.array([ours]), np.array([computed]), tolerance, 0.0)

    def _column(self, table, column, ours, computed, tolerance, floor):
        if ours.shape != computed.shape:
            self.failures.append(f"{table}, {column}: {ours.shape} rows, computed {computed.shape}")
            return
        if (np.isnan(ours) != np.isnan(computed)).any():
            self.failures.append(f"{table}, {column}: empty cells differ")
            return
        known = ~np.isnan(ours)
        difference = np.abs(ours - computed)[known].max(initial=0.0)
        scale = np.abs(computed[known]).max(initial=0.0)
        allowed = max(tolerance * scale, floor)
        if difference > allowed:
            row = int(np.nanargmax(np.abs(ours - computed)))
            self.failures.append(
                f"{table}, {column}: differs by {difference:.3g}, {difference / (scale or 1.0):.2g} of the "
                f"largest; {ours[row]!r} in row {row}, computed {computed[row]!r}"
            )
        relative = difference / scale if scale > floor else 0.0
        group = f"{table}, tolerance {tolerance:.0e}"
        count, largest, of = self.worst.get(group, (0, -1.0, ""))
        self.worst[group] = (count + 1, *max((largest, of), (relative, column)))

    def finish(self):
        """Prints the largest difference of each table, and all failures, which end the script."""
        for group, (count, difference, column) in self.worst.items():
            print(f"{self.run.name}: {group}: {count} columns, largest difference {difference:.1e} ({column})")
        if self.failures:
            raise SystemExit("\n".join([f"{self.run}:", *self.failures]))
