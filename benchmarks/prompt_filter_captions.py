"""How often is a caption of the procedural world refused? None should be.

    python benchmarks/prompt_filter_captions.py [--scenes 1050] [--no-meaning]

Every scene is told at each of the four lengths and judged twice as asked for: `--scenes 1050` gives
8,400 captions over all settings. The captions are English; what the expander makes of Chinese and
Japanese prompts is judged by the tests of the expander.
"""

import argparse
import collections

import torch
from prompt_filter import without_meaning

from hanazora.safety.policy import load_policy
from hanazora.safety.prompt_filter import judge_text
from hanazora.world.captions import LENGTHS, write_caption
from hanazora.world.sampling import sample_spec
from hanazora.world.vocabulary import SETTINGS

FIRST_SEED = 77_000_000
TRAINING_SEED = 78_000_000
"""Scenes from here on are for training, never for counting."""

TELLINGS = 2


def captions(num_scenes: int, first_seed: int = FIRST_SEED) -> list[tuple[str, str]]:
    """Return setting and text of every caption; settings take turns."""
    names, found = tuple(SETTINGS), []
    for index in range(num_scenes):
        setting = names[index % len(names)]
        spec = sample_spec(first_seed + index, split="train", setting=setting, num_frames=17)
        for telling in range(TELLINGS):
            for length in LENGTHS:
                found.append((setting, write_caption(spec, index + telling, length).text))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=1050)
    parser.add_argument("--no-meaning", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    policy = without_meaning(load_policy()) if args.no_meaning else load_policy()
    told = captions(args.scenes)
    refused = collections.Counter[str]()
    for setting, text in told:
        verdict = judge_text(text, policy=policy)
        if verdict.blocked:
            refused[setting] += 1
            span = text[slice(*verdict.span)] if verdict.span else ""
            print(f"refused: {verdict.category} {verdict.rule} {span!r} in {text!r}", flush=True)
    different = len({text for _, text in told})
    print(f"{sum(refused.values())} of {len(told)} captions refused ({different} different ones)")
    print(dict(refused))


if __name__ == "__main__":
    main()
