"""Reads the run directories of rogallo: series, spectra, statistics, checkpoints and snapshots.

>>> import rogallo
>>> run = rogallo.open("runs/decay")
>>> run.velocity(-1)
"""

from .errors import Error
from .fields import Checkpoint, Snapshot
from .run import Run
from .run import open_run as open

__version__ = "0.1.0"

__all__ = ["Checkpoint", "Error", "Run", "Snapshot", "__version__", "open"]
