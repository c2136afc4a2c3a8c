"""Draws taylor-green-256.png from a run directory of

    mpirun -n 2 rogallo run configs/taylor-green.toml --dir RUN --set time.end=10 --set time.scheme=rk4 --set time.cfl=0.8 \
        --set numerics.dealiasing=phase-shift --set numerics.precision=single --set output.series.every_time=0.05 \
        --set output.snapshots.every_time=9

and the published history (spectral_Re1600_512.gdiag of the International Workshop on High-Order CFD Methods, case C3.5).
Usage: taylor-green-256.py RUN HISTORY OUT.png; needs h5py and matplotlib."""

import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

run, history, out = sys.argv[1:]
series = np.genfromtxt(f"{run}/series.csv", delimiter=",", names=True)
published = np.loadtxt(history)
step = int(series["step"][np.argmin(abs(series["time"] - 9))])
with h5py.File(f"{run}/snapshots/{step:08}.h5") as file:
    u, v, w = (file[name][:] for name in "uvw")
    x, y, z = (file[name][:] for name in "xyz")
n = u.shape[0]
k = np.fft.fftfreq(n, 1 / n)


def derivative(f, axis):
    shape = [1, 1, 1]
    shape[axis] = n
    return np.fft.ifft(1j * k.reshape(shape) * np.fft.fft(f, axis=axis), axis=axis).real


# Axes are z, y, x. The vorticity in the plane x = 0.
omega = [derivative(w, 1) - derivative(v, 0), derivative(u, 0) - derivative(w, 2), derivative(v, 2) - derivative(u, 1)]
plane = np.sqrt(sum(component[:, :, 0] ** 2 for component in omega))

plt.rcParams.update({"font.size": 13, "font.family": "serif", "mathtext.fontset": "cm", "xtick.direction": "in", "ytick.direction": "in"})
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.6), gridspec_kw={"width_ratios": [1, 1.25]}, constrained_layout=True)
# A quarter of the plane repeats by symmetry.
image = left.imshow(plane, origin="lower", extent=[0, 2 * np.pi] * 2, cmap="magma", vmax=np.percentile(plane, 99.7), interpolation="bicubic")
left.set(xlim=(0, np.pi), ylim=(0, np.pi), xlabel="$y$", ylabel="$z$", title=r"$|\mathbf{\omega}|$ at $x = 0$, $t = 9$")
figure.colorbar(image, ax=left, shrink=0.9)
right.plot(published[:, 0], published[:, 2], color="black", lw=3, alpha=0.35, label=r"van Rees et al. (2011), $512^3$")
right.plot(series["time"], series["dissipation"], color="#0072b2", lw=1.6, label=r"rogallo, $256^3$")
right.set(xlim=(0, 10), ylim=(0, 0.0145), xlabel="$t$", ylabel=r"dissipation $\epsilon$")
right.tick_params(top=True, right=True)
right.legend(frameon=False, loc="upper left")
common = published[:, 0] <= series["time"][-1]
at = np.interp(published[common, 0], series["time"], series["dissipation"])
print("largest difference over the peak:", abs(at - published[common, 2]).max() / published[:, 2].max())
figure.savefig(out, dpi=110)
