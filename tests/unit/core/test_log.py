import logging

import pytest

from hanazora.core.log import get_logger, setup_logging


@pytest.fixture(autouse=True)
def _restore_logging():
    logger = logging.getLogger("hanazora")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield
    logger.handlers[:], logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


def test_messages_go_to_stderr_once_even_when_set_up_twice(capsys):
    setup_logging("info")
    setup_logging("info")
    get_logger("hanazora.core.test").info("blossom")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("blossom") == 1


def test_levels_below_the_threshold_are_silent(capsys):
    setup_logging("warning")
    get_logger("hanazora.core.test").info("blossom")
    assert capsys.readouterr().err == ""
