"""Sign a file: the C2PA library builds the manifest, this module gives it its salts and signature.

Identifiers and salts are drawn from the installation's secret and the content, and Ed25519 is a
function of key and message, so signing the same file twice gives the same bytes; see `jumbf.settle`
for why the library's own signature is replaced. The private key never enters the library.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hanazora.provenance.certificates import make_stand_in_key, raw_signature
from hanazora.provenance.compact import compact_mp4
from hanazora.provenance.containers import kind_of_file, write_manifest
from hanazora.provenance.jumbf import parse, settle
from hanazora.provenance.keys import Keys, derive
from hanazora.provenance.library import load_library, open_context
from hanazora.provenance.manifest import Ingredient, Manifest, ingredient_label

_UNKNOWN_MIME = "application/octet-stream"


class SigningError(RuntimeError):
    """The file was not signed; the reason is the library's."""


def sign_file(
    source: Path,
    target: Path,
    manifest: Manifest,
    keys: Keys,
    ingredients: Sequence[Ingredient] = (),
) -> bytes:
    """Write a signed copy of a file and return its manifest store.

    The copy of a file that cannot carry a manifest is the file itself; the caller keeps the store.

    Args:
        source: an MP4, PNG, JPEG, WebP or WebM without a manifest.
        target: another path; overwritten.
        manifest: what is said, from `build_manifest` with the same ingredients.
        keys: who signs.
        ingredients: the files it was made from; their own manifests go along.

    Raises:
        LibraryMissingError: nothing can be signed on this machine.
        SigningError: the library refused the file, an ingredient or the manifest.
    """
    if target.resolve() == source.resolve():
        raise ValueError("a file is never signed in place")  # the library would empty it first
    c2pa, kind = load_library(), kind_of_file(source)
    if kind is None:
        raise SigningError("a file of this kind cannot be signed")
    seed = _seed(source, manifest, keys, ingredients)
    definition = {**manifest, **_identity(seed), "ingredients": _unread(ingredients)}
    try:
        signer = c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(
                keys.signer.algorithm.encode(),
                keys.signer.certificates.encode(),
                make_stand_in_key(keys.signer.algorithm),
                None,
            )
        )
        with c2pa.Builder(definition, context=open_context(keys.anchors)) as builder:
            _add_ingredients(builder, ingredients)
            if not kind.carries:
                builder.set_no_embed()
            with source.open("rb") as given, target.open("w+b") as signed:
                store = builder.sign(signer, kind.mime, given, signed)
    except c2pa.C2paError as error:
        raise SigningError(f"the file cannot be signed: {error}") from error
    if kind.carries and kind.mime.startswith("video/"):
        store = compact_mp4(target, store)
    store = settle(
        store,
        draw_salt=lambda label: derive(keys.secret, "salt", seed, label.encode()),
        sign=lambda claim: raw_signature(keys.signer.sign(claim), keys.signer.algorithm),
    )
    if kind.carries:
        write_manifest(target, store)
    return store


def can_carry(path: Path) -> bool:
    """Tell whether a file is of a kind that a manifest can be put into."""
    kind = kind_of_file(path)
    return kind is not None and kind.carries


def manifest_label(store: bytes) -> str:
    """Return the name of the newest manifest of a store."""
    return parse(store).children[-1].label


def _seed(source: Path, manifest: Manifest, keys: Keys, ingredients: Sequence[Ingredient]) -> bytes:
    # Two files, or one file with another manifest or signer, never share an identifier.
    said = json.dumps([manifest, keys.signer.certificates], sort_keys=True).encode()
    files = [_sha256(path) for path in (source, *(one.path for one in ingredients))]
    return derive(keys.secret, "manifest", said, *files)


def _identity(seed: bytes) -> dict[str, str]:
    name = uuid.UUID(bytes=seed[:16], version=4)
    return {"label": f"urn:c2pa:{name}", "instance_id": f"xmp:iid:{name}"}


def _add_ingredients(builder: Any, ingredients: Sequence[Ingredient]) -> None:
    for index, one in enumerate(ingredients):
        kind = kind_of_file(one.path)
        if kind is not None and kind.carries:
            with one.path.open("rb") as file:
                builder.add_ingredient(_described(index, one), kind.mime, file)


def _unread(ingredients: Sequence[Ingredient]) -> list[dict[str, str]]:
    # A file of a kind that carries no manifest is named all the same.
    return [
        {**_described(index, one), "format": _UNKNOWN_MIME}
        for index, one in enumerate(ingredients)
        if not can_carry(one.path)
    ]


def _described(index: int, ingredient: Ingredient) -> dict[str, str]:
    # A title of our own: a file name may hold words of a prompt.
    name = uuid.UUID(bytes=_sha256(ingredient.path)[:16], version=4)
    return {
        "title": f"given file {index + 1}",
        "relationship": ingredient.relationship,
        "label": ingredient_label(index),
        "instance_id": f"xmp:iid:{name}",
    }


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
