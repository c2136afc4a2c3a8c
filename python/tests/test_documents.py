"""The Python of the README and of the user guide works as it stands there."""

import doctest
import re
import shlex

from conftest import ROOT, execute

import rogallo


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


def test_the_first_session_and_the_guide(channel, tmp_path, monkeypatch):
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    words = [shlex.split(block) for block in blocks("python/README.md", "sh")]
    (run,) = [command for command in words if command[0] == "mpirun"]
    assert run[:4] == ["mpirun", "-n", "2", "rogallo"]
    execute(tmp_path, *run[4:], ranks=2)
    (session,) = blocks("python/README.md", "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, "README", "python/README.md", 0)
    results = doctest.DocTestRunner().run(test)
    assert results.failed == 0 and results.attempted == 11
    # The guide goes on with this run, and has one of a channel.
    figure = tmp_path / "runs/decay/spectrum.pdf"
    figure.unlink()
    (tmp_path / "runs/channel").symlink_to(channel.path)
    python = blocks("docs/guide.md", "python")
    assert len(python) == 5
    for block in python:
        exec(compile(block, "docs/guide.md", "exec"), {})
    assert figure.is_file()


def test_the_version_is_that_of_the_program():
    assert f'\nversion = "{rogallo.__version__}"\n' in (ROOT / "Cargo.toml").read_text()
