from hanazora.cli.main import run
from hanazora.cli.making import file_name, free_path, makes, plan_text
from hanazora.cli.options.making import MachineOptions, VideoOptions
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.verbs.tasks import Task


def test_a_plan_needs_no_weights_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["generate", "snow", "--no-expand", "--plan", "-o", "nowhere/a.mp4"]) == 0
    assert capsys.readouterr().out == plan_text(GenerateRequest(prompt="snow"), MachineOptions())
    assert list(tmp_path.iterdir()) == []


def test_a_function_that_says_what_to_make_becomes_a_command(capsys):
    @makes
    def snow(making: VideoOptions, num_frames: int = 5) -> Task:
        return Task(GenerateRequest(prompt="snow", num_frames=num_frames))

    snow(**vars(VideoOptions(plan_only=True, expand=False)), num_frames=9)
    assert capsys.readouterr().out.startswith("generate: 320x192, 9 frames")


def test_a_file_is_named_after_its_prompt():
    assert file_name("A red truck, drives on and on and on") == "a-red-truck-drives-on-and.mp4"
    assert file_name("?", ".png") == "video.png"


def test_a_name_that_nobody_chose_costs_no_video(tmp_path):
    path = tmp_path / "snow.mp4"
    assert free_path(path) == path
    for name in ("snow.mp4", "snow-2.mp4"):
        (tmp_path / name).touch()
    (tmp_path / "snow-3.json").touch()
    assert free_path(path) == tmp_path / "snow-4.mp4"


def test_a_refused_prompt_is_not_told_and_loads_nothing(model, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["generate", "a naked woman having explicit sex", "--device", "cpu"]) == 2
    printed = capsys.readouterr()
    assert "refused by prompt_filter" in printed.err
    assert printed.out == ""
    assert model.loaded == []
    assert list(tmp_path.iterdir()) == []
