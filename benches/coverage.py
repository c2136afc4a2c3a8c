#!/usr/bin/env python3
"""Coverage of the sampling errors of `rogallo stats`: benches/coverage.py RUN [--from T] [--window W] [--rogallo FILE]

Cuts a long run of a channel into windows one after the other, lets `rogallo stats` average each of them, and counts
how often its interval holds the average over the whole run, whose own error is added. The run:

    rogallo run configs/channel-180-minimal.toml --dir RUN --set fluid.reynolds_tau=140 --set domain.grid=[32,49,32] \\
        --set numerics.precision='"single"' --set time.cfl=1.2 --set time.end=2420 --set output.snapshots={} \\
        --set 'output.statistics={ every_steps = 10, batch = 0.5, spectra_batch = 100 }' --set 'output.series={ every_steps = 20 }'

Prints as well what an autoregressive model says of Re_tau (Oliver et al. 2014, Phys. Fluids 26, 035101), which shares
only the run with the batches.
"""

import argparse
import csv
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Column of profiles.csv or budgets.csv, and the y+ at which it is compared.
QUANTITIES = [("profiles", "U", 1e9), ("profiles", "uu", 15), ("profiles", "ww", 30),
              ("profiles", "uv", 30), ("profiles", "p_rms", 0), ("profiles", "omega_x_rms", 0),
              ("budgets", "production_k", 12), ("budgets", "dissipation_k", 0), ("budgets", "pressure_strain_uu", 15)]


def averaged(rogallo, run, begin, end, places):
    """Value and error of each quantity, at the points `places` if they are given; also those points."""
    span = ["--from", repr(begin)] + (["--to", repr(end)] if end else [])
    done = subprocess.run([rogallo, "stats", run, *span], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    tables = {}
    for name in ("profiles", "budgets"):
        with open(run / f"{name}.csv") as file:
            tables[name] = list(csv.DictReader(line for line in file if not line.startswith("#")))
    found, points = {}, []
    for i, (table, name, y_plus) in enumerate(QUANTITIES):
        rows = tables[table]
        nearest = min(range(len(rows)), key=lambda j: abs(float(rows[j]["y_plus"]) - y_plus))
        points.append(places[i] if places else nearest)
        value, error = rows[points[i]][name], rows[points[i]][f"{name}_error"]
        found[name] = (float(value), float(error) if error else math.nan)
    re_tau = re.search(r"^Re_tau +(\S+)(?: \+- (\S+))?", done.stdout, re.M)
    found["Re_tau"] = (float(re_tau[1]), float(re_tau[2] or math.nan))
    return found, points, "still correlate" in done.stdout


def autoregressive(run, begin, end):
    """Mean, its error, and the integral time of Re_tau by an AR(p) model: Yule & Walker, order of the least AIC."""
    with open(run / "series.csv") as file:
        rows = [(float(row["time"]), float(row["re_tau"])) for row in csv.DictReader(file)]
    rows = [row for row in rows if begin <= row[0] <= end]
    step, x, j = (end - begin) / len(rows), [], 0
    for i in range(len(rows)):
        time = rows[0][0] + (rows[-1][0] - rows[0][0]) * i / len(rows)
        while rows[j + 1][0] < time:
            j += 1
        (t0, x0), (t1, x1) = rows[j], rows[j + 1]
        x.append(x0 + (x1 - x0) * (time - t0) / (t1 - t0))
    n, mean = len(x), sum(x) / len(x)
    d = [value - mean for value in x]
    rho = [sum(a * b for a, b in zip(d, d[lag:])) / n for lag in range(80)]
    variance, rho = rho[0], [value / rho[0] for value in rho]
    phi, rest, best = [], 1.0, (math.inf, 0.5)
    for order in range(1, len(rho)):
        last = (rho[order] - sum(p * rho[order - k] for k, p in enumerate(phi, 1))) / rest
        phi = [p - last * q for p, q in zip(phi, reversed(phi))] + [last]
        rest *= 1 - last * last
        time = 0.5 * (1 - sum(p * r for p, r in zip(phi, rho[1:]))) / (1 - sum(phi)) ** 2
        best = min(best, (n * math.log(rest) + 2 * order, time))
    return mean, math.sqrt(variance * 2 * best[1] / n), best[1] * step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--from", dest="begin", type=float, default=20.0)
    parser.add_argument("--window", type=float, default=20.0)
    parser.add_argument("--rogallo", default="target/release/rogallo")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.run.parent) as place:
        # The report overwrites its tables.
        run = pathlib.Path(place) / "run"
        shutil.copytree(options.run, run, copy_function=os.link, ignore=shutil.ignore_patterns("figures", "*_*.csv", "profiles.csv",
                                                                                              "budgets.csv", "numbers.csv", "tables.h5"))
        whole, places, _ = averaged(options.rogallo, run, options.begin, None, None)
        with open(run / "series.csv") as file:
            end = float(list(csv.DictReader(file))[-1]["time"])
        model = autoregressive(run, options.begin, end)
        print("Re_tau of the whole run: %.2f +- %.2f; autoregressive: %.2f +- %.2f, integral time %.2f" % (whole["Re_tau"] + model))
        windows = int((end - options.begin) / options.window)
        held, given, correlated, squares = dict.fromkeys(whole, 0), 0, 0, dict.fromkeys(whole, 0.0)
        for i in range(windows):
            begin = options.begin + i * options.window
            found, _, correlates = averaged(options.rogallo, run, begin, begin + options.window, places)
            if math.isnan(found["Re_tau"][1]):
                continue
            given += 1
            correlated += correlates
            for name, (value, error) in found.items():
                off = value - whole[name][0]
                held[name] += off ** 2 <= error ** 2 + whole[name][1] ** 2
                squares[name] += off ** 2 / error ** 2
    print(f"{windows} windows of {options.window:g}, {given} of them with errors, {correlated} of these with batches that still correlate")
    for name in whole:
        print("%-20s %3.0f %%   rms deviation over error %.2f" % (name, 100 * held[name] / given, math.sqrt(squares[name] / given)))
    print("all                  %3.0f %%" % (100 * sum(held.values()) / given / len(whole)))


main()
