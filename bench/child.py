"""A command run in a process of its own, and what it cost.

Used as a module, `cost` says what a command cost. Run as a script, it is the small process between the two: Linux
counts the memory of the process that starts another into the other's peak, and the benchmark itself is a large one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Cost(NamedTuple):
    """What a process and its children used."""

    cpu: float
    """Seconds, user and system."""
    wall: float
    peak_bytes: int
    """Largest resident memory of any one of them."""


def cost(command: list[str]) -> Cost:
    """Run a command to its end; RuntimeError with its last words where it fails."""
    done = subprocess.run([sys.executable, __file__, *command], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        message = f"{' '.join(command)} failed with code {done.returncode}: {done.stderr[-1000:]}"
        raise RuntimeError(message)
    return Cost(**json.loads(done.stdout))


def extract(source: Path, store: Path) -> Cost:
    """What ``khcn extract`` costs, from its start to its end, by one process into a new store."""
    program = "from khcn_extract.cli import main; main()"
    return cost([sys.executable, "-c", program, "extract", str(source), "--out", str(store)])


def _main() -> int:
    import resource  # Not on Windows, where this script has nothing to say.

    started = time.perf_counter()
    # This process's own output is the cost, so what the command says goes with its errors.
    code = subprocess.run(sys.argv[1:], stdout=sys.stderr, check=False).returncode  # noqa: S603
    wall = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Kilobytes on Linux, bytes on a Mac.
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps(Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * unit)._asdict()))
    return code


if __name__ == "__main__":
    sys.exit(_main())
