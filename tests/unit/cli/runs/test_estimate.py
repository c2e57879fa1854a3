import sys

from hanazora.cli.main import run

SMALL = "--size 48x32 --num-frames 5 --device cpu --dtype fp32"


def test_memory_disk_and_time_are_told_by_part(capsys):
    assert run(f"estimate {SMALL} --num-inference-steps 2 --guidance-scale 1".split()) == 0
    out = capsys.readouterr().out
    assert "48x32, 5 frames, 8 fps, 2 chunks, on cpu in fp32" in out
    for word in ("memory", "program", "weights", "disk", "time    about", "denoising"):
        assert word in out


def test_what_will_not_fit_is_refused_with_the_nearest(capsys, monkeypatch):
    monkeypatch.setattr(
        "hanazora.pipelines.preflight.estimate.available_memory_bytes", lambda: 600 << 20
    )
    assert run("estimate --size 1920x1080 --device cpu".split()) == 2
    assert "1920x1080 needs" in capsys.readouterr().err


def test_no_weight_is_loaded(monkeypatch, capsys):
    def refuse(*_):
        raise AssertionError("a weight was loaded")

    assert run(f"estimate {SMALL}".split()) == 0
    weights = sys.modules["hanazora.models.layers.weights"]
    monkeypatch.setattr(weights, "load_file", refuse)
    assert run(f"estimate {SMALL}".split()) == 0
