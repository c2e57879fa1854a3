"""What the model's own world says of itself is harmless; the benchmark counts more of it."""

import dataclasses

from hanazora.safety.policy import Policy, load_policy
from hanazora.safety.prompt_filter import judge_text
from hanazora.safety.text.semantic import PROTOTYPES
from hanazora.world.captions import LENGTHS, write_caption
from hanazora.world.sampling import sample_spec
from hanazora.world.vocabulary import SETTINGS


def test_no_caption_of_any_setting_is_refused():
    policy = load_policy()
    lists = {name: each for name, each in policy.data.lists.items() if name != PROTOTYPES}
    policy = Policy(
        dataclasses.replace(policy.data, lists=lists), policy.sha256 + "-", policy.directory
    )
    told = [
        write_caption(
            sample_spec(number, split="train", setting=setting, num_frames=17), number, length
        ).text
        for setting in SETTINGS
        for number in range(8)
        for length in LENGTHS
    ]
    assert [text for text in told if judge_text(text, policy=policy).blocked] == []
