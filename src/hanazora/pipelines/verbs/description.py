"""A plan in words and numbers: which text conditions which frames, in what order, at what cost."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hanazora.pipelines.context.memory import Finished, look_around
from hanazora.pipelines.model_directory import ModelSettings
from hanazora.pipelines.plan import Geometry, Plan, PlannedChunk
from hanazora.pipelines.request import GenerateRequest
from hanazora.pipelines.sampler import SamplerConfig
from hanazora.pipelines.verbs.planning import plan_request

_MAX_RUNS = 24


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
    sampler: SamplerConfig
    """How strongly each chunk is guided, and what it looks at."""
    is_joint: bool = False
    """Whether all chunks of a scene are made together (plain full attention)."""

    def num_docs(self, plan: Plan, number: int) -> int:
        """Return how often a chunk is evaluated: under its prompt, and under the negative one."""
        return 1 if self.sampler.scale_of(plan, number) == 1 else 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a plan asks of the network; the same on every machine."""

    tokens_per_frame: int
    """Tokens of one latent frame."""
    num_passes: int
    """Evaluations of the network on one chunk, both prompts counted."""
    num_tokens: int
    """Tokens through the network in all passes, context included."""
    pass_frames: int
    """Latent frames that go through the network at once."""
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
    sampler = replace(
        own,
        num_inference_steps=steps or own.num_inference_steps,
        guidance_scale=own.guidance_scale if scale is None else scale,
    )
    evaluations = 2 if own.solver == "heun" else 1
    return ModelNumbers(
        patch_area=transformer.patch_size[1] * transformer.patch_size[2],
        hidden_size=transformer.hidden_size,
        num_layers=transformer.num_layers,
        bytes_per_value=bytes_per_value,
        num_steps=sampler.num_steps(strength) * evaluations,
        sampler=sampler,
        is_joint=not transformer.causal,
    )


def describe_request(
    request: GenerateRequest, settings: ModelSettings, bytes_per_value: int
) -> str:
    """Plan a request under a model and write the plan out."""
    transformer = settings.transformer
    plan = plan_request(request, Geometry(transformer.chunk_frames, transformer.patch_size))
    return describe(plan, model_numbers(settings, request, bytes_per_value, plan.strength))


def views(plan: Plan, model: ModelNumbers) -> dict[int, int]:
    """Return how many other latent frames each made chunk looks at, by chunk number."""
    if model.is_joint:
        frames = _scene_frames(plan)
        made = {index: plan.chunks[index] for index in plan.order}
        return {i: frames[plan.scene_of(chunk)] - chunk.num_frames for i, chunk in made.items()}
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
            model.sampler.memory,
            lambda old, seen, count: old[:count],
        )
        counts[index] = view.num_frames
        finished.append(index)
    return counts


def _scene_frames(plan: Plan) -> Counter[int]:
    """Count the latent frames of every scene."""
    frames = Counter[int]()
    for chunk in plan.chunks:
        frames[plan.scene_of(chunk)] += chunk.num_frames
    return frames


def count_cost(plan: Plan, model: ModelNumbers) -> Cost:
    """Count the work of a plan."""
    per_frame = plan.latent_height * plan.latent_width // model.patch_area
    if model.is_joint:
        return _joint_cost(plan, model, per_frame, 1 if model.sampler.guidance_scale == 1 else 2)
    seen = views(plan, model)
    docs = {index: model.num_docs(plan, index) for index in plan.order}
    lengths = {index: plan.chunks[index].num_frames for index in plan.order}
    value_bytes = model.hidden_size * model.num_layers * model.bytes_per_value
    frames = sum((lengths[i] * model.num_steps + seen[i]) * docs[i] for i in plan.order)
    return Cost(
        tokens_per_frame=per_frame,
        num_passes=sum(docs.values()) * model.num_steps,
        num_tokens=frames * per_frame,
        pass_frames=max(lengths.values()),
        max_cached_frames=max(seen.values()),
        cache_bytes=max(seen[i] * docs[i] for i in plan.order) * per_frame * 2 * value_bytes,
    )


def _joint_cost(plan: Plan, model: ModelNumbers, per_frame: int, num_docs: int) -> Cost:
    """Count the work of scenes that are made as a whole, once per step and prompt."""
    frames = _scene_frames(plan)
    made = (plan.chunks[index] for index in plan.order)
    runs = {(plan.scene_of(chunk), chunk.prompt) for chunk in made}
    passes = model.num_steps * num_docs
    return Cost(
        tokens_per_frame=per_frame,
        num_passes=len(runs) * passes,
        num_tokens=sum(frames[scene] for scene, _ in runs) * per_frame * passes,
        pass_frames=max(frames[scene] for scene, _ in runs),
        max_cached_frames=0,
        cache_bytes=0,
    )


def describe(plan: Plan, model: ModelNumbers) -> str:
    """Write a plan out, one chunk per line."""
    cost, seen = count_cost(plan, model), views(plan, model)
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
    order = "all of a scene together" if model.is_joint else order_text(plan.order)
    lines.append(f"order: {order}")
    if plan.init_source is not None:
        lines.append(f"start: input {plan.init_source + 1} with strength {plan.strength:g}")
    lines += ["", "prompts"]
    lines += [f"  {number}  {text}" for number, text in enumerate(plan.prompts, start=1)]
    lines += ["", "chunk  frames       seconds        source   prompt  made  looks at"]
    turn = _turns(plan, is_joint=model.is_joint)
    segment = 0
    for index, chunk in enumerate(plan.chunks):
        if chunk.segment != segment:
            lines.append("-" * 5 + ("  cut" if _is_cut(plan, chunk) else "  decoded afresh"))
            segment = chunk.segment
        lines.append(_row(plan, index, turn, seen))
    return "\n".join(lines) + "\n"


def order_text(order: Sequence[int]) -> str:
    """Write down the order of making, neighbours joined, as in `0-4 9 5 8 6 7`."""
    runs = list[list[int]]()
    for index in order:
        if runs and _goes_on(runs[-1], index):
            runs[-1].append(index)
        else:
            runs.append([index])
    words = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    more = [f"... {len(words) - _MAX_RUNS} more"] if len(words) > _MAX_RUNS else []
    return " ".join([*words[:_MAX_RUNS], *more])


def _goes_on(run: Sequence[int], index: int) -> bool:
    """Tell whether an index is the next one of a run, forward or backward."""
    step = run[1] - run[0] if len(run) > 1 else index - run[0]
    return abs(step) == 1 and index == run[-1] + step


def _turns(plan: Plan, *, is_joint: bool) -> dict[int, int]:
    """Return when each chunk is made, from 1; chunks that are made together have one turn."""
    if not is_joint:
        return {index: number for number, index in enumerate(plan.order, start=1)}
    scenes = [plan.scene_of(plan.chunks[index]) for index in plan.order]
    turns = {scene: number for number, scene in enumerate(dict.fromkeys(scenes), start=1)}
    return {index: turns[scene] for index, scene in zip(plan.order, scenes, strict=True)}


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
