"""How the chunks of a video are denoised: steps, solver, guidance, memory."""

from dataclasses import dataclass

from hanazora.diffusion.solvers import SOLVERS
from hanazora.diffusion.timesteps import sigma_schedule
from hanazora.pipelines.context.memory import MemoryConfig
from hanazora.pipelines.plan import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplerConfig:
    """How each chunk is denoised; a model directory ships its own defaults."""

    num_inference_steps: int = 16
    """Denoising steps per chunk."""
    guidance_scale: float = 2.5
    """Strength of classifier-free guidance; 1 turns it off and halves the cost."""
    max_guided_sigma: float = 1.0
    """Highest noise level at which guidance acts: above it, it narrows what may come without making
    it truer (Kynkaanniemi et al., arXiv:2404.07724)."""
    late_guidance: float = 1.0
    """Share of the guidance (its scale above 1) that is left once `memory.trained_frames` latent
    frames were made under the same prompt. What guidance adds to one chunk the next one takes for
    the truth, so a long video pays for it again and again; at 0 late chunks cost half."""
    flow_shift: float = 3.0
    """Pushes the visited noise levels towards noise."""
    solver: str = "adams_bashforth"
    """Name of the solver in diffusion.solvers."""
    context_sigma: float = 0.0
    """Noise put on chunks that were made before they are looked at; a little stops slow drift."""
    steadiness: float = 0.0
    """Mean square by which a latent cell may differ from the given frame beside its chunk and still
    count as an error of the network, which is then left out (`pipelines.steadying`); 0 leaves
    nothing out. Channels have variance 1 on average."""
    max_context_chunks: int | None = None
    """Stands in the files of older models; `memory` took its place, so it must be none."""
    memory: MemoryConfig = MemoryConfig()
    """What a chunk looks at while it is made."""

    def __post_init__(self) -> None:
        if self.num_inference_steps < 1:
            raise ValueError(
                f"num_inference_steps is {self.num_inference_steps}; it must be at least 1"
            )
        if self.solver not in SOLVERS:
            raise ValueError(f"solver {self.solver!r} is unknown; known are {', '.join(SOLVERS)}")
        if not 0 < self.max_guided_sigma <= 1:
            raise ValueError(
                f"max_guided_sigma is {self.max_guided_sigma}; it must be above 0 and at most 1"
            )
        if not 0 <= self.late_guidance <= 1:
            raise ValueError(f"late_guidance is {self.late_guidance}; it must lie in 0..1")
        if not 0 <= self.context_sigma < 1:
            raise ValueError(f"context_sigma is {self.context_sigma}; it must be 0 to below 1")
        if not 0 <= self.steadiness < 1:
            raise ValueError(f"steadiness is {self.steadiness}; it must be 0 to below 1")
        if self.max_context_chunks is not None:
            raise ValueError("max_context_chunks is gone; set memory.trained_frames")

    def scale_at(self, sigma: float, scale: float) -> float:
        """Return what is left of a guidance scale at a noise level."""
        return scale if sigma <= self.max_guided_sigma else 1.0

    def scale_of(self, plan: Plan, number: int) -> float:
        """Return the guidance scale of one chunk of a plan; an edit is led by its clip."""
        limit = self.memory.trained_frames
        if plan.init_source is not None or limit is None or self.late_guidance == 1:
            return self.guidance_scale
        if plan.frames_made_before(number) < limit:
            return self.guidance_scale
        return 1 + self.late_guidance * (self.guidance_scale - 1)

    def num_steps(self, strength: float = 1.0) -> int:
        """Steps that one chunk takes when it starts from a clip noised to `strength`."""
        return len(sigma_schedule(self.num_inference_steps, self.flow_shift, strength)) - 1
