"""Workers killed with -9 at random moments of their runs: is a run lost, or answered twice?

    ./run bench workers [--kills 100] [--seed 1]

Two workers work; again and again, while a run is going on, one of the two is killed and another started. At the end
every run has one answer, or was given up with a reason after three deaths; anything else ends the benchmark.
"""

import argparse
import random
import tempfile
from pathlib import Path

from tests.faults.test_killed_worker import lay_out, trial


def main() -> None:
    words = argparse.ArgumentParser(prog="./run bench workers")
    words.add_argument("--kills", type=int, default=100)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told = trial(
            lay_out(Path(folder)),
            kills=given.kills,
            draw=random.Random(given.seed),
            told=lambda n: print(n, end=" ", flush=True),
        )
    print(
        f"\n{told['kills']:.0f} kills -9: {told['runs']:.0f} runs, none lost, none answered twice; taken up again "
        f"{told['taken_up_again']:.0f} times, given up after three deaths {told['given_up']:.0f}; folders left "
        f"{told['left_folders']:.0f}; {told['seconds']:.0f} s"
    )


if __name__ == "__main__":
    main()
