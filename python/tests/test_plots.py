"""Figures: made, saved, and in the style of the program."""

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT
from matplotlib.colors import to_rgb

import rogallo.plot


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_colours_are_those_of_the_program():
    source = (ROOT / "src/figure/palette.rs").read_text()
    curves = source.split("CURVES")[1].split("];")[0]
    triples = re.findall(r"Colour\(0x(..), 0x(..), 0x(..)\)", curves)
    assert ["#" + "".join(triple) for triple in triples] == rogallo.plot.CURVES
    grey = re.search(r"GREY: Colour = Colour\(0x(..), 0x(..), 0x(..)\)", source)
    assert "#" + "".join(grey.groups()) == rogallo.plot.GREY


def test_a_figure_is_saved_as_png_and_pdf(taylor_green, tmp_path):
    figure = taylor_green.plot.series("energy", save=tmp_path / "new" / "E.1")
    assert (tmp_path / "new/E.1.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "new/E.1.pdf").read_bytes().startswith(b"%PDF")
    # 85 mm at 300 dpi.
    assert plt.imread(tmp_path / "new/E.1.png").shape[1] == pytest.approx(85 / 25.4 * 300, abs=1)
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Time  $t$", "Kinetic energy  $E$")
    line = axes.lines[0]
    np.testing.assert_array_equal(line.get_ydata(), taylor_green.series["energy"])
    assert to_rgb(line.get_color()) == to_rgb(rogallo.plot.CURVES[0])
    assert mpl.rcParams["mathtext.fontset"] == mpl.rcParamsDefault["mathtext.fontset"]


def test_several_columns_have_a_legend_and_a_common_unit(taylor_green):
    (axes,) = taylor_green.plot.series("uu", "vv").axes
    assert axes.get_ylabel() == r"$\mathrm{velocity}^2$"
    assert [text.get_text() for text in axes.get_legend().texts] == [
        rf"$\langle {n} \rangle$" for n in ("uu", "vv")
    ]


def test_spectra_of_a_box_and_of_a_channel(taylor_green, channel):
    (axes,) = taylor_green.plot.spectrum().axes
    assert len(axes.lines) == 3 and axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_ylabel() == "Energy spectrum  $E(k)$"
    (axes,) = channel.plot.spectrum("vv", y_plus=10).axes
    spectra = channel.spectra
    at = int(abs(spectra["y_plus"].values - 10).argmin())
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), spectra["E_vv_z"][at, 1:])
    (axes,) = channel.plot.spectrum("u_dye").axes
    assert axes.get_ylabel() == "Spectrum of u dye per wavenumber"


def test_profiles_of_a_channel(channel):
    mean, stresses = channel.plot.profiles().axes
    assert mean.get_xscale() == "log" and len(stresses.lines) == 4 and not stresses.collections
    assert mean.get_ylabel() == "Mean velocity  $U^+$"
    assert stresses.get_ylabel() == r"$u_\tau^2$"
    (axes,) = channel.plot.profiles("production_k", "dissipation_k").axes
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), channel.statistics["dissipation_k"])


def test_slices_of_checkpoints_and_snapshots(channel, shear):
    for figure in (channel.plot.slice("u", z=0), channel.plot.slice("u", z=0, of=channel.snapshots[-1])):
        image = figure.axes[0].collections[0]
        shown = np.reshape(image.get_array(), (25, 12))
        np.testing.assert_allclose(shown, channel.velocity()["u"][0], atol=1e-13)
        assert image.get_cmap().name == "viridis"
    assert shear.plot.slice("v", y=3).axes[0].get_title() == "$y = 3.142$,  $t = 0.3$"
    assert channel.plot.slice("heat", y=-0.5).axes[0].get_ylabel() == "$z$"
