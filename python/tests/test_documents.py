"""The Python of the README and of the user guide works as it stands there."""

import doctest
import re
import shlex

import pytest
from conftest import ROOT, execute

import rogallo

SHORT = ["--set", "domain.grid=[16,16,16]", "--set", "time.steps=2"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


def test_the_first_session(place):
    words = [shlex.split(block) for block in blocks("python/README.md", "sh")]
    (run,) = [command for command in words if command[0] == "mpirun"]
    assert run[:4] == ["mpirun", "-n", "2", "rogallo"]
    execute(place, *run[4:], ranks=2)
    (session,) = blocks("python/README.md", "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, "README", "python/README.md", 0)
    results = doctest.DocTestRunner().run(test)
    assert results.failed == 0 and results.attempted == 11
    assert (place / "runs/decay/spectrum.pdf").is_file()


def test_the_python_of_the_guide(place):
    execute(place, "run", "configs/decaying-isotropic.toml", "--dir", "runs/decay", *SHORT)
    few = [
        "domain.grid=[12,17,12]",
        "time.end=0.02",
        "output.statistics={every_steps=1}",
        "fluid.reynolds_tau=40",
    ]
    overrides = [word for key in few for word in ("--set", key)]
    execute(place, "run", "configs/channel-180-minimal.toml", "--dir", "runs/channel", *overrides)
    python = blocks("docs/guide.md", "python")
    assert len(python) == 3
    for block in python:
        exec(compile(block, "docs/guide.md", "exec"), {})
    assert (place / "runs/decay/spectrum.png").is_file()


def test_the_version_is_that_of_the_program():
    assert f'\nversion = "{rogallo.__version__}"\n' in (ROOT / "Cargo.toml").read_text()
