"""A plan in words and numbers: which text conditions which frames, in what order, at what cost."""

from dataclasses import dataclass, replace

from hanazora.pipelines.memory import Finished, MemoryConfig, look_around
from hanazora.pipelines.model_directory import ModelSettings
from hanazora.pipelines.plan import Geometry, Plan, PlannedChunk
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.verbs.planning import plan_request


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelNumbers:
    """What the cost of a plan depends on."""

    patch_area: int
    """Latent cells of one token."""
    hidden_size: int
    """Width of a token."""
    num_layers: int
    """Blocks, each with keys and values of its own."""
    bytes_per_value: int
    """2 for bf16, 4 for fp32."""
    num_steps: int
    """Network evaluations per chunk and prompt."""
    is_guided: bool
    """Whether the negative prompt is evaluated beside the prompt."""
    memory: MemoryConfig
    """What a chunk looks at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a plan asks of the network; the same on every machine."""

    tokens_per_frame: int
    """Tokens of one latent frame."""
    num_passes: int
    """Evaluations of the network on one chunk, both prompts counted."""
    num_tokens: int
    """Tokens through the network in all passes, context included."""
    max_cached_frames: int
    """Latent frames whose keys and values are held at once."""
    cache_bytes: int
    """Keys and values held at once."""


def model_numbers(
    settings: ModelSettings, request: GenerateRequest, bytes_per_value: int, strength: float
) -> ModelNumbers:
    """Gather what the cost of a request under a model depends on."""
    own, transformer = settings.sampler, settings.transformer
    steps, scale = request.num_inference_steps, request.guidance_scale
    sampler = replace(own, num_inference_steps=steps or own.num_inference_steps)
    evaluations = 2 if own.solver == "heun" else 1
    return ModelNumbers(
        patch_area=transformer.patch_size[1] * transformer.patch_size[2],
        hidden_size=transformer.hidden_size,
        num_layers=transformer.num_layers,
        bytes_per_value=bytes_per_value,
        num_steps=sampler.num_steps(strength) * evaluations,
        is_guided=(own.guidance_scale if scale is None else scale) != 1,
        memory=own.memory,
    )


def describe_request(
    request: GenerateRequest, settings: ModelSettings, bytes_per_value: int
) -> str:
    """Plan a request under a model and write the plan out."""
    transformer = settings.transformer
    plan = plan_request(request, Geometry(transformer.chunk_frames, transformer.patch_size))
    return describe(plan, model_numbers(settings, request, bytes_per_value, plan.strength))


def views(plan: Plan, memory: MemoryConfig) -> dict[int, int]:
    """Return how many latent frames each made chunk looks at, by chunk number."""
    pictures = {segment.first_frame for segment in plan.segments}
    finished = [index for index, chunk in enumerate(plan.chunks) if chunk.given is not None]
    counts = dict[int, int]()
    for index in plan.order:
        chunk = plan.chunks[index]
        chunk_of = {
            frame: other
            for other in finished
            if plan.scene_of(plan.chunks[other]) == plan.scene_of(chunk)
            for frame in range(plan.chunks[other].first_frame, plan.chunks[other].end_frame)
        }
        # Which old frames come back is known only when there are latents to compare.
        view = look_around(
            chunk.first_frame,
            chunk.num_frames,
            Finished(chunk_of, pictures),
            memory,
            lambda old, seen, count: old[:count],
        )
        counts[index] = view.num_frames
        finished.append(index)
    return counts


def count_cost(plan: Plan, model: ModelNumbers) -> Cost:
    """Count the work of a plan."""
    seen = views(plan, model.memory)
    per_frame = plan.latent_height * plan.latent_width // model.patch_area
    num_docs = 2 if model.is_guided else 1
    made = sum(plan.chunks[index].num_frames for index in plan.order)
    cached = max(seen.values())
    value_bytes = model.hidden_size * model.num_layers * model.bytes_per_value
    return Cost(
        tokens_per_frame=per_frame,
        num_passes=len(plan.order) * model.num_steps * num_docs,
        num_tokens=(made * model.num_steps + sum(seen.values())) * per_frame * num_docs,
        max_cached_frames=cached,
        cache_bytes=cached * per_frame * num_docs * 2 * value_bytes,
    )


def describe(plan: Plan, model: ModelNumbers) -> str:
    """Write a plan out, one chunk per line."""
    cost, seen = count_cost(plan, model), views(plan, model.memory)
    lines = [
        f"{plan.verb}: {plan.width}x{plan.height}, {plan.num_frames} frames, "
        f"{plan.num_frames / plan.fps:g} s at {plan.fps:g} fps",
        f"latents: {plan.num_latent_frames} frames of {plan.latent_height}x{plan.latent_width}, "
        f"{cost.tokens_per_frame} tokens each",
        f"work: {len(plan.order)} of {len(plan.chunks)} chunks, {cost.num_passes} passes, "
        f"{cost.num_tokens:,} tokens",
        f"memory: keys of {cost.max_cached_frames} latent frames at most, "
        f"{cost.cache_bytes / 2**20:.1f} MB",
    ]
    if plan.init_source is not None:
        lines.append(f"start: input {plan.init_source + 1} with strength {plan.strength:g}")
    lines += ["", "prompts"]
    lines += [f"  {number}  {text}" for number, text in enumerate(plan.prompts, start=1)]
    lines += ["", "chunk  frames       seconds        source   prompt  made  looks at"]
    turn = {index: number for number, index in enumerate(plan.order, start=1)}
    segment = 0
    for index, chunk in enumerate(plan.chunks):
        if chunk.segment != segment:
            lines.append("-" * 5 + ("  cut" if _is_cut(plan, chunk) else "  decoded afresh"))
            segment = chunk.segment
        lines.append(_row(plan, index, turn, seen))
    return "\n".join(lines) + "\n"


def _row(plan: Plan, index: int, turn: dict[int, int], seen: dict[int, int]) -> str:
    chunk = plan.chunks[index]
    shown = plan.shown_frames(chunk)
    frames = f"{shown[0]}-{shown[-1]}" if len(shown) > 1 else f"{shown[0]}" if shown else "unseen"
    seconds = f"{shown[0] / plan.fps:.2f}-{(shown[-1] + 1) / plan.fps:.2f}" if shown else ""
    if chunk.given is not None:
        return f"{index:5}  {frames:11}  {seconds:13}  input {chunk.given.source + 1}".rstrip()
    context = f"{seen[index]} latent frame{'' if seen[index] == 1 else 's'}"
    return (
        f"{index:5}  {frames:11}  {seconds:13}  {'made':7}  {chunk.prompt + 1:6}  "
        f"{turn[index]:4}  {context}"
    )


def _is_cut(plan: Plan, chunk: PlannedChunk) -> bool:
    return plan.scene_of(chunk) != plan.segments[chunk.segment - 1].scene
