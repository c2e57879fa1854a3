import gc

from hanazora.cli.starting import starting

OWN = "import gc; from hanazora.cli.starting import own_process, starting; own_process()\n"


def test_nothing_is_collected_while_starting_and_all_of_it_stays(run_python):
    script = OWN + (
        "before = gc.get_freeze_count()\n"
        "with starting():\n"
        "    assert not gc.isenabled()\n"
        "    kept = [[] for _ in range(1000)]\n"
        "assert gc.isenabled() and gc.get_freeze_count() >= before + 1000\n"
    )
    done = run_python("-c", script)
    assert done.returncode == 0, done.stderr


def test_a_refusal_while_starting_leaves_the_collector_on(run_python):
    script = OWN + (
        "try:\n"
        "    with starting(): raise ValueError\n"
        "except ValueError: pass\n"
        "assert gc.isenabled()\n"
    )
    done = run_python("-c", script)
    assert done.returncode == 0, done.stderr


def test_a_process_that_goes_on_is_left_alone():
    frozen = gc.get_freeze_count()
    with starting():
        assert gc.isenabled()
    assert gc.get_freeze_count() == frozen
