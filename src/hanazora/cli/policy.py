"""`hanazora policy`: what is refused, as data: show, check, test, compare and seal it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hanazora.core.errors import UserError
from hanazora.safety.policy import STAGES, TIERS, Policy, load_policy, packaged_policy_path
from hanazora.safety.policy_file import differences, seal_lists

policy_app = typer.Typer(help="The policy: categories, rules and thresholds.", no_args_is_help=True)
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Else that of HANAZORA_POLICY or the packaged."),
]


@policy_app.command()
def show(
    policy: PolicyFile = None,
    raw: Annotated[bool, typer.Option("--raw", help="The packaged file itself, to copy.")] = False,
) -> None:
    """Print the rules: category, stage and what each access tier gets."""
    if raw:
        print(packaged_policy_path().read_text(encoding="utf-8"), end="")
        return
    loaded = load_policy(policy)
    print(f"policy {loaded.version}, sha256 {loaded.sha256}")
    for name, requirement in sorted(loaded.data.checks.items()):
        print(f"check {name}: {requirement}")
    for category in sorted(loaded.categories):
        for stage in STAGES:
            rules = [(tier, loaded.rule(category, stage, tier)) for tier in TIERS]
            said = {tier: f"{rule.action} from {rule.threshold:g}" for tier, rule in rules}
            common = said["general"]
            special = [f"{tier} {text}" for tier, text in said.items() if text != common]
            print(f"{category:15} {stage:7} {', '.join([common, *special])}")


@policy_app.command()
def check(policy: PolicyFile = None) -> None:
    """Read a policy and all its lists; say what is wrong with it."""
    from hanazora.safety.text.judge import text_judge

    loaded = load_policy(policy)
    for name in sorted(loaded.data.lists):
        loaded.read_list(name)
    judge = text_judge(loaded)
    known = f"{len(judge.wordlist.words)} words, {judge.names.num_people} people"
    lists = f"{len(loaded.data.lists)} lists, {len(loaded.plugins)} plug-ins"
    print(
        f"policy {loaded.version} is sound: {len(loaded.categories)} categories, {lists}, {known}"
    )


@policy_app.command()
def test(
    cases: Annotated[Path, typer.Argument(help="JSON lines: text, expected, category, kind.")],
    policy: PolicyFile = None,
    half: Annotated[str, typer.Option(help="development, held-out or all.")] = "all",
    wrong: Annotated[bool, typer.Option("--wrong", help="Print what is judged wrongly.")] = False,
) -> None:
    """Judge cases with a known answer and print the shares; exit code 1 when any is wrong."""
    from hanazora.safety.prompt_filter import judge_text
    from hanazora.safety.text.cases import read_cases, tally

    if half not in ("development", "held-out", "all"):
        raise UserError(f"half {half!r}", "it must be development, held-out or all", "all")
    loaded = load_policy(policy)
    chosen = [case for case in read_cases(cases) if half in ("all", case.half)]
    if not chosen:
        raise UserError(f"{cases.name} has no cases of this half", "there is nothing to measure")
    verdicts = {case.text: judge_text(case.text, policy=loaded) for case in chosen}
    for row in tally(chosen, lambda text: verdicts[text].blocked):
        said = f"{row.blocked:5} of {row.total:5} blocked {100 * row.share:6.1f} %"
        print(f"{row.expected:6} {row.kind:24} {said}")
    bad = [each for each in chosen if verdicts[each.text].blocked != (each.expected == "block")]
    print(f"{len(bad)} of {len(chosen)} judged wrongly")
    for case in bad if wrong else ():
        found = {"rule": verdicts[case.text].rule, "text": case.text, "expected": case.expected}
        print(json.dumps(found, ensure_ascii=False))
    if bad:
        raise typer.Exit(1)


@policy_app.command()
def diff(
    first: Annotated[Path, typer.Argument(help="A policy file.")],
    second: Annotated[Path, typer.Argument(help="Another policy file.")],
) -> None:
    """Say in which rules, checks, lists and plug-ins two policies differ; then exit code 1."""
    lines = differences(load_policy(first), load_policy(second))
    print("\n".join(lines) or "the policies mean the same")
    if lines:
        raise typer.Exit(1)


@policy_app.command()
def seal(file: Annotated[Path, typer.Argument(help="A policy file whose lists changed.")]) -> None:
    """Write the present hashes of its lists into a policy file."""
    changed = seal_lists(file)
    sealed: Policy = load_policy(file)
    print(f"{len(changed)} of {len(sealed.data.lists)} hashes renewed; sha256 {sealed.sha256}")
