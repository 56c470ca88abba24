import pytest

from trichter.core.jobs.tests.processes import Processes
from trichter.core.journal.followers import run_once

from .readers import Writer, ids, write


def digest_all() -> int:
    done = 0
    while step := run_once(follower=Writer(), limit=10):
        done += step
    return done


@pytest.mark.parametrize("turn", [1, 3])
@pytest.mark.parametrize("point", ["after_read", "after_handle", "before_commit", "after_commit"])
def test_a_follower_killed_in_a_batch_neither_skips_nor_repeats_an_effect(
    processes: Processes, point: str, turn: int
) -> None:
    processes.call(lambda: write(35))
    assert processes.end(processes.start(digest_all, crash_at=f"{point}:{turn}"))[0] == -9
    committed = (turn if point == "after_commit" else turn - 1) * 10
    assert len(processes.call(Writer.effects)) == committed
    assert processes.call(digest_all) == 35 - committed
    assert processes.call(Writer.effects) == processes.call(ids)


def test_workers_that_race_for_a_follower_neither_skip_nor_repeat_an_effect(processes: Processes) -> None:
    def work() -> int:
        done = idle = 0
        while idle < 200:
            step = run_once(follower=Writer(), limit=7)
            done, idle = done + step, 0 if step else idle + 1
        return done

    processes.call(lambda: write(100))
    running = [processes.start(work) for _ in range(3)]
    processes.call(lambda: write(100))
    digested = sum(processes.end(pid)[1] for pid in running) + processes.call(digest_all)
    assert digested == 200
    assert processes.call(Writer.effects) == processes.call(ids)
