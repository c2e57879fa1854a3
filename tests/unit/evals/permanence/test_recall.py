import torch

from hanazora.evals.permanence.cases import encode_case
from hanazora.evals.permanence.recall import measure_recall, measure_worth, shows
from hanazora.pipelines.context.memory import MemoryConfig


def test_the_world_says_which_frames_show_the_thing(case):
    assert shows(case) == [1, 2]  # it is gone from frame 10 on: latent frames 3 and 4 are empty


def test_a_rule_that_covers_finds_what_reappears_and_the_most_recent_frames_do_not(model, case):
    latents = torch.zeros(48, 11, 2, 4)
    latents[0] = 1.0
    latents[1, :3, :, :2] = 3.0  # the thing, in the frames that show it
    found = measure_recall(model, case, latents, 4, 1)
    assert found["cover"] == 1 and found["recent"] == 0
    assert 0.1 < found["random"] < 0.3


def test_worth_tells_memories_apart(model, case):
    latents = encode_case(model, case)
    memories = {
        "window": MemoryConfig(sink=False, num_retrieved=0),
        "again": MemoryConfig(sink=False, num_retrieved=0),
        "sink": MemoryConfig(num_retrieved=0),
        "all": MemoryConfig(),
    }
    worth = measure_worth(model, case, latents, memories, seconds=2)
    assert worth["window"] == worth["again"]
    assert len(set(worth.values())) == 3
    # Before the words change, old frames are not looked at.
    assert worth["all"].away == worth["sink"].away
    later = measure_worth(model, case, latents, memories, seconds=2, lead_in=1)
    assert later["sink"] != worth["sink"] and min(later["sink"]) > 0
