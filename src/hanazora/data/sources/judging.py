"""Which clips of a source can be used, and for every other one why not."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hanazora.core.errors import UserError
from hanazora.core.paths import bundled_model_dir
from hanazora.data.contents import SizeCount, count_sizes
from hanazora.data.sources.listing import TROUBLES, DroppedClip, ListedClip, Trouble, drop
from hanazora.data.sources.samples import SampleConfig, SourceClip, plan_samples
from hanazora.data.sources.tables import list_source
from hanazora.media.frames import ClipInfo
from hanazora.media.guarded import GuardedReader
from hanazora.models.layers.weights import PartKind, read_config
from hanazora.models.text.encoder import TextEncoderConfig
from hanazora.models.text.tokenizer import Tokenizer
from hanazora.models.transformer.model import VideoTransformerConfig

_TEXT_ENCODER = PartKind("TextEncoder", TextEncoderConfig)


class CaptionJudge(NamedTuple):
    """Counts the tokens of captions."""

    tokenizer: Tokenizer
    max_tokens: int

    def require(self, captions: tuple[str, ...]) -> None:
        """Refuse captions that the text encoder would not take; nothing is ever cut off.

        Raises:
            UserError: one is too long.
        """
        for caption in captions:
            count = self.tokenizer.num_tokens(caption)
            if count > self.max_tokens:
                what = f"has a caption of {count} tokens ({len(caption)} characters)"
                fix = f"its first {len(caption) * self.max_tokens // count} characters"
                raise UserError(what, f"at most {self.max_tokens} tokens fit", fix)


class SourceReport(NamedTuple):
    """What a source gives."""

    clips: list[SourceClip]
    dropped: list[DroppedClip]
    notes: list[str]

    @property
    def num_samples(self) -> int:
        """Samples of all clips."""
        return sum(len(clip.cuts) for clip in self.clips)

    @property
    def sizes(self) -> list[SizeCount]:
        """The sizes that are trained on, as the bundled model counts tokens."""
        shapes = [shape for clip in self.clips for shape in clip.shapes]
        return count_sizes(shapes, VideoTransformerConfig().patch_size)

    def require_some(self, source: Path) -> None:
        """Refuse a source of which nothing can be used, naming the smallest repair.

        Raises:
            UserError: there is no usable clip.
        """
        if self.clips:
            return
        if not self.dropped:
            fix = f"NAME.mp4 and its caption in NAME.txt in {source}"
            raise UserError(f"{source} holds no clip", "a clip is a video or a picture", fix)
        easiest = min(self.dropped, key=lambda one: (not one.fix, TROUBLES.index(one.trouble)))
        rule = f"all {len(self.dropped)} are dropped; {easiest.file} {easiest.reason}"
        raise UserError(f"no clip of {source} can be used", rule, easiest.fix)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "clips": len(self.clips),
            "samples": self.num_samples,
            "tokens": sum(size.samples * size.tokens for size in self.sizes),
            "sizes": [size._asdict() for size in self.sizes],
            "dropped": [one._asdict() for one in self.dropped],
            "notes": self.notes,
        }


def bundled_captions() -> CaptionJudge:
    """Return the judge of captions for the bundled text encoder."""
    root = bundled_model_dir()
    tokenizer = Tokenizer.load(root / "tokenizer" / "tokenizer.json")
    config = read_config(_TEXT_ENCODER, root / "text_encoder")
    return CaptionJudge(tokenizer, config.max_length)


def judge_source(
    source: Path,
    config: SampleConfig,
    reader: GuardedReader,
    *,
    decode: bool = False,
    see: Callable[[int], None] = lambda total: None,
) -> SourceReport:
    """Look at every clip of a source.

    Args:
        source: a folder or a table.
        config: what samples are cut.
        reader: opens the files, with the limits of sources.
        decode: read every frame, not only the first: finds damage inside a file.
        see: told the number of clips before each one.

    Raises:
        UserError: the source itself cannot be read.
    """
    listing, captions = list_source(source), bundled_captions()
    known = dict[Path, ClipInfo | UserError]()
    clips, dropped = list[SourceClip](), list(listing.dropped)
    for listed in listing.clips:
        see(len(listing.clips))
        trouble: Trouble = "caption"
        try:
            captions.require(listed.captions)
            trouble = "file"
            info = _inspect_once(listed, reader, known, decode=decode)
            trouble = "times"
            clips.append(plan_samples(listed, info, config))
        except UserError as error:
            dropped.append(drop(listed.path, listed.row, error, trouble))
    return SourceReport(clips, dropped, [*listing.notes, *_notes(clips, config)])


def _inspect_once(
    listed: ListedClip,
    reader: GuardedReader,
    known: dict[Path, ClipInfo | UserError],
    *,
    decode: bool,
) -> ClipInfo:
    """Open a file once, however many rows name it."""
    path = listed.path
    if path not in known:
        try:
            known[path] = reader.inspect(path, is_picture=listed.is_picture)
            if decode:
                for _ in reader.read_cuts(path, [], 1, 1, is_picture=listed.is_picture):
                    pass
        except UserError as error:
            known[path] = error
    found = known[path]
    if isinstance(found, UserError):
        raise found
    return found


def _notes(clips: list[SourceClip], config: SampleConfig) -> list[str]:
    """Say what is used otherwise than somebody might think."""
    notes = []
    slow = [clip for clip in clips if clip.repeats]
    if slow:
        files = ", ".join(sorted({clip.listed.path.name for clip in slow})[:3])
        notes.append(f"fewer than {config.fps:g} frames a second, so some are repeated: {files}")
    stills = [c for c in clips if not c.listed.is_picture and {len(cut) for cut in c.cuts} == {1}]
    if stills and config.num_frames > 1:
        files = ", ".join(sorted({clip.listed.path.name for clip in stills})[:3])
        notes.append(f"too short to move (5 frames do), used as pictures: {files}")
    twice = Counter(clip.listed._replace(row="") for clip in clips)
    if any(count > 1 for count in twice.values()):
        notes.append(f"named more than once: {sum(count > 1 for count in twice.values())}")
    return notes
