import logging
import threading
import time

import pytest

from hanazora.parallel.heartbeat import Heartbeat, stall_text
from hanazora.parallel.ranks import ALONE, Ranks

STALL_S = 0.4


def _wait_for(caplog: pytest.LogCaptureFixture, count: int) -> list[str]:
    for _ in range(400):
        if len(caplog.messages) >= count:
            break
        time.sleep(0.05)
    return list(caplog.messages)


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture):
    """What is logged, whether or not the commands have set up their own logging."""
    logger = logging.getLogger("hanazora.parallel.heartbeat")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


def test_the_first_rank_tells_once_who_is_waited_for(tmp_path, heard) -> None:
    second = Heartbeat(tmp_path, Ranks(1, 2), 0)
    with Heartbeat(tmp_path, Ranks(0, 2), 0, STALL_S) as first:
        for step in range(3):
            first.beat(step)
            second.beat(step)
        first.beat(3)  # and the second one never comes
        (told,) = set(_wait_for(heard, 1))
        assert "rank 0 at 4, rank 1 at 3; the others wait for rank 1" in told
        time.sleep(3 * STALL_S)
        assert len(set(heard.messages)) == 1
        count = len(heard.messages)
        second.beat(3)
        messages = _wait_for(heard, count + 1)
        assert "rank 0 at 4, rank 1 at 4; all are at the same" in messages[-1]


def test_a_group_that_goes_on_is_left_in_peace(tmp_path, heard) -> None:
    second = Heartbeat(tmp_path, Ranks(1, 2), 0)
    with Heartbeat(tmp_path, Ranks(0, 2), 0, 20.0) as first:
        for step in range(5):
            first.beat(step)
            second.beat(step)
        assert first.last_steps() == [5, 5]
    assert heard.messages == []


def test_a_rank_that_has_not_begun_is_named(tmp_path) -> None:
    first = Heartbeat(tmp_path, Ranks(0, 3), 10)
    assert first.last_steps() == [11, None, None]
    said = stall_text(first.last_steps(), 300.0)
    assert "rank 1 at none" in said and "wait for rank 1, rank 2" in said


def test_a_process_that_is_alone_leaves_nothing(tmp_path) -> None:
    threads = threading.active_count()
    with Heartbeat(tmp_path, ALONE, 0) as heartbeat:
        heartbeat.beat(0)
        assert threading.active_count() == threads
    assert list(tmp_path.iterdir()) == []
