import sys
from types import SimpleNamespace

import pytest

from hanazora.pipelines.sampler import SamplerConfig


@pytest.fixture
def stand_in(monkeypatch, model):
    """Put a report in the place of a measurement that takes minutes, and keep what was asked."""

    def install(module, measure_name, report, **names):
        calls = []
        model.model = SimpleNamespace(sampler=SamplerConfig())

        def measure(run, model, sampler, progress):
            calls.append((run, sampler))
            return report

        content = SimpleNamespace(**{measure_name: measure}, **names)
        monkeypatch.setitem(sys.modules, module, content)
        return calls

    return install
