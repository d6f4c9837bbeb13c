# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of a training run: written atomically, and read only by the run that they belong to."""

import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional

import torch
from torch import Generator, nn

from errors import InputError


@dataclass
class RunState:
    """Everything that changes while a network is trained."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    scheduler: Any
    generator: Generator
    epochs_done: int = 0

    def save(self, path: Path, settings: Dict[str, Any]) -> None:
        """Replaces the file at `path`; if the program is killed, the old or the new file is left."""
        content = {
            "settings": settings,
            "epochs_done": self.epochs_done,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "generator": self.generator.get_state(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        with open(partial, "wb") as stream:
            torch.save(content, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)

    def load(self, path: Path, settings: Dict[str, Any]) -> None:
        """Restores the state from the file at `path`, if it exists; refuses a file of other settings."""
        if not path.exists():
            return
        try:
            content = torch.load(path, map_location="cpu", weights_only=False)
            found = content["settings"]
        except (RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as error:
            raise InputError(f"{path}: not a checkpoint of this program") from error
        difference = _first_difference(found, settings)
        if difference:
            raise InputError(f"{path} is of another run: {difference}; remove it or name another --checkpoint")
        self.network.load_state_dict(content["network"])
        self.optimizer.load_state_dict(content["optimizer"])
        self.scheduler.load_state_dict(content["scheduler"])
        self.generator.set_state(content["generator"])
        self.epochs_done = content["epochs_done"]


def _first_difference(found: Dict[str, Any], wanted: Dict[str, Any]) -> Optional[str]:
    for key in sorted({*found, *wanted}):
        if found.get(key) != wanted.get(key):
            return f"{key} {found.get(key)}, now {wanted.get(key)}"
    return None
