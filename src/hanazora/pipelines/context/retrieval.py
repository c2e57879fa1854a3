"""Which old latent frames are worth looking at again, without anything trained for it.

Every finished frame is described by its latents on a coarse grid. `cover` takes, one after the
other, the frame least like all that is in view (farthest-point sampling; the greedy cover of
WorldMem over what is seen instead of poses): what left the picture comes back into view. `alike`
takes the frames most like what is in view. Both prefer frames made under a similar prompt, so a
storyboard that returns to a subject looks at the shots that showed it.
"""

from typing import Literal, TypeAlias

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

Rule: TypeAlias = Literal["cover", "alike"]

_GRID = (4, 6)  # coarse enough to ignore a step to the side, fine enough to notice who is there


class LatentIndex:
    """Descriptions of finished latent frames, compared by cosine.

    Args:
        prompts: one embedding per prompt.
        rule: which frames come back.
    """

    def __init__(self, prompts: Float[Tensor, "prompts d"], rule: Rule) -> None:
        self.rule = rule
        unit = F.normalize(prompts.float().cpu(), dim=-1)
        self._prompt_likeness = (unit @ unit.T).tolist()
        self._looks: dict[int, Tensor] = {}
        self._prompts: dict[int, int] = {}

    def add(self, first_frame: int, latents: Float[Tensor, "z lt lh lw"], prompt: int) -> None:
        """Describe finished frames."""
        coarse = F.adaptive_avg_pool2d(latents.float().transpose(0, 1), _GRID)  # lt z gh gw
        looks = F.normalize(coarse.flatten(1), dim=-1)
        for offset, look in enumerate(looks):
            self._looks[first_frame + offset] = look
            self._prompts[first_frame + offset] = prompt

    def recall(self, candidates: list[int], seen: list[int], count: int, prompt: int) -> list[int]:
        """Choose frames that should be looked at again, best first.

        Args:
            candidates: frames to choose from.
            seen: frames in view already.
            count: how many to choose at most.
            prompt: number of the prompt under which the next chunk is made.
        """
        chosen = list[int]()
        left = sorted(candidates)  # equal scores go to the oldest, whatever order they came in
        if not left:
            return chosen
        looks = torch.stack([self._looks[frame] for frame in left])
        prompts = [self._prompt_likeness[prompt][self._prompts[frame]] for frame in left]
        worth = torch.tensor(prompts)
        view = [self._looks[frame] for frame in seen]
        while len(chosen) < min(count, len(left)):
            score = worth
            if view:
                likeness = (looks @ torch.stack(view).T).amax(dim=1)
                score = worth + (likeness if self.rule == "alike" else -likeness)
            best = int(score.argmax())
            chosen.append(left[best])
            worth[best] = -torch.inf
            if self.rule == "cover":
                view.append(looks[best])
        return chosen
